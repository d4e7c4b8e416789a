#include "ipv4.h"

#include <arpa/inet.h>
#include <fmt/core.h>

namespace lab {

uint32_t Ipv4::mask() const {
  return prefix == 0 ? 0 : ~uint32_t{0} << (32 - prefix);
}

Ipv4 Ipv4::network() const {
  return {address & mask(), prefix};
}

Ipv4 Ipv4::broadcast() const {
  return {address | ~mask(), prefix};
}

bool Ipv4::overlaps(const Ipv4& other) const {
  const uint32_t shorter = mask() & other.mask();
  return (address & shorter) == (other.address & shorter);
}

std::string Ipv4::dotted() const {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255,
                     address & 255);
}

std::string Ipv4::text() const {
  return fmt::format("{}/{}", dotted(), prefix);
}

std::optional<Ipv4> parse_ipv4(const std::string& text) {
  const size_t slash = text.find('/');
  if (slash == std::string::npos) return {};
  const std::string length = text.substr(slash + 1);
  in_addr address{};
  const bool good = ::inet_pton(AF_INET, text.substr(0, slash).c_str(), &address) == 1 &&
                    !length.empty() && length.size() <= 2 &&
                    length.find_first_not_of("0123456789") == std::string::npos;
  if (!good || std::stoi(length) > 32) return {};
  return Ipv4{ntohl(address.s_addr), std::stoi(length)};
}

}  // namespace lab
