#include "services/gateway/transcode/json_read.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/arena.h"
#include "kepu/options/v1/options.pb.h"
#include "services/gateway/transcode/field_text.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::gateway::transcode {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// A path is for people; a longer key says nothing more.
constexpr size_t kKeyShownMax = 64;
// More violations than these help nobody.
constexpr int kBodyViolationsMax = 50;
// A text of empty objects is a hundred times larger as messages. No honest request comes near this.
constexpr uint64_t kMessageBytesMax = uint64_t{4} * 1024 * 1024;
// How many objects are made between two looks at that.
constexpr int kObjectsPerLook = 64;

std::string Join(const std::string& path, absl::string_view key) {
  key = key.substr(0, kKeyShownMax);
  return path.empty() ? std::string(key) : absl::StrCat(path, ".", key);
}

class Reader {
 public:
  Reader(const JsonDocument& document, JsonReadOptions options, refusal::FieldErrors& errors)
      : document_(document), options_(options), errors_(errors) {}

  void Object(const JsonValue& object, const std::string& path, Message& message) {
    if (object.kind != JsonValue::Kind::kObject) return Wrong(path, "must be an object");
    if (TooLarge(message)) return Wrong(path, "makes the request too large: it has too many objects");
    std::vector<const FieldDescriptor*> seen;
    for (const JsonValue* member = document_.First(object); member != nullptr && !full_;
         member = document_.Next(*member)) {
      const FieldDescriptor* field = FindField(*message.GetDescriptor(), member->key);
      if (field == nullptr) {
        if (!options_.ignore_unknown) Wrong(Join(path, member->key), "is not a known field");
        continue;
      }
      if (std::find(seen.begin(), seen.end(), field) != seen.end()) {
        Wrong(Join(path, member->key), "is given twice, in both spellings");
        continue;
      }
      seen.push_back(field);
      if (member->kind == JsonValue::Kind::kNull) continue;
      if (const auto* oneof = field->real_containing_oneof();
          oneof != nullptr && message.GetReflection()->HasOneof(message, oneof)) {
        Wrong(Join(path, member->key), absl::StrCat("only one of ", oneof->name(), " may be given"));
        continue;
      }
      Field(*member, Join(path, member->key), *field, message);
    }
  }

  void Field(const JsonValue& value, const std::string& path, const FieldDescriptor& field,
             Message& message) {
    if (value.kind == JsonValue::Kind::kNull) return;
    if (field.is_map()) return Map(value, path, field, message);
    if (!field.is_repeated()) return Single(value, path, field, message);
    if (value.kind != JsonValue::Kind::kArray) return Wrong(path, "must be an array");
    int index = 0;
    for (const JsonValue* item = document_.First(value); item != nullptr && !full_;
         item = document_.Next(*item), ++index) {
      const std::string item_path = absl::StrCat(path, "[", index, "]");
      if (item->kind == JsonValue::Kind::kNull) {
        Wrong(item_path, "must not be null");
      } else {
        Single(*item, item_path, field, message);
      }
    }
  }

 private:
  void Wrong(const std::string& path, absl::string_view rule) {
    errors_.Add(path, rule);
    full_ = full_ || ++violations_ == kBodyViolationsMax;
  }

  // Then nothing more is read.
  bool TooLarge(const Message& message) {
    if (++objects_ % kObjectsPerLook != 0 || message.GetArena() == nullptr) return false;
    full_ = full_ || message.GetArena()->SpaceAllocated() > kMessageBytesMax;
    return full_;
  }

