#include "command_line.h"

#include <wordexp.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "report.h"

namespace check {
namespace {

std::string program_under_test() {
  const char* command = std::getenv("LAB_COMMAND");
  if (command != nullptr && *command != '\0') return command;
  // build/bin/check-04-pivot-root beside build/bin/04-pivot-root
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const size_t name = self.rfind("/check-");
  return self.substr(0, name + 1) + self.substr(name + std::strlen("/check-"));
}

bool has_placeholders(const std::string& program) {
  return program.find('{') != std::string::npos;
}

std::string shell_quoted(const std::string& word) {
  std::string result = "'";
  for (const char c : word) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

std::vector<std::string> words_of(const std::string& text) {
  wordexp_t expansion{};
  if (::wordexp(text.c_str(), &expansion, WRDE_NOCMD) != 0)
    throw std::runtime_error("LAB_COMMAND cannot be read: " + text);
  std::vector<std::string> words(expansion.we_wordv, expansion.we_wordv + expansion.we_wordc);
  ::wordfree(&expansion);
  return words;
}

// The number of the lab whose checks these are: 10 for check-10-privileges.
int lab_number() {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").filename();
  return std::atoi(self.c_str() + std::strlen("check-"));
}

// wordexp(3) stumbles over braces: a placeholder is a plain word until the words are split.
constexpr const char* kRootfsWord = "@ROOTFS@";
constexpr const char* kCommandWord = "@COMMAND@";

}  // namespace

std::vector<std::string> command_line(const Request& request) {
  const std::string program = request.program.empty() ? program_under_test() : request.program;
  std::vector<std::string> line;
  if (!has_placeholders(program)) {
    line = words_of(program);
    line.insert(line.end(), {"--rootfs", request.image});
    line.insert(line.end(), request.lab_options.begin(), request.lab_options.end());
    line.emplace_back("--");
    line.insert(line.end(), request.command.begin(), request.command.end());
    return line;
  }
  std::string quoted_command;
  for (const std::string& word : request.command)
    quoted_command += (quoted_command.empty() ? "" : " ") + shell_quoted(word);
  for (const std::string& word :
       words_of(replaced(replaced(program, "{rootfs}", kRootfsWord), "{command}", kCommandWord))) {
    if (word == kCommandWord) {
      line.insert(line.end(), request.command.begin(), request.command.end());
    } else {
      line.push_back(
          replaced(replaced(word, kRootfsWord, request.image), kCommandWord, quoted_command));
    }
  }
  return line;
}

Request Request::with_all_privileges() const {
  Request request = *this;
  if (lab_number() < 10 || !takes_lab_options()) return request;
  for (const char* word : {"--cap-add", "ALL", "--seccomp", "off", "--skip", "read-only-paths"})
    request.lab_options.emplace_back(word);
  return request;
}

bool takes_lab_options() {
  return !has_placeholders(program_under_test());
}

void need_lab_options() {
  if (!takes_lab_options()) skip("the program under test has no such option");
}

}  // namespace check
