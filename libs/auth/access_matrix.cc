#include "libs/auth/access_matrix.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/auth/access.h"
#include "libs/refusal/refusal.h"

namespace kepu::auth {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using options::v1::Access;

// Field rules nest; nothing of ours deeper than this.
constexpr int kMaxDepth = 6;

Expected ExpectOfRoles(const Access& access, Standing standing, bool role_listed) {
  if (standing == Standing::kOwner && access.owner()) return Expected::kAllowed;
  const bool held =
      standing == Standing::kOwn || (standing == Standing::kForeign && access.held() == Access::ANYWHERE);
  if (role_listed && held) return Expected::kAllowed;
  // What belongs to somebody is there for its owner and for those who look after it, and for nobody else.
  if (access.owner()) return Expected::kHidden;
  if (!role_listed) return Expected::kDenied;
  return access.scope().empty() ? Expected::kDenied : Expected::kHidden;
}

Expected Expect(const Access& access, Standing standing, bool role_listed) {
  const bool user = standing != Standing::kNobody && standing != Standing::kService;
  switch (access.kind()) {
    case Access::PUBLIC:
      return Expected::kAllowed;
    case Access::USER:
      if (!user) return Expected::kUnauthenticated;
      return access.owner() && standing != Standing::kOwner ? Expected::kHidden : Expected::kAllowed;
    case Access::INTERNAL:
      return standing == Standing::kService ? Expected::kAllowed : Expected::kDenied;
    case Access::ROLES:
      return user ? ExpectOfRoles(access, standing, role_listed) : Expected::kUnauthenticated;
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

absl::string_view NameOf(Standing standing) {
  switch (standing) {
    case Standing::kNobody:
      return "nobody";
    case Standing::kNoRole:
      return "a user without roles";
    case Standing::kOwner:
      return "the owner";
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

Access AnnotationOf(const google::protobuf::MethodDescriptor& method) {
  return method.options().GetExtension(options::v1::access);
}

absl::string_view NameOf(Expected expected) {
  switch (expected) {
    case Expected::kAllowed:
      return "let in";
    case Expected::kUnauthenticated:
      return "asked to log in";
    case Expected::kDenied:
      return "denied";
    case Expected::kHidden:
      return "told that nothing is there";
  }
  return "?";
}

void SetTextAt(Message& message, absl::string_view path, const std::string& value) {
  Message* at = &message;
  const std::vector<std::string> parts = absl::StrSplit(path, '.');
  for (size_t i = 0; i < parts.size(); ++i) {
    const FieldDescriptor* field = at->GetDescriptor()->FindFieldByName(parts[i]);
    if (field == nullptr) return;
    const auto& reflection = *at->GetReflection();
    if (i + 1 < parts.size() && field->is_repeated()) {
      at = reflection.FieldSize(*at, field) > 0 ? reflection.MutableRepeatedMessage(at, field, 0)
                                                : reflection.AddMessage(at, field);
    } else if (i + 1 < parts.size()) {
      at = reflection.MutableMessage(at, field);
    } else if (field->is_repeated()) {
      reflection.ClearField(at, field);
      reflection.AddString(at, field, value);
    } else {
      reflection.SetString(at, field, value);
    }
  }
}

std::string AccessCase::Describe() const {
  return absl::StrCat(std::string(method->full_name()), " by ", NameOf(standing), " ", role);
}

std::vector<AccessCase> AccessMatrix(const std::vector<const google::protobuf::ServiceDescriptor*>& services,
                                     const std::vector<std::string>& roles, const AccessOf& access_of) {
  std::vector<AccessCase> cases;
  for (const auto* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      const Access access = access_of(*method);
      auto add = [&](Standing standing, const std::string& role, bool listed) {
        cases.push_back({method, access, standing, role, Expect(access, standing, listed)});
      };
      for (Standing standing : {Standing::kNobody, Standing::kNoRole, Standing::kService})
        add(standing, "", false);
      if (access.owner()) add(Standing::kOwner, "", false);
      for (const std::string& role : roles) {
        const bool listed =
            std::find(access.roles().begin(), access.roles().end(), role) != access.roles().end();
        add(Standing::kOwn, role, listed);
        add(Standing::kForeign, role, listed);
      }
    }
  }
  return cases;
}

rpc::Principal CallerOf(const AccessCase& access_case, const std::string& own, const std::string& foreign,
                        const std::string& owner) {
  rpc::Principal caller;
  const Access& access = access_case.access;
  switch (access_case.standing) {
    case Standing::kNobody:
      return caller;
    case Standing::kService:
      caller.service = "tester";
      return caller;
    case Standing::kOwner:
      caller.name = owner;
      return caller;
    case Standing::kNoRole:
      break;
    case Standing::kOwn:
      caller.grants.push_back(
          {access_case.role, access.scope().empty() && access.held() != Access::ANYWHERE ? kCity : own});
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
  SetTextAt(*request, "request_id", "sample-1");
  const Access& access = method.options().GetExtension(options::v1::access);
  if (!access.scope().empty()) SetTextAt(*request, access.scope(), scope);
  return request;
}

Expected Meaning(const absl::Status& status) {
  const std::string reason = refusal::ReasonOf(status);
  if (reason == "UNAUTHENTICATED") return Expected::kUnauthenticated;
  if (reason == "PERMISSION_DENIED" || reason == "INTERNAL_ONLY") return Expected::kDenied;
  return reason == "NOT_FOUND" ? Expected::kHidden : Expected::kAllowed;
}

}  // namespace kepu::auth
