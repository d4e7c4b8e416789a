#include "host.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "cgroup_sandbox.h"
#include "deadline.h"
#include "image.h"
#include "memory_file.h"
#include "procfs.h"
#include "program.h"
#include "stand_in.h"
#include "sys.h"

namespace check {
namespace fs = std::filesystem;
namespace sys = lab::sys;
namespace {

std::vector<Leftover> all_leftovers;

// A veth pair goes by itself, some time after the last process of its namespace. No run waits for
// that: the open file keeps the host's network namespace, and leftovers() looks at the links again.
struct LinksOnTheWay {
  lab::UniqueFd net_dev;
  std::vector<std::string> before;
};
std::vector<LinksOnTheWay> links_on_the_way;

std::vector<std::string> links_now(const lab::UniqueFd& net_dev) {
  return links_in(lab::read_file(fmt::format("/proc/self/fd/{}", net_dev.get())));
}

void forget_links_that_went() {
  const auto went = [](const LinksOnTheWay& host) {
    return added(host.before, links_now(host.net_dev)).empty();
  };
  links_on_the_way.erase(std::remove_if(links_on_the_way.begin(), links_on_the_way.end(), went),
                         links_on_the_way.end());
}

// Nothing where the program is not there, or fails: then no lab has used it either.
std::string output_of(const std::vector<std::string>& command) {
  if (!lab::has_program(command[0])) return "";
  try {
    return lab::run_program(command);
  } catch (const lab::Error&) {
    return "";
  }
}

// The holder's part: the namespaces are there; they stay until `hold` is closed at the other end.
int hold_open(const lab::UniqueFd& ready, const lab::UniqueFd& hold) {
  lab::make_stand_in_host();
  lab::make_disks_read_only({"/"}, images());  // whatever the program does, they stay as they are
  char byte = 0;
  if (::write(ready.get(), &byte, 1) != 1) return EXIT_FAILURE;
  while (::read(hold.get(), &byte, 1) == -1 && errno == EINTR) {
  }
  return EXIT_SUCCESS;
}

}  // namespace

Host::Host() {
  int ready[2] = {}, hold[2] = {};
  if (::pipe2(ready, O_CLOEXEC) == -1 || ::pipe2(hold, O_CLOEXEC) == -1)
    throw lab::SyscallError({"pipe2", {}}, errno);
  const lab::UniqueFd ready_in(ready[0]);
  lab::UniqueFd ready_out(ready[1]);
  const lab::UniqueFd hold_in(hold[0]);
  hold_.reset(hold[1]);
  holder_ = lab::fork_child([&] {
    hold_
        .reset();  // only the checks keep it open: when they end, however they end, the holder ends
    return hold_open(ready_out, hold_in);
  });
  ready_out.reset();
  char byte = 0;
  if (::read(ready_in.get(), &byte, 1) != 1)
    throw std::runtime_error("no host could be made for the lab");
  links_ = sys::open("/proc/" + process() + "/net/dev", O_RDONLY);
  links_before_ = links_now(links_);
  before_ = snapshot();
}

Host::~Host() {
  if (!comparing_) return;
  try {
    for (const Leftover& leftover : differences(before_, snapshot())) note_leftover(leftover);
  } catch (const std::exception& error) {
    note_leftover({"process", error.what()});
  }
  links_on_the_way.push_back({std::move(links_), std::move(links_before_)});
  forget_links_that_went();
}

void Host::enter() const {
  const fs::path working_directory = fs::current_path();
  const std::string namespaces = "/proc/" + process() + "/ns/";
  std::vector<lab::UniqueFd> entrances;
  for (const char* kind : {"uts", "ipc", "net", "mnt"})  // the last one takes /proc away
    entrances.push_back(sys::open(namespaces + kind, O_RDONLY));
  for (const lab::UniqueFd& entrance : entrances) sys::setns(entrance.get(), 0);
  sys::chdir(working_directory);  // setns(2) moved it to the root
}

std::string Host::mounts() const {
  return lab::read_file("/proc/" + process() + "/mountinfo");
}

void Host::watch_files(const std::string& image) {
  if (!images_.insert(image).second) return;
  const std::vector<std::string> files = files_below(image);
  before_.files.insert(before_.files.end(), files.begin(), files.end());
}

void Host::watch_packet_filter() {
  if (packet_filter_) return;
  packet_filter_ = true;
  const std::vector<std::string> found = rules();
  before_.settings.insert(before_.settings.end(), found.begin(), found.end());
}

std::vector<std::string> Host::rules() const {
  const lab::UniqueFd said = memory_file("rules");
  lab::fork_child([&] {
    enter();
    sys::write(said.get(),
               output_of({"nft", "--stateless", "list", "ruleset"}) + output_of({"iptables-save"}));
    return EXIT_SUCCESS;
  }).wait();
  return rules_in(content_of(said));
}

Snapshot Host::snapshot() const {
  const std::string proc = "/proc/" + process();
  Snapshot now;
  now.mounts = lines_of(mounts());
  now.cgroups = sandboxed_cgroups();
  for (const std::string& image : images_) {
    const std::vector<std::string> files = files_below(image);
    now.files.insert(now.files.end(), files.begin(), files.end());
  }
  now.locks = names_below(proc + "/root", "run/lab");
  if (packet_filter_) now.settings = rules();
  now.settings.push_back("net.ipv4.ip_forward = " +
                         forwarding_in(lab::read_file(proc + "/net/snmp")));
  return now;
}

void note_leftover(const Leftover& leftover) {
  all_leftovers.push_back(leftover);
}

const std::vector<Leftover>& noted_leftovers() {
  return all_leftovers;
}

void note_links_that_stay() {
  constexpr std::chrono::seconds kLongEnough(10);  // whatever else is waited for
  const auto all_went = [] {
    forget_links_that_went();
    return links_on_the_way.empty();
  };
  eventually(all_went, std::min<std::chrono::milliseconds>(patience(), kLongEnough));
  for (const LinksOnTheWay& host : links_on_the_way) {
    for (const std::string& link : added(host.before, links_now(host.net_dev)))
      note_leftover({"link", "new: " + link});
  }
  links_on_the_way.clear();
}

std::vector<std::string> leftovers(const std::string& kind) {
  if (kind == "link") note_links_that_stay();
  std::vector<std::string> found;
  for (const Leftover& leftover : all_leftovers) {
    const bool known = std::find(found.begin(), found.end(), leftover.what) != found.end();
    if (leftover.kind == kind && !known) found.push_back(leftover.what);
  }
  return found;
}

}  // namespace check
