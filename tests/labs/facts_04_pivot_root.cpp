// What is true of the command from lab 04 on.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/mount.h>

#include <algorithm>
#include <cerrno>

#include "error.h"
#include "mountinfo.h"
#include "process.h"
#include "procfs.h"
#include "report.h"
#include "run.h"
#include "sys.h"

namespace check {
namespace {

bool shows_secret(const Ended& ended) {
  return ended.output.find(secret()) != std::string::npos;
}

void enter(const lab::UniqueFd& name_space, int kind) {
  if (::setns(name_space.get(), kind) == -1) throw lab::SyscallError({"setns", {}}, errno);
}

// Moves the calling process to the root of the run's mount namespace, whatever chroot the others in
// it are in. With it goes its user namespace: to those of another one its mounts are locked.
void enter_mount_namespace_of(const Run& run) {
  const std::string of_run = "/proc/" + run.process() + "/ns/";
  const lab::UniqueFd mounts = lab::sys::open(of_run + "mnt", O_RDONLY);
  if (identity(of_run + "user") != identity("/proc/self/ns/user"))
    enter(lab::sys::open(of_run + "user", O_RDONLY), CLONE_NEWUSER);
  enter(mounts, CLONE_NEWNS);
}

bool image_is_namespace_root(const Run& run) {
  lab::Child child = lab::fork_child([&] {
    enter_mount_namespace_of(run);
    return lab::read_file("/token") == token() ? EXIT_SUCCESS : EXIT_FAILURE;
  });
  return child.wait() == EXIT_SUCCESS;
}

// What covers a root hides it, and leaves it mounted. Takes the image away, in a copy of the mount
// namespace, and looks at the root of that again.
bool nothing_below_image(const Run& run) {
  lab::Child child = lab::fork_child([&] {
    const lab::UniqueFd proc = lab::sys::open("/proc", O_PATH | O_DIRECTORY);
    enter_mount_namespace_of(run);
    lab::sys::unshare(CLONE_NEWNS);
    lab::sys::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE);
    if (::umount2("/", MNT_DETACH) == -1)  // locked by a user namespace: no one can take it away
      return errno == EINVAL ? EXIT_SUCCESS : EXIT_FAILURE;
    const lab::UniqueFd copy(::openat(proc.get(), "self/ns/mnt", O_RDONLY | O_CLOEXEC));
    enter(copy, CLONE_NEWNS);
    return lab::read_file(secret_file()) == secret() ? EXIT_FAILURE : EXIT_SUCCESS;
  });
  return child.wait() == EXIT_SUCCESS;
}

// What the container and the host have both mounted. There is but one sysfs: it does not count.
std::string mounts_of_host(const Run& run) {
  const std::vector<lab::Mount> of_host = lab::mounts_of(run.host().process());
  std::string both;
  for (const lab::Mount& mount : lab::mounts_of(run.process())) {
    const bool same = std::any_of(of_host.begin(), of_host.end(), [&](const lab::Mount& other) {
      return other.device == mount.device && other.root == mount.root;
    });
    if (same && mount.type != "sysfs") both += mount.target + " ";
  }
  return both;
}

}  // namespace

TEST_CASE("the old root is gone") {
  const Request escape = Request::of({"/escape-chroot-dotdot", secret_file()});
  expect_true(shows_secret(run_to_end(escape.by_program(kPlainChroot))),
              "control: the escape works from a plain chroot", "it does not", {});

  Run run;
  run.wait_for_probe();
  const std::string enter = fmt::format("sudo nsenter --target {} --mount ls /", run.process());
  expect_true(
      image_is_namespace_root(run), "the image is the root of the mount namespace",
      "it is another directory",
      {enter, "a process can be put into a smaller root; is the larger one still mounted?"});
  expect_true(nothing_below_image(run), "no other root below the image", "the host's is there",
              {enter, "a mount on / covers the old root: who unmounts that?"});
  expect_equal("", mounts_of_host(run),
               {fmt::format("cat /proc/{}/mountinfo", run.process()),
                "what of the host's mount table is still here?"});

  const Ended attempt = run_to_end(escape);
  expect_true(!shows_secret(attempt), "the escape is held", attempt.output,
              {"./lab escape chroot-dotdot NN", "where does .. end?"});
}

}  // namespace check
