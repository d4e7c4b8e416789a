// What a comparison of the host and a container has to tell: its JSON document against the same facts,
// read here. A container is a process that this file gives one thing of its own, and nothing else.

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cgroups.h"
#include "error.h"
#include "facts.h"
#include "namespaces.h"
#include "process.h"
#include "procfs.h"
#include "report.h"
#include "run.h"
#include "stand_in.h"
#include "sys.h"

namespace check {
namespace fs = std::filesystem;
namespace sys = lab::sys;
namespace {

using Json = nlohmann::json;

std::string program_under_test() {
  const char* command = std::getenv("LAB_COMMAND");
  return command != nullptr && *command != '\0' ? command : binary_directory() + "/00-compare";
}

// The program with these options, on the same host as the container.
Request comparison(const std::string& options, const std::shared_ptr<Host>& host = {}) {
  return Request::of({}).by_program(program_under_test() + " " + options + " {command}").on(host);
}

Json document_of(const Request& request) {
  const Ended ended = run_to_end(request);
  expect_equal("0", std::to_string(ended.status), {"", "it said: " + ended.errors});
  const Json document = Json::parse(ended.output, nullptr, false);
  expect_true(document.is_object(), "one JSON document on stdout", ended.output, {});
  return document;
}

// A process on `host` that is given what `isolate` does to it.
struct Container {
  std::shared_ptr<Host> host = std::make_shared<Host>();
  Run run;
  Json seen;

  explicit Container(std::function<void()> isolate = {}, const std::string& probe = "")
      : run(Request::of({probe.empty() ? binary_directory() + "/probe" : probe})
                .by_program(kHostItself)
                .after(std::move(isolate))
                .on(host)) {
    run.wait_for_probe();
  }
  Container(std::shared_ptr<Host> on, const Request& request)
      : host(std::move(on)), run(Request(request).on(host)) {
    run.wait_for_probe();
  }

  const Json& compare() {
    seen = document_of(comparison("--json --pid " + run.process(), host));
    return seen;
  }
  Advice advice(const std::string& hint) const {
    return {fmt::format("sudo build/bin/00-compare --pid {}", run.process()), hint};
  }
};

// The row of a section that tells of `what`; null where there is none.
Json row_of(const Json& document, const std::string& section, const std::string& what) {
  if (document["sections"].count(section) == 0) return {};
  for (const Json& row : document["sections"][section]) {
    if (row["what"] == what) return row;
  }
  return {};
}

std::string text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// What a row says of both sides, and whether these are the same.
void expect_row(const Container& container, const std::string& section, const std::string& what,
                const Json& host, const Json& inside, bool same) {
  const Json row = row_of(container.seen, section, what);
  const Json expected{{"host", host}, {"container", inside}, {"same", same}};
  const Json seen =
      row.is_null()
          ? Json()
          : Json{{"host", row["host"]}, {"container", row["container"]}, {"same", row["same"]}};
  expect_equal(section + ", " + what + ": " + text(expected),
               section + ", " + what + ": " + text(seen),
               container.advice("read it on both sides, by /proc/PID"));
}

std::string isolated_kinds(const Json& document) {
  std::string names;
  for (const auto& kind : document["isolated"].items()) {
    if (kind.value() != false) names += (names.empty() ? "" : " ") + kind.key();
  }
  return names;
}

void expect_isolated(const Container& container, const std::string& kinds) {
  expect_true(!container.seen["isolated"].empty(), "kinds of isolation are told", "none", {});
  expect_equal("isolated: " + kinds, "isolated: " + isolated_kinds(container.seen),
               container.advice("what is of its own, and nothing else, is isolated"));
}

// From now on this process's children are in a namespace of that kind; the program is such a child.
void unshare_for_children(int flag) {
  if (::unshare(flag) == -1) ::_exit(lab::kLabFailed);
  const pid_t child = ::fork();
  if (child == 0) return;
  // Among them may be the check's end of the socket; as long as it is open, the probe does not end.
  constexpr int kMostDescriptors = 1024;
  for (int fd = STDERR_FILENO + 1; fd < kMostDescriptors; ++fd) ::close(fd);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::_exit(lab::exit_status_from_wait(status));
}

void change_root() {
  sys::chroot(image());
  sys::chdir("/");
}

void pivot_root_into(const std::string& directory) {
  sys::unshare(CLONE_NEWNS);
  sys::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE);
  sys::mount(directory, directory, nullptr, MS_BIND);
  sys::chdir(directory);
  sys::pivot_root(".", ".");
  sys::umount2(".", MNT_DETACH);
}

std::string device_and_inode(const std::string& path) {
  struct stat status {};
  ::stat(path.c_str(), &status);
  return fmt::format("{}:{} inode {}", major(status.st_dev), minor(status.st_dev), status.st_ino);
}

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

void become_nobody() {
  if (::setgid(65534) == -1 || ::setuid(65534) == -1) ::_exit(lab::kLabFailed);
}

bool reachable_for_all(const fs::path& program) {
  for (fs::path path = program; path != path.root_path(); path = path.parent_path()) {
    if ((fs::status(path).permissions() & fs::perms::others_exec) == fs::perms::none) return false;
  }
  return true;
}

// A folder that goes with the check.
struct Folder {
  fs::path path = new_image();
  ~Folder() { fs::remove_all(path); }
};

void write(const fs::path& file, const Json& content) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << content;
}

}  // namespace

