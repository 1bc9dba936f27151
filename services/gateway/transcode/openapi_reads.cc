#include "services/gateway/transcode/openapi_reads.h"

#include "services/gateway/transcode/openapi_parts.h"

namespace kepu::gateway::transcode {

void AppendParameter(const ReadParameter& parameter, JsonText& json) {
  json.Open('{').Pair("name", parameter.name).Pair("in", parameter.in);
  if (parameter.required) json.Key("required").Bool(true);
  json.Pair("description", parameter.description).Key("schema").Raw(parameter.schema).Close('}');
}

std::string OperationOf(const PlainRead& read) {
  JsonText json;
  const auto reference = [&](absl::string_view name, absl::string_view to) {
    json.Key(name).Open('{').Pair("$ref", absl::StrCat("#/components/", to)).Close('}');
  };
  json.Open('{').Key("tags").Open('[').String(read.tag).Close(']');
  json.Pair("summary", read.summary).Pair("description", read.description).Pair("operationId", read.id);
  json.Key("parameters").Open('[');
  for (const ReadParameter& parameter : read.parameters) AppendParameter(parameter, json);
  if (read.has_etag) json.Open('{').Pair("$ref", "#/components/parameters/IfNoneMatch").Close('}');
  json.Close(']').Key("responses").Open('{');
  json.Key("200").Open('{').Pair("description", read.answer).Key("headers").Open('{');
  reference("x-request-id", "headers/x-request-id");
  if (read.has_etag) reference("ETag", "headers/ETag");
  json.Close('}').Key("content").Open('{').Key(read.content_type).Open('{');
  json.Key("schema").Raw(R"({"type":"string"})").Pair("example", read.example);
  json.Close('}').Close('}').Close('}');
  if (read.has_etag) reference("304", "responses/NotModified");
  for (const char* range : {"4XX", "5XX"}) reference(range, "responses/Error");
  return json.Close('}').Key("security").Raw(read.for_logins ? kLogins : kOpenToAll).Close('}').Take();
}

}  // namespace kepu::gateway::transcode
