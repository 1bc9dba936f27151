// The query of Connect's GET: the message and how it is written, in any order; what is unknown is ignored.
// Pure; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::gateway::connect {

struct GetQuery {
  std::string encoding;     // as given: "proto", "json", or what is none
  std::string compression;  // as given; empty for none
  std::string message;      // decoded, and still compressed

  friend bool operator==(const GetQuery&, const GetQuery&) = default;
};

// INVALID_ARGUMENT naming the parameter that is missing, given twice or unreadable.
absl::StatusOr<GetQuery> ReadGetQuery(absl::string_view query);

}  // namespace kepu::gateway::connect
