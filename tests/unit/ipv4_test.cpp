#include "ipv4.h"

#include <doctest/doctest.h>

namespace {

lab::Ipv4 parsed(const char* text) {
  return lab::parse_ipv4(text).value();
}

}  // namespace

TEST_CASE("addresses: with the length of their network") {
  CHECK(parsed("10.77.0.2/24").address == 0x0a4d0002);
  CHECK(parsed("10.77.0.2/24").prefix == 24);
  CHECK(parsed("255.255.255.255/32").address == 0xffffffff);
  for (const char* text : {"0.0.0.0/0", "10.77.0.2/24", "192.168.255.1/30", "1.2.3.4/8"}) {
    CHECK(parsed(text).text() == text);
  }
  CHECK(parsed("10.77.0.2/24").dotted() == "10.77.0.2");
}

TEST_CASE("addresses: what is none") {
  for (const char* text : {"",
                           "/",
                           "/24",
                           "10.77.0.2",
                           "10.77.0.2/",
                           "10.77.0.2/33",
                           "10.77.0.2/-1",
                           "10.77.0.2/+4",
                           "10.77.0.2/024",
                           "10.77.0.2/24 ",
                           " 10.77.0.2/24",
                           "10.77.0.2 /24",
                           "10.77.0.2/2x",
                           "10.77.0.2/24/24",
                           "10.77.0/24",
                           "10.77.0.2.3/24",
                           "10.77.0.256/24",
                           "10.77.0.-1/24",
                           "0x0a.77.0.2/24",
                           "10.77.0.2/0x8",
                           "lo/24",
                           "fd00::2/64",
                           "10,77,0,2/24",
                           "10.77.0.2/99999999999999999999"}) {
    INFO(text);
    CHECK(!lab::parse_ipv4(text));
  }
}

TEST_CASE("addresses: the first and the last one of their network") {
  CHECK(parsed("10.77.3.130/25").network().text() == "10.77.3.128/25");
  CHECK(parsed("10.77.3.130/25").broadcast().text() == "10.77.3.255/25");
  CHECK(parsed("10.77.3.130/20").network().text() == "10.77.0.0/20");
  CHECK(parsed("10.77.3.130/20").broadcast().text() == "10.77.15.255/20");
  CHECK(parsed("10.77.3.130/32").network().text() == "10.77.3.130/32");
  CHECK(parsed("10.77.3.130/32").broadcast().text() == "10.77.3.130/32");
  CHECK(parsed("10.77.3.130/0").network().text() == "0.0.0.0/0");
  CHECK(parsed("10.77.3.130/0").broadcast().text() == "255.255.255.255/0");
}

TEST_CASE("addresses: networks within one another overlap") {
  const auto overlap = [](const char* one, const char* other) {
    CHECK(parsed(one).overlaps(parsed(other)) == parsed(other).overlaps(parsed(one)));
    return parsed(one).overlaps(parsed(other));
  };
  CHECK(overlap("10.77.0.1/24", "10.77.0.200/24"));
  CHECK(overlap("10.77.0.1/24", "10.77.0.200/25"));
  CHECK(overlap("10.0.0.1/8", "10.77.0.1/24"));
  CHECK(overlap("0.0.0.0/0", "10.77.0.1/24"));
  CHECK(!overlap("10.77.0.1/24", "10.77.1.1/24"));
  CHECK(!overlap("10.77.0.1/25", "10.77.0.129/25"));
}
