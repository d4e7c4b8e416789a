// The comparisons. Each reads the same of both sides, from the kernel, and judges which kinds of
// isolation that shows.
#pragma once

#include "subject.h"
#include "table.h"

namespace lab {

Section compare_roots(const Subject& host, const Subject& container);
Section compare_file_systems(const Subject& host, const Subject& container);
Section compare_processes(const Subject& host, const Subject& container);
Section compare_links(const Subject& host, const Subject& container);
Section compare_identities(const Subject& host, const Subject& container);
Section compare_kernels(const Subject& host, const Subject& container);
Section compare_namespaces(const Subject& host, const Subject& container);
Section compare_cgroups(const Subject& host, const Subject& container);
Section compare_privileges(const Subject& host, const Subject& container);
Section compare_environments(const Subject& host, const Subject& container);

}  // namespace lab
