#include "shared_use.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>

#include "capture.h"
#include "error.h"
#include "process.h"

namespace fs = std::filesystem;

namespace {

void print(const std::string& text) {
  CHECK(::write(STDOUT_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

// What `story` prints, and last what it leaves in /run, which is an empty one of its own: the
// machine's stays as it is.
std::string told(const std::function<void()>& story) {
  const Captured captured = capture([&] {
    const bool own = ::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    if (!own || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == -1 ||
        ::mount("lab-run", "/run", "tmpfs", 0, nullptr) == -1) {
      print("skipped");
      return 0;
    }
    story();
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator("/run"))
      print("left " + entry.path().string() + "\n");
    return 0;
  });
  INFO(captured.err);
  CHECK(captured.status == 0);
  return captured.out + captured.err;
}

void expect_told(const std::string& expected, const std::function<void()>& story) {
  const std::string seen = told(story);
  if (seen == "skipped") {
    MESSAGE("skipped: no mount namespace can be made here");
  } else {
    CHECK(seen == expected);
  }
}

const std::string kName = "net/thing";

std::string plan() {
  print("planned; ");
  return "thing";
}
void make(const std::string& record) {
  print("made: " + record + "\n");
}
void unmake(const std::string& record) {
  print("taken away: " + record + "\n");
}
void fail(const std::string&) {
  throw lab::Error("cannot be done", "");
}

const lab::SharedUse::Thing kThing{kName, plan, make, unmake};

lab::SharedUse use() {
  return lab::SharedUse(kThing);
}

std::string error_of(const lab::SharedUse::Thing& thing) {
  try {
    const lab::SharedUse use(thing);
    return "none\n";
  } catch (const lab::Error& error) {
    return std::string(error.what()) + "\n";
  }
}

// A process that holds what `take` returns until it is told to end.
class Holder {
 public:
  template <class Take>
  explicit Holder(Take take) {
    int ready[2] = {}, go[2] = {};
    REQUIRE(::pipe2(ready, O_CLOEXEC) == 0);
    REQUIRE(::pipe2(go, O_CLOEXEC) == 0);
    const lab::UniqueFd ready_in(ready[0]), ready_out(ready[1]), go_in(go[0]);
    go_.reset(go[1]);
    process_ = lab::fork_child([&] {
      const auto held = take();
      char byte = 0;
      return ::write(ready_out.get(), &byte, 1) == 1 && ::read(go_in.get(), &byte, 1) == 1 ? 0 : 1;
    });
    char byte = 0;
    REQUIRE(::read(ready_in.get(), &byte, 1) == 1);
  }
  void end() {
    const char byte = 0;
    CHECK(::write(go_.get(), &byte, 1) == 1);
    CHECK(process_.wait() == 0);
  }
  void kill() {
    ::kill(process_.pid(), SIGKILL);
    process_.wait();
  }

 private:
  lab::UniqueFd go_;
  lab::Child process_;
};

const fs::path kLock = lab::kLockDirectory / "net/lab0/10.77.0.2";

lab::LockFile lock() {
  return lab::LockFile::try_lock(kLock);
}
void print_whether_free() {
  print(lock() ? "free\n" : "taken\n");
}

}  // namespace

TEST_CASE("a lock file: one holder at a time, and nothing left") {
  expect_told("free\ntaken\nfree\n", [] {
    print_whether_free();
    Holder holder(lock);
    print_whether_free();
    holder.end();
    print_whether_free();
  });
}

TEST_CASE("a lock file: free again after a holder that was killed") {
  expect_told("taken\nfree\n", [] {
    Holder holder(lock);
    print_whether_free();
    holder.kill();
    print_whether_free();
  });
}

TEST_CASE("a shared use: the first user makes it, the last one takes it away") {
  expect_told("planned; made: thing\ntaken away: thing\n", [] {
    Holder first(use), second(use);
    first.end();
    second.end();
  });
}

TEST_CASE("a shared use: a user that was killed is no user") {
  expect_told("planned; made: thing\ntaken away: thing\n", [] {
    Holder killed(use), last(use);
    killed.kill();
    last.end();
  });
}

TEST_CASE("a shared use: the next user takes away what a killed one left, and makes its own") {
  expect_told("planned; made: thing\ntaken away: thing\nplanned; made: thing\ntaken away: thing\n",
              [] {
                Holder killed(use);
                killed.kill();
                Holder next(use);
                next.end();
              });
}

TEST_CASE("a shared use: a user that is killed while it makes the thing has left its record") {
  expect_told("planned; taken away: thing\n", [] {
    const lab::SharedUse::Thing deadly{kName, plan, [](const std::string&) { ::raise(SIGKILL); },
                                       unmake};
    lab::Child killed = lab::fork_child([&] {
      const lab::SharedUse thing(deadly);
      return 0;
    });
    CHECK(killed.wait() == 128 + SIGKILL);
    lab::SharedUse::sweep(kThing);
  });
}

TEST_CASE("a shared use: swept where no one uses it, and once") {
  expect_told("planned; made: thing\nin use\ntaken away: thing\nswept\n", [] {
    lab::SharedUse::sweep(kThing);  // there is none
    Holder user(use);
    lab::SharedUse::sweep(kThing);
    print("in use\n");
    user.kill();
    lab::SharedUse::sweep(kThing);
    lab::SharedUse::sweep(kThing);
    print("swept\n");
  });
}

TEST_CASE("a shared use: abandoned, it stays until it is swept") {
  expect_told("planned; made: thing\nabandoned\ntaken away: thing\n", [] {
    {
      lab::SharedUse thing = use();
      thing.abandon();
    }
    print("abandoned\n");
    lab::SharedUse::sweep(kThing);
  });
}

TEST_CASE("a shared use: what cannot be made is taken away as far as it was, and leaves nothing") {
  expect_told("planned; taken away: thing\ncannot be done\n", [] {
    print(error_of({kName, plan, fail, unmake}));
  });
}

TEST_CASE("a shared use: what cannot be planned leaves nothing") {
  expect_told("cannot be done\n", [] {
    const auto fail_to_plan = []() -> std::string { throw lab::Error("cannot be done", ""); };
    print(error_of({kName, fail_to_plan, make, unmake}));
  });
}

TEST_CASE("a shared use: what a killed user left and cannot be taken away is kept for the next") {
  expect_told("planned; made: thing\ncannot be done\ntaken away: thing\n", [] {
    Holder killed(use);
    killed.kill();
    print(error_of({kName, plan, make, fail}));
    lab::SharedUse::sweep(kThing);
  });
}

TEST_CASE("a shared use: what cannot be taken away is told, and kept for the next") {
  expect_told("planned; made: thing\ntaken away: thing\ncannot be done\n", [] {
    { const lab::SharedUse thing({kName, plan, make, fail}); }
    lab::SharedUse::sweep(kThing);
  });
}

// A user that is about to take the thing away may be forestalled by the next one, which takes it away
// itself. Whoever finds it otherwise ends with an error.
TEST_CASE("many at once: files and directories come and go, and no one stumbles") {
  expect_told("", [] {
    const lab::SharedUse::Thing directory{kName, [] { return "thing"; },
                                          [](const std::string&) {
                                            if (::mkdir("/run/thing", 0700) == -1)
                                              throw lab::Error("it is there already", "");
                                          },
                                          [](const std::string& record) {
                                            if (record != "thing")
                                              throw lab::Error("the record is wrong", "");
                                            if (::rmdir("/run/thing") == -1)
                                              throw lab::Error("it is not there", "");
                                          }};
    std::array<lab::Child, 4> processes;
    for (lab::Child& process : processes) {
      process = lab::fork_child([&] {
        for (int turn = 0; turn < 50; ++turn) {
          const lab::SharedUse thing(directory);
          const lab::LockFile address = lock();
          if (::access("/run/thing", F_OK) == -1) return 1;
        }
        return 0;
      });
    }
    for (lab::Child& process : processes) CHECK(process.wait() == 0);
  });
}
