#include "libs/audit/entry.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/json_util.h"
#include "kepu/options/v1/options.pb.h"
#include "libs/text/utf8.h"

namespace kepu::audit {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::array<absl::string_view, 8> kPlaces = {
    "caravans", "districts", "organizations", "schools", "teams", "towns", "venues", "communities"};
// Parts of the names of fields that hold what is nobody's business, whatever their type.
constexpr std::array<absl::string_view, 9> kSecretWords = {
    "sealed", "digest", "password", "token", "secret", "phone", "id_number", "guardian", "contact"};

// What is kept under another word than the one its names have, with the id of the thing it belongs to.
struct Kept {
  absl::string_view kind;
  absl::string_view collection;
};
constexpr std::array<Kept, 10> kKept = {{{"person", "volunteers"},
                                         {"ledger", "volunteers"},
                                         {"inbox", "users"},
                                         {"visit", "visitDays"},
                                         {"feedback", "sessions"},
                                         {"roster", "bookings"},
                                         {"papers", "bookings"},
                                         {"lecture", "lectureRequests"},
                                         {"training", "courses"},
                                         {"rulebook", "recognitionRules"}}};

// Long lists of names in one text are no names.
constexpr size_t kNameBytesMax = 256;

bool IsSecret(const FieldDescriptor& field) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) return true;
  if (field.options().GetExtension(options::v1::field).sensitive()) return true;
  return std::any_of(kSecretWords.begin(), kSecretWords.end(),
                     [&](absl::string_view word) { return absl::StrContains(field.name(), word); });
}

// "collection/id", as often as needed, each of signs that names have.
bool IsName(absl::string_view text) {
  if (text.size() > kNameBytesMax || !absl::StrContains(text, "/") || absl::EndsWith(text, "/")) return false;
  bool part_begins = true;
  for (const char c : text) {
    if (c == '/' ? part_begins
                 : !absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_' && c != '.')
      return false;
    part_begins = c == '/';
  }
  return absl::ascii_islower(static_cast<unsigned char>(text[0]));
}

std::string LastTwo(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  return parts.size() < 2 ? std::string(name) : absl::StrCat(parts[parts.size() - 2], "/", parts.back());
}

void AddOnce(std::string name, std::vector<std::string>& names) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
}

void AddText(const FieldDescriptor& field, const std::string& text, std::vector<std::string>& names) {
  if (IsName(text)) {
    AddOnce(LastTwo(text), names);
    if (IsPlace(text)) AddOnce(text, names);
  } else if ((field.name() == "id" || absl::EndsWith(field.name(), "_id")) && !text.empty() &&
             text.size() <= kNameBytesMax) {
    AddOnce(text, names);
  }
}

void Collect(const Message& message, std::vector<std::string>& names) {
  std::vector<const FieldDescriptor*> set;
  const auto& reflection = *message.GetReflection();
  reflection.ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->message_type() != nullptr) {
        Collect(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                     : reflection.GetMessage(message, field),
                names);
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        AddText(*field,
                field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                     : reflection.GetString(message, field),
                names);
      }
    }
  }
}

// The one thing that happened: down through messages that say nothing but which of several kinds it is.
const Message& Inside(const Message& fact, std::vector<std::string>& kind) {
  const Descriptor& type = *fact.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    const bool chosen = field->real_containing_oneof() != nullptr || type.field_count() == 1;
    if (!chosen || field->is_repeated() || field->message_type() == nullptr ||
        !fact.GetReflection()->HasField(fact, field))
      continue;
    kind.push_back(field->name());
    const Message& inside = fact.GetReflection()->GetMessage(fact, field);
    const Descriptor& below = *field->message_type();
    const bool again = absl::EndsWith(below.name(), "Fact") && below.real_oneof_decl_count() > 0;
    return again ? Inside(inside, kind) : inside;
  }
  return fact;
}

std::string JsonOf(const Message& message, const FieldDescriptor& field) {
  const std::unique_ptr<Message> alone(message.New());
  alone->CopyFrom(message);
  std::vector<const FieldDescriptor*> set;
  alone->GetReflection()->ListFields(*alone, &set);
  for (const FieldDescriptor* other : set) {
    if (other != &field) alone->GetReflection()->ClearField(alone.get(), other);
  }
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(*alone, &json).ok()) return "";
  const size_t colon = json.find(':');
  return colon == std::string::npos ? "" : json.substr(colon + 1, json.size() - colon - 2);
}

// Whether anything below is withheld: such a list is not printed as a whole.
bool HoldsSecrets(const Descriptor& type, int depth) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (IsSecret(*field)) return true;
    if (field->message_type() != nullptr && (depth == 0 || HoldsSecrets(*field->message_type(), depth - 1)))
      return true;
  }
  return false;
}

class Teller {
 public:
  explicit Teller(v1::AuditEntry& entry) : entry_(entry) {}

