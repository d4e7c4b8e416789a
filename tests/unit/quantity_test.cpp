#include "quantity.h"

#include <doctest/doctest.h>

#include <functional>

#include "error.h"

namespace {

// The hint of the refusal; empty where `text` is taken.
template <class Parse>
std::string refusal(Parse parse, const std::string& text) {
  try {
    parse(text);
    return "";
  } catch (const lab::Error& error) {
    CHECK(error.exit_status() == lab::kLabFailed);
    CHECK(std::string(error.what()).find(lab::quoted(text)) != std::string::npos);
    return error.hint();
  }
}

}  // namespace

TEST_CASE("sizes: bytes, or with a unit") {
  CHECK(lab::parse_size("0") == 0);
  CHECK(lab::parse_size("4096") == 4096);
  CHECK(lab::parse_size("2K") == 2048);
  CHECK(lab::parse_size("64m") == 64U << 20);
  CHECK(lab::parse_size("3G") == std::uint64_t{3} << 30);
  CHECK(lab::parse_size("9223372036854775807") == 9223372036854775807U);
  CHECK(lab::parse_size("8589934591G") == std::uint64_t{8589934591} << 30);
}

TEST_CASE("sizes: what is none") {
  for (const char* text : {"", "K", "12Q", "-5M", "+5M", " 5M", "5M ", "5 M", "1.5G", "5MB", "0x10",
                           "1e3", "five", "5,0"}) {
    INFO(text);
    CHECK(refusal(lab::parse_size, text).find("64M") != std::string::npos);
  }
  for (const char* text : {"9223372036854775808", "8589934592G", "99999999999999999999999999K"}) {
    INFO(text);
    CHECK(refusal(lab::parse_size, text).find("2^63") != std::string::npos);
  }
}

TEST_CASE("CPUs: decimal, from a hundredth up") {
  CHECK(lab::parse_cpus("0.01") == doctest::Approx(0.01));
  CHECK(lab::parse_cpus("0.4") == doctest::Approx(0.4));
  CHECK(lab::parse_cpus("2") == doctest::Approx(2));
  CHECK(lab::parse_cpus("8192") == doctest::Approx(8192));
  for (const char* text :
       {"", "0", "0.0", "0.001", "0.0099", "-1", "+1", "nan", "inf", "1e2", "0x1", "1.", ".5",
        "1.5.5", "1,5", " 1", "8193", "50%", "99999999999999999999999999999999999999"}) {
    INFO(text);
    CHECK(refusal(lab::parse_cpus, text).find("0.01") != std::string::npos);
  }
}

TEST_CASE("processes: from one to all that the kernel has pids for") {
  CHECK(lab::parse_pids("1") == 1);
  CHECK(lab::parse_pids("64") == 64);
  CHECK(lab::parse_pids("4194304") == 4194304);
  for (const char* text : {"", "0", "-1", "1.5", "64K", "max", "4194305", "18446744073709551617"}) {
    INFO(text);
    CHECK(refusal(lab::parse_pids, text).find("from 1 to 4194304") != std::string::npos);
  }
}

TEST_CASE("a size as the command line has it") {
  CHECK(lab::size_text(0) == "0");
  CHECK(lab::size_text(1000) == "1000");
  CHECK(lab::size_text(32U << 20) == "32M");
  CHECK(lab::size_text(std::uint64_t{5} << 40) == "5120G");
  CHECK(lab::size_text(1536) == "1536");
  CHECK(lab::size_text((64U << 20) + 1024) == "65537K");
}
