// Exercise 10: write this function. The handout (README.md beside this file) has hints;
// `./lab check 10 --exercise` grades the result, `./lab watch 10` does so whenever this file is
// saved.
//
// sys.h has each system call checked: it throws where the call fails, and --explain shows it.
// capability_set.h has what can be asked about sets, and their names.

#include "exercise.h"
#include "capabilities.h"
#include "step.h"
#include "sys.h"

namespace lab {

// drop_capabilities - root, but for what it must not do
//
// DESCRIPTION
//   Leaves this process, its children and every program that it becomes no capability but those of
//   keep. A process has five sets of capabilities; afterwards they are:
//
//     bounding       keep: what execve(2) can give at most
//     permitted      keep: what the process may have
//     effective      keep: what the kernel asks for
//     inheritable    empty
//     ambient        empty
//
//   The bounding set only ever shrinks, by one capability a call: prctl(2), PR_CAPBSET_DROP. The
//   others are set at once: cap_set_proc(3).
//
// NOTES
//   keep[n] is true where the capability n is kept, and available_capabilities() are those of the
//   bounding set now: & and ~ work on sets.
//   sys::cap_set_proc takes the sets as cap_from_text(3) does: "cap_chown,cap_kill=ep", and "=" for
//   no capability at all. capability_list() makes such a list of names.
//   Shrinking the bounding set needs a capability itself.
//   Where inheritable is emptied, the kernel empties ambient.
//
// SEE ALSO  capabilities(7), prctl(2), cap_set_proc(3), cap_from_text(3)
void drop_capabilities(const CapabilitySet& /*keep*/) {
  not_written("drop_capabilities");
}

}  // namespace lab
