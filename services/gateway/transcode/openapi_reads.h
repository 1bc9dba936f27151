// Addresses that are no method of a service but stand in the OpenAPI document beside them: feeds and live
// streams, as those who serve them describe them. Values and pure functions; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "services/gateway/transcode/json_text.h"

namespace kepu::gateway::transcode {

struct ReadParameter {
  std::string name, in;  // "path", "query" or "header"
  std::string description;
  std::string schema;  // JSON
  bool required = false;
};

// A GET.
struct PlainRead {
  std::string path;                  // as OpenAPI writes it: "/v1/feeds/{secret}.ics"
  std::string tag, tag_description;  // what it is filed under
  std::string id, summary, description;
  std::vector<ReadParameter> parameters;
  std::string content_type;
  std::string answer;   // what comes, in words
  std::string example;  // of it, as it is sent
  bool has_etag = false;
  bool for_logins = false;  // for those who are logged in; else a login only lets see more
};

void AppendParameter(const ReadParameter& parameter, JsonText& json);

// The operation, as the document holds it.
std::string OperationOf(const PlainRead& read);

}  // namespace kepu::gateway::transcode
