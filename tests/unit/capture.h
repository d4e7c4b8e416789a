// Runs something in a process of its own, and catches what it prints.
#pragma once

#include <functional>
#include <string>

struct Captured {
  int status;
  std::string out, err;
};

/// Runs `body` in a child: its exit status, stdout and stderr.
Captured capture(const std::function<int()>& body);
