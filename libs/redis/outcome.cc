#include "libs/redis/outcome.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "libs/redis/client.h"

namespace kepu::redis {
namespace {

constexpr char kMayHaveRun[] = "kepu.redis/may-have-run";

}  // namespace

absl::Status NotRun(absl::string_view why) { return absl::UnavailableError(absl::StrCat("redis: ", why)); }

absl::Status OutcomeUnknown(absl::Status status) {
  status.SetPayload(kMayHaveRun, absl::Cord());
  return status;
}

bool MayHaveRun(const absl::Status& status) { return status.GetPayload(kMayHaveRun).has_value(); }

}  // namespace kepu::redis
