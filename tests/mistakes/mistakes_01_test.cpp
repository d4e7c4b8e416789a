#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "exec.h"
#include "mistake.h"
#include "sys.h"

namespace fs = std::filesystem;
namespace sys = lab::sys;

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
