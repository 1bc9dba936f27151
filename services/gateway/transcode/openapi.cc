#include "services/gateway/transcode/openapi.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "kepu/options/v1/options.pb.h"
#include "services/gateway/transcode/field_text.h"
#include "services/gateway/transcode/json_text.h"
#include "services/gateway/transcode/openapi_example.h"
#include "services/gateway/transcode/openapi_parts.h"
#include "services/gateway/transcode/openapi_reads.h"
#include "services/gateway/transcode/openapi_schema.h"

namespace kepu::gateway::transcode {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// How deep query parameters go into nested messages in the document. The gateway takes deeper ones too.
constexpr int kQueryDepthMax = 3;

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

bool IsPart(const FieldPath& path, const FieldDescriptor& field) {
  return path.size() == 1 && path[0] == &field;
}

class Document {
 public:
  Document(const RouteTable& table, absl::string_view version, const Comments& comments,
           const std::vector<PlainRead>& reads)
      : table_(table), version_(version), comments_(comments), schemas_(comments) {
    for (const PlainRead& read : reads) reads_[read.path] = &read;
  }

  std::string Make() {
    std::map<std::string, std::map<std::string, std::string>> paths;
    std::map<std::string, std::string> tags;  // with what is said of them
    for (const auto& route : table_.routes()) {
      const auto* service = route->method->descriptor->service();
      bearers_[service->name()].insert(service->full_name());
    }
    for (const auto& route : table_.routes()) {
      const std::string verb = absl::AsciiStrToLower(route->verb);
      // OpenAPI has a fixed list of verbs; a custom one cannot be said in it.
      if (verb != "get" && verb != "put" && verb != "post" && verb != "delete" && verb != "patch") continue;
      paths[PathOf(*route).path].try_emplace(verb, Operation(*route));
      const auto* service = route->method->descriptor->service();
      const std::string comment = comments_ ? Markdown(comments_(service->full_name())) : "";
      tags[NameOf(*service)] = comment.empty() ? service->full_name() : comment;
    }
    for (const auto& [path, read] : reads_) {
      if (paths[path].try_emplace("get", OperationOf(*read)).second) tags[read->tag] = read->tag_description;
    }
    JsonText json;
    json.Open('{').Pair("openapi", "3.0.3");
    json.Key("info")
        .Open('{')
        .Pair("title", "kepu 科普")
        .Pair("version", version_)
        .Pair("description", kAbout);
    json.Key("contact").Open('{').Pair("name", "Whoever operates this instance").Close('}').Close('}');
    json.Key("servers").Open('[').Open('{').Pair("url", "/").Close('}').Close(']');
    json.Key("tags").Open('[');
    for (const auto& [name, description] : tags)
      json.Open('{').Pair("name", name).Pair("description", description).Close('}');
    json.Close(']').Key("paths").Open('{');
    for (const auto& [path, operations] : paths) {
      json.Key(path).Open('{');
      for (const auto& [verb, operation] : operations) json.Key(verb).Raw(operation);
      json.Close('}');
    }
    json.Close('}').Key("components").Open('{').Key("schemas").Open('{').Members(kStatusSchemas);
    for (const auto& [name, schema] : schemas_.components()) json.Key(name).Raw(schema);
    return json.Close('}').Members(kComponents).Close('}').Close('}').Take();
  }

 private:
  // What several packages call alike gets the name of its package before its own: "VenueAuditService".
  std::string NameOf(const google::protobuf::ServiceDescriptor& service) const {
    const auto bearers = bearers_.find(service.name());
    if (bearers == bearers_.end() || bearers->second.size() < 2) return service.name();
    const std::vector<std::string> parts = absl::StrSplit(service.file()->package(), '.');
    std::string package = parts[parts.size() > 1 ? parts.size() - 2 : 0];
    package[0] = absl::ascii_toupper(static_cast<unsigned char>(package[0]));
    return absl::StrCat(package, service.name());
  }

  // What else answers at the route's path; null when nothing does.
  const PlainRead* AlsoAt(const Route& route) const {
    const auto also = route.verb == "GET" ? reads_.find(PathOf(route).path) : reads_.end();
    return also == reads_.end() ? nullptr : also->second;
  }

