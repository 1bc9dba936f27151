#include "services/gateway/transcode/route_table.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/api/annotations.pb.h"
#include "google/api/http.pb.h"
#include "services/gateway/transcode/json_value.h"

namespace kepu::gateway::transcode {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::ServiceDescriptor;

// Longer paths than any template's cost nothing to match but stack: they are unknown paths.
constexpr size_t kPathSegmentsMax = 32;

struct RouteTable::Node {
  absl::flat_hash_map<std::string, std::unique_ptr<Node>> literals;
  std::unique_ptr<Node> star;
  std::unique_ptr<Node> rest;  // `**`
  // By custom verb (":cancel" without the colon, empty for none), then by HTTP method.
  absl::flat_hash_map<std::string, absl::flat_hash_map<std::string, const Route*>> ends;
};

namespace {

const FieldDescriptor* MaskField(const Descriptor& message) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor* field = message.field(i);
    if (field->is_repeated() || field->message_type() == nullptr) continue;
    if (field->message_type()->full_name() == "google.protobuf.FieldMask") return field;
  }
  return nullptr;
}

absl::StatusOr<FieldPath> ResolveVariable(const Descriptor& message, absl::string_view dotted) {
  FieldPath path;
  const Descriptor* at = &message;
  for (const absl::string_view name : absl::StrSplit(dotted, '.')) {
    const FieldDescriptor* field = at == nullptr ? nullptr : at->FindFieldByName(std::string(name));
    if (field == nullptr) return absl::FailedPreconditionError(absl::StrCat("no field \"", dotted, "\""));
    if (field->is_repeated())
      return absl::FailedPreconditionError(absl::StrCat("\"", dotted, "\" is repeated"));
    path.push_back(field);
    at = field->message_type();
  }
  if (at != nullptr && !IsTextMessage(*at)) {
    return absl::FailedPreconditionError(absl::StrCat("\"", dotted, "\" is a message"));
  }
  return path;
}

std::pair<std::string, std::string> VerbAndPattern(const google::api::HttpRule& rule) {
  switch (rule.pattern_case()) {
    case google::api::HttpRule::kGet:
      return {"GET", rule.get()};
    case google::api::HttpRule::kPut:
      return {"PUT", rule.put()};
    case google::api::HttpRule::kPost:
      return {"POST", rule.post()};
    case google::api::HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case google::api::HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case google::api::HttpRule::kCustom:
      return {rule.custom().kind(), rule.custom().path()};
    case google::api::HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {};
}

}  // namespace

const FieldDescriptor* FindField(const Descriptor& message, absl::string_view name) {
  const std::string key(name);
  if (const FieldDescriptor* field = message.FindFieldByName(key)) return field;
  if (const FieldDescriptor* field = message.FindFieldByCamelcaseName(key)) return field;
  for (int i = 0; i < message.field_count(); ++i) {
    if (message.field(i)->json_name() == key) return message.field(i);
  }
  return nullptr;
}

bool IsTextMessage(const Descriptor& message) {
  switch (message.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
    case Descriptor::WELLKNOWNTYPE_DURATION:
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
    case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
    case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
    case Descriptor::WELLKNOWNTYPE_INT64VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
    case Descriptor::WELLKNOWNTYPE_INT32VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
    case Descriptor::WELLKNOWNTYPE_STRINGVALUE:
    case Descriptor::WELLKNOWNTYPE_BYTESVALUE:
    case Descriptor::WELLKNOWNTYPE_BOOLVALUE:
      return true;
    default:
      return false;
  }
}

RouteTable::RouteTable() : root_(std::make_unique<Node>()) {}
RouteTable::~RouteTable() = default;

absl::StatusOr<std::unique_ptr<RouteTable>> RouteTable::Make(
    const std::vector<const ServiceDescriptor*>& services) {
  absl::StatusOr<std::vector<Method>> methods = PublicMethods(services);
  if (!methods.ok()) return methods.status();
  std::unique_ptr<RouteTable> table(new RouteTable);
  table->methods_ = *std::move(methods);
  for (const Method& method : table->methods_) {
    if (absl::Status status = table->AddMethod(method); !status.ok()) return status;
  }
  return table;
}

