// Lab 01: a process gets a root directory of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lab {

/// Closes every descriptor above stderr that the caller of this program left open (close(2),
/// proc(5)): a descriptor of a directory is a way out of any root. Descriptors that are
/// close-on-exec are this program's own and stay. A directory as stdin, stdout or stderr is refused.
/// Precondition: /proc is mounted. Errors: SyscallError; Error for such a directory, and where
/// /proc/self/fd cannot be read.
void close_inherited_descriptors();

/// Makes `new_root` the root directory of this process and of its children to come, and their
/// working directory (chroot(2), chdir(2)). Precondition: CAP_SYS_CHROOT. Errors: SyscallError.
void change_root(const std::filesystem::path& new_root);

/// The environment for the command, environ(7): PATH, HOME, TERM (the caller's) and HOSTNAME, then
/// `extra` (KEY=VALUE each; a later one replaces an earlier one of the same key), and nothing that
/// the caller had besides.
std::vector<std::string> clean_environment(const std::vector<std::string>& extra);

}  // namespace lab
