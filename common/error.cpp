#include "error.h"

#include <fmt/core.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "hints.h"

namespace lab {

Arg Arg::literal(std::string text) {
  Arg arg;
  arg.text_ = std::move(text);
  return arg;
}

std::string Arg::text() const {
  if (!is_string_) return text_;
  return string_ == nullptr ? "NULL" : quoted(string_);
}

std::string Arg::string() const {
  return string_ == nullptr ? "" : string_;
}

std::string Call::text() const {
  std::string joined;
  for (const Arg& arg : args) joined += (joined.empty() ? "" : ", ") + arg.text();
  return fmt::format("{}({})", name, joined);
}

SyscallError::SyscallError(const Call& call, int error, int exit_status,
                           const std::string& kernel_says)
    : Error(fmt::format("{}: {}{}{}", call.text(), std::strerror(error),
                        kernel_says.empty() ? "" : ": ", kernel_says),
            hint_for(call, error), exit_status),
      error_(error) {}

int exit_status_of(const std::function<int()>& body) {
  try {
    return body();
  } catch (const Error& error) {
    say(std::string(error.what()) + "\n");
    if (!error.hint().empty()) say(fmt::format("  hint: {}\n", error.hint()));
    return error.exit_status();
  } catch (const std::exception& error) {
    say(std::string(error.what()) + "\n");
    return kLabFailed;
  } catch (...) {  // in a child it must not go on up into the parent's functions
    say("an unknown exception\n");
    return kLabFailed;
  }
}

void say(const std::string& text) noexcept {
  std::fputs(text.c_str(), stderr);
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (c == '\n') {
      result += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      result += fmt::format("\\{:03o}", byte);
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string errno_name(int error) {
  struct Name {
    int value;
    const char* name;
  };
  static constexpr std::array kNames{
      Name{EPERM, "EPERM"},
      Name{ENOENT, "ENOENT"},
      Name{ESRCH, "ESRCH"},
      Name{EINTR, "EINTR"},
      Name{EIO, "EIO"},
      Name{ENXIO, "ENXIO"},
      Name{E2BIG, "E2BIG"},
      Name{ENOEXEC, "ENOEXEC"},
      Name{EBADF, "EBADF"},
      Name{ECHILD, "ECHILD"},
      Name{EAGAIN, "EAGAIN"},
      Name{ENOMEM, "ENOMEM"},
      Name{EACCES, "EACCES"},
      Name{EBUSY, "EBUSY"},
      Name{EEXIST, "EEXIST"},
      Name{EXDEV, "EXDEV"},
      Name{ENODEV, "ENODEV"},
      Name{ENOTDIR, "ENOTDIR"},
      Name{EISDIR, "EISDIR"},
      Name{EINVAL, "EINVAL"},
      Name{EMFILE, "EMFILE"},
      Name{ENOSPC, "ENOSPC"},
      Name{EROFS, "EROFS"},
      Name{ENAMETOOLONG, "ENAMETOOLONG"},
      Name{ENOSYS, "ENOSYS"},
      Name{ELOOP, "ELOOP"},
      Name{ENOTEMPTY, "ENOTEMPTY"},
      Name{EUSERS, "EUSERS"},
      Name{EOVERFLOW, "EOVERFLOW"},
  };
  for (const Name& known : kNames) {
    if (known.value == error) return known.name;
  }
  return std::to_string(error);
}

}  // namespace lab
