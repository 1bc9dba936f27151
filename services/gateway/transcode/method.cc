#include "services/gateway/transcode/method.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor_database.h"
#include "kepu/options/v1/options.pb.h"
#include "kepu/options/v1/raw_body.pb.h"
#include "services/gateway/transcode/json_value.h"

namespace kepu::gateway::transcode {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// A field of bytes larger than this is a file; smaller ones fit what every body may have.
constexpr size_t kFileBytesMin = kJsonBytesMax / 2;
// Files lie in a request or in the resource that it carries.
constexpr int kFileDepthMax = 2;

size_t FileBytes(const Descriptor& message, int depth) {
  size_t bytes = 0;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.is_repeated()) continue;
    const auto most = static_cast<size_t>(field.options().GetExtension(options::v1::field).max_bytes());
    if (field.type() == FieldDescriptor::TYPE_BYTES && most > kFileBytesMin) bytes += (most + 2) / 3 * 4;
    if (field.message_type() != nullptr && depth < kFileDepthMax)
      bytes += FileBytes(*field.message_type(), depth + 1);
  }
  return bytes;
}

// Messages whose JSON form is whatever a caller puts there: nothing could be said about them beforehand.
bool IsOpenForm(const Descriptor& message) {
  switch (message.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_ANY:
    case Descriptor::WELLKNOWNTYPE_VALUE:
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return true;
    default:
      return false;
  }
}

// The first field under the message that has such a form.
const FieldDescriptor* OpenField(const Descriptor& message, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&message).second) return nullptr;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor* field = message.field(i);
    if (field->message_type() == nullptr) continue;
    if (IsOpenForm(*field->message_type())) return field;
    if (const FieldDescriptor* open = OpenField(*field->message_type(), seen)) return open;
  }
  return nullptr;
}

absl::StatusOr<Method> Describe(const MethodDescriptor& descriptor) {
  const auto& options = descriptor.options();
  auto missing = [&](absl::string_view what) {
    return absl::FailedPreconditionError(absl::StrCat(descriptor.full_name(), " ", what));
  };
  const auto& access = options.GetExtension(options::v1::access);
  const auto idempotency = options.GetExtension(options::v1::idempotency);
  if (access.kind() == options::v1::Access::KIND_UNSPECIFIED) return missing("lacks the access annotation");
  if (idempotency == options::v1::IDEMPOTENCY_UNSPECIFIED) return missing("lacks the idempotency annotation");
  if (descriptor.client_streaming()) return missing("streams from the client");
  Method method;
  method.descriptor = &descriptor;
  method.full_name = absl::StrCat("/", descriptor.service()->full_name(), "/", descriptor.name());
  const std::vector<std::string> words = absl::StrSplit(descriptor.file()->package(), '.');
  method.service = words.size() > 1 ? words[1] : words[0];
  method.access = access.kind() == options::v1::Access::PUBLIC ? AccessKind::kPublic
                  : access.kind() == options::v1::Access::USER ? AccessKind::kUser
                                                               : AccessKind::kRoles;
  method.changes = idempotency == options::v1::REQUEST_ID;
  method.reads = options.idempotency_level() == google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
  method.streams = descriptor.server_streaming();
  method.time_limit_s = options.GetExtension(options::v1::time_limit_s);
  method.raw = descriptor.output_type() == options::v1::RawBody::descriptor();
  for (int i = 0; i < descriptor.input_type()->field_count(); ++i) {
    method.hashes |= absl::EndsWith(descriptor.input_type()->field(i)->name(), "password");
  }
  method.body_bytes_max = kJsonBytesMax + FileBytes(*descriptor.input_type(), 1);
  std::set<const Descriptor*> seen;
  for (const Descriptor* type : {descriptor.input_type(), descriptor.output_type()}) {
    if (const FieldDescriptor* open = OpenField(*type, seen))
      return missing(absl::StrCat("reaches ", open->full_name(), ", which could hold anything"));
  }
  MessageFactory* factory = MessageFactory::generated_factory();
  method.request = factory->GetPrototype(descriptor.input_type());
  method.response = factory->GetPrototype(descriptor.output_type());
  if (method.request == nullptr || method.response == nullptr)
    return missing("has messages that are not linked");
  const FieldDescriptor* request_id = descriptor.input_type()->FindFieldByName("request_id");
  if (request_id != nullptr && request_id->type() == FieldDescriptor::TYPE_STRING &&
      !request_id->is_repeated()) {
    method.request_id = request_id;
  }
  if (method.changes && method.request_id == nullptr)
    return missing("changes something without a request_id");
  return method;
}

}  // namespace

absl::StatusOr<std::vector<Method>> PublicMethods(const std::vector<const ServiceDescriptor*>& services) {
  std::vector<Method> methods;
  for (const ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& descriptor = *service->method(i);
      const auto& access = descriptor.options().GetExtension(options::v1::access);
      if (access.kind() == options::v1::Access::INTERNAL) continue;
      absl::StatusOr<Method> method = Describe(descriptor);
      if (!method.ok()) return method.status();
      methods.push_back(*std::move(method));
    }
  }
  return methods;
}

std::vector<const ServiceDescriptor*> LinkedServices() {
  std::vector<std::string> files;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  std::sort(files.begin(), files.end());
  std::vector<const ServiceDescriptor*> services;
  for (const std::string& file : files) {
    if (!absl::StartsWith(file, "kepu/")) continue;
    const auto* descriptor = DescriptorPool::generated_pool()->FindFileByName(file);
    if (descriptor == nullptr) continue;
    for (int i = 0; i < descriptor->service_count(); ++i) services.push_back(descriptor->service(i));
  }
  return services;
}

}  // namespace kepu::gateway::transcode
