// One field from its text: how path variables, query parameters and JSON strings become protobuf values.
// Scalars, enums by name or number, and the messages whose JSON form is a text. Stateless; thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kepu::gateway::transcode {

// Sets `field`, or adds to it when it is repeated. Returns what is wrong and what would work; empty when it
// went well.
std::string SetFromText(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                        absl::string_view text);

// The same for a number as JSON writes it: 3, 3.0 and 3e0 are integers too.
std::string SetFromNumber(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                          absl::string_view number);

// Days are objects in bodies and plain text in queries: "2026-12-01".
bool IsDate(const google::protobuf::Descriptor& type);
std::string SetDate(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                    absl::string_view text);

void SetBool(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field, bool value);

}  // namespace kepu::gateway::transcode
