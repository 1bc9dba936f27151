#include "services/event/domain/document.h"

#include <exception>

namespace kepu::event::domain {

const google::protobuf::FieldDescriptor& DocumentField(const google::protobuf::Descriptor& type) {
  const google::protobuf::Descriptor& document = *record::Document::descriptor();
  for (int i = 0; i < document.field_count(); ++i)
    if (document.field(i)->message_type() == &type) return *document.field(i);
  std::terminate();
}

absl::Status Apply(Document& state, const record::Fact& fact) {
  if (!fact.has_document_put()) return absl::InternalError("a fact that is not of a document");
  ApplyPut(state, fact.document_put(), fact.time_us());
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
