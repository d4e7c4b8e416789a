#include "look.h"

#include <algorithm>
#include <sstream>
#include <vector>

#include "procfs.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

std::string line_of(const fs::path& file) {
  const std::string text = read_file(file);
  return text.substr(0, text.find('\n'));
}

std::string words_of(const fs::path& cmdline) {
  std::string words = read_file(cmdline);
  while (!words.empty() && words.back() == '\0') words.pop_back();
  // A line break in an argument would end the line that it is sent in.
  const auto is_control = [](unsigned char c) { return c < 0x20; };
  std::replace_if(words.begin(), words.end(), is_control, ' ');
  return words;
}

void count_processes(const fs::path& proc, Facts& facts) {
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(proc, gone)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    ++facts.processes;
    if (read_file(entry.path() / "cmdline").empty()) ++facts.of_kernel;
  }
}

}  // namespace

Facts look(const fs::path& proc) {
  Facts facts{line_of(proc / "sys/kernel/osrelease"), line_of(proc / "sys/kernel/random/boot_id"),
              words_of(proc / "1/cmdline")};
  count_processes(proc, facts);
  return facts;
}

std::string to_text(const Facts& facts) {
  return facts.release + '\n' + facts.boot_id + '\n' + facts.first + '\n' +
         std::to_string(facts.processes) + ' ' + std::to_string(facts.of_kernel) + '\n';
}

Facts facts_from(const std::string& text) {
  Facts facts;
  std::istringstream lines(text);
  std::getline(lines, facts.release);
  std::getline(lines, facts.boot_id);
  std::getline(lines, facts.first);
  lines >> facts.processes >> facts.of_kernel;
  return facts;
}

}  // namespace lab
