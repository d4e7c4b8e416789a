// Containers of Docker and Podman, found by name through the state that these keep in files.
#pragma once

#include <filesystem>
#include <string>

namespace lab {

// The pid of the container's first process. `name` may be its id, too, or the beginning of the id
// where no other one begins so. `state_root` is the directory that the paths of the states are
// below, usually /. Errors: Error where no such container runs; it names those that do.
std::string pid_of_docker_container(const std::filesystem::path& state_root,
                                    const std::string& name);
std::string pid_of_podman_container(const std::filesystem::path& state_root,
                                    const std::string& name);

}  // namespace lab
