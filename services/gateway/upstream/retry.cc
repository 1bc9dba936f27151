#include "services/gateway/upstream/retry.h"

#include <algorithm>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/guard/admission.h"

namespace kepu::gateway::upstream {
namespace {

// Less than this is not worth asking again for.
constexpr absl::Duration kLeftLeast = absl::Milliseconds(50);

std::optional<absl::Duration> HintOf(const absl::Status& status) {
  const google::rpc::Status wire = refusal::ToWire(status);
  for (const auto& detail : wire.details()) {
    google::rpc::RetryInfo retry;
    if (!detail.UnpackTo(&retry)) continue;
    return absl::Seconds(retry.retry_delay().seconds()) + absl::Nanoseconds(retry.retry_delay().nanos());
  }
  return std::nullopt;
}

}  // namespace

std::optional<absl::Duration> PauseBefore(int attempts, const absl::Status& failure, double drawn,
                                          absl::Duration left) {
  if (attempts >= kAttemptsMax || left < kLeftLeast) return std::nullopt;
  std::optional<absl::Duration> hint;
  switch (failure.code()) {
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      // Of the transport: the other end is gone, going, or does not speak its language.
      if (!guard::IsUnanswered(failure)) return std::nullopt;
      break;
    case absl::StatusCode::kUnavailable:
      hint = HintOf(failure);
      if (!hint && !guard::IsUnanswered(failure)) return std::nullopt;
      break;
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kResourceExhausted:
      hint = HintOf(failure);
      if (!hint) return std::nullopt;
      break;
    default:
      return std::nullopt;
  }
  const absl::Duration most = std::min(kRetryMax, kRetryFirst * (1 << (attempts - 1)));
  const absl::Duration pause = hint.value_or(absl::ZeroDuration()) + most * drawn;
  if (pause + kLeftLeast > left) return std::nullopt;
  return pause;
}

void RetryBudget::Answered(const std::string& service) {
  const absl::MutexLock lock(&mutex_);
  const auto it = tokens_.find(service);
  if (it != tokens_.end()) it->second = std::min(kTokensMax, it->second + kTokenRatio);
}

bool RetryBudget::Failed(const std::string& service) {
  const absl::MutexLock lock(&mutex_);
  double& tokens = tokens_.try_emplace(service, kTokensMax).first->second;
  tokens = std::max(0.0, tokens - 1);
  return tokens > kTokensMax / 2;
}

}  // namespace kepu::gateway::upstream
