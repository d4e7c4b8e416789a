// What is true of a command in each of lab 12's two modes of isolation: on this kernel in a container,
// or on a kernel of its own in a virtual machine. What can be is asked of the host.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "cgroup_sandbox.h"
#include "cgroups.h"
#include "deadline.h"
#include "error.h"
#include "facts.h"
#include "guest.h"
#include "memory_file.h"
#include "network.h"
#include "procfs.h"
#include "report.h"
#include "run.h"
#include "service.h"
#include "snapshot.h"

namespace check {
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string>;
constexpr const char* kBootId = "/proc/sys/kernel/random/boot_id";
constexpr long kMiB = 1 << 20;
constexpr int kPassedOn[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};

const std::chrono::milliseconds usual_patience = be_patient_with_machines();

bool soon(const std::function<bool()>& holds) {
  return eventually(holds, usual_patience);
}

// Without the attacks that lie in image(): a machine has all of its image in memory, twice for a while.
std::string small_image() {
  const fs::path directory = image() + "-small-" + random_token();
  for (const char* name : {"dev", "etc", "proc", "root", "sys", "tmp"})
    fs::create_directories(directory / name);
  fs::copy_file(fs::path(image()) / "probe", directory / "probe");
  for (const char* file : {"token", "etc/hosts", "etc/hostname"})
    std::ofstream(directory / file) << token();
  return directory;
}

Request in_mode(const std::string& mode, const Words& command, Words options = {}) {
  Request request;
  if (mode == "process") {
    options.insert(options.begin(), {"--isolation", "process"});
    request = request.with_options(options);
  } else {
    request = in_machine(options);
  }
  request.command = command;
  return request.in_image(small_image());
}
Request probe_in_machine(const Words& options = {}) {
  return in_mode("vm", {"/probe"}, options);
}
Request without_boot(const Words& options) {
  kernel_of_machines();
  return in_mode("vm", {"/probe", "exit", "0"}, options);
}

void become_nobody() {
  if (::setgid(65534) == -1 || ::setuid(65534) == -1) ::_exit(lab::kLabFailed);
}

// The processes of this machine that are `program`, by their first word or their name.
std::string processes_called(const std::string& program) {
  std::string found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    const Words words = lab::nul_separated(lab::read_file(entry.path() / "cmdline"));
    const std::string name = lab::read_file(entry.path() / "comm");
    if ((!words.empty() && words[0] == program) || name == program.substr(1, 15) + "\n")
      found += (found.empty() ? "" : " ") + pid;
  }
  return found.empty() ? "none" : found;
}

// The 6th field of proc(5)'s stat; the 2nd one, in parentheses, may have blanks in it.
std::string session_of(pid_t pid) {
  const std::string stat = lab::read_file(fmt::format("/proc/{}/stat", pid));
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string state, parent, group, session;
  fields >> state >> parent >> group >> session;
  return session;
}

std::string descriptors_of_caller(pid_t pid) {
  std::string found;
  for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", pid))) {
    std::error_code gone;
    if (fs::read_symlink(entry, gone) == "/") found += entry.path().filename().string() + " -> / ";
  }
  return found.empty() ? "none" : found;
}

std::string rules_of(const std::shared_ptr<Host>& host) {
  return run_to_end(Request::of({"sh", "-c", "nft list ruleset; iptables-save"})
                        .by_program(kHostItself)
                        .on(host))
      .output;
}

std::vector<Link> taps_of(const Host& host) {
  std::vector<Link> taps;
  for (const Link& link : links_of(host.process())) {
    if (link.kind == "tun") taps.push_back(link);
  }
  return taps;
}

void expect_no_network_left(const Host& host) {
  const bool gone = soon([&] {
    return taps_of(host).empty() && link_called("lab0", links_of(host.process())).index == 0;
  });
  expect_true(
      gone, "neither tap nor bridge", fmt::format("taps: {}", taps_of(host).size()),
      {"ip link", "a tap goes with its last descriptor; the last to leave removes the bridge"});
}

