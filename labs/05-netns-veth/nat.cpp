#include "nat.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "error.h"
#include "procfs.h"
#include "program.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

// --- forwarding -------------------------------------------------------------------------

constexpr const char* kForwarding = "forwarding";  // its lock
constexpr const char* kIpForward = "/proc/sys/net/ipv4/ip_forward";

std::string forwarding_of(const std::string& link) {
  return "/proc/sys/net/ipv4/conf/" + link + "/forwarding";
}

// Writing ip_forward sets every link's own switch too, and whether the host takes redirects. The
// record is what was before: the words of it are "all" for ip_forward itself, links that forwarded,
// and kNoRedirects.
constexpr const char* kAcceptRedirects = "/proc/sys/net/ipv4/conf/all/accept_redirects";
constexpr const char* kNoRedirects = "/no-redirects";  // no link's name: it has a slash

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string what_forwards() {
  std::string links;
  for (const fs::directory_entry& link : fs::directory_iterator("/proc/sys/net/ipv4/conf")) {
    const std::string name = link.path().filename();
    if (read_file(forwarding_of(name)) == "1\n") links += name + " ";
  }
  if (read_file(kAcceptRedirects) == "0\n") links += kNoRedirects;
  return links.empty() ? "none" : links;
}

std::string start_forwarding(const std::string& record) {
  const std::string before = record.empty() ? what_forwards() : record;
  if (read_file(kIpForward) != "1\n") sys::write_file(kIpForward, "1");
  return before;
}

void stop_forwarding(const std::string& record) {
  std::istringstream words(record);
  std::vector<std::string> before;
  for (std::string word; words >> word;) before.push_back(word);
  if (contains(before, "all")) return;
  sys::write_file(kIpForward, "0");
  if (contains(before, kNoRedirects)) sys::write_file(kAcceptRedirects, "0");
  for (const std::string& link : before) {
    if (fs::exists(forwarding_of(link))) sys::write_file(forwarding_of(link), "1");
  }
}

// --- masquerade -------------------------------------------------------------------------

std::string rules_lock(const std::string& bridge) {
  return "net/" + bridge + "/nat";
}

using Command = std::vector<std::string>;

// A kind of rules that a packet filter takes. The record of what was made has the network and then
// kinds: "10.77.0.0/24 nft".
struct Rules {
  std::string kind;
  std::vector<Command> add, remove;
};

// A table of one's own comes and goes at once, and touches no one else's rules. It is added before it
// is deleted: then that works too where someone has emptied the packet filter.
Rules nft_masquerade(const std::string& bridge, const Ipv4& network) {
  std::string table = "lab_" + network.dotted();
  std::replace(table.begin(), table.end(), '.', '_');
  const std::string chain = fmt::format(
      "add table ip {0}; add chain ip {0} postrouting {{ type nat hook postrouting priority 100; "
      "}}; "
      "add rule ip {0} postrouting ip saddr {1} oifname != \"{2}\" masquerade",
      table, network.text(), bridge);
  return {"nft",
          {{"nft", chain}},
          {{"nft", fmt::format("add table ip {0}; delete table ip {0}", table)}}};
}

// `rule` is what stands between iptables and its action; both the action to add and -D, to remove.
Rules iptables(const std::string& kind, const std::string& add, const std::string& chain,
               const std::vector<Command>& rules) {
  Rules result{kind, {}, {}};
  for (const Command& rule : rules) {
    Command line{"iptables", "-w", add, chain};
    line.insert(line.end(), rule.begin(), rule.end());
    result.add.push_back(line);
    line[2] = "-D";
    result.remove.push_back(line);
  }
  return result;
}

Rules iptables_masquerade(const std::string& bridge, const Ipv4& network) {
  return iptables("iptables", "-A", "POSTROUTING",
                  {{"-t", "nat", "-s", network.text(), "!", "-o", bridge, "-j", "MASQUERADE"}});
}

// Needed where the filter lets nothing be forwarded, as where Docker is installed.
Rules iptables_accept(const std::string& bridge) {
  return iptables(
      "accept", "-I", "FORWARD",
      {{"-i", bridge, "-j", "ACCEPT"},
       {"-o", bridge, "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "ACCEPT"}});
}

std::vector<Rules> rules_needed(const std::string& bridge, const Ipv4& network) {
  const bool nft = has_program("nft"), tables = has_program("iptables");
  if (!nft && !tables)
    throw Error("--nat needs the program nft or iptables", "apt-get install nftables");
  std::vector<Rules> needed{nft ? nft_masquerade(bridge, network)
                                : iptables_masquerade(bridge, network)};
  if (tables && run_program({"iptables", "-S", "FORWARD"}).find("-P FORWARD ACCEPT") != 0)
    needed.push_back(iptables_accept(bridge));
  return needed;
}

// Is the rule still there that the iptables command would remove?
bool is_there(Command remove) {
  remove[2] = "-C";
  try {
    run_program(remove);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// An empty record is that of a lab that was killed while it made rules, for `network`: then any kind
// may be there.
void remove_rules(const std::string& record, const std::string& bridge, const Ipv4& network) {
  const Ipv4 recorded = parse_ipv4(record.substr(0, record.find(' '))).value_or(network);
  for (const Rules& rules : {iptables_accept(bridge), iptables_masquerade(bridge, recorded),
                             nft_masquerade(bridge, recorded)}) {
    for (const Command& command : rules.remove) {
      const std::string& program = command.front();
      if (record.empty() ? !has_program(program) : record.find(rules.kind) == std::string::npos)
        continue;
      if (program == "nft" || is_there(command)) run_program(command);
    }
  }
}

std::string add_rules(const std::string& bridge, const Ipv4& network) {
  std::string record = network.text();
  try {
    for (const Rules& rules : rules_needed(bridge, network)) {
      record += " " + rules.kind;  // before: of two rules the second one may fail
      for (const Command& command : rules.add) run_program(command);
    }
  } catch (...) {
    remove_rules(record, bridge, network);
    throw;
  }
  return record;
}

}  // namespace

Nat::Nat(const Bridge& bridge) {
  step("forward-ip", "the host passes packets on between its links: a router",
       [&] { forwarding_.emplace(kForwarding, start_forwarding, stop_forwarding); });
  step(
      "masquerade", "outside, no one knows the container's address: the host puts its own on", [&] {
        const std::string name = bridge.name();
        const Ipv4 network = bridge.address().network();
        const auto remove = [=](const std::string& record) { remove_rules(record, name, network); };
        const auto add = [=](const std::string& left_by_a_killed_lab) {
          if (!left_by_a_killed_lab.empty()) remove(left_by_a_killed_lab);
          return add_rules(name, network);
        };
        rules_.emplace(rules_lock(name), add, remove);
      });
}

void Nat::sweep(const Bridge& bridge) {
  const std::string name = bridge.name();
  const Ipv4 network = bridge.address().network();
  SharedUse::sweep(kForwarding, stop_forwarding);
  SharedUse::sweep(rules_lock(name),
                   [=](const std::string& record) { remove_rules(record, name, network); });
}

}  // namespace lab
