// What is true of the command from lab 08 on.

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "container_state.h"
#include "deadline.h"
#include "error.h"
#include "facts.h"
#include "namespaces.h"
#include "network.h"
#include "procfs.h"
#include "report.h"
#include "run.h"

namespace check {
namespace {

using Options = std::vector<std::string>;

const std::vector<std::string> kEndAtOnce{"/probe", "exit", "0"};

Request named(const std::string& name) {
  return Request{}.with_options({"--name", name});
}

// A process on the host itself, beside the container.
Request on_host(const std::shared_ptr<Host>& host) {
  return Request::of({binary_directory() + "/probe"}).by_program(kHostItself).on(host);
}

std::string a_name() {
  return "web-" + random_token();
}

// Another one than 0, which is IPC_PRIVATE.
std::string a_key() {
  return std::to_string(1 + std::hash<std::string>()(random_token()) % 0x7fffffff);
}

void expect_own_namespace(const Run& run, const char* kind) {
  const bool own =
      lab::namespace_of(run.process(), kind) != lab::namespace_of(run.host().process(), kind);
  expect_true(own, fmt::format("a {} namespace of its own", kind), "the host's",
              {fmt::format("sudo readlink /proc/{{self,{}}}/ns/{}", run.process(), kind),
               "unshare(2) has a flag for each kind"});
}

// The state of a container, as it lies on its host.
std::string state_of(const Host& host, const std::string& name) {
  return lab::read_file("/proc/" + host.process() + "/root/run/lab/containers/" + name +
                        "/state.json");
}

lab::ContainerFacts facts_of(const Host& host, const std::string& name) {
  const std::string text = state_of(host, name);
  const auto facts = lab::from_json(text);
  expect_true(facts.has_value(), "a state.json with all fields", text.empty() ? "none" : text,
              {fmt::format("sudo cat /run/lab/containers/{}/state.json", name), ""});
  return *facts;
}

}  // namespace

TEST_CASE("--hostname is the host name of the container alone") {
  const std::string name = a_name() + ".example";
  const auto host = std::make_shared<Host>();
  Run beside(on_host(host));
  beside.wait_for_probe();
  const std::string before = beside.ask("hostname");
  Run run(Request{}.with_options({"--hostname", name}).on(host));
  run.wait_for_probe();
  expect_equal(
      name, run.ask("hostname"),
      {fmt::format("sudo nsenter --target {} --uts hostname", run.process()), "sethostname(2)"});
  expect_equal(before, beside.ask("hostname"), {"hostname", "whose name has been changed?"});
  expect_own_namespace(run, "uts");
}

TEST_CASE("without --hostname the host name is the container's name") {
  const std::string name = a_name();
  Run run(named(name));
  run.wait_for_probe();
  expect_equal(name, run.ask("hostname"), {"", "--name is the default of --hostname"});
  expect_equal(name, variable(environment_of(run), "HOSTNAME"),
               {"", "clean-env asks for the name that holds then"});
}

TEST_CASE("without --name the name is the lab's number and pid") {
  need_lab_options();
  Run run(Request{}.with_options({"--init"}));
  run.wait_for_probe();
  const std::string name = run.ask("hostname"), pid = std::to_string(run.lab());
  expect_true(name.size() == pid.size() + 3 && name.substr(2) == "-" + pid, "NN-" + pid, name,
              {"", ""});
}

TEST_CASE("no System V object of the host is found inside") {
  const auto host = std::make_shared<Host>();
  const std::string key = a_key(), text = random_token();
  Run maker(on_host(host)), reader(on_host(host));
  maker.wait_for_probe();
  reader.wait_for_probe();
  expect_equal("ok", maker.ask("make-sysv " + key + " " + text), {});
  expect_equal("shm " + text + " sem msg", reader.ask("find-sysv " + key),
               {"", "control: another process on the host finds them"});
  Run run(Request{}.on(host));
  run.wait_for_probe();
  expect_equal("none", run.ask("find-sysv " + key),
               {"ipcs", "a key is no path: which namespace keeps keys apart?"});
  expect_own_namespace(run, "ipc");
}

TEST_CASE("no System V object of the container is found outside") {
  const auto host = std::make_shared<Host>();
  const std::string key = a_key(), text = random_token();
  Run run(Request{}.on(host)), other(Request{}.on(host)), reader(on_host(host));
  for (Run* one : {&run, &other, &reader}) one->wait_for_probe();
  expect_equal("ok", run.ask("make-sysv " + key + " " + text), {});
  expect_equal("shm " + text + " sem msg", run.ask("find-sysv " + key), {"", "control"});
  expect_equal("none", reader.ask("find-sysv " + key), {"ipcs", "on the host"});
  expect_equal("none", other.ask("find-sysv " + key), {"ipcs", "in another container"});
}

TEST_CASE("no message queue of the host is found inside") {
  const auto host = std::make_shared<Host>();
  const std::string queue = a_name(), text = random_token();
  Run maker(on_host(host)), reader(on_host(host));
  maker.wait_for_probe();
  reader.wait_for_probe();
  expect_equal("ok", maker.ask("make-queue " + queue + " " + text), {});
  expect_equal(text, reader.ask("read-queue " + queue),
               {"", "control: another process on the host finds it"});
  Run run(Request{}.on(host));
  run.wait_for_probe();
  expect_equal("No such file or directory", run.ask("read-queue " + queue),
               {"ls /dev/mqueue", "mq_overview(7): the name of a queue is no path"});
}

TEST_CASE("/dev/mqueue has the message queues of the container and no others") {
  const auto host = std::make_shared<Host>();
  const std::string queue = a_name(), text = random_token();
  Run beside(on_host(host));
  beside.wait_for_probe();
  expect_equal("ok", beside.ask("make-queue " + a_name() + " " + text), {});
  Run run(Request{}.on(host));
  run.wait_for_probe();
  const lab::Mount mount = mount_on(run, "/dev/mqueue");
  const Advice advice{fmt::format("grep mqueue /proc/{}/mountinfo", run.process()),
                      "mq_overview(7), \"Mounting the message queue filesystem\""};
  expect_equal("mqueue", mount.type.empty() ? "nothing" : mount.type, advice);
  for (const char* option : {"nosuid", "nodev", "noexec"})
    expect_true(mount.has_option(option), option, mount.options, advice);
  expect_equal("none", run.ask("names-in /dev/mqueue"),
               {"", "which namespace was the process in when it called mount(2)?"});
  expect_equal("ok", run.ask("make-queue " + queue + " " + text), {});
  expect_equal(queue, run.ask("names-in /dev/mqueue"), advice);
}

TEST_CASE("a --hostname or --name that is none is refused") {
  need_lab_options();
  const std::string longest = std::string(63, 'a');
  for (const std::string& name :
       {std::string(), std::string("-a"), std::string("a-"), std::string("a..b"), std::string(".a"),
        std::string("a."), std::string("a_b"), std::string("a b"), std::string("../a"),
        std::string("a\xc3\xa4"), longest + "a", longest + ".a"}) {
    for (const char* option : {"--hostname", "--name"})
      expect_refused(Request::of(kEndAtOnce).with_options({option, name}),
                     {option, "not a host name", "hint:"});
  }
  for (const std::string& name :
       {std::string("a"), std::string("0"), longest, std::string("A.b-c")})
    expect_equal("0",
                 std::to_string(
                     run_to_end(Request::of(kEndAtOnce).with_options({"--hostname", name})).status),
                 {"", "this is a host name: " + name});
}

TEST_CASE("a second container of one --name is refused and the first is unharmed") {
  const auto host = std::make_shared<Host>();
  const std::string name = a_name();
  Run first(named(name).on(host));
  first.wait_for_probe();
  expect_refused(named(name).on(host), {"name " + name, "in use", "hint:"});
  expect_equal(name, first.ask("hostname"), {});
  expect_equal(name, facts_of(*host, name).name, {});
  Run other(named(a_name()).on(host));
  other.wait_for_probe();
}

TEST_CASE("state.json tells of a running container what the kernel tells") {
  const auto host = std::make_shared<Host>();
  for (const bool init : {false, true}) {
    const std::string name = a_name(), argument = "\"\\\n" + random_token();
    Request request = Request::of({"/probe", argument}).on(host);
    request =
        request.with_options(init ? Options{"--name", name, "--init"} : Options{"--name", name});
    Run run(request);
    run.wait_for_probe();
    const lab::ContainerFacts facts = facts_of(*host, name);
    const pid_t pid1 = pid1_above(run.process());
    const Advice advice{fmt::format("sudo cat /run/lab/containers/{}/state.json", name), ""};
    expect_equal(name, facts.name, advice);
    expect_equal(std::to_string(run.lab()), std::to_string(facts.supervisor), advice);
    expect_equal(std::to_string(pid1), std::to_string(facts.pid), advice);
    expect_equal("1", std::to_string(facts.pid_inside), advice);
    const auto address = address_of(run.process(), "eth0");
    expect_equal(address ? address->text() : "none", facts.address, advice);
    expect_equal(image(), facts.rootfs, advice);
    expect_equal("/probe " + argument,
                 facts.command.size() == 2 ? facts.command[0] + " " + facts.command[1] : "another",
                 advice);
    const std::string now =
        run_to_end(
            Request::of({"date", "-u", "+%Y-%m-%dT%H:%M:%SZ"}).by_program(kHostItself).on(host))
            .output;
    expect_true(facts.started.size() == 20 && facts.started.substr(0, 10) == now.substr(0, 10) &&
                    facts.started + "\n" <= now,
                "the time of its start, as " + now, facts.started, advice);
  }
}

TEST_CASE("state.json goes with its container") {
  const auto host = std::make_shared<Host>();
  const std::string name = a_name();
  Run stays(named(a_name()).on(host));
  stays.wait_for_probe();
  {
    Run run(named(name).on(host));
    run.wait_for_probe();
    expect_true(!state_of(*host, name).empty(), "control: it is there", "none", {});
  }
  expect_equal("", state_of(*host, name), {"sudo ls /run/lab/containers", ""});
}

TEST_CASE("the state of a lab that was killed is swept by the next one") {
  const auto host = std::make_shared<Host>();
  const std::string name = a_name();
  Run stays(named(a_name()).on(host));
  stays.wait_for_probe();
  Run killed(named(name).on(host));
  const pid_t command = killed.wait_for_probe();
  killed.kill_lab(SIGKILL);
  killed.wait();
  eventually([&] { return !Run::is_alive(command); });
  expect_true(!state_of(*host, name).empty(), "control: it is left", "none", {});
  Run next(named(a_name()).on(host));
  next.wait_for_probe();
  expect_equal("", state_of(*host, name),
               {"sudo ls /run/lab/containers", "who holds a lock on it is alive"});
  Run again(named(name).on(host));
  again.wait_for_probe();
  expect_equal(name, facts_of(*host, name).name, {"", "its name is free again"});
}

}  // namespace check
