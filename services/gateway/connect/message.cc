#include "services/gateway/connect/message.h"

#include <algorithm>

#include "google/protobuf/arena.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/transcode/json_read.h"
#include "services/gateway/transcode/json_value.h"

namespace kepu::gateway::connect {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

// What an Arena may begin with on the stack: most requests cost no allocation.
constexpr size_t kScratchBytes = 2048;
// The longest request_id there is.
constexpr size_t kKeyBytesMax = 64;

const FieldDescriptor* TextField(const transcode::Method& method, const char* name) {
  const FieldDescriptor* field = method.descriptor->input_type()->FindFieldByName(name);
  if (field == nullptr || field->type() != FieldDescriptor::TYPE_STRING || field->is_repeated())
    return nullptr;
  return field;
}

// Of one that stands twice the last counts, so what is appended holds.
void AppendText(int number, absl::string_view text, std::string& bytes) {
  google::protobuf::io::StringOutputStream out(&bytes);
  google::protobuf::io::CodedOutputStream coded(&out);
  coded.WriteTag(WireFormatLite::MakeTag(number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED));
  coded.WriteVarint32(static_cast<uint32_t>(text.size()));
  coded.WriteRaw(text.data(), static_cast<int>(text.size()));
}

// Walks over the fields of a message; false when it is none. `*has` says whether the text of that number is
// there and not empty.
bool Walk(absl::string_view bytes, int number, bool* has) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  const uint32_t wanted = WireFormatLite::MakeTag(number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  while (const uint32_t tag = in.ReadTag()) {
    if (tag == wanted) {
      uint32_t size = 0;
      if (!in.ReadVarint32(&size) || !in.Skip(static_cast<int>(size))) return false;
      *has = size > 0;
    } else if (!WireFormatLite::SkipField(&in, tag)) {
      return false;
    }
  }
  return in.ConsumedEntireMessage() && in.CurrentPosition() == static_cast<int>(bytes.size());
}

bool IsKey(absl::string_view key) {
  return key.size() <= kKeyBytesMax &&
         std::all_of(key.begin(), key.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

absl::StatusOr<ReadyMessage> FromBytes(const transcode::Method& method, std::string bytes,
                                       const Beside& beside) {
  ReadyMessage ready;
  ready.bytes = std::move(bytes);
  const int request_id = method.request_id == nullptr ? 0 : method.request_id->number();
  if (!Walk(ready.bytes, request_id, &ready.has_request_id)) {
    return refusal::Refuse(absl::StatusCode::kInvalidArgument, "MESSAGE_UNREADABLE",
                           {{"type", method.descriptor->input_type()->full_name()}});
  }
  if (request_id != 0 && !ready.has_request_id && !beside.idempotency_key.empty()) {
    if (!IsKey(beside.idempotency_key))
      return refusal::BadField("Idempotency-Key", "must be 1 to 64 printable characters");
    AppendText(request_id, beside.idempotency_key, ready.bytes);
    ready.has_request_id = true;
  }
  if (const FieldDescriptor* address = TextField(method, "client_address"); address != nullptr)
    AppendText(address->number(), beside.peer, ready.bytes);
  return ready;
}

absl::StatusOr<ReadyMessage> FromJson(const transcode::Method& method, absl::string_view json,
                                      const Beside& beside) {
  absl::StatusOr<transcode::JsonDocument> document = transcode::JsonDocument::Parse(json);
  if (!document.ok()) return document.status();
  char scratch[kScratchBytes];
  google::protobuf::Arena arena(scratch, sizeof(scratch));
  google::protobuf::Message& message = *method.request->New(&arena);
  refusal::FieldErrors errors;
  transcode::ReadMessage(*document, document->root(), "", {.ignore_unknown = true}, message, errors);
  if (!errors.empty()) return errors.ToStatus();
  std::string bytes;
  if (!message.SerializeToString(&bytes)) return absl::InternalError("request cannot be serialized");
  return FromBytes(method, std::move(bytes), beside);
}

}  // namespace kepu::gateway::connect
