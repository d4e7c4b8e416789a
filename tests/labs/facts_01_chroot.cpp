// What is true of the command from lab 01 on.

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "deadline.h"
#include "error.h"
#include "facts.h"
#include "procfs.h"
#include "report.h"
#include "run.h"

namespace check {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + lab::quoted(word);
  return text;
}

// A variable in the environment of the checks, and so of the lab's caller, is set or unset for as
// long as this lives.
class CallersVariable {
 public:
  CallersVariable(std::string name, const std::optional<std::string>& value)
      : name_(std::move(name)) {
    if (const char* before = std::getenv(name_.c_str())) before_ = before;
    set(value);
  }
  CallersVariable(const CallersVariable&) = delete;
  CallersVariable& operator=(const CallersVariable&) = delete;
  ~CallersVariable() { set(before_); }

 private:
  void set(const std::optional<std::string>& value) const {
    if (value) {
      ::setenv(name_.c_str(), value->c_str(), 1);
    } else {
      ::unsetenv(name_.c_str());
    }
  }

  std::string name_;
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("the root directory is the image") {
  expect_equal("", lab::read_file("/token"), {"", "control: the host has no such file"});
  Run run;
  expect_image_is_root(run);
}

TEST_CASE("the working directory is the root directory") {
  Run run;
  run.wait_for_probe();
  const std::string process = "/proc/" + run.process();
  expect_true(identity("/proc/self/cwd") != identity(process + "/root"),
              "control: the caller stands elsewhere", "it does not", {});
  expect_equal(identity(process + "/root"), identity(process + "/cwd"),
               {fmt::format("sudo ls -l {0}/cwd {0}/root", process),
                "a new root does not move the process: where does it stand?"});
}

TEST_CASE("no descriptor of the caller leads out") {
  const Ended control =
      run_to_end(Request::of({"/escape-leaked-fd", secret_file()}).by_program(kPlainChroot));
  expect_true(control.output.find(secret()) != std::string::npos,
              "control: the descriptor leads out of a plain chroot", control.output, {});

  Run run;
  run.wait_for_probe();
  std::string descriptors;
  const std::string directory = "/proc/" + run.process() + "/fd";
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const int fd = std::stoi(entry.path().filename());
    if (fd > STDERR_FILENO)
      descriptors += fmt::format("{} -> {} ", fd, std::filesystem::read_symlink(entry).string());
  }
  expect_equal("only 0 1 2", descriptors.empty() ? "only 0 1 2" : descriptors,
               {"sudo ls -l " + directory,
                "the command inherits whatever is open: what did the caller leave open?"});

  const Ended escape = run_to_end(Request::of({"/escape-leaked-fd", secret_file()}));
  expect_true(escape.output.find(secret()) == std::string::npos, "the escape is held",
              escape.output, {"./lab escape leaked-fd NN", "which directory did it find open?"});
}

TEST_CASE("no variable of the caller reaches the command") {
  const std::string name = "LAB_" + random_token();
  const CallersVariable secret_variable(name, random_token());
  Run run;
  run.wait_for_probe();
  const std::string seen = variable(environment_of(run), name);
  expect_true(seen.empty(), "no variable " + name, name + "=" + seen,
              {fmt::format("sudo cat /proc/{}/environ | tr '\\0' '\\n'", run.process()),
               "where does the third argument of execve come from?"});
}

TEST_CASE("PATH and HOME and TERM and HOSTNAME are set") {
  const std::string terminal = "lab-" + random_token();
  const CallersVariable terminal_variable("TERM", terminal);
  Run run;
  run.wait_for_probe();
  const std::vector<std::string> environment = environment_of(run);
  const Advice advice{fmt::format("sudo cat /proc/{}/environ | tr '\\0' '\\n'", run.process()),
                      "what does a shell need to know about where it runs?"};
  expect_true((":" + variable(environment, "PATH") + ":").find(":/bin:") != std::string::npos,
              "a PATH with /bin in it", variable(environment, "PATH"), advice);
  expect_equal("/root", variable(environment, "HOME"), advice);
  expect_equal(terminal, variable(environment, "TERM"), advice);
  expect_equal(run.ask("hostname"), variable(environment, "HOSTNAME"), advice);

  const CallersVariable no_terminal("TERM", std::nullopt);
  Run without_terminal;
  without_terminal.wait_for_probe();
  expect_equal("linux", variable(environment_of(without_terminal), "TERM"),
               {"env -u TERM build/bin/01-chroot …", "what where the caller has no TERM?"});
}

