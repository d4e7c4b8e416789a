// Causes as in causes.h: those of calls on capabilities, filters and devices.
#pragma once

#include <string>

#include "error.h"

namespace lab::causes {

std::string refused_by_filter(const Call& call);  ///< the capability for it would be there

std::string drops_from_bounding_set(const Call& call);
std::string raises_ambient(const Call& call);  ///< the capability
std::string sets_no_new_privs(const Call& call);
std::string asks_for_more_than_permitted(const Call& call);  ///< those that are too many
std::string effective_but_not_permitted(const Call& call);   ///< those that are effective alone

std::string program_has_capabilities(const Call& call);  ///< as cap_to_text(3) has them

std::string sets_device_rule(const Call& call);
std::string opens_device(const Call& call);  ///< `c 1:11`
std::string attaches_program(const Call& call);

}  // namespace lab::causes