TEST_CASE("a process that has nothing of its own has 0 kinds of isolation") {
  Container container;
  container.compare();
  expect_isolated(container, "");
}

TEST_CASE("each namespace is told by its number and own only where it is") {
  const struct {
    const char* file;
    int flag;
    bool for_children;
  } kinds[] = {{"cgroup", CLONE_NEWCGROUP, false}, {"ipc", CLONE_NEWIPC, false},
               {"mnt", CLONE_NEWNS, false},        {"net", CLONE_NEWNET, false},
               {"pid", CLONE_NEWPID, true},        {"time", 0x80 /* CLONE_NEWTIME */, true},
               {"user", CLONE_NEWUSER, false},     {"uts", CLONE_NEWUTS, false}};
  for (const auto& kind : kinds) {
    if (!fs::exists(fmt::format("/proc/self/ns/{}", kind.file))) continue;  // an older kernel
    Container container([&] {
      if (kind.for_children) return unshare_for_children(kind.flag);
      sys::unshare(kind.flag);
    });
    container.compare();
    for (const auto& each : kinds) {
      const std::string own = lab::namespace_of(container.run.process(), each.file);
      const std::string hosts = lab::namespace_of(container.host->process(), each.file);
      if (own.empty()) continue;
      expect_equal(each.file == kind.file ? "own" : "shared", own == hosts ? "shared" : "own",
                   {"", "control: the kernel's own numbers"});
      expect_row(container, "namespaces", each.file, hosts, own, own == hosts);
    }
    // A user namespace begins with all capabilities, also with those that the machine's root lacks.
    expect_isolated(container, kind.file);
  }
}

TEST_CASE("the root directory is told by device and inode and entries") {
  Container container(change_root, "/probe");
  container.compare();
  const std::string root = fmt::format("/proc/{}/root/", container.run.process());
  expect_row(container, "root-directory", "/", device_and_inode("/"), device_and_inode(root),
             false);
  expect_row(container, "root-directory", "entries", names_in("/"), names_in(root), false);
}

TEST_CASE("an old root above the root directory is told") {
  Container changed(change_root, "/probe");
  changed.compare();
  expect_isolated(changed, "root-directory");
  expect_row(changed, "root-directory", "top of its mounts", device_and_inode("/"),
             device_and_inode("/"), true);

  Container pivoted([] { pivot_root_into(image()); }, "/probe");
  pivoted.compare();
  expect_isolated(pivoted, "mnt old-root root-directory");
  const std::string root = device_and_inode(fmt::format("/proc/{}/root/", pivoted.run.process()));
  expect_row(pivoted, "root-directory", "top of its mounts", device_and_inode("/"), root, false);
}