absl::Status RouteTable::AddMethod(const Method& method) {
  if (!method.descriptor->options().HasExtension(google::api::http)) {
    return absl::FailedPreconditionError(absl::StrCat(method.full_name, " lacks google.api.http"));
  }
  const google::api::HttpRule& rule = method.descriptor->options().GetExtension(google::api::http);
  if (absl::Status status = AddBinding(method, &rule); !status.ok()) return status;
  for (const google::api::HttpRule& more : rule.additional_bindings()) {
    if (more.additional_bindings_size() > 0) {
      return absl::FailedPreconditionError(
          absl::StrCat(method.full_name, ": bindings inside additional bindings"));
    }
    if (absl::Status status = AddBinding(method, &more); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status RouteTable::AddBinding(const Method& method, const void* untyped_rule) {
  const auto& rule = *static_cast<const google::api::HttpRule*>(untyped_rule);
  auto bad = [&](absl::string_view what) {
    return absl::FailedPreconditionError(absl::StrCat(method.full_name, ": ", what));
  };
  auto route = std::make_unique<Route>();
  route->method = &method;
  std::tie(route->verb, route->pattern) = VerbAndPattern(rule);
  if (route->verb.empty()) return bad("a binding without a path");
  if (route->verb == "HEAD" || route->verb == "OPTIONS")
    return bad("HEAD and OPTIONS are answered by the gateway");
  absl::StatusOr<PathTemplate> path = ParseTemplate(route->pattern);
  if (!path.ok()) return bad(path.status().message());
  route->path = *std::move(path);
  const Descriptor& input = *method.descriptor->input_type();
  for (const Variable& variable : route->path.variables) {
    absl::StatusOr<FieldPath> fields = ResolveVariable(input, variable.field_path);
    if (!fields.ok()) return bad(fields.status().message());
    route->variables.push_back(*std::move(fields));
  }
  if (rule.body() == "*") {
    route->body_is_message = true;
  } else if (!rule.body().empty()) {
    route->body = input.FindFieldByName(rule.body());
    if (route->body == nullptr) return bad(absl::StrCat("no body field \"", rule.body(), "\""));
  }
  if ((route->verb == "GET" || route->verb == "DELETE") && !rule.body().empty())
    return bad("a body on GET or DELETE");
  if ((route->verb == "GET" || route->verb == "*") && method.changes) return bad("GET on a changing method");
  if (!rule.response_body().empty()) {
    route->response_body = method.descriptor->output_type()->FindFieldByName(rule.response_body());
    if (route->response_body == nullptr)
      return bad(absl::StrCat("no response field \"", rule.response_body(), "\""));
  }
  if (route->verb == "PATCH" && route->body != nullptr && route->body->message_type() != nullptr) {
    route->update_mask = MaskField(input);
  }
  absl::Status status = Insert(*route);
  routes_.push_back(std::move(route));
  return status;
}

absl::Status RouteTable::Insert(const Route& route) {
  if (route.path.segments.size() > kPathSegmentsMax) {
    return absl::FailedPreconditionError(absl::StrCat(route.pattern, ": too many segments"));
  }
  Node* node = root_.get();
  for (const Segment& segment : route.path.segments) {
    std::unique_ptr<Node>* next = segment.kind == Segment::Kind::kLiteral ? &node->literals[segment.literal]
                                  : segment.kind == Segment::Kind::kStar  ? &node->star
                                                                          : &node->rest;
    if (*next == nullptr) *next = std::make_unique<Node>();
    node = next->get();
  }
  const auto [it, fresh] = node->ends[route.path.verb].try_emplace(route.verb, &route);
  if (fresh) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(route.verb, " ", route.pattern, " is bound twice: by ",
                                                    it->second->method->full_name, " and ",
                                                    route.method->full_name));
}

namespace {

// One search; collects the verbs of every node that fits the path, so that a miss can say what would have
// worked.
template <class Node>
class Search {
 public:
  Search(const std::vector<absl::string_view>& segments, absl::string_view custom, absl::string_view verb)
      : segments_(segments), custom_(custom), verb_(verb) {}

  const Route* Walk(const Node& node, size_t at) {
    if (at == segments_.size()) {
      if (const Route* route = End(node)) return route;
    } else {
      if (const auto it = node.literals.find(segments_[at]); it != node.literals.end()) {
        if (const Route* route = Walk(*it->second, at + 1)) return route;
      }
      if (node.star != nullptr) {
        if (const Route* route = Walk(*node.star, at + 1)) return route;
      }
    }
    return node.rest == nullptr ? nullptr : End(*node.rest);
  }

  std::vector<std::string> Allowed() const { return {allowed_.begin(), allowed_.end()}; }

 private:
  const Route* End(const Node& node) {
    const auto verbs = node.ends.find(custom_);
    if (verbs == node.ends.end()) return nullptr;
    if (const auto it = verbs->second.find(verb_); it != verbs->second.end()) return it->second;
    // OPTIONS is the gateway's own.
    if (const auto it = verbs->second.find("*"); it != verbs->second.end() && verb_ != "OPTIONS")
      return it->second;
    for (const auto& [verb, route] : verbs->second) {
      if (verb != "*") allowed_.insert(verb);
      if (verb == "GET") allowed_.insert("HEAD");
    }
    if (!verbs->second.empty()) allowed_.insert("OPTIONS");
    return nullptr;
  }

  const std::vector<absl::string_view>& segments_;
  const absl::string_view custom_;
  const absl::string_view verb_;
  std::set<std::string> allowed_;
};

}  // namespace

Match RouteTable::Find(absl::string_view verb, absl::string_view path) const {
  Match match;
  if (path.empty() || path[0] != '/') return match;
  absl::string_view custom;
  const size_t last_slash = path.rfind('/');
  if (const size_t colon = path.rfind(':'); colon != absl::string_view::npos && colon > last_slash) {
    custom = path.substr(colon + 1);
    path = path.substr(0, colon);
    if (custom.empty()) return match;
  }
  match.segments = absl::StrSplit(path.substr(1), '/');
  if (match.segments.size() > kPathSegmentsMax) return match;
  for (const absl::string_view segment : match.segments) {
    if (segment.empty()) return match;
  }
  match.head = verb == "HEAD";
  Search<Node> search(match.segments, custom, match.head ? absl::string_view("GET") : verb);
  match.route = search.Walk(*root_, 0);
  if (match.route == nullptr) match.allowed = search.Allowed();
  return match;
}

size_t RouteTable::BodyBytesMax(absl::string_view verb, absl::string_view path) const {
  if (const Match match = Find(verb, path); match.route != nullptr)
    return match.route->method->body_bytes_max;
  const auto it = std::find_if(methods_.begin(), methods_.end(),
                               [&](const Method& method) { return method.full_name == path; });
  return it == methods_.end() ? kJsonBytesMax : it->body_bytes_max;
}

}  // namespace kepu::gateway::transcode
