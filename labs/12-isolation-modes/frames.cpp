#include "frames.h"

#include <fmt/core.h>

#include "error.h"

namespace lab {
namespace {

constexpr size_t kHeader = 1 + 4;

}  // namespace

std::string four_bytes(std::uint32_t number) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(number >> shift);
  return bytes;
}

std::uint32_t number_from(std::string_view four_bytes) {
  std::uint32_t number = 0;
  for (const char byte : four_bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

std::string frame(FrameType type, std::string_view bytes) {
  std::string whole(1, static_cast<char>(type));
  whole += four_bytes(static_cast<std::uint32_t>(bytes.size()));
  return whole.append(bytes);
}

std::optional<Frame> FrameReader::next() {
  if (bytes_.size() < kHeader) return {};
  const auto type = static_cast<FrameType>(bytes_[0]);
  const size_t length = number_from(std::string_view(bytes_).substr(1, 4));
  if (type < FrameType::kUp || type > FrameType::kBroken || length > kLongestFrame) {
    throw Error(fmt::format("no frame: type {}, length {}", static_cast<int>(type), length),
                "the two ends of the channel are of different builds");
  }
  if (bytes_.size() < kHeader + length) return {};
  Frame found{type, bytes_.substr(kHeader, length)};
  bytes_.erase(0, kHeader + length);
  return found;
}

}  // namespace lab
