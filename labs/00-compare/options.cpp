#include "options.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "error.h"
#include "nearest.h"
#include "step.h"
#include "sys.h"
#include "table.h"

namespace lab {
namespace {

struct Shared {
  bool explain = false, step_by_step = false, list_steps = false;
  std::vector<std::string> skip;
};

std::string did_you_mean(const std::string& wrong, const std::vector<std::string>& names,
                         const std::string& otherwise) {
  const std::string near = nearest(wrong, names);
  return near.empty() ? otherwise : fmt::format("did you mean {}?", near);
}

void add_options(CLI::App& cli, Options& options, Shared& shared) {
  cli.add_option("--pid", options.pid, "the container is the process PID")->type_name("PID");
  cli.add_option("--lab", options.lab, "start lab NN for it, and end it")->type_name("NN");
  cli.add_option("--docker", options.docker, "a container of Docker's")->type_name("NAME");
  cli.add_option("--podman", options.podman, "a container of Podman's")->type_name("NAME");
  cli.add_option("--state-root", options.state_root,
                 "where the states of Docker and Podman are looked for")
      ->type_name("DIR")
      ->capture_default_str();
  cli.add_flag("--json", options.json, "print one JSON document");
  cli.add_flag("--explain", shared.explain, "tell each step, and what is read, on stderr");
  cli.add_flag("--step", shared.step_by_step, "the same, and wait for Enter before each step");
  cli.add_option("--skip", shared.skip, "leave STEP out; repeatable")
      ->type_name("STEP")
      ->allow_extra_args(false);
  cli.add_flag("--list-steps", shared.list_steps, "print the steps in order, and exit");
  cli.allow_extras();
  cli.footer(
      "Exit status: 0 compared; 125 failed. In the table == stands for one and the same, != for "
      "another,\n?? for what may not be read.");
}

void refuse_unknown(const CLI::App& cli) {
  if (cli.remaining().empty()) return;
  const std::string word = cli.remaining().front();
  std::vector<std::string> names;
  for (const CLI::Option* option : cli.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  if (word.rfind('-', 0) == 0) {
    const std::string name = word.substr(0, word.find('='));
    throw Error(fmt::format("unknown option {}", name),
                did_you_mean(name, names, "--help lists the options"));
  }
  throw Error(fmt::format("nothing is known about {}", quoted(word)),
              fmt::format("did you mean --lab {}? --help lists the options", word));
}

void check_one_container(const Options& options) {
  std::string given;
  int count = 0;
  for (const auto& [name, value] : {std::pair{"--pid", &options.pid},
                                    {"--lab", &options.lab},
                                    {"--docker", &options.docker},
                                    {"--podman", &options.podman}}) {
    if (!*value) continue;
    given += (++count > 1 ? " and " : "") + std::string(name);
  }
  if (count == 0)
    throw Error("which container?",
                "give one of --lab NN, --pid PID, --docker NAME, --podman NAME");
  if (count > 1) throw Error(given + " are given", "one container is compared at a time");

  const std::string pid = options.pid.value_or("1");
  constexpr size_t kMostDigits = 9;
  const bool number = !pid.empty() && pid.size() <= kMostDigits && pid[0] != '0' &&
                      pid.find_first_not_of("0123456789") == std::string::npos;
  if (!number) throw Error(fmt::format("{} is no pid", quoted(pid)), "a pid is a number from 1 on");
}

void check_step_names(const std::vector<std::string>& skip, const std::vector<StepLine>& steps) {
  std::vector<std::string> ids;
  ids.reserve(steps.size());
  for (const StepLine& line : steps) ids.push_back(line.id);
  for (const std::string& id : skip) {
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) continue;
    throw Error(fmt::format("unknown step {}", quoted(id)),
                did_you_mean(id, ids, "--list-steps prints the steps"));
  }
}

void set_telling_as(const Shared& shared) {
  Telling telling;
  telling.explain = shared.explain || shared.step_by_step;
  telling.skip = shared.skip;
  static UniqueFd terminal;
  if (shared.step_by_step) terminal = sys::open("/dev/tty", O_RDWR);
  telling.terminal = terminal.get();
  set_telling(telling);
}

}  // namespace

std::optional<Options> parse_options(int argc, char** argv, const std::function<int()>& story) {
  Options options;
  Shared shared;
  CLI::App cli("sets this host and a container side by side", "00-compare");
  add_options(cli, options, shared);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    print(cli.help());
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    throw Error(error.what(), "--help lists the options");
  }
  refuse_unknown(cli);
  const std::vector<StepLine> steps = steps_of(story);
  if (shared.list_steps) {
    for (const StepLine& line : steps) print(fmt::format("{:<18} {}\n", line.id, line.text));
    return std::nullopt;
  }
  check_one_container(options);
  check_step_names(shared.skip, steps);
  set_telling_as(shared);
  return options;
}

}  // namespace lab