TEST_CASE("the file systems are told with type and sizes") {
  const Folder folder;
  Container container(
      [&] {
        pivot_root_into(folder.path);
        sys::mount("check", "/mnt", "tmpfs", 0, "size=1m");
      },
      "/probe");
  container.compare();
  for (const char* target : {"/", "/mnt"}) {
    const std::string path = fmt::format("/proc/{}/root{}", container.run.process(), target);
    struct statvfs sizes {};
    ::statvfs(path.c_str(), &sizes);
    struct stat status {};
    ::stat(path.c_str(), &status);
    const Json seen = row_of(container.seen, "file-systems", target)["container"];
    const Advice advice = container.advice("statvfs(3)");
    const std::string device = fmt::format("{}:{}", major(status.st_dev), minor(status.st_dev));
    expect_true(seen.is_object(), fmt::format("a row for {}", target), "none", advice);
    expect_equal("tmpfs", text(seen["type"]), advice);
    expect_equal(device, text(seen["device"]), advice);
    expect_equal(std::to_string(sizes.f_blocks * sizes.f_frsize), text(seen["size"]), advice);
  }
  expect_true(row_of(container.seen, "file-systems", "/proc").is_null(),
              "nothing of what stores nothing", "a row for /proc",
              {"df -h", "df(1) leaves out what has no size"});
}

TEST_CASE("the file system on the root is own where the host has not mounted it") {
  Container on_disk_of_host([] { pivot_root_into(image()); }, "/probe");
  on_disk_of_host.compare();
  expect_equal("false", text(on_disk_of_host.seen["isolated"]["file-system"]),
               on_disk_of_host.advice("the directory lies on a file system of the host"));

  Container own(
      [] {
        sys::unshare(CLONE_NEWNS);
        sys::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE);
        sys::mount("check", image() + "/mnt", "tmpfs", 0);
        fs::copy_file(image() + "/probe", image() + "/mnt/probe");
        pivot_root_into(image() + "/mnt");
      },
      "/probe");
  own.compare();
  expect_isolated(own, "file-system mnt old-root root-directory");
}

TEST_CASE("each process of the container is told with both its pids") {
  Container container([] { unshare_for_children(CLONE_NEWPID); });
  container.run.ask("forks 2");
  container.compare();
  Json expected = Json::array(), seen = Json::array();
  std::vector<std::string> processes = lab::children_of(container.run.process());
  processes.push_back(container.run.process());
  for (const std::string& process : processes)
    expected.push_back({std::stoi(process), std::stoi(innermost(lab::pids_of(process)))});
  for (const Json& row : container.seen["sections"]["processes"]) {
    if (row["what"] == "probe") seen.push_back({row["host"], row["container"]});
  }
  std::sort(expected.begin(), expected.end());
  std::sort(seen.begin(), seen.end());
  expect_equal(text(expected), text(seen),
               {fmt::format("grep NSpid /proc/{}/status", container.run.process()),
                "the pid on the host, and the pid in the container"});
  expect_equal("3", text(row_of(container.seen, "processes", "count")["container"]),
               container.advice("how many does its own /proc list?"));
  expect_equal("probe", text(row_of(container.seen, "processes", "PID 1")["container"]),
               container.advice("who is PID 1 there?"));
}

TEST_CASE("without a PID namespace the processes are the host's") {
  Container container;
  container.compare();
  const int pid = container.run.probe();
  expect_row(container, "processes", "probe", pid, pid, true);
}

TEST_CASE("the network links are told with their addresses") {
  Container container([] { sys::unshare(CLONE_NEWNET); });
  container.compare();
  expect_row(container, "network-links", "lo",
             {{"index", 1}, {"up", true}, {"addresses", {"127.0.0.1/8"}}},
             {{"index", 1}, {"up", false}, {"addresses", Json::array()}}, false);
  Container shared;
  shared.compare();
  const Json lo{{"index", 1}, {"up", true}, {"addresses", {"127.0.0.1/8"}}};
  expect_row(shared, "network-links", "lo", lo, lo, true);
}

TEST_CASE("two links that look alike are not the same in two networks") {
  Container container([] {
    sys::unshare(CLONE_NEWNET);
    sys::unshare(CLONE_NEWNS);
    lab::make_stand_in_host();  // a lo that is up, as the host's
  });
  container.compare();
  const Json lo{{"index", 1}, {"up", true}, {"addresses", {"127.0.0.1/8"}}};
  expect_row(container, "network-links", "lo", lo, lo, false);
}

TEST_CASE("a copy of the host's name is not the same name") {
  Container container([] { sys::unshare(CLONE_NEWUTS); });
  container.compare();
  utsname host{};
  ::uname(&host);
  expect_row(container, "identity", "hostname", host.nodename, host.nodename, false);
}

