// The option --map, which lab 09 and every later one takes.
#pragma once

#include <string>

#include "app.h"
#include "id_maps.h"

namespace lab {

class MapOptions {
 public:
  explicit MapOptions(App& app) {
    app.repeatable(
        "--map", "INSIDE:OUTSIDE:COUNT",
        "COUNT ids (uids and gids) from INSIDE on are OUTSIDE ones; repeatable [/etc/subuid]",
        [this](const std::string& text) { wanted_.push_back(parse_range(text)); });
  }
  MapOptions(const MapOptions&) = delete;
  MapOptions& operator=(const MapOptions&) = delete;

  IdMaps maps() const { return choose_maps(wanted_); }

 private:
  IdMap wanted_;
};

}  // namespace lab
