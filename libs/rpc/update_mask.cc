#include "libs/rpc/update_mask.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/field_mask.pb.h"
#include "libs/refusal/refusal.h"

namespace kepu::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool HasPath(const Descriptor* type, absl::string_view path) {
  for (absl::string_view segment : absl::StrSplit(path, '.')) {
    const FieldDescriptor* field = type == nullptr ? nullptr : type->FindFieldByName(std::string(segment));
    if (field == nullptr) return false;
    type = field->is_repeated() ? nullptr : field->message_type();
  }
  return true;
}

}  // namespace

UpdateFields FindUpdateFields(const Descriptor& request_type) {
  UpdateFields fields;
  std::vector<const FieldDescriptor*> others;
  for (int i = 0; i < request_type.field_count(); ++i) {
    const FieldDescriptor* field = request_type.field(i);
    if (field->message_type() == nullptr || field->is_repeated()) continue;
    if (field->name() == "update_mask" && field->message_type()->full_name() == "google.protobuf.FieldMask") {
      fields.mask = field;
    } else if (!absl::StartsWith(field->message_type()->full_name(), "google.")) {
      others.push_back(field);
    }
  }
  const auto named = std::find_if(others.begin(), others.end(), [&](const FieldDescriptor* field) {
    return absl::StrCat("Update", field->message_type()->name(), "Request") == request_type.name();
  });
  if (named != others.end()) {
    fields.resource = *named;
  } else if (others.size() == 1) {
    fields.resource = others[0];
  }
  return fields.mask == nullptr || fields.resource == nullptr ? UpdateFields{} : fields;
}

UpdateMask::UpdateMask(const UpdateFields& fields, const google::protobuf::Message& request,
                       refusal::FieldErrors& errors) {
  const auto& mask = request.GetReflection()->GetMessage(request, fields.mask);
  const FieldDescriptor* paths =
      mask.GetDescriptor()->FindFieldByNumber(google::protobuf::FieldMask::kPathsFieldNumber);
  const int count = mask.GetReflection()->FieldSize(mask, paths);
  for (int i = 0; i < count; ++i) {
    std::string path = mask.GetReflection()->GetRepeatedString(mask, paths, i);
    if (path == "*") {
      everything_ = true;
    } else if (!HasPath(fields.resource->message_type(), path)) {
      errors.Add(
          absl::StrCat("update_mask.paths[", i, "]"),
          absl::StrCat("there is no such field in ", fields.resource->name(), ": name fields of it, like \"",
                       fields.resource->message_type()->field(0)->name(), "\""));
    } else {
      paths_.push_back(std::move(path));
    }
  }
}

bool UpdateMask::Writes(absl::string_view path) const {
  // The name says which resource it is, whatever else is written.
  if (everything_ || path == "name") return true;
  if (paths_.empty()) return absl::StrContains(path, '.');
  return std::any_of(paths_.begin(), paths_.end(), [&](const std::string& written) {
    return path == written || (absl::StartsWith(path, written) && path[written.size()] == '.');
  });
}

}  // namespace kepu::rpc
