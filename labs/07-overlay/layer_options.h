// The options --lower and --upper.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app.h"
#include "error.h"

namespace lab {

class LayerOptions {
 public:
  explicit LayerOptions(App& app) {
    app.repeatable("--lower", "DIR",
                   "stack DIR on the image, read-only; repeatable, the last one is the topmost",
                   [this](const std::string& directory) { lower_.emplace_back(directory); });
    app.option("--upper", "DIR",
               "keep the changes in DIR, where the next run takes them up; else they are lost",
               [this](const std::string& directory) {
                 if (directory.empty())
                   throw Error("--upper: an empty name", "is a variable in it unset?");
                 upper_ = directory;
               });
  }
  LayerOptions(const LayerOptions&) = delete;
  LayerOptions& operator=(const LayerOptions&) = delete;

  const std::vector<std::filesystem::path>& lower() const { return lower_; }  ///< lowest first
  const std::filesystem::path& upper() const { return upper_; }               ///< empty: none

 private:
  std::vector<std::filesystem::path> lower_;
  std::filesystem::path upper_;
};

}  // namespace lab