void expect_gone(pid_t machine) {
  const bool gone = soon([&] { return !Run::is_alive(machine); });
  if (!gone) ::kill(machine, SIGKILL);
  expect_true(gone, "the machine is gone", fmt::format("process {} lives on", machine),
              {"ps -ef", "prctl(2), PR_SET_PDEATHSIG"});
}

void expect_status(const char* status, const Ended& ended) {
  expect_equal(status, std::to_string(ended.status), {"", "it said: " + ended.errors});
}

void expect_said(const std::string& errors, const Words& words) {
  for (const std::string& word : words)
    expect_true(errors.find(word) != std::string::npos, "a message with " + lab::quoted(word),
                errors, {"", "say what was wrong, and what to do"});
}

void expect_refused_by_machine(const Words& options, const Words& said) {
  expect_refused(without_boot(options), said);
}

// Makes /dev another one for the calling process, in which /dev/kvm opens and is none.
void have_false_kvm(const std::string& directory) {
  const auto device = [&](const std::string& name, unsigned major, unsigned minor) {
    ::mknod((directory + "/" + name).c_str(), S_IFCHR | 0666, makedev(major, minor));
  };
  ::unshare(CLONE_NEWNS);
  ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  ::mount("dev", directory.c_str(), "tmpfs", 0, nullptr);
  ::mkdir((directory + "/net").c_str(), 0755);
  device("null", 1, 3);
  device("urandom", 1, 9);
  device("kvm", 1, 3);
  device("net/tun", 10, 200);
  ::mount(directory.c_str(), "/dev", nullptr, MS_MOVE, nullptr);
}

// A QEMU in `directory` that hangs where it is to use KVM, and says so in the file `asked`.
void make_hanging_qemu(const fs::path& directory) {
  const std::string name = "qemu-system-" + lab::read_file("/proc/sys/kernel/arch");
  std::string path = std::getenv("PATH"), real;
  std::istringstream folders(path);
  for (std::string folder; real.empty() && std::getline(folders, folder, ':');) {
    for (const char* machine : {"x86_64", "aarch64"}) {
      const std::string program = folder + "/qemu-system-" + machine;
      if (::access(program.c_str(), X_OK) == 0) real = program;
    }
  }
  const fs::path wrapper = directory / fs::path(real).filename();
  std::ofstream(wrapper) << "#!/bin/sh\n"
                         << "case \"$*\" in *accel*kvm*) echo x >>" << directory / "asked"
                         << "; exec sleep 1000;; esac\nexec " << real << " \"$@\"\n";
  ::chmod(wrapper.c_str(), 0755);
}

// `probe` is asked, and `run` is the lab: the signals go to the lab, and the probe is to get them.
template <class Probe>
void expect_signals_and_status_pass(Probe& probe, Run& run) {
  expect_equal("ok", probe.ask("report-signals"), {});
  for (const int signal : kPassedOn) {
    run.kill_lab(signal);
    expect_equal(fmt::format("signal {}", signal), probe.next_message(),
                 {fmt::format("kill -{} {}", signal, run.lab()), "to whom must it go?"});
  }
  probe.send("exit 7");
  expect_equal("7", std::to_string(run.wait()), {"", "the command's exit status"});
}

}  // namespace

