// What is true of the command from lab 04 on.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>

#include <algorithm>

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

// Who enters a mount namespace stands at its root, whatever chroot the others in it are in: is that
// the image?
bool image_is_namespace_root(const Run& run) {
  lab::Child child = lab::fork_child([&] {
    const lab::UniqueFd mounts = lab::sys::open("/proc/" + run.process() + "/ns/mnt", O_RDONLY);
    if (::setns(mounts.get(), CLONE_NEWNS) == -1) return EXIT_FAILURE;
    return lab::read_file("/token") == token() ? EXIT_SUCCESS : EXIT_FAILURE;
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
  const Request escape{{"/escape-chroot-dotdot", secret_file()}, {}, image(), "", {}};
  Request control = escape;
  control.program = kPlainChroot;
  expect_true(shows_secret(run_to_end(control)), "control: the escape works from a plain chroot",
              "it does not", {});

  Run run;
  run.wait_for_probe();
  const std::string enter = fmt::format("sudo nsenter --target {} --mount ls /", run.process());
  expect_true(
      image_is_namespace_root(run), "the image is the root of the mount namespace",
      "it is another directory",
      {enter, "a process can be put into a smaller root; is the larger one still mounted?"});
  expect_equal("", mounts_of_host(run),
               {fmt::format("cat /proc/{}/mountinfo", run.process()),
                "what of the host's mount table is still here?"});

  const Ended attempt = run_to_end(escape);
  expect_true(!shows_secret(attempt), "the escape is held", attempt.output,
              {"./lab escape chroot-dotdot NN", "where does .. end?"});
}

}  // namespace check
