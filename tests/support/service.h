// A service in some network namespace that a check tries to reach from another one.
#pragma once

#include <string>

#include "process.h"
#include "unique_fd.h"

namespace check {

/// Answers each connection with a random word, and behind it the address that the connection comes
/// from. It is a process of its own, as long as this lives.
class Service {
 public:
  /// In the network of `process`: TCP on that address, at a port that the kernel chooses.
  static Service tcp(const std::string& process, const std::string& address);
  /// There too: an abstract socket with a random name, unix(7).
  static Service abstract(const std::string& process);

  const std::string& word() const { return word_; }
  const std::string& address() const { return address_; }
  int port() const { return port_; }
  const std::string& name() const { return name_; }  ///< of the abstract socket

 private:
  Service() = default;
  void listen_and_serve(const lab::UniqueFd& socket);

  std::string word_, address_, name_;
  int port_ = 0;
  lab::Child server_;
};

/// What a TCP service says to a process in the network of `process`: its answer, else the reason why
/// there is none. Waits as long as any check does; with `briefly`, a tenth of a second.
std::string answer_to(const std::string& process, const Service& service, bool briefly = false);

}  // namespace check
