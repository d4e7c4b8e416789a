// The command that the checks run inside a lab: static, so that it runs in any image. Its stdin is
// a socket of the checks; each message on it is a request, and is answered with what was seen from
// inside. Who answers, the kernel tells (SCM_CREDENTIALS): the checks find the probe's pid that
// way.
//
//   /probe                 says "ready", serves requests until the socket is closed
//   /probe exit STATUS     ends at once
//   /probe is-null FD      ends at once, with 0 where that descriptor is /dev/null

#include <dirent.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>

namespace {

void say(const std::string& message) {
  send(STDIN_FILENO, message.data(), message.size(), 0);
}

std::string outcome(int result) {
  return result == -1 ? std::strerror(errno) : "ok";
}

// Tells each of the signals that a lab forwards, as it comes.
std::string report_signals() {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
    std::signal(signal, [](int number) { say("signal " + std::to_string(number)); });
  }
  return "ok";
}

// A child that says "child", in the place of an answer, and stays until it is killed.
std::string fork_child() {
  const pid_t pid = fork();
  if (pid != 0) return pid == -1 ? outcome(-1) : "";
  say("child");
  for (;;) pause();
}

// Children whose parent ends before they do: whoever is init here becomes their parent and must
// reap them.
std::string make_orphans(int count) {
  for (int i = 0; i < count; ++i) {
    const pid_t parent = fork();
    if (parent == -1) return outcome(-1);
    if (parent == 0) {
      int gate[2];
      if (pipe(gate) == -1) _exit(1);
      if (fork() == 0) {
        close(gate[1]);
        char byte = 0;
        const ssize_t parent_has_ended = read(gate[0], &byte, 1);
        _exit(static_cast<int>(parent_has_ended));
      }
      _exit(0);
    }
    waitpid(parent, nullptr, 0);
  }
  return "ok";
}

std::string numbers_in(const std::string& directory) {
  std::string names;
  DIR* entries = opendir(directory.c_str());
  if (entries == nullptr) return outcome(-1);
  while (const dirent* entry = readdir(entries)) {
    const std::string name = entry->d_name;
    if (name.find_first_not_of("0123456789") == std::string::npos)
      names += (names.empty() ? "" : " ") + name;
  }
  closedir(entries);
  return names.empty() ? "none" : names;
}

std::string link_at(const std::string& path) {
  char target[4096];
  const ssize_t length = readlink(path.c_str(), target, sizeof target);
  return length == -1 ? outcome(-1) : std::string(target, static_cast<size_t>(length));
}

// Opens a new pseudo-terminal and keeps it; the answer is its number.
std::string open_terminal() {
  const int master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
  int number = -1;
  if (master == -1 || ioctl(master, TIOCGPTN, &number) == -1) return outcome(-1);
  return std::to_string(number);
}

std::string make_file(const std::string& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT, 0644);
  if (fd == -1) return outcome(-1);
  close(fd);
  return "ok";
}

bool is_null_device(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

std::string answer(std::istringstream request) {
  std::string verb, first, second;
  request >> verb >> first >> second;
  if (verb == "exit") _exit(std::atoi(first.c_str()));
  if (verb == "report-signals") return report_signals();
  if (verb == "fork") return fork_child();
  if (verb == "orphans") return make_orphans(std::atoi(first.c_str()));
  if (verb == "numbers-in") return numbers_in(first);
  if (verb == "readlink") return link_at(first);
  if (verb == "mount-tmpfs")
    return outcome(mount(first.c_str(), second.c_str(), "tmpfs", 0, nullptr));
  if (verb == "open-terminal") return open_terminal();
  if (verb == "make-file") return make_file(first);
  return "unknown request " + verb;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "exit") return std::atoi(argv[2]);
  if (argc == 3 && std::string(argv[1]) == "is-null")
    return is_null_device(std::atoi(argv[2])) ? 0 : 1;
  say("ready");
  for (;;) {
    char request[4096];
    const ssize_t size = recv(STDIN_FILENO, request, sizeof request, 0);
    if (size == -1 && errno == EINTR) continue;
    if (size <= 0) return EXIT_SUCCESS;
    const std::string text =
        answer(std::istringstream(std::string(request, static_cast<size_t>(size))));
    if (!text.empty()) say(text);
  }
}
