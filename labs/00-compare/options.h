// The command line: 00-compare [--pid PID | --lab NN | --docker NAME | --podman NAME] [--json]
#pragma once

#include <fmt/core.h>

#include <filesystem>
#include <optional>
#include <string>

#include "app.h"
#include "error.h"

namespace lab {

struct CompareOptions {
  std::optional<std::string> pid, lab, docker, podman;  ///< one of them is given
  std::filesystem::path state_root = "/";
  bool json = false;

  explicit CompareOptions(App& app) {
    const auto add = [&](const char* name, const char* type, const char* text, auto& value) {
      app.option(name, type, text, [&value](const std::string& word) { value = word; });
    };
    add("--pid", "PID", "the container is the process PID", pid);
    add("--lab", "NN", "start lab NN for it, and end it", lab);
    add("--docker", "NAME", "a container of Docker's", docker);
    add("--podman", "NAME", "a container of Podman's", podman);
    add("--state-root", "DIR", "where the states of Docker and Podman are looked for [/]",
        state_root);
    app.flag("--json", "print one JSON document", json);
    app.options_alone([](const std::string& word) {
      throw Error(fmt::format("nothing is known about {}", quoted(word)),
                  fmt::format("did you mean --lab {}? --help lists the options", word));
    });
  }
  CompareOptions(const CompareOptions&) = delete;
  CompareOptions& operator=(const CompareOptions&) = delete;

  /// Errors: Error where none is given, or two; or where the pid is none.
  void expect_one_container() const {
    std::string given;
    int count = 0;
    for (const auto& [name, value] : {std::pair{"--pid", &pid},
                                      {"--lab", &lab},
                                      {"--docker", &docker},
                                      {"--podman", &podman}}) {
      if (*value) given += (++count > 1 ? " and " : "") + std::string(name);
    }
    if (count == 0)
      throw Error("which container?",
                  "give one of --lab NN, --pid PID, --docker NAME, --podman NAME");
    if (count > 1) throw Error(given + " are given", "one container is compared at a time");
    if (pid && !is_pid(*pid))
      throw Error(fmt::format("{} is no pid", quoted(*pid)), "a pid is a number from 1 on");
  }

 private:
  static bool is_pid(const std::string& text) {
    constexpr size_t kMostDigits = 9;
    return !text.empty() && text.size() <= kMostDigits && text[0] != '0' &&
           text.find_first_not_of("0123456789") == std::string::npos;
  }
};

}  // namespace lab
