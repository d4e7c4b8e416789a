#include "guest.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "deadline.h"
#include "procfs.h"
#include "report.h"

namespace check {
namespace fs = std::filesystem;
namespace {

std::string find_kernel() {
  const char* const named = std::getenv("LAB_KERNEL");
  fs::path kernel = named != nullptr && *named != '\0'
                        ? fs::path(named)
                        : fs::path(binary_directory()) / "../../.lab/kernel";
  if (fs::is_directory(kernel)) kernel /= "vmlinuz";
  if (!fs::exists(kernel)) skip("there is no kernel: rootfs-scripts/fetch-kernel.sh fetches one");
  kernel = fs::canonical(kernel);
  ::setenv("LAB_KERNEL", kernel.c_str(), 1);
  return kernel;
}

[[noreturn]] void fail_as_ended(Run& run) {
  const int status = run.wait();
  expect_true(false, "the command runs in a machine",
              fmt::format("the program ended with status {} and said: {}", status, run.errors()),
              {"", "what does its message say?"});
  std::abort();
}

// A QEMU that is only asked what it can do boots nothing.
bool is_machine(const std::string& process) {
  std::error_code gone;
  const fs::path program = fs::read_symlink("/proc/" + process + "/exe", gone);
  const auto words = lab::nul_separated(lab::read_file("/proc/" + process + "/cmdline"));
  return program.filename().string().rfind("qemu-system-", 0) == 0 &&
         std::find(words.begin(), words.end(), "-kernel") != words.end();
}

}  // namespace

Request in_machine(const std::vector<std::string>& options) {
  kernel_of_machines();
  Request request;
  if (!takes_lab_options() && options.empty()) return request;
  const auto names_it = [](const std::string& word) { return word.rfind("--accel", 0) == 0; };
  request = request.with_options(options);
  if (std::none_of(options.begin(), options.end(), names_it))
    request.lab_options.emplace_back("--accel=tcg");
  return request;
}

const std::string& kernel_of_machines() {
  static const std::string kernel = find_kernel();
  return kernel;
}

std::chrono::milliseconds be_patient_with_machines() {
  const std::chrono::milliseconds usual = patience();
  if (usual < std::chrono::seconds(60)) ::setenv("LAB_DEADLINE", "60", 1);
  return usual;
}

void Guest::wait_for_probe() {
  expect_equal("ready", next_message(), {"", "does the command's output come back?"});
}

std::string Guest::ask(const std::string& request) {
  send(request);
  return next_message();
}

std::string Guest::next_message() {
  std::string output;
  size_t end = std::string::npos;
  bool ended = false;
  const bool in_time = eventually([&] {
    ended = !Run::is_alive(run_.lab());  // first: what it wrote is there then
    output = run_.output();
    end = output.find('\0', read_);
    return ended || end != std::string::npos;
  });
  if (!in_time) run_.end_everything();
  expect_true(in_time, "the command answers", "no answer: " + run_.errors(),
              {"", "is it stopped, or waiting for something?"});
  if (end == std::string::npos) fail_as_ended(run_);
  const std::string message = output.substr(read_, end - read_);
  read_ = end + 1;
  return message;
}

pid_t machine_of(Run& run) {
  pid_t machine = 0;
  const bool in_time = eventually([&] {
    for (const std::string& child : lab::children_of(std::to_string(run.lab()))) {
      if (is_machine(child)) machine = std::stoi(child);
    }
    return machine != 0 || !Run::is_alive(run.lab());
  });
  if (!in_time) run.end_everything();
  expect_true(in_time, "a process that is the machine", "none", {"ps -ef --forest", ""});
  if (machine == 0) fail_as_ended(run);
  return machine;
}

}  // namespace check
