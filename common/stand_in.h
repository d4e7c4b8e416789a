// A stand-in for the host: what a lab with a step left out may harm instead of the machine.
#pragma once

#include <filesystem>
#include <functional>

namespace lab {

/// Makes the mount that `path` lies on read-only for this mount namespace; its other flags stay.
/// Precondition: CAP_SYS_ADMIN, a mount namespace of one's own. Errors: SyscallError.
void make_read_only(const std::filesystem::path& path);

/// Moves this process into a mount namespace that looks like a host under systemd (every mount
/// shared), passes nothing on to the machine, and has the file systems of / and of `image`
/// read-only. Does nothing where $LAB_STAND_IN is set: the caller has made a stand-in itself, and
/// looks on from there.
/// Precondition: CAP_SYS_ADMIN. Errors: SyscallError.
void enter_stand_in_host(const std::filesystem::path& image);

/// Runs `body`; afterwards tells on stderr which mounts, and which root, it left to this process.
int tell_what_is_left(const std::function<int()>& body);

}  // namespace lab
