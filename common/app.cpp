#include "app.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>

#include "error.h"
#include "nearest.h"
#include "output.h"
#include "process.h"
#include "stand_in.h"
#include "step.h"
#include "sys.h"
#include "terminal.h"

namespace lab {
namespace {

struct Options {
  std::string rootfs = "rootfs/busybox";
  std::vector<std::string> env;
  bool explain = false, step_by_step = false, list_steps = false;
  std::vector<std::string> skip;
};

std::string did_you_mean(const std::string& wrong, const std::vector<std::string>& names,
                         const std::string& otherwise) {
  const std::string near = nearest(wrong, names);
  return near.empty() ? otherwise : fmt::format("did you mean {}?", near);
}

void add_image_option(CLI::App& cli, Options& options) {
  cli.add_option("-r,--rootfs", options.rootfs, "the image: the directory that becomes the root")
      ->envname("LAB_ROOTFS")
      ->capture_default_str();
}

void add_shared_options(CLI::App& cli, Options& options) {
  cli.add_flag("--explain", options.explain, "tell each step and each system call, on stderr");
  cli.add_flag("--step", options.step_by_step, "the same, and wait for Enter before each step");
  cli.add_option("--skip", options.skip, "leave STEP out, to see what it was for; repeatable")
      ->type_name("STEP")
      ->allow_extra_args(false);
  cli.add_flag("--list-steps", options.list_steps, "print the steps in order, and exit");
}

void add_environment_option(CLI::App& cli, Options& options) {
  cli.add_option("-e,--env", options.env, "add to the command's environment, which starts clean")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)
      ->check([](const std::string& variable) {
        const size_t equals = variable.find('=');
        const bool good = equals != std::string::npos && equals > 0;
        return good ? "" : fmt::format("{} is not KEY=VALUE", quoted(variable));
      });
}

std::vector<std::string> option_names(const CLI::App& cli) {
  std::vector<std::string> names;
  for (const CLI::Option* option : cli.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

GivenOptions given_to(const CLI::App& cli, int argc, char** argv) {
  GivenOptions given;
  std::vector<std::string> rest = cli.remaining();
  given.words.assign(argv + 1, argv + argc - rest.size());
  if (!rest.empty() && rest.front() == "--") rest.erase(rest.begin());
  given.command = !rest.empty();
  for (const CLI::Option* option : cli.get_options()) {
    if (option->count() > 0) given.names.push_back("--" + option->get_lnames().front());
  }
  return given;
}

using Operand = std::function<void(const std::string&)>;

// What follows the options: [OPERAND] [--] [COMMAND [ARG...]], without the first where none is parsed.
std::vector<std::string> command_of(const CLI::App& cli, const Operand& parse_operand,
                                    bool takes_command) {
  std::vector<std::string> words = cli.remaining();
  if (parse_operand && !words.empty() && (words.front().empty() || words.front().front() != '-')) {
    parse_operand(words.front());
    words.erase(words.begin());
  }
  if (words.empty()) return {"/bin/sh"};
  if (words.front() == "--" && takes_command) {
    words.erase(words.begin());
    if (words.empty()) return {"/bin/sh"};
  } else if (words.front().rfind('-', 0) == 0) {
    const std::string name = words.front().substr(0, words.front().find('='));
    if (cli.get_option_no_throw(name) != nullptr)
      throw Error(fmt::format("the option {} comes too late", name), "options come first");
    throw Error(fmt::format("unknown option {}", name),
                did_you_mean(name, option_names(cli), "--help lists the options"));
  }
  if (words.front().empty()) {
    throw Error("the command is an empty string", "is a variable in it unset?", kNotFound);
  }
  return words;
}

void check_step_names(const std::vector<std::string>& skip, const std::function<int()>& story) {
  std::vector<std::string> ids;
  for (const StepLine& line : steps_of(story)) ids.push_back(line.id);
  for (const std::string& id : skip) {
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) continue;
    throw Error(fmt::format("unknown step {}", quoted(id)),
                did_you_mean(id, ids, "--list-steps prints the steps"));
  }
}

// The path "." leads to where the process stands, and not to what was mounted there since.
std::filesystem::path image_of(const Options& options) {
  const std::filesystem::path given = options.rootfs;
  const bool here = given.lexically_normal() == "." || given.lexically_normal() == "./";
  return here ? std::filesystem::current_path() : given;
}

void check_image(const std::string& rootfs) {
  sys::open(rootfs, O_RDONLY | O_DIRECTORY);
  if (std::filesystem::is_empty(rootfs)) {
    throw Error(fmt::format("the image {} is empty", quoted(rootfs)),
                "rootfs-scripts/fetch-busybox.sh fetches one; or give another with --rootfs");
  }
}

int list_steps(const std::function<int()>& story) {
  for (const StepLine& line : steps_of(story))
    print(fmt::format("{:<18} {}\n", line.id, line.text));
  return EXIT_SUCCESS;
}

// `--name= WORD`, where a script's variable was unset: CLI11 would take the next word for the value.
void refuse_empty_values(const CLI::App& cli, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--" || word.rfind('-', 0) != 0) return;
    const size_t equals = word.find('=');
    const CLI::Option* option = cli.get_option_no_throw(word.substr(0, equals));
    if (option == nullptr) continue;  // the parser says so
    if (equals + 1 == word.size())
      throw Error(fmt::format("{} has no value", word), "is a variable behind it unset?");
    if (equals == std::string::npos && option->get_type_size() > 0) ++i;
  }
}

int parse(CLI::App& cli, int argc, char** argv) {
  refuse_empty_values(cli, argc, argv);
  try {
    cli.parse(argc, argv);
    return -1;
  } catch (const CLI::CallForHelp&) {
    print(cli.help());
    return EXIT_SUCCESS;
  } catch (const CLI::ParseError& error) {
    throw Error(error.what(), "--help lists the options");
  }
}

int run_story(const Options& options, bool harms_host, const std::function<int()>& story) {
  Telling telling;
  telling.explain = options.explain || options.step_by_step;
  telling.skip = options.skip;
  UniqueFd terminal;
  if (options.step_by_step) {
    terminal = sys::open("/dev/tty", O_RDWR);
    telling.terminal = terminal.get();
  }
  if (options.skip.empty() || !harms_host) {
    set_telling(telling);
    return story();
  }
  enter_stand_in_host(options.rootfs);
  set_telling(telling);
  return tell_what_is_left(story);
}

void tell_what_follows(CLI::App& cli, const std::string& operand) {
  cli.footer(fmt::format(
      "After the options: {}[--] [COMMAND [ARG...]], by default /bin/sh.\n"
      "Exit status: the command's own; 128+N where signal N ended it; 125 the lab failed; 126 the "
      "command\n"
      "cannot be executed; 127 it was not found.",
      operand));
}

}  // namespace

