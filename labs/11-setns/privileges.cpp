#include "privileges.h"

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <string>

#include "capabilities.h"  // lab 10
#include "error.h"
#include "no_new_privs.h"  // lab 10
#include "procfs.h"
#include "step.h"
#include "sys.h"
#include "syscall_filter.h"  // lab 10

namespace lab {
namespace {

CapabilitySet set_of(const std::string& hex) {
  return {std::strtoull(hex.c_str(), nullptr, 16)};
}

unsigned first_number(const std::string& text) {
  return static_cast<unsigned>(std::strtoul(text.c_str(), nullptr, 10));
}

// By the host's /proc: in the container's anything may stand in its place.
bool denies_setgroups(const std::filesystem::path& directory) {
  return read_file(directory / "setgroups") == "deny\n";
}

std::vector<gid_t> groups_in(const std::string& status) {
  std::vector<gid_t> found;
  std::istringstream groups(status_field(status, "Groups"));
  for (gid_t group = 0; groups >> group;) found.push_back(group);
  return found;
}

}  // namespace

void take_groups_where_denied(const std::filesystem::path& directory) {
  if (listing() || ::geteuid() != 0 || !denies_setgroups(directory)) return;
  sys::setgroups(groups_in(read_file(directory / "status")));
}

Privileges Privileges::of(const std::filesystem::path& directory) {
  if (listing()) return {};
  const std::string status = read_file(directory / "status");
  if (status.empty()) throw Error("the container has ended", "./lab ps lists those that run");
  Privileges found;
  found.uid_ = first_number(status_field(status, "Uid"));
  found.gid_ = first_number(status_field(status, "Gid"));
  found.groups_ = groups_in(status);
  found.groups_denied_ = denies_setgroups(directory);
  found.bounding_ = set_of(status_field(status, "CapBnd"));
  found.permitted_ = set_of(status_field(status, "CapPrm"));
  found.ambient_ = set_of(status_field(status, "CapAmb"));
  found.no_new_privs_ = status_field(status, "NoNewPrivs") == "1";
  found.filtered_ = status_field(status, "Seccomp") == std::to_string(SECCOMP_MODE_FILTER);
  return found;
}

void Privileges::become_user() const {
  step("become-user", "the user and the groups that the container's first process has", [&] {
    if (!groups_denied_) sys::setgroups(groups_);
    sys::setresgid(gid_, gid_, gid_);
    if (uid_ != 0) sys::prctl(PR_SET_KEEPCAPS, 1);  // else the next call would take them all
    sys::setresuid(uid_, uid_, uid_);
    if (uid_ != 0) sys::cap_set_proc(capability_list(available_capabilities()) + "=ep");
  });
}

void Privileges::take() const {
  become_user();
  // At execve(2) root gets back what the bounding set has, so it must have no more than is permitted;
  // another user gets the ambient set alone.
  const CapabilitySet kept = uid_ == 0 ? bounding_ & permitted_ : bounding_;
  drop_capabilities(kept & available_capabilities());
  if (ambient_.any()) {
    sys::cap_set_proc(capability_list(ambient_) + "=eip");
    for (size_t n = 0; n < ambient_.size(); ++n)
      if (ambient_[n]) sys::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, n);
  }
  if (no_new_privs_ || listing()) set_no_new_privs();
  if (filtered_ || listing()) install_filter(default_filter(bounding_ & permitted_));
}

}  // namespace lab
