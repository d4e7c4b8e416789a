// What is to be run, and the command line of $LAB_COMMAND that it becomes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "image.h"

namespace check {

class Host;

/// How the program is started. Request::of(COMMAND).in_image(DIRECTORY) says what differs from the
/// usual, the probe in image().
struct Request {
  std::vector<std::string> command = {"/probe"};
  std::vector<std::string>
      lab_options;  ///< needs a program that keeps the labs' contract, else the check is skipped
  std::string image = check::image();
  std::string program;  ///< another than $LAB_COMMAND: for controls
  std::function<void()>
      in_child;                ///< done in the process that becomes the program, as the last thing
  std::shared_ptr<Host> host;  ///< shared with other runs; by default the run has its own

  static Request of(std::vector<std::string> words) {
    Request request;
    request.command = std::move(words);
    return request;
  }
  Request with_options(std::vector<std::string> options) const {
    Request request = *this;
    request.lab_options = std::move(options);
    return request;
  }
  Request in_image(std::string directory) const {
    Request request = *this;
    request.image = std::move(directory);
    return request;
  }
  Request by_program(std::string other) const {
    Request request = *this;
    request.program = std::move(other);
    return request;
  }
  Request after(std::function<void()> last_thing) const {
    Request request = *this;
    request.in_child = std::move(last_thing);
    return request;
  }
  /// From lab 10 on a container's root may not do all that root may: let it, where the check needs that.
  Request with_all_privileges() const;
  Request on(std::shared_ptr<Host> shared) const {
    Request request = *this;
    request.host = std::move(shared);
    return request;
  }
};

/// The program that every control runs in: a root directory, and nothing else.
inline const char* const kPlainChroot = "chroot {rootfs} {command}";

/// No container: the command runs on the host itself. With binary_directory() + "/probe" as the
/// command, this is a probe of the host.
inline const char* const kHostItself = "{command}";

/// True where $LAB_COMMAND takes the labs' options: it has no {rootfs} or {command} in it.
bool takes_lab_options();
void need_lab_options();  ///< skips the check where not

/// The words to execute. Errors: std::runtime_error where $LAB_COMMAND cannot be split into words.
std::vector<std::string> command_line(const Request& request);

}  // namespace check
