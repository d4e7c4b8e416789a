// Lab 04: the old root goes away.
#pragma once

#include <filesystem>

namespace lab {

/// Makes `new_root` the root mount of this process's mount namespace (pivot_root(2)). The old root
/// is still there, stacked on top of the new one, where only /.. leads; detach_old_root()
/// takes it away. Preconditions: CAP_SYS_ADMIN, a mount namespace of one's own without shared
/// mounts (lab 03). Nothing is written into new_root: it may be read-only, and lie on any file
/// system. Errors: SyscallError.
void pivot_into(const std::filesystem::path& new_root);

/// Takes the old root, and every mount below it, out of the mount namespace (umount2(2)).
/// Precondition: pivot_into() was called, and the working directory is still where it put it.
/// Errors: SyscallError.
void detach_old_root();

}  // namespace lab
