#include "run.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <set>

#include "deadline.h"
#include "error.h"
#include "memory_file.h"
#include "procfs.h"
#include "report.h"

namespace check {
namespace {

// Where the caller of the lab leaves its root directory open: near, apart, and above 255.
constexpr int kSpareDescriptors[] = {5, 77, 1000};
constexpr mode_t kCallersUmask = 022;

// The programs under test that run now.
std::set<std::string> running;

// The calling process becomes the program under test.
[[noreturn]] void become(const std::vector<std::string>& line, int in, int out, int err,
                         const std::function<void()>& at_last) {
  std::vector<char*> argv;
  argv.reserve(line.size() + 1);
  for (const std::string& word : line) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  const int root = ::fcntl(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), F_DUPFD_CLOEXEC, 100);
  for (const int fd : kSpareDescriptors) ::dup2(root, fd);
  ::umask(kCallersUmask);
  ::setenv("LAB_STAND_IN", "1", 1);  // the program runs on a Host
  // What the checks were started with, under nohup(1) or from a script, is not the program's
  // affair.
  for (int signal = 1; signal < NSIG; ++signal) std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (at_last) at_last();
  ::execvp(argv[0], argv.data());
  ::dprintf(STDERR_FILENO, "%s: %s\n", argv[0], std::strerror(errno));
  ::_exit(lab::kNotFound);
}

}  // namespace

Run::Run(const Request& request)
    : request_(request), host_(request.host ? request.host : std::make_shared<Host>()) {
  if (!request.lab_options.empty() && request.program.empty()) need_lab_options();
  host_->watch_files(request.image);
  const std::vector<std::string>& options = request.lab_options;
  if (std::find(options.begin(), options.end(), "--nat") != options.end())
    host_->watch_packet_filter();
  children_before_ = lab::children_of("self");  // the host's holder among them
  output_ = memory_file("stdout");
  errors_ = memory_file("stderr");
  start();
}

void Run::start() {
  int ends[2] = {};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
    throw lab::SyscallError({"socketpair", {}}, errno);
  socket_.reset(ends[0]);
  const lab::UniqueFd stdin_end(ends[1]);
  const int on = 1;
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on);

  stdin_identity_ = identity(fmt::format("/proc/self/fd/{}", stdin_end.get()));

  const std::vector<std::string> line = command_line(request_);
  lab::Child child = lab::fork_child([&]() -> int {
    host_->enter();
    become(line, stdin_end.get(), output_.get(), errors_.get(), request_.in_child);
  });
  lab_ = child.pid();
  running.insert(std::to_string(lab_));
  child.release();  // reaped by wait() and note_processes_left(), with all that it leaves to this
                    // process
}

Run::~Run() {
  try {
    let_end();
  } catch (const std::exception& error) {
    note_leftover({"process", error.what()});
  }
  running.erase(std::to_string(lab_));
}

void Run::let_end() {
  socket_.reset();  // the probe ends, and with it the lab
  if (gave_up_) {   // the check has failed; the same wait again would tell nothing new
    end_everything();
    host_->compare_nothing();
    return;
  }
  if (!status_) {
    int status = 0;
    const bool ended = eventually([&] { return ::waitpid(lab_, &status, WNOHANG) == lab_; });
    if (ended) {
      status_ = lab::exit_status_from_wait(status);
    } else {
      note_leftover({"process", fmt::format("{} did not end with its command", lab_)});
    }
  }
  note_processes_left();
  if (!killed_) return;
  Request next = request_;
  next.command = {"/probe", "exit", "0"};
  next.in_child = {};
  const Run sweeping(next.on(host_));
}

pid_t Run::wait_for_probe() {
  const std::string message = next_message(&probe_);
  expect_equal("ready", message, {"", "does the program pass stdin on to the command?"});
  return probe_;
}

void Run::send(const std::string& request) const {
  ::send(socket_.get(), request.data(), request.size(),
         MSG_NOSIGNAL);  // a command that is gone gives no answer
}

std::string Run::ask(const std::string& request) {
  send(request);
  return next_message();
}