  void TellFields(const Message& message, const std::string& before) {
    std::vector<const FieldDescriptor*> set;
    message.GetReflection()->ListFields(message, &set);
    for (const FieldDescriptor* field : set) {
      if (entry_.fields_size() >= kFieldsMax) return;
      TellField(message, *field, before);
    }
  }

 private:
  void TellField(const Message& message, const FieldDescriptor& field, const std::string& before) {
    const std::string path = absl::StrCat(before, field.name());
    const Descriptor* type = field.message_type();
    const bool google = type != nullptr && absl::StartsWith(type->full_name(), "google.");
    if (!IsSecret(field) && type != nullptr && !field.is_repeated() && !google)
      return TellFields(message.GetReflection()->GetMessage(message, &field), path + ".");
    v1::AuditEntry::Field& told = *entry_.add_fields();
    told.set_path(path);
    told.set_withheld(IsSecret(field) || (type != nullptr && !google && HoldsSecrets(*type, 6)));
    if (told.withheld()) return;
    const std::string json = JsonOf(message, field);
    const absl::string_view cut = text::CutUtf8(json, kValueBytesMax);
    told.set_value(absl::StrCat(cut, cut.size() < json.size() ? "…" : ""));
    Mark(message, field);
  }

  // Reasons and marks of overrides, wherever the fact has them.
  void Mark(const Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    if (field.is_repeated()) return;
    if (field.type() == FieldDescriptor::TYPE_STRING && entry_.reason().empty() &&
        (field.name() == "reason" || absl::EndsWith(field.name(), "_reason")))
      entry_.set_reason(reflection.GetString(message, &field));
    if (field.type() == FieldDescriptor::TYPE_BOOL && absl::StrContains(field.name(), "overrid"))
      entry_.set_override(entry_.override() || reflection.GetBool(message, &field));
    if (field.type() == FieldDescriptor::TYPE_STRING && absl::StrContains(field.name(), "override"))
      entry_.set_override(true);
  }

  v1::AuditEntry& entry_;
};

bool Parse(const log::v1::Fact& fact, Message& message) { return message.ParseFromString(fact.body()); }

}  // namespace

std::string ObjectOf(absl::string_view key) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(key, absl::MaxSplits('/', 1));
  if (parts.second.empty()) return std::string(key);
  if (absl::StrContains(parts.second, "/")) return std::string(parts.second);
  for (const Kept& kept : kKept) {
    if (kept.kind == parts.first) return absl::StrCat(kept.collection, "/", parts.second);
  }
  std::string plural(parts.first);
  if (absl::EndsWith(plural, "y")) {
    plural.replace(plural.size() - 1, 1, "ies");
  } else if (!absl::EndsWith(plural, "s")) {
    plural += "s";
  }
  return absl::StrCat(plural, "/", parts.second);
}

std::vector<std::string> TermsOf(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  std::vector<std::string> terms = {LastTwo(name)};
  if (parts.size() > 1) terms.emplace_back(parts.back());
  return terms;
}

std::vector<std::string> NamesIn(absl::string_view key, const log::v1::Fact& fact, const Message& prototype) {
  std::vector<std::string> names = {LastTwo(ObjectOf(key))};
  if (IsPlace(ObjectOf(key))) AddOnce(ObjectOf(key), names);
  const std::unique_ptr<Message> message(prototype.New());
  if (Parse(fact, *message)) Collect(*message, names);
  return names;
}

bool IsPlace(absl::string_view name) {
  const absl::string_view first = name.substr(0, name.find('/'));
  return first.size() < name.size() && std::find(kPlaces.begin(), kPlaces.end(), first) != kPlaces.end();
}

bool Tell(absl::string_view key, const log::v1::Fact& fact, const Message& prototype, v1::AuditEntry& entry) {
  const std::unique_ptr<Message> message(prototype.New());
  if (!Parse(fact, *message)) return false;
  std::vector<std::string> kind;
  const Message& inside = Inside(*message, kind);
  entry.set_actor(fact.actor());
  entry.set_object(ObjectOf(key));
  entry.set_kind(kind.empty() ? "unknown" : absl::StrJoin(kind, "_"));
  *entry.mutable_what() = WordsOf(entry.kind());
  entry.set_cause(absl::BytesToHexString(fact.cause()));
  Teller(entry).TellFields(inside, "");
  return true;
}

v1::Text WordsOf(absl::string_view kind) {
  v1::Text text;
  for (const absl::string_view word : absl::StrSplit(kind, '_')) {
    const absl::string_view zh = ChineseOf(word);
    absl::StrAppend(text.mutable_zh(), zh.empty() ? word : zh);
    absl::StrAppend(text.mutable_en(), text.en().empty() ? "" : " ", word);
  }
  return text;
}

}  // namespace kepu::audit
