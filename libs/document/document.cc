#include "libs/document/document.h"

#include <exception>
#include <memory>

#include "kepu/options/v1/options.pb.h"
#include "libs/refusal/refusal.h"

namespace kepu::document {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Takes a field over from another message of the type.
void TakeField(const Message& from, const FieldDescriptor& field, Message* to) {
  to->GetReflection()->ClearField(to, &field);
  const std::unique_ptr<Message> only(from.New());
  only->CopyFrom(from);
  std::vector<const FieldDescriptor*> set;
  only->GetReflection()->ListFields(*only, &set);
  for (const FieldDescriptor* other : set)
    if (other != &field) only->GetReflection()->ClearField(only.get(), other);
  to->MergeFrom(*only);
}

}  // namespace

const FieldDescriptor& FieldOf(const google::protobuf::Descriptor& document,
                               const google::protobuf::Descriptor& type) {
  for (int i = 0; i < document.field_count(); ++i)
    if (document.field(i)->message_type() == &type) return *document.field(i);
  std::terminate();
}

absl::Status KeepWhatIsKept(absl::string_view field, const Message& before, Message* after) {
  const auto& type = *before.GetDescriptor();
  refusal::FieldErrors errors;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& one = *type.field(i);
    const auto& rule = one.options().GetExtension(options::v1::field);
    if (!rule.output_only() && !rule.immutable()) continue;
    const std::unique_ptr<Message> kept(after->New());
    kept->CopyFrom(*after);
    TakeField(before, one, kept.get());
    if (rule.immutable() && one.name() != "name" && kept->SerializeAsString() != after->SerializeAsString())
      errors.Add(absl::StrCat(field, ".", one.name()), "is set when it is made and does not change");
    after->CopyFrom(*kept);
  }
  return errors.ToStatus();
}

absl::Status CheckEtag(absl::string_view given, absl::string_view current, absl::string_view name) {
  if (given.empty() || given == current) return absl::OkStatus();
  return refusal::Refuse(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                         {{"name", std::string(name)}, {"etag", std::string(current)}});
}

}  // namespace kepu::document
