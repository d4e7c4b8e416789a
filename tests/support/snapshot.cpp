#include "snapshot.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

namespace check {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

bool is_table_of_iptables(const std::string& name) {
  static const std::set<std::string> kNames{"filter", "nat", "mangle", "raw", "security"};
  return kNames.count(name) != 0;
}

}  // namespace

std::vector<Leftover> differences(const Snapshot& before, const Snapshot& now) {
  std::vector<Leftover> result;
  const auto compare = [&](const char* kind, const std::vector<std::string> Snapshot::*list) {
    for (const std::string& what : added(before.*list, now.*list))
      result.push_back({kind, "new: " + what});
    for (const std::string& what : added(now.*list, before.*list))
      result.push_back({kind, "gone: " + what});
  };
  compare("mount", &Snapshot::mounts);
  compare("file", &Snapshot::files);
  compare("setting", &Snapshot::settings);
  // A run may take away what another one that was killed had left: only what is new counts.
  for (const std::string& what : added(before.cgroups, now.cgroups))
    result.push_back({"cgroup", "new: " + what});
  for (const std::string& what : added(before.locks, now.locks))
    result.push_back({"lock", "new: " + what});
  return result;
}

std::vector<std::string> added(std::vector<std::string> before, std::vector<std::string> now) {
  std::sort(before.begin(), before.end());
  std::sort(now.begin(), now.end());
  std::vector<std::string> more;
  std::set_difference(now.begin(), now.end(), before.begin(), before.end(),
                      std::back_inserter(more));
  return more;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

std::vector<std::string> names_below(const fs::path& root, const fs::path& directory) {
  std::vector<std::string> found;
  std::error_code gone;
  for (fs::recursive_directory_iterator entry(root / directory, gone), end; !gone && entry != end;
       entry.increment(gone)) {
    if (!entry->is_directory(gone))
      found.push_back("/" + entry->path().lexically_relative(root).string());
  }
  return found;
}

std::vector<std::string> files_below(const fs::path& directory) {
  std::vector<std::string> found;
  std::error_code bad_input;
  if (!fs::is_directory(directory, bad_input)) return found;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    struct stat status {};
    if (::lstat(entry.path().c_str(), &status) == -1) continue;
    std::string line = fmt::format("{} mode {:o}", entry.path().string(), status.st_mode);
    if (!S_ISDIR(status.st_mode)) {
      line += fmt::format(" inode {} size {} changed {}.{:09}", status.st_ino, status.st_size,
                          status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
    }
    found.push_back(line);
  }
  return found;
}

std::vector<std::string> links_in(const std::string& net_dev) {
  std::vector<std::string> names;
  for (const std::string& line : lines_of(net_dev)) {
    const size_t begin = line.find_first_not_of(' '), colon = line.find(':');
    if (colon != std::string::npos) names.push_back(line.substr(begin, colon - begin));
  }
  return names;
}

std::string forwarding_in(const std::string& net_snmp) {
  // Two lines: `Ip: Forwarding DefaultTTL …` and `Ip: 1 64 …`, where 1 is yes and 2 is no.
  std::vector<std::string> names;
  for (const std::string& line : lines_of(net_snmp)) {
    const std::vector<std::string> words = words_of(line);
    if (words.empty() || words[0] != "Ip:") continue;
    if (names.empty()) {
      names = words;
      continue;
    }
    const auto at = std::find(names.begin(), names.end(), "Forwarding") - names.begin();
    const auto index = static_cast<size_t>(at);
    if (index < words.size()) return words[index] == "1" ? "1" : "0";
  }
  return "";
}

std::vector<std::string> rules_in(const std::string& ruleset) {
  std::vector<std::string> rules;
  std::string table, chain;
  for (const std::string& line : lines_of(ruleset)) {
    const std::vector<std::string> words = words_of(line);
    if (words.empty() || words[0][0] == '#' || words[0] == "}") continue;
    if (words[0] == "table" && words.size() > 2) {
      table = words[1] + " " + words[2];
      chain.clear();
      if (!is_table_of_iptables(words[2])) rules.push_back("table " + table);
    } else if (words[0] == "chain" && words.size() > 1) {
      chain = words[1];
    } else if (words[0][0] == '*') {  // from here on as iptables-save(8) has it
      table = words[0].substr(1);
      chain.clear();
    } else if (words[0] == "COMMIT" || (words[0][0] == ':' && words[1] != "-")) {
      continue;
    } else if (words[0] != "type") {
      rules.push_back(fmt::format("{} {}: {}", table, chain, fmt::join(words, " ")));
    }
  }
  return rules;
}

}  // namespace check
