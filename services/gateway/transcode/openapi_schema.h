// The schemas of the OpenAPI document: one component per message and enum that the routes reach, by its full
// name, and one per shape in which a message is sent as a body. Used while the document is made; not
// thread-safe.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "google/protobuf/descriptor.h"
#include "services/gateway/transcode/json_text.h"
#include "services/gateway/transcode/openapi.h"

namespace kepu::gateway::transcode {

// A comment as CommonMark: stars of names are no emphasis.
std::string Markdown(absl::string_view comment);

class OpenApiSchemas {
 public:
  using FieldTest = std::function<bool(const google::protobuf::FieldDescriptor&)>;

  explicit OpenApiSchemas(const Comments& comments) : comments_(comments) {}

  // The schema of a field as a caller sees it, as JSON text; names the messages it needs as components.
  // `described`: with its comment, where nothing around it says the same.
  std::string Of(const google::protobuf::FieldDescriptor& field, bool described = true);
  std::string Of(const google::protobuf::Descriptor& message);

  // A message as a body: without the fields that the path or the connection gives, and with the fields that
  // `optional` names no longer required (of a PATCH all of them). The same as Of where nothing differs.
  std::string OfBody(const google::protobuf::Descriptor& message, const FieldTest& left_out,
                     const FieldTest& optional);

  // The comment, when there is one, as the description.
  void Description(absl::string_view full_name, JsonText& json) const;

  // All components named so far, by name.
  const std::map<std::string, std::string>& components() const { return components_; }

 private:
  std::string Single(const google::protobuf::FieldDescriptor& field, bool described);
  std::string Describe(const google::protobuf::Descriptor& message, const FieldTest& left_out,
                       const FieldTest& optional);
  std::string Describe(const google::protobuf::EnumDescriptor& type);

  const Comments& comments_;
  std::map<std::string, std::string> components_;
};

}  // namespace kepu::gateway::transcode
