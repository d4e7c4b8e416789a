// What is true of the command from lab 06 on.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "cgroup_layout.h"
#include "cgroups.h"
#include "deadline.h"
#include "error.h"
#include "facts.h"
#include "held_program.h"
#include "namespaces.h"
#include "procfs.h"
#include "report.h"
#include "run.h"
#include "snapshot.h"
#include "unique_fd.h"

namespace check {
namespace fs = std::filesystem;
namespace {

using Options = std::vector<std::string>;

const std::vector<std::string> kEndAtOnce{"/probe", "exit", "0"};
constexpr long kMiB = 1 << 20;

Request limited_on(const std::shared_ptr<Host>& host, const Options& options) {
  return Request{}.on(host).with_options(options);
}

// --- the cgroups of a process, and what the kernel has in them ---

bool is_version_1(pid_t pid, const std::string& controller) {
  const int version = cgroup_of(pid, controller).version;
  if (version == 0) skip("this machine has no cgroup controller " + controller);
  return version == 1;
}

std::string directory_of(pid_t pid, const std::string& controller) {
  return cgroup_of(pid, controller).directory.lexically_normal();
}

Advice see_file(pid_t pid, const std::string& controller, const std::string& files,
                const std::string& hint) {
  return {fmt::format("cd {} && grep . {}", directory_of(pid, controller), files), hint};
}

// The number behind `key` in a file of such lines; 0 where it is not there.
double number_in(const std::string& text, const std::string& key) {
  std::istringstream words(text);
  for (std::string word, number; words >> word >> number;) {
    if (word == key) return std::stod(number);
  }
  return 0;
}

// Bytes; "none" where there is no limit. Version 1 has the largest number of whole pages then.
std::string memory_limit(pid_t pid) {
  const bool v1 = is_version_1(pid, "memory");
  std::string limit = cgroup_file(pid, "memory", v1 ? "memory.limit_in_bytes" : "memory.max");
  return limit == "max" || limit.size() == 19 ? "none" : limit;
}

// How much more than its memory a process can have by swapping; "not at all" where the kernel does
// not count swap and yet will not swap.
std::string swap_limit(pid_t pid) {
  if (!is_version_1(pid, "memory")) {
    const std::string most = cgroup_file(pid, "memory", "memory.swap.max");
    return most.empty() || most == "0" ? "not at all" : most + " bytes";
  }
  const std::string both = cgroup_file(pid, "memory", "memory.memsw.limit_in_bytes");
  if (!both.empty()) return both == memory_limit(pid) ? "not at all" : "up to " + both + " bytes";
  const std::string inclined = cgroup_file(pid, "memory", "memory.swappiness");
  return inclined == "0" ? "not at all" : "with swappiness " + inclined;
}

std::string pids_limit(pid_t pid) {
  is_version_1(pid, "pids");
  const std::string most = cgroup_file(pid, "pids", "pids.max");
  return most == "max" ? "none" : most;
}

std::string limits_of(pid_t pid) {
  return fmt::format("memory {}, CPUs {}, pids {}", memory_limit(pid), cpu_limit(pid),
                     pids_limit(pid));
}

double cpu_seconds(pid_t pid) {
  if (is_version_1(pid, "cpu"))
    return std::stod(cgroup_file(pid, "cpuacct", "cpuacct.usage")) / 1e9;
  return number_in(cgroup_file(pid, "cpu", "cpu.stat"), "usage_usec") / 1e6;
}

double cpu_stat(pid_t pid, const std::string& key) {
  return number_in(cgroup_file(pid, "cpu", "cpu.stat"), key);
}

// The controllers that containers are given limits by, with cpuacct, where CPU time is counted in
// version 1.
std::vector<std::string> controllers() {
  std::vector<std::string> all{"memory", "cpu", "pids"};
  if (is_version_1(::getpid(), "cpu")) all.emplace_back("cpuacct");
  return all;
}

// The first cgroup that a process is in together with the checks; "none" where it has its own.
std::string cgroup_in_common(pid_t pid) {
  for (const std::string& controller : controllers()) {
    std::string directory = directory_of(pid, controller);
    if (directory == directory_of(::getpid(), controller)) return directory;
  }
  return "none";
}

// The controllers that each cgroup of version 2 in which labs make theirs hands on.
std::string handed_on() {
  std::string text;
  for (const lab::CgroupHierarchy& hierarchy : lab::cgroup_layout()) {
    if (hierarchy.version == 2)
      text += lab::read_file(hierarchy.place / "cgroup.subtree_control") + " ";
  }
  return text;
}

// The descriptors of a process that lead into a cgroup hierarchy.
std::string cgroup_files_open_in(const std::string& process) {
  std::string text;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc/" + process + "/fd")) {
    struct statfs status {};
    if (::statfs(entry.path().c_str(), &status) == -1) continue;
    if (status.f_type == CGROUP_SUPER_MAGIC || status.f_type == CGROUP2_SUPER_MAGIC)
      text += fmt::format("{} -> {} ", entry.path().string(), fs::read_symlink(entry).string());
  }
  return text.empty() ? "none" : text;
}

// Takes memory that its limit does not allow, and ends well where it can.
void expect_killed(Run& run, long bytes, const Advice& advice) {
  run.send(fmt::format("allocate {}", bytes));
  run.send("exit 0");
  expect_equal(std::to_string(128 + SIGKILL), std::to_string(run.wait()), advice);
}

// The process at the end of the line that the program under test has begun.
pid_t last_descendant(pid_t pid) {
  const std::vector<std::string> children = lab::children_of(std::to_string(pid));
  return children.empty() ? pid : last_descendant(std::stoi(children.back()));
}

// --- bad input ---

void expect_all_refused(const std::string& option, const std::vector<std::string>& values) {
  need_lab_options();
  const auto host = std::make_shared<Host>();
  for (const std::string& value : values) {
    expect_refused(Request::of(kEndAtOnce).on(host).with_options({option, value}),
                   {value, "hint:"});
  }
}

// --explain has told a line `what: NUMBER …`, and what the kernel had counted before was not more.
void expect_told(const std::string& what, double counted, const std::string& said) {
  for (const std::string& line : lines_of(said)) {
    const size_t at = line.find(what + ": ");
    if (at == std::string::npos) continue;
    const std::string text = line.substr(at + what.size() + 2);
    expect_true(std::atof(text.c_str()) >= counted, fmt::format("{}: {} at least", what, counted),
                text, {"", "peaks are kept by the kernel, and the command has ended: which file?"});
    return;
  }
  expect_true(false, what + ": …", "nothing of it", {"", said});
}

}  // namespace

