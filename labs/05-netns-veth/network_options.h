// The options --ip, --bridge and --nat, which lab 05 and every later one takes.
#pragma once

#include <fmt/core.h>

#include <optional>
#include <string>

#include "app.h"
#include "error.h"
#include "ipv4.h"

namespace lab {

struct NetworkOptions {
  std::optional<Ipv4> ip;
  std::string bridge = "lab0";
  bool nat = false;

  explicit NetworkOptions(App& app) {
    app.option("--ip", "ADDR/LEN", "the container's address; else the first one that is free",
               [this](const std::string& text) { ip = parse(text); });
    app.option("--bridge", "NAME", "the bridge it is plugged into; made where it is missing [lab0]",
               [this](const std::string& name) { bridge = name; });
    app.flag("--nat", "the way out through the host: forwarding and masquerade", nat);
  }
  NetworkOptions(const NetworkOptions&) = delete;
  NetworkOptions& operator=(const NetworkOptions&) = delete;

 private:
  static Ipv4 parse(const std::string& text) {
    const std::optional<Ipv4> address = parse_ipv4(text);
    if (address && address->prefix >= 8 && address->prefix <= 30) return *address;
    throw Error(fmt::format("--ip {}: not an address with the length of its network", quoted(text)),
                "for example --ip 10.77.0.5/24; the length is 8 to 30");
  }
};

}  // namespace lab
