// Lab 10: no program gives its user more than the user had.
#pragma once

namespace lab {

/// From now on execve(2) grants nothing: a set-user-ID or set-group-ID bit, and capabilities of a
/// file, count for nothing, here and in all children (PR_SET_NO_NEW_PRIVS, prctl(2)). It cannot be
/// taken back. Errors: SyscallError.
void set_no_new_privs();

}  // namespace lab
