#include "result.h"

#include <fmt/core.h>

#include <cstdio>
#include <fstream>

#include "output.h"

namespace check {
namespace {

std::string xml(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '&':
        escaped += "&amp;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c;
    }
  }
  return escaped;
}

}  // namespace

int count(const std::vector<Result>& results, Result::Kind kind) {
  int number = 0;
  for (const Result& result : results) number += result.kind == kind ? 1 : 0;
  return number;
}

void print(const Result& result) {
  static constexpr struct {
    const char *word, *colour;
  } kWords[] = {{"ok  ", "32"}, {"FAIL", "31;1"}, {"skip", "33"}};
  const auto& [word, colour] = kWords[result.kind];
  const std::string reason = result.kind == Result::kSkipped ? ": " + result.detail : "";
  fmt::print("{} {}{} ({:.0f} ms)\n", lab::coloured(colour, word), result.name, reason,
             result.seconds * 1000);
  // One cause often fails many checks, in the same words.
  static std::string last_detail;
  if (result.kind == Result::kFailed) {
    fmt::print("{}", result.detail == last_detail ? "     as above\n" : result.detail);
    last_detail = result.detail;
  }
  std::fflush(stdout);
}

void print_total(const std::string& program, const std::vector<Result>& results) {
  const int ok = count(results, Result::kOk), skipped = count(results, Result::kSkipped);
  fmt::print("{}: {} of {} points", program, ok, results.size() - static_cast<size_t>(skipped));
  fmt::print(skipped == 0 ? "\n" : ", {} skipped\n", skipped);
}

bool write_junit(const std::string& file, const std::string& suite,
                 const std::vector<Result>& results) {
  std::ofstream out(file);
  out << fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
      xml(suite), results.size(), count(results, Result::kFailed),
      count(results, Result::kSkipped));
  for (const Result& result : results) {
    out << fmt::format("  <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"", xml(suite),
                       xml(result.name), result.seconds);
    if (result.kind == Result::kOk) out << "/>\n";
    if (result.kind == Result::kFailed)
      out << fmt::format(">\n    <failure>{}</failure>\n  </testcase>\n", xml(result.detail));
    if (result.kind == Result::kSkipped)
      out << fmt::format(">\n    <skipped message=\"{}\"/>\n  </testcase>\n", xml(result.detail));
  }
  out << "</testsuite>\n";
  return out.flush().good();
}

void write_progress(const std::string& file, const std::vector<Result>& results) {
  if (count(results, Result::kOk) + count(results, Result::kFailed) == 0)
    return;  // nothing was found out
  std::string progress = "passed";
  for (const Result& result : results) {
    if (result.kind == Result::kFailed && progress == "passed") progress = result.name;
  }
  std::ofstream(file) << progress << '\n';
}

}  // namespace check
