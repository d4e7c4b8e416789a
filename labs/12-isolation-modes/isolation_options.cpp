#include "isolation_options.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "error.h"

namespace lab {
namespace {

using std::chrono::milliseconds;

struct Refused {
  const char *option, *reason;
};

constexpr std::array kByMachine{
    Refused{"--pids", "the guest's kernel has a table of processes of its own"},
    Refused{"--map", "the guest's root is root of a kernel of its own, and no id of the host's"},
    Refused{"--cap-add", "the guest's root has every capability, over the guest's kernel"},
    Refused{"--cap-drop", "the guest's root has every capability, over the guest's kernel"},
    Refused{"--seccomp", "the command's system calls go to the guest's kernel, not to the host's"},
    Refused{"--seccomp-log",
            "the command's system calls go to the guest's kernel, not to the host's"},
    Refused{"--lower", "the image is copied into the guest's memory, and no layer is put on it"},
    Refused{"--upper", "what is changed is in the guest's memory, and lost with it"},
    Refused{"--name", "./lab ps lists containers; --hostname gives the guest its name"},
    Refused{"--init", "the guest always has an init at PID 1"},
    Refused{"--propagation", "no mount of the host's can appear in another kernel"},
};
constexpr std::array kByProcess{
    Refused{"--kernel", "a container's processes run on the host's kernel"},
    Refused{"--accel", "a container's processes run on the host's processors"},
};
constexpr std::array kByComparison{
    Refused{"--isolation", "both modes are run, one after the other"},
    Refused{"--timeout", "each command is ended as soon as it has been looked at"},
    Refused{"--skip", "both modes are run whole"},
    Refused{"--step", "both modes are run whole"},
};

// Those of this lab that have an argument.
constexpr std::array kOwn{"--isolation", "--timeout", "--kernel", "--accel"};

template <class Table>
void refuse(const GivenOptions& given, const Table& table, const std::string& what,
            const std::string& hint) {
  for (const Refused& refused : table) {
    if (std::find(given.names.begin(), given.names.end(), refused.option) != given.names.end())
      throw Error(fmt::format("{} means nothing to {}: {}", refused.option, what, refused.reason),
                  hint);
  }
}

std::filesystem::path default_kernel() {
  const char* const named = std::getenv("LAB_KERNEL");
  return named != nullptr && *named != '\0' ? named : ".lab/kernel";
}

}  // namespace

IsolationOptions::IsolationOptions(App& app) : kernel_(default_kernel()) {
  app.choice("--isolation", "a container's process, on this kernel; or a machine with its own",
             {"process", "vm"}, isolation_);
  app.option("--kernel", "FILE",
             "the machine's kernel, its modules beside it [.lab/kernel/vmlinuz]",
             [this](const std::string& text) {
               if (text.empty())
                 throw Error("--kernel: an empty name", "is a variable in it unset?");
               kernel_ = text;
             });
  app.choice("--accel", "the machine's processors: this one's (kvm), or translated (tcg)",
             {"auto", "kvm", "tcg"}, accel_);
  app.option("--timeout", "SECONDS", "end it then, with exit status 124; booting counts",
             [this](const std::string& text) { timeout_ = parse_seconds("--timeout", text); });
  app.flag("--compare", "run COMMAND, by default sleep 1000, in both modes, and print what differs",
           compare_);
}

void IsolationOptions::refuse_others(const GivenOptions& given) const {
  if (compare_) refuse(given, kByComparison, "a comparison", "leave it out");
  if (process() && !compare_) {
    refuse(given, kByProcess, "a process", "leave it out, or take --isolation vm");
  } else {
    refuse(given, kByMachine, "a virtual machine", "leave it out, or take --isolation process");
  }
}

std::vector<std::string> IsolationOptions::without_own(const GivenOptions& given) {
  std::vector<std::string> others;
  for (size_t i = 0; i < given.words.size(); ++i) {
    const std::string& word = given.words[i];
    const std::string name = word.substr(0, word.find('='));
    if (name == "--compare") continue;
    if (std::find(kOwn.begin(), kOwn.end(), name) == kOwn.end()) {
      others.push_back(word);
    } else if (name == word) {
      ++i;  // its argument is the next word
    }
  }
  return others;
}

milliseconds parse_seconds(const std::string& option, const std::string& text) {
  constexpr double kMost = 1e9;
  const bool plain = !text.empty() && text.find_first_not_of("0123456789.") == std::string::npos &&
                     text.find('.') == text.rfind('.') && text != ".";
  const double seconds = plain ? std::strtod(text.c_str(), nullptr) : 0;
  if (seconds >= 0.001 && seconds <= kMost) return milliseconds(static_cast<long>(seconds * 1000));
  throw Error(fmt::format("{} {}: not a number of seconds", option, quoted(text)),
              fmt::format("for example {} 30, or 0.5", option));
}

}  // namespace lab