  std::string Operation(const Route& route) {
    const auto& descriptor = *route.method->descriptor;
    const int copies = ++ids_[descriptor.full_name()];
    const std::string comment = comments_ ? Markdown(comments_(descriptor.full_name())) : "";
    JsonText json;
    json.Open('{').Key("tags").Open('[').String(NameOf(*descriptor.service())).Close(']');
    json.Pair("summary", Words(descriptor.name()));
    const PlainRead* const also = AlsoAt(route);
    json.Pair("description", absl::StrCat(comment, comment.empty() ? "" : "\n\n", WhoMay(route),
                                          also == nullptr ? "" : "\n\n" + also->description));
    json.Pair("operationId", absl::StrCat(NameOf(*descriptor.service()), "_", descriptor.name(),
                                          copies > 1 ? absl::StrCat("_", copies) : ""));
    Parameters(route, json);
    Body(route, json);
    Responses(route, json);
    json.Key("security").Raw(route.method->access == AccessKind::kPublic ? kOpenToAll : kLogins);
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
    const auto common = [&](absl::string_view name) {
      json.Open('{').Pair("$ref", absl::StrCat("#/components/parameters/", name)).Close('}');
    };
    if (route.verb != "GET") common("Csrf");
    if (route.method->changes) common("IdempotencyKey");
    const bool makes = route.verb == "POST" && route.path.verb.empty();
    if (route.verb != "GET" && !makes && TakesEtag(route)) common("IfMatch");
    if (route.verb == "GET" && !route.method->streams) common("IfNoneMatch");
    if (!route.method->changes) common("Position");
    if (const PlainRead* const also = AlsoAt(route)) {
      for (const ReadParameter& parameter : also->parameters)
        if (parameter.in == "header") AppendParameter(parameter, json);
    }
    json.Close(']');
  }

