#include "services/volunteer/domain/document.h"

#include "absl/strings/str_cat.h"

namespace kepu::volunteer::domain {

std::string DocumentKey(absl::string_view name) { return absl::StrCat("document/", name); }

absl::Status Apply(Document& state, const record::Fact& fact) {
  if (!fact.has_document_put()) return absl::InternalError("a fact that is not of a document");
  document::ApplyPut(state, fact.document_put(), fact.time_us());
  return absl::OkStatus();
}

}  // namespace kepu::volunteer::domain
