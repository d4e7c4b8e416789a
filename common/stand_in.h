// A stand-in for the host: what a lab with a step left out may harm instead of the machine.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

namespace lab {

/// Moves this process into a mount and a network namespace that look like a host under systemd:
/// every mount shared, the loopback link up, /sys of that network; and into a UTS and an IPC
/// namespace, with the machine's host name. Nothing is passed on to the machine; its disks, those
/// that the paths of `disks` lie on, are read-only, and /run is empty.
/// Precondition: CAP_SYS_ADMIN. Errors: SyscallError.
void make_stand_in_host(const std::vector<std::filesystem::path>& disks);

/// The same, with the file systems of / and of `image`. Does nothing where $LAB_STAND_IN is set: the
/// caller has made a stand-in itself, and looks on from there.
void enter_stand_in_host(const std::filesystem::path& image);

/// Runs `body`; afterwards tells on stderr which mounts, which root, which network links and which
/// files in /run/lab it left to this process.
int tell_what_is_left(const std::function<int()>& body);

}  // namespace lab
