#include "services/cli/api_book.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/cli/api.h"
#include "services/cli/arguments.h"
#include "services/gateway/transcode/method.h"
#include "services/gateway/transcode/percent.h"

namespace kepu::cli {
namespace {

using gateway::transcode::FieldPath;
using gateway::transcode::Segment;
using gateway::transcode::Variable;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::array<absl::string_view, 5> kVerbs = {"GET", "POST", "PATCH", "PUT", "DELETE"};

// The name without its custom verb, in parts; and the verb.
std::pair<std::vector<std::string>, std::string> Apart(absl::string_view name) {
  const size_t slash = name.rfind('/');
  const size_t colon = name.rfind(':');
  const bool has_verb =
      colon != absl::string_view::npos && (slash == absl::string_view::npos || colon > slash);
  return {absl::StrSplit(name.substr(0, has_verb ? colon : name.size()), '/'),
          has_verb ? std::string(name.substr(colon + 1)) : ""};
}

// Whether the route's segments behind "v1" begin with `parts`.
bool Begins(const Route& route, const std::vector<std::string>& parts) {
  const auto& segments = route.path.segments;
  if (segments.size() < parts.size() + 1) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    const Segment& segment = segments[i + 1];
    if (segment.kind == Segment::Kind::kLiteral && segment.literal != parts[i]) return false;
  }
  return true;
}

bool IsUnder(const FieldPath& path, const std::vector<FieldPath>& variables) {
  return std::find(variables.begin(), variables.end(), path) != variables.end();
}

std::string Dotted(const FieldPath& path) {
  return absl::StrJoin(path, ".",
                       [](std::string* out, const FieldDescriptor* field) { out->append(field->name()); });
}

// One value as a query shows it: JSON without its quotes; days as 2026-12-05.
std::string QueryText(const Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING && field.type() != FieldDescriptor::TYPE_BYTES) {
    return field.is_repeated() ? reflection.GetRepeatedString(message, &field, index)
                               : reflection.GetString(message, &field);
  }
  const std::unique_ptr<Message> alone(message.New());
  if (field.message_type() != nullptr) {
    const Message& value = field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, index)
                                               : reflection.GetMessage(message, &field);
    if (field.message_type()->full_name() == "google.type.Date") {
      const auto part = [&](const char* name) {
        return value.GetReflection()->GetInt32(value, field.message_type()->FindFieldByName(name));
      };
      return absl::FormatCivilTime(absl::CivilDay(part("year"), part("month"), part("day")));
    }
    std::string json = ToJson(value);
    return absl::StartsWith(json, "\"") ? json.substr(1, json.size() - 2) : json;
  }
  Message& copy = *alone;
  copy.CopyFrom(message);
  if (field.is_repeated()) {
    for (int i = 0; i < index; ++i) copy.GetReflection()->SwapElements(&copy, &field, i, i + 1);
    while (copy.GetReflection()->FieldSize(copy, &field) > 1) copy.GetReflection()->RemoveLast(&copy, &field);
  }
  std::vector<const FieldDescriptor*> set;
  copy.GetReflection()->ListFields(copy, &set);
  for (const FieldDescriptor* other : set) {
    if (other != &field) copy.GetReflection()->ClearField(&copy, other);
  }
  // {"field":value} or {"field":[value]}
  std::string json = ToJson(copy);
  const size_t colon = json.find(':');
  std::string text = colon == std::string::npos ? "" : json.substr(colon + 1, json.size() - colon - 2);
  for (const char* around : {"[]", "\"\""}) {
    if (text.size() >= 2 && text.front() == around[0] && text.back() == around[1])
      text = text.substr(1, text.size() - 2);
  }
  return text;
}

// Everything that is set in `message`, leaf by leaf, but for the body and what stands in the path.
class QueryMaker {
 public:
  QueryMaker(const Route& route, Outgoing& out) : route_(route), out_(out) {}

