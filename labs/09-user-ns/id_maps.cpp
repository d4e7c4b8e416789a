#include "id_maps.h"

#include <fmt/core.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "error.h"
#include "procfs.h"
#include "program.h"

namespace lab {
namespace {

constexpr std::uint32_t kNobody = 65534;

std::string name_of(uid_t uid) {
  const passwd* const user = ::getpwuid(uid);
  return user == nullptr ? "" : user->pw_name;
}

// What both files give to one user.
struct Ranges {
  std::vector<Subordinate> uids, gids;
};

std::optional<Ranges> ranges_of(const std::string& name, const std::string& uid) {
  const auto uids = subordinate_ids(read_file("/etc/subuid"), name, uid),
             gids = subordinate_ids(read_file("/etc/subgid"), name, uid);
  if (uids.empty() || gids.empty()) return {};
  return Ranges{uids, gids};
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::uint32_t id_from(const char* variable_name) {
  const auto id = parse_number(variable(variable_name));
  return id && *id != 0 && *id < kNoId ? static_cast<std::uint32_t>(*id) : kNobody;
}

IdMaps default_of_root() {
  for (const auto& [name, uid] : {std::pair<std::string, std::string>{"root", "0"},
                                  {variable("SUDO_USER"), variable("SUDO_UID")}}) {
    const std::optional<Ranges> ranges = ranges_of(name, uid);
    if (!ranges) continue;
    return {{{0, ranges->uids.front().first, ranges->uids.front().count}},
            {{0, ranges->gids.front().first, ranges->gids.front().count}},
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
  const Subordinate &uids = own->uids.front(), &gids = own->gids.front();
  IdMaps maps{{{0, ::geteuid(), 1}, {1, uids.first, uids.count}},
              {{0, ::getegid(), 1}, {1, gids.first, gids.count}},
              true,
              false,
              "oneself, and the range of /etc/subuid and /etc/subgid by newuidmap and newgidmap"};
  check_ranges(maps.uids);  // a range may have oneself in it
  check_ranges(maps.gids);
  return maps;
}

bool is_oneself(const IdRange& range, std::uint32_t oneself) {
  return range.outside == oneself && range.count == 1;
}

bool lies_in(const IdRange& range, const Subordinate& own) {
  return range.outside >= own.first &&
         std::uint64_t{range.outside} + range.count <= std::uint64_t{own.first} + own.count;
}

std::string text_of(const std::vector<Subordinate>& ranges) {
  std::string text;
  for (const Subordinate& range : ranges)
    text += fmt::format("{}{} ids from {} on", text.empty() ? "" : ", ", range.count, range.first);
  return text;
}

// `own` is what `file` gives, and empty where it cannot be used, which `why_not` tells.
void require_own(const IdMap& map, std::uint32_t oneself, const std::vector<Subordinate>& own,
                 const char* file, const std::string& why_not) {
  for (const IdRange& range : map) {
    const auto is_in = [&](const Subordinate& one) { return lies_in(range, one); };
    if (is_oneself(range, oneself) || std::any_of(own.begin(), own.end(), is_in)) continue;
    throw Error(fmt::format("--map {}: not permitted without root", text_of(range)),
                own.empty()
                    ? fmt::format("yours is {} alone: {}", oneself, why_not)
                    : fmt::format("yours are {}, and by {} {}", oneself, file, text_of(own)));
  }
}

IdMaps wanted_by_user(const IdMap& wanted, const std::optional<Ranges>& own) {
  const Ranges permitted = own && has_programs() ? *own : Ranges{};
  // One option for both: where it names oneself, the group is one's own as well.
  IdMap gids = wanted;
  for (IdRange& range : gids) {
    if (is_oneself(range, ::geteuid())) range.outside = ::getegid();
  }
  check_ranges(gids);
  const std::string why_not = why_oneself_alone(own);
  require_own(wanted, ::geteuid(), permitted.uids, "/etc/subuid", why_not);
  require_own(gids, ::getegid(), permitted.gids, "/etc/subgid", why_not);
  const bool alone = wanted.size() == 1 && is_oneself(wanted.front(), ::geteuid());
  return {wanted, gids, !alone, alone, "--map"};
}

}  // namespace

IdMaps choose_maps(const IdMap& wanted) {
  if (!wanted.empty()) check_ranges(wanted);
  if (::geteuid() == 0)
    return wanted.empty() ? default_of_root() : IdMaps{wanted, wanted, false, false, "--map"};
  const std::optional<Ranges> own = ranges_of(name_of(::geteuid()), std::to_string(::geteuid()));
  return wanted.empty() ? default_of_user(own) : wanted_by_user(wanted, own);
}

}  // namespace lab
