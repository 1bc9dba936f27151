// Examples for the OpenAPI document: plausible JSON of a field or message that fits its own schema, small
// enough to read. Pure; thread-safe.
#pragma once

#include <functional>
#include <string>

#include "google/protobuf/descriptor.h"
#include "services/gateway/transcode/openapi.h"

namespace kepu::gateway::transcode {

// "venues" as "venue", "activities" as "activity".
std::string Singular(absl::string_view plural);

enum class ExampleOf {
  kRequest,  // what a caller sends: the required fields, or the first few where none is
  kAnswer,   // what comes back: plain fields, and required ones at any depth
};

// `leaves_out` says which fields of the message itself are not told (those that a path gives).
std::string Example(
    const google::protobuf::Descriptor& message, ExampleOf kind, const Comments& comments,
    const std::function<bool(const google::protobuf::FieldDescriptor&)>& leaves_out = nullptr);

// One value of the field, of a repeated one a list of one.
std::string ExampleOfField(const google::protobuf::FieldDescriptor& field, ExampleOf kind,
                           const Comments& comments);

}  // namespace kepu::gateway::transcode
