// What two processes have side by side, and how it is told: as a table, or as one JSON document.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lab {

using Json = nlohmann::ordered_json;

/// What one side has: a value for --json, and a text for the table.
struct Cell {
  Json value;  ///< null: it has none
  std::string text = "-";
  bool readable = true;
};

Cell cell(const std::string& text);
Cell cell(std::uint64_t number);
Cell cell(const std::vector<std::string>& words);
Cell unreadable();

struct Row {
  std::string what;
  Cell host, container;
  bool same;  ///< one and the same thing, which may be more than two that look alike
};

/// The sides are the same where their values are equal.
Row row(const std::string& what, const Cell& host, const Cell& container);

/// One kind of isolation: does the container have it? None: that cannot be read.
struct Kind {
  std::string name;
  std::optional<bool> isolated;
};

struct Section {
  std::vector<Row> rows;
  std::vector<Kind> kinds;
};

class Report {
 public:
  enum class Form { kTable, kJson };
  Report(Form form, const std::string& name, const std::string& host_pid,
         const std::string& container_pid);

  void add(const std::string& id, const std::string& text, const Section& section);
  void finish();  ///< counts what is isolated

 private:
  std::string names_of(std::optional<bool> isolated) const;

  Form form_;
  Json document_;
  std::vector<Kind> kinds_;
  bool all_readable_ = true;
};

/// Writes to stdout. Errors: SyscallError.
void print(const std::string& text);

}  // namespace lab
