// A mistake made on purpose: the errno is the kernel's, and the hint names the cause.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>

struct Told {
  int error = 0;
  std::string message, hint;
};

/// What the mistake ends with. It is made in a process that is thrown away, in a mount namespace of
/// its own without shared mounts, whose working directory is an empty tmpfs.
Told told_of(const std::function<void()>& mistake);

/// Checks that the mistake ends with `error`, and with a hint that has `cause` in it.
void expect(int error, const std::string& cause, const std::function<void()>& mistake);

// For mistakes.

void become_nobody();
void make_file(const std::filesystem::path& path, const std::string& content, mode_t mode);
void make_directories(std::initializer_list<const char*> names);

/// The scratch tmpfs becomes the root, with a /proc.
void become_root();
