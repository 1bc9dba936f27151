// The etag of a resource counts its changes. Pure; thread-safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kepu::venue {

std::string NextEtag(const std::string& etag);

// ETAG_MISMATCH when the caller has seen another one; an empty one matches whatever stands.
absl::Status CheckEtag(absl::string_view name, const std::string& given, const std::string& stands);

}  // namespace kepu::venue
