// What is true of the command from lab 02 on.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "deadline.h"
#include "facts.h"
#include "namespaces.h"
#include "process.h"
#include "procfs.h"
#include "report.h"
#include "run.h"

namespace check {
namespace {

// A process of the host, to be signalled from inside.
lab::Child make_victim() {
  return lab::fork_child([]() -> int {
    for (;;) ::pause();
  });
}

bool has_ended(lab::Child& child) {
  int status = 0;
  return child.ended(status);
}

int zombies_below(pid_t init) {
  int zombies = 0;
  for (const std::string& pid : lab::children_of(std::to_string(init))) {
    zombies +=
        lab::status_field(lab::read_file("/proc/" + pid + "/status"), "State").rfind('Z', 0) == 0
            ? 1
            : 0;
  }
  return zombies;
}

// What the probe has forked ends when the probe does, and the lab does not wait for it.
void expect_children_end(Run& run) {
  run.wait_for_probe();
  pid_t child = -1;
  run.send("fork");
  expect_equal("child", run.next_message(&child), {});
  run.send("exit 0");
  run.wait();
  const bool ended = eventually([&] { return !Run::is_alive(child); });
  run.end_everything();
  expect_true(ended, "the kernel kills the namespace with its PID 1",
              fmt::format("process {} lives on", child),
              {fmt::format("ps -o pid,ppid,args {}", child), "whose end ends a PID namespace?"});
}

Request under_init() {
  return Request::of({"/probe"}).with_options({"--init"});
}

void expect_reaped(pid_t init) {
  const bool reaped =
      eventually([&] { return lab::children_of(std::to_string(init)).size() == 1; });
  expect_true(
      reaped, "no zombies", fmt::format("{} zombies under PID 1", zombies_below(init)),
      {fmt::format("ps --ppid {}", init), "an orphan becomes a child of PID 1: who waits for it?"});
}

// All of them end while the init is stopped: it gets a single SIGCHLD for them.
void expect_reaped_at_once(Run& run, pid_t init, int orphans) {
  ::kill(init, SIGSTOP);
  expect_equal("ok", run.ask(fmt::format("orphans {}", orphans)), {});
  const bool all_ended = eventually([&] { return zombies_below(init) == orphans; });
  ::kill(init, SIGCONT);
  expect_true(all_ended, "control: the orphans end while PID 1 is stopped", "they do not", {});
  expect_reaped(init);
}

}  // namespace

TEST_CASE("the processes of the host cannot be signalled") {
  lab::Child control_victim = make_victim();
  run_to_end(Request::of({"/escape-kill-host", std::to_string(control_victim.pid())})
                 .by_program(kPlainChroot));
  expect_true(eventually([&] { return has_ended(control_victim); }),
              "control: it works from a plain chroot", "it does not", {});

  Run run;
  run.wait_for_probe();
  expect_true(lab::namespace_of(run.process(), "pid") != lab::namespace_of("self", "pid"),
              "a PID namespace of its own", "the host's " + lab::namespace_of(run.process(), "pid"),
              {fmt::format("sudo readlink /proc/{}/ns/pid /proc/self/ns/pid", run.process()),
               "is the command in the namespace, or only its children?"});

  lab::Child victim = make_victim();
  const Ended escape = run_to_end(Request::of({"/escape-kill-host", std::to_string(victim.pid())}));
  expect_true(!has_ended(victim) && escape.status != 0, "the escape is held", escape.output,
              {"./lab escape kill-host NN", "does that pid mean anything inside?"});
}

TEST_CASE("the command is PID 1 of its namespace") {
  Run run;
  run.wait_for_probe();
  const std::string pids = lab::pids_of(run.process());
  expect_true(pids.find(' ') != std::string::npos && innermost(pids) == "1",
              "NSpid: the host's pid, then 1", pids,
              {fmt::format("grep NSpid /proc/{}/status", run.process()),
               "which child of the namespace is PID 1?"});
}

TEST_CASE("the end of the command ends its children") {
  Run run;
  expect_children_end(run);
}

TEST_CASE("the container dies with a lab that is killed") {
  Run run;
  run.wait_for_probe();
  run.kill_lab(SIGKILL);
  run.wait();
  const bool ended = eventually([&] { return !Run::is_alive(run.probe()); });
  const std::string seen = fmt::format("process {} lives on", run.probe());
  run.end_everything();
  expect_true(ended, "the command ends with the lab", seen,
              {"sudo kill -9 PID-OF-THE-LAB; ps",
               "SIGKILL cannot be caught: who else could tell the command?"});
}

TEST_CASE("a key in the terminal reaches the command once") {
  need_lab_options();
  const lab::UniqueFd keyboard(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ::unlockpt(keyboard.get());
  // By its master, not by its path: /dev/pts here may be of another devpts. Its number is high, where
  // none of the descriptors that every lab inherits (run.cpp) takes its place.
  const lab::UniqueFd low(::ioctl(keyboard.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  const lab::UniqueFd terminal(::fcntl(low.get(), F_DUPFD_CLOEXEC, 100));
  expect_true(bool(terminal), "control: a terminal", "none could be opened", {});
  Run run(Request{}.after([&] {
    ::setsid();
    ::ioctl(terminal.get(), TIOCSCTTY, 0);
  }));
  run.wait_for_probe();
  run.ask("report-signals");
  // The lab is stopped meanwhile: two signals at the same time could come as one.
  run.kill_lab(SIGSTOP);
  const std::string lab_status = fmt::format("/proc/{}/status", run.lab());
  eventually([&] { return lab::status_field(lab::read_file(lab_status), "State")[0] == 'T'; });
  const char control_c = '\x03';
  expect_equal("1", std::to_string(::write(keyboard.get(), &control_c, 1)), {});
  const std::string first = run.next_message();
  run.kill_lab(SIGTERM);
  run.kill_lab(SIGCONT);
  const std::string second = run.next_message();
  const std::string third = run.ask("last");  // answered after all signals that came
  expect_equal("signal 2, signal 15, unknown request last", first + ", " + second + ", " + third,
               {"", "the terminal tells all of the foreground group: the lab, and the command"});
}

TEST_CASE("with --init orphans are reaped") {
  Run run(under_init());
  const pid_t command = run.wait_for_probe();
  const std::string pids = lab::pids_of(run.process());
  expect_true(innermost(pids) != "1", "the command under PID 1", "NSpid: " + pids,
              {fmt::format("grep NSpid /proc/{}/status", command), "PID 1 is the init's"});
  const pid_t init = pid1_above(run.process());
  expect_equal("ok", run.ask("orphans 8"), {});
  expect_reaped(init);
  expect_reaped_at_once(run, init, 8);
}

TEST_CASE("with --init signals and the exit status pass through") {
  Run run(under_init());
  expect_signals_pass(run);
  run.send("exit 77");
  expect_equal("77", std::to_string(run.wait()), {"", "the init ends as the command did"});
}

TEST_CASE("with --init the end by a signal comes back as 128+N") {
  Run run(under_init());
  expect_end_by_signal_comes_back(run);
}

TEST_CASE("with --init the end of the command ends its children") {
  Run run(under_init());
  expect_children_end(run);
}

TEST_CASE("with --init no signal is blocked or ignored") {
  Run run(under_init());
  expect_no_signal_blocked_or_ignored(run);
}

}  // namespace check
