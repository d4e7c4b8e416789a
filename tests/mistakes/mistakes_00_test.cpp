// Bad input to 00-compare: it says what is wrong and what would be right, and looks at nothing.

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <filesystem>
#include <string>
#include <vector>

#include "error.h"
#include "process.h"
#include "program.h"

namespace {

// What the program says that is built beside this one. It must fail as a lab does.
std::string said(std::vector<std::string> options) {
  const auto programs = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  options.insert(options.begin(), programs / "00-compare");
  try {
    lab::run_program(options);
  } catch (const lab::Error& error) {
    return std::string(error.what()) + error.hint();
  }
  return "it did not fail";
}

void expect(const std::vector<std::string>& options, const std::vector<std::string>& words) {
  const std::string text = said(options);
  INFO(text);
  CHECK(text.find("125") != std::string::npos);
  for (const std::string& word : words) {
    INFO(word);
    CHECK(text.find(word) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("00: no container, or two") {
  expect({}, {"which container?", "--lab NN, --pid PID, --docker NAME, --podman NAME"});
  expect({"--lab", "01", "--pid", "1"}, {"--pid and --lab are given", "one container"});
  expect({"--docker", "web", "--podman", "web"}, {"--docker and --podman are given"});
}

TEST_CASE("00: a pid that is none, or that no process has") {
  for (const char* word : {"0", "-1", "1x", "01", "", "99999999999999999999"})
    expect({"--pid", word}, {"is no pid", "from 1 on"});
  lab::Child child = lab::fork_child([] { return EXIT_SUCCESS; });
  const std::string pid = std::to_string(child.pid());
  siginfo_t ended{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child.pid()), &ended, WEXITED | WNOWAIT) == 0);
  expect({"--pid", pid}, {"process " + pid + " ended", "compare one that waits"});
  child.wait();
  expect({"--pid", pid}, {"no process has the pid " + pid, "ps -e"});
}

TEST_CASE("00: a lab that is none, or makes no container") {
  expect({"--lab", "00"}, {"00-compare starts no container", "--pid PID"});
  expect({"--lab", "77"}, {"no such lab: \"77\"", "these are built:"});
  expect({"--lab", ""}, {"no such lab: \"\""});
}

TEST_CASE("00: an option or a step with a slip, and a word too many") {
  expect({"--jsn"}, {"unknown option --jsn", "did you mean --json?"});
  expect({"--lab"}, {"--lab", "NN missing", "--help"});
  expect({"07"}, {"nothing is known about \"07\"", "did you mean --lab 07?"});
  expect({"--lab", "01", "--skip", "kernal"}, {"unknown step \"kernal\"", "did you mean kernel?"});
}

TEST_CASE("00: a container that Docker and Podman do not have") {
  for (const char* runtime : {"docker", "podman"})
    expect({"--state-root", "/nowhere", std::string("--") + runtime, "web"},
           {std::string(runtime) + " has no container \"web\"", "runs here"});
}
