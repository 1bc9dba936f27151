// The schemas of the OpenAPI document: one component per message and enum that the routes reach, by its full
// name. Used while the document is made; not thread-safe.
#pragma once

#include <map>
#include <string>

#include "google/protobuf/descriptor.h"

namespace kepu::gateway::transcode {

class OpenApiSchemas {
 public:
  // The schema of a field as a caller sees it, as JSON text; names the messages it needs as components.
  std::string Of(const google::protobuf::FieldDescriptor& field);
  std::string Of(const google::protobuf::Descriptor& message);

  // All components named so far, by name.
  const std::map<std::string, std::string>& components() const { return components_; }

 private:
  std::string Single(const google::protobuf::FieldDescriptor& field);
  std::string Describe(const google::protobuf::Descriptor& message);
  std::string Describe(const google::protobuf::EnumDescriptor& type);

  std::map<std::string, std::string> components_;
};

}  // namespace kepu::gateway::transcode
