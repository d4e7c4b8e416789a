#include <doctest/doctest.h>

#include "ending.h"
#include "error.h"
#include "isolation_options.h"
#include "look.h"

TEST_CASE("seconds: whole and with a point, and nothing else") {
  const auto milliseconds = [](const char* text) {
    return lab::parse_seconds("--timeout", text).count();
  };
  CHECK(milliseconds("1") == 1000);
  CHECK(milliseconds("2.5") == 2500);
  CHECK(milliseconds(".5") == 500);
  for (const char* none :
       {"", ".", "0", "0.0001", "-1", "+1", "1e3", "1s", " 1", "1.2.3", "nan", "inf"})
    CHECK_THROWS_AS(milliseconds(none), lab::Error);
}

TEST_CASE("a panic's reason: the rest of its line, without what a terminal would act on") {
  CHECK(lab::panic_in("") == "");
  CHECK(lab::panic_in("Kernel panic") == "");
  CHECK(lab::panic_in("[ 1.0] Kernel panic - not syncing: VFS: no\x1b root\r\n[ 1.1] CPU: 0\n") ==
        "VFS: no root");
}

TEST_CASE("facts: as they were after their way over the channel") {
  lab::Facts facts;
  facts.release = "6.1.0-9";
  facts.boot_id = "0-1-2";
  facts.first = "/probe sleep 1000";
  facts.processes = 42;
  const lab::Facts seen = lab::facts_from(lab::to_text(facts));
  CHECK(seen.release == facts.release);
  CHECK(seen.boot_id == facts.boot_id);
  CHECK(seen.first == facts.first);
  CHECK(seen.processes == 42);
  CHECK(lab::facts_from("").processes == 0);
}
