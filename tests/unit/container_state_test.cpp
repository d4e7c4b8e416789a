#include "container_state.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using lab::ContainerFacts;

namespace {

ContainerFacts some_facts() {
  ContainerFacts facts;
  facts.name = "web-1";
  facts.lab = "08-uts-ipc";
  facts.supervisor = 4711;
  facts.pid = 4712;
  facts.pid_inside = 1;
  facts.address = "10.77.0.2/24";
  facts.started = "2026-11-22T12:30:00Z";
  facts.command = {"sh", "-c", "echo \"a\\b\"\n"};
  facts.rootfs = "/srv/an image";
  return facts;
}

}  // namespace

TEST_CASE("state: what is written is what is read") {
  const ContainerFacts facts = some_facts();
  const std::optional<ContainerFacts> read = lab::from_json(lab::to_json(facts));
  REQUIRE(read);
  CHECK(read->name == facts.name);
  CHECK(read->lab == facts.lab);
  CHECK(read->supervisor == facts.supervisor);
  CHECK(read->pid == facts.pid);
  CHECK(read->pid_inside == facts.pid_inside);
  CHECK(read->address == facts.address);
  CHECK(read->started == facts.started);
  CHECK(read->command == facts.command);
  CHECK(read->rootfs == facts.rootfs);
}

TEST_CASE("state: the fields have their names and their order") {
  const std::string text = lab::to_json(some_facts());
  size_t at = 0;
  for (const char* line :
       {"\"name\": \"web-1\"", "\"lab\": \"08-uts-ipc\"", "\"supervisor\": 4711", "\"pid\": 4712",
        "\"pid_inside\": 1", "\"address\": \"10.77.0.2/24\"",
        "\"started\": \"2026-11-22T12:30:00Z\"", "\"command\": [", "\"rootfs\": "}) {
    CAPTURE(line);
    const size_t found = text.find(line, at);
    REQUIRE(found != std::string::npos);
    at = found;
  }
  CHECK(text.back() == '\n');
}

TEST_CASE("state: bytes that are no UTF-8 are replaced") {
  ContainerFacts facts = some_facts();
  facts.command = {"caf\xe9"};
  const std::optional<ContainerFacts> read = lab::from_json(lab::to_json(facts));
  REQUIRE(read);
  CHECK(read->command.at(0) == "caf\xef\xbf\xbd");
}

TEST_CASE("state: what is no such text is none") {
  for (const char* text : {"", "{", "{}", "[]", "1", R"({"name": 1})", R"({"name": "web"})"}) {
    CAPTURE(text);
    CHECK_FALSE(lab::from_json(text));
  }
  const std::string whole = lab::to_json(some_facts());
  CHECK_FALSE(lab::from_json(whole.substr(0, whole.size() / 2)));
}
