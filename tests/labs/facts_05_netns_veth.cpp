// What is true of the command from lab 05 on.

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "deadline.h"
#include "error.h"
#include "facts.h"
#include "namespaces.h"
#include "network.h"
#include "process.h"
#include "procfs.h"
#include "program.h"
#include "report.h"
#include "run.h"
#include "service.h"

namespace check {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string> kEndAtOnce{"/probe", "exit", "0"};

std::string ip_in(const Run& run, const std::string& arguments) {
  return fmt::format("sudo nsenter --target {} --net ip {}", run.process(), arguments);
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// --- the cable: eth0, its other end on the host, and the bridge that it is plugged into ---

struct Cable {
  Link inside, outside, bridge;
};

Cable cable_of(const Run& run) {
  const std::vector<Link> links = links_of(run.host().process());
  Cable cable;
  cable.inside = link_called("eth0", links_of(run.process()));
  cable.outside = link_with(cable.inside.peer, links);
  cable.bridge = link_with(cable.outside.bridge, links);
  return cable;
}

// Of eth0; fails the check where it has none.
lab::Ipv4 eth0_of(const Run& run) {
  const std::optional<lab::Ipv4> address = address_of(run.process(), "eth0");
  expect_true(address.has_value(), "eth0 has an address", "none",
              {ip_in(run, "address"), "a link and its address are two things"});
  return *address;
}

lab::Ipv4 gateway_of(const Run& run) {
  const std::string bridge = cable_of(run).bridge.name;
  expect_true(!bridge.empty(), "eth0 leads to a bridge of the host", "it does not",
              {"ip -d link", "a cable has two ends: where is the other one plugged in?"});
  const std::optional<lab::Ipv4> address = address_of(run.host().process(), bridge);
  expect_true(address.has_value(), "the bridge has an address", "none", {"ip address", ""});
  return *address;
}

// --- what a process in the network of `from` hears from a service there ---

void expect_reached(const std::string& from, const Service& service, const std::string& seen_as,
                    const Advice& advice) {
  expect_equal(service.word() + " " + seen_as, answer_to(from, service), advice);
}

// An escape that prints what the service says, before and after.
void expect_out_of_reach(const Service& service, const std::shared_ptr<Host>& host,
                         const std::vector<std::string>& escape, const Advice& advice) {
  const Request request = Request::of(escape).on(host);
  const Ended control = run_to_end(request.by_program(kPlainChroot));
  expect_true(control.output.find(service.word()) != std::string::npos,
              "control: the service is reached from a plain chroot",
              control.output + control.errors, {});
  const Ended ended = run_to_end(request);
  expect_true(ended.output.find(service.word()) == std::string::npos && ended.status == 1,
              "the escape is held", ended.output + ended.errors, advice);
}

Request probe_on(const std::shared_ptr<Host>& host, const std::vector<std::string>& options = {}) {
  return Request{}.on(host).with_options(options);
}

// The bridges of a host, by name.
std::string bridges_of(const Host& host) {
  std::set<std::string> names;
  for (const Link& link : links_of(host.process())) {
    if (link.kind == "bridge") names.insert(link.name);
  }
  return joined(names);
}

// --- changes of the host that are no lab's: made by ip(8) ---

void on_network_of(const std::string& process, const std::string& commands) {
  if (!lab::has_program("ip")) skip("this machine has no program ip, iproute2");
  const InNetworkOf network(process);
  lab::run_program({"sh", "-ec", commands});
}

// A bridge or another link of the host's own, as long as this lives.
class LinkOfHost {
 public:
  LinkOfHost(const Host& host, std::string name, const std::string& kind,
             const std::string& address)
      : host_(host), name_(std::move(name)) {
    on_network_of(host.process(),
                  fmt::format("ip link add {0} type {1}; ip address add {2} dev {0}; "
                              "ip link set {0} up",
                              name_, kind, address));
  }
  LinkOfHost(const LinkOfHost&) = delete;
  LinkOfHost& operator=(const LinkOfHost&) = delete;
  ~LinkOfHost() {
    lab::exit_status_of([&] {
      on_network_of(host_.process(), "ip link delete " + name_);
      return EXIT_SUCCESS;
    });
  }

 private:
  const Host& host_;
  std::string name_;
};

// A network behind the host that stands for the world: it knows the host as 198.51.100.1, and has no
// way back to the containers' addresses.
class Internet {
 public:
  explicit Internet(const Host& host) {
    holder_ = lab::fork_child([]() -> int {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::unshare(CLONE_NEWNET) == -1) return EXIT_FAILURE;
      for (;;) ::pause();
    });
    eventually(
        [&] { return lab::namespace_of(process(), "net") != lab::namespace_of("self", "net"); });
    on_network_of(host.process(),
                  fmt::format("ip link add wan type veth peer name eth0 netns {}; "
                              "ip address add 198.51.100.1/24 dev wan; ip link set wan up",
                              process()));
    on_network_of(process(), "ip address add 198.51.100.2/24 dev eth0; ip link set eth0 up");
  }
  std::string process() const { return std::to_string(holder_.pid()); }

 private:
  lab::Child holder_;
};

void need_packet_filter() {
  need_lab_options();
  if (!lab::has_program("nft") && !lab::has_program("iptables"))
    skip("this machine has neither nft nor iptables");
}

// The switches that decide which packets a host passes on, each with its setting: all of them, and
// in words those of the links that were there `before`.
using Switches = std::map<std::string, std::string>;
Switches forwarding_of(const Host& host) {
  const InNetworkOf network(host.process());
  Switches switches;
  for (const fs::directory_entry& link : fs::directory_iterator("/proc/sys/net/ipv4/conf"))
    switches[link.path().filename()] = lab::read_file(link.path() / "forwarding");
  return switches;
}

std::string text_of(const Switches& before, const Switches& now) {
  std::string text;
  for (const auto& [link, setting] : now) {
    if (before.count(link) != 0) text += link + "=" + setting.substr(0, 1) + " ";
  }
  return text;
}

void expect_forwarding_as(const Switches& before, const Host& host) {
  expect_equal(text_of(before, before), text_of(before, forwarding_of(host)),
               {"sysctl -a | grep '\\.forwarding'; ls /run/lab/net",
                "a write to ip_forward sets each link's switch: who knows what they were?"});
}

// Puts `text` in the place of the host's /etc/resolv.conf. On systemd's machines that is a link to a
// file in /run, which is empty on a Host.
class HostsResolvConf {
 public:
  HostsResolvConf(const Host& host, const std::string& text) : host_(host) {
    const fs::path file = image() + ".resolv-conf";
    std::ofstream(file) << text;
    on_host([&] {
      const fs::path target = fs::weakly_canonical("/etc/resolv.conf");
      if (fs::exists(target))
        return ::mount(file.c_str(), target.c_str(), nullptr, MS_BIND, nullptr);
      fs::create_directories(target.parent_path());
      return std::ofstream(target) << text ? 0 : -1;
    });
  }
  HostsResolvConf(const HostsResolvConf&) = delete;
  HostsResolvConf& operator=(const HostsResolvConf&) = delete;
  ~HostsResolvConf() {
    on_host([] { return ::umount2("/etc/resolv.conf", MNT_DETACH); });
  }

