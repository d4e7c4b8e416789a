// What is true of the command from lab 03 on.

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "facts.h"
#include "mountinfo.h"
#include "namespaces.h"
#include "procfs.h"
#include "report.h"
#include "run.h"

namespace check {
namespace fs = std::filesystem;
namespace {

std::string mountinfo_of(const Run& run) {
  return "cat /proc/" + run.process() + "/mountinfo";
}

void expect_mounted(const Run& run, const std::string& target, const std::string& type) {
  const lab::Mount mount = mount_on(run, target);
  expect_equal(type + " on " + target, mount.type + " on " + mount.target,
               {mountinfo_of(run), "what is mounted there?"});
}

// As chmod(1) has it.
std::string mode_of(const Run& run, const std::string& directory) {
  struct stat status {};
  ::stat(("/proc/" + run.process() + "/root" + directory).c_str(), &status);
  return fmt::format("{:o}", status.st_mode & 07777);
}

// The pids inside of all processes that are in the command's PID namespace, smallest first.
std::string pids_inside(const Run& run) {
  std::set<int> pids;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const std::string process = entry.path().filename();
    if (process.find_first_not_of("0123456789") != std::string::npos) continue;
    if (lab::namespace_of(process, "pid") != lab::namespace_of(run.process(), "pid")) continue;
    pids.insert(std::stoi(innermost(lab::pids_of(process))));
  }
  std::string text;
  for (const int pid : pids) text += (text.empty() ? "" : " ") + std::to_string(pid);
  return text;
}

// Who mounts something on the host while the container runs: a process in the host's mount
// namespace.
int mount_on_host(const Run& run, const std::string& target) {
  lab::Child child = lab::fork_child([&] {
    run.host().enter();
    return ::mount("lab-late", target.c_str(), "tmpfs", 0, nullptr) == 0 ? EXIT_SUCCESS
                                                                         : EXIT_FAILURE;
  });
  return child.wait();
}

void unmount_on_host(const Run& run, const std::string& target) {
  lab::Child child = lab::fork_child([&] {
    run.host().enter();
    return ::umount2(target.c_str(), MNT_DETACH) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  });
  child.wait();
}

bool sees_late_mount(const Run& run) {
  const std::vector<lab::Mount> mounts = lab::mounts_of(run.process());
  return std::any_of(mounts.begin(), mounts.end(),
                     [](const lab::Mount& mount) { return mount.source == "lab-late"; });
}

// The mounts that take what the host mounts and give nothing back.
std::string slave_mounts(const Run& run) {
  std::string targets;
  for (const lab::Mount& mount : lab::mounts_of(run.process())) {
    for (const std::string& tag : mount.propagation) {
      if (tag.rfind("master:", 0) == 0) targets += mount.target + " ";
    }
  }
  return targets.empty() ? "none" : targets;
}

}  // namespace

TEST_CASE("a mount of the command is seen inside") {
  Run run(Request{}.with_all_privileges());
  run.wait_for_probe();
  expect_true(
      lab::namespace_of(run.process(), "mnt") != lab::namespace_of(run.host().process(), "mnt"),
      "a mount namespace of its own", "the host's",
      {fmt::format("sudo readlink /proc/{}/ns/mnt /proc/self/ns/mnt", run.process()),
       "which namespace holds the mount table?"});
  const std::string source = random_token();
  const std::string answer = run.ask("mount-tmpfs " + source + " /mnt");
  if (answer == "Operation not permitted")
    skip("the program takes the right to mount away from the command");
  expect_equal("ok", answer, {});
  expect_equal(source, mount_on(run, "/mnt").source, {mountinfo_of(run), ""});
}  // and that the host does not see it, the_host.cpp checks after each run

TEST_CASE("/proc shows the processes of the container") {
  Run run;
  run.wait_for_probe();
  const Advice advice{fmt::format("sudo ls /proc/{}/root/proc", run.process()),
                      "of which PID namespace is this /proc?"};
  expect_mounted(run, "/proc", "proc");
  expect_equal(innermost(lab::pids_of(run.process())), run.ask("readlink /proc/self"), advice);
  expect_equal(pids_inside(run), run.ask("numbers-in /proc"), advice);
}

TEST_CASE("/sys is there and read-only") {
  Run run;
  run.wait_for_probe();
  expect_mounted(run, "/sys", "sysfs");
  expect_true(mount_on(run, "/sys").has_option("ro"), "/sys is ro", mount_on(run, "/sys").options,
              {mountinfo_of(run), "whose settings are the files there?"});
}

TEST_CASE("/dev is a file system of the container's own") {
  Run run;
  run.wait_for_probe();
  expect_mounted(run, "/dev", "tmpfs");
  expect_equal("755", mode_of(run, "/dev"), {mountinfo_of(run), "who may make files there?"});
}

TEST_CASE("nothing mounted there gives more rights than it must") {
  Run run;
  run.wait_for_probe();
  const std::pair<const char*, std::vector<std::string>> needed[] = {
      {"/proc", {"nosuid", "nodev", "noexec"}},
      {"/sys", {"nosuid", "nodev", "noexec"}},
      {"/dev", {"nosuid", "noexec"}},
      {"/dev/pts", {"nosuid", "noexec"}},
      {"/dev/shm", {"nosuid", "nodev", "noexec"}}};
  for (const auto& [target, options] : needed) {
    const lab::Mount mount = mount_on(run, target);
    if (mount.target.empty()) continue;  // another check misses it
    for (const std::string& option : options) {
      expect_true(mount.has_option(option), fmt::format("{} is {}", target, option), mount.options,
                  {mountinfo_of(run), "mount(2) takes such flags beside the type"});
    }
  }
}