TEST_CASE("the host's name is told as each side has it") {
  const std::string name = random_token();
  Container container([&] {
    sys::unshare(CLONE_NEWUTS);
    sys::sethostname(name);
  });
  container.compare();
  utsname host{};
  ::uname(&host);
  expect_row(container, "identity", "hostname", host.nodename, name, false);
}

TEST_CASE("user and group are told with who they are outside") {
  Container container([] {
    sys::unshare(CLONE_NEWUSER);
    sys::write_file("/proc/self/setgroups", "deny");
    sys::write_file("/proc/self/uid_map", "7 0 1");
    sys::write_file("/proc/self/gid_map", "8 0 1");
  });
  container.compare();
  const Json all{{0, 0, 4294967295}};
  expect_row(container, "identity", "user id", 0, 0, true);
  expect_row(container, "identity", "user ids inside", all, Json{{7, 0, 1}}, false);
  expect_row(container, "identity", "group ids inside", all, Json{{8, 0, 1}}, false);

  Container nobody(become_nobody);
  nobody.compare();
  expect_row(nobody, "identity", "user id", 0, 65534, false);
  expect_row(nobody, "identity", "group id", 0, 65534, false);
}

TEST_CASE("the kernel is the same") {
  Container container([] { pivot_root_into(image()); }, "/probe");  // it has no /proc
  container.compare();
  utsname kernel{};
  ::uname(&kernel);
  const std::string boot_id = lab::read_file("/proc/sys/kernel/random/boot_id").substr(0, 36);
  expect_row(container, "kernel", "release", kernel.release, kernel.release, true);
  expect_row(container, "kernel", "boot id", boot_id, boot_id, true);
}

TEST_CASE("the cgroup is told with its limits") {
  const std::string limited = binary_directory() + "/06-cgroups";
  if (!fs::exists(limited)) skip("06-cgroups is not built");
  Container container(std::make_shared<Host>(),
                      Request().by_program(limited).with_options(
                          {"--memory", "64M", "--cpus", "0.5", "--pids", "40"}));
  container.compare();
  const Advice advice = container.advice("which file of its cgroup has the limit?");
  expect_equal("true", text(container.seen["isolated"]["resources"]), advice);
  const struct {
    const char *what, *expected;
  } limits[] = {{"most memory", "67108864"}, {"most CPU time", "0.5"}, {"most processes", "40"}};
  for (const auto& limit : limits) {
    const Json row = row_of(container.seen, "cgroups", limit.what);
    expect_equal(limit.expected, text(row["container"]), advice);
  }
  const Cgroup cgroup = cgroup_of(container.run.probe(), "pids");
  const Json by_pids =
      row_of(container.seen, "cgroups", cgroup.version == 1 ? "pids" : "version 2");
  expect_equal(cgroup.directory.filename(), fs::path(text(by_pids["container"])).filename(),
               advice);
}

TEST_CASE("a limit of a cgroup around its own is told as well") {
  const std::string limited = binary_directory() + "/06-cgroups";
  if (!fs::exists(limited)) skip("06-cgroups is not built");
  Container container(std::make_shared<Host>(), Request().by_program(limited).with_options(
                                                    {"--memory", "64M", "--cpus", "0.5"}));
  for (const char* controller : {"memory", "cpu"}) {
    const fs::path inner = cgroup_of(container.run.probe(), controller).directory / "inner";
    if (!fs::exists(inner)) lab::sys::mkdir(inner, 0755);  // one for both in version 2
    lab::sys::write_file(inner / "cgroup.procs", std::to_string(container.run.probe()));
  }
  container.compare();
  const Advice advice = container.advice("each cgroup's limit holds for those in it, too");
  expect_equal("67108864", text(row_of(container.seen, "cgroups", "most memory")["container"]),
               advice);
  expect_equal("0.5", text(row_of(container.seen, "cgroups", "most CPU time")["container"]),
               advice);
}

