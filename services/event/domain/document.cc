#include "services/event/domain/document.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace kepu::event::domain {

std::string DocumentKey(absl::string_view name) {
  // Events and programmes keep the keys that they had before they were documents.
  const bool deep = std::count(name.begin(), name.end(), '/') > 1;
  if (!deep && absl::StartsWith(name, "events/")) return absl::StrCat("event/", name.substr(7));
  if (!deep && absl::StartsWith(name, "programmes/")) return absl::StrCat("programme/", name.substr(11));
  return absl::StrCat("document/", name);
}

absl::Status Apply(Document& state, const record::Fact& fact) {
  if (!fact.has_document_put()) return absl::InternalError("a fact that is not of a document");
  document::ApplyPut(state, fact.document_put(), fact.time_us());
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
