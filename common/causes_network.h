// Causes as in causes.h: those of rtnetlink(7) messages, as netlink_call() tells them, and of
// connect(2).
#pragma once

#include <string>

#include "error.h"

namespace lab::causes {

std::string speaks_to_other_namespace(const Call& call);  ///< the link asked for, or "it"
std::string names_link(const Call& call);                 ///< the link's name
std::string makes_link_that_exists(const Call& call);     ///< its name
std::string link_name_too_long(const Call& call);         ///< the name
std::string link_name_unfit(const Call& call);            ///< the name
std::string makes_kind_of_link(const Call& call);         ///< the kind
std::string makes_veth(const Call& call);
std::string master_is_no_bridge(const Call& call);
std::string namespace_of_pid(const Call& call);          ///< the pid
std::string descriptor_is_no_network(const Call& call);  ///< the descriptor
std::string adds_address(const Call& call);
std::string adds_route(const Call& call);

std::string gateway_behind_link_that_is_down(const Call& call);  ///< the link
std::string no_link_has_address(const Call& call);

std::string loopback_is_down(const Call& call);

std::string opens_tun(const Call& call);  ///< the driver of tap devices

}  // namespace lab::causes
