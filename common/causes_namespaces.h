// Causes as in causes.h: those of setns(2), sethostname(2) and of mounting /dev/mqueue.
#pragma once

#include <string>

#include "error.h"

namespace lab::causes {

std::string enters_no_namespace(const Call& call);  ///< what the descriptor leads to
std::string enters_other_kind(const Call& call);    ///< the kind that it is of
std::string enters_own_user_namespace(const Call& call);
std::string enters_pid_namespace_above(const Call& call);
std::string enters_before_its_user_namespace(const Call& call);
std::string descriptor_is_closed(const Call& call);

std::string in_user_namespace(const Call& call);  ///< of its own, and not the host's
std::string hostname_too_long(const Call& call);  ///< how many bytes it has

std::string opens_host_process_from_inside(const Call& call);  ///< the path

}  // namespace lab::causes
