// IPv4 addresses with their networks, as `10.77.0.2/24`: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace lab {

/// An address and the length of its network's prefix, 0 to 32 bits.
struct Ipv4 {
  uint32_t address = 0;  ///< in host byte order
  int prefix = 0;

  uint32_t mask() const;
  Ipv4 network() const;                    ///< the first address: `10.77.0.0/24`
  Ipv4 broadcast() const;                  ///< the last one
  bool overlaps(const Ipv4& other) const;  ///< has one of the two networks the other in it?

  std::string dotted() const;  ///< `10.77.0.2`
  std::string text() const;    ///< `10.77.0.2/24`
};

inline bool operator==(const Ipv4& a, const Ipv4& b) {
  return a.address == b.address && a.prefix == b.prefix;
}

/// Parses `A.B.C.D/LEN`; nothing where it is not of that form.
std::optional<Ipv4> parse_ipv4(const std::string& text);

}  // namespace lab