TEST_CASE("the command is in cgroups of its own") {
  Run control(Request{}.by_program(kPlainChroot));
  control.wait_for_probe();
  for (const std::string& controller : controllers()) {
    expect_equal(directory_of(::getpid(), controller), directory_of(control.probe(), controller),
                 {"", "control: a plain chroot is in those of the checks"});
  }
  Run run;
  run.wait_for_probe();
  expect_equal("none", cgroup_in_common(run.probe()),
               {fmt::format("cat /proc/{}/cgroup", run.process()),
                "a limit holds for a group's processes: who writes to tasks or cgroup.procs?"});
}

TEST_CASE("the cgroups are the roots of what the command sees") {
  Run run;
  run.wait_for_probe();
  const Advice advice{fmt::format("sudo nsenter -t {} -m -p -C cat /proc/self/cgroup", run.probe()),
                      "what is a process in when its cgroup namespace is made?"};
  expect_true(lab::namespace_of(run.process(), "cgroup") != lab::namespace_of("self", "cgroup"),
              "a cgroup namespace of its own", "the host's", advice);
  for (const std::string& line : lines_of(run.ask("read-file /proc/self/cgroup")))
    expect_equal("/", line.substr(line.rfind(':') + 1), advice);
}

TEST_CASE("without options nothing is limited") {
  Run run;
  expect_equal("memory none, CPUs none, pids none", limits_of(run.wait_for_probe()),
               {"", "a limit is there where it was asked for"});
}

