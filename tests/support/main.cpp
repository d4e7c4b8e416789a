// The main() that every check program has.

#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>

#include "cgroup_sandbox.h"
#include "error.h"
#include "image.h"
#include "process.h"
#include "report.h"

int main(int argc, char** argv) {
  lab::open_standard_descriptors();
  if (::geteuid() != 0) {
    std::fputs("the checks need root: run them by ./lab check NN, or with sudo\n", stderr);
    return 2;
  }
  return lab::exit_status_of([&] {
    return check::in_cgroup_sandbox([&] {
      ::prctl(PR_SET_CHILD_SUBREAPER,
              1);  // what a lab leaves behind becomes a child of the checks, and is seen
      check::prepare_images();
      return check::run_checks(argc, argv);
    });
  });
}
