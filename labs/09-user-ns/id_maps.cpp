#include "id_maps.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

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
  const auto id = parse_number(variable(variable_name));
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

IdMaps choose_maps(const IdMap& wanted) {
  if (!wanted.empty()) check_ranges(wanted);
  if (::geteuid() == 0)
    return wanted.empty() ? default_of_root() : IdMaps{wanted, wanted, false, false, "--map"};
  const std::optional<Ranges> own = ranges_of(name_of(::geteuid()), std::to_string(::geteuid()));
  return wanted.empty() ? default_of_user(own) : wanted_by_user(wanted, own);
}

}  // namespace lab
