// What the labs promise besides what they teach: their options, and what bad input gets. A program
// that keeps another command line skips these.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "error.h"
#include "facts.h"
#include "report.h"
#include "run.h"

namespace check {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string> kEndAtOnce{"/probe", "exit", "0"};

Request with_options(const std::vector<std::string>& options) {
  return Request::of(kEndAtOnce).with_options(options);
}
Request with_image(const std::string& directory) {
  return Request::of(kEndAtOnce).in_image(directory);
}

void become_nobody() {
  if (::setgid(65534) == -1 || ::setuid(65534) == -1) ::_exit(lab::kLabFailed);
}

// Where an ordinary user cannot even start the program, no check of what it says can be made.
bool reachable_for_all(const fs::path& program) {
  for (fs::path path = program; path != path.root_path(); path = path.parent_path()) {
    if ((fs::status(path).permissions() & fs::perms::others_exec) == fs::perms::none) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("--env adds a variable and replaces one") {
  const std::string value = random_token();
  Run run(
      Request::of({"/probe"}).with_options({"--env", "ADDED=" + value, "--env", "HOME=/" + value}));
  run.wait_for_probe();
  const std::vector<std::string> environment = environment_of(run);
  const Advice advice{fmt::format("sudo cat /proc/{}/environ | tr '\\0' '\\n'", run.process()),
                      "--env comes after the variables that every command gets"};
  expect_equal(value, variable(environment, "ADDED"), advice);
  const auto homes =
      std::count_if(environment.begin(), environment.end(),
                    [](const std::string& line) { return line.rfind("HOME=", 0) == 0; });
  expect_equal("/" + value, variable(environment, "HOME"), advice);
  expect_equal("1", std::to_string(homes), advice);
}

TEST_CASE("an image that is missing or empty or no directory is refused") {
  need_lab_options();
  expect_refused(with_image(image() + "/" + random_token()),
                 {"No such file or directory", "hint:"});
  expect_refused(with_image(image() + "/token"), {"Not a directory", "hint:"});
  expect_refused(with_image(image() + "/mnt"), {"is empty", "hint:"});
  expect_refused(with_image("/" + std::string(5000, 'x')), {"File name too long", "hint:"});
}

TEST_CASE("unknown options and steps are refused with the nearest name") {
  need_lab_options();
  expect_refused(with_options({"--explan"}), {"--explan", "did you mean --explain"});
  expect_refused(with_options({"--skip", "exe"}), {"exe", "did you mean exec"});
  expect_refused(with_options({"--" + random_token()}), {"hint:"});
  expect_refused(with_options({"--env", "no-equals-sign"}), {"no-equals-sign", "KEY=VALUE"});
}

TEST_CASE("who is not root is told so") {
  need_lab_options();
  if (!reachable_for_all(binary_directory()))
    skip("an ordinary user cannot reach " + binary_directory());
  const Request as_nobody = with_image(image()).after(become_nobody);
  // From lab 09 on root is not needed.
  if (run_to_end(as_nobody).status != 0) expect_refused(as_nobody, {"hint:", "sudo"});

  const std::string closed = new_image();
  ::chmod(closed.c_str(), 0700);
  expect_refused(with_image(closed).after(become_nobody), {"Permission denied", "hint:"});
}

TEST_CASE("a program whose loader is not in the image gives 127 and names the loader") {
  need_lab_options();
  const std::string directory = new_image();
  const std::string loader = "/lib/" + random_token();
  std::ofstream(directory + "/script") << "#!" << loader << "\n";
  ::chmod((directory + "/script").c_str(), 0755);
  const Ended ended = run_to_end(Request::of({"/script"}).in_image(directory));
  expect_equal("127", std::to_string(ended.status), {"", ended.errors});
  expect_true(ended.errors.find(loader) != std::string::npos, "a message that names " + loader,
              ended.errors, {});
}

TEST_CASE("a closed stdin or stdout or stderr is no descriptor that something else takes") {
  need_lab_options();
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    const Ended ended = run_to_end(Request::of({"/probe", "is-null", std::to_string(fd)})
                                       .with_options({"--explain"})
                                       .after([fd] { ::close(fd); }));
    expect_equal("0", std::to_string(ended.status),
                 {"", fmt::format("with descriptor {0} closed, {0} must be /dev/null: {1}", fd,
                                  ended.errors)});
  }
}

TEST_CASE("a full disk behind stdout or stderr is no crash") {
  need_lab_options();
  const auto on_full_disk = [](int fd) {
    return [fd] { ::dup2(::open("/dev/full", O_WRONLY | O_CLOEXEC), fd); };
  };
  const Ended list = run_to_end(
      Request::of(kEndAtOnce).with_options({"--list-steps"}).after(on_full_disk(STDOUT_FILENO)));
  expect_equal("125", std::to_string(list.status),
               {"", "what was asked for could not be told: " + list.errors});
  const Ended explain = run_to_end(
      Request::of(kEndAtOnce).with_options({"--explain"}).after(on_full_disk(STDERR_FILENO)));
  expect_equal("0", std::to_string(explain.status), {"", "the command ran; its story was lost"});
  const Ended refused = run_to_end(
      Request::of(kEndAtOnce).with_options({"--explan"}).after(on_full_disk(STDERR_FILENO)));
  expect_equal("125", std::to_string(refused.status),
               {"", "an error that cannot be told is still one"});
}

TEST_CASE("an image on a full file system works") {
  const std::string full = new_image();
  if (::mount("lab-full", full.c_str(), "tmpfs", 0, "size=32m") == -1)
    skip("no tmpfs can be mounted");
  fs::copy(image(), full, fs::copy_options::recursive);
  std::ofstream filler(full + "/filler");
  while (filler << std::string(65536, 'x') && filler.flush()) {
  }
  filler.close();
  Run run(Request::of({"/probe"}).in_image(full));
  expect_image_is_root(run);
}

TEST_CASE("an image with blanks and commas and colons and a newline in its path works") {
  const std::string odd = image() + " a,b:c\\d\n" + random_token();
  fs::copy(image(), odd, fs::copy_options::recursive);
  Run run(Request::of({"/probe"}).in_image(odd));
  expect_image_is_root(run);
}

TEST_CASE("an image with a path of 4000 bytes works") {
  const std::string shallow = new_image();
  std::string deep = image() + "-deep";
  while (deep.size() < 3750) deep += "/" + std::string(200, 'd');
  deep += "/" + std::string(4000 - deep.size() - 1, 'e');
  fs::create_directories(fs::path(deep).parent_path());
  fs::rename(shallow, deep);
  Run run(Request::of({"/probe"}).in_image(deep));
  expect_image_is_root(run);
}

}  // namespace check
