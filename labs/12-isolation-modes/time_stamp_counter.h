// The counter of an x86 processor that a guest reads too, where QEMU translates.
#pragma once

namespace lab {

/// How often it ticks in a millisecond; 0 where the processor has none.
unsigned long time_stamp_counter_khz();

}  // namespace lab