TEST_CASE("the arguments arrive as they were given") {
  const std::vector<std::string> command{"/probe",    "",       "a b", "*",
                                         "new\nline", "--skip", "--",  random_token()};
  Run run(Request::of(command));
  run.wait_for_probe();
  expect_equal(joined(command),
               joined(lab::nul_separated(lab::read_file("/proc/" + run.process() + "/cmdline"))),
               {fmt::format("tr '\\0' '\\n' < /proc/{}/cmdline", run.process()),
                "does a shell on the way split them?"});
}

TEST_CASE("stdin and stdout and stderr are the caller's") {
  Run run;
  run.wait_for_probe();
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    const std::string command = fmt::format("/proc/{}/fd/{}", run.process(), fd);
    const std::string expected = run.standard_descriptor(fd);
    expect_equal(
        expected, identity(command),
        {fmt::format("sudo ls -l /proc/{}/fd", run.process()), "0, 1 and 2 belong to the command"});
  }
}

TEST_CASE("no signal is blocked or ignored") {
  Run run;
  expect_no_signal_blocked_or_ignored(run);
}

TEST_CASE("the umask is the caller's") {
  Run run;
  run.wait_for_probe();
  expect_equal(
      "0022", lab::status_field(lab::read_file("/proc/" + run.process() + "/status"), "Umask"),
      {fmt::format("grep Umask /proc/{}/status", run.process()), "who sets it to 0 sets it back"});
}

TEST_CASE("nothing but the command prints") {
  const Ended ended = run_to_end(Request::of({"/probe", "exit", "0"}));
  expect_equal("0", std::to_string(ended.status), {"", ended.errors});
  expect_equal("", ended.output + ended.errors, {"", "stdout and stderr belong to the command"});
}

TEST_CASE("the exit status of the command comes back") {
  for (const int status : {0, 1, 3 + static_cast<int>(::getpid() % 90)}) {
    const Ended ended = run_to_end(Request::of({"/probe", "exit", std::to_string(status)}));
    expect_equal(std::to_string(status), std::to_string(ended.status),
                 {"", "whoever waits for the command passes its status on: " + ended.errors});
  }
}

TEST_CASE("the end by a signal comes back as 128+N") {
  Run run;
  expect_end_by_signal_comes_back(run);
}

TEST_CASE("a command that is missing gives 127") {
  for (const char* command : {"/no-such-program", "no-such-program"}) {
    const Ended ended = run_to_end(Request::of({command}));
    expect_equal("127", std::to_string(ended.status),
                 {"", "env(1) tells the exit statuses: " + ended.errors});
    expect_true(!ended.errors.empty(), "a message on stderr", "none",
                {"", "say what was not found"});
  }
}

TEST_CASE("a command that cannot be executed gives 126") {
  for (const char* command : {"/not-executable", "/etc"}) {
    const Ended ended = run_to_end(Request::of({command}));
    expect_equal("126", std::to_string(ended.status),
                 {"", "env(1) tells the exit statuses: " + ended.errors});
  }
}

TEST_CASE("signals to the lab reach the command") {
  Run run;
  expect_signals_pass(run);
}

TEST_CASE("an image on the disk works") {
  Run run(Request::of({"/probe"}).in_image(image_on_disk()));
  expect_image_is_root(run);
}

TEST_CASE("a read-only image works") {
  const std::string read_only = new_image();
  CHECK(::mount(read_only.c_str(), read_only.c_str(), nullptr, MS_BIND, nullptr) == 0);
  CHECK(::mount(nullptr, read_only.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) ==
        0);
  Run run(Request::of({"/probe"}).in_image(read_only));
  expect_image_is_root(run);
}

}  // namespace check
