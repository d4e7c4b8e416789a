// What is true of the command from lab 09 on.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <grp.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "error.h"
#include "facts.h"
#include "namespaces.h"
#include "procfs.h"
#include "report.h"
#include "run.h"
#include "sys.h"

namespace check {
namespace fs = std::filesystem;
namespace {

using Options = std::vector<std::string>;

const std::vector<std::string> kEndAtOnce{"/probe", "exit", "0"};
constexpr const char* kDenied = "Permission denied";
constexpr const char* kNotPermitted = "Operation not permitted";

std::string status_of(const Run& run, const std::string& key) {
  return lab::status_field(lab::read_file("/proc/" + run.process() + "/status"), key);
}

// Four ids: real, effective, saved, and of files.
std::string four(const std::string& id) {
  return fmt::format("{0} {0} {0} {0}", id);
}

// A map in one line, blanks in a row made one.
std::string map_of(const std::string& process, const char* file) {
  std::istringstream words(lab::read_file("/proc/" + process + "/" + file));
  std::string text;
  for (std::string word; words >> word;) text += (text.empty() ? "" : " ") + word;
  return text;
}

// The first of the ids that a subuid(5) file gives to root; empty where it gives none.
std::string first_of_root(const char* file) {
  std::istringstream lines(lab::read_file(file));
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("root:", 0) == 0) return line.substr(5, line.rfind(':') - 5);
  }
  return "";
}

// The user namespace that owns another namespace, as "device:inode".
std::string owner_of(const Run& run, const char* kind) {
  const lab::UniqueFd name_space =
      lab::sys::open(fmt::format("/proc/{}/ns/{}", run.process(), kind), O_RDONLY);
  const lab::UniqueFd owner(::ioctl(name_space.get(), NS_GET_USERNS));
  if (!owner) return std::strerror(errno);
  return identity(fmt::format("/proc/self/fd/{}", owner.get()));
}

fs::path new_directory() {
  fs::path directory = image() + "-" + random_token();
  fs::create_directory(directory);
  return directory;
}

std::string owner_on_disk(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == -1) return path.string() + ": " + std::strerror(errno);
  return fmt::format("{}:{}", status.st_uid, status.st_gid);
}

// A range of ids outside that no one could have guessed.
std::string some_id() {
  return std::to_string(300000 + ::getpid() % 1000 * 1000);
}

Options mapped_to(const std::string& outside) {
  return {"--map", "0:" + outside + ":65536"};
}

void become_nobody() {
  if (::setgroups(0, nullptr) == -1 || ::setgid(65534) == -1 || ::setuid(65534) == -1)
    ::_exit(lab::kLabFailed);
}

void need_reachable_programs() {
  need_lab_options();
  for (fs::path path = image(); path != path.root_path(); path = path.parent_path()) {
    if ((fs::status(path).permissions() & fs::perms::others_exec) == fs::perms::none)
      skip("an ordinary user cannot reach " + path.string());
  }
}

// One id each, and none beside another on both sides.
Options many_ranges(int count, long from) {
  Options ranges{"0:1:1"};
  for (long n = 1; n < count; ++n)
    ranges.push_back(fmt::format("{}:{}:1", from + n, from + 10 + 2 * n));
  return ranges;
}

// What the command may do to a file, and what the same probe may without a namespace.
void expect_refused_inside(Run& run, const std::string& request, const char* reason,
                           const std::string& hint) {
  Run control(Request{}.by_program(kPlainChroot));
  control.wait_for_probe();
  expect_equal("ok", control.ask(request), {"", "control: a plain chroot does not refuse it"});
  expect_equal(request + ": " + reason, request + ": " + run.ask(request), {"", hint});
}

}  // namespace

TEST_CASE("root inside is an ordinary id outside") {
  Run run;
  run.wait_for_probe();
  const Advice advice{
      fmt::format("grep -E 'Uid|Gid' /proc/{0}/status; cat /proc/{0}/uid_map", run.process()),
      "ids are those of a user namespace: which one is 0 in there?"};
  expect_equal("0:0", run.ask("ids"), advice);
  for (const char* field : {"Uid", "Gid"}) {
    const std::string ids = status_of(run, field);
    expect_true(ids.rfind("0 ", 0) != 0, std::string(field) + " is not 0 outside", ids, advice);
  }
}

