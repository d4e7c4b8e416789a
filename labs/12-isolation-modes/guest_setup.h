// The guest's side of the story: from a kernel that has just booted to the image as lab 10 would show it.
#pragma once

#include "guest_request.h"

namespace lab {

/// Where guest-init has the guest's devices, as long as it looks for the port to the host.
constexpr char kGuestDevices[] = "/.lab-init/dev";

/// Until there is a channel to the host: mounts the kernel's own list of devices (devtmpfs), and loads
/// the modules in kGuestModules, in the order of their names (finit_module(2)).
void find_devices();
void load_modules();

/// Once there is one: /proc, /sys and /dev, the host name, the network. Errors: SyscallError.
void set_up_guest(const GuestRequest& request);

/// In the command's process: its environment, and execve(2). Returns where "exec" was left out.
void become_command(const GuestRequest& request);

/// All of them in their order, as --list-steps needs them.
void list_guest_steps(const GuestRequest& request);

}  // namespace lab
