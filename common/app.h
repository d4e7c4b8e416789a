// The command line that all labs share, and the frame in which a lab runs.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace lab {

/// What every lab is asked for.
struct Request {
  std::filesystem::path rootfs;      ///< --rootfs, else $LAB_ROOTFS, else rootfs/busybox
  std::vector<std::string> env;      ///< --env, each KEY=VALUE
  std::vector<std::string> command;  ///< never empty; /bin/sh where none was given
};

/// What stood on the command line before the command.
struct GivenOptions {
  std::vector<std::string> words;  ///< as they were typed
  std::vector<std::string> names;  ///< of the options among them, long: `--memory`
  bool command = false;            ///< was there a command?
};

/// The options of one lab: those that all share, and what the lab adds.
class App {
 public:
  App(const std::string& name, const std::string& purpose);
  ~App();

  /// The lab can do without root, and finds out by itself what it cannot have.
  void run_without_root() { needs_root_ = false; }

  /// The lab enters a container that runs, and has no image: its command line is
  /// [OPTIONS] [OPERAND] [--] [COMMAND [ARG...]]. `parse` takes the operand, where there is one.
  void operand_in_place_of_image(const std::string& operand,
                                 const std::function<void(const std::string&)>& parse);

  /// The lab has neither an image nor a command: its command line is [OPTIONS]. `refuse` is given a word
  /// that is no option, and throws what it says of it (Error).
  void options_alone(const std::function<void(const std::string&)>& refuse);

  /// `look` is called before the steps are listed, checked or taken. It may refuse what does not go
  /// together (Error), and where it returns an exit status, that is the end of the run.
  void look_at_options(
      const std::function<std::optional<int>(const GivenOptions&, const Request&)>& look);

  void flag(const std::string& name, const std::string& text, bool& value);
  void choice(const std::string& name, const std::string& text,
              const std::vector<std::string>& choices, std::string& value);

  /// An option with an argument. `parse` takes it and keeps the value; what it throws (Error, with
  /// a hint) ends the lab before the first step.
  void option(const std::string& name, const std::string& type_name, const std::string& text,
              const std::function<void(const std::string&)>& parse);

  /// The same, repeatable: `parse` takes one argument at a time, in their order.
  void repeatable(const std::string& name, const std::string& type_name, const std::string& text,
                  const std::function<void(const std::string&)>& parse);

 private:
  friend int run_lab(App&, int, char**, const std::function<int(const Request&)>&);
  std::unique_ptr<CLI::App> cli_;
  std::function<void(const std::string&)> parse_operand_;
  std::function<std::optional<int>(const GivenOptions&, const Request&)> look_at_options_;
  bool needs_root_ = true, takes_command_ = true;
};

/// The whole of a lab's main(): reads the command line, makes sure that stdin, stdout and stderr
/// are open, checks the image, and runs `story`. Exceptions end here. The exit status is the
/// story's, or 125 where the lab failed; bad input ends it before the first step.
int run_lab(App& app, int argc, char** argv, const std::function<int(const Request&)>& story);

}  // namespace lab
