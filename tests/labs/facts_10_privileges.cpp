// What is true of the command from lab 10 on.

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "error.h"
#include "facts.h"
#include "procfs.h"
#include "report.h"
#include "run.h"
#include "snapshot.h"

namespace check {
namespace fs = std::filesystem;
namespace {

using Options = std::vector<std::string>;

const std::vector<std::string> kEndAtOnce{"/probe", "exit", "0"};
constexpr const char* kRefused = "Operation not permitted";
constexpr const char* kUnknown = "Function not implemented";

// Docker's default, as its documentation lists it.
constexpr unsigned long kDockers = 1UL << CAP_CHOWN | 1UL << CAP_DAC_OVERRIDE | 1UL << CAP_FSETID |
                                   1UL << CAP_FOWNER | 1UL << CAP_MKNOD | 1UL << CAP_NET_RAW |
                                   1UL << CAP_SETGID | 1UL << CAP_SETUID | 1UL << CAP_SETFCAP |
                                   1UL << CAP_SETPCAP | 1UL << CAP_NET_BIND_SERVICE |
                                   1UL << CAP_SYS_CHROOT | 1UL << CAP_KILL | 1UL << CAP_AUDIT_WRITE;

std::string hex(unsigned long set) {
  return fmt::format("{:016x}", set);
}

std::string status_of(pid_t pid, const std::string& field) {
  return lab::status_field(lab::read_file(fmt::format("/proc/{}/status", pid)), field);
}

unsigned long own_set(const std::string& field) {
  return std::strtoul(status_of(::getpid(), field).c_str(), nullptr, 16);
}

Advice see_status(pid_t pid, const std::string& hint) {
  return {fmt::format("grep -E 'Cap|NoNewPrivs|Seccomp' /proc/{}/status", pid), hint};
}

void expect_capabilities(pid_t pid, unsigned long expected, const std::string& when) {
  const std::pair<const char*, const char*> hints[] = {
      {"CapBnd", "what can a program that root starts get back? prctl(2)"},
      {"CapPrm", "which sets does cap_set_proc(3) set?"},
      {"CapEff", "which sets does cap_set_proc(3) set?"},
  };
  for (const auto& [field, hint] : hints)
    expect_equal(fmt::format("{}{} {}", when, field, hex(expected)),
                 fmt::format("{}{} {}", when, field, status_of(pid, field)), see_status(pid, hint));
}

// Lab 09's user namespace refuses much of this by itself. Each mechanism has to hold without it.
Options without_user_namespace() {
  static const bool has_one = run_to_end(Request::of(kEndAtOnce).with_options({"--list-steps"}))
                                  .output.find("unshare-user") != std::string::npos;
  return has_one ? Options{"--skip", "unshare-user"} : Options{};
}

Options with(Options options, const Options& more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

// A probe that may do all that root may, as far as this lab is concerned.
Request unconfined() {
  return Request{}.with_options(without_user_namespace()).with_all_privileges();
}

const Options kNoFilter{"--seccomp", "off"};

// --- the filter ---

void expect_answer(const std::string& expected, Run& run, const std::string& call,
                   const std::string& hint) {
  expect_equal(call + ": " + expected, call + ": " + run.ask("call " + call),
               {"sudo build/bin/10-privileges --seccomp-log -- COMMAND", hint});
}

// Each of these calls does something else than to fail with EPERM where nothing holds it.
void expect_refused_calls(const std::shared_ptr<Host>& host, const Request& free,
                          const Request& held, const std::vector<std::string>& calls) {
  Run control(free.on(host));
  control.wait_for_probe();
  Run run(held.on(host));
  run.wait_for_probe();
  int seen = 0;
  for (const std::string& call : calls) {
    const std::string answer = control.ask("call " + call);
    if (answer == kRefused || answer == kUnknown) continue;  // so does this kernel, to everyone
    ++seen;
    expect_answer(kRefused, run, call, "which group of refused_calls.cpp has it?");
  }
  expect_true(2 * seen > static_cast<int>(calls.size()), "control: most calls are made without it",
              fmt::format("{} of {}", seen, calls.size()), {});
}

// --- what /proc and /sys show ---

// Of these, those that the host has: what a lab shows of them is in its own /proc.
std::vector<std::string> those_there(const std::vector<std::string>& paths) {
  std::vector<std::string> found;
  for (const std::string& path : paths) {
    if (fs::exists(path)) found.push_back(path);
  }
  return found;
}

// Its names, or how many bytes of it can be read.
std::string content(Run& run, const std::string& path) {
  return run.ask((fs::is_directory(path) ? "names-in " : "bytes-in ") + path);
}

std::string mountinfo_of(const Run& run) {
  return "cat /proc/" + run.process() + "/mountinfo";
}

// A caller that hands on capabilities of its own: inheritable, and ambient.
void raise_ambient() {
  const cap_t sets = ::cap_get_proc();
  const cap_value_t sys_admin = CAP_SYS_ADMIN;
  ::cap_set_flag(sets, CAP_INHERITABLE, 1, &sys_admin, CAP_SET);
  ::cap_set_proc(sets);
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0);
}

}  // namespace

TEST_CASE("the command has the capabilities of Docker's default and no others") {
  expect_true((own_set("CapEff") & ~kDockers) != 0, "control: the caller has more", "it has not",
              {});
  Run run;
  expect_capabilities(run.wait_for_probe(), kDockers, "");
}

TEST_CASE("what the caller would pass on to programs ends here") {
  const auto handing_on = [](Request request) { return request.after(raise_ambient); };
  Run control(handing_on(Request{}.by_program(kPlainChroot)));
  expect_equal(hex(1UL << CAP_SYS_ADMIN), status_of(control.wait_for_probe(), "CapAmb"),
               {"", "control: a plain chroot passes them on"});
  // A new user namespace would end it, too.
  Run run(handing_on(Request{}.with_options(without_user_namespace())));
  run.wait_for_probe();
  for (const char* field : {"CapInh", "CapAmb"}) {
    const std::string name = std::string(field) + " ";
    expect_equal(name + hex(0), name + status_of(run.probe(), field),
                 see_status(run.probe(), "what does execve(2) do with it? capabilities(7)"));
  }
}

TEST_CASE("--cap-add and --cap-drop change the set") {
  constexpr unsigned long kNetAdmin = 1UL << CAP_NET_ADMIN, kChown = 1UL << CAP_CHOWN;
  const unsigned long all = own_set("CapBnd");
  const auto host = std::make_shared<Host>();
  const std::pair<Options, unsigned long> sets[] = {
      {{"--cap-add", "NET_ADMIN"}, kDockers | kNetAdmin},
      {{"--cap-drop", "cap_chown", "--cap-drop", "CAP_KILL"},
       kDockers & ~kChown & ~(1UL << CAP_KILL)},
      {{"--cap-drop", "all"}, 0},
      {{"--cap-drop", "CAP_ALL"}, 0},
      {{"--cap-drop", "ALL", "--cap-add", "Net_Admin", "--cap-add", "chown"}, kNetAdmin | kChown},
      {{"--cap-add", "ALL"}, all},
      {{"--cap-add", "ALL", "--cap-drop", "NET_ADMIN"}, all & ~kNetAdmin},
  };
  for (const auto& [options, expected] : sets) {
    Run run(Request{}.on(host).with_options(options));
    std::string when;
    for (const std::string& word : options) when += word + " ";
    expect_capabilities(run.wait_for_probe(), expected, when);
  }
}

TEST_CASE("a --cap-add or --cap-drop that is no capability is refused") {
  need_lab_options();
  const auto host = std::make_shared<Host>();
  const auto refused = [&](const Options& options, const std::vector<std::string>& words) {
    expect_refused(Request::of(kEndAtOnce).on(host).with_options(options), words);
  };
  refused({"--cap-add", "NET_ADMN"}, {"NET_ADMN", "did you mean NET_ADMIN"});
  refused({"--cap-drop", "CAP_CAP_CHOWN"}, {"CAP_CAP_CHOWN", "hint:"});
  for (const char* wrong : {"", "0", "7", "CAP_", "=ep", "chown,kill", "cap_chown=ep"})
    refused({"--cap-add", wrong}, {std::string("\"") + wrong + "\"", "hint:"});
  refused({"--cap-add", "ALL", "--cap-drop", "ALL"}, {"contradict", "hint:"});
  refused({"--seccomp", "of"}, {"of", "hint:"});
  refused({"--seccomp", "off", "--seccomp-log"}, {"contradict", "hint:"});
}

TEST_CASE("a set-user-ID program gives nothing") {
  const std::string directory = new_image();
  const std::string program = directory + "/set-user-id";
  fs::copy_file(directory + "/probe", program);
  ::chmod(program.c_str(), 04755);
  const Request request = Request{}.in_image(directory);

  Run control(request.by_program(kPlainChroot));
  control.wait_for_probe();
  expect_equal("root", control.ask("run-as-nobody /set-user-id"),
               {"", "control: in a plain chroot nobody becomes root by it"});
  Run run(request);
  run.wait_for_probe();
  expect_equal("nobody", run.ask("run-as-nobody /set-user-id"),
               see_status(run.probe(), "prctl(2) on PR_SET_NO_NEW_PRIVS"));
  expect_equal("1", status_of(run.probe(), "NoNewPrivs"), see_status(run.probe(), ""));
}

TEST_CASE("the filter refuses what no capability is asked for") {
  const Options host_users = without_user_namespace();
  expect_refused_calls(
      std::make_shared<Host>(), Request{}.with_options(with(host_users, kNoFilter)),
      Request{}.with_options(host_users),
      {"add_key", "clone-newuser", "get_mempolicy", "io_uring_setup", "kcmp", "keyctl",
       "perf_event_open", "process_vm_readv", "ptrace", "request_key", "setns", "tiocsti",
       "tiocsti-above-32-bits", "umount2", "unshare", "userfaultfd"});
}

TEST_CASE("what is for the host's root is refused") {
  expect_refused_calls(std::make_shared<Host>(), unconfined(), Request{},
                       {"acct", "clone-newnet", "fanotify_init", "init_module", "kexec_load",
                        "mount", "reboot", "sethostname", "settimeofday", "swapon", "syslog"});
}

TEST_CASE("the filter leaves what programs need") {
  Run run;
  run.wait_for_probe();
  expect_answer("ok", run, "clone", "fork(3) is clone(2) without a flag for a namespace");
  expect_equal("2", run.ask("forks 2"), {});
  expect_equal("2", status_of(run.probe(), "Seccomp"),
               see_status(run.probe(), "seccomp(2): 2 is a filter"));
}

TEST_CASE("calls that no filter can judge are answered as by an older kernel") {
  Run run;
  run.wait_for_probe();
  expect_answer(kUnknown, run, "clone3", "where are the flags of clone3(2)?");
  expect_answer(kUnknown, run, "newest", "who has looked at a call that came after the list?");
}

TEST_CASE("32-bit calls are no way around the filter") {
  constexpr const char* kUnshareOfX86 = "call32 310";
  Run control(Request{}.with_options(kNoFilter));
  control.wait_for_probe();
  if (control.ask(kUnshareOfX86) != "ok") skip("this kernel takes no calls of 32-bit x86");
  Run run;
  run.wait_for_probe();
  expect_equal(kUnknown, run.ask(kUnshareOfX86),
               {"", "the same call has another number there: what does the filter look at first?"});
}

TEST_CASE("what a kept capability is for is allowed") {
  const Options host_users = without_user_namespace();
  const auto host = std::make_shared<Host>();
  Run admin(Request{}.on(host).with_options(with(host_users, {"--cap-add", "SYS_ADMIN"})));
  admin.wait_for_probe();
  const std::string hint = "with CAP_SYS_ADMIN the filter lets mount(2) through, as Docker's does";
  expect_equal("ok", admin.ask("mount-tmpfs " + random_token() + " /mnt"), {"", hint});
  expect_answer("ok", admin, "unshare", hint);
  expect_answer("ok", admin, "clone-newuser", hint);
  expect_answer("Invalid argument", admin, "clone3", hint);
  expect_answer(kRefused, admin, "ptrace", "each capability permits its own groups only");
  Run tracer(Request{}.on(host).with_options(with(host_users, {"--cap-add", "SYS_PTRACE"})));
  tracer.wait_for_probe();
  expect_answer("No such process", tracer, "ptrace", "what permits ptrace(2)?");
  expect_answer(kRefused, tracer, "unshare", "each capability permits its own groups only");
  for (const char* permits : {"SYS_ADMIN", "PERFMON"}) {
    constexpr int kPerfmon = 38;  // since Linux 5.8
    if (permits == std::string("PERFMON") && (own_set("CapBnd") >> kPerfmon & 1) == 0) continue;
    Run sampler(Request{}.on(host).with_options(with(host_users, {"--cap-add", permits})));
    sampler.wait_for_probe();
    expect_answer("Bad address", sampler, "perf_event_open", "what permits perf_event_open(2)?");
  }
}

TEST_CASE("--seccomp off has no filter") {
  Run run(Request{}.with_options(kNoFilter));
  expect_equal("0", status_of(run.wait_for_probe(), "Seccomp"), see_status(run.probe(), ""));
}

TEST_CASE("--seccomp-log tells what was refused and to whom") {
  const auto host = std::make_shared<Host>();
  for (const Options& options :
       std::vector<Options>{{"--seccomp-log"}, {"--seccomp-log", "--init"}}) {
    Run run(Request{}.on(host).with_options(options));
    run.wait_for_probe();
    expect_equal(kRefused, run.ask("call keyctl"), {});
    run.ask("call clone3");  // no refusal, but what an older kernel says: not to be told
    const std::string said = run.errors();
    if (said.find("older than Linux 5.0") != std::string::npos)
      skip("this kernel cannot ask a process about a call");
    expect_equal("1", std::to_string(lines_of(said).size()), {"", "it said: " + said});
    for (const std::string& word :
         {std::string("keyctl"), "pid " + run.process(), std::string("probe")})
      expect_true(said.find(word) != std::string::npos, "a line with " + word, said,
                  {"", "seccomp_unotify(2): who made the call?"});
    run.send("exit 7");
    expect_equal("7", std::to_string(run.wait()), {"", run.errors()});
  }
}

TEST_CASE("a filter whose teller was killed refuses all the same") {
  Run run(Request{}.with_options({"--seccomp-log"}));
  run.wait_for_probe();
  pid_t teller = -1;
  for (const std::string& child : lab::children_of(std::to_string(run.lab()))) {
    if (lab::children_of(child).empty() && std::stoi(child) != run.probe())
      teller = std::stoi(child);
  }
  expect_true(teller > 0, "control: a process beside the container", "none", {});
  ::kill(teller, SIGKILL);
  const std::string answer = run.ask("call keyctl");
  expect_true(answer == kRefused || answer == kUnknown, "keyctl(2) is refused", answer,
              {"", "seccomp_unotify(2): what if no one listens?"});
}

TEST_CASE("with --init PID 1 is as confined as the command") {
  Run run(Request{}.with_options({"--init"}));
  run.wait_for_probe();
  const pid_t init = pid1_above(run.process());
  for (const char* field :
       {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp"}) {
    const std::string name = std::string(field) + " ";
    expect_equal(name + status_of(run.probe(), field), name + status_of(init, field),
                 see_status(init, "the init makes no execve(2): what takes its privileges away?"));
  }
}

TEST_CASE("what shows the host's memory and keys and hardware is covered") {
  const std::vector<std::string> paths =
      those_there({"/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug",
                   "/proc/interrupts", "/proc/acpi", "/proc/scsi", "/proc/asound", "/sys/firmware",
                   "/sys/devices/virtual/powercap"});
  const auto host = std::make_shared<Host>();
  Run control(Request::of({binary_directory() + "/probe"}).on(host).by_program(kHostItself));
  control.wait_for_probe();
  Run run(Request{}.on(host));
  run.wait_for_probe();
  int shown = 0;
  for (const std::string& path : paths) {
    const std::string nothing = fs::is_directory(path) ? "none" : "0";
    if (content(control, path) != nothing) ++shown;
    expect_equal(path + ": " + nothing, path + ": " + content(run, path),
                 {mountinfo_of(run), "what is mounted over it?"});
    if (fs::is_directory(path))
      expect_equal("Read-only file system", run.ask("make-file " + path + "/x"),
                   {mountinfo_of(run), "an empty directory that no one fills"});
  }
  expect_true(shown > 0, "control: the host shows some of them", "none", {});
}

TEST_CASE("the settings of the kernel are read-only") {
  const std::vector<std::string> paths = those_there(
      {"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sys/vm/drop_caches",
       "/proc/sysrq-trigger", "/proc/irq/default_smp_affinity"});
  const auto host = std::make_shared<Host>();
  Run control(Request::of({binary_directory() + "/probe"}).on(host).by_program(kHostItself));
  control.wait_for_probe();
  Run run(Request{}.on(host).with_options(without_user_namespace()));
  run.wait_for_probe();
  for (const std::string& path : paths) {
    expect_equal(path + ": ok", path + ": " + control.ask("open-to-write " + path),
                 {"", "control: on the host root may open it to write"});
    expect_equal(path + ": Read-only file system", path + ": " + run.ask("open-to-write " + path),
                 {mountinfo_of(run), "whose settings are these?"});
  }
}

TEST_CASE("a device that is not in /dev cannot be opened by a node of one's own") {
  const std::string kernel_log = "/tmp/node";
  const std::string make_node = "mknod " + kernel_log + " 1 11";
  const Options host_users = without_user_namespace();
  Run control(Request{}.by_program(kPlainChroot));
  control.wait_for_probe();
  expect_equal("ok", control.ask(make_node), {});
  expect_equal("ok", control.ask("open " + kernel_log),
               {"", "control: from a plain chroot it can be opened"});
  control.ask("unlink " + kernel_log);

  const auto host = std::make_shared<Host>();
  for (const Options& options : std::vector<Options>{{}, {"--cap-add", "ALL"}, {"--init"}}) {
    Run run(Request{}.on(host).with_options(with(host_users, options)));
    run.wait_for_probe();
    const Advice advice{fmt::format("cat /proc/{}/cgroup", run.process()),
                        "a node is a name and a number; who decides what the number opens?"};
    expect_equal("ok", run.ask(make_node), {"", "making a node is no harm, opening it is"});
    expect_equal(kRefused, run.ask("open " + kernel_log), advice);
    for (const char* device :
         {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/ptmx"})
      expect_equal(std::string(device) + ": ok",
                   std::string(device) + ": " + run.ask(std::string("open ") + device), advice);
    expect_equal("0", run.ask("open-terminal"), advice);
    expect_true(run.ask("open /dev/pts/0") != kRefused, "the terminal may be opened", kRefused,
                advice);
  }
}

}  // namespace check
