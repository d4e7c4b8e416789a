// The system calls that the labs make, checked: names and argument order of the man pages,
// section 2. Each is told by --explain with its arguments and result, and throws SyscallError where
// the call fails.
#pragma once

#include <sched.h>
#include <sys/mount.h>
#include <sys/types.h>

#include <csignal>
#include <string>
#include <vector>

#include "error.h"
#include "unique_fd.h"

struct sock_filter;
union bpf_attr;

namespace lab::sys {

// Namespaces and roots
void unshare(int flags);         ///< CLONE_NEW*
void setns(int fd, int nstype);  ///< CLONE_NEW*: what fd must be; 0: whatever it is
void sethostname(CString name);  ///< with its length
void chroot(CString path);
void pivot_root(CString new_root, CString put_old);
void mount(CString source, CString target, CString filesystemtype, unsigned long mountflags,
           CString data = nullptr);
void umount2(CString target, int flags);
UniqueFd open_tree(int directory);  ///< OPEN_TREE_CLONE: its mount once more, attached nowhere
void idmap_mount(int tree, int user_namespace);  ///< mount_setattr(2) with MOUNT_ATTR_IDMAP
void move_mount(int tree, CString target);       ///< attaches it

// Files; modes are in octal, and the umask applies
void chdir(CString path);
void fchdir(int fd);
UniqueFd open(CString path, int flags);  ///< always O_CLOEXEC
void close(int fd);
void write(int fd, const std::string& text);             ///< all of it, in one call
void write_file(CString path, const std::string& text);  ///< open(2), one write(2); never makes it
void make_file(CString path, const std::string& text, mode_t mode);  ///< a new file
void unlink(CString path);
void mkdir(CString path, mode_t mode);
void chmod(CString path, mode_t mode);
void chown(CString path, uid_t owner, gid_t group);
bool flock(int fd, int operation);  ///< LOCK_*; false where another has it and LOCK_NB is given
void rmdir(CString path);
void mknod(CString path, mode_t mode, dev_t dev);
void symlink(CString target, CString linkpath);
mode_t umask(mode_t mask);

// Processes and signals
pid_t fork();
void prctl(int option, unsigned long arg2, unsigned long arg3 = 0);
void kill(pid_t pid, int signal);
void block_signals(const sigset_t& set);     ///< sigprocmask(SIG_BLOCK, …)
siginfo_t sigwaitinfo(const sigset_t& set);  ///< not told: a supervisor does little else
struct Waited {
  pid_t pid = 0;  ///< 0: with WNOHANG, no child has ended
  int status = 0;
};
Waited waitpid(pid_t pid, int options);

// Privileges
void setgroups(const std::vector<gid_t>& groups);
void setresgid(gid_t real, gid_t effective, gid_t saved);
void setresuid(uid_t real, uid_t effective, uid_t saved);
void cap_set_proc(
    const std::string& sets);  ///< as cap_from_text(3) has them: "cap_chown,cap_kill=ep"
/// SECCOMP_SET_MODE_FILTER; the descriptor that SECCOMP_FILTER_FLAG_NEW_LISTENER asks for.
UniqueFd seccomp(unsigned flags, const std::vector<sock_filter>& program);
long bpf(int command, bpf_attr& attributes, const std::string& shown);  ///< `shown`: told for them

/// execve(2); returns only by exception. A failure has exit status 127 where the command was not
/// found and 126 where it was found and cannot be executed.
[[noreturn]] void execve(CString pathname, const std::vector<std::string>& argv,
                         const std::vector<std::string>& envp);

}  // namespace lab::sys