TEST_CASE("the user namespace is the container's own and owns its other namespaces") {
  Run run;
  run.wait_for_probe();
  const std::string user = identity("/proc/" + run.process() + "/ns/user");
  expect_true(user != identity("/proc/self/ns/user"), "a user namespace of its own", "the host's",
              {fmt::format("sudo readlink /proc/{}/ns/user /proc/self/ns/user", run.process()),
               "which namespace says what uid 0 may?"});
  for (const lab::NamespaceKind& kind : lab::kNamespaceKinds) {
    if (kind.flag == CLONE_NEWUSER) continue;
    expect_equal(
        fmt::format("{} is owned by {}", kind.file, user),
        fmt::format("{} is owned by {}", kind.file, owner_of(run, kind.file)),
        {fmt::format("sudo lsns -p {} -o NS,TYPE,ONS", run.process()),
         "a namespace belongs to the user namespace of whoever makes it: in which order?"});
  }
}

TEST_CASE("--map says which ids are which") {
  const std::string outside = some_id();
  Run run(Request{}.with_options({"--map", "0:" + outside + ":1000", "--map",
                                  "5000:" + std::to_string(std::stol(outside) + 5000) + ":10"}));
  run.wait_for_probe();
  const std::string expected =
      fmt::format("0 {} 1000 5000 {} 10", outside, std::stol(outside) + 5000);
  const Advice advice{fmt::format("cat /proc/{0}/uid_map /proc/{0}/gid_map", run.process()),
                      "a map is written once, from outside, in one call"};
  expect_equal(expected, map_of(run.process(), "uid_map"), advice);
  expect_equal(expected, map_of(run.process(), "gid_map"), advice);
  expect_equal(four(outside), status_of(run, "Uid"), advice);
  expect_equal(four(outside), status_of(run, "Gid"), advice);
}

TEST_CASE("by default root's ranges in /etc/subuid and /etc/subgid are mapped") {
  need_lab_options();
  const std::string first_uid = first_of_root("/etc/subuid"),
                    first_gid = first_of_root("/etc/subgid");
  if (first_uid.empty() || first_gid.empty()) skip("this machine has no /etc/subuid");
  Run run;
  run.wait_for_probe();
  const Advice advice{"cat /etc/subuid /etc/subgid", "subuid(5): who may give which ids away"};
  expect_equal(four(first_uid), status_of(run, "Uid"), advice);
  expect_equal(four(first_gid), status_of(run, "Gid"), advice);
}

TEST_CASE("the command has every capability inside and none outside") {
  Run run(Request{}.with_all_privileges());
  run.wait_for_probe();
  const std::string mounted = run.ask("mount-tmpfs own /mnt");
  if (mounted == kNotPermitted) skip("the program takes capabilities away from the command");
  expect_equal("ok", mounted, {"", "control: it has power over its own mounts"});
  expect_refused_inside(run, "raise-priority", kDenied,
                        "a capability counts in a user namespace: in which one is this asked for?");
}

TEST_CASE("the caller's groups are dropped") {
  const auto join_groups = [] {
    const gid_t groups[] = {4, 27};
    if (::setgroups(2, groups) == -1) ::_exit(lab::kLabFailed);
  };
  Run control(Request{}.by_program(kPlainChroot).after(join_groups));
  control.wait_for_probe();
  expect_equal("4 27", status_of(control, "Groups"), {"", "control: a plain chroot keeps them"});
  Run run(Request{}.after(join_groups));
  run.wait_for_probe();
  expect_equal("", status_of(run, "Groups"),
               {fmt::format("grep Groups /proc/{}/status", run.process()),
                "what may be read by a group, its members may read"});
}

TEST_CASE("the image's owners are those that they are on disk") {
  const fs::path image = new_image();
  CHECK(::chown((image / "token").c_str(), 12, 34) == 0);
  std::ofstream(image / "closed") << "for root\n";
  fs::permissions(image / "closed", fs::perms::owner_read);
  Run run(Request{}.in_image(image));
  run.wait_for_probe();
  const Advice advice{fmt::format("sudo stat /proc/{}/root/probe", run.process()),
                      "ids on disk are the host's: who moves them?"};
  expect_equal("0:0", run.ask("owner /probe"), advice);
  expect_equal("12:34", run.ask("owner /token"), advice);
  expect_equal("for root\n", run.ask("read-file /closed"), advice);
  expect_equal("ok", run.ask("append /closed x"), advice);
  expect_equal("0:0", owner_on_disk(image / "probe"),
               {"", "the image is everyone's: its owners stay what they are"});
}