TEST_CASE("fewer capabilities and a filter of system calls are told") {
  Container fewer([] { ::prctl(PR_CAPBSET_DROP, 0UL /* CAP_CHOWN */, 0UL, 0UL, 0UL); });
  fewer.compare();
  expect_isolated(fewer, "capabilities");
  const std::string status = lab::read_file("/proc/" + fewer.run.process() + "/status");
  expect_row(fewer, "privileges", "bounding set",
             lab::status_field(lab::read_file("/proc/self/status"), "CapBnd"),
             lab::status_field(status, "CapBnd"), false);

  Container filtered([] {
    sock_filter allow_all[] = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
    const sock_fprog program{1, allow_all};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL);
    ::prctl(PR_SET_SECCOMP, static_cast<unsigned long>(SECCOMP_MODE_FILTER), &program);
  });
  filtered.compare();
  expect_isolated(filtered, "system-calls");
  expect_row(filtered, "privileges", "no_new_privs", "0", "1", false);
}

TEST_CASE("the environment is told by names and not by values") {
  const std::string name = "NAME_" + random_token(), value = random_token();
  Container container([&] {
    ::clearenv();
    ::setenv(name.c_str(), value.c_str(), 1);
  });
  container.compare();
  expect_equal(Json{name}.dump(), text(row_of(container.seen, "environment", "names")["container"]),
               container.advice("/proc/PID/environ"));
  expect_equal("1", text(row_of(container.seen, "environment", "variables")["container"]), {});
  expect_true(container.seen.dump().find(value) == std::string::npos, "no value",
              "the value of " + name, {"", "a value may be a password"});
}

TEST_CASE("--lab starts a lab and compares with it") {
  const Folder folder;
  fs::copy_file(folder.path / "probe", folder.path / "bin/cat");  // it speaks first, too, and waits
  for (const char* lab : {"01-chroot", "07-overlay"}) {
    const std::string program = binary_directory() + "/" + lab;
    if (!fs::exists(program)) skip(std::string(lab) + " is not built");
    Container container(std::make_shared<Host>(),
                        Request().in_image(folder.path).by_program(program));
    container.compare();
    const Json started = document_of(
        comparison(fmt::format("--json --lab {}", std::string(lab).substr(0, 2)), container.host)
            .after([&] { ::setenv("LAB_ROOTFS", folder.path.c_str(), 1); }));
    expect_equal(lab, text(started["container"]["name"]), {});
    expect_equal(isolated_kinds(container.seen), isolated_kinds(started),
                 {fmt::format("sudo build/bin/00-compare --lab {}", lab),
                  "compare the command of the lab, not the lab, and not before it runs"});
    expect_true(started["container"]["pid"] != container.seen["container"]["pid"],
                "a container of its own", "the one that was there", {});
    expect_true(!Run::is_alive(started["container"]["pid"].get<int>()), "the container has ended",
                "it runs on", {"", "who takes away what was started?"});
  }
}

TEST_CASE("Docker's containers are found by name and id") {
  Container container([] { unshare_for_children(CLONE_NEWPID); });
  const Folder root;
  const std::string id = random_token() + random_token(), stopped = random_token();
  const fs::path containers = root.path / "var/lib/docker/containers";
  write(containers / id / "config.v2.json",
        {{"StreamConfig", Json::object()},
         {"State", {{"Running", true}, {"Pid", container.run.probe()}, {"ExitCode", 0}}},
         {"ID", id},
         {"Name", "/web"}});
  write(containers / stopped / "config.v2.json",
        {{"State", {{"Running", false}, {"Pid", 0}}}, {"ID", stopped}, {"Name", "/old"}});
  for (const char* odd :
       {"{", "[1]", "7", R"({"State": 1})", R"({"State": {"Running": true}, "Name": null})",
        R"({"State": {"Running": "yes", "Pid": "1"}})"}) {
    const fs::path directory = containers / random_token();
    fs::create_directories(directory);
    std::ofstream(directory / "config.v2.json") << odd;
  }
  write(containers / random_token() / "config.v2.json",
        {{"State", {{"Running", false}, {"Pid", container.run.probe()}}}, {"Name", "/ended"}});
  const std::string options = fmt::format("--json --state-root {} --docker ", root.path.string());
  for (const std::string& name : {std::string("web"), id, id.substr(0, 6)}) {
    container.seen = document_of(comparison(options + name, container.host));
    expect_equal(container.run.process(), text(container.seen["container"]["pid"]),
                 {"", "State.Pid in containers/ID/config.v2.json"});
    expect_isolated(container, "pid");
  }
  expect_refused(comparison(options + "wbe", container.host), {"wbe", "hint:", "web"});
  expect_refused(comparison(options + "old", container.host), {"does not run", "docker start old"});
  expect_refused(comparison(options + "ended", container.host), {"does not run"});
}

