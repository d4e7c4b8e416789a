// What is true of the host after all the runs of this program: around each of them it was compared
// with itself. These checks are the last ones: the file's name sorts behind the others'.

#include <doctest/doctest.h>

#include "report.h"
#include "run.h"

namespace check {
namespace {

void expect_none(const std::string& kind, const Advice& advice) {
  // One run at least, where this check is run alone.
  static const Ended one = run_to_end(Request::of({"/probe", "exit", "0"}));
  std::string text;
  for (const std::string& what : leftovers(kind)) text += (text.empty() ? "" : "\n") + what;
  expect_equal("", text, advice);
}

}  // namespace

TEST_CASE("no process is left behind") {
  expect_none("process", {"ps -ef --forest", "who waits for whom?"});
}

TEST_CASE("no mount of the container appears on the host") {
  expect_none("mount", {"findmnt -o TARGET,PROPAGATION",
                        "a copy of a shared mount passes mounts back to its original"});
}

TEST_CASE("the image is as it was") {
  expect_none("file", {"find IMAGE -newer IMAGE", "what was written into the image?"});
}

TEST_CASE("no network link is left behind") {
  expect_none("link", {"ip link", ""});
}

TEST_CASE("no cgroup is left behind") {
  expect_none("cgroup", {"find /sys/fs/cgroup -type d -name 'lab*'", ""});
}

TEST_CASE("no lock file is left behind") {
  expect_none("lock", {"find /run/lab", "who made the file, and who is the last to use it?"});
}

TEST_CASE("the forwarding setting and the packet filter are as they were") {
  expect_none("setting", {"sysctl net.ipv4.ip_forward; sudo nft list ruleset",
                          "what does a host have to do for a packet of another?"});
}

}  // namespace check
