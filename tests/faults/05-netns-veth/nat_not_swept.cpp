// Mistake: what --nat has made is taken back at the end only, and a lab that was killed had none.
// fails: --nat of a lab that was killed is taken back by the next run

#include "nat.h"

namespace lab {

void Nat::sweep(const Bridge&) {}

}  // namespace lab
