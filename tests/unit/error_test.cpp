#include "error.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "capture.h"
#include "flags.h"

using lab::Arg;
using lab::Call;
using lab::quoted;

TEST_CASE("a call is told as strace does") {
  const Call call{"mount", {"proc", "/proc", nullptr, Arg::literal("MS_NOSUID"), 7}};
  CHECK(call.text() == R"(mount("proc", "/proc", NULL, MS_NOSUID, 7))");
  CHECK(Call{"fork", {}}.text() == "fork()");
}

TEST_CASE("strings are quoted so that no byte is lost or acts on a terminal") {
  CHECK(quoted("a b") == "\"a b\"");
  CHECK(quoted("a\"b\\c") == R"("a\"b\\c")");
  CHECK(quoted("a\nb\x1b[31m") == R"("a\nb\033[31m")");
  CHECK(quoted("größe") == "\"größe\"");
}

TEST_CASE("a failed call is told with its reason and a hint, and ends the lab with 125") {
  const Captured told = capture([]() -> int {
    throw lab::SyscallError({"chroot", {"/x"}}, ENOENT);
  });
  CHECK(told.status == 125);
  CHECK(told.out.empty());
  CHECK(told.err ==
        "chroot(\"/x\"): No such file or directory\n  hint: there is no such directory\n");
}

TEST_CASE("an error carries its own exit status, and no empty hint is told") {
  const Captured told = capture([]() -> int { throw lab::Error("no", "", 99); });
  CHECK(told.status == 99);
  CHECK(told.err == "no\n");
}

TEST_CASE("any other exception ends the lab with 125 too") {
  CHECK(capture([]() -> int { throw std::runtime_error("x"); }).status == 125);
}

TEST_CASE("flags have the kernel's names") {
  CHECK(lab::mount_flags(MS_BIND | MS_REC) == "MS_BIND|MS_REC");
  CHECK(lab::mount_flags(0) == "0");
  CHECK(lab::mount_flags(MS_RDONLY | (1UL << 30)) == "MS_RDONLY|0x40000000");
  CHECK(lab::umount_flags(MNT_DETACH) == "MNT_DETACH");
  CHECK(lab::namespace_flags(CLONE_NEWNS | CLONE_NEWPID) == "CLONE_NEWNS|CLONE_NEWPID");
  CHECK(lab::open_flags(O_RDONLY | O_CLOEXEC) == "O_RDONLY|O_CLOEXEC");
  CHECK(lab::open_flags(O_PATH | O_DIRECTORY) == "O_PATH|O_DIRECTORY");
  CHECK(lab::open_flags(O_RDWR) == "O_RDWR");
  CHECK(lab::file_mode(S_IFCHR | 0666) == "S_IFCHR|0666");
  CHECK(lab::device_number(makedev(1, 3)) == "makedev(1, 3)");
  CHECK(lab::errno_name(EINVAL) == "EINVAL");
  CHECK(lab::errno_name(4000) == "4000");
}

TEST_CASE("a set of signals is told by their names") {
  sigset_t set;
  sigemptyset(&set);
  CHECK(lab::signal_set(set) == "[]");
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  CHECK(lab::signal_set(set) == "[SIGINT SIGTERM]");
}
