// What is true of the command from lab 02 on.

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>

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

}  // namespace

TEST_CASE("the processes of the host cannot be signalled") {
  lab::Child control_victim = make_victim();
  run_to_end(
      {{"/escape-kill-host", std::to_string(control_victim.pid())}, {}, image(), kPlainChroot, {}});
  expect_true(eventually([&] { return has_ended(control_victim); }),
              "control: it works from a plain chroot", "it does not", {});

  Run run;
  run.wait_for_probe();
  expect_true(lab::namespace_of(run.process(), "pid") != lab::namespace_of("self", "pid"),
              "a PID namespace of its own", "the host's " + lab::namespace_of(run.process(), "pid"),
              {fmt::format("sudo readlink /proc/{}/ns/pid /proc/self/ns/pid", run.process()),
               "is the command in the namespace, or only its children?"});

  lab::Child victim = make_victim();
  const Ended escape =
      run_to_end({{"/escape-kill-host", std::to_string(victim.pid())}, {}, image(), "", {}});
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
  run.wait_for_probe();
  pid_t child = -1;
  run.send("fork");
  expect_equal("child", run.next_message(&child), {});
  run.send("exit 0");
  run.wait();
  const bool ended = eventually([&] { return !run.is_alive(child); });
  run.end_everything();
  expect_true(ended, "the kernel kills the namespace with its PID 1",
              fmt::format("process {} lives on", child),
              {fmt::format("ps -o pid,ppid,args {}", child), "whose end ends a PID namespace?"});
}

TEST_CASE("the container dies with a lab that is killed") {
  Run run;
  run.wait_for_probe();
  run.kill_lab(SIGKILL);
  run.wait();
  const bool ended = eventually([&] { return !run.is_alive(run.probe()); });
  const std::string seen = fmt::format("process {} lives on", run.probe());
  run.end_everything();
  expect_true(ended, "the command ends with the lab", seen,
              {"sudo kill -9 PID-OF-THE-LAB; ps",
               "SIGKILL cannot be caught: who else could tell the command?"});
}

TEST_CASE("with --init orphans are reaped") {
  Run run({{"/probe"}, {"--init"}, image(), "", {}});
  const pid_t command = run.wait_for_probe();
  const std::string pids = lab::pids_of(run.process());
  expect_true(innermost(pids) != "1", "the command under PID 1", "NSpid: " + pids,
              {fmt::format("grep NSpid /proc/{}/status", command), "PID 1 is the init's"});
  const pid_t init =
      std::stoi(lab::status_field(lab::read_file("/proc/" + run.process() + "/status"), "PPid"));
  expect_equal("ok", run.ask("orphans 8"), {});
  const bool reaped =
      eventually([&] { return lab::children_of(std::to_string(init)).size() == 1; });
  expect_true(
      reaped, "no zombies", fmt::format("{} zombies under PID 1", zombies_below(init)),
      {fmt::format("ps --ppid {}", init), "an orphan becomes a child of PID 1: who waits for it?"});
}

TEST_CASE("with --init signals and the exit status pass through") {
  Run run({{"/probe"}, {"--init"}, image(), "", {}});
  run.wait_for_probe();
  run.ask("report-signals");
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
    run.kill_lab(signal);
    expect_equal(fmt::format("signal {}", signal), run.next_message(),
                 {fmt::format("kill -{} {}", signal, run.lab()), "PID 1 passes it on"});
  }
  run.send("exit 77");
  expect_equal("77", std::to_string(run.wait()), {"", "the init ends as the command did"});
}

}  // namespace check
