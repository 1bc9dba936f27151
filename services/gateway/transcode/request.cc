#include "services/gateway/transcode/request.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/field_mask.pb.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/transcode/conditional.h"
#include "services/gateway/transcode/field_text.h"
#include "services/gateway/transcode/json_read.h"
#include "services/gateway/transcode/json_value.h"
#include "services/gateway/transcode/percent.h"

namespace kepu::gateway::transcode {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What an Arena may begin with on the stack: most requests are smaller than this and cost no allocation.
constexpr size_t kRequestScratchBytes = 2048;
// More violations than these help nobody.
constexpr int kViolationsMax = 50;

// The message that holds the last field of the path.
Message& Parent(Message& message, const FieldPath& path) {
  Message* at = &message;
  for (size_t i = 0; i + 1 < path.size(); ++i) at = at->GetReflection()->MutableMessage(at, path[i]);
  return *at;
}

class Builder {
 public:
  Builder(const Match& match, const RestRequest& request, Message& message)
      : route_(*match.route), match_(match), request_(request), message_(message) {}

  absl::StatusOr<RestCall> Run() {
    if (absl::Status status = Body(); !status.ok()) return status;
    Query();
    PathVariables();
    ClientAddress();
    RestCall call;
    Headers(call);
    if (!errors_.empty()) return errors_.ToStatus();
    const FieldDescriptor* request_id = route_.method->request_id;
    call.has_request_id = request_id != nullptr && Has(message_, *request_id);
    if (!message_.SerializeToString(&call.bytes)) return absl::InternalError("request cannot be serialized");
    return call;
  }

 private:
  static bool Has(const Message& message, const FieldDescriptor& field) {
    return message.GetReflection()->HasField(message, &field);
  }

  absl::Status Body() {
    if (request_.body.empty()) return absl::OkStatus();
    if (!route_.body_is_message && route_.body == nullptr) {
      return refusal::BadField("body", absl::StrCat(route_.verb, " ", route_.pattern, " takes no body"));
    }
    absl::StatusOr<JsonDocument> document = JsonDocument::Parse(request_.body, route_.method->body_bytes_max);
    if (!document.ok()) return document.status();
    if (route_.body_is_message) {
      ReadMessage(*document, document->root(), "", {}, message_, errors_);
    } else {
      ReadField(*document, document->root(), route_.body->name(), {}, *route_.body, message_, errors_);
      if (route_.update_mask != nullptr && document->root().kind == JsonValue::Kind::kObject) {
        derived_mask_ = MaskOf(*document, document->root(), *route_.body->message_type());
      }
    }
    return absl::OkStatus();
  }

  void Query() {
    if (!request_.query.empty()) {
      for (const absl::string_view pair : absl::StrSplit(request_.query, '&')) {
        if (pair.empty()) continue;
        Parameter(pair);
        if (violations_ == kViolationsMax) return;
      }
    }
    if (route_.update_mask == nullptr || Has(message_, *route_.update_mask)) return;
    auto* mask = static_cast<google::protobuf::FieldMask*>(
        message_.GetReflection()->MutableMessage(&message_, route_.update_mask));
    for (std::string& path : derived_mask_) mask->add_paths(std::move(path));
  }

  void Parameter(absl::string_view pair) {
    const size_t equals = pair.find('=');
    const auto name = PercentDecode(pair.substr(0, equals), {.plus_is_space = true});
    const auto value =
        PercentDecode(equals == absl::string_view::npos ? absl::string_view() : pair.substr(equals + 1),
                      {.plus_is_space = true});
    if (!name || !IsCleanText(*name)) return Wrong("query", "has a name that cannot be decoded");
    if (!value || !IsCleanText(*value)) return Wrong(*name, "cannot be decoded");
    if (route_.body_is_message) return Wrong(*name, "is not a parameter of this method: it reads the body");
    const std::optional<FieldPath> path = Resolve(*name);
    if (!path) return Wrong(*name, "is not a parameter of this method");
    if (Bound(*path)) return Wrong(*name, "is taken from the path or the body");
    const FieldDescriptor& leaf = *path->back();
    const bool date = leaf.message_type() != nullptr && !leaf.is_repeated() && IsDate(*leaf.message_type());
    if (leaf.is_map() || (leaf.message_type() != nullptr && !date && !IsTextMessage(*leaf.message_type()))) {
      return Wrong(*name, "cannot be given in a query");
    }
    if (!leaf.is_repeated() && std::find(seen_.begin(), seen_.end(), *path) != seen_.end()) {
      return Wrong(*name, "is given twice");
    }
    if (const std::string clash = Clash(*path); !clash.empty()) return Wrong(*name, clash);
    if (!leaf.is_repeated()) seen_.push_back(*path);
    Message& parent = Parent(message_, *path);
    const std::string wrong = date ? SetDate(parent, leaf, *value) : SetFromText(parent, leaf, *value);
    if (!wrong.empty()) Wrong(*name, wrong);
  }

  void Wrong(absl::string_view field, absl::string_view rule) {
    if (++violations_ <= kViolationsMax) errors_.Add(field, rule);
  }