TEST_CASE("Podman's containers are found by name under crun and runc") {
  Container container([] { unshare_for_children(CLONE_NEWPID); });
  const struct {
    const char *file, *key;
  } runtimes[] = {{"run/crun/{}/status", "pid"}, {"run/runc/{}/state.json", "init_process_pid"}};
  for (const auto& runtime : runtimes) {
    const Folder root;
    const std::string id = random_token() + random_token();
    write(root.path / "var/lib/containers/storage/overlay-containers/containers.json",
          {{{"id", random_token()}, {"names", {"old"}}},
           {{"id", id}, {"names", {"web"}}},
           5,
           {{"a", 1}},
           {{"id", 7}},
           {{"id", random_token()}, {"names", nullptr}}});
    write(root.path / fmt::format(fmt::runtime(runtime.file), id),
          {{runtime.key, container.run.probe()}});
    const std::string options = fmt::format("--json --state-root {} --podman ", root.path.string());
    for (const std::string& name : {std::string("web"), id, id.substr(0, 6)}) {
      container.seen = document_of(comparison(options + name, container.host));
      expect_equal(container.run.process(), text(container.seen["container"]["pid"]),
                   {"", runtime.file});
      expect_isolated(container, "pid");
    }
    expect_refused(comparison(options + "wbe", container.host), {"wbe", "hint:", "web"});
    expect_refused(comparison(options + "old", container.host), {"does not run"});
  }
}

TEST_CASE("who may not read all is told so and gets the rest") {
  if (!reachable_for_all(binary_directory()))
    skip("an ordinary user cannot reach " + binary_directory());
  Container container([] { sys::unshare(CLONE_NEWUTS); });
  const Request request = comparison("--json --pid " + container.run.process(), container.host);
  container.seen = document_of(request.after(become_nobody));
  expect_true(run_to_end(request.after(become_nobody)).errors.find("sudo") != std::string::npos,
              "a message that names sudo", "none", {});
  expect_equal("null", text(container.seen["isolated"]["uts"]),
               {"", "what cannot be read is neither own nor shared"});
  expect_equal("null", text(row_of(container.seen, "namespaces", "uts")["same"]), {});
  expect_row(container, "identity", "user id", 65534, 0, false);  // open to all
}

TEST_CASE("the table fits 100 columns and takes no control character from the container") {
  const Folder folder;
  std::ofstream(folder.path / "\033[31m");
  std::ofstream(folder.path / std::string(150, 'x'));
  Container container([&] { pivot_root_into(folder.path); }, "/probe");
  const Ended table = run_to_end(comparison("--pid " + container.run.process(), container.host));
  expect_equal("0", std::to_string(table.status), {"", table.errors});
  size_t longest = 0, length = 0;
  for (const char c : table.output) {
    length = c == '\n' ? 0 : length + 1;
    longest = std::max(longest, length);
  }
  expect_true(longest <= 100, "100 columns at most", std::to_string(longest), {});
  expect_true(table.output.find('\033') == std::string::npos, "no escape character", table.output,
              {"", "a file's name is the container's to choose"});
  expect_true(table.output.find(std::string(20, 'x')) != std::string::npos,
              "control: the entries are told", table.output, {});
}

TEST_CASE("a process that has ended is refused") {
  lab::Child child = lab::fork_child([] { return EXIT_SUCCESS; });
  const std::string pid = std::to_string(child.pid());
  siginfo_t ended{};
  ::waitid(P_PID, static_cast<id_t>(child.pid()), &ended, WEXITED | WNOWAIT);  // a zombie is left
  expect_refused(comparison("--pid " + pid), {pid, "ended", "hint:"});
  child.wait();
  expect_refused(comparison("--pid " + pid), {pid, "hint:"});
}

TEST_CASE("what is no container is refused") {
  expect_refused(comparison("--pid 0"), {"no pid", "hint:"});
  expect_refused(comparison("--pid 1 --lab 01"), {"--pid", "--lab", "hint:"});
  expect_refused(comparison("--lab 00"), {"starts no container", "hint:"});
  expect_refused(comparison(""), {"hint:", "--lab"});
}

}  // namespace check
