#include "libs/auth/access_matrix.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "kepu/options/v1/options.pb.h"
#include "libs/auth/access.h"

namespace kepu::auth {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using options::v1::Access;

// Field rules nest; nothing of ours deeper than this.
constexpr int kMaxDepth = 6;

Expected Expect(const Access& access, Standing standing, bool role_listed) {
  const bool user =
      standing == Standing::kNoRole || standing == Standing::kOwn || standing == Standing::kForeign;
  switch (access.kind()) {
    case Access::PUBLIC:
      return Expected::kAllowed;
    case Access::USER:
      return user ? Expected::kAllowed : Expected::kUnauthenticated;
    case Access::INTERNAL:
      return standing == Standing::kService ? Expected::kAllowed : Expected::kDenied;
    case Access::ROLES:
      if (!user) return Expected::kUnauthenticated;
      if (access.owner()) return Expected::kAllowed;
      if (standing == Standing::kNoRole || !role_listed) return Expected::kDenied;
      if (standing == Standing::kOwn) return Expected::kAllowed;
      return access.scope().empty() ? Expected::kDenied : Expected::kHidden;
    default:
      return Expected::kDenied;
  }
}

void FillScalar(Message& message, const FieldDescriptor& field, const options::v1::FieldRule& rule) {
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      reflection.SetString(&message, &field, "x");
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      reflection.SetEnumValue(&message, &field,
                              field.enum_type()->value(field.enum_type()->value_count() > 1)->number());
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection.SetBool(&message, &field, true);
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      reflection.SetInt32(&message, &field, static_cast<int32_t>(std::max<int64_t>(rule.min(), 1)));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      reflection.SetInt64(&message, &field, std::max<int64_t>(rule.min(), 1));
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      reflection.SetDouble(&message, &field, 1);
      break;
    default:
      break;
  }
}

void FillRequired(Message& message, int depth) {
  const auto& reflection = *message.GetReflection();
  const auto& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const auto& rule = field.options().GetExtension(options::v1::field);
    if (!rule.required() || depth > kMaxDepth) continue;
    if (field.is_repeated()) {
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) reflection.AddString(&message, &field, "x");
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        FillRequired(*reflection.AddMessage(&message, &field), depth + 1);
      }
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      FillRequired(*reflection.MutableMessage(&message, &field), depth + 1);
    } else {
      FillScalar(message, field, rule);
    }
  }
}

void SetAt(Message& message, absl::string_view path, const std::string& value) {
  Message* at = &message;
  const std::vector<std::string> parts = absl::StrSplit(path, '.');
  for (size_t i = 0; i < parts.size(); ++i) {
    const FieldDescriptor* field = at->GetDescriptor()->FindFieldByName(parts[i]);
    if (field == nullptr) return;
    const auto& reflection = *at->GetReflection();
    if (i + 1 < parts.size()) {
      at = reflection.MutableMessage(at, field);
    } else if (field->is_repeated()) {
      reflection.ClearField(at, field);
      reflection.AddString(at, field, value);
    } else {
      reflection.SetString(at, field, value);
    }
  }
}

absl::string_view NameOf(Standing standing) {
  switch (standing) {
    case Standing::kNobody:
      return "nobody";
    case Standing::kNoRole:
      return "a user without roles";
    case Standing::kOwn:
      return "own";
    case Standing::kForeign:
      return "foreign";
    case Standing::kService:
      return "a service";
  }
  return "?";
}

}  // namespace

std::string AccessCase::Describe() const {
  return absl::StrCat(std::string(method->full_name()), " by ", NameOf(standing), " ", role);
}

std::vector<AccessCase> AccessMatrix(const std::vector<const google::protobuf::ServiceDescriptor*>& services,
                                     const std::vector<std::string>& roles) {
  std::vector<AccessCase> cases;
  for (const auto* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      const Access& access = method->options().GetExtension(options::v1::access);
      for (Standing standing : {Standing::kNobody, Standing::kNoRole, Standing::kService}) {
        cases.push_back({method, standing, "", Expect(access, standing, false)});
      }
      for (const std::string& role : roles) {
        const bool listed =
            std::find(access.roles().begin(), access.roles().end(), role) != access.roles().end();
        for (Standing standing : {Standing::kOwn, Standing::kForeign}) {
          cases.push_back({method, standing, role, Expect(access, standing, listed)});
        }
      }
    }
  }
  return cases;
}

rpc::Principal CallerOf(const AccessCase& access_case, const std::string& own, const std::string& foreign) {
  rpc::Principal caller;
  const Access& access = access_case.method->options().GetExtension(options::v1::access);
  switch (access_case.standing) {
    case Standing::kNobody:
      return caller;
    case Standing::kService:
      caller.service = "tester";
      return caller;
    case Standing::kNoRole:
      break;
    case Standing::kOwn:
      caller.grants.push_back({access_case.role, access.scope().empty() ? kCity : own});
      break;
    case Standing::kForeign:
      caller.grants.push_back({access_case.role, foreign});
      break;
  }
  caller.name = "users/aaaaaaaaaaaaaaaaaaaaaa";
  return caller;
}

std::unique_ptr<Message> SampleRequest(const google::protobuf::MethodDescriptor& method,
                                       const std::string& scope) {
  const auto* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.input_type());
  std::unique_ptr<Message> request(prototype->New());
  FillRequired(*request, 0);
  SetAt(*request, "request_id", "sample-1");
  const Access& access = method.options().GetExtension(options::v1::access);
  if (!access.scope().empty()) SetAt(*request, access.scope(), scope);
  return request;
}

Expected Meaning(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnauthenticated:
      return Expected::kUnauthenticated;
    case absl::StatusCode::kPermissionDenied:
      return Expected::kDenied;
    case absl::StatusCode::kNotFound:
      return Expected::kHidden;
    default:
      return Expected::kAllowed;
  }
}

}  // namespace kepu::auth