  // What a value at the path would silently displace: another member of a oneof on the way to it.
  std::string Clash(const FieldPath& path) const {
    const Message* at = &message_;
    for (const FieldDescriptor* field : path) {
      const auto* reflection = at->GetReflection();
      if (const auto* oneof = field->real_containing_oneof(); oneof != nullptr) {
        const FieldDescriptor* set = reflection->GetOneofFieldDescriptor(*at, oneof);
        if (set != nullptr && set != field)
          return absl::StrCat("only one of ", oneof->name(), " may be given");
      }
      if (field->message_type() == nullptr || field->is_repeated() || !reflection->HasField(*at, field))
        break;
      at = &reflection->GetMessage(*at, field);
    }
    return {};
  }

  std::optional<FieldPath> Resolve(absl::string_view name) const {
    FieldPath path;
    const Descriptor* at = message_.GetDescriptor();
    for (const absl::string_view part : absl::StrSplit(name, '.')) {
      if (at == nullptr || IsTextMessage(*at)) return std::nullopt;
      const FieldDescriptor* field = FindField(*at, part);
      if (field == nullptr) return std::nullopt;
      if (!path.empty() && path.back()->is_repeated()) return std::nullopt;
      path.push_back(field);
      at = field->message_type();
    }
    return path;
  }

  bool Bound(const FieldPath& path) const {
    if (route_.body != nullptr && path.front() == route_.body) return true;
    return std::find(route_.variables.begin(), route_.variables.end(), path) != route_.variables.end();
  }

  // Last, because what the path says holds.
  void PathVariables() {
    for (size_t i = 0; i < route_.path.variables.size(); ++i) {
      const Variable& variable = route_.path.variables[i];
      const bool open = route_.path.segments[variable.end - 1].kind == Segment::Kind::kDoubleStar;
      const size_t end = open ? match_.segments.size() : variable.end;
      const auto begin = match_.segments.begin() + static_cast<std::ptrdiff_t>(variable.begin);
      const std::string raw =
          absl::StrJoin(begin, match_.segments.begin() + static_cast<std::ptrdiff_t>(end), "/");
      const auto value = PercentDecode(raw, {.keep_slash = variable.spans});
      if (!value || !IsCleanText(*value)) {
        errors_.Add(variable.field_path, "cannot be decoded");
        continue;
      }
      const std::string clash = Clash(route_.variables[i]);
      const std::string wrong = clash.empty() ? SetFromText(Parent(message_, route_.variables[i]),
                                                            *route_.variables[i].back(), *value)
                                              : clash;
      if (!wrong.empty()) errors_.Add(variable.field_path, wrong);
    }
  }

  void ClientAddress() {
    const FieldDescriptor* field = message_.GetDescriptor()->FindFieldByName("client_address");
    if (field == nullptr || field->type() != FieldDescriptor::TYPE_STRING || field->is_repeated()) return;
    message_.GetReflection()->SetString(&message_, field, std::string(request_.peer));
  }

  void Headers(RestCall& call) {
    const FieldDescriptor* request_id = route_.method->request_id;
    if (request_id != nullptr && !request_.idempotency_key.empty() && !Has(message_, *request_id)) {
      // The draft writes it as a quoted string; most clients leave the quotes out.
      absl::string_view key = request_.idempotency_key;
      if (key.size() > 2 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
      const std::string wrong = SetFromText(message_, *request_id, key);
      if (!wrong.empty()) errors_.Add("Idempotency-Key", wrong);
      call.key_from_header = true;
    }
    if (request_.if_match.empty() || request_.if_match == "*" || route_.verb == "GET") return;
    const std::string etag = OnlyTag(request_.if_match);
    if (etag.empty()) return errors_.Add("If-Match", "must be one entity tag like \"e1\"");
    if (FillEtag(message_, etag)) {
      call.etag_from_header = true;
    } else if (route_.body != nullptr && route_.body->message_type() != nullptr &&
               !route_.body->is_repeated()) {
      Message* body = message_.GetReflection()->MutableMessage(&message_, route_.body);
      call.etag_from_header = FillEtag(*body, etag);
    }
    if (!call.etag_from_header)
      errors_.Add("If-Match", "is not understood by this method, or differs from its etag");
  }

  static bool FillEtag(Message& message, absl::string_view etag) {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName("etag");
    if (field == nullptr || field->type() != FieldDescriptor::TYPE_STRING || field->is_repeated())
      return false;
    const std::string given = message.GetReflection()->GetString(message, field);
    // One of the two is not what the caller looked at.
    return (given.empty() || given == etag) && SetFromText(message, *field, etag).empty();
  }

  const Route& route_;
  const Match& match_;
  const RestRequest& request_;
  Message& message_;
  refusal::FieldErrors errors_;
  std::vector<std::string> derived_mask_;
  std::vector<FieldPath> seen_;  // of those that may come once
  int violations_ = 0;           // of the query
};

}  // namespace

absl::StatusOr<RestCall> BuildRequest(const Match& match, const RestRequest& request) {
  char scratch[kRequestScratchBytes];
  google::protobuf::Arena arena(scratch, sizeof(scratch));
  return Builder(match, request, *match.route->method->request->New(&arena)).Run();
}

}  // namespace kepu::gateway::transcode
