// The network of a process, read from outside: its links and addresses are those of its
// network namespace.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ipv4.h"
#include "unique_fd.h"

namespace check {

/// As long as this lives, the calling process is in the network namespace of another one.
class InNetworkOf {
 public:
  explicit InNetworkOf(const std::string& process);
  InNetworkOf(const InNetworkOf&) = delete;
  InNetworkOf& operator=(const InNetworkOf&) = delete;
  ~InNetworkOf();

 private:
  lab::UniqueFd own_;
};

struct Link {
  unsigned index = 0;   ///< 0: there is no such link
  unsigned peer = 0;    ///< of a veth: the index of its other end, in the namespace of that
  unsigned bridge = 0;  ///< the index of the bridge that it is a port of
  std::string name, kind;
  bool up = false;
};

std::vector<Link> links_of(const std::string& process);
Link link_called(const std::string& name, const std::vector<Link>& links);
Link link_with(unsigned index, const std::vector<Link>& links);

/// The IPv4 address of a link, with the length of its network.
std::optional<lab::Ipv4> address_of(const std::string& process, const std::string& link);

}  // namespace check