 private:
  template <class Body>
  void on_host(Body body) const {
    lab::fork_child([&] {
      host_.enter();
      return body() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }).wait();
  }

  const Host& host_;
};

// An image with the files in /etc that tell of the network, each with a line that names it.
std::string image_with_network_files() {
  std::string directory = new_image();
  for (const char* name : {"hosts", "hostname", "resolv.conf"})
    std::ofstream(directory + "/etc/" + name) << "# the image's\n";
  return directory;
}

std::string file_inside(const Run& run, const std::string& path) {
  return lab::read_file("/proc/" + run.process() + "/root" + path);
}

// The descriptors of a process above 2 that are sockets.
std::string sockets_of(const std::string& process) {
  std::string text;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc/" + process + "/fd")) {
    if (std::stoi(entry.path().filename()) <= STDERR_FILENO) continue;
    const std::string target = fs::read_symlink(entry);
    if (target.rfind("socket:", 0) == 0) text += entry.path().string() + " -> " + target + " ";
  }
  return text.empty() ? "none" : text;
}

}  // namespace

TEST_CASE("the network is the container's own") {
  Run run;
  run.wait_for_probe();
  expect_true(
      lab::namespace_of(run.process(), "net") != lab::namespace_of(run.host().process(), "net"),
      "a network namespace of its own", "the host's",
      {fmt::format("sudo readlink /proc/{}/ns/net /proc/self/ns/net", run.process()),
       "which namespace holds the links, the ports and the routes?"});
}