TEST_CASE("in a virtual machine the kernel is another one and the host sees no process of it") {
  const std::string program = "/" + random_token();
  Request request = in_mode("vm", {program});
  fs::copy_file(request.image + "/probe", request.image + program);
  Guest guest(request);
  guest.wait_for_probe();
  const std::string own = guest.ask(std::string("read-file ") + kBootId);
  expect_equal(std::to_string(lab::read_file(kBootId).size()), std::to_string(own.size()), {});
  expect_true(own != lab::read_file(kBootId), "a boot id of its own", "the host's",
              {fmt::format("cat {}", kBootId), "each start of a kernel has one: random(4)"});
  const fs::path modules = fs::path(kernel_of_machines()).parent_path() / "lib/modules";
  if (fs::exists(modules))
    expect_equal(fs::directory_iterator(modules)->path().filename().string() + "\n",
                 guest.ask("read-file /proc/sys/kernel/osrelease"),
                 {"uname -r", "its own kernel's"});
  expect_equal("kthreadd\n", guest.ask("read-file /proc/2/comm"),
               {"ps", "a kernel has its threads"});
  machine_of(guest.run());
  expect_equal("none", processes_called(program),
               {"ps -ef", "the command is a process of the guest's kernel, and of no other"});
  expect_signals_and_status_pass(guest, guest.run());
}

TEST_CASE("in a container the kernel is the host's and the command is a process of it") {
  const std::string program = "/" + random_token();
  Request request = in_mode("process", {program});
  fs::copy_file(request.image + "/probe", request.image + program);
  Run run(request);
  run.wait_for_probe();
  for (const char* file : {kBootId, "/proc/sys/kernel/osrelease"})
    expect_equal(lab::read_file(file), run.ask(std::string("read-file ") + file), {});
  expect_equal(run.process(), processes_called(program), {"ps -ef", "its own pid on the host"});
  expect_signals_and_status_pass(run, run);
}

TEST_CASE("the machine is set up as a container is") {
  const std::string name = random_token(), value = random_token();
  Guest guest(probe_in_machine({"--hostname", name, "--env", "ADDED=" + value}).after([] {
    ::setenv("LAB_SECRET", "x", 1);
  }));
  guest.wait_for_probe();
  std::string wrong;  // all of it: each step that is left out is seen beside others
  const auto ask = [&](const std::string& request,
                       const std::function<bool(const std::string&)>& right) {
    std::string answer = guest.ask(request);
    std::replace(answer.begin(), answer.end(), '\n', ' ');
    if (!right(answer))
      wrong += fmt::format("{}{}: {}", wrong.empty() ? "" : "; ", request, answer);
  };
  const auto equal = [&](const std::string& request, const std::string& expected) {
    ask(request, [&](const std::string& answer) { return answer == expected; });
  };
  const auto has = [&](const std::string& request, const std::string& word) {
    ask(request, [&](const std::string& answer) { return answer.find(word) != std::string::npos; });
  };
  const auto has_not = [&](const std::string& request, const std::string& word) {
    ask(request, [&](const std::string& answer) { return answer.find(word) == std::string::npos; });
  };
  equal("names-in /", "dev etc probe proc root sys tmp token");
  equal("read-file /proc/self/comm", "probe ");
  equal("read-file /sys/devices/system/cpu/online", "0 ");
  equal("names-in /dev", "fd full null ptmx pts random shm stderr stdin stdout tty urandom zero");
  equal("stat /dev/null", "character-device 666 0");
  equal("readlink /dev/fd", "/proc/self/fd");
  equal("open-terminal", "0");
  has("read-file /proc/self/mounts", " /dev tmpfs ");
  has("read-file /proc/self/mounts", " /dev/shm tmpfs ");
  equal("hostname", name);
  equal("links", "lo:up eth0:up");
  has("route", " eth0");
  const std::string address = guest.ask("address eth0");
  equal("resolve " + name, address.substr(0, address.find('/')));
  has_not("read-file /proc/self/environ", "LAB_SECRET");
  for (const std::string& word : {"ADDED=" + value, "HOSTNAME=" + name, std::string("HOME=/root")})
    has("read-file /proc/self/environ", word);
  expect_equal("", wrong, {"", "each was asked inside; what was answered stands behind it"});
}

