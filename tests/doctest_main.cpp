#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
// The processes that the checks fork must end by a signal, not report it.
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS
#include <doctest/doctest.h>
