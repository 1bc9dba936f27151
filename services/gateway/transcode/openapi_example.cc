#include "services/gateway/transcode/openapi_example.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "kepu/options/v1/options.pb.h"
#include "services/gateway/transcode/json_text.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::gateway::transcode {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Below this only required fields are told.
constexpr int kExampleDepthMax = 2;
// Of a message in a request none of whose fields is required.
constexpr int kFewFields = 3;
constexpr int kFewDepthMax = 4;
constexpr size_t kQuotedBytesMax = 80;

const options::v1::FieldRule& RuleOf(const FieldDescriptor& field) {
  return field.options().GetExtension(options::v1::field);
}

// "events/*/sessions/*" as "events/event-1/sessions/session-1".
std::string FillStars(absl::string_view name) {
  std::vector<std::string> parts = absl::StrSplit(name, '/');
  for (size_t i = 1; i < parts.size(); ++i) {
    if (parts[i] == "*") parts[i] = absl::StrCat(Singular(parts[i - 1]), "-1");
  }
  return absl::StrJoin(parts, "/");
}

// The first thing in quotes that the comment gives as an example.
std::string Quoted(absl::string_view comment) {
  const size_t begin = comment.find('"');
  if (begin == absl::string_view::npos) return {};
  const size_t end = comment.find('"', begin + 1);
  if (end == absl::string_view::npos || end - begin > kQuotedBytesMax) return {};
  return FillStars(comment.substr(begin + 1, end - begin - 1));
}

std::string TextExample(const FieldDescriptor& field, const Comments& comments) {
  const std::string& name = field.name();
  const auto most = static_cast<size_t>(RuleOf(field).max_bytes());
  std::string text;
  if (name == "request_id") {
    text = "0f4a3c1e-6d0b-4c55-9a51-2f7d1f0c8e21";
  } else if (name == "zh") {
    text = "科普日";
  } else if (name == "en") {
    text = "Science day";
  } else {
    text = comments ? Quoted(comments(field.full_name())) : "";
    if (text.empty()) text = absl::StrCat("some ", absl::StrJoin(absl::StrSplit(name, '_'), " "));
  }
  if (most > 0 && text.size() > most) text = std::string(most, 'x');
  return text;
}

std::string Quote(absl::string_view text) {
  std::string json;
  AppendJsonString(text, json);
  return json;
}

std::string NumberExample(const FieldDescriptor& field) {
  const auto& rule = RuleOf(field);
  const bool quoted = field.cpp_type() == FieldDescriptor::CPPTYPE_INT64 ||
                      field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
  const int64_t value = rule.max() > rule.min() ? std::clamp<int64_t>(1, rule.min(), rule.max()) : 1;
  return quoted ? absl::StrCat("\"", value, "\"") : absl::StrCat(value);
}

// Messages with a JSON form or a meaning of their own; empty for others.
std::string KnownMessage(const Descriptor& message) {
  if (message.full_name() == "google.type.Date") return R"({"year":2026,"month":12,"day":5})";
  if (message.full_name() == "google.type.TimeOfDay") return R"({"hours":9,"minutes":30})";
  if (message.full_name() == "google.type.LatLng") return R"({"latitude":29.56,"longitude":106.57})";
  switch (message.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return R"("2026-12-05T02:00:00Z")";
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return R"("5400s")";
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return R"("displayName")";
    default:
      return {};
  }
}

class ExampleWriter {
 public:
  ExampleWriter(ExampleOf kind, const Comments& comments) : kind_(kind), comments_(comments) {}

  std::string Object(const Descriptor& message, int depth,
                     const std::function<bool(const FieldDescriptor&)>& leaves_out) const {
    const bool few =
        kind_ == ExampleOf::kRequest && depth < kFewDepthMax && !AnyRequired(message, leaves_out);
    int told = 0;
    JsonText json;
    json.Open('{');
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      if (leaves_out && leaves_out(field)) continue;
      if (!Tells(field, depth, few && told < kFewFields)) continue;
      // One member of a oneof is enough, and more would be refused.
      if (const auto* oneof = field.real_containing_oneof(); oneof != nullptr && oneof->field(0) != &field)
        continue;
      json.Key(field.json_name()).Raw(Field(field, depth + 1));
      ++told;
    }
    return json.Close('}').Take();
  }

  std::string Field(const FieldDescriptor& field, int depth) const {
    if (field.is_map()) return "{}";
    const std::string one = One(field, depth);
    return field.is_repeated() ? absl::StrCat("[", one, "]") : one;
  }

 private:
  static bool Required(const FieldDescriptor& field) {
    return RuleOf(field).required() && !RuleOf(field).output_only();
  }

  static bool AnyRequired(const Descriptor& message,
                          const std::function<bool(const FieldDescriptor&)>& leaves_out) {
    for (int i = 0; i < message.field_count(); ++i) {
      if (Required(*message.field(i)) && !(leaves_out && leaves_out(*message.field(i)))) return true;
    }
    return false;
  }

  bool Tells(const FieldDescriptor& field, int depth, bool one_of_few) const {
    if (Required(field)) return true;
    if (kind_ == ExampleOf::kRequest) {
      // Ids of requests go into the header.
      return one_of_few && !RuleOf(field).output_only() && field.name() != "request_id" &&
             field.name() != "etag" && !field.is_map();
    }
    if (depth >= kExampleDepthMax || field.is_map()) return false;
    const bool plain = field.message_type() == nullptr || !KnownMessage(*field.message_type()).empty();
    return plain || depth == 0;
  }

  std::string One(const FieldDescriptor& field, int depth) const {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return "true";
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        return "1.5";
      case FieldDescriptor::CPPTYPE_ENUM:
        return Quote(field.enum_type()->value(std::min(1, field.enum_type()->value_count() - 1))->name());
      case FieldDescriptor::CPPTYPE_STRING:
        return field.type() == FieldDescriptor::TYPE_BYTES ? R"("a2VwdQ==")"
                                                           : Quote(TextExample(field, comments_));
      case FieldDescriptor::CPPTYPE_MESSAGE:
        break;
      default:
        return NumberExample(field);
    }
    const Descriptor& message = *field.message_type();
    if (std::string known = KnownMessage(message); !known.empty()) return known;
    if (IsTextMessage(message)) return One(*message.FindFieldByNumber(1), depth);
    return Object(message, depth, nullptr);
  }

  const ExampleOf kind_;
  const Comments& comments_;
};

}  // namespace

std::string Singular(absl::string_view plural) {
  if (absl::EndsWith(plural, "ies")) return absl::StrCat(plural.substr(0, plural.size() - 3), "y");
  if (absl::EndsWith(plural, "ches") || absl::EndsWith(plural, "sses")) {
    return std::string(plural.substr(0, plural.size() - 2));
  }
  if (absl::EndsWith(plural, "s")) return std::string(plural.substr(0, plural.size() - 1));
  return std::string(plural);
}

std::string Example(const Descriptor& message, ExampleOf kind, const Comments& comments,
                    const std::function<bool(const FieldDescriptor&)>& leaves_out) {
  return ExampleWriter(kind, comments).Object(message, 0, leaves_out);
}

std::string ExampleOfField(const FieldDescriptor& field, ExampleOf kind, const Comments& comments) {
  return ExampleWriter(kind, comments).Field(field, 0);
}

}  // namespace kepu::gateway::transcode
