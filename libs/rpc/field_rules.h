// The rules that a request's fields carry in kepu.options.field, applied to a whole message: output-only
// fields are cleared, everything else that is wrong is collected with its path. What there is to check is
// worked out once per message type. Filled at start-up, then immutable and thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kepu::refusal {
class FieldErrors;
}

namespace kepu::rpc {

// Bounds of a field that names none of its own.
inline constexpr int32_t kDefaultMaxBytes = 1024;
inline constexpr int32_t kDefaultMaxItems = 100;
// Rules are checked this deep; deeper messages are refused. Nothing of ours nests deeper than six.
inline constexpr int kMaxDepth = 16;

class FieldRules {
 public:
  FieldRules();
  ~FieldRules();
  FieldRules(const FieldRules&) = delete;
  FieldRules& operator=(const FieldRules&) = delete;

  // Works out the plan of a request type and of everything in it.
  void Learn(const google::protobuf::Descriptor& request_type);

  // Clears and checks `request`, whose type was learned and which was parsed from `bytes`.
  void Apply(absl::string_view bytes, google::protobuf::Message& request, refusal::FieldErrors& errors) const;

  struct MessagePlan;

 private:
  const MessagePlan* Plan(const google::protobuf::Descriptor& type);

  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<MessagePlan>> plans_;
};

// Where text in `bytes`, which would not parse as a `type`, is not UTF-8: its path, or empty when that is not
// the trouble.
std::string FindBadText(const google::protobuf::Descriptor& type, absl::string_view bytes);

}  // namespace kepu::rpc