TEST_CASE("--memory is the limit in bytes or with K or M or G") {
  const auto host = std::make_shared<Host>();
  const std::pair<const char*, long> sizes[] = {{"20971520", 20 * kMiB},
                                                {"100000K", 100000 * 1024},
                                                {"512M", 512 * kMiB},
                                                {"1G", 1024 * kMiB}};
  for (const auto& [size, bytes] : sizes) {
    Run run(limited_on(host, {"--memory", size}));
    run.wait_for_probe();
    expect_equal(std::to_string(bytes), memory_limit(run.probe()),
                 see_file(run.probe(), "memory", "memory.*", "K, M and G are powers of 1024"));
  }
}

TEST_CASE("memory below --memory is had and past it the command is killed") {
  constexpr long kLess = 8 * kMiB, kMore = 40 * kMiB;
  Run control(Request{}.by_program(kPlainChroot));
  control.wait_for_probe();
  expect_equal("ok", control.ask(fmt::format("allocate {}", kMore)),
               {"", "control: a plain chroot can have it"});
  Run run(Request{}.with_options({"--memory", "24M"}));
  run.wait_for_probe();
  const Advice advice = see_file(run.probe(), "memory", "memory.*", "which file is the limit in?");
  expect_equal("ok", run.ask(fmt::format("allocate {}", kLess)), advice);
  expect_killed(run, kMore, advice);
}

TEST_CASE("an out-of-memory kill is told with the limit") {
  const auto host = std::make_shared<Host>();
  for (const Options& options :
       std::vector<Options>{{"--memory", "24M"}, {"--init", "--memory", "24M"}}) {
    Run run(limited_on(host, options));
    run.wait_for_probe();
    expect_killed(run, 40 * kMiB, {});
    expect_true(run.errors().find(std::to_string(24 * kMiB)) != std::string::npos,
                fmt::format("a message with the limit, {}", 24 * kMiB),
                run.errors().empty() ? "none" : run.errors(),
                {"", "who has been killed for it, the kernel counts: cgroups(7)"});
  }
  const Ended of_a_child = run_to_end(
      Request::of({"/escape-memory-hog", "40"}).on(host).with_options({"--memory", "24M"}));
  expect_equal("1", std::to_string(of_a_child.status), {"", of_a_child.output});
  expect_true(of_a_child.errors.find(std::to_string(24 * kMiB)) != std::string::npos,
              "a message where a child of the command was killed", of_a_child.errors, {});
  const Ended of_none =
      run_to_end(Request::of(kEndAtOnce).on(host).with_options({"--memory", "24M"}));
  expect_equal("", of_none.errors, {"", "no one was killed"});
}

TEST_CASE("the limit on memory cannot be passed by swapping") {
  Run run(Request{}.with_options({"--memory", "24M"}));
  run.wait_for_probe();
  expect_equal("not at all", swap_limit(run.probe()),
               see_file(run.probe(), "memory", "memory.memsw.limit_in_bytes memory.sw*",
                        "a page that is swapped out counts no longer as memory"));
}

TEST_CASE("the least --memory that is taken is enough to start a command") {
  const auto host = std::make_shared<Host>();
  for (const Options& options :
       std::vector<Options>{{"--memory", "4M"}, {"--init", "--memory", "4M"}}) {
    const Ended ended = run_to_end(Request::of(kEndAtOnce).on(host).with_options(options));
    expect_equal("0", std::to_string(ended.status), {"", ended.errors});
  }
}

TEST_CASE("--cpus is the quota of CPU time") {
  const auto host = std::make_shared<Host>();
  for (const char* cpus : {"0.5", "0.01", "2"}) {
    Run run(limited_on(host, {"--cpus", cpus}));
    run.wait_for_probe();
    expect_equal(
        cpus, cpu_limit(run.probe()),
        see_file(run.probe(), "cpu", "cpu.cfs_* cpu.max", "a quota is of a period: which one?"));
  }
}

