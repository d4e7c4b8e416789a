#include "listing_of_containers.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "sys.h"

namespace lab {
namespace {

using Row = std::array<std::string, 7>;

// In one line of the table, whatever bytes are in it.
std::string printable(std::string text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  std::replace_if(text.begin(), text.end(), is_control, '?');
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return printable(text);
}

Row row_of(const ContainerFacts& facts) {
  return {facts.name,
          facts.lab,
          std::to_string(facts.pid),
          std::to_string(facts.pid_inside),
          facts.address.empty() ? "-" : facts.address,
          facts.started,
          joined(facts.command)};
}

}  // namespace

std::string table_of(const std::vector<ContainerFacts>& containers) {
  std::vector<Row> rows{{"NAME", "LAB", "PID", "INSIDE", "ADDRESS", "STARTED", "COMMAND"}};
  for (const ContainerFacts& facts : containers) rows.push_back(row_of(facts));
  std::string text;
  for (const Row& row : rows) {
    for (size_t column = 0; column + 1 < row.size(); ++column) {
      size_t width = 0;
      for (const Row& other : rows) width = std::max(width, other[column].size());
      text += fmt::format("{:<{}}  ", row[column], width);
    }
    text += row.back() + "\n";
  }
  return text;
}

void list_containers() {
  sys::write(STDOUT_FILENO, table_of(running_containers()));
}

}  // namespace lab
