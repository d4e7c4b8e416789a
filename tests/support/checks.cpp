#define DOCTEST_CONFIG_IMPLEMENT
// The processes that the checks fork must end by a signal, not report it.
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#include "checks.h"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <functional>

#include "report.h"

namespace check {
namespace {

// What doctest tells the collector.
std::vector<Check> listed;
Result result;

bool must_run() {
  const char* value = std::getenv("LABS_MUST_RUN");
  return value != nullptr && std::string(value) == "1";
}

// doctest's own reporters know no skip that is decided while the check runs.
class Collector : public doctest::IReporter {
 public:
  explicit Collector(const doctest::ContextOptions&) {}

  void report_query(const doctest::QueryData& query) override {
    for (unsigned i = 0; i < query.num_data; ++i) {
      const doctest::TestCaseData& data = *query.data[i];
      listed.push_back({data.m_name, data.m_file.c_str(), static_cast<int>(i + 1)});
    }
  }
  void test_case_start(const doctest::TestCaseData& data) override {
    result = Result{};
    result.name = data.m_name;
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
      result.kind = Result::kSkipped;
      result.detail = text.substr(skip_mark.size());
    } else {
      fail(fmt::format("    {}\n", text));
    }
  }
  void test_case_end(const doctest::CurrentTestCaseStats&) override {
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started_;
    result.seconds = taken.count();
  }

  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}

 private:
  void fail(const std::string& detail) {
    result.kind = Result::kFailed;
    result.detail += detail;
  }

  std::chrono::steady_clock::time_point started_;
};

REGISTER_REPORTER("collector", 1, Collector);

REGISTER_EXCEPTION_TRANSLATOR(const Skip& skip) {
  return {("skip: " + skip.reason).c_str()};
}
REGISTER_EXCEPTION_TRANSLATOR(const std::exception& error) {
  return {error.what()};
}

void run_doctest(const std::string& only, const std::function<void(doctest::Context&)>& more) {
  doctest::Context context;
  context.setOption("reporters", "collector");
  context.setOption("order-by", "file");
  if (!only.empty()) context.setOption("test-case", only.c_str());
  more(context);
  context.run();
}

}  // namespace

std::vector<Check> checks(const std::string& only) {
  listed.clear();
  run_doctest(only, [](doctest::Context& context) {
    const char* const arguments[] = {"", "--list-test-cases"};  // setOption() knows no such flag
    context.applyCommandLine(2, arguments);
  });
  return listed;
}

Result run(const Check& check, const std::string& only) {
  result = Result{Result::kFailed, check.name, "    it was not run\n"};
  run_doctest(only, [&](doctest::Context& context) {
    context.setOption("first", check.number);
    context.setOption("last", check.number);
  });
  return result;
}

}  // namespace check
