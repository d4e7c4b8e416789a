// The mistakes that learners make, made on purpose: the errno is the kernel's, and the hint names
// the cause.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>

#include "error.h"
#include "exec.h"
#include "process.h"
#include "sys.h"

namespace fs = std::filesystem;
namespace sys = lab::sys;

namespace {

struct Told {
  int error = 0;
  std::string message, hint;
};

// What the mistake ends with. It is made in a process that is thrown away, in a mount namespace of
// its own without shared mounts, whose working directory is an empty tmpfs.
Told told_of(const std::function<void()>& mistake) {
  int ends[2] = {};
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  lab::UniqueFd read_end(ends[0]), write_end(ends[1]);
  lab::Child child = lab::fork_child([&] {
    sys::unshare(CLONE_NEWNS);
    sys::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE);
    sys::mount("scratch", "/tmp", "tmpfs", 0);
    sys::chdir("/tmp");
    try {
      mistake();
    } catch (const lab::SyscallError& error) {
      const std::string text = fmt::format("{}\n{}\n{}", error.error(), error.what(), error.hint());
      return ::write(write_end.get(), text.data(), text.size()) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    return EXIT_FAILURE;
  });
  write_end.reset();
  char text[8192];
  const ssize_t size = ::read(read_end.get(), text, sizeof text);
  child.wait();
  if (size <= 0) return {};
  const std::string all(text, static_cast<size_t>(size));
  const size_t first = all.find('\n'), last = all.rfind('\n');
  return {std::stoi(all), all.substr(first + 1, last - first - 1), all.substr(last + 1)};
}

void expect(int error, const std::string& cause, const std::function<void()>& mistake) {
  const Told told = told_of(mistake);
  INFO(told.message);
  INFO("hint: ", told.hint);
  CHECK(lab::errno_name(told.error) == lab::errno_name(error));
  CHECK(told.hint.find(cause) != std::string::npos);
}

void become_nobody() {
  REQUIRE(::setgid(65534) == 0);
  REQUIRE(::setuid(65534) == 0);
}

void make_file(const fs::path& path, const std::string& content, mode_t mode) {
  std::ofstream(path) << content;
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

void make_directories(std::initializer_list<const char*> names) {
  for (const char* name : names) fs::create_directories(name);
}

// The scratch tmpfs becomes the root, with a /proc.
void become_root() {
  make_directories({"proc", "old"});
  sys::mount("proc", "proc", "proc", 0);
  sys::pivot_root(".", "old");
  sys::chdir("/");
}

}  // namespace

TEST_CASE("01: the program's loader is not in the image") {
  expect(ENOENT, "ld-linux", [] {
    make_directories({"image/bin"});
    fs::copy_file("/bin/true", "image/bin/true");
    sys::chroot("image");
    sys::chdir("/");
    lab::exec_command({"/bin/true"}, {});
  });
  expect(ENOENT, "/bin/no-such-shell", [] {
    make_file("script", "#!/bin/no-such-shell\n", 0755);
    lab::exec_command({"./script"}, {});
  });
  expect(ENOENT, "no such program", [] { lab::exec_command({"./missing"}, {}); });
}

TEST_CASE("01: a script whose interpreter cannot be loaded") {
  const auto run = [](const std::string& script) {
    return [=] {
      make_file("script", script, 0755);
      lab::exec_command({"./script"}, {});
    };
  };
  expect(ENOENT, "carriage return", run("#!/bin/sh\r\necho hello\r\n"));
  expect(ENOENT, "\"/bin/\\033[31m\"", run("#!/bin/\033[31m\n"));
  expect(ENOENT, "must load the interpreter", [] {
    make_directories({"image/bin"});
    fs::copy_file("/bin/true", "image/bin/true");
    make_file("image/script", "#!/bin/true\n", 0755);
    sys::chroot("image");
    sys::chdir("/");
    lab::exec_command({"/script"}, {});
  });
  expect(ENOENT, "what must load it is not", [=] {
    make_file("third", "#!/missing\n", 0755);
    make_file("second", "#!/tmp/third\n", 0755);
    run("#!/tmp/second\n")();
  });
}

TEST_CASE("01: no execute bit, a noexec mount, a directory, no executable format") {
  expect(EACCES, "chmod +x", [] {
    make_file("program", "#!/bin/sh\n", 0644);
    lab::exec_command({"./program"}, {});
  });
  expect(EACCES, "noexec", [] {
    sys::mount("scratch", "/tmp", "tmpfs", MS_NOEXEC);
    sys::chdir("/tmp");
    make_file("program", "#!/bin/sh\n", 0755);
    lab::exec_command({"./program"}, {});
  });
  expect(EACCES, "a directory", [] {
    make_directories({"program"});
    lab::exec_command({"./program"}, {});
  });
  expect(ENOEXEC, "#!", [] {
    make_file("program", "echo hello\n", 0755);
    lab::exec_command({"./program"}, {});
  });
}

TEST_CASE("01: not root") {
  expect(EPERM, "sudo", [] {
    become_nobody();
    sys::chroot("/");
  });
}

TEST_CASE("01: a user namespace asked for inside a chroot") {
  expect(EPERM, "make it before chroot", [] {
    make_directories({"image/proc"});
    sys::mount("proc", "image/proc", "proc", 0);
    sys::chroot("image");
    sys::chdir("/");
    sys::unshare(CLONE_NEWUSER);
  });
  expect(EPERM, "after chroot it is refused", [] {  // to a mount point
    make_directories({"proc"});
    sys::mount("proc", "proc", "proc", 0);
    sys::chroot(".");
    sys::unshare(CLONE_NEWUSER);
  });
}

TEST_CASE("01 and 02: something made where the image is read-only") {
  const auto read_only = [](const std::function<void()>& then) {
    return [=] {
      sys::mount(nullptr, "/tmp", nullptr, MS_REMOUNT | MS_RDONLY);
      then();
    };
  };
  expect(EROFS, "as the image is with --skip", read_only([] { sys::mkdir("x", 0755); }));
  expect(EROFS, "as the image is with --skip", read_only([] { sys::symlink("x", "y"); }));
  expect(EROFS, "as the image is with --skip", read_only([] { sys::mknod("x", S_IFIFO, 0); }));
}

TEST_CASE("01: an image that is missing, or is a file") {
  expect(ENOENT, "./lab setup", [] { sys::open("image", O_RDONLY | O_DIRECTORY); });
  expect(ENOTDIR, "not a file", [] {
    make_file("image", "", 0644);
    sys::open("image", O_RDONLY | O_DIRECTORY);
  });
  expect(ENOENT, "no such directory", [] { sys::chroot("image"); });
  expect(ENOTDIR, "must be a directory", [] {
    make_file("image", "", 0644);
    sys::chroot("image");
  });
}

TEST_CASE("02: the first child has ended, and no other can be made") {
  expect(ENOMEM, "PID 1", [] {
    sys::unshare(CLONE_NEWPID);
    lab::fork_child([] { return 0; }).wait();
    lab::fork_child([] { return 0; }).wait();
  });
}

TEST_CASE("02: a PID namespace asked for twice") {
  expect(EINVAL, "only once", [] {
    sys::unshare(CLONE_NEWPID);
    sys::unshare(CLONE_NEWPID);
  });
}

TEST_CASE("02: the flags of clone, given to unshare") {
  expect(EINVAL, "0x11 is no namespace flag", [] { sys::unshare(CLONE_NEWPID | SIGCHLD); });
}

TEST_CASE("02: a pid of the host, used inside") {
  const pid_t host_pid = ::getpid();
  REQUIRE(host_pid > 2);
  expect(ESRCH, "PID namespace", [=] {
    sys::unshare(CLONE_NEWPID);
    int status[2] = {};
    REQUIRE(::pipe(status) == 0);
    lab::Child inside = lab::fork_child([&] {
      const int error = ::kill(host_pid, 0) == -1 ? errno : 0;
      return ::write(status[1], &error, sizeof error) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    });
    inside.wait();
    int error = 0;
    REQUIRE(::read(status[0], &error, sizeof error) == sizeof error);
    throw lab::SyscallError({"kill", {host_pid, lab::Arg::literal("0")}}, error);
  });
}

TEST_CASE("02 and 03: not root") {
  for (const int flag : {CLONE_NEWPID, CLONE_NEWNS}) {
    expect(EPERM, "sudo", [=] {
      become_nobody();
      sys::unshare(flag);
    });
  }
  expect(EPERM, "sudo", [] {
    become_nobody();
    sys::mount("proc", "/tmp", "proc", 0);
  });
}

TEST_CASE("03: MS_PRIVATE together with what does not go with it") {
  expect(EINVAL, "one of them at a time",
         [] { sys::mount(nullptr, "/", nullptr, MS_PRIVATE | MS_SLAVE); });
  expect(EINVAL, "MS_RDONLY needs a mount(2) of its own",
         [] { sys::mount(nullptr, "/", nullptr, MS_PRIVATE | MS_RDONLY); });
}

TEST_CASE("03: a change of propagation on what is no mount point") {
  expect(EINVAL, "not a mount point", [] {
    make_directories({"plain"});
    sys::mount(nullptr, "plain", nullptr, MS_PRIVATE);
  });
  expect(EINVAL, "not a mount point", [] {
    make_directories({"plain"});
    sys::mount(nullptr, "plain", nullptr, MS_REMOUNT | MS_RDONLY);
  });
}

TEST_CASE("03: without /proc nothing is said about mount points") {
  const Told told = told_of([] {
    make_directories({"image/plain"});
    sys::chroot("image");
    sys::chdir("/");
    sys::mount(nullptr, "plain", nullptr, MS_PRIVATE);
  });
  CHECK(told.error == EINVAL);
  CHECK(told.hint == "");
}

TEST_CASE("03: MS_BIND forgotten, an option misspelt, a file open for writing") {
  expect(EINVAL, "MS_BIND is missing", [] {
    make_directories({"root"});
    sys::mount("root", "root", nullptr, MS_REC);
  });
  expect(EINVAL, "option in \"mode=755,sise=64k\"", [] {
    make_directories({"target"});
    sys::mount("x", "target", "tmpfs", 0, "mode=755,sise=64k");
  });
  expect(EBUSY, "open for writing", [] {
    const lab::UniqueFd open(::open("file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    REQUIRE(open.get() >= 0);
    sys::mount(nullptr, "/tmp", nullptr, MS_REMOUNT | MS_RDONLY);
  });
}

TEST_CASE("03: the directory to mount on is missing, or is a file") {
  expect(ENOENT, "\"proc\" to mount on", [] { sys::mount("proc", "proc", "proc", 0); });
  expect(ENOTDIR, "directory", [] {
    make_file("proc", "", 0644);
    sys::mount("proc", "proc", "proc", 0);
  });
  expect(ENOENT, "\"missing\"", [] {
    make_directories({"target"});
    sys::mount("missing", "target", nullptr, MS_BIND);
  });
  expect(ENODEV, "/proc/filesystems", [] {
    make_directories({"target"});
    sys::mount("x", "target", "no-such-type", 0);
  });
}

TEST_CASE("03: umount of what is in use, and of what is not mounted") {
  expect(EBUSY, "in use", [] {
    make_directories({"target"});
    sys::mount("x", "target", "tmpfs", 0);
    sys::chdir("target");
    sys::umount2("/tmp/target", 0);
  });
  expect(EBUSY, "open file", [] {
    make_directories({"target"});
    sys::mount("x", "target", "tmpfs", 0);
    const lab::UniqueFd open = sys::open("target", O_RDONLY);
    sys::umount2("target", 0);
  });
  expect(EINVAL, "nothing is mounted", [] {
    make_directories({"plain"});
    sys::umount2("plain", 0);
  });
}

TEST_CASE("04: the new root is a plain directory") {
  expect(EBUSY, "bind-mount it onto itself", [] {
    // On the root's own mount: the scratch tmpfs is the root here.
    make_directories({"new-root", "old"});
    sys::pivot_root(".", "old");
    sys::chdir("/");
    sys::pivot_root("new-root", "new-root");
  });
  expect(EINVAL, "bind-mount it onto itself", [] {
    make_directories({"new-root"});
    sys::pivot_root("new-root", "new-root");
  });
}

TEST_CASE("04: chdir before the bind mount") {
  const auto pivot = [] {
    make_directories({"new-root"});
    sys::chdir("new-root");
    const fs::path here = fs::current_path();
    sys::mount(here, here, nullptr, MS_BIND);
    sys::pivot_root(".", ".");
  };
  expect(EINVAL, "entered before the bind mount", pivot);
  expect(EBUSY, "entered before the bind mount", [=] {
    become_root();
    pivot();
  });
}

TEST_CASE("04: chroot before pivot_root") {
  expect(EINVAL, "chroot came first", [] {
    make_directories({"image/proc", "image/new-root"});
    sys::mount("proc", "image/proc", "proc", 0);
    sys::mount("image/new-root", "image/new-root", nullptr, MS_BIND);
    sys::chroot("image");
    sys::chdir("/");
    sys::pivot_root("new-root", "new-root");
  });
}

TEST_CASE("04: the parent mount of the new root is shared, or that of put_old") {
  expect(EINVAL, "shared", [] {
    make_directories({"new-root"});
    sys::mount(nullptr, "/tmp", nullptr, MS_SHARED);
    sys::mount("new-root", "new-root", nullptr, MS_BIND);
    sys::mount(nullptr, "new-root", nullptr, MS_PRIVATE);
    sys::pivot_root("new-root", "new-root");
  });
  expect(EINVAL, "shared", [] {
    make_directories({"new-root"});
    sys::mount("new-root", "new-root", nullptr, MS_BIND);
    sys::mount(nullptr, "new-root", nullptr, MS_SHARED);
    sys::pivot_root("new-root", "new-root");
  });
}

TEST_CASE("04: put_old is outside, missing, or a file") {
  const auto bound = [](const std::function<void()>& then) {
    return [=] {
      make_directories({"new-root/old", "outside"});
      make_file("new-root/file", "", 0644);
      sys::mount("new-root", "new-root", nullptr, MS_BIND);
      then();
    };
  };
  expect(EINVAL, "put_old must be the new root or a directory below it",
         bound([] { sys::pivot_root("new-root", "outside"); }));
  expect(ENOENT, "mkdir \"new-root/missing\" first",
         bound([] { sys::pivot_root("new-root", "new-root/missing"); }));
  expect(ENOTDIR, "\"new-root/file\" is not a directory",
         bound([] { sys::pivot_root("new-root", "new-root/file"); }));
}

TEST_CASE("04: put_old is outside, on the root's own mount") {
  expect(EBUSY, "put_old must be the new root or a directory below it", [] {
    become_root();
    make_directories({"new-root", "outside"});
    sys::mount("new-root", "new-root", nullptr, MS_BIND);
    sys::pivot_root("new-root", "outside");
  });
}

TEST_CASE("04: the old root unmounted while in use, or removed before") {
  const auto pivoted = [](const std::function<void()>& then) {
    return [=] {
      make_directories({"new-root/old"});
      sys::mount("new-root", "new-root", nullptr, MS_BIND);
      sys::pivot_root("new-root", "new-root/old");
      sys::chdir("/");
      then();
    };
  };
  expect(EBUSY, "MNT_DETACH", pivoted([] { sys::umount2("/old", 0); }));
  expect(EBUSY, "unmount it first", pivoted([] { sys::rmdir("/old"); }));
}

TEST_CASE("04: not root, and a new root that is missing") {
  expect(EPERM, "sudo", [] {
    become_nobody();
    sys::pivot_root(".", ".");
  });
  expect(ENOENT, "no such directory \"missing\"", [] { sys::pivot_root("missing", "missing"); });
}
