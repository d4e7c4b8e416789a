#include "quantity.h"

#include <fmt/core.h>

#include <cctype>
#include <limits>
#include <string_view>

#include "error.h"

namespace lab {
namespace {

constexpr std::string_view kUnits = "KMG";

bool all_digits(const std::string& text) {
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) return false;
  }
  return !text.empty();
}

// False where `text` is no whole number, or one over `most`.
bool whole_number(const std::string& text, std::uint64_t most, std::uint64_t& number) {
  if (!all_digits(text)) return false;
  number = 0;
  for (const char c : text) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (number > (most - digit) / 10) return false;
    number = number * 10 + digit;
  }
  return true;
}

// 1024 to the power that the unit at the end of `text` stands for; the unit is taken away.
std::uint64_t take_unit(std::string& text) {
  if (text.empty()) return 1;
  const size_t power =
      kUnits.find(static_cast<char>(std::toupper(static_cast<unsigned char>(text.back()))));
  if (power == std::string_view::npos) return 1;
  text.pop_back();
  return std::uint64_t{1} << 10 * (power + 1);
}

bool decimal(const std::string& text) {
  const size_t point = text.find('.');
  if (point == std::string::npos) return all_digits(text);
  return all_digits(text.substr(0, point)) && all_digits(text.substr(point + 1));
}

}  // namespace

std::uint64_t parse_size(const std::string& text) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::string digits = text;
  const std::uint64_t unit = take_unit(digits);
  if (!all_digits(digits)) {
    throw Error(fmt::format("{} is no size", quoted(text)),
                "a size is a whole number of bytes, or one with K, M or G after it: 64M");
  }
  std::uint64_t number = 0;
  if (!whole_number(digits, kMost / unit, number)) {
    throw Error(fmt::format("{} is too large a size", quoted(text)),
                "the kernel counts up to 2^63 - 1 bytes");
  }
  return number * unit;
}

double parse_cpus(const std::string& text) {
  constexpr size_t kLongest = 32;
  // Not by strtod(3) alone: it takes nan, inf, 1e9 and 0x10 as well.
  const double cpus = decimal(text) && text.size() <= kLongest ? std::stod(text) : 0;
  if (cpus < 0.01 || cpus > 8192) {
    throw Error(fmt::format("{} is no number of CPUs", quoted(text)),
                "it is a decimal number from 0.01 (a hundredth of one CPU's time) to 8192: 0.4");
  }
  return cpus;
}

std::uint64_t parse_pids(const std::string& text) {
  std::uint64_t number = 0;
  if (!whole_number(text, 4194304, number) || number == 0) {
    throw Error(fmt::format("{} is no number of processes", quoted(text)),
                "it is a whole number from 1 to 4194304, the most that the kernel has pids for");
  }
  return number;
}

std::string size_text(std::uint64_t bytes) {
  std::string unit;
  for (const char next : kUnits) {
    if (bytes == 0 || bytes % 1024 != 0) break;
    bytes /= 1024;
    unit = next;
  }
  return std::to_string(bytes) + unit;
}

}  // namespace lab
