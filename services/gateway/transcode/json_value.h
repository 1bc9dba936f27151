// JSON text as a tree of values, read with hard limits before anything else sees it: size, depth, tokens,
// UTF-8, no duplicate keys, nothing after the value. The tree lives in one vector and points into the text it
// was read from, which must outlive it. Immutable once parsed; thread-safe to read.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::gateway::transcode {

// Protobuf's own parser is not a guard: nested arrays cost it seconds and a megabyte of empty objects 66 MB
// of heap. The public messages are far shallower than 16 levels, and 64 KiB of honest JSON has fewer than
// 20,000 tokens.
inline constexpr size_t kJsonBytesMax = 64 * 1024;
inline constexpr int kJsonDepthMax = 16;
inline constexpr size_t kJsonTokensMax = 20000;

struct JsonValue {
  enum class Kind : uint8_t { kNull, kTrue, kFalse, kNumber, kString, kArray, kObject };
  static constexpr uint32_t kNone = 0xffffffff;

  Kind kind = Kind::kNull;
  uint32_t first = kNone;  // of an array or object
  uint32_t next = kNone;   // the next sibling
  absl::string_view key;   // of an object's member, decoded
  absl::string_view text;  // of a string, decoded; of a number, as written
};

class JsonDocument {
 public:
  // INVALID_ARGUMENT saying what is wrong and at which byte. `bytes_max` is more for methods that take a
  // file.
  static absl::StatusOr<JsonDocument> Parse(absl::string_view text, size_t bytes_max = kJsonBytesMax);

  JsonDocument(JsonDocument&&) = default;
  JsonDocument& operator=(JsonDocument&&) = default;

  const JsonValue& root() const { return values_[0]; }
  const JsonValue* First(const JsonValue& parent) const { return At(parent.first); }
  const JsonValue* Next(const JsonValue& value) const { return At(value.next); }
  const JsonValue* Member(const JsonValue& object, absl::string_view key) const;

 private:
  friend class JsonParser;
  JsonDocument() = default;
  const JsonValue* At(uint32_t index) const { return index == JsonValue::kNone ? nullptr : &values_[index]; }

  std::vector<JsonValue> values_;
  std::deque<std::string> decoded_;  // strings that had escapes; a deque because views point into it
};

}  // namespace kepu::gateway::transcode
