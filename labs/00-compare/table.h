// What two processes have side by side, and how it is told: as a table, or as one JSON document.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lab {

struct Value;
struct Field;
using List = std::vector<Value>;
using Fields = std::vector<Field>;

/// As JSON has it; the first kind is null.
struct Value {
  std::variant<std::monostate, bool, std::uint64_t, double, std::string, List, Fields> of_kind;
};
struct Field {
  std::string name;
  Value value;
};
bool operator==(const Value& one, const Value& other);

/// What one side has: a value for --json, and a text for the table.
struct Cell {
  Value value;  ///< null: it has none
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
  void finish() const;  ///< counts what is isolated

 private:
  std::string names_of(std::optional<bool> isolated) const;
  void print_document() const;

  Form form_;
  std::string name_, host_pid_, container_pid_;
  std::vector<std::pair<std::string, Section>> sections_;  // by their ids
  std::vector<Kind> kinds_;
  bool all_readable_ = true;
};

}  // namespace lab
