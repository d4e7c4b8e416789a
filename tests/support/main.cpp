// The main() that every check program has: [--junit FILE] [--only CHECK] [--own].
//
// --own leaves out what holds since an earlier lab: the checks of facts_NN_name.cpp are run, and those
// of the host.
// It prints the report, and writes `passed` or the first failing check's name to the file
// $LAB_PROGRESS, where that is set. Exit status: 0 all passed, 1 some failed, 2 bad usage.

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "checks.h"
#include "error.h"
#include "process.h"
#include "result.h"
#include "workers.h"

namespace {

struct Arguments {
  std::string junit, only;
  bool own = false, good = true;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    std::string* const value = name == "--junit"  ? &arguments.junit
                               : name == "--only" ? &arguments.only
                                                  : nullptr;
    if (name == "--own") {
      arguments.own = true;
    } else if (value != nullptr && i + 1 < argc) {
      *value = argv[++i];
    } else {
      arguments.good = false;
    }
  }
  return arguments;
}

bool is_in(const check::Check& check, const std::string& file) {
  return check.file.size() >= file.size() &&
         check.file.compare(check.file.size() - file.size(), file.size(), file) == 0;
}

// These ask what all the others have left behind.
bool is_of_the_host(const check::Check& check) {
  return is_in(check, "/the_host.cpp");
}

// check-NN-name has those of its own in facts_NN_name.cpp.
std::string own_file(std::string program) {
  program.replace(0, program.find('-'), "/facts");
  std::replace(program.begin(), program.end(), '-', '_');
  return program + ".cpp";
}

std::vector<check::Result> results_of(std::vector<check::Check> checks, const std::string& only) {
  const auto last =
      std::stable_partition(checks.begin(), checks.end(),
                            [](const check::Check& check) { return !is_of_the_host(check); });
  const std::vector<check::Check> of_the_host(last, checks.end());
  checks.erase(last, checks.end());

  std::vector<check::Result> results;
  const auto tell = [&](const check::Result& result) {
    print(result);
    results.push_back(result);
  };
  const long processors = ::sysconf(_SC_NPROCESSORS_ONLN);
  check::run_in_workers(checks, only, static_cast<size_t>(std::max(1L, 2 * processors)), tell);
  check::run_in_workers(of_the_host, only, 1, tell);
  return results;
}

int run_checks(const std::string& program, const Arguments& arguments) {
  std::vector<check::Check> checks = check::checks(arguments.only);
  if (arguments.own) {
    const auto others = [&](const check::Check& check) {
      return !is_in(check, own_file(program)) && !is_of_the_host(check);
    };
    checks.erase(std::remove_if(checks.begin(), checks.end(), others), checks.end());
  }
  const std::vector<check::Result> results = results_of(std::move(checks), arguments.only);
  print_total(program, results);
  if (const char* progress = std::getenv("LAB_PROGRESS")) write_progress(progress, results);
  if (!arguments.junit.empty() && !write_junit(arguments.junit, program, results)) {
    fmt::print(stderr, "{} cannot be written\n", arguments.junit);
    return 2;
  }
  if (results.empty()) fmt::print(stderr, "no check has that name\n");
  return count(results, check::Result::kFailed) == 0 && !results.empty() ? EXIT_SUCCESS
                                                                         : EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  lab::open_standard_descriptors();
  const std::string program = std::string(argv[0]).substr(std::string(argv[0]).rfind('/') + 1);
  const Arguments arguments = parse(argc, argv);
  if (!arguments.good) {
    fmt::print(stderr, "usage: {} [--junit FILE] [--only CHECK] [--own]\n", program);
    return 2;
  }
  if (::geteuid() != 0) {
    std::fputs("the checks need root: run them by ./lab check NN, or with sudo\n", stderr);
    return 2;
  }
  return lab::exit_status_of([&] { return run_checks(program, arguments); });
}
