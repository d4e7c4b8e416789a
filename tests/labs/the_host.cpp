// What is true of the host after all the runs of this program: around each of them it was compared
// with itself. These checks are the last ones: the file's name sorts behind the others'.

#include <doctest/doctest.h>

#include "report.h"
#include "run.h"

namespace check {
namespace {

void expect_none(const std::string& kind, const Advice& advice) {
  Request request;  // one run at least, where this check is run alone
  request.command = {"/probe", "exit", "0"};
  run_to_end(request);
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

}  // namespace check
