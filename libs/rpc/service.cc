#include "libs/rpc/service.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/stubs/logging.h"
#include "kepu/options/v1/options.pb.h"
#include "libs/log/log.h"
#include "libs/refusal/refusal.h"

namespace kepu::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using options::v1::Access;

constexpr size_t kMaxRequestIdBytes = 64;
constexpr char kRequestIdRule[] =
    "is required: 1 to 64 printable ASCII characters that name this call and stay the same when it is sent "
    "again, for "
    "example a UUID: \"6b1f0c9e-54f0-4c2a-9d57-0d3c7b1a2e44\"";

bool IsPrintable(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool IsPreview(const Message& request) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("validate_only");
  return field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL && !field->is_repeated() &&
         request.GetReflection()->GetBool(request, field);
}

const FieldDescriptor* RequestIdField(const Descriptor& type) {
  const FieldDescriptor* field = type.FindFieldByName("request_id");
  return field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated() ? field
                                                                                                    : nullptr;
}

bool IsTextPath(const Descriptor* type, absl::string_view path) {
  const FieldDescriptor* field = nullptr;
  for (absl::string_view segment : absl::StrSplit(path, '.')) {
    field = type == nullptr ? nullptr : type->FindFieldByName(std::string(segment));
    if (field == nullptr || field->is_repeated()) return false;
    type = field->message_type();
  }
  return field->type() == FieldDescriptor::TYPE_STRING;
}

// What is wrong with a method's annotations; empty when nothing is.
std::string AnnotationDefect(const MethodDescriptor& method) {
  const auto& access = method.options().GetExtension(options::v1::access);
  const auto idempotency = method.options().GetExtension(options::v1::idempotency);
  if (access.kind() == Access::KIND_UNSPECIFIED) return "has no kepu.options.v1.access";
  if (idempotency == options::v1::IDEMPOTENCY_UNSPECIFIED) return "has no kepu.options.v1.idempotency";
  if (access.kind() != Access::INTERNAL && !method.options().HasExtension(google::api::http)) {
    return "has no google.api.http";
  }
  if (access.kind() == Access::ROLES && access.roles().empty()) return "names no roles";
  if (!access.scope().empty() && !IsTextPath(method.input_type(), access.scope())) {
    return absl::StrCat("has the scope \"", access.scope(), "\", which is no text field of its request");
  }
  if (idempotency == options::v1::REQUEST_ID && RequestIdField(*method.input_type()) == nullptr) {
    return "changes something but has no request_id";
  }
  return {};
}

// Protobuf complains on standard error about requests that are not UTF-8: those are answered, and its lines
// are no JSON.
void WriteLibraryLine(google::protobuf::LogLevel level, const char* file, int line,
                      const std::string& message) {
  log::Write(level == google::protobuf::LOGLEVEL_FATAL ? log::Level::kError : log::Level::kDebug,
             "protobuf says", {{"text", message}, {"file", file}, {"line", line}});
}

absl::Status Unreadable(const Descriptor& type, const std::string& bytes) {
  const std::string bad_text = FindBadText(type, bytes);
  if (!bad_text.empty()) return refusal::BadField(bad_text, "must be valid UTF-8");
  return refusal::BadField("request", absl::StrCat("is not a readable ", type.full_name()));
}

}  // namespace

Service::Service(const Authorizer& authorizer) : authorizer_(authorizer) {
  google::protobuf::SetLogHandler(WriteLibraryLine);
}

absl::Status Service::Seal() const {
  if (!defects_.empty()) return absl::FailedPreconditionError(defects_.front());
  std::set<const google::protobuf::ServiceDescriptor*> services;
  for (const auto& [name, method] : methods_) services.insert(method.descriptor->service());
  for (const auto* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      const std::string name = absl::StrCat("/", service->full_name(), "/", method.name());
      if (!methods_.contains(name))
        return absl::FailedPreconditionError(absl::StrCat(name, " has no handler"));
      if (std::string defect = AnnotationDefect(method); !defect.empty()) {
        return absl::FailedPreconditionError(absl::StrCat(name, " ", defect));
      }
    }
  }
  return absl::OkStatus();
}

void Service::Dispatch(absl::string_view full_method, Call call) const {
  auto it = methods_.find(full_method);
  if (it == methods_.end()) {
    return call.Finish(refusal::Refuse(absl::StatusCode::kUnimplemented, "UNIMPLEMENTED",
                                       {{"method", std::string(full_method)}}));
  }
  it->second.handler(std::move(call));
}

void Service::Add(absl::string_view full_service, absl::string_view method, const Descriptor& request,
                  const Descriptor& response, Adapter adapter) {
  const std::string name = absl::StrCat("/", full_service, "/", method);
  const auto* service = request.file()->pool()->FindServiceByName(std::string(full_service));
  const MethodDescriptor* descriptor =
      service == nullptr ? nullptr : service->FindMethodByName(std::string(method));
  if (descriptor == nullptr) {
    defects_.push_back(absl::StrCat(name, " is no method of the contract"));
    return;
  }
  if (descriptor->input_type() != &request || descriptor->output_type() != &response) {
    defects_.push_back(
        absl::StrCat(name, " does not take ", request.full_name(), " and answer ", response.full_name()));
    return;
  }
  rules_.Learn(request);
  const FieldDescriptor* request_id = RequestIdField(request);
  if (request_id != nullptr &&
      descriptor->options().GetExtension(options::v1::idempotency) == options::v1::REQUEST_ID) {
    request_ids_[descriptor] = request_id;
  }
  Method made;
  made.descriptor = descriptor;
  made.handler = [descriptor, adapter = std::move(adapter)](Call call) {
    adapter(*descriptor, std::move(call));
  };
  if (!methods_.try_emplace(name, std::move(made)).second)
    defects_.push_back(absl::StrCat(name, " has two handlers"));
}

absl::Status Service::Decode(const MethodDescriptor& method, const Call& call, Message& request) const {
  if (!request.ParseFromString(call.request_bytes()))
    return Unreadable(*method.input_type(), call.request_bytes());
  refusal::FieldErrors errors;
  rules_.Apply(call.request_bytes(), request, errors);
  if (auto it = request_ids_.find(&method); it != request_ids_.end()) {
    std::string scratch;
    const std::string& id = request.GetReflection()->GetStringReference(request, it->second, &scratch);
    const bool named = !id.empty() && id.size() <= kMaxRequestIdBytes && IsPrintable(id);
    // A preview changes nothing, so it needs no name.
    if (!named && !IsPreview(request)) errors.Add("request_id", kRequestIdRule);
  }
  if (!errors.empty()) return errors.ToStatus();
  return authorizer_.Check(method, call.context(), request);
}

}  // namespace kepu::rpc