TEST_CASE("no service on the host's loopback is reachable") {
  const auto host = std::make_shared<Host>();
  const Service service = Service::tcp(host->process(), "127.0.0.1");
  expect_out_of_reach(
      service, host, {"/escape-host-loopback", std::to_string(service.port())},
      {"./lab escape host-loopback NN", "every network namespace has a loopback of its own"});
}

TEST_CASE("no abstract socket of the host is reachable") {
  const auto host = std::make_shared<Host>();
  const Service service = Service::abstract(host->process());
  expect_out_of_reach(service, host, {"/escape-abstract-socket", service.name()},
                      {"./lab escape abstract-socket NN",
                       "such a name lies in no file system: in which namespace, then?"});
}

TEST_CASE("the loopback of the container works") {
  Run run;
  run.wait_for_probe();
  expect_true(link_called("lo", links_of(run.process())).up, "lo is up", "lo is down",
              {ip_in(run, "link"), "a new loopback is down"});
  const Service service = Service::tcp(run.process(), "127.0.0.1");
  expect_reached(run.process(), service, "127.0.0.1", {ip_in(run, "route show table local"), ""});
}

TEST_CASE("/sys shows the links of the container only") {
  Run run;
  run.wait_for_probe();
  std::set<std::string> own, shown;
  for (const Link& link : links_of(run.process())) own.insert(link.name);
  const std::string directory = "/proc/" + run.process() + "/root/sys/class/net";
  std::error_code no_sys;
  for (const fs::directory_entry& link : fs::directory_iterator(directory, no_sys))
    shown.insert(link.path().filename());
  std::set<std::string> of_host;
  for (const Link& link : links_of(run.host().process())) of_host.insert(link.name);
  expect_equal(joined(own), joined(shown),
               {"sudo ls " + directory, "sysfs shows the network of whoever mounts it"});
  if (own == of_host) skip("the host has links of the same names: nothing is shown by this");
}

TEST_CASE("eth0 is a cable to a bridge of the host") {
  Run run;
  run.wait_for_probe();
  const Cable cable = cable_of(run);
  const Advice advice{ip_in(run, "-d link") + "; ip -d link",
                      "veth(4): what goes into one end comes out of the other"};
  expect_equal("veth", cable.inside.index == 0 ? "no eth0" : cable.inside.kind, advice);
  expect_equal(std::to_string(cable.inside.index), std::to_string(cable.outside.peer), advice);
  expect_equal("a port of a bridge",
               cable.bridge.kind == "bridge" ? "a port of a bridge" : "plugged in nowhere", advice);
  expect_true(cable.outside.up, "the host's end is up", "it is down", advice);
}

TEST_CASE("eth0 is up and has an address of the bridge's network") {
  Run run;
  run.wait_for_probe();
  expect_true(link_called("eth0", links_of(run.process())).up, "eth0 is up",
              "it is down, or there is none",
              {ip_in(run, "link"), "who brings the container's end up, and from which side?"});
  const lab::Ipv4 address = eth0_of(run), bridge = gateway_of(run);
  const Advice advice{ip_in(run, "address") + "; ip address", "which hosts are one hop away?"};
  expect_equal(bridge.network().text(), address.network().text(), advice);
  expect_true(!(address == bridge), "another address than the bridge's", address.text(), advice);
}

TEST_CASE("the default route goes to the bridge") {
  Run run;
  run.wait_for_probe();
  expect_equal(gateway_of(run).dotted() + " eth0", run.ask("route"),
               {ip_in(run, "route"), "where does a packet for 198.51.100.2 go?"});
}

