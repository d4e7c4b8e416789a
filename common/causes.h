// The causes of failed system calls that can be looked up at the moment of the failure. Each
// function answers whether its cause is the one: "" where it is not, or cannot be known, else a
// word that stands for {} in the hint.
#pragma once

#include <string>

#include "error.h"

namespace lab::causes {

std::string always(const Call& call);
std::string not_root(const Call& call);
std::string in_chroot(const Call& call);

std::string opens_directory(const Call& call);
std::string opens_terminal(const Call& call);

std::string program_missing(const Call& call);
std::string program_is_directory(const Call& call);
std::string program_on_noexec(const Call& call);
std::string script_has_carriage_return(const Call& call);
std::string interpreter_missing(const Call& call);
std::string loader_of_interpreter_missing(const Call& call);

std::string asks_for_user_namespace(const Call& call);
std::string user_namespace_in_chroot(const Call& call);
std::string pid_namespace_asked_again(const Call& call);
std::string unknown_namespace_flag(const Call& call);
std::string children_have_no_init(const Call& call);

std::string two_propagations(const Call& call);
std::string propagation_with_other_flags(const Call& call);
std::string change_of_no_mount_point(const Call& call);
std::string bind_flag_missing(const Call& call);
std::string has_data(const Call& call);
std::string remounts(const Call& call);
std::string bind_source_missing(const Call& call);
std::string mount_target_missing(const Call& call);
std::string umount_target_is_mount_point(const Call& call);

std::string new_root_missing(const Call& call);
std::string new_root_is_the_root(const Call& call);
std::string new_root_is_no_mount_point(const Call& call);
std::string new_root_entered_before_mount(const Call& call);
std::string new_roots_parent_is_shared(const Call& call);
std::string root_is_initramfs(const Call& call);
std::string put_old_missing(const Call& call);
std::string put_old_is_no_directory(const Call& call);
std::string put_old_is_outside(const Call& call);
std::string put_old_is_on_shared(const Call& call);

}  // namespace lab::causes
