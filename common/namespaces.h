// The kinds of namespaces, namespaces(7): the clone flag and the file under /proc/PID/ns/ of each.
#pragma once

#include <sched.h>
#include <sys/types.h>

#include <array>
#include <string>

namespace lab {

struct NamespaceKind {
  int flag;
  const char* flag_name;
  const char* file;
};

inline constexpr std::array kNamespaceKinds{
    NamespaceKind{CLONE_NEWCGROUP, "CLONE_NEWCGROUP", "cgroup"},
    NamespaceKind{CLONE_NEWIPC, "CLONE_NEWIPC", "ipc"},
    NamespaceKind{CLONE_NEWNET, "CLONE_NEWNET", "net"},
    NamespaceKind{CLONE_NEWNS, "CLONE_NEWNS", "mnt"},
    NamespaceKind{CLONE_NEWPID, "CLONE_NEWPID", "pid"},
    NamespaceKind{CLONE_NEWUSER, "CLONE_NEWUSER", "user"},
    NamespaceKind{CLONE_NEWUTS, "CLONE_NEWUTS", "uts"},
};

/// What /proc/PID/ns/FILE links to, such as `pid:[4026531836]`; empty where it cannot be read.
/// `process` is a pid or "self".
std::string namespace_of(const std::string& process, const std::string& file);

/// Is this process's user namespace the host's, in which every id is itself?
bool in_initial_user_namespace();

}  // namespace lab
