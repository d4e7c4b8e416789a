#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <vector>

#include "cgroup_layout.h"
#include "exec.h"
#include "mistake.h"
#include "sys.h"

namespace fs = std::filesystem;
namespace sys = lab::sys;

namespace {

const std::vector<sock_filter> kAllowAll{BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};

std::vector<sock_filter> filter_against(long call) {
  return {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
          BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1),
          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
}

void give_up_all_but(const char* sets) {
  sys::cap_set_proc(sets);
}

}  // namespace

TEST_CASE("10: the bounding set is shrunk too late, or by what is no capability") {
  expect(EPERM, "CAP_SETPCAP", [] {
    give_up_all_but("cap_chown=ep");
    sys::prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN);
  });
  expect(EINVAL, "cap_last_cap", [] { sys::prctl(PR_CAPBSET_DROP, 63); });
  expect(EPERM, "sudo", [] {
    become_nobody();
    sys::prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN);
  });
}

TEST_CASE("10: capabilities that cannot be had") {
  expect(EPERM, "cap_net_admin: not permitted", [] {
    give_up_all_but("cap_chown=ep");
    sys::cap_set_proc("cap_chown,cap_net_admin=ep");
  });
  expect(EPERM, "cap_kill would be in the first alone",
         [] { sys::cap_set_proc("cap_chown=ep cap_kill=e"); });
  expect(EPERM, "CAP_CHOWN must be permitted and inheritable",
         [] { sys::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN); });
  expect(EINVAL, "cap_chown,cap_kill=ep", [] { sys::cap_set_proc("CHOWN=ep"); });
  expect(EINVAL, "no capability at all is =", [] { sys::cap_set_proc("=q"); });
}

TEST_CASE("10: what needs a capability comes after it was given up") {
  expect(EPERM, "was it given up before", [] {
    give_up_all_but("cap_chown=ep");
    sys::mount("scratch", "/tmp", "tmpfs", 0);
  });
}

TEST_CASE("10: a program has more capabilities than the bounding set") {
  expect(EPERM, "cap_net_raw", [] {
    fs::copy_file("/bin/true", "program");
    const cap_t sets = ::cap_from_text("cap_net_raw=ep");
    REQUIRE(::cap_set_file("program", sets) == 0);
    sys::prctl(PR_CAPBSET_DROP, CAP_NET_RAW);
    become_nobody();
    lab::exec_command({"./program"}, {});
  });
}

TEST_CASE("10: no_new_privs cannot be taken back") {
  expect(EINVAL, "cannot be taken back", [] { sys::prctl(PR_SET_NO_NEW_PRIVS, 0); });
}

TEST_CASE("10: a filter without no_new_privs, or that is no program") {
  expect(EACCES, "no_new_privs must be set first", [] {
    give_up_all_but("cap_chown=ep");
    sys::seccomp(0, kAllowAll);
  });
  expect(EINVAL, "return in the end", [] {
    sys::prctl(PR_SET_NO_NEW_PRIVS, 1);
    sys::seccomp(0, {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)});
  });
  expect(EINVAL, "does not know the flags", [] {
    sys::prctl(PR_SET_NO_NEW_PRIVS, 1);
    sys::seccomp(1U << 31, kAllowAll);
  });
}

TEST_CASE("10: the filter comes before what it refuses") {
  expect(EPERM, "install the filter as the last thing", [] {
    sys::seccomp(0, filter_against(SYS_mount));
    sys::mount("scratch", "/tmp", "tmpfs", 0);
  });
  expect(EPERM, "install the filter as the last thing", [] {
    sys::seccomp(0, filter_against(SYS_unshare));
    sys::unshare(CLONE_NEWNET);
  });
}

TEST_CASE("10: two listeners") {
  constexpr unsigned kNewListener = 8;
  expect(EBUSY, "one listener", [] {
    const lab::UniqueFd first = sys::seccomp(kNewListener, kAllowAll);
    sys::seccomp(kNewListener, kAllowAll);
  });
}

TEST_CASE("10: a device rule that is none") {
  for (const lab::CgroupHierarchy& hierarchy : lab::cgroup_layout()) {
    if (hierarchy.version != 1 || !hierarchy.has("devices")) continue;
    const fs::path group = hierarchy.place / ("lab-mistakes-" + std::to_string(::getpid()));
    REQUIRE(fs::create_directory(group));
    expect(EINVAL, "c 1:3 rwm", [&] { sys::write_file(group / "devices.allow", "/dev/null"); });
    expect(EPERM, "the device cgroup refuses c 1:3", [&] {
      sys::write_file(group / "devices.deny", "a");
      sys::write_file(group / "tasks", "0");
      sys::open("/dev/null", O_RDONLY);
    });
    const fs::path inner = group / "inner";
    expect(EPERM, "the cgroup above", [&] {
      sys::write_file(group / "devices.deny", "a");
      sys::mkdir(inner, 0755);
      sys::write_file(inner / "devices.allow", "c 1:3 rwm");
    });
    ::rmdir(inner.c_str());
    CHECK(::rmdir(group.c_str()) == 0);
  }
}

TEST_CASE("10: a device on a file system that opens none") {
  expect(EACCES, "nodev", [] {
    sys::mount("scratch", "/tmp", "tmpfs", MS_NODEV);
    sys::chdir("/tmp");
    sys::mknod("null", S_IFCHR | 0666, makedev(1, 3));
    sys::open("null", O_RDONLY);
  });
}

TEST_CASE("10: a BPF program that is attached to no cgroup") {
  expect(EBADF, "version 2", [] {
    bpf_attr request{};
    const bpf_insn allow[] = {{BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1},
                              {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
    request.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    request.insns = reinterpret_cast<__u64>(allow);
    request.insn_cnt = 2;
    request.license = reinterpret_cast<__u64>("MIT");
    const lab::UniqueFd program(static_cast<int>(sys::bpf(BPF_PROG_LOAD, request, "a program")));
    const lab::UniqueFd directory = sys::open("/tmp", O_RDONLY | O_DIRECTORY);
    bpf_attr attach{};
    attach.target_fd = static_cast<__u32>(directory.get());
    attach.attach_bpf_fd = static_cast<__u32>(program.get());
    attach.attach_type = BPF_CGROUP_DEVICE;
    sys::bpf(BPF_PROG_ATTACH, attach, "it");
  });
}