std::string Run::next_message(pid_t* sender) {
  pollfd readable{socket_.get(), POLLIN, 0};
  const int milliseconds = static_cast<int>(patience().count());
  gave_up_ = ::poll(&readable, 1, milliseconds) != 1;
  expect_true(!gave_up_, "the command answers", fmt::format("no answer within {} ms", milliseconds),
              {"", "is it stopped, or waiting for something?"});

  char text[4096];
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred))];
  iovec part{text, sizeof text};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof control;
  const ssize_t size = ::recvmsg(socket_.get(), &header, 0);
  if (size <= 0) {
    const int status = wait();
    expect_true(false, "the command runs and answers",
                fmt::format("the program ended with status {}{}{}", status,
                            errors().empty() ? "" : " and said: ", errors()),
                {"", status == lab::kNotWritten ? "write the function that it names"
                                                : "what does its message say?"});
  }
  for (cmsghdr* part_of = CMSG_FIRSTHDR(&header); part_of != nullptr;
       part_of = CMSG_NXTHDR(&header, part_of)) {
    if (sender == nullptr || part_of->cmsg_type != SCM_CREDENTIALS) continue;
    ucred credentials{};
    std::memcpy(&credentials, CMSG_DATA(part_of), sizeof credentials);
    *sender = credentials.pid;
  }
  return {text, static_cast<size_t>(size)};
}

int Run::wait() {
  int status = 0;
  if (!status_) {
    const bool ended = eventually([&] { return ::waitpid(lab_, &status, WNOHANG) == lab_; });
    if (ended) status_ = lab::exit_status_from_wait(status);
    gave_up_ = !ended;
    expect_true(ended, "the program ends when its command has ended",
                fmt::format("process {} is still there after {} ms", lab_, patience().count()),
                {"", "whom does it wait for?"});
  }
  return *status_;
}

std::string Run::output() const {
  return content_of(output_);
}
std::string Run::errors() const {
  return content_of(errors_);
}

std::string Run::standard_descriptor(int fd) const {
  if (fd == STDIN_FILENO) return stdin_identity_;
  return identity(fmt::format("/proc/self/fd/{}", (fd == STDOUT_FILENO ? output_ : errors_).get()));
}

void Run::kill_lab(int signal) {
  killed_ = killed_ || signal == SIGKILL;
  ::kill(lab_, signal);
}

bool Run::is_alive(pid_t pid) {
  const std::string state =
      lab::status_field(lab::read_file(fmt::format("/proc/{}/status", pid)), "State");
  return !state.empty() && state[0] != 'Z' && state[0] != 'X';
}

void Run::end_everything() {
  eventually([&] {
    const std::vector<std::string> left = own_children();
    for (const std::string& child : left) {
      const pid_t pid = std::stoi(child);
      ::kill(pid, SIGKILL);
      int status = 0;
      if (::waitpid(pid, &status, WNOHANG) == pid && pid == lab_)
        status_ = lab::exit_status_from_wait(status);
    }
    return left.empty();
  });
}

std::vector<std::string> Run::own_children() const {
  std::set<std::string> others(children_before_.begin(), children_before_.end());
  for (const std::string& program : running) {
    if (program != std::to_string(lab_)) others.insert(program);
  }
  std::vector<std::string> own;
  for (const std::string& child : lab::children_of("self")) {
    if (others.count(child) == 0) own.push_back(child);
  }
  return own;
}

// This process is a subreaper: what the lab leaves behind has become its child.
void Run::note_processes_left() {
  std::string left;
  const bool none = eventually([&] {
    left.clear();
    for (const std::string& child : own_children()) {
      if (::waitpid(std::stoi(child), nullptr, WNOHANG) > 0) continue;
      left += fmt::format(" {} ({})", child,
                          lab::status_field(lab::read_file("/proc/" + child + "/status"), "Name"));
    }
    return left.empty();
  });
  if (none) return;
  note_leftover({"process", "still running after the lab:" + left});
  end_everything();
}

Ended run_to_end(const Request& request) {
  Run run(request);
  const int status = run.wait();
  return {status, run.output(), run.errors()};
}

std::string identity(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == -1) return "";
  return fmt::format("{}:{}", status.st_dev, status.st_ino);
}

}  // namespace check