TEST_CASE("a command that wants more than --cpus is throttled") {
  constexpr double kCpus = 0.05, kPeriod = 0.1;
  // A CPU that runs out of quota finds that out at its next tick, and pays it back in later periods.
  constexpr double kOverdrawn = 0.02;
  Run run(Request{}.with_options({"--cpus", "0.05"}));
  run.wait_for_probe();
  const Advice advice = see_file(run.probe(), "cpu", "cpu.stat", "sched-bwc: nr_throttled");
  const bool throttled = eventually([&] {
    run.ask("burn 100");
    return cpu_stat(run.probe(), "nr_throttled") >= 2;
  });
  expect_true(throttled, "periods in which it was throttled", "none", advice);
  const double used = cpu_seconds(run.probe());
  const double most = (cpu_stat(run.probe(), "nr_periods") + 1) * kPeriod * kCpus + kOverdrawn;
  expect_true(used <= most, fmt::format("at most {:.3f} s of CPU time in its periods", most),
              fmt::format("{:.3f} s", used), advice);
}

TEST_CASE("--pids is the most processes with PID 1 among them") {
  Run control(Request{}.by_program(kPlainChroot));
  control.wait_for_probe();
  expect_equal("40", control.ask("forks 40"), {"", "control: a plain chroot can have them"});
  Run run(Request{}.with_options({"--pids", "16"}));
  run.wait_for_probe();
  expect_equal("15 Resource temporarily unavailable", run.ask("forks 40"),
               see_file(run.probe(), "pids", "pids.*", "the command is a process, too"));
}

TEST_CASE("a fork bomb is held by --pids and ends with its lab") {
  const auto host = std::make_shared<Host>();
  const Ended ended =
      run_to_end(Request::of({"/escape-fork-bomb", "80"}).on(host).with_options({"--pids", "20"}));
  expect_true(ended.status == 1 && ended.output.rfind("held", 0) == 0, "the escape is held",
              ended.output + ended.errors, {"./lab escape fork-bomb NN", "fork(2): EAGAIN"});
  Run killed(limited_on(host, {"--pids", "20"}));
  killed.wait_for_probe();
  killed.ask("forks 40");
  killed.kill_lab(SIGKILL);
  killed.wait();
  expect_true(eventually([&] { return !Run::is_alive(killed.probe()); }),
              "the command ends with the lab", "it lives on", {});
}

TEST_CASE("the limits hold before the command's first instruction") {
  HeldProgram program;
  Run run(Request::of({"/held"})
              .in_image(image_on_disk())
              .with_options({"--memory", "24M", "--cpus", "0.5", "--pids", "16"}));
  expect_true(eventually([&] { return program.wanted(); }), "the command is executed",
              "no one executes it: " + run.errors(), {});
  const pid_t command = last_descendant(run.lab());
  const std::string in_common = cgroup_in_common(command), limits = limits_of(command);
  program.let_go();
  run.wait_for_probe();
  const Advice advice{"", "a command can be quicker than what is done beside it: who waits?"};
  expect_equal("none", in_common, advice);
  expect_equal(limits_of(run.probe()), limits, advice);
}

TEST_CASE("with --init PID 1 is inside the limits too") {
  Run run(Request{}.with_options({"--init", "--pids", "16"}));
  run.wait_for_probe();
  const pid_t init = pid1_above(run.process());
  const Advice advice{fmt::format("cat /proc/{}/cgroup /proc/{}/cgroup", init, run.probe()),
                      "what the command leaves behind becomes a child of PID 1"};
  for (const std::string& controller : controllers())
    expect_equal(directory_of(run.probe(), controller), directory_of(init, controller), advice);
  expect_equal(
      fmt::format("{} Resource temporarily unavailable", std::stoi(pids_limit(run.probe())) - 2),
      run.ask("forks 40"), advice);
}

TEST_CASE("no descriptor of a cgroup file is open in the container") {
  const auto host = std::make_shared<Host>();
  for (const Options& options : std::vector<Options>{{}, {"--init"}}) {
    Run run(Request{}.on(host).with_options(options));
    run.wait_for_probe();
    for (const pid_t pid : {run.probe(), pid1_above(run.process())}) {
      expect_equal("none", cgroup_files_open_in(std::to_string(pid)),
                   {fmt::format("sudo ls -l /proc/{}/fd", pid),
                    "who may write to it can move processes out of the limits, or in"});
    }
  }
}

