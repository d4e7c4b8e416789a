#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <string>

#include "error.h"
#include "ipv4.h"
#include "mistake.h"
#include "netlink.h"
#include "process.h"
#include "sys.h"

namespace sys = lab::sys;

namespace {

constexpr uint16_t kNew = NLM_F_CREATE | NLM_F_EXCL;

// Made in a network namespace of its own: the machine's stays as it is.
void expect_in_network(int error, const std::string& cause, const std::function<void()>& mistake) {
  expect(error, cause, [&] {
    sys::unshare(CLONE_NEWNET);
    mistake();
  });
}

using Fill = std::function<void(nlmsghdr*)>;

// A link of that kind, with what `more` puts behind it.
lab::NetlinkMessage new_link(const std::string& name, const std::string& kind,
                             const Fill& more = {}) {
  lab::NetlinkMessage message(RTM_NEWLINK, kNew);
  message.put<ifinfomsg>();
  mnl_attr_put_strz(message.header(), IFLA_IFNAME, name.c_str());
  nlattr* const info = mnl_attr_nest_start(message.header(), IFLA_LINKINFO);
  mnl_attr_put_strz(message.header(), IFLA_INFO_KIND, kind.c_str());
  mnl_attr_nest_end(message.header(), info);
  if (more) more(message.header());
  return message;
}

// A veth pair; `more` is for its peer.
lab::NetlinkMessage new_veth(const std::string& name, const std::string& peer, unsigned peer_flags,
                             const Fill& more = {}) {
  lab::NetlinkMessage message(RTM_NEWLINK, kNew);
  message.put<ifinfomsg>();
  nlmsghdr* const link = message.header();
  mnl_attr_put_strz(link, IFLA_IFNAME, name.c_str());
  nlattr* const info = mnl_attr_nest_start(link, IFLA_LINKINFO);
  mnl_attr_put_strz(link, IFLA_INFO_KIND, "veth");
  nlattr* const data = mnl_attr_nest_start(link, IFLA_INFO_DATA);
  nlattr* const nest = mnl_attr_nest_start(link, VETH_INFO_PEER);
  auto* const header = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(link, sizeof(ifinfomsg)));
  header->ifi_flags = peer_flags;
  header->ifi_change = peer_flags;
  mnl_attr_put_strz(link, IFLA_IFNAME, peer.c_str());
  if (more) more(link);
  mnl_attr_nest_end(link, nest);
  mnl_attr_nest_end(link, data);
  mnl_attr_nest_end(link, info);
  return message;
}

void send(lab::NetlinkMessage message) {
  lab::Netlink().request(message);
}

void set_up(const std::string& name) {
  lab::NetlinkMessage message(RTM_NEWLINK, 0);
  auto& link = message.put<ifinfomsg>();
  link.ifi_flags = IFF_UP;
  link.ifi_change = IFF_UP;
  mnl_attr_put_strz(message.header(), IFLA_IFNAME, name.c_str());
  send(message);
}

lab::NetlinkMessage question_for(const std::string& name) {
  lab::NetlinkMessage message(RTM_GETLINK, 0);
  message.put<ifinfomsg>();
  mnl_attr_put_strz(message.header(), IFLA_IFNAME, name.c_str());
  return message;
}

uint32_t in_network_order(const std::string& address) {
  return htonl(lab::parse_ipv4(address + "/32").value().address);
}

void add_address(const std::string& link, const std::string& address) {
  const lab::Ipv4 parsed = lab::parse_ipv4(address).value();
  lab::NetlinkMessage message(RTM_NEWADDR, kNew);
  auto& header = message.put<ifaddrmsg>();
  header.ifa_family = AF_INET;
  header.ifa_prefixlen = static_cast<uint8_t>(parsed.prefix);
  header.ifa_index = ::if_nametoindex(link.c_str());
  mnl_attr_put_u32(message.header(), IFA_LOCAL, htonl(parsed.address));
  mnl_attr_put_u32(message.header(), IFA_ADDRESS, htonl(parsed.address));
  send(message);
}

void add_default_route(const std::string& gateway) {
  lab::NetlinkMessage message(RTM_NEWROUTE, kNew);
  auto& route = message.put<rtmsg>();
  route.rtm_family = AF_INET;
  route.rtm_table = RT_TABLE_MAIN;
  route.rtm_protocol = RTPROT_STATIC;
  route.rtm_type = RTN_UNICAST;
  mnl_attr_put_u32(message.header(), RTA_GATEWAY, in_network_order(gateway));
  send(message);
}

void connect_to(const std::string& address) {
  const lab::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(80);
  name.sin_addr.s_addr = in_network_order(address);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == -1)
    throw lab::SyscallError({"connect", {socket.get(), address.c_str()}}, errno);
}

}  // namespace

TEST_CASE("05: the loopback is down") {
  expect_in_network(ENETUNREACH, "lo is down", [] { connect_to("127.0.0.1"); });
}

