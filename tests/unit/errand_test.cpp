#include "errand.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "process.h"

TEST_CASE("the parent does what the child asks for while the child waits") {
  int ends[2] = {};
  REQUIRE(::pipe(ends) == 0);
  pid_t asked_by = 0;
  lab::Errand errand([&](pid_t child) {
    asked_by = child;
    CHECK(::write(ends[1], "x", 1) == 1);
  });
  lab::Child child = lab::fork_child([&] {
    errand.ask();
    char byte = 0;
    return ::read(ends[0], &byte, 1) == 1 && byte == 'x' ? EXIT_SUCCESS : EXIT_FAILURE;
  });
  const pid_t pid = child.pid();
  errand.serve(child);
  CHECK(child.wait() == EXIT_SUCCESS);
  CHECK(asked_by == pid);
  for (const int end : ends) ::close(end);
}

TEST_CASE("a child that ends without asking is no errand") {
  bool done = false;
  lab::Errand errand([&](pid_t) { done = true; });
  lab::Child child = lab::fork_child([] { return 7; });
  errand.serve(child);
  CHECK(child.wait() == 7);
  CHECK_FALSE(done);
}

TEST_CASE("an errand that fails ends with its error and with the child") {
  lab::Errand errand([](pid_t) { throw std::runtime_error("no"); });
  pid_t pid = 0;
  {
    lab::Child child = lab::fork_child([&] {
      errand.ask();
      return EXIT_SUCCESS;
    });
    pid = child.pid();
    CHECK_THROWS_AS(errand.serve(child), std::runtime_error);
  }
  CHECK(::kill(pid, 0) == -1);
}

TEST_CASE("without a child the errand is done in place") {
  pid_t asked_by = 0;
  lab::Errand errand([&](pid_t process) { asked_by = process; });
  errand.ask();
  CHECK(asked_by == ::getpid());
}
