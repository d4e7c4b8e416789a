// Lab 10: the parts of /proc and /sys that tell of the host, or set it.
#pragma once

namespace lab {

/// Covers what shows the host's memory, keys, processes and hardware (mount(2)): a file by /dev/null,
/// a directory by an empty file system. What this kernel has not is left out.
void mask_paths();

/// Makes the settings of the host's kernel read-only, where they are.
void make_settings_read_only();

// Preconditions of both: CAP_SYS_ADMIN, a mount namespace of one's own, the image as the root, with
// the /proc, /sys and /dev of lab 03 in it. To whoever has no CAP_SYS_ADMIN afterwards they are final.
// Errors: SyscallError.

}  // namespace lab
