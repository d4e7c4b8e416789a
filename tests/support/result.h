// What a check found, and the report of all: a line a check, points and a total.
#pragma once

#include <string>
#include <vector>

namespace check {

struct Result {
  enum Kind { kOk, kFailed, kSkipped } kind = kOk;
  std::string name;
  std::string detail;  ///< of a failure, or the reason of a skip
  double seconds = 0;
};

int count(const std::vector<Result>& results, Result::Kind kind);

void print(const Result& result);
void print_total(const std::string& program, const std::vector<Result>& results);

/// False where the file cannot be written.
bool write_junit(const std::string& file, const std::string& suite,
                 const std::vector<Result>& results);

/// Writes `passed` or the first failing check's name, unless nothing was found out.
void write_progress(const std::string& file, const std::vector<Result>& results);

}  // namespace check
