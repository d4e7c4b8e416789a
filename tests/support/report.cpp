#define DOCTEST_CONFIG_IMPLEMENT
// The processes that the checks fork must end by a signal, not report it.
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#include "report.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

namespace check {
namespace {

struct Skip {
  std::string reason;
};

struct Result {
  enum Kind { kOk, kFailed, kSkipped } kind = kOk;
  std::string name;
  std::string detail;  // of a failure, or the reason of a skip
  double seconds = 0;
};

std::vector<Result> results;

bool must_run() {
  const char* value = std::getenv("LABS_MUST_RUN");
  return value != nullptr && std::string(value) == "1";
}

std::string coloured(const char* colour, const std::string& text) {
  const bool plain = ::isatty(STDOUT_FILENO) == 0 || std::getenv("NO_COLOR") != nullptr;
  return plain ? text : fmt::format("\033[{}m{}\033[0m", colour, text);
}

void print(const Result& result) {
  static constexpr struct {
    const char *word, *colour;
  } kWords[] = {{"ok  ", "32"}, {"FAIL", "31;1"}, {"skip", "33"}};
  const auto& [word, colour] = kWords[result.kind];
  const std::string reason = result.kind == Result::kSkipped ? ": " + result.detail : "";
  fmt::print("{} {}{} ({:.0f} ms)\n", coloured(colour, word), result.name, reason,
             result.seconds * 1000);
  // One cause often fails many checks, in the same words.
  static std::string last_detail;
  if (result.kind == Result::kFailed) {
    fmt::print("{}", result.detail == last_detail ? "     as above\n" : result.detail);
    last_detail = result.detail;
  }
  std::fflush(stdout);
}

// doctest's own reporters know no skip that is decided while the check runs.
class PointsReporter : public doctest::IReporter {
 public:
  explicit PointsReporter(const doctest::ContextOptions&) {}

  void test_case_start(const doctest::TestCaseData& data) override {
    current_ = Result{};
    current_.name = data.m_name;
    started_ = std::chrono::steady_clock::now();
  }
  void log_message(const doctest::MessageData& message) override { fail(message.m_string.c_str()); }
  void log_assert(const doctest::AssertData& data) override {
    if (data.m_failed) fail(fmt::format("    {}\n", data.m_decomp.c_str()));
  }
  void test_case_exception(const doctest::TestCaseException& exception) override {
    const std::string text = exception.error_string.c_str();
    const std::string skip_mark = "skip: ";
    if (text.rfind(skip_mark, 0) == 0 && !must_run()) {
      current_.kind = Result::kSkipped;
      current_.detail = text.substr(skip_mark.size());
    } else {
      fail(fmt::format("    {}\n", text));
    }
  }
  void test_case_end(const doctest::CurrentTestCaseStats&) override {
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started_;
    current_.seconds = taken.count();
    print(current_);
    results.push_back(current_);
  }

  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}

 private:
  void fail(const std::string& detail) {
    current_.kind = Result::kFailed;
    current_.detail += detail;
  }

  Result current_;
  std::chrono::steady_clock::time_point started_;
};

REGISTER_REPORTER("points", 1, PointsReporter);

REGISTER_EXCEPTION_TRANSLATOR(const Skip& skip) {
  return {("skip: " + skip.reason).c_str()};
}
REGISTER_EXCEPTION_TRANSLATOR(const std::exception& error) {
  return {error.what()};
}

int count(Result::Kind kind) {
  int number = 0;
  for (const Result& result : results) number += result.kind == kind ? 1 : 0;
  return number;
}

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

bool write_junit(const std::string& file, const std::string& suite) {
  std::ofstream out(file);
  out << fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
      xml(suite), results.size(), count(Result::kFailed), count(Result::kSkipped));
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

void write_progress(const std::string& file) {
  if (count(Result::kOk) + count(Result::kFailed) == 0) return;  // nothing was found out
  std::string progress = "passed";
  for (const Result& result : results) {
    if (result.kind == Result::kFailed && progress == "passed") progress = result.name;
  }
  std::ofstream(file) << progress << '\n';
}

// A line of a failed check's report; what has several lines stays in its column.
std::string field(const std::string& name, const std::string& value) {
  std::string text = value.substr(0, value.find_last_not_of('\n') + 1);
  const std::string column = "\n" + std::string(15, ' ');
  for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += column.size()) {
    text.replace(at, 1, column);
  }
  return fmt::format("     {:<8}  {}\n", name, text);
}

struct Arguments {
  std::string junit, only;
  bool good = true;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    std::string* const value = name == "--junit"  ? &arguments.junit
                               : name == "--only" ? &arguments.only
                                                  : nullptr;
    if (value == nullptr || i + 1 == argc) {
      arguments.good = false;
      break;
    }
    *value = argv[i + 1];
  }
  return arguments;
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

int run_checks(int argc, char** argv) {
  const std::string program = std::string(argv[0]).substr(std::string(argv[0]).rfind('/') + 1);
  const Arguments arguments = parse(argc, argv);
  if (!arguments.good) {
    fmt::print(stderr, "usage: {} [--junit FILE] [--only CHECK]\n", program);
    return 2;
  }

  doctest::Context context;
  context.setOption("reporters", "points");
  context.setOption("order-by", "file");
  if (!arguments.only.empty()) context.setOption("test-case", arguments.only.c_str());
  context.run();

  const int failed = count(Result::kFailed), skipped = count(Result::kSkipped),
            ok = count(Result::kOk);
  fmt::print("{}: {} of {} points", program, ok, results.size() - static_cast<size_t>(skipped));
  fmt::print(skipped == 0 ? "\n" : ", {} skipped\n", skipped);

  if (const char* progress = std::getenv("LAB_PROGRESS")) write_progress(progress);
  if (!arguments.junit.empty() && !write_junit(arguments.junit, program)) {
    fmt::print(stderr, "{} cannot be written\n", arguments.junit);
    return 2;
  }
  if (results.empty()) fmt::print(stderr, "no check has that name\n");
  return failed == 0 && !results.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace check
