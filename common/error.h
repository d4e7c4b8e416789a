// What goes wrong, and how it is told: the call with its arguments, the reason, then a hint.
#pragma once

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace lab {

/// Exit statuses that are the lab's own, as env(1) and `docker run` have them.
enum ExitStatus : int {
  kNotWritten = 99,      ///< an exercise that is not written yet
  kLabFailed = 125,      ///< the lab itself failed; the command did not run
  kNotExecutable = 126,  ///< the command was found and cannot be executed
  kNotFound = 127,       ///< the command was not found
};

/// A string as system calls take it: NULL, a C string or a path. It does not own its text, so it
/// must not outlive the call that it is passed to.
class CString {
 public:
  CString(std::nullptr_t) {}
  CString(const char* text) : text_(text) {}
  CString(const std::string& text) : text_(text.c_str()) {}
  CString(const std::filesystem::path& path) : text_(path.c_str()) {}
  const char* get() const { return text_; }

 private:
  const char* text_ = nullptr;
};

/// One argument of a system call, printed as strace(1) does. Putting a string into words is left to
/// text(): most calls succeed and are never told. So, as CString, it must not outlive the string.
class Arg {
 public:
  Arg(CString string) : is_string_(true), string_(string.get()) {}
  Arg(const char* string) : Arg(CString(string)) {}
  Arg(int number) : text_(std::to_string(number)) {}
  static Arg literal(std::string text);  ///< printed as it is: flags by name, structures

  std::string text() const;
  std::string string() const;  ///< the string itself; empty for others

 private:
  Arg() = default;
  bool is_string_ = false;
  const char* string_ = nullptr;
  std::string text_;
};

/// A system call by its man-page name, with its arguments in man-page order.
struct Call {
  std::string name;
  std::vector<Arg> args;

  std::string text() const;  ///< `mount("proc", "/proc", "proc", MS_NOSUID, NULL)`
};

/// Ends the lab with a message, a hint (may be empty) and an exit status.
class Error : public std::runtime_error {
 public:
  Error(const std::string& message, std::string hint, int exit_status = kLabFailed)
      : std::runtime_error(message), hint_(std::move(hint)), exit_status_(exit_status) {}

  const std::string& hint() const { return hint_; }
  int exit_status() const { return exit_status_; }

 private:
  std::string hint_;
  int exit_status_;
};

/// A system call that failed. The hint is looked up (hints.h) at the moment of the failure.
class SyscallError : public Error {
 public:
  /// `kernel_says` is told behind the reason, where the kernel has words of its own.
  SyscallError(const Call& call, int error, int exit_status = kLabFailed,
               const std::string& kernel_says = "");
  int error() const { return error_; }  ///< the errno

 private:
  int error_;
};

/// Runs `body`; an exception is told on stderr and becomes its exit status.
int exit_status_of(const std::function<int()>& body);

/// Writes to stderr. Where that is closed, or on a full disk, the text is lost: there is no one to
/// tell.
void say(const std::string& text) noexcept;

/// `"text"` with quotes, and unprintable bytes escaped as strace(1) does.
std::string quoted(const std::string& text);

/// `EINVAL` for 22; the number where it has no name here.
std::string errno_name(int error);

}  // namespace lab
