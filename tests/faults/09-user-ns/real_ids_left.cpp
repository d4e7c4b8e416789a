// Mistake: the effective ids alone are changed, and the real ones stay those of the host's root.
// (execve(2) then distrusts who called it, as with a set-user-ID program, and forgets the death signal.)
// fails: the container dies with a lab that is killed
// fails: a fork bomb is held by --pids and ends with its lab
// fails: root inside is an ordinary id outside
// fails: --map says which ids are which
// fails: by default root's ranges in /etc/subuid and /etc/subgid are mapped

#include "wrong_user_namespace.h"

namespace lab {

void become_root(const IdMaps& maps) {
  step("become-root", "be uid 0 and gid 0 of the namespace", [&] {
    const auto as_it_is = static_cast<unsigned>(-1);
    if (!maps.deny_setgroups) sys::setgroups({});
    sys::setresgid(as_it_is, 0, as_it_is);
    sys::setresuid(as_it_is, 0, as_it_is);
  });
}

}  // namespace lab