  // Where If-Match can be put.
  static bool TakesEtag(const Route& route) {
    const auto has = [](const Descriptor* message) {
      const FieldDescriptor* etag = message == nullptr ? nullptr : message->FindFieldByName("etag");
      return etag != nullptr && etag->type() == FieldDescriptor::TYPE_STRING && !etag->is_repeated();
    };
    const FieldDescriptor* body = route.body;
    return has(route.method->descriptor->input_type()) ||
           (body != nullptr && !body->is_repeated() && has(body->message_type()));
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
      if (!bound && !rule.output_only() && !field.is_map() && field.name() != "client_address") {
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
    const FieldDescriptor& leaf = *path.back();
    json.Open('{').Pair("name", absl::StrJoin(words, ".")).Pair("in", "query");
    if (required && path.size() == 1) json.Key("required").Bool(true);
    const std::string comment = comments_ ? Markdown(comments_(leaf.full_name())) : "";
    if (!comment.empty()) {
      json.Pair("description", comment);
    } else if (path.size() == 1 && leaf.name() == "page_size") {
      json.Pair("description",
                "At most so many; 0: the usual number. Larger ones than the maximum mean the maximum.");
    } else if (path.size() == 1 && leaf.name() == "page_token") {
      json.Pair("description", "nextPageToken of the page before, with the same filters.");
    }
    const bool date = leaf.message_type() != nullptr && !leaf.is_repeated() && IsDate(*leaf.message_type());
    json.Key("schema")
        .Raw(date ? R"({"type":"string","format":"date"})" : schemas_.Of(leaf, false))
        .Close('}');
  }

  void Body(const Route& route, JsonText& json) {
    if (!route.body_is_message && route.body == nullptr) return;
    const Descriptor* message =
        route.body_is_message ? route.method->descriptor->input_type() : route.body->message_type();
    json.Key("requestBody").Open('{').Key("required").Bool(route.body != nullptr);
    json.Key("content").Open('{').Key("application/json").Open('{');
    if (message == nullptr || IsTextMessage(*message) ||
        (route.body != nullptr && route.body->is_repeated())) {
      json.Key("schema").Raw(schemas_.Of(*route.body));
      json.Key("example").Raw(ExampleOfField(*route.body, ExampleOf::kRequest, comments_));
    } else {
      const auto given = [&](const FieldDescriptor& field) { return GivenElsewhere(route, field); };
      const bool whole_patch = route.update_mask != nullptr;
      const auto optional = [&](const FieldDescriptor& field) {
        return whole_patch || &field == route.method->request_id;
      };
      json.Key("schema").Raw(schemas_.OfBody(*message, given, optional));
      json.Key("example").Raw(Example(*message, ExampleOf::kRequest, comments_, given));
    }
    json.Close('}').Close('}').Close('}');
  }

  // What a body need not say: the path or the connection does.
  static bool GivenElsewhere(const Route& route, const FieldDescriptor& field) {
    if (route.body_is_message && field.name() == "client_address") return true;
    return std::any_of(route.variables.begin(), route.variables.end(), [&](const FieldPath& path) {
      if (route.body_is_message) return IsPart(path, field);
      return path.size() == 2 && path[0] == route.body && path[1] == &field;
    });
  }

  void Responses(const Route& route, JsonText& json) {
    json.Key("responses").Open('{').Key("200").Open('{');
    const Method& method = *route.method;
    json.Pair("description", method.raw       ? "Bytes with a content type of their own."
                             : method.streams ? "Messages as they come, each a line of JSON."
                                              : "Done.");
    Headers(route, json);
    json.Key("content").Open('{');
    if (method.raw) {
      json.Key("*/*").Raw(R"({"schema":{"type":"string","format":"binary"}})");
    } else {
      const std::string schema = route.response_body == nullptr
                                     ? schemas_.Of(*method.descriptor->output_type())
                                     : schemas_.Of(*route.response_body);
      if (method.streams) {
        json.Key("application/x-ndjson")
            .Open('{')
            .Key("schema")
            .Raw(absl::StrCat(R"({"type":"object","properties":{"result":)", schema,
                              R"(,"error":{"$ref":"#/components/schemas/Status"}}})"))
            .Close('}');
        json.Key("text/event-stream").Raw(R"({"schema":{"type":"string"}})");
      } else {
        json.Key("application/json").Open('{').Key("schema").Raw(schema).Key("example");
        json.Raw(route.response_body == nullptr
                     ? Example(*method.descriptor->output_type(), ExampleOf::kAnswer, comments_)
                     : ExampleOfField(*route.response_body, ExampleOf::kAnswer, comments_))
            .Close('}');
      }
    }
    json.Close('}').Close('}');
    if (route.verb == "GET" && !method.streams)
      json.Key("304").Raw(R"({"$ref":"#/components/responses/NotModified"})");
    for (const char* range : {"4XX", "5XX"})
      json.Key(range).Raw(R"({"$ref":"#/components/responses/Error"})");
    json.Close('}');
  }

  static void Headers(const Route& route, JsonText& json) {
    const Descriptor& answer = *route.method->descriptor->output_type();
    json.Key("headers").Open('{');
    const auto header = [&](absl::string_view name) {
      json.Key(name).Open('{').Pair("$ref", absl::StrCat("#/components/headers/", name)).Close('}');
    };
    header("x-request-id");
    if (!route.method->streams) {
      header("x-kepu-position");
      if (route.method->changes) header("x-kepu-replayed");
      if (route.verb == "GET" || answer.FindFieldByName("etag") != nullptr) header("ETag");
      if (route.verb == "GET" && answer.FindFieldByName("next_page_token") != nullptr) header("Link");
    }
    json.Close('}');
  }

  const RouteTable& table_;
  std::map<std::string, std::set<std::string>> bearers_;  // full names by the short one
  const absl::string_view version_;
  const Comments& comments_;
  std::map<std::string, const PlainRead*> reads_;  // by path
  OpenApiSchemas schemas_;
  std::map<std::string, int> ids_;
};

}  // namespace

std::string OpenApi(const RouteTable& table, absl::string_view version, const Comments& comments,
                    const std::vector<PlainRead>& reads) {
  return Document(table, version, comments, reads).Make();
}

}  // namespace kepu::gateway::transcode
