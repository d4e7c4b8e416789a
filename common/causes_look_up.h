// What the causes of failed system calls are looked up with.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "error.h"
#include "mountinfo.h"

namespace lab::causes {

std::string yes_if(bool condition);  ///< "yes", or ""

// Argument `n` of the call, from 0 on.
std::string string_arg(const Call& call, size_t n);  ///< "" where it is no string
bool is_null(const Call& call, size_t n);
bool has_flag(const Call& call, size_t n, const std::string& flag);
bool has_any_flag(const Call& call, size_t n, std::initializer_list<const char*> flags);

bool exists(const std::string& path);
bool is_directory(const std::string& path);
std::string quoted_if_missing(const std::string& path);  ///< "" where it is there
std::string absolute(const std::string& path);           ///< as it is where it leads nowhere

// Without /proc the table of mounts is empty, and nothing is known.

/// The mount that was made at `path` last; id 0 where there is none.
Mount mount_at(const std::vector<Mount>& mounts, const std::string& path);
bool is_mount_point(const std::string& path);
bool is_no_mount_point(const std::string& path);
/// The id of the mount that `path` leads to, which need not be the last one made there.
std::string mount_id_of(const std::string& path);

}  // namespace lab::causes
