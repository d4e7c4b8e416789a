#include "frames.h"

#include <doctest/doctest.h>

#include "error.h"

namespace {

using lab::FrameType;

// The frames that come out where `bytes` come in pieces of that many.
std::string read_in_pieces(const std::string& bytes, size_t size) {
  lab::FrameReader reader;
  std::string seen;
  for (size_t begin = 0; begin < bytes.size(); begin += size) {
    reader.add(std::string_view(bytes).substr(begin, size));
    while (const auto frame = reader.next())
      seen += std::to_string(static_cast<int>(frame->type)) + ":" + frame->bytes + ";";
  }
  return seen;
}

}  // namespace

TEST_CASE("frames: type, length in network byte order, bytes") {
  CHECK(lab::frame(FrameType::kUp) == std::string("\1\0\0\0\0", 5));
  CHECK(lab::frame(FrameType::kTrace, "abc") == std::string("\2\0\0\0\3abc", 8));
  CHECK(lab::frame(FrameType::kTrace, std::string(0x10203, 'x')).substr(0, 5) ==
        std::string("\2\0\1\2\3", 5));
}

TEST_CASE("frames: put together again from pieces of any size") {
  const std::string bytes = lab::frame(FrameType::kUp) + lab::frame(FrameType::kTrace, "a\nb") +
                            lab::frame(FrameType::kExited, "\7");
  for (size_t size = 1; size <= bytes.size(); ++size)
    CHECK(read_in_pieces(bytes, size) == "1:;2:a\nb;5:\7;");
}

TEST_CASE("frames: every byte comes through") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  lab::FrameReader reader;
  reader.add(lab::frame(FrameType::kStdout, all));
  const auto frame = reader.next();
  REQUIRE(frame);
  CHECK(frame->type == FrameType::kStdout);
  CHECK(frame->bytes == all);
  CHECK_FALSE(reader.next());
}

TEST_CASE("frames: a frame that is not whole waits") {
  lab::FrameReader reader;
  const std::string bytes = lab::frame(FrameType::kTrace, "abc");
  reader.add(bytes.substr(0, bytes.size() - 1));
  CHECK_FALSE(reader.next());
  reader.add(bytes.substr(bytes.size() - 1));
  CHECK(reader.next()->bytes == "abc");
}

TEST_CASE("frames: what is none is refused") {
  for (const std::string& bytes :
       {std::string("\0\0\0\0\0", 5), std::string("\x63\0\0\0\0", 5),
        std::string("\xff\0\0\0\0", 5), std::string("\1\x7f\xff\xff\xff", 5),
        std::string("\1\xff\xff\xff\xff", 5)}) {
    lab::FrameReader reader;
    reader.add(bytes);
    CHECK_THROWS_AS(reader.next(), lab::Error);
  }
  lab::FrameReader reader;
  reader.add(lab::frame(FrameType::kStdin, std::string(lab::kLongestFrame, 'x')));
  CHECK(reader.next()->bytes.size() == lab::kLongestFrame);
}

TEST_CASE("frames: numbers") {
  for (const std::uint32_t number : {0U, 1U, 255U, 256U, 0x01020304U, 0xffffffffU})
    CHECK(lab::number_from(lab::four_bytes(number)) == number);
  CHECK(lab::four_bytes(0x01020304) == "\1\2\3\4");
}
