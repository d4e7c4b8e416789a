#include "machine_limits.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cmath>

#include "error.h"
#include "initramfs.h"
#include "quantity.h"
#include "step.h"

namespace lab {
namespace {

constexpr double kMostProcessors = 255;  // of a PC; other machines have more

// The kernel itself, and what it needs to start.
constexpr std::uint64_t kKernelsOwn = 96 << 20;
constexpr std::uint64_t kMebibyte = 1 << 20;

void refuse(bool asked, const char* option, const char* why) {
  if (asked) throw Error(fmt::format("{} needs root: {}", option, why), "run it with sudo");
}

}  // namespace

unsigned processors_for(const std::optional<double>& cpus) {
  if (!cpus) return 1;
  const double whole = std::ceil(*cpus);
  if (whole > kMostProcessors)
    throw Error(fmt::format("--cpus {}: more processors than a machine has", *cpus),
                fmt::format("{} are the most", kMostProcessors));
  refuse(whole > *cpus && ::geteuid() != 0, fmt::format("--cpus {}", *cpus).c_str(),
         "a machine has whole processors, and a part of one's time is given by a cgroup");
  return static_cast<unsigned>(whole);
}

void check_memory(std::uint64_t memory, const std::filesystem::path& image) {
  if (listing()) return;
  const std::uint64_t needed = kKernelsOwn + memory_to_unpack(image);
  if (memory >= needed) return;
  throw Error(
      fmt::format("the image {} does not fit into a machine with {} of memory",
                  quoted(image.string()), size_text(memory)),
      fmt::format(
          "while it boots, it holds the image packed, too, and unpacked it may fill half of "
          "the rest: --memory {}M would do",
          (needed + kMebibyte - 1) / kMebibyte));
}

void tell_no_network(const NetworkOptions& options) {
  const char* const why = "a cable to the host's network is laid by the host's root";
  refuse(options.ip.has_value(), "--ip", why);
  refuse(options.bridge != "lab0", "--bridge", why);
  refuse(options.nat, "--nat", why);
  if (!listing()) say(fmt::format("without root: no eth0: {}; there is the loopback\n", why));
}

}  // namespace lab
