// Exercise 01: write these three functions. The handout (README.md beside this file) has hints;
// `./lab check 01 --exercise` grades the result, `./lab watch 01` does so whenever this file is
// saved.
//
// sys.h has each system call checked: it throws where the call fails, and --explain shows it.
// step("id", "text", [&] { ... }) makes a part of your function a step of its own, for --explain
// and --skip.

#include "exercise.h"
#include "chroot.h"
#include "error.h"
#include "step.h"
#include "sys.h"

namespace lab {

// close_inherited_descriptors - close what the caller of this program left open
//
// DESCRIPTION
//   Closes every descriptor of this process with three exceptions: 0, 1 and 2, which belong to the
//   command, and those that are close-on-exec (fcntl(2), F_GETFD), which this program opened for
//   itself and which go by themselves at execve(2). The descriptors of a process are the entries of
//   the directory /proc/self/fd.
//
// ERRORS
//   Where 0, 1 or 2 is a directory (fstat(2)): Error("...", "..."), for it would lead out as well.
//
// NOTES
//   Reading that directory takes a descriptor too: read it to the end first, then close.
//
// SEE ALSO  close(2), fcntl(2), proc(5)
void close_inherited_descriptors() {
  not_written("close_inherited_descriptors");
}

// change_root - make a directory the root directory
//
// DESCRIPTION
//   Makes new_root the root directory of this process. Afterwards the absolute path / and the
//   working directory of the process are both new_root.
//
// ERRORS
//   Whatever the system calls answer, as SyscallError; sys:: does this by itself.
//
// SEE ALSO  chroot(2), path_resolution(7), getcwd(2)
void change_root(const std::filesystem::path& /*new_root*/) {
  not_written("change_root");
}

// clean_environment - the environment for the command
//
// RETURN VALUE
//   Strings KEY=VALUE, one a variable:
//     PATH      /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
//     HOME      /root
//     TERM      the caller's; "linux" where the caller has none
//     HOSTNAME  the name of this machine, gethostname(2)
//   then each string of extra; where a KEY comes twice, only the last one is in the result. Nothing
//   else that the caller had.
//
// SEE ALSO  environ(7), getenv(3)
std::vector<std::string> clean_environment(const std::vector<std::string>& /*extra*/) {
  not_written("clean_environment");
}

}  // namespace lab