  void Add(const Message& message, FieldPath path) {
    std::vector<const FieldDescriptor*> set;
    message.GetReflection()->ListFields(message, &set);
    for (const FieldDescriptor* field : set) {
      if (path.empty() && field == route_.body) continue;
      path.push_back(field);
      AddField(message, *field, path);
      path.pop_back();
    }
  }

 private:
  void AddField(const Message& message, const FieldDescriptor& field, const FieldPath& path) {
    if (IsUnder(path, route_.variables)) return;
    const bool leaf = field.message_type() == nullptr ||
                      gateway::transcode::IsTextMessage(*field.message_type()) ||
                      field.message_type()->full_name() == "google.type.Date";
    if (!leaf && !field.is_repeated()) return Add(message.GetReflection()->GetMessage(message, &field), path);
    const int count = field.is_repeated() ? message.GetReflection()->FieldSize(message, &field) : 1;
    for (int i = 0; i < count; ++i) out_.query.emplace_back(Dotted(path), QueryText(message, field, i));
  }

  const Route& route_;
  Outgoing& out_;
};

// The path of the route with the fields of `request` in its variables.
absl::StatusOr<std::string> Expand(const Route& route, const Message& request) {
  std::vector<std::string> parts;
  size_t at = 0;
  for (size_t i = 0; i < route.path.variables.size(); ++i) {
    const Variable& variable = route.path.variables[i];
    for (; at < variable.begin; ++at) parts.push_back(route.path.segments[at].literal);
    const Message* message = &request;
    const FieldPath& fields = route.variables[i];
    for (size_t j = 0; j + 1 < fields.size(); ++j)
      message = &message->GetReflection()->GetMessage(*message, fields[j]);
    if (!message->GetReflection()->HasField(*message, fields.back())) {
      return absl::InvalidArgumentError(absl::StrCat(Dotted(fields), " is missing: it stands in the path ",
                                                     route.pattern, "; --set ", Dotted(fields), "=…"));
    }
    const std::string value = QueryText(*message, *fields.back(), 0);
    parts.push_back(PathOf(value).substr(4));
    at = variable.end;
  }
  for (; at < route.path.segments.size(); ++at) parts.push_back(route.path.segments[at].literal);
  return absl::StrCat("/", absl::StrJoin(parts, "/"),
                      route.path.verb.empty() ? "" : absl::StrCat(":", route.path.verb));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ApiBook>> ApiBook::Make() {
  auto table = gateway::transcode::RouteTable::Make(gateway::transcode::LinkedServices());
  if (!table.ok()) return table.status();
  return std::unique_ptr<ApiBook>(new ApiBook(*std::move(table)));
}

const Route* ApiBook::At(absl::string_view verb, absl::string_view name) const {
  return table_->Find(verb, PathOf(name)).route;
}

std::vector<std::string> ApiBook::VerbsAt(absl::string_view name) const {
  std::vector<std::string> verbs;
  for (const absl::string_view verb : kVerbs) {
    if (At(verb, name) != nullptr) verbs.emplace_back(verb);
  }
  return verbs;
}

absl::StatusOr<const Route*> ApiBook::Named(absl::string_view method) const {
  std::vector<const Route*> found;
  std::set<const gateway::transcode::Method*> methods;
  for (const auto& route : routes()) {
    const std::string& full = route->method->descriptor->full_name();
    const bool fits = full == method || absl::EndsWith(full, absl::StrCat(".", method));
    if (fits && methods.insert(route->method).second) found.push_back(route.get());
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    const std::string near = Nearest(method, MethodNames());
    return absl::NotFoundError(
        absl::StrCat("there is no method ", method,
                     near.empty() ? "; kepu methods lists all" : absl::StrCat("; did you mean ", near)));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      method, " is several methods: ", absl::StrJoin(found, ", ", [](std::string* out, const Route* route) {
        out->append(route->method->descriptor->full_name());
      })));
}

std::vector<std::string> ApiBook::MethodNames() const {
  std::set<std::string> names;
  for (const auto& route : routes()) names.insert(route->method->descriptor->name());
  return {names.begin(), names.end()};
}

