// What may be a host name: a pure function on text.
#pragma once

#include <string>

namespace lab {

/// Why `text` is no host name; empty where it is one: labels of letters, digits and hyphens, 1 to 63
/// of them, the first and the last no hyphen, with dots between the labels (RFC 1123, hostname(7)),
/// and 64 bytes in all (sethostname(2)).
std::string unfit_as_hostname(const std::string& text);

}  // namespace lab
