#include "nearest.h"

#include <algorithm>

namespace lab {
namespace {

// Levenshtein's distance, a row of the table at a time.
size_t edits(const std::string& from, const std::string& to) {
  std::vector<size_t> row(to.size() + 1);
  for (size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= from.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= to.size(); ++j) {
      const size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[to.size()];
}

}  // namespace

std::string nearest(const std::string& wrong, const std::vector<std::string>& names) {
  std::string best;
  size_t fewest = wrong.size() / 3 + 1;  // more than a third of it changed: another word
  for (const std::string& name : names) {
    if (wrong.size() > 2 && name.rfind(wrong, 0) == 0) return name;  // cut short
    const size_t changes = edits(wrong, name);
    if (changes < fewest) {
      fewest = changes;
      best = name;
    }
  }
  return best;
}

}  // namespace lab
