#include "no_new_privs.h"

#include <sys/prctl.h>

#include "step.h"
#include "sys.h"

namespace lab {

void set_no_new_privs() {
  step("no-new-privs", "a set-user-ID program runs as whoever starts it, and no more",
       [] { sys::prctl(PR_SET_NO_NEW_PRIVS, 1); });
}

}  // namespace lab