App::App(const std::string& name, const std::string& purpose)
    : cli_(std::make_unique<CLI::App>(purpose, name)) {
  cli_->prefix_command();  // the first word that is no option begins the command
  tell_what_follows(*cli_, "");
}

App::~App() = default;

void App::operand_in_place_of_image(const std::string& operand, const Operand& parse) {
  parse_operand_ = parse;
  tell_what_follows(*cli_, fmt::format("[{}] ", operand));
}

void App::options_alone(const std::function<void(const std::string&)>& refuse) {
  parse_operand_ = refuse;
  takes_command_ = false;
  cli_->footer("Exit status: 0, or 125 where the lab failed.");
}

void App::look_at_options(
    const std::function<std::optional<int>(const GivenOptions&, const Request&)>& look) {
  look_at_options_ = look;
}

void App::flag(const std::string& name, const std::string& text, bool& value) {
  cli_->add_flag(name, value, text);
}

void App::choice(const std::string& name, const std::string& text,
                 const std::vector<std::string>& choices, std::string& value) {
  cli_->add_option(name, value, text)->check(CLI::IsMember(choices))->capture_default_str();
}

void App::option(const std::string& name, const std::string& type_name, const std::string& text,
                 const std::function<void(const std::string&)>& parse) {
  cli_->add_option_function<std::string>(name, parse, text)->type_name(type_name);
}

void App::repeatable(const std::string& name, const std::string& type_name, const std::string& text,
                     const std::function<void(const std::string&)>& parse) {
  const auto parse_each = [parse](const std::vector<std::string>& arguments) {
    for (const std::string& argument : arguments) parse(argument);
  };
  cli_->add_option_function<std::vector<std::string>>(name, parse_each, text)
      ->type_name(type_name)
      ->allow_extra_args(false);
}

int run_lab(App& app, int argc, char** argv, const std::function<int(const Request&)>& story) {
  open_standard_descriptors();
  const TerminalState terminal;
  std::signal(SIGCHLD,
              SIG_DFL);  // a caller that ignores it would keep us from waiting for children
  return exit_status_of([&] {
    Options options;
    const bool has_image = !app.parse_operand_;
    if (has_image) add_image_option(*app.cli_, options);
    add_shared_options(*app.cli_, options);
    if (app.takes_command_) add_environment_option(*app.cli_, options);
    if (const int status = parse(*app.cli_, argc, argv); status >= 0) return status;

    if (!has_image) options.rootfs = "/";
    const Request request{image_of(options), options.env,
                          command_of(*app.cli_, app.parse_operand_, app.takes_command_)};
    if (app.look_at_options_) {
      const auto status = app.look_at_options_(given_to(*app.cli_, argc, argv), request);
      if (status) return *status;
    }
    const auto told_story = [&] { return story(request); };
    if (options.list_steps) return list_steps(told_story);
    if (!options.skip.empty()) check_step_names(options.skip, told_story);
    if (has_image) check_image(options.rootfs);
    // What an ordinary user leaves out harms no host, nor does who only looks.
    const bool harms_host = app.takes_command_ && (app.needs_root_ || ::geteuid() == 0);
    return run_story(options, harms_host, told_story);
  });
}

}  // namespace lab
