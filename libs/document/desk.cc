#include "libs/document/desk.h"

namespace kepu::document {

uint32_t PartitionOf(absl::string_view name) { return names::PartitionOf(name.substr(name.rfind('/') + 1)); }

absl::Status CheckEtag(absl::string_view given, absl::string_view current, absl::string_view name) {
  if (given.empty() || given == current) return absl::OkStatus();
  return refusal::Refuse(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                         {{"name", std::string(name)}, {"etag", std::string(current)}});
}

}  // namespace kepu::document
