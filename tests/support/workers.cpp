#include "workers.h"

#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <new>
#include <optional>
#include <sstream>

#include "cgroup_sandbox.h"
#include "error.h"
#include "host.h"
#include "image.h"
#include "process.h"
#include "unique_fd.h"

namespace check {
namespace {

// The workers tell by datagrams, which stay whole: "result INDEX KIND SECONDS\nDETAIL" and
// "left KIND\nWHAT".
constexpr size_t kLongest = 60'000;

void send(const lab::UniqueFd& socket, const std::string& message) {
  const size_t size = std::min(message.size(), kLongest);
  if (::send(socket.get(), message.data(), size, 0) == -1)
    throw lab::SyscallError({"send", {socket.get(), message.c_str()}}, errno);
}

// The number of the next check that no worker has taken, in memory that all of them share.
class Counter {
 public:
  Counter() {
    void* const memory = ::mmap(nullptr, sizeof(std::atomic<size_t>), PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw lab::SyscallError({"mmap", {}}, errno);
    next_ = new (memory) std::atomic<size_t>(0);
  }
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;
  ~Counter() { ::munmap(next_, sizeof *next_); }
  size_t take() { return next_->fetch_add(1); }

 private:
  std::atomic<size_t>* next_ = nullptr;
};

int work(const std::vector<Check>& checks, const std::string& only, Counter& counter,
         const lab::UniqueFd& socket) {
  ::prctl(PR_SET_CHILD_SUBREAPER,
          1);  // what a lab leaves behind becomes this process's child, and is seen
  prepare_images();
  const size_t noted_before = noted_leftovers().size();
  for (size_t i = counter.take(); i < checks.size(); i = counter.take()) {
    const Result result = run(checks[i], only);
    send(socket, fmt::format("result {} {} {}\n{}", i, static_cast<int>(result.kind),
                             result.seconds, result.detail));
  }
  note_links_that_stay();
  const std::vector<Leftover>& noted = noted_leftovers();
  for (size_t i = noted_before; i < noted.size(); ++i)
    send(socket, fmt::format("left {}\n{}", noted[i].kind, noted[i].what));
  return EXIT_SUCCESS;
}

// The empty string at the end of all workers.
std::string receive(const lab::UniqueFd& socket) {
  std::string message(kLongest, '\0');
  ssize_t size = -1;
  do size = ::recv(socket.get(), &message[0], message.size(), 0);
  while (size == -1 && errno == EINTR);
  if (size == -1) throw lab::SyscallError({"recv", {socket.get()}}, errno);
  message.resize(static_cast<size_t>(size));
  return message;
}

// Results come in any order, and are told in that of the checks.
class InOrder {
 public:
  InOrder(const std::vector<Check>& checks, const std::function<void(const Result&)>& tell)
      : checks_(checks), tell_(tell), results_(checks.size()) {}

  void take(size_t index, const Result& result) {
    results_.at(index) = result;
    for (; told_ < results_.size() && results_[told_]; ++told_) tell_(*results_[told_]);
  }
  void end() {
    for (; told_ < results_.size(); ++told_) {
      const Result none{Result::kFailed, checks_[told_].name,
                        "    the process that ran it has ended before it\n"};
      tell_(results_[told_].value_or(none));
    }
  }

 private:
  const std::vector<Check>& checks_;
  const std::function<void(const Result&)>& tell_;
  std::vector<std::optional<Result>> results_;
  size_t told_ = 0;
};

void take_message(const std::string& message, const std::vector<Check>& checks, InOrder& results) {
  const size_t end_of_line = message.find('\n');
  const std::string rest = message.substr(end_of_line + 1);
  std::istringstream words(message.substr(0, end_of_line));
  std::string what;
  words >> what;
  if (what == "left") {
    std::string kind;
    words >> kind;
    note_leftover({kind, rest});
    return;
  }
  size_t index = 0;
  int kind = Result::kFailed;
  double seconds = 0;
  words >> index >> kind >> seconds;
  results.take(index, {static_cast<Result::Kind>(kind), checks.at(index).name, rest, seconds});
}

}  // namespace

void run_in_workers(const std::vector<Check>& checks, const std::string& only, size_t number,
                    const std::function<void(const Result&)>& tell) {
  Counter counter;
  int sockets[2] = {};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) == -1)
    throw lab::SyscallError({"socketpair", {}}, errno);
  const lab::UniqueFd mine(sockets[0]);
  lab::UniqueFd theirs(sockets[1]);

  const pid_t parent = ::getpid();
  std::vector<lab::Child> workers(std::min(number, checks.size()));
  for (lab::Child& worker : workers) {
    worker = lab::fork_child([&] {
      ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // which the sandbox passes on
      if (::getppid() != parent) return EXIT_FAILURE;
      return in_cgroup_sandbox([&] { return work(checks, only, counter, theirs); });
    });
  }
  theirs.reset();

  InOrder results(checks, tell);
  for (std::string message; !(message = receive(mine)).empty();)
    take_message(message, checks, results);
  for (lab::Child& worker : workers) worker.wait();
  results.end();
}

}  // namespace check
