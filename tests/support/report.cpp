#include "report.h"

#include <doctest/doctest.h>
#include <fmt/core.h>

namespace check {
namespace {

// A line of a failed check's report; what has several lines stays in its column.
std::string field(const std::string& name, const std::string& value) {
  std::string text = value.substr(0, value.find_last_not_of('\n') + 1);
  const std::string column = "\n" + std::string(15, ' ');
  for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += column.size()) {
    text.replace(at, 1, column);
  }
  return fmt::format("     {:<8}  {}\n", name, text);
}

}  // namespace

void expect_true(bool holds, const std::string& expected, const std::string& seen,
                 const Advice& advice) {
  if (holds) return;
  std::string text = field("expected", expected) + field("seen", seen);
  if (!advice.by_hand.empty()) text += field("by hand", advice.by_hand);
  if (!advice.hint.empty()) text += field("hint", advice.hint);
  FAIL(text);
}

void expect_equal(const std::string& expected, const std::string& seen, const Advice& advice) {
  expect_true(expected == seen, expected, seen.empty() ? "nothing" : seen, advice);
}

void skip(const std::string& reason) {
  throw Skip{reason};
}

}  // namespace check
