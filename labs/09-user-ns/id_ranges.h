// Ranges of ids: as --map, the files of subordinate ids and the kernel write them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lab {

/// `count` ids from `inside` on are those from `outside` on.
struct IdRange {
  std::uint32_t inside, outside, count;
};
using IdMap = std::vector<IdRange>;

/// The id that stands for none: 4294967295, which no range may have.
constexpr std::uint64_t kNoId = 0xffffffff;

/// A number of ten digits at most, which may be too large for an id.
std::optional<std::uint64_t> parse_number(const std::string& text);

/// INSIDE:OUTSIDE:COUNT. Error, with a hint, where `text` is not such a range of 32-bit ids.
IdRange parse_range(const std::string& text);
std::string text_of(const IdRange& range);

/// Error, with a hint, where `map` has no 0 inside, ranges that overlap, or more than the kernel takes:
/// 340 ranges, and less than a page of text (user_namespaces(7)).
void check_ranges(const IdMap& map);

/// The id outside of `inside`; nothing where it is in no range.
std::optional<std::uint32_t> outside_of(const IdMap& map, std::uint32_t inside);

/// The ranges of a user, by name or by the uid in digits, in the text of a subuid(5) or subgid(5) file.
struct Subordinate {
  std::uint32_t first, count;
};
std::vector<Subordinate> subordinate_ids(const std::string& text, const std::string& name,
                                         const std::string& uid);

/// As /proc/PID/uid_map takes it: a line a range.
std::string map_text(const IdMap& map);

/// newuidmap(1) or newgidmap(1) with its arguments.
std::vector<std::string> command_line(const std::string& program, pid_t process, const IdMap& map);

}  // namespace lab
