#include "host_files.h"

#include <fmt/core.h>
#include <sys/mount.h>
#include <unistd.h>

#include <climits>
#include <filesystem>
#include <sstream>

#include "procfs.h"
#include "step.h"
#include "sys.h"

namespace lab {
namespace {

std::string hostname() {
  char name[HOST_NAME_MAX + 1] = {};
  ::gethostname(name, sizeof name - 1);
  return name;
}

bool reachable(const std::string& server) {
  return parse_ipv4(server + "/32").has_value() && server.rfind("127.", 0) != 0;
}

// The mount keeps the file: it needs its name no longer.
void bind_over(const char* path, const std::string& text) {
  if (!std::filesystem::is_regular_file(path)) return;
  const char* const name = "/dev/.host-file";
  const mode_t umask = sys::umask(0);
  sys::make_file(name, text, 0644);
  sys::umask(umask);
  sys::mount(name, path, nullptr, MS_BIND);
  sys::unlink(name);
}

}  // namespace

void bind_host_files(const Ipv4& address, const std::string& nameservers) {
  step("bind-hosts", "its name leads to its own address: files of its own over the image's", [&] {
    bind_over("/etc/hosts",
              fmt::format("127.0.0.1\tlocalhost\n{}\t{}\n", address.dotted(), hostname()));
    bind_over("/etc/hostname", hostname() + "\n");
    if (!nameservers.empty()) bind_over("/etc/resolv.conf", nameservers);
  });
}

std::string reachable_nameservers() {
  std::string servers;
  // systemd-resolved has the real ones in a file of its own, and itself in the usual one.
  for (const char* file : {"/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"}) {
    std::istringstream lines(read_file(file));
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string keyword, server;
      words >> keyword >> server;
      if (keyword == "nameserver" && reachable(server)) servers += "nameserver " + server + "\n";
    }
    if (!servers.empty()) break;
  }
  return servers;
}

}  // namespace lab
