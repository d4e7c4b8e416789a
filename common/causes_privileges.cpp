#include "causes_privileges.h"

#include <sys/capability.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <filesystem>
#include <memory>

#include "causes_look_up.h"
#include "procfs.h"

namespace lab::causes {
namespace {

using Sets = std::unique_ptr<std::remove_pointer_t<cap_t>, int (*)(void*)>;

Sets own_sets() {
  return {::cap_get_proc(), ::cap_free};
}

bool has(const Sets& sets, cap_value_t capability, cap_flag_t set) {
  cap_flag_value_t value = CAP_CLEAR;
  return sets && ::cap_get_flag(sets.get(), capability, set, &value) == 0 && value == CAP_SET;
}

// `cap_chown,cap_kill`: the capabilities for which `wanted` holds.
template <class Wanted>
std::string names_of(Wanted wanted) {
  std::string names;
  for (cap_value_t capability = 0; ::cap_get_bound(capability) >= 0; ++capability) {
    if (!wanted(capability)) continue;
    char* const name = ::cap_to_name(capability);
    names += (names.empty() ? "" : ",") + std::string(name);
    ::cap_free(name);
  }
  return names;
}

bool has_argument(const Call& call, size_t n, const std::string& text) {
  return call.args.size() > n && call.args[n].text() == text;
}

}  // namespace

// All the calls that are asked about take CAP_SYS_ADMIN where they take anything.
std::string refused_by_filter(const Call&) {
  const bool filtered = status_field(read_file("/proc/self/status"), "Seccomp") == "2";
  return yes_if(filtered && has(own_sets(), CAP_SYS_ADMIN, CAP_EFFECTIVE));
}

// --- prctl(option, argument, ...) ---

std::string drops_from_bounding_set(const Call& call) {
  return yes_if(has_argument(call, 0, "PR_CAPBSET_DROP"));
}

std::string raises_ambient(const Call& call) {
  return has_argument(call, 1, "PR_CAP_AMBIENT_RAISE") ? call.args[2].text() : "";
}

std::string sets_no_new_privs(const Call& call) {
  return yes_if(has_argument(call, 0, "PR_SET_NO_NEW_PRIVS"));
}

// --- cap_set_proc(text) ---

std::string asks_for_more_than_permitted(const Call& call) {
  const Sets asked(::cap_from_text(call.args[0].string().c_str()), ::cap_free), own = own_sets();
  return names_of([&](cap_value_t capability) {
    return has(asked, capability, CAP_PERMITTED) && !has(own, capability, CAP_PERMITTED);
  });
}

std::string effective_but_not_permitted(const Call& call) {
  const Sets asked(::cap_from_text(call.args[0].string().c_str()), ::cap_free);
  return names_of([&](cap_value_t capability) {
    return has(asked, capability, CAP_EFFECTIVE) && !has(asked, capability, CAP_PERMITTED);
  });
}

// --- execve(path, ...) ---

std::string program_has_capabilities(const Call& call) {
  const Sets of_file(::cap_get_file(call.args[0].string().c_str()), ::cap_free);
  if (!of_file) return "";
  char* const text = ::cap_to_text(of_file.get(), nullptr);
  std::string found = text == nullptr ? "" : text;
  ::cap_free(text);
  return found;
}

// --- devices ---

std::string sets_device_rule(const Call& call) {
  const std::string file = std::filesystem::path(call.args[0].string()).filename();
  return yes_if(file == "devices.allow" || file == "devices.deny");
}

std::string opens_device(const Call& call) {
  struct stat status {};
  if (::stat(call.args[0].string().c_str(), &status) == -1) return "";
  if (!S_ISCHR(status.st_mode) && !S_ISBLK(status.st_mode)) return "";
  return std::string(S_ISCHR(status.st_mode) ? "c " : "b ") +
         std::to_string(major(status.st_rdev)) + ":" + std::to_string(minor(status.st_rdev));
}

std::string attaches_program(const Call& call) {
  return yes_if(has_argument(call, 0, "BPF_PROG_ATTACH"));
}

}  // namespace lab::causes
