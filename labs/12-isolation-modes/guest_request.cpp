#include "guest_request.h"

#include <fmt/core.h>

#include <sstream>

#include "error.h"
#include "procfs.h"

namespace lab {
namespace {

void put(std::string& text, const std::string& key, const std::string& value) {
  text += key + '=' + value + '\0';
}

void take(GuestRequest& request, const std::string& key, const std::string& value) {
  if (key == "hostname") {
    request.hostname = value;
  } else if (key == "address") {
    request.address = value;
  } else if (key == "gateway") {
    request.gateway = value;
  } else if (key == "nameservers") {
    request.nameservers = value;
  } else if (key == "term") {
    request.term = value;
  } else if (key == "terminal") {
    request.terminal = window_size_from(value);
  } else if (key == "terminal_for_stderr") {
    request.terminal_for_stderr = true;
  } else if (key == "explain") {
    request.explain = true;
  } else if (key == "colour") {
    request.colour = true;
  } else if (key == "skip") {
    request.skip.push_back(value);
  } else if (key == "env") {
    request.env.push_back(value);
  } else if (key == "word") {
    request.command.push_back(value);
  } else {
    throw Error(fmt::format("the request has an unknown key {}", quoted(key)),
                "the lab and its guest-init are of different builds");
  }
}

}  // namespace

std::string to_text(const WindowSize& size) {
  return fmt::format("{} {}", size.rows, size.columns);
}

WindowSize window_size_from(const std::string& text) {
  WindowSize size;
  std::istringstream(text) >> size.rows >> size.columns;
  return size;
}

std::string to_text(const GuestRequest& request) {
  std::string text;
  put(text, "hostname", request.hostname);
  put(text, "address", request.address);
  put(text, "gateway", request.gateway);
  put(text, "nameservers", request.nameservers);
  put(text, "term", request.term);
  if (request.terminal) put(text, "terminal", to_text(*request.terminal));
  if (request.terminal_for_stderr) put(text, "terminal_for_stderr", "");
  if (request.explain) put(text, "explain", "");
  if (request.colour) put(text, "colour", "");
  for (const std::string& step : request.skip) put(text, "skip", step);
  for (const std::string& variable : request.env) put(text, "env", variable);
  for (const std::string& word : request.command) put(text, "word", word);
  return text;
}

GuestRequest guest_request_from(const std::string& text) {
  GuestRequest request;
  for (const std::string& line : nul_separated(text)) {
    const size_t equals = line.find('=');
    if (equals == std::string::npos) throw Error("the request has a line without =", "");
    take(request, line.substr(0, equals), line.substr(equals + 1));
  }
  if (request.command.empty()) throw Error("the request has no command", "");
  return request;
}

}  // namespace lab
