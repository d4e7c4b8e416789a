// Mistake: a container has a name, but most people type the beginning of its id.
// fails: Docker's containers are found by name and id

#include <nlohmann/json.hpp>

#include "error.h"
#include "procfs.h"
#include "runtimes.h"

namespace lab {

using Json = nlohmann::json;

std::string pid_of_docker_container(const std::filesystem::path& state_root,
                                    const std::string& name) {
  for (const auto& entry :
       std::filesystem::directory_iterator(state_root / "var/lib/docker/containers")) {
    const Json config = Json::parse(read_file(entry.path() / "config.v2.json"), nullptr, false);
    if (config.is_object() && config.value("Name", "") == "/" + name)
      return std::to_string(config["State"].value("Pid", 0));
  }
  throw Error("docker has no container " + quoted(name), "docker ps lists them");
}

}  // namespace lab