TEST_CASE("the image is the root with its owners and modes and links and is not written to") {
  Request request = probe_in_machine();
  const std::string root = request.image;
  ::chmod((root + "/token").c_str(), 04751);
  if (::chown((root + "/token").c_str(), 5, 70000) == -1) skip("the image cannot be prepared");
  ::chmod((root + "/token").c_str(), 04751);  // chown(2) took the set-user-ID bit
  fs::create_hard_link(root + "/token", root + "/again");
  fs::create_symlink("/token", root + "/symbolic");
  ::mknod((root + "/zero").c_str(), S_IFCHR | 0600, makedev(1, 5));
  Guest guest(request);
  guest.wait_for_probe();
  expect_equal(token(), guest.ask("read-file /token"), {"ls /", "the image is the guest's root"});
  expect_equal("5:70000", guest.ask("owner /token"), {});
  expect_equal("file 4751 16", guest.ask("stat /token"), {});
  expect_equal("/token", guest.ask("readlink /symbolic"), {});
  expect_equal("character-device 600 0", guest.ask("stat /zero"), {});
  expect_equal("ok", guest.ask("write-file /again changed-in-guest"), {});
  expect_equal("changed-in-guest", guest.ask("read-file /token"), {"", "two names of one file"});
  expect_equal("ok", guest.ask("make-file /new"), {});
  expect_equal("directory 755 0", guest.ask("stat /proc/../root").substr(0, 13) + " 0", {});
  expect_equal(token(), lab::read_file(root + "/token"), {"", "what is written inside is lost"});
  expect_true(!fs::exists(root + "/new"), "no new file in the image", "/new", {});
}

