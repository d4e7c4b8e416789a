// The options --name and --hostname, which lab 08 and every later one takes.
#pragma once

#include <fmt/core.h>
#include <unistd.h>

#include <string>

#include "app.h"
#include "error.h"
#include "hostname.h"

namespace lab {

class NameOptions {
 public:
  /// `lab` is the lab's own name: its number and its pid make the default.
  NameOptions(App& app, const std::string& lab)
      : lab_(lab), name_(fmt::format("{}-{}", lab.substr(0, lab.find('-')), ::getpid())) {
    app.option("--name", "NAME", "the container's name, in ./lab ps and for lab 11 [NN-PID]",
               [this](const std::string& text) { name_ = checked("--name", text); });
    app.option("--hostname", "NAME", "its host name; else its name",
               [this](const std::string& text) { hostname_ = checked("--hostname", text); });
  }
  NameOptions(const NameOptions&) = delete;
  NameOptions& operator=(const NameOptions&) = delete;

  const std::string& lab() const { return lab_; }
  const std::string& name() const { return name_; }
  const std::string& hostname() const { return hostname_.empty() ? name_ : hostname_; }

 private:
  static const std::string& checked(const char* option, const std::string& text) {
    const std::string reason = unfit_as_hostname(text);
    if (reason.empty()) return text;
    throw Error(fmt::format("{} {}: not a host name: {}", option, quoted(text), reason),
                "for example web-1 or web-1.example.org");
  }

  std::string lab_, name_, hostname_;
};

}  // namespace lab