TEST_CASE("the host and the container reach each other") {
  Run run;
  run.wait_for_probe();
  const std::string host = run.host().process();
  const lab::Ipv4 inside = eth0_of(run), outside = gateway_of(run);
  const Advice advice{ip_in(run, "neighbour"), "is every part of the way up?"};
  expect_reached(host, Service::tcp(run.process(), inside.dotted()), outside.dotted(), advice);
  expect_reached(run.process(), Service::tcp(host, outside.dotted()), inside.dotted(), advice);
}

TEST_CASE("containers started together have addresses of their own and reach each other") {
  const auto host = std::make_shared<Host>();
  std::vector<std::unique_ptr<Run>> runs(5);
  for (auto& run : runs) run = std::make_unique<Run>(probe_on(host));
  for (const auto& run : runs) run->wait_for_probe();
  for (size_t i = 0; i < runs.size(); ++i) {
    const Run &from = *runs[i], &to = *runs[(i + 1) % runs.size()];
    const lab::Ipv4 source = eth0_of(from), target = eth0_of(to);
    const Advice advice{ip_in(from, "address") + "; " + ip_in(to, "address"),
                        "how does a container know which addresses the others have?"};
    expect_true(source.address != target.address, "two addresses", source.text() + " twice",
                advice);
    expect_reached(from.process(), Service::tcp(to.process(), target.dotted()), source.dotted(),
                   advice);
  }
}

TEST_CASE("the machine's name leads to the container's address") {
  const std::string directory = image_with_network_files();
  Run run(Request{}.in_image(directory));
  run.wait_for_probe();
  const std::string root = "/proc/" + run.process() + "/root", hostname = run.ask("hostname");
  const Advice advice{fmt::format("sudo cat {0}/etc/hosts {0}/etc/hostname", root),
                      "hosts(5), hostname(5): the image cannot know them beforehand"};
  expect_equal(eth0_of(run).dotted(), run.ask("resolve " + hostname), advice);
  expect_equal("127.0.0.1", run.ask("resolve localhost"), advice);
  expect_equal(hostname + "\n", file_inside(run, "/etc/hostname"), advice);
  for (const char* file : {"/etc/hosts", "/etc/hostname"}) {
    expect_true((fs::status(root + file).permissions() & fs::perms::all) ==
                    (fs::perms::owner_write | fs::perms::owner_read | fs::perms::group_read |
                     fs::perms::others_read),
                "whoever resolves a name may read it", "its mode is not 644",
                {"sudo ls -l " + root + "/etc", "umask(2)"});
    expect_equal("# the image's\n", lab::read_file(directory + file),
                 {"", "the image is every container's: are these files?"});
  }
}

TEST_CASE("with --init PID 1 keeps no socket of the lab") {
  Run run(Request{}.with_options({"--init"}));
  run.wait_for_probe();
  const std::string init = std::to_string(pid1_above(run.process()));
  expect_equal("none", sockets_of(init),
               {fmt::format("sudo ls -l /proc/{}/fd", init),
                "a socket goes on speaking to the namespace that it was opened in"});
}

TEST_CASE("the bridge stays for its last container and goes with it") {
  const auto host = std::make_shared<Host>();
  const std::string before = bridges_of(*host);
  auto first = std::make_unique<Run>(probe_on(host));
  auto last = std::make_unique<Run>(probe_on(host));
  first->wait_for_probe();
  last->wait_for_probe();
  first.reset();
  expect_reached(last->process(), Service::tcp(host->process(), gateway_of(*last).dotted()),
                 eth0_of(*last).dotted(), {"ip link", "who is the last one to use it?"});
  last.reset();
  expect_equal(before, bridges_of(*host), {"ip link", "who is the last one to use it?"});
}

