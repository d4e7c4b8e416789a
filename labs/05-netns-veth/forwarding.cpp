#include "forwarding.h"

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "procfs.h"
#include "sys.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

const std::string kSettings = "/proc/sys/net/ipv4/";

// Writing ip_forward sets every link's own switch too, and whether the host takes redirects. So the
// record, where it was off, has "off", then kNoRedirects where none were taken, then the links that
// forwarded nevertheless.
const std::string kIpForward = kSettings + "ip_forward";
const std::string kAcceptRedirects = kSettings + "conf/all/accept_redirects";
constexpr const char* kNoRedirects = "/no-redirects";  // no link's name: it has a slash

std::string forwarding_of(const std::string& link) {
  return kSettings + "conf/" + link + "/forwarding";
}

std::string plan() {
  if (read_file(kIpForward) == "1\n") return "";
  std::string record = "off";
  if (read_file(kAcceptRedirects) == "0\n") record += std::string(" ") + kNoRedirects;
  for (const fs::directory_entry& link : fs::directory_iterator(kSettings + "conf")) {
    const std::string name = link.path().filename();
    if (read_file(forwarding_of(name)) == "1\n") record += " " + name;
  }
  return record;
}

void start(const std::string& record) {
  if (!record.empty()) sys::write_file(kIpForward, "1");
}

void stop(const std::string& record) {
  if (record.empty()) return;
  sys::write_file(kIpForward, "0");
  std::istringstream words(record);
  for (std::string word; words >> word;) {
    if (word == kNoRedirects) sys::write_file(kAcceptRedirects, "0");
    if (fs::exists(forwarding_of(word))) sys::write_file(forwarding_of(word), "1");
  }
}

}  // namespace

SharedUse::Thing forwarding() {
  return {"forwarding", plan, start, stop};
}

}  // namespace lab
