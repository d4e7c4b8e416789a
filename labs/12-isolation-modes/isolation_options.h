// The options of lab 12, and which of the earlier labs' go with which mode.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "app.h"

namespace lab {

constexpr int kTimedOut =
    124;  ///< the exit status where --timeout ended the run, as timeout(1) has it

class IsolationOptions {
 public:
  explicit IsolationOptions(App& app);
  IsolationOptions(const IsolationOptions&) = delete;
  IsolationOptions& operator=(const IsolationOptions&) = delete;

  bool process() const { return isolation_ == "process"; }
  bool compare() const { return compare_; }
  const std::filesystem::path& kernel() const {
    return kernel_;
  }                                                    ///< a file, or a folder with vmlinuz in it
  const std::string& accel() const { return accel_; }  ///< "auto", "kvm", "tcg"
  std::optional<std::chrono::milliseconds> timeout() const { return timeout_; }

  /// Error where an option means nothing to the mode that was asked for.
  void refuse_others(const GivenOptions& given) const;

  /// `given` without those of this lab: what is for lab 10.
  static std::vector<std::string> without_own(const GivenOptions& given);

 private:
  std::string isolation_ = "vm", accel_ = "auto";
  std::filesystem::path kernel_;
  std::optional<std::chrono::milliseconds> timeout_;
  bool compare_ = false;
};

/// Seconds, whole or with a decimal point: "2.5". Error where `text` is none, or 0.
std::chrono::milliseconds parse_seconds(const std::string& option, const std::string& text);

}  // namespace lab
