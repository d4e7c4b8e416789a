// Mistake: the host's resolv.conf is taken as it is, with the server on the host's own loopback.
// fails: --nat gives the name servers that the container can reach

#include "host_files.h"
#include "procfs.h"

namespace lab {

std::string reachable_nameservers() {
  return read_file("/etc/resolv.conf");
}

}  // namespace lab
