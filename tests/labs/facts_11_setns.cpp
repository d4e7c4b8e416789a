// What is true of a command that lab 11 has brought into a container: it is as confined as the
// container's first process. The container is one of the reference's, and $LAB_COMMAND enters it: with
// {name}, {pid} or {command} in it, it is any program that does so.

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <grp.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "cgroup_layout.h"
#include "container_state.h"
#include "deadline.h"
#include "error.h"
#include "facts.h"
#include "held_program.h"
#include "namespaces.h"
#include "network.h"
#include "procfs.h"
#include "report.h"
#include "run.h"

namespace check {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string> kEndAtOnce{"/probe", "exit", "0"};
constexpr gid_t kCallersGroup = 4242;
// A container whose root is the host's: nothing but what the check is about keeps it in.
const std::string kWithoutUserNamespace = "--skip unshare-user";

std::string program_under_test() {
  const char* const command = std::getenv("LAB_COMMAND");
  return command != nullptr && *command != '\0' ? command : binary_directory() + "/11-setns";
}

bool takes_options() {
  return program_under_test().find('{') == std::string::npos;
}

void need_options() {
  if (!takes_options()) skip("the program under test has no such option");
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const size_t at = text.find(what);
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

// Lets the program under test do what `words` say: options, a name.
Request lab_11(const std::string& words, std::vector<std::string> command) {
  return Request::of(std::move(command))
      .by_program(program_under_test() + " " + words + " -- {command}");
}

// A container that runs, with the probe as its first process.
class Container {
 public:
  explicit Container(const std::string& options = "", const std::string& lab = "10-privileges",
                     const std::string& image = check::image())
      : name_("web-" + random_token()),
        host_(std::make_shared<Host>()),
        run_(Request{}
                 .by_program(fmt::format("{}/{} --rootfs {{rootfs}} --name {} {} -- {{command}}",
                                         binary_directory(), lab, name_, options))
                 .in_image(image)
                 .on(host_)) {
    run_.wait_for_probe();
  }

  const std::string& name() const { return name_; }
  const std::shared_ptr<Host>& host() const { return host_; }
  Run& run() { return run_; }
  pid_t pid() const { return run_.probe(); }
  std::string process() const { return run_.process(); }

  /// A request for the program under test to run `command` in it.
  Request enter(const std::vector<std::string>& command = {"/probe"},
                const std::string& options = "") const {
    if (takes_options()) return lab_11(options + " " + name_, command).on(host_);
    std::string program = replaced(program_under_test(), "{name}", name_);
    program = replaced(program, "{pid}", process());
    return Request::of(command).by_program(program).on(host_);
  }

 private:
  std::string name_;
  std::shared_ptr<Host> host_;
  Run run_;
};

std::string status_of(const std::string& process, const char* field) {
  return lab::status_field(lab::read_file("/proc/" + process + "/status"), field);
}

void expect_same_namespace(const std::string& container, const Run& run, const std::string& kind) {
  const std::string command = run.process(), seen = lab::namespace_of(command, kind);
  const bool is_hosts = seen == lab::namespace_of(run.host().process(), kind);
  expect_true(seen == lab::namespace_of(container, kind), kind + ": the container's",
              fmt::format("{}: {}", kind, is_hosts ? "the host's" : seen),
              {fmt::format("sudo ls -l /proc/{{{},{}}}/ns", container, command),
               "setns(2), once for each kind"});
}

void expect_same_root(const std::string& container, const std::string& command) {
  for (const char* link : {"root", "cwd"}) {
    expect_equal(identity("/proc/" + container + "/root"),
                 identity("/proc/" + command + "/" + link),
                 {fmt::format("sudo ls -id /proc/{{{},{}}}/{}/", container, command, link),
                  "a root may have been changed by chroot(2) as well"});
  }
}

void expect_same_ids(const std::string& container, const std::string& command) {
  for (const char* field : {"Uid", "Gid", "Groups"})
    expect_equal(status_of(container, field), status_of(command, field),
                 {fmt::format("grep -E 'id|Groups' /proc/{{{},{}}}/status", container, command),
                  "credentials(7)"});
}

void expect_same_capabilities(const std::string& container, const std::string& command) {
  for (const char* field : {"CapBnd", "CapPrm", "CapEff", "CapInh", "CapAmb"})
    expect_equal(fmt::format("{} {}", field, status_of(container, field)),
                 fmt::format("{} {}", field, status_of(command, field)),
                 {fmt::format("grep Cap /proc/{{{},{}}}/status", container, command),
                  "capabilities(7), on execve(2)"});
}

void expect_killed(Run& run, const Advice& advice) {
  const pid_t command = run.probe();
  const bool ended = eventually([&] { return !Run::is_alive(command); });
  const std::string seen = fmt::format("process {} lives on", command);
  if (!ended) run.end_everything();
  expect_true(ended, "the command ends", seen, advice);
}

void expect_refused_by_lab_11(const std::string& words, const std::vector<std::string>& said,
                              const std::shared_ptr<Host>& host) {
  expect_refused(lab_11(words, kEndAtOnce).on(host), said);
}

void become_nobody() {
  if (::setgid(65534) == -1 || ::setuid(65534) == -1) ::_exit(lab::kLabFailed);
}

// The container's state.json, with `what` in it replaced.
void change_state(const Container& container, const std::string& what, const std::string& by) {
  const fs::path file = "/proc/" + container.host()->process() + "/root/run/lab/containers/" +
                        container.name() + "/state.json";
  const std::string before = lab::read_file(file), after = replaced(before, what, by);
  REQUIRE(before != after);
  std::ofstream(file) << after;
}

// A cgroup in each hierarchy that takes a process without more ado.
class Cgroups {
 public:
  Cgroups() {
    for (const lab::CgroupHierarchy& hierarchy : lab::cgroup_layout()) {
      const fs::path cgroup = hierarchy.place / ("lab-test-" + random_token());
      if (hierarchy.has("cpuset") || ::mkdir(cgroup.c_str(), 0755) == -1) continue;
      doors_.push_back(cgroup / (hierarchy.version == 1 ? "tasks" : "cgroup.procs"));
    }
  }
  Cgroups(const Cgroups&) = delete;
  Cgroups& operator=(const Cgroups&) = delete;
  ~Cgroups() {
    for (const fs::path& door : doors_)
      eventually([&] { return ::rmdir(door.parent_path().c_str()) == 0; });
  }

  void enter() const {
    for (const fs::path& door : doors_) std::ofstream(door) << 0;
  }

 private:
  std::vector<fs::path> doors_;
};

}  // namespace

TEST_CASE("the command is in every namespace of the container") {
  Container container;
  for (const char* kind : {"mnt", "pid", "net", "ipc", "uts", "cgroup"})
    expect_true(lab::namespace_of(container.process(), kind) !=
                    lab::namespace_of(container.host()->process(), kind),
                fmt::format("control: {} of the container's own", kind), "the host's", {});
  Run run(container.enter());
  run.wait_for_probe();
  for (const lab::NamespaceKind& kind : lab::kNamespaceKinds)
    expect_same_namespace(container.process(), run, kind.file);
  const std::string pids = lab::pids_of(run.process());
  expect_true(pids.find(' ') != std::string::npos, "NSpid: a pid on the host and one inside", pids,
              {fmt::format("grep NSpid /proc/{}/status", run.process()),
               "setns(2): a PID namespace is for the children to come"});
}

TEST_CASE("the command sees and reaches the container's processes") {
  Container container;
  Run run(container.enter());
  run.wait_for_probe();
  expect_equal(container.name(), run.ask("hostname"), {"", "the host name is the container's"});
  expect_equal("child", (container.run().send("fork"), container.run().next_message()), {});
  expect_equal("1 2 3", run.ask("numbers-in /proc"), {"", "one process more than the two there"});
}

TEST_CASE("the root directory is the container's") {
  Container container;
  Run run(container.enter());
  run.wait_for_probe();
  expect_same_root(container.process(), run.process());
  expect_equal(token(), run.ask("read-file /token"), {});
}

TEST_CASE("the root directory is the container's where chroot made it") {
  need_options();
  const auto host = std::make_shared<Host>();
  Run container(Request{}
                    .by_program(binary_directory() + "/03-mount-ns --rootfs {rootfs} -- {command}")
                    .on(host));
  container.wait_for_probe();
  Run run(lab_11("--pid " + container.process(), {"/probe"}).on(host));
  run.wait_for_probe();
  expect_same_root(container.process(), run.process());
  expect_same_namespace(container.process(), run, "mnt");
}

TEST_CASE("the command is in the container's cgroups") {
  Container container;
  Run run(container.enter());
  run.wait_for_probe();
  const auto cgroups_of = [](const std::string& process) {
    return lab::read_file("/proc/" + process + "/cgroup");
  };
  expect_true(cgroups_of(container.process()) != cgroups_of("self"),
              "control: the container has cgroups of its own", "those of the checks", {});
  expect_equal(cgroups_of(container.process()), cgroups_of(run.process()),
               {fmt::format("cat /proc/{{{},{}}}/cgroup", container.process(), run.process()),
                "cgroups(7): who writes to cgroup.procs, or tasks, moves in"});
}

TEST_CASE("what the command starts counts for the container's --pids") {
  Container container("--pids 10");
  Run run(container.enter());
  run.wait_for_probe();
  expect_equal("8 Resource temporarily unavailable", run.ask("forks 40"),
               {"", "the two probes and eight more are ten"});
}

TEST_CASE("what the command allocates counts for the container's --memory") {
  Container container("--memory 32M");
  Run run(container.enter());
  run.wait_for_probe();
  run.send(fmt::format("allocate {}", 64 << 20));
  expect_equal("137", std::to_string(run.wait()), {"", "the limit is the container's"});
  expect_equal("ok", container.run().ask("report-signals"), {"", "the first process lives on"});
}

TEST_CASE("the command has the capabilities of the container and no more") {
  for (const char* options :
       {"", "--cap-drop ALL", "--cap-drop NET_RAW --cap-add SYS_TIME", "--init"}) {
    Container container(options);
    Run run(container.enter());
    run.wait_for_probe();
    const std::string first = std::to_string(pid1_above(container.process()));
    expect_true(status_of(first, "CapBnd") != status_of("self", "CapBnd"),
                "control: the container has fewer than the checks", status_of(first, "CapBnd"), {});
    expect_same_capabilities(container.process(), run.process());
  }
}

TEST_CASE("no_new_privs and the system call filter hold for the command") {
  for (const char* options : {"", "--seccomp off"}) {
    Container container(options);
    Run run(container.enter());
    run.wait_for_probe();
    for (const char* field : {"NoNewPrivs", "Seccomp", "Seccomp_filters"})
      expect_equal(fmt::format("{} {}", field, status_of(container.process(), field)),
                   fmt::format("{} {}", field, status_of(run.process(), field)),
                   {fmt::format("grep -E 'NoNew|Seccomp' /proc/{{{},{}}}/status",
                                container.process(), run.process()),
                    "both are for the process that asks, and its children"});
  }
}

TEST_CASE("the system call filter refuses the command what it refuses the container") {
  for (const char* options : {"", "--cap-add SYS_ADMIN", "--seccomp off"}) {
    Container container(options);
    Run run(container.enter());
    run.wait_for_probe();
    for (const char* call : {"call keyctl", "call mount", "call clone3", "call ptrace"})
      expect_equal(fmt::format("{} {}: {}", options, call, container.run().ask(call)),
                   fmt::format("{} {}: {}", options, call, run.ask(call)),
                   {"", "a filter that is there may still be another one"});
  }
}

TEST_CASE("the command has the user and the groups of the container") {
  Container container(kWithoutUserNamespace);
  Run run(container.enter().after([] { ::setgroups(1, &kCallersGroup); }));
  run.wait_for_probe();
  expect_same_ids(container.process(), run.process());
}

TEST_CASE("the command of a container with a user namespace is no one outside") {
  Container container("", "09-user-ns");
  expect_true(lab::namespace_of(container.process(), "user") != lab::namespace_of("self", "user"),
              "control: a user namespace of the container's own", "the host's", {});
  Run run(container.enter());
  run.wait_for_probe();
  expect_same_namespace(container.process(), run, "user");
  expect_same_ids(container.process(), run.process());
  expect_same_capabilities(container.process(), run.process());
}

TEST_CASE("no group of the caller is left where the container denies setgroups") {
  need_options();
  for (fs::path path = image(); path != path.root_path(); path = path.parent_path()) {
    if ((fs::status(path).permissions() & fs::perms::others_exec) == fs::perms::none)
      skip("an ordinary user cannot reach " + path.string());
  }
  const auto host = std::make_shared<Host>();
  Run container(Request{}
                    .by_program(binary_directory() + "/09-user-ns --rootfs {rootfs} -- {command}")
                    .on(host)
                    .after([] {
                      ::setgroups(0, nullptr);
                      become_nobody();
                    }));
  container.wait_for_probe();
  expect_equal("deny\n", lab::read_file("/proc/" + container.process() + "/setgroups"),
               {"", "control: such a container"});
  Run run(lab_11("--pid " + container.process(), {"/probe"}).on(host).after([] {
    ::setgroups(1, &kCallersGroup);
  }));
  run.wait_for_probe();
  expect_same_ids(container.process(), run.process());
}

TEST_CASE("the command of a container whose user is not root is that user") {
  need_options();
  const auto host = std::make_shared<Host>();
  const std::string probe = binary_directory() + "/probe";
  Run container(Request::of({probe})
                    .by_program("unshare --mount --uts --kill-child --pid --fork setpriv "
                                "--reuid 1234 --regid 1235 --groups 1236 {command}")
                    .on(host));
  container.wait_for_probe();
  if (status_of(container.process(), "Uid").rfind("1234 ", 0) != 0)
    skip("no such container can be made here");
  Run run(lab_11("--pid " + container.process(), {probe}).on(host));
  run.wait_for_probe();
  expect_same_ids(container.process(), run.process());
  expect_same_capabilities(container.process(), run.process());
}

TEST_CASE("what is about to be the command cannot be looked into from inside") {
  HeldProgram program;
  Container container(kWithoutUserNamespace, "10-privileges", image_on_disk());
  Run run(container.enter({"/held"}));
  const bool wanted = eventually([&] { return program.wanted(); });
  expect_true(wanted, "control: the command is on its way", "it is not", {});
  // It is the container's second process.
  const std::string seen = container.run().ask("readlink /proc/2/exe");
  const std::string children = lab::children_of(std::to_string(run.lab())).empty()
                                   ? ""
                                   : lab::children_of(std::to_string(run.lab())).front();
  const std::string capabilities = status_of(children, "CapPrm");
  program.let_go();
  run.wait_for_probe();
  expect_equal("Permission denied", seen,
               {"ls -l /proc/2/exe, inside", "it still is a program of the host: prctl(2)"});
  expect_equal(status_of(container.process(), "CapPrm"), capabilities,
               {"", "what comes before execve(2) is inside, too"});
}

TEST_CASE("no descriptor of the caller reaches the command") {
  Container container;
  Run run(container.enter());
  run.wait_for_probe();
  std::string descriptors;
  const std::string directory = "/proc/" + run.process() + "/fd";
  for (const auto& entry : fs::directory_iterator(directory)) {
    const int fd = std::stoi(entry.path().filename());
    if (fd > STDERR_FILENO)
      descriptors += fmt::format("{} -> {} ", fd, fs::read_symlink(entry).string());
  }
  expect_equal("only 0 1 2", descriptors.empty() ? "only 0 1 2" : descriptors,
               {"sudo ls -l " + directory, "what did the caller leave open, and what the lab?"});
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    expect_equal(run.standard_descriptor(fd), identity(directory + "/" + std::to_string(fd)),
                 {"sudo ls -l " + directory, "0, 1 and 2 belong to the command"});
}

TEST_CASE("the environment is the container's and --env adds to it") {
  Container container;
  const std::string secret = "LAB_" + random_token(), value = random_token();
  const std::string options = takes_options() ? "--env ADDED=" + value : "";
  Run run(container.enter({"/probe"}, options).after([&] { ::setenv(secret.c_str(), "x", 1); }));
  run.wait_for_probe();
  const std::vector<std::string> environment = environment_of(run);
  const Advice advice{fmt::format("sudo cat /proc/{}/environ | tr '\\0' '\\n'", run.process()), ""};
  expect_equal("", variable(environment, secret), advice);
  expect_equal(container.name(), variable(environment, "HOSTNAME"), advice);
  if (takes_options()) expect_equal(value, variable(environment, "ADDED"), advice);
}

TEST_CASE("the exit status of the command comes back") {
  Container container;
  const auto status = [&](const std::vector<std::string>& command) {
    return std::to_string(run_to_end(container.enter(command)).status);
  };
  for (const char* number : {"0", "1", "77", "124"})
    expect_equal(number, status({"/probe", "exit", number}), {});
  expect_equal("127", status({"/" + random_token()}), {"", "127: not found"});
  expect_equal("126", status({"/token"}), {"", "126: not executable"});
  Run run(container.enter());
  expect_end_by_signal_comes_back(run);
}

TEST_CASE("signals to the lab reach the command") {
  Container container;
  Run run(container.enter());
  expect_signals_pass(run);
}

TEST_CASE("no signal is blocked or ignored") {
  Container container;
  Run run(container.enter());
  expect_no_signal_blocked_or_ignored(run);
}

TEST_CASE("the command dies with a lab that is killed and the container lives on") {
  Container container;
  Run run(container.enter());
  run.wait_for_probe();
  run.kill_lab(SIGKILL);
  run.wait();
  expect_killed(run, {"sudo kill -9 PID-OF-THE-LAB; ps",
                      "SIGKILL cannot be caught: who else could tell the command?"});
  expect_equal("ok", container.run().ask("report-signals"), {"", "the container is not the lab's"});
}

TEST_CASE("the end of the container ends the command") {
  Container container;
  Run run(container.enter());
  run.wait_for_probe();
  ::kill(container.pid(), SIGKILL);
  expect_killed(run, {"", "pid_namespaces(7): the end of PID 1"});
  expect_equal("137", std::to_string(run.wait()), {"", "it was killed"});
}

TEST_CASE("--pid takes any process of a container") {
  need_options();
  Container container("--init");  // the probe is not its first process
  Run run(lab_11("--pid " + container.process(), {"/probe"}).on(container.host()));
  run.wait_for_probe();
  expect_same_namespace(container.process(), run, "pid");
}

TEST_CASE("--list shows the containers that run") {
  need_options();
  Container container;
  const Ended ended = run_to_end(
      Request::of({}).by_program(program_under_test() + " --list {command}").on(container.host()));
  expect_equal("0", std::to_string(ended.status), {"", ended.errors});
  const auto address = address_of(container.process(), "eth0");
  for (const std::string& word :
       {container.name(), container.process(), address ? address->text() : "-",
        std::string("10-privileges"), std::string("/probe")})
    expect_true(ended.output.find(" " + word) != std::string::npos ||
                    ended.output.find("\n" + word) != std::string::npos,
                "a table with " + word, ended.output, {"./lab ps", ""});
}

TEST_CASE("what is no running container is refused") {
  need_options();
  Container container;
  const auto host = container.host();
  expect_refused_by_lab_11(container.name().substr(0, container.name().size() - 1),
                           {"no running container", "did you mean " + container.name()}, host);
  expect_refused_by_lab_11("../" + container.name(), {"no running container", "hint:"}, host);
  expect_refused_by_lab_11("", {"which container", "hint:"}, host);
  expect_refused_by_lab_11(container.name() + " --env A=1", {"--env comes too late", "hint:"},
                           host);
  for (const char* none : {"0", "-1", "x", "1x", "''", "99999999999999999999"})
    expect_refused_by_lab_11(fmt::format("--pid {}", none), {"not a pid", "hint:"}, host);
  expect_refused_by_lab_11("--pid 999999999", {"no such process", "hint:"}, host);
  expect_refused_by_lab_11("--pid " + container.process() + " " + container.name(),
                           {"which of the two", "hint:"}, host);
  const std::string lab = std::to_string(container.run().lab());
  expect_refused_by_lab_11("--pid " + lab, {"outside of its container", container.process()}, host);
  Run beside(Request::of({binary_directory() + "/probe"}).by_program(kHostItself).on(host));
  beside.wait_for_probe();
  expect_refused_by_lab_11("--pid " + beside.process(), {"in no container", "hint:"}, host);
}

TEST_CASE("a name whose pid another process has by now is refused") {
  need_options();
  Container container;
  const auto host = container.host();
  Run beside(Request::of({binary_directory() + "/probe"}).by_program(kHostItself).on(host));
  beside.wait_for_probe();
  Container other;
  for (const std::string& pid : {beside.process(), other.process(), std::string("999999999")}) {
    const std::string line = fmt::format("\"pid\": {},", container.process());
    const std::string wrong = fmt::format("\"pid\": {},", pid);
    change_state(container, line, wrong);
    expect_refused_by_lab_11(container.name(), {"has ended", "hint:"}, host);
    change_state(container, wrong, line);
  }
}

TEST_CASE("a container in the making is not entered") {
  need_options();
  Container container;
  change_state(container, fmt::format("\"pid\": {},", container.process()), "\"pid\": 0,");
  expect_refused_by_lab_11(container.name(), {"no running container"}, container.host());
  expect_refused_by_lab_11("--pid " + container.process(), {"is being made", "hint:"},
                           container.host());
}

TEST_CASE("cgroups that cannot be reached from here are told, and not done without") {
  need_options();
  Container container;
  const Cgroups own;
  expect_refused(lab_11(container.name(), kEndAtOnce).on(container.host()).after([&] {
    own.enter();
    if (::unshare(CLONE_NEWCGROUP) == -1) ::_exit(lab::kLabFailed);
  }),
                 {"cgroup namespace", "hint:"});
}

TEST_CASE("a process that has ended is refused also where no one has asked how") {
  need_options();
  const auto host = std::make_shared<Host>();
  const pid_t zombie = ::fork();
  if (zombie == 0) ::_exit(0);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(zombie), &info, WEXITED | WNOWAIT);
  expect_refused_by_lab_11(fmt::format("--pid {}", zombie), {"has ended", "hint:"}, host);
  ::waitpid(zombie, nullptr, 0);
}

TEST_CASE("who is not root is told so") {
  need_options();
  Container container;
  expect_refused(
      lab_11("--pid " + container.process(), kEndAtOnce).on(container.host()).after(become_nobody),
      {"hint:", "sudo"});
}

}  // namespace check