TEST_CASE("/dev has the six devices and no other") {
  Run run;
  run.wait_for_probe();
  const std::string directory = "/proc/" + run.process() + "/root/dev";
  std::set<std::string> seen;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    struct stat status {};
    if (::lstat(entry.path().c_str(), &status) == -1 ||
        !(S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)))
      continue;
    seen.insert(fmt::format("{} {}:{} {:o}", entry.path().filename().string(),
                            major(status.st_rdev), minor(status.st_rdev), status.st_mode & 07777));
  }
  std::string devices;
  for (const std::string& device : seen) devices += (devices.empty() ? "" : ", ") + device;
  expect_equal(
      "full 1:7 666, null 1:3 666, random 1:8 666, tty 5:0 666, urandom 1:9 666, zero 1:5 666",
      devices, {"sudo ls -l " + directory, "the umask takes rights away from what mknod makes"});
}

TEST_CASE("/dev/pts has terminals of the container only") {
  Run run;
  run.wait_for_probe();
  const Advice advice{fmt::format("sudo ls /proc/{}/root/dev/pts", run.process()),
                      "every devpts counts its terminals from 0"};
  expect_mounted(run, "/dev/pts", "devpts");
  const std::string options = "," + mount_on(run, "/dev/pts").super_options + ",";
  for (const char* option : {"ptmxmode=666", "mode=620"}) {
    expect_true(options.find(fmt::format(",{},", option)) != std::string::npos,
                fmt::format("/dev/pts has {}", option), options,
                {mountinfo_of(run), "who may open /dev/pts/ptmx, and the terminals?"});
  }
  expect_equal("none", run.ask("numbers-in /dev/pts"), advice);
  expect_equal("0", run.ask("open-terminal"), advice);
  expect_equal("0", run.ask("numbers-in /dev/pts"), advice);
}

TEST_CASE("/dev/shm is a file system of the container's own") {
  Run run;
  run.wait_for_probe();
  expect_mounted(run, "/dev/shm", "tmpfs");
  expect_equal(
      "1777", mode_of(run, "/dev/shm"),
      {fmt::format("sudo ls -ld /proc/{}/root/dev/shm", run.process()), "who may write there?"});
}

TEST_CASE("/dev/fd and /dev/stdin and /dev/stdout and /dev/stderr lead to the process's own") {
  Run run;
  run.wait_for_probe();
  const std::string dev = "/proc/" + run.process() + "/root/dev";
  for (const auto& [name, target] :
       {std::pair{"fd", "/proc/self/fd"}, std::pair{"stdin", "/proc/self/fd/0"},
        std::pair{"stdout", "/proc/self/fd/1"}, std::pair{"stderr", "/proc/self/fd/2"}}) {
    std::error_code missing;
    const fs::path link = fs::read_symlink(fs::path(dev) / name, missing);
    // fd/0 is the same as /proc/self/fd/0, where fd is right.
    const std::string seen =
        link.is_relative() && !missing ? "/proc/self/" + link.string() : link.string();
    expect_equal(target, seen, {"sudo ls -l " + dev, "a process finds its own under /proc/self"});
  }
}

TEST_CASE("mounts are slaves of the host's with --propagation slave only") {
  need_lab_options();
  for (const char* propagation : {"private", "slave"}) {
    Request request;
    request.lab_options = {"--propagation", propagation};
    Run run(request);
    run.wait_for_probe();
    const Advice advice{mountinfo_of(run), fmt::format("with --propagation {}", propagation)};
    if (std::string(propagation) == "private") {
      expect_equal("none", slave_mounts(run), advice);
      continue;
    }
    // What is mounted inside a layer is never seen in the overlay.
    if (mount_on(run, "/").type == "overlay") continue;
    const std::string target = image() + "/mnt";
    expect_equal("0", std::to_string(mount_on_host(run, target)), {});
    const bool seen = sees_late_mount(run);
    unmount_on_host(run, target);
    expect_true(seen, "what the host mounts now appears inside", "it does not", advice);
  }
}

TEST_CASE("an image whose dev or proc or sys is a symbolic link is refused") {
  for (const char* name : {"dev", "proc", "sys"}) {
    const std::string outside = new_image() + "/mnt";
    // mount(2) would follow either of them.
    const fs::path climbing = fs::relative(outside, image() + "/..");
    for (const fs::path& link : {fs::path("..") / climbing, fs::path(outside)}) {
      const std::string directory = new_image();
      fs::remove(fs::path(directory) / name);
      fs::create_directories(directory / climbing);  // there the link leads inside, too
      fs::create_symlink(link, fs::path(directory) / name);
      Request request;
      request.command = {"/probe", "exit", "0"};
      request.image = directory;
      const Ended ended = run_to_end(request);
      expect_true(fs::is_empty(outside), "nothing is written outside the image",
                  fmt::format("{} leads to {}, and something is there now", name, outside),
                  {"", "who follows the link, and from which root?"});
      if (takes_lab_options()) {
        expect_equal("125", std::to_string(ended.status),
                     {"", "is the directory to mount on a directory? " + ended.errors});
      }
    }
  }
}

}  // namespace check