TEST_CASE("an image below a directory of root's alone can be used") {
  const fs::path closed = new_directory();
  fs::rename(new_image(), closed / "image");
  fs::permissions(closed, fs::perms::owner_all);
  Run run(Request{}.in_image(closed / "image"));
  expect_image_is_root(run);
}

TEST_CASE("a file made inside is on the host its maker's outside") {
  const fs::path upper = new_directory();
  const std::string outside = some_id();
  Options options = mapped_to(outside);
  options.insert(options.end(), {"--upper", upper});
  Run run(Request{}.with_options(options));
  run.wait_for_probe();
  expect_equal("ok", run.ask("make-file /made"), {});
  expect_equal("0:0", run.ask("owner /made"), {});
  expect_equal("ok", run.ask("make-file /given"), {});
  expect_equal("ok", run.ask("chown /given 7 8"), {});
  const Advice advice{"sudo ls -ln " + (upper / "upper").string(), "user_namespaces(7)"};
  expect_equal(outside + ":" + outside, owner_on_disk(upper / "upper/made"), advice);
  const long first = std::stol(outside);
  expect_equal(fmt::format("{}:{}", first + 7, first + 8), owner_on_disk(upper / "upper/given"),
               advice);
}

TEST_CASE("an --upper that is empty again has its owner back") {
  const fs::path upper = new_directory();
  CHECK(::chown(upper.c_str(), 12, 34) == 0);
  const Options options{"--upper", upper};
  expect_equal(
      "0", std::to_string(run_to_end(Request::of(kEndAtOnce).with_options(options)).status), {});
  expect_equal("12:34", owner_on_disk(upper), {"ls -ldn " + upper.string(), "who made it his?"});
}

TEST_CASE("an --upper that cannot be used has its owner back") {
  const fs::path upper = new_directory();  // with room for itself alone
  if (::mount("lab-full", upper.c_str(), "tmpfs", 0, "nr_inodes=1,mode=700") == -1)
    skip("no tmpfs can be mounted");
  CHECK(::chown(upper.c_str(), 12, 34) == 0);
  const Options options{"--upper", upper};
  expect_refused(Request::of(kEndAtOnce).with_options(options), {"No space left on device"});
  expect_equal("12:34", owner_on_disk(upper), {"ls -ldn " + upper.string(), "who made it his?"});
}

TEST_CASE("an --upper with the changes of other ids is refused") {
  need_lab_options();
  const fs::path upper = new_directory();
  const auto run_as = [&](const std::string& outside) {
    Options options = mapped_to(outside);
    options.insert(options.end(), {"--upper", upper});
    return Request{}.with_options(options);
  };
  {
    Run run(run_as("400000"));
    run.wait_for_probe();
    run.ask("make-file /made");
  }
  Request other = run_as("500000");
  other.command = kEndAtOnce;
  expect_refused(other, {upper.string(), "400000", "500000", "hint:"});
  expect_equal("400000:400000", owner_on_disk(upper), {"", "refused, nothing is changed"});
}

TEST_CASE("a file of the host's root cannot be opened by a descriptor that leads to it") {
  const fs::path file = new_directory() / "roots";
  std::ofstream(file) << "root's\n";
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  const auto as_stderr = [file] {
    ::dup2(::open(file.c_str(), O_RDONLY | O_CLOEXEC), STDERR_FILENO);
  };
  const std::string request = "open-for-writing /proc/self/fd/2";
  Run on_host(
      Request::of({binary_directory() + "/probe"}).by_program(kHostItself).after(as_stderr));
  on_host.wait_for_probe();
  expect_equal("ok", on_host.ask(request), {"", "control: the host's root may"});
  Run run(Request{}.after(as_stderr));
  run.wait_for_probe();
  expect_equal(kDenied, run.ask(request),
               {"", "whose file is it, as seen from the user namespace?"});
}

TEST_CASE("settings of the host's kernel cannot be written and those of its own namespaces can") {
  Run on_host(Request::of({binary_directory() + "/probe"}).by_program(kHostItself));
  on_host.wait_for_probe();
  Run run(Request{}.with_all_privileges());
  run.wait_for_probe();
  const std::string own = run.ask("open-for-writing /proc/sys/net/ipv4/ip_forward");
  if (own == "Read-only file system") skip("the program makes /proc/sys read-only");
  for (const char* file : {"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/panic",
                           "/proc/sys/fs/file-max", "/proc/sysrq-trigger"}) {
    const std::string request = std::string("open-for-writing ") + file;
    if (on_host.ask(request) != "ok") continue;  // not on this kernel
    expect_equal(request + ": " + kDenied, request + ": " + run.ask(request),
                 {fmt::format("sudo ls -ln /proc/{}/root{}", run.process(), file),
                  "whose is the file? what does root inside have to do with it?"});
  }
  expect_equal("ok", own, {"", "the network namespace is the container's own"});
}

