// The names of the kernel's flags, for messages: MS_BIND|MS_REC for 0x5000.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>

namespace lab {

std::string mount_flags(unsigned long flags);  ///< MS_*, mount(2)
std::string umount_flags(int flags);           ///< MNT_*, UMOUNT_*, umount2(2)
std::string namespace_flags(int flags);        ///< CLONE_NEW*, unshare(2)
std::string open_flags(int flags);             ///< O_*, open(2)
std::string lock_operation(int operation);     ///< LOCK_*, flock(2)
std::string file_mode(mode_t mode);            ///< `S_IFCHR|0666`, mknod(2)
std::string device_number(dev_t dev);          ///< `makedev(1, 3)`
std::string signal_name(int signal);           ///< `SIGTERM`
std::string signal_set(const sigset_t& set);   ///< `[SIGTERM SIGINT]`

std::string capability_name(unsigned long capability);           ///< `CAP_CHOWN`, capabilities(7)
std::string prctl_option(int option);                            ///< PR_*, prctl(2)
std::string prctl_argument(int option, unsigned long argument);  ///< its first one
std::string seccomp_flags(unsigned flags);                       ///< SECCOMP_FILTER_FLAG_*
std::string bpf_command(int command);                            ///< BPF_*, bpf(2)

}  // namespace lab
