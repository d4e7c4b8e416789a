// Lab 05: the names of the network in the container's files.
#pragma once

#include <string>

#include "ipv4.h"

namespace lab {

/// Puts files of the container's own over the image's: /etc/hosts, which gives this machine's name
/// the container's address; /etc/hostname, that name; and where `nameservers` is not empty,
/// /etc/resolv.conf. A file that the image has not is left out. Preconditions: the image is the
/// root directory and the old root is gone (a link in the image may lead through /..), and
/// mount_dev() was called: the files lie on that tmpfs. Errors: SyscallError.
void bind_host_files(const Ipv4& address, const std::string& nameservers);

/// The text of a resolv.conf(5) with those of this host's name servers that the container can reach:
/// with an IPv4 address, and not on the host's own loopback.
std::string reachable_nameservers();

}  // namespace lab