std::vector<std::string> ApiBook::CustomVerbs(absl::string_view name) const {
  const auto [parts, unused] = Apart(name);
  std::set<std::string> verbs;
  for (const auto& route : routes()) {
    if (!route->path.verb.empty() && route->path.segments.size() == parts.size() + 1 && Begins(*route, parts))
      verbs.insert(route->path.verb);
  }
  return {verbs.begin(), verbs.end()};
}

std::vector<std::string> ApiBook::CollectionsBelow(absl::string_view parent) const {
  const std::vector<std::string> parts = absl::StrSplit(parent, '/', absl::SkipEmpty());
  std::set<std::string> words;
  for (const auto& route : routes()) {
    if (!Begins(*route, parts) || route->path.segments.size() < parts.size() + 2) continue;
    const Segment& next = route->path.segments[parts.size() + 1];
    if (next.kind == Segment::Kind::kLiteral) words.insert(next.literal);
  }
  return {words.begin(), words.end()};
}

std::string ApiBook::WhyNot(absl::string_view name) const {
  const auto [parts, verb] = Apart(name);
  if (!verb.empty()) {
    const std::vector<std::string> verbs = CustomVerbs(name);
    if (verbs.empty()) return absl::StrCat("nothing can be done to ", absl::StrJoin(parts, "/"));
    const std::string near = Nearest(verb, verbs);
    return absl::StrCat("there is no :", verb, " there; ",
                        near.empty() ? "there are " : absl::StrCat("did you mean :", near, "? There are "),
                        absl::StrJoin(verbs, ", "));
  }
  std::string before;
  for (size_t i = 0; i < parts.size(); i += 2) {
    const std::vector<std::string> words = CollectionsBelow(before);
    if (std::find(words.begin(), words.end(), parts[i]) == words.end()) {
      const std::string near = Nearest(parts[i], words);
      return absl::StrCat(
          "there are no ", parts[i], before.empty() ? "" : absl::StrCat(" in ", before),
          near.empty() ? (words.empty() ? "" : absl::StrCat("; there are ", absl::StrJoin(words, ", ")))
                       : absl::StrCat("; did you mean ", near));
    }
    if (i + 1 < parts.size())
      absl::StrAppend(&before, before.empty() ? "" : "/", parts[i], "/", parts[i + 1]);
  }
  const std::vector<std::string> verbs = CustomVerbs(name);
  return absl::StrCat("that cannot be done to ", name,
                      verbs.empty() ? "" : absl::StrCat("; with kepu do: :", absl::StrJoin(verbs, ", :")));
}

std::string PathOf(absl::string_view name) {
  return absl::StrCat(
      "/v1/", absl::StrReplaceAll(gateway::transcode::PercentEncode(name), {{"%2F", "/"}, {"%3A", ":"}}));
}

absl::StatusOr<Outgoing> ToHttp(const Route& route, absl::string_view path, const Message& request) {
  Outgoing out{route.verb, std::string(path), {}, ""};
  if (path.empty()) {
    absl::StatusOr<std::string> expanded = Expand(route, request);
    if (!expanded.ok()) return expanded.status();
    out.path = *std::move(expanded);
  }
  if (route.body_is_message) {
    out.body = ToJson(request);
    return out;
  }
  if (route.body != nullptr) {
    const auto& reflection = *request.GetReflection();
    out.body = route.body->message_type() != nullptr && !route.body->is_repeated()
                   ? ToJson(reflection.GetMessage(request, route.body))
                   : QueryText(request, *route.body, 0);
  }
  QueryMaker(route, out).Add(request, {});
  return out;
}

const FieldDescriptor* ListOf(const Descriptor& answer) {
  const FieldDescriptor* field = answer.FindFieldByNumber(1);
  if (field == nullptr || !field->is_repeated() || field->message_type() == nullptr || field->is_map())
    return nullptr;
  return field;
}

}  // namespace kepu::cli
