#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#define DOCTEST_CONFIG_NO_POSIX_SIGNALS  // the processes that a test forks must end by a signal,
                                         // not report it
#include <doctest/doctest.h>