TEST_CASE("containers started together have limits of their own") {
  const auto host = std::make_shared<Host>();
  std::vector<std::unique_ptr<Run>> runs;
  for (int i = 1; i <= 5; ++i) {
    runs.push_back(std::make_unique<Run>(limited_on(
        host, {"--memory", fmt::format("{}M", 10 * i), "--pids", std::to_string(10 * i)})));
  }
  for (const auto& run : runs) run->wait_for_probe();
  const Advice advice{"find /sys/fs/cgroup -name 'lab-*'", "two of one name are one"};
  for (size_t i = 0; i < runs.size(); ++i) {
    Run& run = *runs[i];
    expect_equal(std::to_string(10 * kMiB * (i + 1)), memory_limit(run.probe()), advice);
    expect_equal(
        fmt::format("{} Resource temporarily unavailable", std::stoi(pids_limit(run.probe())) - 1),
        run.ask("forks 60"), advice);
  }
  expect_killed(*runs[0], 20 * kMiB, advice);
  expect_equal("ok", runs[4]->ask(fmt::format("allocate {}", 20 * kMiB)), advice);
}

TEST_CASE("the controllers of version 2 stay for the last container and go with it") {
  const auto host = std::make_shared<Host>();
  const std::string before = handed_on();
  auto first = std::make_unique<Run>(limited_on(host, {"--pids", "16"}));
  auto last = std::make_unique<Run>(limited_on(host, {"--pids", "16"}));
  first->wait_for_probe();
  last->wait_for_probe();
  const std::string limits = limits_of(last->probe());
  first.reset();
  const Advice advice{"cat /sys/fs/cgroup/cgroup.subtree_control",
                      "who is the last one that needs them handed on?"};
  expect_equal(limits, limits_of(last->probe()), advice);
  last.reset();
  expect_equal(before, handed_on(), advice);
}

TEST_CASE("--explain ends with what the kernel counted") {
  Run run(
      Request{}.with_options({"--explain", "--memory", "64M", "--cpus", "0.5", "--pids", "64"}));
  const pid_t pid = run.wait_for_probe();
  expect_equal("7", run.ask("forks 7"), {});  // they end with the next request
  expect_equal("ok", run.ask(fmt::format("allocate {}", 8 * kMiB)), {});
  const bool v1 = is_version_1(pid, "memory");
  // Empty where this kernel keeps no peaks.
  const std::string memory =
      cgroup_file(pid, "memory", v1 ? "memory.max_usage_in_bytes" : "memory.peak");
  const std::string pids = cgroup_file(pid, "pids", "pids.peak");
  const double seconds = cpu_seconds(pid), throttled = cpu_stat(pid, "nr_throttled");
  run.send("exit 0");
  expect_equal("0", std::to_string(run.wait()), {});

  const std::string said = run.errors();
  expect_told("peak memory", memory.empty() ? 0 : std::stod(memory), said);
  expect_told("CPU time", seconds - 0.0005, said);
  expect_told("throttled", throttled, said);
  expect_told("most processes at a time", pids.empty() ? 0 : std::stod(pids), said);
}

TEST_CASE("a --memory that is no size or too little is refused") {
  expect_all_refused("--memory", {"12Q", "-5M", "", "M", "5.5M", "0x10", " 64M", "64MB", "0", "1K",
                                  "9223372036854775808", "8589934592G", "99999999999999999999"});
}

TEST_CASE("a --cpus that is no share of CPU time is refused") {
  expect_all_refused("--cpus", {"0", "-1", "nan", "inf", "1e9", "", "0.001", "0x10", "1,5", "1.",
                                "9000", "1000000000000000000000000000000000000"});
}

TEST_CASE("a --pids that is no number of processes is refused") {
  expect_all_refused("--pids",
                     {"0", "-1", "x", "", "1.5", "4K", "4194305", "99999999999999999999"});
}

}  // namespace check
