#include "app.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "capture.h"
#include "error.h"
#include "step.h"

namespace {

using Words = std::vector<std::string>;

// What a lab makes of its command line: it prints the request and ends with 0.
Captured lab_with(
    Words words, const std::function<void()>& before = [] {}) {
  words.insert(words.begin(), "99-test");
  return capture([&] {
    before();
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    lab::App app("99-test", "a lab for tests");
    bool extra = false;
    app.flag("--extra", "an option of its own", extra);
    std::string colour = "red";
    app.choice("--colour", "one of two", {"red", "blue"}, colour);
    const auto story = [&](const lab::Request& request) {
      std::string text = request.rootfs.string() + "|";
      for (const std::string& variable : request.env) text += variable + ";";
      for (const std::string& word : request.command) text += "|" + word;
      text += extra ? "|extra" : "";
      text += "|" + colour + "\n";
      lab::step("only", "the only step",
                [&] { REQUIRE(::write(STDOUT_FILENO, text.data(), text.size()) > 0); });
      return EXIT_SUCCESS;
    };
    return lab::run_lab(app, static_cast<int>(words.size()), argv.data(), story);
  });
}

void expect_refused(const Words& words, const std::string& message) {
  const Captured lab = lab_with(words);
  CHECK(lab.status == 125);
  CHECK(lab.out.empty());
  INFO(lab.err);
  CHECK(lab.err.find(message) != std::string::npos);
}

}  // namespace

TEST_CASE("the command begins at the first word that is no option") {
  CHECK(lab_with({"-r", "/"}).out == "/||/bin/sh|red\n");
  CHECK(lab_with({"-r", "/", "--"}).out == "/||/bin/sh|red\n");
  CHECK(lab_with({"-r", "/", "ls", "-l", "--extra"}).out == "/||ls|-l|--extra|red\n");
  CHECK(lab_with({"-r", "/", "--", "ls", "--", "x"}).out == "/||ls|--|x|red\n");
  CHECK(lab_with({"-r", "/", "--", "--odd"}).out == "/||--odd|red\n");
  CHECK(lab_with({"--rootfs", "/", "--extra", "--", "ls"}).out == "/||ls|extra|red\n");
  CHECK(lab_with({"--rootfs=/", "--colour", "blue", "ls"}).out == "/||ls|blue\n");
}

TEST_CASE("--env is repeatable, and takes one word each") {
  CHECK(lab_with({"-r", "/", "-e", "A=1", "--env", "B=x y=z", "ls"}).out ==
        "/|A=1;B=x y=z;|ls|red\n");
  CHECK(lab_with({"-r", "/", "-e", "A=", "ls"}).out == "/|A=;|ls|red\n");
  CHECK(lab_with({"-r", "/", "-e", "--env=", "ls"}).out == "/|--env=;|ls|red\n");
  CHECK(lab_with({"-r", "/", "ls", "--colour=", "x"}).out == "/||ls|--colour=|x|red\n");
}

TEST_CASE("LAB_ROOTFS is the image where --rootfs is not given") {
  CHECK(lab_with({"ls"}, [] { ::setenv("LAB_ROOTFS", "/usr", 1); }).out == "/usr||ls|red\n");
  CHECK(lab_with({"-r", "/etc", "ls"}, [] { ::setenv("LAB_ROOTFS", "/usr", 1); }).out ==
        "/etc||ls|red\n");
}

TEST_CASE("what makes no sense is refused, with the nearest name") {
  expect_refused({"--extr", "ls"}, "did you mean --extra?");
  expect_refused({"--frobnicate"}, "--help lists the options");
  expect_refused({"-r", "/", "--skip", "onlly", "ls"}, "did you mean only?");
  expect_refused({"-r", "/", "--skip", "zzz", "ls"}, "--list-steps prints the steps");
  expect_refused({"-r", "/", "--skip"}, "--skip");
  expect_refused({"--rootfs=", "/", "ls"}, "--rootfs= has no value");
  expect_refused({"-r", "/", "--colour=", "blue"}, "--colour= has no value");
  expect_refused({"-r", "/", "--env", "novalue", "ls"}, "is not KEY=VALUE");
  expect_refused({"-r", "/", "--env", "=x", "ls"}, "is not KEY=VALUE");
  expect_refused({"-r", "/", "--colour", "green", "ls"}, "--colour");
  expect_refused({"-r", "/no/such", "ls"}, "no such directory");
  expect_refused({"-r", "/etc/passwd", "ls"}, "not a file");
  expect_refused({"-r", "", "ls"}, "");
}

TEST_CASE("an empty command is not found") {
  CHECK(lab_with({"-r", "/", "--", ""}).status == 127);
}

TEST_CASE("the steps can be listed without an image") {
  const Captured lab = lab_with({"-r", "/no/such", "--list-steps"});
  CHECK(lab.status == 0);
  CHECK(lab.out == "only               the only step\n");
}

TEST_CASE("a full disk behind stdout is an error") {
  for (const char* option : {"--list-steps", "--help"}) {
    const Captured lab =
        lab_with({option}, [] { ::dup2(::open("/dev/full", O_WRONLY), STDOUT_FILENO); });
    CHECK(lab.status == 125);
    CHECK(lab.err.find("disk") != std::string::npos);
  }
}

TEST_CASE("closed standard descriptors are taken by /dev/null") {
  const Captured lab = lab_with({"-r", "/", "ls"}, [] {
    ::close(STDIN_FILENO);
    ::close(STDOUT_FILENO);
  });
  CHECK(lab.status == 0);
  CHECK(lab.out.empty());
}
