// A JSON value into a protobuf message by the proto3 JSON mapping: both spellings of names, enums by name or
// number, 64-bit integers as strings or numbers. All violations of a body are collected, each under its path
// as the caller wrote it. Stateless; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/transcode/json_value.h"

namespace kepu::gateway::transcode {

struct JsonReadOptions {
  // Connect's JSON ignores what it does not know; REST refuses it, so that a mistyped field is not lost.
  bool ignore_unknown = false;
};

// Fills `message` from an object.
void ReadMessage(const JsonDocument& document, const JsonValue& object, const std::string& path,
                 JsonReadOptions options, google::protobuf::Message& message, refusal::FieldErrors& errors);

// Sets one field of `message` (whole, when it is repeated or a map) from any value that fits it. Null leaves
// it unset.
void ReadField(const JsonDocument& document, const JsonValue& value, const std::string& path,
               JsonReadOptions options, const google::protobuf::FieldDescriptor& field,
               google::protobuf::Message& message, refusal::FieldErrors& errors);

// The paths of an update mask for what `object` holds: its leaves in snake_case, down to single nested
// messages. Fields that no caller may set, and `name` and `etag`, which say what to update rather than what
// to change, are left out.
std::vector<std::string> MaskOf(const JsonDocument& document, const JsonValue& object,
                                const google::protobuf::Descriptor& message);

}  // namespace kepu::gateway::transcode
