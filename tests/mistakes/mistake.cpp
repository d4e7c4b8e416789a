#include "mistake.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "error.h"
#include "process.h"
#include "sys.h"

namespace fs = std::filesystem;
namespace sys = lab::sys;

Told told_of(const std::function<void()>& mistake) {
  int ends[2] = {};
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  lab::UniqueFd read_end(ends[0]), write_end(ends[1]);
  lab::Child child = lab::fork_child([&] {
    sys::unshare(CLONE_NEWNS);
    sys::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE);
    sys::mount("scratch", "/tmp", "tmpfs", 0);
    sys::chdir("/tmp");
    try {
      mistake();
    } catch (const lab::SyscallError& error) {
      const std::string text = fmt::format("{}\n{}\n{}", error.error(), error.what(), error.hint());
      return ::write(write_end.get(), text.data(), text.size()) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    return EXIT_FAILURE;
  });
  write_end.reset();
  char text[8192];
  const ssize_t size = ::read(read_end.get(), text, sizeof text);
  child.wait();
  if (size <= 0) return {};
  const std::string all(text, static_cast<size_t>(size));
  const size_t first = all.find('\n'), last = all.rfind('\n');
  return {std::stoi(all), all.substr(first + 1, last - first - 1), all.substr(last + 1)};
}

void expect(int error, const std::string& cause, const std::function<void()>& mistake) {
  const Told told = told_of(mistake);
  INFO(told.message);
  INFO("hint: ", told.hint);
  CHECK(lab::errno_name(told.error) == lab::errno_name(error));
  CHECK(told.hint.find(cause) != std::string::npos);
}

void become_nobody() {
  REQUIRE(::setgid(65534) == 0);
  REQUIRE(::setuid(65534) == 0);
}

void make_file(const fs::path& path, const std::string& content, mode_t mode) {
  std::ofstream(path) << content;
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

void make_directories(std::initializer_list<const char*> names) {
  for (const char* name : names) fs::create_directories(name);
}

void become_root() {
  make_directories({"proc", "old"});
  sys::mount("proc", "proc", "proc", 0);
  sys::pivot_root(".", "old");
  sys::chdir("/");
}
