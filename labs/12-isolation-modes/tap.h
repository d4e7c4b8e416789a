// A cable whose far end is no network card but a file: what the host sends into the link is read
// from the file, and what is written to the file comes out of the link.
#pragma once

#include <string>

#include "ipv4.h"
#include "unique_fd.h"

namespace lab {

/// Makes a tap device (Documentation/networking/tuntap.rst), a port of the bridge `bridge`, and up.
/// It goes with the last descriptor of the file. Precondition: CAP_NET_ADMIN. Errors: SyscallError.
UniqueFd plug_tap(const std::string& bridge);

/// The hardware address of the card that has this address: one that its owner chose (bit 1 of the
/// first byte), and no other card on the bridge has.
std::string hardware_address(const Ipv4& address);

}  // namespace lab
