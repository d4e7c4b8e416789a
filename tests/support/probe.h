// What the probe can be asked, a table a subject. Each answer is what the kernel says from inside,
// or the reason of a failure as strerror(3) has it.
#pragma once

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

namespace probe {

/// A request is a verb and its words; the rest of the line may be text.
struct Verb {
  const char* name;
  std::string (*answer)(std::istringstream& words);
};

extern const std::vector<Verb> process_verbs, file_verbs, network_verbs, ipc_verbs, privilege_verbs,
    user_verbs;

/// Sends a message to the checks.
void say(const std::string& message);

/// The children that the request before has made for as long as it is not followed by another.
void end_forks();

inline std::string outcome(long result) {
  return result == -1 ? std::strerror(errno) : "ok";
}

inline std::string next_word(std::istringstream& words) {
  std::string word;
  words >> word;
  return word;
}

inline long next_number(std::istringstream& words) {
  return std::atol(next_word(words).c_str());
}

/// All that follows the blank after the last word.
inline std::string rest_of(std::istringstream& words) {
  std::string text;
  std::getline(words.ignore(), text, '\0');
  return text;
}

}  // namespace probe
