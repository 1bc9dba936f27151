#include "services/gateway/live/event_text.h"

#include "absl/strings/str_cat.h"
#include "services/gateway/transcode/json_text.h"

namespace kepu::gateway::live {
namespace {

// Of a field that is one line: what would end it goes.
std::string OneLine(absl::string_view text) {
  std::string line;
  for (const char c : text)
    if (c != '\r' && c != '\n' && c != '\0') line.push_back(c);
  return line;
}

}  // namespace

std::string EventLines(absl::string_view kind, absl::string_view data) {
  std::string lines = absl::StrCat("event: ", OneLine(kind), "\ndata: ");
  for (size_t i = 0; i < data.size(); ++i) {
    const char c = data[i];
    if (c != '\r' && c != '\n') {
      lines.push_back(c);
      continue;
    }
    if (c == '\r' && i + 1 < data.size() && data[i + 1] == '\n') ++i;
    lines.append("\ndata: ");
  }
  lines.push_back('\n');
  return lines;
}

std::string Block(absl::string_view id, absl::string_view lines) {
  return absl::StrCat(id.empty() ? "" : "id: ", OneLine(id), id.empty() ? "" : "\n", lines, "\n");
}

std::string RetryLine(absl::Duration retry) {
  return absl::StrCat("retry: ", absl::ToInt64Milliseconds(retry), "\n");
}

std::string DataOf(const kepu::live::v1::Event& event) {
  transcode::JsonText json;
  json.Open('{').Pair("name", event.name());
  if (!event.etag().empty()) json.Pair("etag", event.etag());
  if (!event.state().empty()) json.Pair("state", event.state());
  if (event.pools_size() > 0) {
    json.Key("pools").Open('[');
    for (const auto& pool : event.pools()) {
      json.Open('{').Pair("id", pool.id());
      if (pool.unbounded()) {
        json.Key("unbounded").Bool(true);
      } else {
        json.Key("free").Number(pool.free());
      }
      json.Close('}');
    }
    json.Close(']').Key("waiting").Number(event.waiting());
  }
  return json.Close('}').Take();
}

std::string ResyncLines(absl::string_view reason) {
  transcode::JsonText json;
  json.Open('{').Pair("reason", reason).Close('}');
  return EventLines("resync", json.Take());
}

}  // namespace kepu::gateway::live
