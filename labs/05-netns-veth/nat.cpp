#include "nat.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "error.h"
#include "forwarding.h"
#include "program.h"
#include "step.h"

namespace lab {
namespace {

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

// Every kind, told apart by its name in the record.
std::vector<Rules> all_kinds(const std::string& bridge, const Ipv4& network) {
  return {nft_masquerade(bridge, network), iptables_masquerade(bridge, network),
          iptables_accept(bridge)};
}

// Those that the record names, for the network that it names: the bridge may have another one now.
std::vector<Rules> recorded(const std::string& record, const std::string& bridge) {
  std::vector<Rules> rules;
  const std::optional<Ipv4> network = parse_ipv4(record.substr(0, record.find(' ')));
  if (!network) return rules;
  for (Rules& each : all_kinds(bridge, *network)) {
    if (record.find(each.kind) != std::string::npos) rules.push_back(std::move(each));
  }
  return rules;
}

std::string plan(const Ipv4& network) {
  const bool nft = has_program("nft"), iptables = has_program("iptables");
  if (!nft && !iptables)
    throw Error("--nat needs the program nft or iptables", "apt-get install nftables");
  std::string record = network.text() + (nft ? " nft" : " iptables");
  if (iptables && run_program({"iptables", "-S", "FORWARD"}).find("-P FORWARD ACCEPT") != 0)
    record += " accept";
  return record;
}

void add(const std::string& record, const std::string& bridge) {
  for (const Rules& rules : recorded(record, bridge)) {
    for (const Command& command : rules.add) run_program(command);
  }
}

void remove(const std::string& record, const std::string& bridge) {
  for (const Rules& rules : recorded(record, bridge)) {
    for (const Command& command : rules.remove) {
      if (command.front() == "nft" || is_there(command)) run_program(command);
    }
  }
}

SharedUse::Thing masquerade(const Bridge& bridge) {
  const std::string name = bridge.name();
  const Ipv4 network = bridge.address().network();
  return {bridge_lock(name, "nat"), [=] { return plan(network); },
          [=](const std::string& record) { add(record, name); },
          [=](const std::string& record) { remove(record, name); }};
}

}  // namespace

Nat::Nat(const Bridge& bridge) {
  step("forward-ip", "the host passes packets on between its links: a router",
       [&] { forwarding_.emplace(forwarding()); });
  step("masquerade", "outside, no one knows the container's address: the host puts its own on",
       [&] { rules_.emplace(masquerade(bridge)); });
}

void Nat::let_go() {
  for (auto* use : {&forwarding_, &rules_}) {
    if (*use) (*use)->abandon();
  }
}

void Nat::sweep(const Bridge& bridge) {
  SharedUse::sweep(forwarding());
  SharedUse::sweep(masquerade(bridge));
}

}  // namespace lab
