#include "hostname.h"

#include <algorithm>
#include <climits>
#include <sstream>

namespace lab {
namespace {

constexpr size_t kLongestLabel = 63;

// As in "C", whatever the locale: the letters of others are not for host names.
bool fits(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

std::string unfit_as_hostname(const std::string& text) {
  if (text.empty()) return "it is empty";
  if (text.size() > HOST_NAME_MAX) return "it has more than 64 bytes";
  if (text.back() == '.') return "it ends with a dot";
  std::istringstream labels(text);
  for (std::string label; std::getline(labels, label, '.');) {
    if (label.empty()) return "there is nothing before or between its dots";
    if (label.size() > kLongestLabel) return "a part of it has more than 63 bytes";
    if (!std::all_of(label.begin(), label.end(), fits))
      return "it may have letters, digits, hyphens and dots only";
    if (label.front() == '-' || label.back() == '-') return "a part of it begins or ends with -";
  }
  return "";
}

}  // namespace lab
