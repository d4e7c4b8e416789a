// The likely causes of failed system calls: a table by call and errno, refined by what can be
// looked up at the moment of the failure.
#pragma once

#include <string>

#include "error.h"

namespace lab {

/// The likely cause of `call` failing with `error` and its remedy; empty where nothing useful is
/// known.
std::string hint_for(const Call& call, int error);

}  // namespace lab
