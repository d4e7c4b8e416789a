#include "id_ranges.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "error.h"

namespace lab {
namespace {

constexpr size_t kMostRanges = 340;  // of the kernel, since Linux 4.15

constexpr const char* kForm =
    "for example --map 0:100000:65536, or twice: --map 0:1000:1 --map 1:100000:65535";

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

bool overlap(std::uint64_t a, std::uint64_t b, const IdRange& of_a, const IdRange& of_b) {
  return a < b + of_b.count && b < a + of_a.count;
}

}  // namespace

std::optional<std::uint64_t> parse_number(const std::string& text) {
  constexpr size_t kMostDigits = 10;
  if (text.empty() || text.size() > kMostDigits ||
      text.find_first_not_of("0123456789") != std::string::npos)
    return {};
  return std::stoull(text);
}

std::optional<std::uint32_t> outside_of(const IdMap& map, std::uint32_t inside) {
  for (const IdRange& range : map) {
    if (inside >= range.inside && inside - range.inside < range.count)
      return range.outside + (inside - range.inside);
  }
  return {};
}

std::string text_of(const IdRange& range) {
  return fmt::format("{}:{}:{}", range.inside, range.outside, range.count);
}

IdRange parse_range(const std::string& text) {
  const std::vector<std::string> fields = fields_of(text);
  std::optional<std::uint64_t> inside, outside, count;
  if (fields.size() == 3) {
    inside = parse_number(fields[0]);
    outside = parse_number(fields[1]);
    count = parse_number(fields[2]);
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

void check_ranges(const IdMap& map) {
  if (map.size() > kMostRanges)
    throw Error(fmt::format("--map: {} ranges are too many", map.size()),
                fmt::format("the kernel takes {}", kMostRanges));
  if (map_text(map).size() >= static_cast<size_t>(::sysconf(_SC_PAGESIZE)))
    throw Error(fmt::format("--map: {} ranges with such large ids are too many", map.size()),
                "the kernel takes less than a page of text");
  if (!outside_of(map, 0))
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

std::vector<Subordinate> subordinate_ids(const std::string& text, const std::string& name,
                                         const std::string& uid) {
  std::vector<Subordinate> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::vector<std::string> fields = fields_of(line);
    if (fields.size() != 3 || fields[0].empty() || (fields[0] != name && fields[0] != uid))
      continue;
    const auto first = parse_number(fields[1]), count = parse_number(fields[2]);
    if (!first || !count || *count == 0 || *first + *count > kNoId) continue;
    found.push_back({static_cast<std::uint32_t>(*first), static_cast<std::uint32_t>(*count)});
  }
  return found;
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
