#include "device_program.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/bpf.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "device_rules.h"
#include "sys.h"
#include "unique_fd.h"

namespace lab {
namespace {

// Registers: the kernel gives what is asked for in r1, and takes the answer, 1 or 0, from r0.
enum Register : std::uint8_t {
  kAnswer = 0,
  kContext = 1,
  kType = 2,
  kAccess = 3,
  kMajor = 4,
  kMinor = 5
};

using Program = std::vector<bpf_insn>;

bpf_insn instruction(int code, Register destination, Register source, int offset, int immediate) {
  bpf_insn made{};
  made.code = static_cast<std::uint8_t>(code);
  made.dst_reg = static_cast<std::uint8_t>(destination & 0xf);
  made.src_reg = static_cast<std::uint8_t>(source & 0xf);
  made.off = static_cast<std::int16_t>(offset);
  made.imm = immediate;
  return made;
}

bpf_insn load(Register to, size_t offset) {
  return instruction(BPF_LDX | BPF_MEM | BPF_W, to, kContext, static_cast<int>(offset), 0);
}

bpf_insn skip_unless(Register is, std::uint32_t value, int instructions) {
  return instruction(BPF_JMP | BPF_JNE | BPF_K, is, kAnswer, instructions, static_cast<int>(value));
}

void add_return(Program& program, int answer) {
  program.push_back(instruction(BPF_ALU64 | BPF_MOV | BPF_K, kAnswer, kAnswer, 0, answer));
  program.push_back(instruction(BPF_JMP | BPF_EXIT, kAnswer, kAnswer, 0, 0));
}
constexpr int kReturn = 2;  // its instructions

// What is asked for: the kind of device in the lower half of a word, what is to be done in the upper.
Program device_program() {
  Program program{
      load(kType, offsetof(bpf_cgroup_dev_ctx, access_type)),
      instruction(BPF_ALU64 | BPF_MOV | BPF_X, kAccess, kType, 0, 0),
      instruction(BPF_ALU64 | BPF_AND | BPF_K, kType, kAnswer, 0, 0xffff),
      instruction(BPF_ALU64 | BPF_RSH | BPF_K, kAccess, kAnswer, 0, 16),
      load(kMajor, offsetof(bpf_cgroup_dev_ctx, major)),
      load(kMinor, offsetof(bpf_cgroup_dev_ctx, minor)),
  };
  program.push_back(skip_unless(kAccess, BPF_DEVCG_ACC_MKNOD, kReturn));
  add_return(program, 1);
  program.push_back(skip_unless(kType, BPF_DEVCG_DEV_BLOCK, kReturn));
  add_return(program, 0);
  for (const DeviceRule& rule : kAllowedDevices) {
    const bool any = rule.minor == kAnyMinor;
    program.push_back(skip_unless(kMajor, rule.major, kReturn + (any ? 0 : 1)));
    if (!any) program.push_back(skip_unless(kMinor, rule.minor, kReturn));
    add_return(program, 1);
  }
  add_return(program, 0);
  return program;
}

std::uint64_t address_of(const void* memory) {
  return reinterpret_cast<std::uint64_t>(memory);
}

}  // namespace

void attach_device_program(const std::filesystem::path& cgroup) {
  const Program program = device_program();
  bpf_attr load_request{};
  load_request.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  load_request.insns = address_of(program.data());
  load_request.insn_cnt = static_cast<std::uint32_t>(program.size());
  load_request.license = address_of("MIT");
  const UniqueFd loaded(static_cast<int>(
      sys::bpf(BPF_PROG_LOAD, load_request,
               fmt::format("{{BPF_PROG_TYPE_CGROUP_DEVICE, {} instructions}}", program.size()))));

  const UniqueFd directory = sys::open(cgroup, O_RDONLY | O_DIRECTORY);
  bpf_attr attach_request{};
  attach_request.target_fd = static_cast<std::uint32_t>(directory.get());
  attach_request.attach_bpf_fd = static_cast<std::uint32_t>(loaded.get());
  attach_request.attach_type = BPF_CGROUP_DEVICE;
  attach_request.attach_flags = BPF_F_ALLOW_MULTI;  // where a cgroup above has one, both must allow
  sys::bpf(BPF_PROG_ATTACH, attach_request,
           fmt::format("{{BPF_CGROUP_DEVICE, {}}}", cgroup.string()));
}

}  // namespace lab