TEST_CASE("stdin with its end and stdout and stderr pass unchanged and apart") {
  std::string bytes;
  while (bytes.size() < kMiB) bytes += random_token() + std::string("\0\r\n\x04\x11\x13\xff", 7);
  lab::UniqueFd file = memory_file("input");
  REQUIRE(::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  file.reset(
      ::fcntl(file.get(), F_DUPFD_CLOEXEC, 200));  // the caller's spare ones are lower (run.cpp)
  for (const char* mode : {"process", "vm"}) {
    const Ended ended = run_to_end(in_mode(mode, {"/probe", "copy", "7"}).after([&] {
      ::lseek(file.get(), 0, SEEK_SET);
      ::dup2(file.get(), STDIN_FILENO);
    }));
    expect_status("7", ended);
    expect_true(ended.output == bytes, fmt::format("{} bytes as they were", bytes.size()),
                fmt::format("{} bytes, or others", ended.output.size()), {"cat | cmp", mode});
    expect_equal(fmt::format("copied {}", bytes.size()), ended.errors, {"", "stderr is apart"});
  }
}

TEST_CASE("a stdout that no one reads ends the command") {
  const auto with_no_reader = [] {
    int ends[2] = {};
    if (::pipe2(ends, O_CLOEXEC) == -1) ::_exit(lab::kLabFailed);
    ::close(ends[0]);
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(::open("/dev/zero", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  };
  const Words command{"/probe", "copy", "0"};
  // PID 1 of a namespace gets no signal that it does not handle.
  expect_status("141", run_to_end(in_mode("process", command, {"--init"}).after(with_no_reader)));
  expect_status("141", run_to_end(in_mode("vm", command).after(with_no_reader)));
}

TEST_CASE("what cannot be executed gives 127 and 126") {
  for (const char* mode : {"process", "vm"}) {
    const std::string none = "/" + random_token();
    const Ended missing = run_to_end(in_mode(mode, {none}));
    expect_status("127", missing);
    expect_said(missing.errors, {none});
    expect_status("126", run_to_end(in_mode(mode, {"/token"})));
  }
}

TEST_CASE("the memory and the processors are the machine's and it is held to its share") {
  const std::vector<std::string> cgroups = sandboxed_cgroups();
  {
    Guest guest(probe_in_machine({"--memory", "128M", "--cpus", "1.5"}));
    guest.wait_for_probe();
    std::istringstream words(guest.ask("read-file /proc/meminfo"));
    std::string key;
    long kilobytes = 0;
    words >> key >> kilobytes;
    expect_true(kilobytes * 1024 < 128 * kMiB && kilobytes * 1024 > 64 * kMiB,
                "a little less than 128 MiB", fmt::format("{} {} kB", key, kilobytes),
                {"head -1 /proc/meminfo", ""});
    expect_equal("0-1\n", guest.ask("read-file /sys/devices/system/cpu/online"),
                 {"nproc", "1.5 are a part of two"});
    const pid_t machine = machine_of(guest.run());
    expect_equal(
        "1.5", cpu_limit(machine),
        {fmt::format("cat /proc/{}/cgroup", machine), "two processors, of this host's time 1.5"});
    expect_equal("none", cpu_limit(guest.run().lab()),
                 {"", "control: the lab itself has no limit"});
    // All that there is, with the kernel's part: more than that would be refused at once.
    guest.send(fmt::format("allocate {}", kilobytes * 1024));
    expect_equal("137", std::to_string(guest.run().wait()), {"", guest.run().errors()});
    expect_said(guest.run().errors(), {"out of memory", "--memory"});
  }
  expect_equal("", fmt::format("{}", fmt::join(added(cgroups, sandboxed_cgroups()), " ")),
               {"find /sys/fs/cgroup -name 'lab*'", "who removes them?"});
  expect_refused_by_machine({"--memory", "1000000G"}, {"--memory", "hint:"});
}

TEST_CASE("the machine is on the bridge like a container") {
  const auto host = std::make_shared<Host>();
  const Service service = Service::tcp(host->process(), "0.0.0.0");
  std::optional<Guest> first(probe_in_machine().on(host));
  {
    Guest second(probe_in_machine().on(host));
    first->wait_for_probe();
    second.wait_for_probe();
    const std::string one = first->ask("address eth0"), two = second.ask("address eth0");
    expect_true(one != two, "two addresses", one + " twice", {"ip address", "who has it?"});
    const auto bridge = address_of(host->process(), "lab0");
    expect_true(bridge.has_value(), "a bridge lab0 with an address", "none", {"ip address", ""});
    expect_equal(bridge->dotted() + " eth0", first->ask("route"), {"ip route", ""});
    expect_equal("2", std::to_string(taps_of(*host).size()), {"ip link", "a tap for each machine"});

    const std::string own = one.substr(0, one.find('/')), others = two.substr(0, two.find('/'));
    const std::string word = random_token();
    const auto reaches = [&](const std::string& who, const std::string& expected,
                             const std::function<std::string()>& ask) {
      std::string seen;
      soon([&] { return (seen = ask()).rfind(expected, 0) == 0; });
      expect_equal(who + ": " + expected, who + ": " + seen.substr(0, expected.size()),
                   {"bridge link", "is each cable plugged in?"});
    };
    expect_equal("ok", first->ask("listen-tcp 7777 " + word), {});
    Run beside(Request::of({binary_directory() + "/probe"}).by_program(kHostItself).on(host));
    beside.wait_for_probe();
    reaches("the host", "ok " + word, [&] { return beside.ask("connect-tcp " + own + " 7777"); });
    reaches("a machine", "ok " + word, [&] { return second.ask("connect-tcp " + own + " 7777"); });
    reaches("the guest", fmt::format("ok {} {}", service.word(), own), [&] {
      return first->ask(fmt::format("connect-tcp {} {}", bridge->dotted(), service.port()));
    });

    const pid_t machine = machine_of(first->run());
    ::kill(first->run().lab(), SIGKILL);
    expect_equal("137", std::to_string(first->run().wait()), {});
    expect_gone(machine);
    expect_true(soon([&] { return taps_of(*host).size() == 1; }), "one tap is left",
                std::to_string(taps_of(*host).size()), {"ip link", ""});
    first.reset();
    reaches("the host", "ok", [&] { return beside.ask("ping " + others); });
  }
  expect_no_network_left(*host);
}

TEST_CASE("a panic of the guest's kernel leaves the host standing") {
  const auto host = std::make_shared<Host>();
  const std::string before = lab::read_file(kBootId);
  Guest guest(probe_in_machine().on(host));
  guest.wait_for_probe();
  const pid_t machine = machine_of(guest.run());
  // Its root may have it do so: then it does not restart by itself, and no one in it can end it.
  expect_equal("ok", guest.ask("write-file /proc/sys/kernel/panic 0"), {});
  guest.send("write-file /proc/sysrq-trigger c");
  expect_equal("125", std::to_string(guest.run().wait()), {"", guest.run().errors()});
  expect_said(guest.run().errors(), {"panicked", "sysrq triggered crash"});
  expect_equal(before, lab::read_file(kBootId), {"", "the host's kernel is another one"});
  expect_gone(machine);
  expect_no_network_left(*host);
}

TEST_CASE("--timeout ends the command in both modes") {
  Run container(in_mode("process", {"/probe"}, {"--timeout", "1"}));
  container.wait_for_probe();
  Run machine(probe_in_machine({"--timeout", "5"}));
  const pid_t process = machine_of(machine);
  expect_equal("124", std::to_string(container.wait()), {"", container.errors()});
  expect_gone(container.probe());
  expect_equal("124", std::to_string(machine.wait()), {"", machine.errors()});
  expect_gone(process);
  for (const char* mode : {"--timeout=60", "--timeout=0.5e3"}) {
    const Ended ended = run_to_end(in_mode("process", {"/probe", "exit", "7"}, {mode}));
    expect_status(std::string(mode) == "--timeout=60" ? "7" : "125", ended);
  }
}

TEST_CASE("while it boots the machine is a confined process that goes with its lab") {
  const auto host = std::make_shared<Host>();
  const Words options{"--nat", "--cpus", "0.5"};
  host->watch_packet_filter();
  {
    const std::string rules = rules_of(host);
    expect_true(rules.find("masquerade") == std::string::npos &&
                    rules.find("MASQUERADE") == std::string::npos,
                "control: no masquerading", rules, {});
  }
  Run killed(probe_in_machine(options).on(host));
  const pid_t machine = machine_of(killed);
  const std::string directory = fmt::format("/proc/{}", machine);
  expect_true(session_of(machine) != session_of(killed.lab()), "a session of its own", "the lab's",
              {"ps -o pid,sid,comm", "else the terminal's Ctrl-C ends it, and not the command"});
  expect_equal("none", descriptors_of_caller(machine), {"ls -l " + directory + "/fd", ""});
  const std::string limits = lab::read_file(directory + "/limits");
  const size_t at = limits.find("Max file size");
  expect_true(limits.compare(at + 26, 9, "unlimited") != 0, "a limit on files",
              limits.substr(at, 40),
              {"grep 'Max file' " + directory + "/limits", "what keeps its console from growing?"});
  expect_equal("0.5", cpu_limit(machine), {"cat " + directory + "/cgroup", ""});
  const std::string rules = rules_of(host);
  expect_true(rules.find("masquerade") != std::string::npos ||
                  rules.find("MASQUERADE") != std::string::npos,
              "--nat: packets leave under the host's address", "no such rule",
              {"nft list ruleset", ""});
  expect_equal("1", forwarding_in(lab::read_file("/proc/" + host->process() + "/net/snmp")),
               {"sysctl net.ipv4.ip_forward", "--nat: the host passes packets on"});
  ::kill(machine, SIGSTOP);  // nothing that it does itself can end it
  ::kill(killed.lab(), SIGKILL);
  expect_equal("137", std::to_string(killed.wait()), {});
  expect_gone(machine);

  Run interrupted(probe_in_machine(options).on(host));
  const pid_t other = machine_of(interrupted);
  interrupted.kill_lab(SIGINT);
  expect_equal("130", std::to_string(interrupted.wait()), {"", interrupted.errors()});
  expect_gone(other);
  expect_no_network_left(*host);
}

TEST_CASE("what a mode cannot have is refused before anything is made") {
  const std::pair<Words, const char*> of_containers[] = {
      {{"--pids", "5"}, "--pids"},
      {{"--map", "0:0:1"}, "--map"},
      {{"--cap-add", "SYS_TIME"}, "--cap-add"},
      {{"--cap-drop", "ALL"}, "--cap-drop"},
      {{"--seccomp", "off"}, "--seccomp"},
      {{"--lower", "/tmp"}, "--lower"},
      {{"--upper", "/tmp"}, "--upper"},
      {{"--name", "web"}, "--name"},
      {{"--init"}, "--init"},
      {{"--propagation", "slave"}, "--propagation"},
  };
  for (const auto& [options, word] : of_containers)
    expect_refused_by_machine(options, {word, "virtual machine", "hint:"});
  const Request in_process = in_mode("process", {"/probe", "exit", "0"});
  for (const char* option : {"--kernel=/dev/null", "--accel=tcg"}) {
    Request request = in_process;
    request.lab_options.emplace_back(option);
    const std::string text = option;
    expect_refused(request, {text.substr(0, text.find('=')), "hint:"});
  }
  expect_refused_by_machine({"--isolation", "magic"}, {"magic"});
  expect_refused_by_machine({"--compare", "--isolation", "vm"}, {"--isolation", "hint:"});
  expect_refused_by_machine({"--compare", "--timeout", "5"}, {"--timeout", "hint:"});
  for (const char* none : {"0", "-1", "x", "1x", ".", "1e3", ""})
    expect_refused_by_machine({std::string("--timeout=") + none}, {"--timeout", "hint:"});
  expect_refused_by_machine({"--cpus", "300"}, {"--cpus", "hint:"});
}

TEST_CASE("a machine without QEMU or a kernel or room for the image is refused") {
  expect_refused(without_boot({}).after([] { ::setenv("PATH", "/nowhere", 1); }),
                 {"qemu-system-", "PATH", "hint:"});
  const Request large = without_boot({"--memory", "256M"});
  std::ofstream(large.image + "/large");
  fs::resize_file(large.image + "/large", 300 * kMiB);
  expect_refused(large, {"does not fit", "256M", "hint:", "--memory"});
  expect_refused_by_machine({"--memory", "16M"}, {"does not fit", "hint:", "--memory"});

  const fs::path folder = small_image();
  expect_refused_by_machine({"--kernel", folder / "none"}, {"there is no kernel", "hint:"});
  expect_refused_by_machine({"--kernel", folder}, {"there is no kernel", "hint:"});
  expect_refused_by_machine({"--kernel", folder / "probe"}, {"is no kernel", "hint:"});
  expect_refused_by_machine({"--kernel="}, {"--kernel", "hint:"});

  const fs::path modules = fs::path(kernel_of_machines()).parent_path() / "lib/modules";
  if (!fs::exists(modules)) skip("the kernel has no modules beside it");
  const std::string release = fs::directory_iterator(modules)->path().filename();
  fs::create_symlink(kernel_of_machines(), folder / "vmlinuz");
  const auto with_modules = [&](const std::string& of, const std::string& modules_dep) {
    fs::remove_all(folder / "lib");
    fs::create_directories(folder / "lib/modules" / of);
    std::ofstream(folder / "lib/modules" / of / "modules.dep") << modules_dep;
  };
  with_modules("0.0.1", "");
  expect_refused_by_machine({"--kernel", folder}, {"0.0.1", release, "hint:"});
  std::ifstream all(modules / release / "modules.dep");
  std::string without_console;
  for (std::string line; std::getline(all, line);) {
    if (line.find("virtio_console.ko:") == std::string::npos) without_console += line + "\n";
  }
  with_modules(release, without_console);
  expect_refused_by_machine({"--kernel", folder}, {"no driver virtio_console", "hint:"});
}

TEST_CASE("a kernel whose drivers are nowhere is told as that") {
  const fs::path folder = small_image();
  fs::copy_file(kernel_of_machines(), folder / "vmlinuz");
  const Ended ended = run_to_end(probe_in_machine({"--kernel", folder / "vmlinuz"}));
  expect_status("125", ended);
  expect_said(ended.errors, {"virtio_console", "hint:"});
}

TEST_CASE("a KVM that opens and hangs is found out and done without") {
  const std::string dev = small_image(), path = small_image();
  make_hanging_qemu(path);
  kernel_of_machines();
  const Ended ended =
      run_to_end(in_mode("vm", {"/probe", "exit", "7"}, {"--accel=auto"}).after([=] {
        have_false_kvm(dev);
        ::setenv("LAB_VM_DEADLINE", "30", 1);
        ::setenv("PATH", (path + ":" + std::getenv("PATH")).c_str(), 1);
      }));
  expect_status("7", ended);
  expect_equal("x\n", lab::read_file(path + "/asked"),
               {"", "the one proof of KVM is a boot with it"});
}

TEST_CASE("without root the machine has no card and root inside") {
  Request request = probe_in_machine({"--cpus", "1"}).after(become_nobody);
  for (fs::path at = request.image; at != "/"; at = at.parent_path()) {
    if ((fs::status(at).permissions() & fs::perms::others_exec) == fs::perms::none)
      skip("an ordinary user cannot reach " + request.image);
  }
  for (const char* option : {"--cpus=0.5", "--ip=10.77.0.9/24", "--bridge=other", "--nat"}) {
    const std::string text = option;
    expect_refused(without_boot({option}).after(become_nobody),
                   {text.substr(0, text.find('=')), "root", "hint:"});
  }
  Guest guest(request);
  guest.wait_for_probe();
  expect_equal("65534 65534 65534 65534",
               lab::status_field(
                   lab::read_file(fmt::format("/proc/{}/status", machine_of(guest.run()))), "Uid"),
               {"ps -ef", "control: the machine is nobody's"});
  expect_equal("0:0", guest.ask("ids"), {"id", "of its own kernel"});
  expect_equal("lo:up", guest.ask("links"), {"ip link", ""});
  expect_said(guest.run().errors(), {"without root"});
}

TEST_CASE("--compare tells what is shared and what is own and the host stands") {
  const std::string boot_id = lab::read_file(kBootId);
  const Ended ended = run_to_end(in_mode("vm", {"/probe", "sleep", "1000"}, {"--compare"}));
  expect_status("0", ended);
  const auto line_with = [&](const std::string& word) {
    for (const std::string& line : lines_of(ended.output)) {
      if (line.find(word) != std::string::npos) return line;
    }
    return std::string();
  };
  const auto columns = [&](const std::string& row, const Words& words) {
    const std::string line = line_with(row);
    size_t at = 0;
    for (const std::string& word : words) {
      at = line.find(word, at);
      expect_true(at != std::string::npos, row + ": ... " + word, line, {"", "--compare"});
    }
  };
  std::string release = lab::read_file("/proc/sys/kernel/osrelease");
  release.pop_back();
  columns("kernel release", {"the host's", release});
  columns("boot id", {"the host's", boot_id.substr(0, 8), "its own"});
  expect_true(line_with("boot id").find(boot_id.substr(0, 8)) ==
                  line_with("boot id").rfind(boot_id.substr(0, 8)),
              "the host's boot id once", line_with("boot id"), {});
  columns("the host sees", {" /probe sleep 1000", "only", "qemu-system-"});
  columns("start-up:", {" ms", " ms", "times"});
  columns("panic:", {"sysrq triggered crash"});
  columns("the host stands", {"boot id is the same"});
  expect_equal(boot_id, lab::read_file(kBootId), {});
  for (const std::string& line : lines_of(ended.output))
    expect_true(line.size() <= 100, "at most 100 columns", line, {});
}

}  // namespace check
