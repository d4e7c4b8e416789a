#include "step.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "capture.h"
#include "nearest.h"
#include "sys.h"

namespace {

// A story of two steps, the second of which comes from within what the first one would start.
int story() {
  bool ran = false;
  lab::step("one", "the first", [&] { ran = true; });
  lab::step("two", "the second", [&] { lab::sys::chdir("/"); });
  return ran ? 7 : 8;
}

lab::Telling skipping(const std::string& id) {
  lab::Telling telling;
  telling.skip = {id};
  return telling;
}

}  // namespace

TEST_CASE("steps are taken, and nothing is told unless asked") {
  const Captured quiet = capture([] { return story(); });
  CHECK(quiet.status == 7);
  CHECK(quiet.out + quiet.err == "");
}

TEST_CASE("a step that is left out does not run") {
  const Captured run = capture([] {
    lab::set_telling(skipping("one"));
    return story();
  });
  CHECK(run.status == 8);
}

TEST_CASE("each step and each system call is told, with its result") {
  const Captured told = capture([] {
    lab::Telling telling;
    telling.explain = true;
    telling.skip = {"one"};
    lab::set_telling(telling);
    return story();
  });
  CHECK(told.out.empty());
  CHECK(told.err ==
        "* one                (left out) the first\n"
        "* two                the second\n"
        "    chdir(\"/\") = 0\n");
}

TEST_CASE("a call that fails is told with its errno") {
  const Captured told = capture([]() -> int {
    lab::Telling telling;
    telling.explain = true;
    lab::set_telling(telling);
    lab::sys::chdir("/no/such");
    return 0;
  });
  CHECK(told.err.rfind("    chdir(\"/no/such\") = -1 ENOENT (No such file or directory)\n", 0) ==
        0);
}

TEST_CASE("the steps are listed in order, and none is taken") {
  const auto lines = lab::steps_of(story);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].id == "one");
  CHECK(lines[0].text == "the first");
  CHECK(lines[1].id == "two");
}

TEST_CASE("a story that cannot be listed says so with its own exit status") {
  const Captured told = capture([]() -> int {
    lab::steps_of([]() -> int { throw lab::Error("not written", "", lab::kNotWritten); });
    return 0;
  });
  CHECK(told.status == lab::kNotWritten);
}

TEST_CASE("the nearest name") {
  const std::vector<std::string> names{"chroot", "chdir", "close-fds"};
  CHECK(lab::nearest("chrot", names) == "chroot");
  CHECK(lab::nearest("close", names) == "close-fds");
  CHECK(lab::nearest("umbrella", names).empty());
  CHECK(lab::nearest("", names).empty());
}
