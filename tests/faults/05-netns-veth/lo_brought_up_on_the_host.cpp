// Mistake: the socket was opened before unshare. It goes on speaking to the host's namespace, and
// brings the host's loopback up, which is up already.
// fails: the loopback of the container works

#include "links.h"
#include "network_namespace.h"
#include "step.h"
#include "sys.h"

namespace lab {

void enter_network_namespace() {
  Netlink netlink;
  step("unshare-net", "a network of its own", [] { sys::unshare(CLONE_NEWNET); });
  step("lo-up", "a new loopback is down", [&] { set_up(netlink, get_link(netlink, "lo").index); });
}

}  // namespace lab
