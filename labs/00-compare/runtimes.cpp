#include "runtimes.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

#include "error.h"
#include "nearest.h"
#include "procfs.h"
#include "step.h"
#include "table.h"

namespace lab {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

struct Container {
  std::string id;
  std::vector<std::string> names;
  std::string pid;  // empty: it does not run
};

// A file of someone else's, which may be half written or of another version: null where it is no JSON.
Json json_in(const fs::path& file) {
  tell("read", file);
  const std::string text = read_file(file);
  try {
    return Json::parse(text);
  } catch (const Json::exception&) {
    return {};
  }
}

std::string text_in(const Json& record, const char* key) {
  const auto found = record.is_object() ? record.find(key) : record.end();
  return found != record.end() && found->is_string() ? found->get<std::string>() : "";
}

std::vector<std::string> texts_in(const Json& record, const char* key) {
  std::vector<std::string> texts;
  const auto found = record.is_object() ? record.find(key) : record.end();
  if (found == record.end() || !found->is_array()) return texts;
  for (const Json& text : *found) {
    if (text.is_string()) texts.push_back(text);
  }
  return texts;
}

// The pid under that key of a state; empty where there is none.
std::string pid_in(const Json& state, const char* key) {
  const auto found = state.is_object() ? state.find(key) : state.end();
  const bool runs = found != state.end() && found->is_number_integer() && *found > 0;
  return runs ? std::to_string(found->get<long>()) : "";
}

// The directory's entries; none where it is missing. Errors: Error where it may not be read.
std::vector<fs::path> entries_of(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(directory, error))
    entries.push_back(entry.path());
  if (error == std::errc::permission_denied)
    throw Error(fmt::format("open({}): Permission denied", quoted(directory)),
                "the state of root's containers is root's alone: start it with sudo");
  return entries;
}

// containers/ID/config.v2.json: {"ID": …, "Name": "/web", "State": {"Running": true, "Pid": 4711, …}, …}
std::vector<Container> docker_containers(const fs::path& state_root) {
  std::vector<Container> containers;
  for (const fs::path& directory : entries_of(state_root / "var/lib/docker/containers")) {
    const Json config = json_in(directory / "config.v2.json");
    if (!config.is_object() || config.count("State") == 0) continue;
    const std::string name = text_in(config, "Name");
    const Json& state = config["State"];
    const bool runs = state.is_object() && state.count("Running") == 1 && state["Running"] == true;
    containers.push_back({directory.filename(),
                          {name.substr(name.rfind('/') + 1)},
                          runs ? pid_in(state, "Pid") : ""});
  }
  return containers;
}

// The OCI runtime's own state is the source; the pid file is what it left for conmon(8).
std::string pid_of_oci_container(const fs::path& run, const fs::path& pidfile,
                                 const std::string& id) {
  std::string pid = pid_in(json_in(run / "crun" / id / "status"), "pid");
  if (pid.empty()) pid = pid_in(json_in(run / "runc" / id / "state.json"), "init_process_pid");
  if (pid.empty()) pid = std::to_string(std::atol(read_file(pidfile).c_str()));
  return pid == "0" || !fs::exists("/proc/" + pid) ? "" : pid;
}

// storage/DRIVER-containers/containers.json: [{"id": …, "names": ["web"], …}, …]
void add_podman_containers(const fs::path& storage, const fs::path& run,
                           std::vector<Container>& containers) {
  for (const fs::path& of_driver : entries_of(storage)) {
    for (const char* file : {"containers.json", "volatile-containers.json"}) {
      for (const Json& entry : json_in(of_driver / file)) {
        const std::string id = text_in(entry, "id");
        if (id.empty()) continue;
        const fs::path pidfile =
            run / "containers" / of_driver.filename() / id / "userdata" / "pidfile";
        containers.push_back(
            {id, texts_in(entry, "names"), pid_of_oci_container(run, pidfile, id)});
      }
    }
  }
}

// Root's containers, and the caller's own.
std::vector<Container> podman_containers(const fs::path& state_root) {
  std::vector<Container> containers;
  const auto below_root = [&](const char* variable) {
    const char* directory = std::getenv(variable);
    return state_root / fs::path(directory == nullptr ? "" : directory).relative_path();
  };
  if (::geteuid() == 0 || state_root != "/")
    add_podman_containers(state_root / "var/lib/containers/storage", state_root / "run",
                          containers);
  add_podman_containers(below_root("HOME") / ".local/share/containers/storage",
                        below_root("XDG_RUNTIME_DIR"), containers);
  return containers;
}

bool is_called(const Container& container, const std::string& name) {
  return container.id == name ||
         std::find(container.names.begin(), container.names.end(), name) != container.names.end();
}

std::string pid_of(const std::vector<Container>& containers, const std::string& runtime,
                   const std::string& name) {
  std::vector<const Container*> meant;
  std::vector<std::string> running;
  for (const Container& container : containers) {
    if (is_called(container, name)) meant.assign(1, &container);
    if (!container.pid.empty() && !container.names.empty())
      running.push_back(container.names.front());
  }
  if (meant.empty()) {
    for (const Container& container : containers) {
      if (!name.empty() && container.id.rfind(name, 0) == 0) meant.push_back(&container);
    }
  }
  if (meant.size() > 1)
    throw Error(fmt::format("{} ids of {} begin with {}", meant.size(), runtime, quoted(name)),
                "give more of the id, or the name");
  if (meant.empty()) {
    const std::string near = nearest(name, running);
    throw Error(fmt::format("{} has no container {}", runtime, quoted(name)),
                running.empty() ? fmt::format("none of {} runs here", runtime)
                                : fmt::format("{}these run: {}",
                                              near.empty() ? "" : "did you mean " + near + "? ",
                                              cell(running).text));
  }
  if (meant.front()->pid.empty())
    throw Error(fmt::format("the container {} does not run", quoted(name)),
                fmt::format("{} start {}", runtime, name));
  return meant.front()->pid;
}

}  // namespace

std::string pid_of_docker_container(const fs::path& state_root, const std::string& name) {
  return pid_of(docker_containers(state_root), "docker", name);
}

std::string pid_of_podman_container(const fs::path& state_root, const std::string& name) {
  return pid_of(podman_containers(state_root), "podman", name);
}

}  // namespace lab
