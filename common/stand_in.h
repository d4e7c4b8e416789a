// A stand-in for the host: what a lab with a step left out may harm instead of the machine.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace lab {

/// Moves this process into a mount and a network namespace that look like a host under systemd:
/// every mount shared, the loopback link up, /run empty, /sys of that network; and into a UTS and an
/// IPC namespace, with the machine's host name. Nothing of them is passed on to the machine; the files
/// on its disks are the same, and can be changed. Precondition: CAP_SYS_ADMIN. Errors: SyscallError.
void make_stand_in_host();

/// Makes read-only, in this mount namespace, all that lies on a disk or elsewhere outside of this
/// machine's memory, but for what is mounted at or below `spared`; and the file systems that `paths`
/// lie on, whatever they are. What another mount covers stays as it is. Errors: SyscallError.
void make_disks_read_only(const std::vector<std::filesystem::path>& paths,
                          const std::string& spared = "");

/// Both, with the file systems of / and of `image`. Does nothing where $LAB_STAND_IN is set: the
/// caller has made a stand-in itself, and looks on from there.
void enter_stand_in_host(const std::filesystem::path& image);

/// Runs `body`; afterwards tells on stderr which mounts, which root, which network links and which
/// files in /run/lab it left to this process.
int tell_what_is_left(const std::function<int()>& body);

}  // namespace lab
