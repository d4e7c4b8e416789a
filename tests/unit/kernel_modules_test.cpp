#include "kernel_modules.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "error.h"
#include "kernel.h"
#include "qemu.h"

namespace {

using Words = std::vector<std::string>;

const std::string kModulesDep =
    "kernel/net/core/failover.ko:\n"
    "kernel/drivers/net/net_failover.ko: kernel/net/core/failover.ko\n"
    "kernel/drivers/net/virtio_net.ko: kernel/drivers/net/net_failover.ko "
    "kernel/net/core/failover.ko\n"
    "kernel/drivers/char/virtio-console.ko.xz:\n";
const std::string kModulesBuiltin =
    "kernel/drivers/virtio/virtio-mmio.ko\nkernel/fs/ext4/ext4.ko\n";

Words order_of(const Words& wanted) {
  return lab::modules_in_load_order(kModulesDep, kModulesBuiltin, wanted);
}

// The head of a bzImage whose `kernel_version` points to `text`.
std::string kernel_that_says(const std::string& text) {
  std::string head(0x480, '\0');
  head.replace(0x202, 4, "HdrS");
  head.replace(0x20e, 2, "\x80\x02");  // counted from 0x200
  return head + text;
}

}  // namespace

TEST_CASE("modules: each one behind what it needs, and once") {
  CHECK(order_of({"virtio_net"}) == Words{"kernel/net/core/failover.ko",
                                          "kernel/drivers/net/net_failover.ko",
                                          "kernel/drivers/net/virtio_net.ko"});
  CHECK(order_of({"failover", "virtio_net", "failover"}).size() == 3);
}

TEST_CASE("modules: a hyphen in a file's name is an underscore, and it may be compressed") {
  CHECK(order_of({"virtio_console"}) == Words{"kernel/drivers/char/virtio-console.ko.xz"});
}

TEST_CASE("modules: what is built in has no file") {
  CHECK(order_of({"virtio_mmio"}).empty());
}

TEST_CASE("modules: one that is nowhere, or is part of another's name, is refused") {
  for (const char* wanted : {"virtio", "net", "virtio_ne", "failover2"})
    CHECK_THROWS_AS(order_of({wanted}), lab::Error);
  CHECK_THROWS_AS(lab::modules_in_load_order("", "", {"ext4"}), lab::Error);
}

TEST_CASE("a kernel's release: up to the blank, and none in what is no kernel") {
  CHECK(lab::release_in(kernel_that_says(std::string("6.1.0-9 (x@y) #1\0", 17))) == "6.1.0-9");
  CHECK(lab::release_in("") == "");
  CHECK(lab::release_in(std::string(0x1000, 'x')) == "");
  CHECK(lab::release_in(kernel_that_says("6.1.0-9 x").substr(0, 0x300)) == "");
}

#ifdef __x86_64__  // nowhere else does QEMU start an unpacked kernel, or does a kernel tell its release
TEST_CASE("an unpacked kernel: the one of the same release") {
  char folder[] = "/tmp/lab-unit.XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  const std::filesystem::path beside = folder;
  std::ofstream(beside / "vmlinuz") << kernel_that_says("6.1.0-9 x");
  std::ofstream(beside / "vmlinux-6.1.0-8") << "another one";
  CHECK(lab::find_kernel(beside).unpacked.empty());
  std::ofstream(beside / "vmlinux-6.1.0-9") << "the same";
  CHECK(lab::find_kernel(beside).unpacked == beside / "vmlinux-6.1.0-9");
  std::filesystem::remove_all(beside);
}

TEST_CASE("an unpacked kernel: started by a microvm whose instructions are translated") {
  lab::Hardware hardware;
  hardware.kernel = "/packed";
  const auto started = [&] {
    const Words words = lab::qemu_arguments(hardware, 0);
    return *(std::find(words.begin(), words.end(), "-kernel") + 1);
  };
  CHECK(started() == "/packed");
  hardware.unpacked_kernel = "/unpacked";
  CHECK(started() == "/unpacked");
  hardware.microvm = false;
  CHECK(started() == "/packed");
  hardware.microvm = hardware.kvm = true;
  CHECK(started() == "/packed");
}
#endif