TEST_CASE("without root the command is root inside and the caller outside") {
  need_reachable_programs();
  Run run(Request{}.after(become_nobody));
  run.wait_for_probe();
  const Advice advice{fmt::format("cat /proc/{}/uid_map", run.process()),
                      "user_namespaces(7): what may be mapped without privilege?"};
  expect_equal("0:0", run.ask("ids"), advice);
  expect_equal(four("65534"), status_of(run, "Uid"), advice);
  expect_equal("0 65534 1", map_of(run.process(), "uid_map"), advice);
  for (const char* kind : {"pid", "mnt", "net", "uts", "ipc", "cgroup", "user"}) {
    expect_true(
        lab::namespace_of(run.process(), kind) != lab::namespace_of(run.host().process(), kind),
        fmt::format("a {} namespace of its own", kind), "the host's", {});
  }
}

TEST_CASE("without root groups can be neither set nor dropped") {
  need_reachable_programs();
  Run run(Request{}.after([] {
    const gid_t groups[] = {4, 27};
    if (::setgroups(2, groups) == -1 || ::setgid(65534) == -1 || ::setuid(65534) == -1)
      ::_exit(lab::kLabFailed);
  }));
  run.wait_for_probe();
  const Advice advice{fmt::format("cat /proc/{}/setgroups", run.process()),
                      "a file may be closed to a group: who leaves it gets in"};
  expect_equal("deny\n", lab::read_file("/proc/" + run.process() + "/setgroups"), advice);
  expect_equal(kNotPermitted, run.ask("set-groups"), advice);
  expect_equal("4 27", status_of(run, "Groups"), advice);
}

TEST_CASE("without root what takes power over the host is refused by name") {
  need_reachable_programs();
  const Options refused[] = {{"--memory", "64M"},      {"--cpus", "0.5"},          {"--pids", "16"},
                             {"--ip", "10.77.0.9/24"}, {"--bridge", "another"},    {"--nat"},
                             {"--map", "0:0:1"},       {"--map", "0:200000:65536"}};
  for (const Options& options : refused) {
    expect_refused(Request::of(kEndAtOnce).with_options(options).after(become_nobody),
                   {options.front(), "root", "hint:"});
  }
}

TEST_CASE("a --map that is none is refused") {
  need_lab_options();
  const auto host = std::make_shared<Host>();
  const std::pair<Options, const char*> refused[] = {
      {{""}, "INSIDE:OUTSIDE:COUNT"},
      {{"0"}, "INSIDE:OUTSIDE:COUNT"},
      {{"0:1"}, "INSIDE:OUTSIDE:COUNT"},
      {{"0:1:1:1"}, "INSIDE:OUTSIDE:COUNT"},
      {{"0:x:1"}, "INSIDE:OUTSIDE:COUNT"},
      {{"0:-1:1"}, "INSIDE:OUTSIDE:COUNT"},
      {{"0: 1:1"}, "INSIDE:OUTSIDE:COUNT"},
      {{"0:0x10:1"}, "INSIDE:OUTSIDE:COUNT"},
      {{"0:99999999999999999999:1"}, "INSIDE:OUTSIDE:COUNT"},
      {{"0:100000:0"}, "no ids"},
      {{"0:4294967295:1"}, "32 bits"},
      {{"0:4294967290:6"}, "32 bits"},
      {{"0:1:4294967295"}, "32 bits"},
      {{"4294967296:1:1"}, "32 bits"},
      {{"1:100000:65536"}, "no root"},
      {{"0:100000:10", "5:200000:10"}, "overlap inside"},
      {{"0:100000:10", "20:100009:10"}, "overlap outside"},
      {{"0:100000:10", "0:100000:10"}, "overlap"},
      {many_ranges(341, 0), "too many"},
      {many_ranges(300, 1000000000), "page of text"},
  };
  for (const auto& [ranges, word] : refused) {
    Options options;
    for (const std::string& range : ranges) options.insert(options.end(), {"--map", range});
    expect_refused(Request::of(kEndAtOnce).on(host).with_options(options), {word, "hint:"});
  }
}

}  // namespace check
