// What a run might change on its host, and what differs between two looks at it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace check {

/// Of each kind a list of names.
struct Snapshot {
  std::vector<std::string> mounts;
  std::vector<std::string> cgroups;   ///< directories, and what their root hands on to them
  std::vector<std::string> files;     ///< below the images, with what tells that they were written
  std::vector<std::string> locks;     ///< files below /run/lab
  std::vector<std::string> settings;  ///< whether it forwards, and its packet filter's rules
};

/// Something that differs, of the kind "mount", "cgroup", "file", "lock", "setting", "link" or
/// "process".
struct Leftover {
  std::string kind, what;
};

std::vector<Leftover> differences(const Snapshot& before, const Snapshot& now);

/// What is in `now` and not in `before`.
std::vector<std::string> added(std::vector<std::string> before, std::vector<std::string> now);

std::vector<std::string> lines_of(const std::string& text);

/// All that is below `directory`, but for directories, as a process with that root directory names it.
std::vector<std::string> names_below(const std::filesystem::path& root,
                                     const std::filesystem::path& directory);

/// All that is below `directory`, with each file's identity and time of change, which no program can
/// set back.
std::vector<std::string> files_below(const std::filesystem::path& directory);

// Parsers, as pure functions on text.

/// The links in /proc/PID/net/dev.
std::vector<std::string> links_in(const std::string& net_dev);

/// Whether the host forwards packets, from /proc/PID/net/snmp: net.ipv4.ip_forward as seen from
/// outside.
std::string forwarding_in(const std::string& net_snmp);

/// The rules in the output of `nft list ruleset` and of `iptables-save`, each with its table and
/// chain. The tables and chains that iptables(8) makes wherever it looks do not count.
std::vector<std::string> rules_in(const std::string& ruleset);

}  // namespace check