  // One value: of a single field, or one more of a repeated field.
  void Single(const JsonValue& value, const std::string& path, const FieldDescriptor& field,
              Message& message) {
    std::string wrong;
    switch (value.kind) {
      case JsonValue::Kind::kString:
        wrong = SetFromText(message, field, value.text);
        break;
      case JsonValue::Kind::kNumber:
        wrong = SetFromNumber(message, field, value.text);
        break;
      case JsonValue::Kind::kTrue:
      case JsonValue::Kind::kFalse:
        wrong = Bool(value.kind == JsonValue::Kind::kTrue, field, message);
        break;
      case JsonValue::Kind::kArray:
        wrong = "must not be an array";
        break;
      case JsonValue::Kind::kNull:
        break;
      case JsonValue::Kind::kObject:
        if (field.message_type() == nullptr || IsTextMessage(*field.message_type())) {
          wrong = "must not be an object";
        } else {
          const Reflection* reflection = message.GetReflection();
          Object(value, path,
                 field.is_repeated() ? *reflection->AddMessage(&message, &field)
                                     : *reflection->MutableMessage(&message, &field));
        }
    }
    if (!wrong.empty()) Wrong(path, wrong);
  }

  static std::string Bool(bool value, const FieldDescriptor& field, Message& message) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      SetBool(message, field, value);
      return {};
    }
    if (field.message_type() != nullptr &&
        field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_BOOLVALUE) {
      return SetFromText(message, field, value ? "true" : "false");
    }
    return "must not be true or false";
  }

  void Map(const JsonValue& value, const std::string& path, const FieldDescriptor& field, Message& message) {
    if (value.kind != JsonValue::Kind::kObject) return Wrong(path, "must be an object");
    const FieldDescriptor& key_field = *field.message_type()->map_key();
    const FieldDescriptor& value_field = *field.message_type()->map_value();
    for (const JsonValue* member = document_.First(value); member != nullptr && !full_;
         member = document_.Next(*member)) {
      const std::string member_path = Join(path, member->key);
      if (member->kind == JsonValue::Kind::kNull) {
        Wrong(member_path, "must not be null");
        continue;
      }
      Message& entry = *message.GetReflection()->AddMessage(&message, &field);
      const std::string wrong = SetFromText(entry, key_field, member->key);
      if (!wrong.empty()) Wrong(member_path, absl::StrCat("its key ", wrong));
      Single(*member, member_path, value_field, entry);
    }
  }

  const JsonDocument& document_;
  const JsonReadOptions options_;
  refusal::FieldErrors& errors_;
  int violations_ = 0;
  int objects_ = 0;
  bool full_ = false;
};

void CollectMask(const JsonDocument& document, const JsonValue& object, const Descriptor& message,
                 const std::string& prefix, std::vector<std::string>& paths) {
  for (const JsonValue* member = document.First(object); member != nullptr; member = document.Next(*member)) {
    const FieldDescriptor* field = FindField(message, member->key);
    if (field == nullptr || field->options().GetExtension(options::v1::field).output_only()) continue;
    if (prefix.empty() && (field->name() == "name" || field->name() == "etag")) continue;
    const std::string path = absl::StrCat(prefix, field->name());
    const Descriptor* nested = field->is_repeated() ? nullptr : field->message_type();
    if (nested != nullptr && !IsTextMessage(*nested) && document.First(*member) != nullptr) {
      CollectMask(document, *member, *nested, absl::StrCat(path, "."), paths);
    } else {
      paths.push_back(path);
    }
  }
}

}  // namespace

void ReadMessage(const JsonDocument& document, const JsonValue& object, const std::string& path,
                 JsonReadOptions options, Message& message, refusal::FieldErrors& errors) {
  Reader(document, options, errors).Object(object, path, message);
}

void ReadField(const JsonDocument& document, const JsonValue& value, const std::string& path,
               JsonReadOptions options, const FieldDescriptor& field, Message& message,
               refusal::FieldErrors& errors) {
  Reader(document, options, errors).Field(value, path, field, message);
}

std::vector<std::string> MaskOf(const JsonDocument& document, const JsonValue& object,
                                const Descriptor& message) {
  std::vector<std::string> paths;
  CollectMask(document, object, message, "", paths);
  return paths;
}

}  // namespace kepu::gateway::transcode
