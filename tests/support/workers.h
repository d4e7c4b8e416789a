// The checks wait more than they compute: several run at a time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "checks.h"
#include "result.h"

namespace check {

/// Runs the checks in `number` processes, each of which takes one check after the other; where one
/// of them dies, its check has failed. Each is in cgroups of its own and adopts what its runs leave
/// behind. `tell` gets each result, in the order of `checks`, as soon as those before it are there.
/// What was left behind is noted in this process, too. Signals that end this process end them.
void run_in_workers(const std::vector<Check>& checks, const std::string& only, size_t number,
                    const std::function<void(const Result&)>& tell);

}  // namespace check
