#include "guest_request.h"

#include <doctest/doctest.h>

#include "error.h"

namespace {

lab::GuestRequest through_text(const lab::GuestRequest& request) {
  return lab::guest_request_from(lab::to_text(request));
}

}  // namespace

TEST_CASE("the guest's request: what the host writes, the guest reads") {
  lab::GuestRequest request;
  request.hostname = "box";
  request.address = "10.77.0.2/24";
  request.gateway = "10.77.0.1/24";
  request.nameservers = "nameserver 9.9.9.9\nnameserver 1.1.1.1\n";
  request.term = "xterm";
  request.terminal = lab::WindowSize{50, 132};
  request.terminal_for_stderr = request.explain = request.colour = true;
  request.skip = {"mount-proc", "exec"};
  request.env = {"A=1", "B=x=y", "C="};
  request.command = {"sh", "-c", "echo \"a\nb\" =", "", "word=x"};

  const lab::GuestRequest read = through_text(request);
  CHECK(read.hostname == request.hostname);
  CHECK(read.address == request.address);
  CHECK(read.gateway == request.gateway);
  CHECK(read.nameservers == request.nameservers);
  CHECK(read.term == request.term);
  REQUIRE(read.terminal);
  CHECK(read.terminal->rows == 50);
  CHECK(read.terminal->columns == 132);
  CHECK(read.terminal_for_stderr);
  CHECK(read.explain);
  CHECK(read.colour);
  CHECK(read.skip == request.skip);
  CHECK(read.env == request.env);
  CHECK(read.command == request.command);
}

TEST_CASE("the guest's request: what is not asked for") {
  lab::GuestRequest request;
  request.command = {"true"};
  const lab::GuestRequest read = through_text(request);
  CHECK(read.address.empty());
  CHECK_FALSE(read.terminal);
  CHECK_FALSE(read.terminal_for_stderr);
  CHECK_FALSE(read.explain);
  CHECK_FALSE(read.colour);
  CHECK(read.skip.empty());
  CHECK(read.command == request.command);
}

TEST_CASE("the guest's request: what is none is refused") {
  for (const std::string& text :
       {std::string(), std::string("hostname=box\0", 13), std::string("word\0", 5),
        std::string("no-key=1\0word=x\0", 16)}) {
    CHECK_THROWS_AS(lab::guest_request_from(text), lab::Error);
  }
}
