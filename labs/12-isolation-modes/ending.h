// How a machine's end is told.
#pragma once

#include "channel.h"
#include "qemu.h"

namespace lab {

/// Says on stderr what went wrong, if anything did, with what the guest's kernel or QEMU said.
/// Returns the lab's exit status: the command's; 124 where the time was over, as timeout(1) has it;
/// 125.
int tell_ending(const Ending& ending, const Qemu& qemu, const Hardware& hardware);

/// The reason of a panic in what a kernel has said; empty where it has not panicked.
std::string panic_in(const std::string& console);

}  // namespace lab
