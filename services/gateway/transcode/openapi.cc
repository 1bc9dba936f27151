#include "services/gateway/transcode/openapi.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "kepu/options/v1/options.pb.h"
#include "services/gateway/transcode/field_text.h"
#include "services/gateway/transcode/json_text.h"
#include "services/gateway/transcode/openapi_schema.h"

namespace kepu::gateway::transcode {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// How deep query parameters go into nested messages in the document. The gateway takes deeper ones too.
constexpr int kQueryDepthMax = 3;

constexpr char kErrorSchema[] =
    R"({"type":"object","title":"Error","required":["code","message"],"properties":{)"
    R"("code":{"type":"integer","format":"int32","description":"google.rpc.Code"},)"
    R"("message":{"type":"string"},)"
    R"("details":{"type":"array","items":{"type":"object","required":["@type"],)"
    R"("properties":{"@type":{"type":"string"}},"additionalProperties":true}}},)"
    R"("example":{"code":5,"message":"events/none does not exist, or is not yours to see.","details":[)"
    R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"NOT_FOUND","domain":"kepu",)"
    R"("metadata":{"name":"events/none"}}]}})";

constexpr char kAbout[] =
    "REST interface of kepu. Every answer that is not 2xx has the Error schema. An unknown query parameter "
    "or body "
    "field is refused with 400, so that a mistyped filter never returns everything. Changing methods carry "
    "requestId "
    "or the Idempotency-Key header: the same one takes effect once, and sending the call again is always "
    "safe.";

std::string Singular(absl::string_view plural) {
  if (absl::EndsWith(plural, "ies")) return absl::StrCat(plural.substr(0, plural.size() - 3), "y");
  if (absl::EndsWith(plural, "ches") || absl::EndsWith(plural, "sses")) {
    return std::string(plural.substr(0, plural.size() - 2));
  }
  if (absl::EndsWith(plural, "s")) return std::string(plural.substr(0, plural.size() - 1));
  return std::string(plural);
}

struct PathText {
  std::string path;
  std::vector<std::string> names;
};

// "/v1/{name=events/*}:hold" as "/v1/events/{event}:hold": a parameter of OpenAPI is one segment.
PathText PathOf(const Route& route) {
  PathText result;
  std::set<std::string> used;
  const auto& segments = route.path.segments;
  for (size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].kind == Segment::Kind::kLiteral) {
      absl::StrAppend(&result.path, "/", segments[i].literal);
      continue;
    }
    std::string name =
        i > 0 && segments[i - 1].kind == Segment::Kind::kLiteral ? Singular(segments[i - 1].literal) : "part";
    while (!used.insert(name).second) name += "_";
    absl::StrAppend(&result.path, "/{", name, "}");
    result.names.push_back(name);
  }
  if (!route.path.verb.empty()) absl::StrAppend(&result.path, ":", route.path.verb);
  return result;
}

std::string Words(absl::string_view camel) {
  std::string words;
  for (const char c : camel) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !words.empty()) {
      words.push_back(' ');
      words.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    } else {
      words.push_back(c);
    }
  }
  return words;
}

std::string WhoMay(const Route& route) {
  const auto& access = route.method->descriptor->options().GetExtension(options::v1::access);
  switch (route.method->access) {
    case AccessKind::kPublic:
      return "Open to everybody.";
    case AccessKind::kUser:
      return "For logged-in users.";
    case AccessKind::kRoles:
      break;
  }
  return absl::StrCat("For: ", absl::StrJoin(access.roles(), ", "),
                      access.scope().empty() ? "" : absl::StrCat(" of ", access.scope()),
                      access.owner() ? ", and the owner" : "", ".");
}

class Document {
 public:
  Document(const RouteTable& table, absl::string_view version) : table_(table), version_(version) {}

  std::string Make() {
    std::map<std::string, std::map<std::string, std::string>> paths;
    std::map<std::string, std::string> tags;
    for (const auto& route : table_.routes()) {
      const std::string verb = absl::AsciiStrToLower(route->verb);
      // OpenAPI has a fixed list of verbs; a custom one cannot be said in it.
      if (verb != "get" && verb != "put" && verb != "post" && verb != "delete" && verb != "patch") continue;
      paths[PathOf(*route).path].try_emplace(verb, Operation(*route));
      const auto* service = route->method->descriptor->service();
      tags[service->name()] = service->full_name();
    }
    JsonText json;
    json.Open('{').Pair("openapi", "3.0.3");
    json.Key("info")
        .Open('{')
        .Pair("title", "kepu")
        .Pair("version", version_)
        .Pair("description", kAbout)
        .Close('}');
    json.Key("servers").Open('[').Open('{').Pair("url", "/").Close('}').Close(']');
    json.Key("tags").Open('[');
    for (const auto& [name, full] : tags)
      json.Open('{').Pair("name", name).Pair("description", full).Close('}');
    json.Close(']').Key("paths").Open('{');
    for (const auto& [path, operations] : paths) {
      json.Key(path).Open('{');
      for (const auto& [verb, operation] : operations) json.Key(verb).Raw(operation);
      json.Close('}');
    }
    json.Close('}');
    Components(json);
    return json.Close('}').Take();
  }

