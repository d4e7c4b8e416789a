#include "id_maps.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "error.h"
#include "procfs.h"
#include "program.h"
#include "step.h"

namespace lab {
namespace {

// The id that stands for none: 4294967295, which no range may have.
constexpr std::uint64_t kNoId = 0xffffffff;
constexpr std::uint32_t kNobody = 65534;
constexpr size_t kMostRanges = 340;  // of the kernel, since Linux 4.15

constexpr const char* kForm =
    "for example --map 0:100000:65536, or twice: --map 0:1000:1 --map 1:100000:65535";

std::optional<std::uint64_t> number(const std::string& text) {
  constexpr size_t kMostDigits = 10;
  if (text.empty() || text.size() > kMostDigits ||
      text.find_first_not_of("0123456789") != std::string::npos)
    return {};
  return std::stoull(text);
}

std::vector<std::string> fields_of(const std::string& text) {
  std::vector<std::string> fields{""};
  for (const char c : text) {
    if (c == ':') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::string text_of(const IdRange& range) {
  return fmt::format("{}:{}:{}", range.inside, range.outside, range.count);
}

bool overlap(std::uint64_t a, std::uint64_t b, const IdRange& of_a, const IdRange& of_b) {
  return a < b + of_b.count && b < a + of_a.count;
}

void check_ranges(const IdMap& map) {
  if (map.size() > kMostRanges)
    throw Error(fmt::format("--map: {} ranges are too many", map.size()),
                fmt::format("the kernel takes {}", kMostRanges));
  if (!IdMaps::outside(map, 0))
    throw Error("--map: no range has the id 0 inside, and so there would be no root",
                "one must begin with 0: --map 0:100000:65536");
  for (size_t a = 0; a < map.size(); ++a) {
    for (size_t b = 0; b < a; ++b) {
      const bool inside = overlap(map[a].inside, map[b].inside, map[a], map[b]);
      if (!inside && !overlap(map[a].outside, map[b].outside, map[a], map[b])) continue;
      throw Error(fmt::format("--map {} and --map {} overlap {}", text_of(map[b]), text_of(map[a]),
                              inside ? "inside" : "outside"),
                  "an id has one place on each side");
    }
  }
}

std::string name_of(uid_t uid) {
  const passwd* const user = ::getpwuid(uid);
  return user == nullptr ? "" : user->pw_name;
}

// What both files give to one user.
struct Ranges {
  Subordinate uids, gids;
};

std::optional<Ranges> ranges_of(const std::string& name, const std::string& uid) {
  const auto uids = subordinate_ids(read_file("/etc/subuid"), name, uid),
             gids = subordinate_ids(read_file("/etc/subgid"), name, uid);
  if (!uids || !gids) return {};
  return Ranges{*uids, *gids};
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::uint32_t id_from(const char* variable_name) {
  const auto id = number(variable(variable_name));
  return id && *id != 0 && *id < kNoId ? static_cast<std::uint32_t>(*id) : kNobody;
}

IdMaps default_of_root() {
  for (const auto& [name, uid] : {std::pair<std::string, std::string>{"root", "0"},
                                  {variable("SUDO_USER"), variable("SUDO_UID")}}) {
    const std::optional<Ranges> ranges = ranges_of(name, uid);
    if (!ranges) continue;
    return {{{0, ranges->uids.first, ranges->uids.count}},
            {{0, ranges->gids.first, ranges->gids.count}},
            false,
            false,
            fmt::format("the range of {} in /etc/subuid and /etc/subgid", name)};
  }
  const std::uint32_t uid = id_from("SUDO_UID"), gid = id_from("SUDO_GID");
  return {{{0, uid, 1}},
          {{0, gid, 1}},
          false,
          false,
          fmt::format("/etc/subuid and /etc/subgid have no range for root: {} alone",
                      uid == kNobody ? "nobody" : "the user of sudo")};
}

IdMaps oneself_alone(const std::string& why) {
  return {{{0, ::geteuid(), 1}}, {{0, ::getegid(), 1}}, false, true, "oneself alone: " + why};
}

bool has_programs() {
  return has_program("newuidmap") && has_program("newgidmap");
}

std::string why_oneself_alone(const std::optional<Ranges>& own) {
  return own ? "the programs newuidmap and newgidmap are not here (apt-get install uidmap)"
             : "/etc/subuid and /etc/subgid have no range for this user";
}

IdMaps default_of_user(const std::optional<Ranges>& own) {
  if (!own || !has_programs()) return oneself_alone(why_oneself_alone(own));
  return {{{0, ::geteuid(), 1}, {1, own->uids.first, own->uids.count}},
          {{0, ::getegid(), 1}, {1, own->gids.first, own->gids.count}},
          true,
          false,
          "oneself, and the range of /etc/subuid and /etc/subgid by newuidmap and newgidmap"};
}

bool lies_in(const IdRange& range, const Subordinate& own, std::uint32_t oneself) {
  if (range.outside == oneself && range.count == 1) return true;
  return range.outside >= own.first &&
         std::uint64_t{range.outside} + range.count <= std::uint64_t{own.first} + own.count;
}

IdMaps wanted_by_user(const IdMap& wanted, const std::optional<Ranges>& own) {
  const bool by_programs = own && has_programs();
  const Ranges permitted = by_programs ? *own : Ranges{{0, 0}, {0, 0}};
  for (const IdRange& range : wanted) {
    if (lies_in(range, permitted.uids, ::geteuid()) && lies_in(range, permitted.gids, ::getegid()))
      continue;
    throw Error(fmt::format("--map {}: not permitted without root", text_of(range)),
                by_programs
                    ? fmt::format("yours are {}, and by /etc/subuid {} ids from {} on", ::geteuid(),
                                  permitted.uids.count, permitted.uids.first)
                    : fmt::format("yours is {} alone: {}", ::geteuid(), why_oneself_alone(own)));
  }
  const bool alone = wanted.size() == 1 && wanted.front().outside == ::geteuid();
  return {wanted, wanted, !alone, alone, "--map"};
}

}  // namespace

std::optional<std::uint32_t> IdMaps::outside(const IdMap& map, std::uint32_t inside) {
  for (const IdRange& range : map) {
    if (inside >= range.inside && inside - range.inside < range.count)
      return range.outside + (inside - range.inside);
  }
  return {};
}

IdRange parse_range(const std::string& text) {
  const std::vector<std::string> fields = fields_of(text);
  std::optional<std::uint64_t> inside, outside, count;
  if (fields.size() == 3) {
    inside = number(fields[0]);
    outside = number(fields[1]);
    count = number(fields[2]);
  }
  if (!inside || !outside || !count)
    throw Error(fmt::format("--map {}: not INSIDE:OUTSIDE:COUNT", quoted(text)), kForm);
  if (*count == 0) throw Error(fmt::format("--map {}: a range of no ids", quoted(text)), kForm);
  if (std::max(*inside, *outside) + *count > kNoId)
    throw Error(fmt::format("--map {}: an id has 32 bits", quoted(text)),
                "4294967294 is the last one");
  const auto id = [](std::uint64_t value) { return static_cast<std::uint32_t>(value); };
  return {id(*inside), id(*outside), id(*count)};
}

std::optional<Subordinate> subordinate_ids(const std::string& text, const std::string& name,
                                           const std::string& uid) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> fields = fields_of(line);
    if (fields.size() != 3 || fields[0].empty() || (fields[0] != name && fields[0] != uid))
      continue;
    const auto first = number(fields[1]), count = number(fields[2]);
    if (!first || !count || *count == 0 || *first + *count > kNoId) continue;
    return Subordinate{static_cast<std::uint32_t>(*first), static_cast<std::uint32_t>(*count)};
  }
  return {};
}

IdMaps choose_maps(const IdMap& wanted) {
  if (!wanted.empty()) check_ranges(wanted);
  if (::geteuid() == 0)
    return wanted.empty() ? default_of_root() : IdMaps{wanted, wanted, false, false, "--map"};
  const std::optional<Ranges> own = ranges_of(name_of(::geteuid()), std::to_string(::geteuid()));
  return wanted.empty() ? default_of_user(own) : wanted_by_user(wanted, own);
}

std::string map_text(const IdMap& map) {
  std::string text;
  for (const IdRange& range : map)
    text += fmt::format("{} {} {}\n", range.inside, range.outside, range.count);
  return text;
}

std::vector<std::string> command_line(const std::string& program, pid_t process, const IdMap& map) {
  std::vector<std::string> words{program, std::to_string(process)};
  for (const IdRange& range : map) {
    for (const std::uint32_t id : {range.inside, range.outside, range.count})
      words.push_back(std::to_string(id));
  }
  return words;
}

}  // namespace lab
