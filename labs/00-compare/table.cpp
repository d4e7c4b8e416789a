#include "table.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "error.h"
#include "output.h"

namespace lab {
namespace {

using Json = nlohmann::ordered_json;

// A line has 100 columns at most.
constexpr size_t kLine = 100, kWhat = 19, kCell = 37;
constexpr size_t kMostRows = 24;  // a section with more would not fit a screen

// Names come from the container too: what they do to a terminal is not for it to choose.
std::string printable(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    result += byte >= 0x20 && byte < 0x7f ? std::string(1, c) : fmt::format("\\{:03o}", byte);
  }
  return result;
}

// The text in lines of `width`, broken at blanks where there are some.
std::vector<std::string> folded(const std::string& text, size_t width) {
  std::vector<std::string> lines{""};
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width)
      lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    for (; word.size() > width; word.erase(0, width), lines.emplace_back())
      lines.back() += word.substr(0, width);
    lines.back() += word;
  }
  return lines;
}

std::string line_of(const std::vector<std::string>& lines, size_t number) {
  return number < lines.size() ? lines[number] : "";
}

bool readable(const Row& row) {
  return row.host.readable && row.container.readable;
}

// As C++ has it: it reads the same without colour.
std::string mark_of(const Row& row) {
  if (!readable(row)) return "??";
  return row.same ? "==" : "!=";
}

void print_row(const Row& row) {
  const std::vector<std::string> what = folded(printable(row.what), kWhat),
                                 host = folded(printable(row.host.text), kCell),
                                 container = folded(printable(row.container.text), kCell);
  std::string mark = mark_of(row);
  for (size_t i = 0; i < std::max({what.size(), host.size(), container.size()}); ++i) {
    const std::string line = fmt::format(" {:<{}} {:<{}} {:2} {}", line_of(what, i), kWhat,
                                         line_of(host, i), kCell, mark, line_of(container, i));
    const std::string trimmed = line.substr(0, line.find_last_not_of(' ') + 1);
    print((row.same || !readable(row) ? trimmed : coloured("33", trimmed)) + "\n");
    mark.clear();
  }
}

struct ToJson {
  Json operator()(std::monostate) const { return {}; }
  Json operator()(const List& list) const {
    Json json = Json::array();
    for (const Value& value : list) json.push_back(std::visit(*this, value.of_kind));
    return json;
  }
  Json operator()(const Fields& fields) const {
    Json json = Json::object();
    for (const Field& field : fields) json[field.name] = std::visit(*this, field.value.of_kind);
    return json;
  }
  template <typename Plain>
  Json operator()(const Plain& plain) const {
    return plain;
  }
};

Json json_of(const Row& row) {
  return {{"what", row.what},
          {"host", std::visit(ToJson(), row.host.value.of_kind)},
          {"container", std::visit(ToJson(), row.container.value.of_kind)},
          {"same", readable(row) ? Json(row.same) : Json()}};
}

}  // namespace

bool operator==(const Field& one, const Field& other) {
  return one.name == other.name && one.value == other.value;
}
bool operator==(const Value& one, const Value& other) {
  return one.of_kind == other.of_kind;
}

Cell cell(const std::string& text) {
  return {{text}, text};
}
Cell cell(std::uint64_t number) {
  return {{number}, std::to_string(number)};
}
Cell cell(const std::vector<std::string>& words) {
  List list;
  std::string text;
  for (const std::string& word : words) {
    list.push_back({word});
    text += (text.empty() ? "" : " ") + word;
  }
  return {{list}, text};
}
Cell unreadable() {
  return {{}, "(not readable)", false};
}

Row row(const std::string& what, const Cell& host, const Cell& container) {
  return {what, host, container, host.value == container.value};
}

Report::Report(Form form, const std::string& name, const std::string& host_pid,
               const std::string& container_pid)
    : form_(form), name_(name), host_pid_(host_pid), container_pid_(container_pid) {
  if (form_ == Form::kJson) return;
  const std::string container =
      printable(name) + (name.rfind("process ", 0) == 0 ? "" : ", process " + container_pid);
  print(coloured("1", fmt::format(" {:<{}} {:<{}}    {}", "", kWhat, "HOST", kCell, container)) +
        "\n");
}

void Report::add(const std::string& id, const std::string& text, const Section& section) {
  sections_.emplace_back(id, section);
  kinds_.insert(kinds_.end(), section.kinds.begin(), section.kinds.end());
  all_readable_ = all_readable_ && std::all_of(section.rows.begin(), section.rows.end(), readable);
  if (form_ == Form::kJson) return;
  print("\n" + coloured("1", id) + ": " + text + "\n");
  const size_t shown = std::min(section.rows.size(), kMostRows);
  for (size_t i = 0; i < shown; ++i) print_row(section.rows[i]);
  if (shown < section.rows.size())
    print(fmt::format(" and {} more; --json has them all\n", section.rows.size() - shown));
}

std::string Report::names_of(std::optional<bool> isolated) const {
  size_t count = 0;
  std::string names;
  for (const Kind& kind : kinds_) {
    if (kind.isolated != isolated) continue;
    ++count;
    names += " " + kind.name;
  }
  return fmt::format("{} of {}{}{}", count, kinds_.size(), names.empty() ? "" : ":", names);
}

void Report::print_document() const {
  Json document{{"host", {{"pid", std::stoi(host_pid_)}}},
                {"container", {{"name", name_}, {"pid", std::stoi(container_pid_)}}},
                {"sections", Json::object()},
                {"isolated", Json::object()}};
  for (const auto& [id, section] : sections_) {
    Json& rows = document["sections"][id] = Json::array();
    for (const Row& row : section.rows) rows.push_back(json_of(row));
  }
  for (const Kind& kind : kinds_)
    document["isolated"][kind.name] = kind.isolated ? Json(*kind.isolated) : Json();
  print(document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void Report::finish() const {
  if (form_ == Form::kJson) {
    print_document();
  } else {
    const auto print_names = [&](const char* title, std::optional<bool> of) {
      for (const std::string& line : folded(title + names_of(of), kLine)) print(line + "\n");
    };
    print("\n");
    print_names("shared ", false);
    if (!all_readable_) print_names("not readable ", std::nullopt);
    print_names("isolated ", true);
  }
  if (!all_readable_ && ::geteuid() != 0)
    say("some of it only root may read\n  hint: start it with sudo to see the rest\n");
}

}  // namespace lab