 private:
  void Components(JsonText& json) const {
    json.Key("components").Open('{').Key("schemas").Open('{').Key("Error").Raw(kErrorSchema);
    for (const auto& [name, schema] : schemas_.components()) json.Key(name).Raw(schema);
    json.Close('}');
    json.Key("responses")
        .Raw(R"({"Error":{"description":"Refused or failed; says why.","content":{"application/json":)"
             R"({"schema":{"$ref":"#/components/schemas/Error"}}}}})");
    json.Key("securitySchemes").Raw(R"({"bearer":{"type":"http","scheme":"bearer"}})");
    json.Close('}');
  }

  std::string Operation(const Route& route) {
    const auto& descriptor = *route.method->descriptor;
    const int copies = ++ids_[descriptor.full_name()];
    JsonText json;
    json.Open('{').Key("tags").Open('[').String(descriptor.service()->name()).Close(']');
    json.Pair("summary", Words(descriptor.name()));
    json.Pair("description", WhoMay(route));
    json.Pair("operationId", absl::StrCat(descriptor.service()->name(), "_", descriptor.name(),
                                          copies > 1 ? absl::StrCat("_", copies) : ""));
    Parameters(route, json);
    Body(route, json);
    Responses(route, json);
    json.Key("security").Open('[');
    if (route.method->access == AccessKind::kPublic) json.Open('{').Close('}');
    json.Open('{').Key("bearer").Open('[').Close(']').Close('}').Close(']');
    return json.Close('}').Take();
  }

  void Parameters(const Route& route, JsonText& json) {
    json.Key("parameters").Open('[');
    for (const std::string& name : PathOf(route).names) {
      json.Open('{').Pair("name", name).Pair("in", "path").Key("required").Bool(true);
      json.Key("schema").Raw(R"({"type":"string","minLength":1})").Close('}');
    }
    if (!route.body_is_message) {
      FieldPath path;
      QueryOf(route, *route.method->descriptor->input_type(), path, json);
    }
    if (route.method->changes) {
      json.Open('{').Pair("name", "Idempotency-Key").Pair("in", "header");
      json.Pair("description", "The request id, when neither body nor query has one.");
      json.Key("schema").Raw(R"({"type":"string","minLength":1,"maxLength":64})").Close('}');
    }
    json.Close(']');
  }

  void QueryOf(const Route& route, const Descriptor& message, FieldPath& path, JsonText& json) {
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      path.push_back(&field);
      const bool bound =
          (path.size() == 1 && &field == route.body) ||
          std::find(route.variables.begin(), route.variables.end(), path) != route.variables.end();
      const bool nested = field.message_type() != nullptr && !IsTextMessage(*field.message_type()) &&
                          (field.is_repeated() || !IsDate(*field.message_type()));
      const auto& rule = field.options().GetExtension(options::v1::field);
      if (!bound && !rule.output_only() && !field.is_map()) {
        if (!nested) {
          Query(path, rule.required() && &field != route.method->request_id, json);
        } else if (!field.is_repeated() && path.size() < kQueryDepthMax) {
          QueryOf(route, *field.message_type(), path, json);
        }
      }
      path.pop_back();
    }
  }

  void Query(const FieldPath& path, bool required, JsonText& json) {
    std::vector<std::string> words;
    for (const FieldDescriptor* field : path) words.push_back(field->json_name());
    json.Open('{').Pair("name", absl::StrJoin(words, ".")).Pair("in", "query");
    if (required && path.size() == 1) json.Key("required").Bool(true);
    const Descriptor* type = path.back()->message_type();
    json.Key("schema").Raw(type != nullptr && IsDate(*type) ? R"({"type":"string","format":"date"})"
                                                            : schemas_.Of(*path.back()));
    json.Close('}');
  }

  void Body(const Route& route, JsonText& json) {
    if (!route.body_is_message && route.body == nullptr) return;
    const std::string schema = route.body_is_message ? schemas_.Of(*route.method->descriptor->input_type())
                                                     : schemas_.Of(*route.body);
    json.Key("requestBody").Open('{').Key("required").Bool(true);
    json.Key("content").Open('{').Key("application/json").Open('{').Key("schema").Raw(schema);
    json.Close('}').Close('}').Close('}');
  }

  void Responses(const Route& route, JsonText& json) {
    json.Key("responses").Open('{').Key("200").Open('{');
    if (route.method->raw) {
      json.Pair("description", "Bytes with a content type of their own.");
      json.Key("content").Raw(R"({"*/*":{"schema":{"type":"string","format":"binary"}}})").Close('}');
      return Errors(json);
    }
    const std::string schema = route.response_body == nullptr
                                   ? schemas_.Of(*route.method->descriptor->output_type())
                                   : schemas_.Of(*route.response_body);
    json.Pair("description", route.method->streams
                                 ? "Lines of JSON: {\"result\": ...}, at the end {\"error\": ...}."
                                 : "Done.");
    json.Key("content").Open('{').Key(route.method->streams ? "application/x-ndjson" : "application/json");
    json.Open('{').Key("schema").Raw(schema).Close('}').Close('}').Close('}');
    Errors(json);
  }

  // Closes the responses.
  void Errors(JsonText& json) const {
    for (const char* range : {"4XX", "5XX"})
      json.Key(range).Raw(R"({"$ref":"#/components/responses/Error"})");
    json.Close('}');
  }

  const RouteTable& table_;
  const absl::string_view version_;
  OpenApiSchemas schemas_;
  std::map<std::string, int> ids_;
};

}  // namespace

std::string OpenApi(const RouteTable& table, absl::string_view version) {
  return Document(table, version).Make();
}

}  // namespace kepu::gateway::transcode
