#include "services/venue/domain/etag.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::venue {

std::string NextEtag(const std::string& etag) {
  int64_t revision = 0;
  return absl::StrCat((absl::SimpleAtoi(etag, &revision) ? revision : 0) + 1);
}

absl::Status CheckEtag(absl::string_view name, const std::string& given, const std::string& stands) {
  if (given.empty() || given == stands) return absl::OkStatus();
  return refusal::Refuse(absl::StatusCode::kAborted, "ETAG_MISMATCH", {{"name", std::string(name)}});
}

}  // namespace kepu::venue
