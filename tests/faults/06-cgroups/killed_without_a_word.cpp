// Mistake: whoever reads 137 is thought to know that memory was short.
// fails: an out-of-memory kill is told with the limit

#include "usage.h"

namespace lab {

void report_out_of_memory(const Cgroups&, const Limits&) {}

}  // namespace lab
