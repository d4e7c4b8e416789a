// 00-compare: sets this host and a container side by side. What is the same, and what is not?
//
//   sudo build/bin/00-compare --lab 07

#include "app.h"
#include "options.h"
#include "runtimes.h"
#include "sections.h"
#include "started_lab.h"
#include "step.h"

namespace {

using lab::Section, lab::Subject;

void compare(const Subject& host, const Subject& container, lab::Report& report) {
  const auto section = [&](const char* id, const char* text,
                           Section (*look)(const Subject&, const Subject&)) {
    lab::step(id, text, [&] {
      const Section found = look(host, container);
      container.expect_alive();
      report.add(id, text, found);
    });
  };
  section("root-directory", "where a path begins; is there a root above?", lab::compare_roots);
  section("file-systems", "what df -h tells; is / on a disk of the host?",
          lab::compare_file_systems);
  section("processes", "how many it sees, and the pids that each of its own has",
          lab::compare_processes);
  section("network-links", "the links that it sees, and their IPv4 addresses", lab::compare_links);
  section("identity", "the host's name; user and group, and who they are outside",
          lab::compare_identities);
  section("kernel", "the one that answers the system calls", lab::compare_kernels);
  section("namespaces", "each has a number; who has the same number shares it",
          lab::compare_namespaces);
  section("cgroups", "how much it may have", lab::compare_cgroups);
  section("privileges", "what root may do, and which system calls", lab::compare_privileges);
  section("environment", "the variables that it was started with", lab::compare_environments);
}

}  // namespace

int main(int argc, char** argv) {
  lab::App app(
      "00-compare",
      "sets this host and a container side by side; == stands for one and the same, != for "
      "another,\n?? for what may not be read");
  const lab::CompareOptions options(app);

  return lab::run_lab(app, argc, argv, [&](const lab::Request&) {
    const Subject host = Subject::self();
    using lab::Report;
    if (lab::listing()) {
      Report nothing(Report::Form::kJson, "", host.pid(), host.pid());
      compare(host, host, nothing);
      return EXIT_SUCCESS;
    }
    const auto compare_with = [&](const std::string& name, const std::string& pid) {
      const Subject container(pid);
      container.expect_alive();
      Report report(options.json ? Report::Form::kJson : Report::Form::kTable, name, host.pid(),
                    pid);
      compare(host, container, report);
      report.finish();
      return EXIT_SUCCESS;
    };
    options.expect_one_container();
    if (options.lab) {
      const lab::StartedLab started(*options.lab);
      return compare_with(started.name(), started.pid());
    }
    if (const auto& name = options.docker)
      return compare_with(*name, lab::pid_of_docker_container(options.state_root, *name));
    if (const auto& name = options.podman)
      return compare_with(*name, lab::pid_of_podman_container(options.state_root, *name));
    return compare_with("process " + *options.pid, *options.pid);
  });
}
