#include "facts.h"

#include <fmt/core.h>

#include <csignal>

#include "error.h"
#include "procfs.h"
#include "report.h"

namespace check {

std::vector<std::string> environment_of(const Run& run) {
  return lab::nul_separated(lab::read_file("/proc/" + run.process() + "/environ"));
}

std::string variable(const std::vector<std::string>& environment, const std::string& name) {
  for (const std::string& line : environment) {
    if (line.rfind(name + "=", 0) == 0) return line.substr(name.size() + 1);
  }
  return "";
}

std::string innermost(const std::string& pids) {
  return pids.substr(pids.rfind(' ') + 1);
}

pid_t pid1_above(std::string process) {
  while (innermost(lab::pids_of(process)) != "1")
    process = lab::status_field(lab::read_file(fmt::format("/proc/{}/status", process)), "PPid");
  return std::stoi(process);
}

lab::Mount mount_on(const Run& run, const std::string& target) {
  lab::Mount found;
  for (const lab::Mount& mount : lab::mounts_of(run.process())) {
    if (mount.target == target) found = mount;
  }
  return found;
}

void expect_image_is_root(Run& run) {
  run.wait_for_probe();
  expect_equal(token(), lab::read_file("/proc/" + run.process() + "/root/token"),
               {fmt::format("sudo ls /proc/{}/root/", run.process()),
                "which call changes where a path that begins with / begins?"});
}

void expect_signals_pass(Run& run) {
  run.wait_for_probe();
  run.ask("report-signals");
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
    run.kill_lab(signal);
    expect_equal(fmt::format("signal {}", signal), run.next_message(),
                 {fmt::format("kill -{} {}", signal, run.lab()),
                  "who gets the signal, and to whom must it go?"});
  }
}

void expect_no_signal_blocked_or_ignored(Run& run) {
  run.wait_for_probe();
  const std::string status = lab::read_file("/proc/" + run.process() + "/status");
  for (const char* field : {"SigBlk", "SigIgn"}) {
    expect_equal("0000000000000000", lab::status_field(status, field),
                 {fmt::format("grep Sig /proc/{}/status", run.process()),
                  "signal masks survive fork and execve"});
  }
}

void expect_end_by_signal_comes_back(Run& run) {
  ::kill(run.wait_for_probe(), SIGKILL);
  expect_equal(std::to_string(128 + SIGKILL), std::to_string(run.wait()),
               {"", "waitpid(2): WIFSIGNALED and WTERMSIG"});
}

void expect_refused(const Request& request, const std::vector<std::string>& words) {
  const Ended ended = run_to_end(request);
  expect_equal("125", std::to_string(ended.status),
               {"", "125 is the lab's own failure; it said: " + ended.errors});
  expect_equal("", ended.output, {"", "stdout belongs to the command"});
  for (const std::string& word : words) {
    expect_true(ended.errors.find(word) != std::string::npos,
                "a message with " + lab::quoted(word) + " in it",
                ended.errors.empty() ? "none" : ended.errors,
                {"", "say what was wrong, and what to do"});
  }
}

}  // namespace check