TEST_CASE("--ip gives that address and refuses it to others") {
  const auto host = std::make_shared<Host>();
  const std::string wanted = fmt::format("10.77.0.{}", 100 + ::getpid() % 100);
  const std::vector<std::string> options{"--ip", wanted + "/24"};
  Run run(probe_on(host, options));
  run.wait_for_probe();
  expect_equal(wanted, eth0_of(run).dotted(), {ip_in(run, "address"), ""});
  expect_refused(Request::of(kEndAtOnce).on(host).with_options(options),
                 {wanted, "in use", "hint:"});
}

TEST_CASE("the address of a lab that was killed is free again") {
  const auto host = std::make_shared<Host>();
  const std::vector<std::string> options{"--ip", "10.77.0.99/24"};
  Run killed(probe_on(host, options));
  killed.wait_for_probe();
  killed.kill_lab(SIGKILL);
  killed.wait();
  Run next(probe_on(host, options));
  next.wait_for_probe();
  expect_equal("10.77.0.99", eth0_of(next).dotted(),
               {"ls /run/lab/net/lab0", "what does SIGKILL not leave behind?"});
  expect_reached(next.process(), Service::tcp(host->process(), gateway_of(next).dotted()),
                 "10.77.0.99", {ip_in(next, "neighbour"), ""});
}

TEST_CASE("--bridge makes a bridge of that name with a network of its own") {
  const auto host = std::make_shared<Host>();
  const std::string name = "lab" + random_token().substr(0, 8);
  Run usual(probe_on(host));
  usual.wait_for_probe();
  for (const std::vector<std::string>& options : std::vector<std::vector<std::string>>{
           {"--bridge", name}, {"--bridge", name, "--ip", "10.99.3.9/20"}}) {
    Run run(probe_on(host, options));
    run.wait_for_probe();
    const Advice advice{"ip -d link; ip address", "does the name stand in the code?"};
    expect_equal(name, cable_of(run).bridge.name, advice);
    const lab::Ipv4 gateway = gateway_of(run);
    expect_true(!gateway.overlaps(gateway_of(usual)), "a network of its own", gateway.text(),
                advice);
    expect_equal(gateway.dotted() + " eth0", run.ask("route"),
                 {ip_in(run, "route"), "does the address stand in the code?"});
    expect_reached(run.process(), Service::tcp(host->process(), gateway.dotted()),
                   eth0_of(run).dotted(), advice);
  }
}

TEST_CASE("a bridge that was there before is used and stays as it was") {
  need_lab_options();
  const auto host = std::make_shared<Host>();
  const LinkOfHost bridge(*host, "own-bridge", "bridge", "10.99.0.20/28");
  {
    Run run(probe_on(host, {"--bridge", "own-bridge"}));
    run.wait_for_probe();
    expect_equal("own-bridge", cable_of(run).bridge.name, {"ip -d link", ""});
    expect_equal("10.99.0.17", eth0_of(run).dotted(),
                 {ip_in(run, "address"), "the first one that is free"});
    expect_equal("10.99.0.20 eth0", run.ask("route"),
                 {ip_in(run, "route"), "a bridge need not have the first address"});
  }
  expect_equal("own-bridge", bridges_of(*host), {"ip link", "who made it?"});
  const std::optional<lab::Ipv4> address = address_of(host->process(), "own-bridge");
  expect_equal("10.99.0.20/28", address ? address->text() : "none", {"ip address", "who made it?"});
}

TEST_CASE("--nat leads to the world under the host's address") {
  need_packet_filter();
  const auto host = std::make_shared<Host>();
  const Internet internet(*host);
  const Service service = Service::tcp(internet.process(), "198.51.100.2");
  expect_reached(host->process(), service, "198.51.100.1", {"", "control: the host reaches it"});
  {
    Run without(probe_on(host));
    without.wait_for_probe();
    expect_equal("no answer", answer_to(without.process(), service, true),
                 {"", "control: without --nat there is no way back"});
  }
  Run run(probe_on(host, {"--nat"}));
  run.wait_for_probe();
  expect_reached(run.process(), service, "198.51.100.1",
                 {"sysctl net.ipv4.ip_forward; sudo nft list ruleset; sudo iptables-save",
                  "who passes the packet on, and to whom does the answer go?"});
}

