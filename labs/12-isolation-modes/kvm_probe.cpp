#include "kvm_probe.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "error.h"
#include "procfs.h"
#include "step.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

constexpr int kPatience = 3000;  // milliseconds; where KVM works, it takes a few hundred

bool may_open_kvm() {
  const UniqueFd kvm(::open("/dev/kvm", O_RDWR | O_CLOEXEC));
  tell("/dev/kvm", kvm ? "opens" : "cannot be opened");
  return static_cast<bool>(kvm);
}

std::string identity_of(const fs::path& file) {
  struct stat status {};
  ::stat(file.c_str(), &status);
  return fmt::format("{}:{}:{}.{:09}", status.st_dev, status.st_ino, status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec);
}

// What the answer holds for.
std::string question(const Hardware& hardware) {
  return fmt::format("{}{} {} {}\n", read_file("/proc/sys/kernel/random/boot_id"),
                     identity_of(qemu_program()), identity_of(hardware.kernel), hardware.microvm);
}

fs::path file_of_answer() {
  if (::geteuid() == 0) return "/run/lab-kvm";
  const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
  return runtime != nullptr && *runtime != '\0' ? fs::path(runtime) / "lab-kvm" : fs::path();
}

std::optional<bool> remembered(const std::string& question) {
  const std::string text = read_file(file_of_answer());
  if (text == question + "yes\n") return true;
  if (text == question + "no\n") return false;
  return {};
}

// In one piece, or not at all: another lab may be reading. Where it cannot be kept, it is asked
// again.
void remember(const std::string& question, bool works) {
  const fs::path file = file_of_answer();
  if (file.empty()) return;
  const std::string fresh = fmt::format("{}.{}", file.string(), ::getpid());
  const std::string text = question + (works ? "yes\n" : "no\n");
  const UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const bool written =
      fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (!written || ::rename(fresh.c_str(), file.c_str()) == -1) ::unlink(fresh.c_str());
}

enum class Answer { kYes, kNo, kInterrupted };

Answer boot(Hardware hardware, const CaughtSignals& signals) {
  hardware.kvm = true;
  hardware.initramfs = hardware.tap = -1;
  Qemu qemu(hardware, signals, [] {});
  pollfd ends[] = {{qemu.output(), 0, 0}, {signals.fd(), POLLIN, 0}};
  const int ready = ::poll(ends, 2, kPatience);
  if (ends[1].revents != 0) return Answer::kInterrupted;
  if (ready != 1) return Answer::kNo;
  const bool booted = qemu.console().find("Unable to mount root fs") != std::string::npos;
  return qemu.wait() == EXIT_SUCCESS && booted ? Answer::kYes : Answer::kNo;
}

}  // namespace

bool kvm_works(const Hardware& hardware, const CaughtSignals& signals) {
  bool works = false;
  step("probe-kvm", "KVM may open and then hang: boot a kernel with it, for 3 seconds at most",
       [&] {
         if (!may_open_kvm()) return;
         const std::string asked = question(hardware);
         if (const std::optional<bool> known = remembered(asked)) {
           works = *known;
           tell("KVM works, as was seen before", works ? "yes" : "no");
           return;
         }
         const Answer answer = boot(hardware, signals);
         works = answer == Answer::kYes;
         if (answer != Answer::kInterrupted) remember(asked, works);
         tell("KVM works", works ? "yes" : "no: QEMU translates every instruction (TCG)");
       });
  return works;
}

}  // namespace lab
