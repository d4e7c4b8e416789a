#include "setns.h"

#include <fcntl.h>
#include <sys/prctl.h>

#include <string>

#include "namespaces.h"
#include "procfs.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

// Does nothing where the namespace is shared: into the own user namespace no one can go again.
void enter(const Entrances& entrances, int flag) {
  if (const UniqueFd* entrance = entrances.find(flag)) sys::setns(entrance->get(), flag);
}

bool is_own(const fs::path& file, const char* kind) {
  std::error_code unreadable;
  return fs::read_symlink(file, unreadable) == namespace_of("self", kind);
}

}  // namespace

Entrances open_entrances(const fs::path& directory) {
  Entrances entrances;
  step("open-namespaces", "hold them open: from inside, no path leads to the host's /proc", [&] {
    for (const NamespaceKind& kind : kNamespaceKinds) {
      const fs::path file = directory / "ns" / kind.file;
      if (!is_own(file, kind.file))
        entrances.namespaces.push_back({kind.flag, sys::open(file, O_RDONLY)});
    }
    entrances.root = sys::open(directory / "root", O_PATH | O_DIRECTORY);
  });
  step("open-cgroups", "the files by which a process moves into the container's cgroups",
       [&] { entrances.cgroups = open_cgroups_of(directory); });
  return entrances;
}

void enter_user_namespace(const Entrances& entrances) {
  // The others belong to it. To the host's root they are open anyway; to no one else.
  step("setns-user", "first, as it gives power over the other namespaces",
       [&] { enter(entrances, CLONE_NEWUSER); });
}

Child fork_into_container(const Entrances& entrances, StartGate& gate,
                          const std::function<int()>& body) {
  // What it holds is the host's: the program that it runs, and its files. A child begins as its
  // parent is; execve(2) takes it back.
  step("not-dumpable",
       "until it is the command, no one inside may look into the child: /proc/PID/exe",
       [] { sys::prctl(PR_SET_DUMPABLE, 0); });
  step("setns-pid", "the next child will be in it: a process keeps the pid that it has",
       [&] { enter(entrances, CLONE_NEWPID); });
  Child child;
  step("fork-into", "the child has a pid in there; this process stays outside and waits", [&] {
    child = fork_child([&] {
      gate.wait();
      return body();
    });
    if (telling())
      tell("pids of the child (NSpid), outside and inside", pids_of(std::to_string(child.pid())));
  });
  return child;
}

void join_cgroups(Entrances& entrances) {
  step("join-cgroups", "what it uses counts as the container's, and is limited with it", [&] {
    for (const UniqueFd& cgroup : entrances.cgroups) sys::write(cgroup.get(), "0");
    entrances.cgroups.clear();
  });
}

void enter_namespaces(Entrances& entrances) {
  step("setns-cgroup", "its cgroups are the roots of what it sees",
       [&] { enter(entrances, CLONE_NEWCGROUP); });
  step("setns-ipc", "the container's shared memory and message queues",
       [&] { enter(entrances, CLONE_NEWIPC); });
  step("setns-uts", "the container's host name", [&] { enter(entrances, CLONE_NEWUTS); });
  step("setns-net", "the container's network", [&] { enter(entrances, CLONE_NEWNET); });
  step("setns-mnt", "the container's mounts: root and working directory are now its topmost",
       [&] { enter(entrances, CLONE_NEWNS); });
  // A container may have changed its root by chroot(2) besides.
  step("enter-root", "the root directory that the container's first process has", [&] {
    sys::fchdir(entrances.root.get());
    sys::chroot(".");
  });
  entrances = {};
}

}  // namespace lab