TEST_CASE("--nat of one container outlives that of another") {
  need_packet_filter();
  const auto host = std::make_shared<Host>();
  const Internet internet(*host);
  const Service service = Service::tcp(internet.process(), "198.51.100.2");
  auto first = std::make_unique<Run>(probe_on(host, {"--nat"}));
  Run second(probe_on(host, {"--nat"}));
  first->wait_for_probe();
  second.wait_for_probe();
  first.reset();
  expect_reached(second.process(), service, "198.51.100.1",
                 {"sysctl net.ipv4.ip_forward; sudo nft list ruleset; sudo iptables-save",
                  "who is the last one to use it?"});
}

TEST_CASE("--nat leaves each link's forwarding as it was") {
  need_packet_filter();
  const auto host = std::make_shared<Host>();
  const Internet internet(*host);
  on_network_of(host->process(), "echo 1 > /proc/sys/net/ipv4/conf/wan/forwarding");
  const Switches before = forwarding_of(*host);
  {
    Run run(probe_on(host, {"--nat"}));
    run.wait_for_probe();
    expect_equal("1\n", forwarding_of(*host).at("all"), {"sysctl net.ipv4.ip_forward", ""});
  }
  expect_forwarding_as(before, *host);
}

TEST_CASE("--nat of a lab that was killed is taken back by the next run") {
  need_packet_filter();
  const auto host = std::make_shared<Host>();
  const Switches before = forwarding_of(*host);
  Run killed(probe_on(host, {"--nat"}));
  killed.wait_for_probe();
  killed.kill_lab(SIGKILL);
  killed.wait();
  run_to_end(Request::of(kEndAtOnce).on(host));
  expect_forwarding_as(before, *host);
}

TEST_CASE("--nat gives the name servers that the container can reach") {
  need_packet_filter();
  const auto host = std::make_shared<Host>();
  const HostsResolvConf resolv_conf(*host, "nameserver 127.0.0.53\nnameserver 192.0.2.53\n");
  Run run(probe_on(host, {"--nat"}).in_image(image_with_network_files()));
  run.wait_for_probe();
  expect_equal(
      "nameserver 192.0.2.53\n", file_inside(run, "/etc/resolv.conf"),
      {fmt::format("sudo cat /proc/{}/root/etc/resolv.conf /etc/resolv.conf", run.process()),
       "whose 127.0.0.53 would that be?"});
}

TEST_CASE("an --ip that no container can have is refused") {
  need_lab_options();
  const auto host = std::make_shared<Host>();
  const std::pair<const char*, const char*> refused[] = {
      {"", "--ip"},
      {"10.77.0.5", "--ip"},
      {"10.77.0/24", "--ip"},
      {"10.77.0.256/24", "--ip"},
      {"10.77.0.5/33", "--ip"},
      {"10.77.0.5/-1", "--ip"},
      {"10.77.0.5/24x", "--ip"},
      {"fd00::5/64", "--ip"},
      {"10.78.0.5/24", "outside"},
      {"10.77.0.5/16", "outside"},
      {"10.77.0.0/24", "network itself"},
      {"10.77.0.255/24", "broadcast"},
      {"10.77.0.1/24", "the bridge's own"},
  };
  for (const auto& [address, word] : refused) {
    expect_refused(Request::of(kEndAtOnce).on(host).with_options({"--ip", address}),
                   {address, word, "hint:"});
  }
}

TEST_CASE("a --bridge that is none is refused") {
  need_lab_options();
  const auto host = std::make_shared<Host>();
  const LinkOfHost other(*host, "own-cable", "veth", "10.77.0.200/25");
  const std::pair<const char*, const char*> refused[] = {
      {"", "no name"},
      {"a-name-of-16-chr", "16 characters"},
      {"a/b", "no name"},
      {"..", "no name"},
      {"lo", "no bridge"},
      {"own-cable", "no bridge"},
      {"lab0", "a network of this host already"},
  };
  for (const auto& [name, word] : refused) {
    expect_refused(Request::of(kEndAtOnce).on(host).with_options({"--bridge", name}),
                   {word, "hint:"});
  }
}

}  // namespace check