TEST_CASE("05: there is no route") {
  expect_in_network(ENETUNREACH, "no route", [] {
    set_up("lo");
    connect_to("198.51.100.2");
  });
}

TEST_CASE("05: a name that exists") {
  expect_in_network(EEXIST, "\"veth0\"", [] {
    send(new_veth("veth0", "eth0", 0));
    send(new_veth("veth0", "eth1", 0));
  });
  expect_in_network(EEXIST, "\"eth0\"", [] {  // the peer's
    send(new_veth("veth0", "eth0", 0));
    send(new_veth("veth1", "eth0", 0));
  });
  expect_in_network(EEXIST, "\"lab0\"", [] {
    send(new_link("lab0", "bridge"));
    send(new_link("lab0", "bridge"));
  });
}

TEST_CASE("05: the container has exited") {
  lab::Child child = lab::fork_child([] { return 0; });
  const pid_t gone = child.pid();
  child.wait();
  expect_in_network(ESRCH, std::to_string(gone), [=] {
    send(new_veth("veth0", "eth0", 0, [=](nlmsghdr* link) {
      mnl_attr_put_u32(link, IFLA_NET_NS_PID, static_cast<uint32_t>(gone));
    }));
  });
}

TEST_CASE("05: a descriptor that is no network namespace") {
  expect_in_network(EINVAL, "IFLA_NET_NS_FD", [] {
    const lab::UniqueFd wrong = sys::open("/proc/self/ns/mnt", O_RDONLY);
    send(new_veth("veth0", "eth0", 0, [&](nlmsghdr* link) {
      mnl_attr_put_u32(link, IFLA_NET_NS_FD, static_cast<uint32_t>(wrong.get()));
    }));
  });
}

TEST_CASE("05: the default route before the address, or before the link is up") {
  expect_in_network(ENETUNREACH, "address first", [] {
    send(new_veth("veth0", "eth0", 0));
    set_up("veth0");
    set_up("eth0");
    add_default_route("10.77.0.1");
  });
  expect_in_network(ENETUNREACH, "\"eth0\" is down", [] {
    send(new_veth("veth0", "eth0", 0));
    add_address("eth0", "10.77.0.2/24");
    add_default_route("10.77.0.1");
  });
  expect_in_network(ENETUNREACH, "outside", [] {
    send(new_veth("veth0", "eth0", 0));
    add_address("eth0", "10.77.0.2/32");
    set_up("eth0");
    add_default_route("10.77.0.1");
  });
}

TEST_CASE("05: an address or a route that is there already") {
  expect_in_network(EEXIST, "that address already", [] {
    send(new_link("lab0", "bridge"));
    add_address("lab0", "10.77.0.1/24");
    add_address("lab0", "10.77.0.1/24");
  });
  expect_in_network(EEXIST, "route", [] {
    send(new_veth("veth0", "eth0", 0));
    add_address("eth0", "10.77.0.2/24");
    set_up("eth0");
    add_default_route("10.77.0.1");
    add_default_route("10.77.0.1");
  });
}

TEST_CASE("05: not root") {
  expect(EPERM, "sudo", [] {
    become_nobody();
    send(new_link("lab-mistake", "bridge"));
  });
}

TEST_CASE("05: there is no such link") {
  expect_in_network(ENODEV, "\"eth0\"", [] { send(question_for("eth0")); });
  expect_in_network(ENODEV, "index", [] { add_address("eth0", "10.77.0.2/24"); });
  expect_in_network(ENODEV, "\"eth0\"", [] { set_up("eth0"); });
}

TEST_CASE("05: the socket speaks to the namespace that was left") {
  expect_in_network(ENODEV, "opened in", [] {
    lab::Netlink before;
    sys::unshare(CLONE_NEWNET);
    send(new_veth("veth0", "eth0", 0));
    lab::NetlinkMessage question = question_for("eth0");
    before.request(question);
  });
}

TEST_CASE("05: the far end is to be up at once") {
  expect_in_network(ENOTCONN, "afterwards", [] { send(new_veth("veth0", "eth0", IFF_UP)); });
}

TEST_CASE("05: a name that no link can have") {
  expect_in_network(ERANGE, "15", [] { send(new_link("a-name-of-16-chr", "bridge")); });
  expect_in_network(EINVAL, "\"a/b\"", [] { send(new_link("a/b", "bridge")); });
}

TEST_CASE("05: a kind that the kernel does not know") {
  expect_in_network(EOPNOTSUPP, "\"brigde\"", [] { send(new_link("lab0", "brigde")); });
}

TEST_CASE("05: the master is no bridge") {
  expect_in_network(EOPNOTSUPP, "IFLA_MASTER", [] {
    send(new_veth("veth0", "eth0", 0));
    send(new_link("lab0", "bridge", [](nlmsghdr* link) {
      mnl_attr_put_u32(link, IFLA_MASTER, ::if_nametoindex("veth0"));
    }));
  });
}
