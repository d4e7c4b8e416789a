// What the host asks of the guest: a file in the guest's first file system, since at boot there is no
// channel yet. Written by the host, read by guest-init; pure functions on text.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace lab {

struct WindowSize {  ///< of a terminal, in characters
  unsigned rows = 24, columns = 80;
};

std::string to_text(const WindowSize& size);  ///< "24 80"
WindowSize window_size_from(const std::string& text);

struct GuestRequest {
  std::string hostname;     ///< empty: the kernel's default stays
  std::string address;      ///< of eth0, as 10.77.0.2/24; empty: no network card
  std::string gateway;      ///< as 10.77.0.1/24; empty where address is
  std::string nameservers;  ///< the text of resolv.conf(5); empty: the image's own
  std::string term;         ///< TERM of the caller's terminal; empty: the kernel's "linux"
  std::optional<WindowSize> terminal;  ///< the command gets a terminal of its own, this large
  bool terminal_for_stderr = false;    ///< and its stderr is on it, too; else that is a pipe
  bool explain = false;                ///< tell each step and each system call
  bool colour = false;                 ///< in colours, as stderr is a terminal
  std::vector<std::string> skip;       ///< steps that are left out
  std::vector<std::string> env;        ///< KEY=VALUE, added to the command's environment
  std::vector<std::string> command;    ///< not empty
};

/// Where the host puts them: a directory that guest-init removes once it runs.
constexpr char kGuestDirectory[] = "/.lab-init";
constexpr char kGuestRequestFile[] = "/.lab-init/request";
constexpr char kGuestModules[] =
    "/.lab-init/modules";  ///< NN-name.ko, loaded in the order of names

/// The file's text: lines `key=value`, each ended by a NUL, as no argument can have one within.
std::string to_text(const GuestRequest& request);

/// The reverse. Error where a key is unknown, or there is no command.
GuestRequest guest_request_from(const std::string& text);

}  // namespace lab
