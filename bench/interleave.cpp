// Times command lines in turn, so that whatever disturbs the machine disturbs all of them alike, and
// prints the median of each: "NAME <tab> MILLISECONDS", from before its fork until it has ended.
//
//   interleave RUNS GAP_MS <FILE      a line of FILE: NAME <tab> PROGRAM <tab> ARG <tab> ARG ...
//
// Each round takes them in another order, and rests for GAP_MS before each: the kernel takes a
// network namespace down after its last process, at the cost of whoever comes next.

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

struct Entry {
  std::string name;
  std::vector<std::string> words;
  std::vector<double> times;
};

volatile sig_atomic_t stop = 0;

[[noreturn]] void fail(const std::string& message) {
  std::cerr << "interleave: " << message << '\n';
  std::exit(1);
}

std::vector<Entry> read_entries() {
  std::vector<Entry> entries;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream fields(line);
    Entry entry;
    std::getline(fields, entry.name, '\t');
    for (std::string word; std::getline(fields, word, '\t');) entry.words.push_back(word);
    if (entry.words.empty()) fail("no command in the line: " + line);
    entries.push_back(entry);
  }
  return entries;
}

// stdin and stdout are /dev/null. A process group of its own: Ctrl-C ends this program after the
// command, not the command before it has cleaned up.
pid_t start(const Entry& entry) {
  static posix_spawn_file_actions_t files;
  static posix_spawnattr_t attributes;
  static const bool ready = [] {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    return posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP) == 0;
  }();
  std::vector<char*> argv;
  for (const std::string& word : entry.words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t pid = 0;
  const int error =
      ready ? posix_spawnp(&pid, argv[0], &files, &attributes, argv.data(), environ) : 0;
  if (error != 0) fail(entry.words[0] + ": " + std::strerror(error));
  return pid;
}

void time_once(Entry& entry) {
  const auto before = std::chrono::steady_clock::now();
  const pid_t pid = start(entry);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  const Milliseconds took = std::chrono::steady_clock::now() - before;
  // The time of what failed says nothing.
  if (status != 0) fail(entry.name + " failed: wait status " + std::to_string(status));
  entry.times.push_back(took.count());
}

double median(std::vector<double> times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

long number(const char* text, long least) {
  char* end = nullptr;
  const long value = std::strtol(text, &end, 10);
  if (end == text || *end != '\0' || value < least)
    fail(std::string("not a number that will do: ") + text);
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) fail("usage: interleave RUNS GAP_MS <FILE");
  const long runs = number(argv[1], 1);
  const std::chrono::milliseconds gap(number(argv[2], 0));
  std::vector<Entry> entries = read_entries();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, [](int) { stop = 1; });

  std::vector<Entry*> order;
  order.reserve(entries.size());
  for (Entry& entry : entries) order.push_back(&entry);
  std::mt19937 random(1);  // the same order in every call
  for (long run = 0; run < runs; run++) {
    std::shuffle(order.begin(), order.end(), random);
    for (Entry* entry : order) {
      std::this_thread::sleep_for(gap);
      if (stop != 0) return 130;
      time_once(*entry);
    }
  }
  for (const Entry& entry : entries)
    std::printf("%s\t%.3f\n", entry.name.c_str(), median(entry.times));
}
