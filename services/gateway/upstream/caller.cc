#include "services/gateway/upstream/caller.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/upstream/marks.h"

namespace kepu::gateway::upstream {
namespace {

constexpr absl::Duration kDownRetry = absl::Seconds(1);
// By the gRPC and Connect specifications.
constexpr size_t kGrpcTimeoutDigits = 8;
constexpr size_t kConnectTimeoutDigits = 10;

// UNAVAILABLE without a reason of ours comes from the transport: the service is not there.
bool IsDown(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable && refusal::ReasonOf(status).empty();
}

absl::Status Down(const Target& target) {
  return refusal::TryLater(absl::StatusCode::kUnavailable, "SERVICE_DOWN", kDownRetry,
                           {{"service", target.service}});
}

// A call that may be sent once more.
struct Attempt {
  Upstream& upstream;
  Target target;
  rpc::Context context;
  std::string request;
  Done done;
};

void Finish(const Target& target, absl::StatusOr<rpc::PeerAnswer> answer, Done& done) {
  if (!answer.ok() && IsDown(answer.status())) return done(Down(target));
  done(std::move(answer));
}

std::optional<absl::Duration> GrpcUnit(char unit) {
  switch (unit) {
    case 'H':
      return absl::Hours(1);
    case 'M':
      return absl::Minutes(1);
    case 'S':
      return absl::Seconds(1);
    case 'm':
      return absl::Milliseconds(1);
    case 'u':
      return absl::Microseconds(1);
    case 'n':
      return absl::Nanoseconds(1);
    default:
      return std::nullopt;
  }
}

bool ReadDigits(absl::string_view text, size_t digits_max, int64_t* value) {
  return !text.empty() && text.size() <= digits_max &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit) && absl::SimpleAtoi(text, value);
}

}  // namespace

void Caller::Call(const Target& target, rpc::Context context, std::string request, const CallRules& rules,
                  Done done) {
  if (absl::Status status = SiftMarks(target, rules.changes, context.principal); !status.ok())
    return done(status);
  absl::Duration limit = rules.changes ? kWriteDeadline : kReadDeadline;
  if (rules.hashes) limit = kPasswordDeadline;
  if (rules.own_limit > absl::ZeroDuration()) limit = rules.own_limit;
  if (rules.timeout) limit = std::min(limit, *rules.timeout);
  context.deadline = upstream_.SteadyNow() + limit;
  if (rules.changes && !rules.has_request_id) {
    upstream_.Call(target, context, std::move(request),
                   [target, done = std::move(done)](absl::StatusOr<rpc::PeerAnswer> answer) mutable {
                     Finish(target, std::move(answer), done);
                   });
    return;
  }
  auto attempt = std::make_unique<Attempt>(
      Attempt{upstream_, target, std::move(context), std::move(request), std::move(done)});
  // The call needs its own copy of what may be sent again.
  Attempt& first = *attempt;
  std::string copy = first.request;
  upstream_.Call(first.target, first.context, std::move(copy),
                 [attempt = std::move(attempt)](absl::StatusOr<rpc::PeerAnswer> answer) mutable {
                   Attempt& again = *attempt;
                   const bool late = again.upstream.SteadyNow() >= again.context.deadline;
                   if (answer.ok() || !IsDown(answer.status()) || late) {
                     return Finish(again.target, std::move(answer), again.done);
                   }
                   again.context.repeat = true;
                   std::string request_bytes = std::move(again.request);
                   again.upstream.Call(
                       again.target, again.context, std::move(request_bytes),
                       [attempt = std::move(attempt)](absl::StatusOr<rpc::PeerAnswer> second) {
                         Finish(attempt->target, std::move(second), attempt->done);
                       });
                 });
}

std::shared_ptr<Stream> Caller::Open(const Target& target, rpc::Context context, std::string request,
                                     const CallRules& rules, StreamCallbacks callbacks) {
  // Streams only read; none of them wants more than a login.
  if (!SiftMarks(target, rules.changes, context.principal).ok()) context.principal.grants.clear();
  context.deadline =
      upstream_.SteadyNow() + std::min(kStreamLifetime, rules.timeout.value_or(kStreamLifetime));
  callbacks.on_end = [target, on_end = std::move(callbacks.on_end)](absl::Status status) mutable {
    on_end(IsDown(status) ? Down(target) : status);
  };
  return upstream_.Open(target, context, std::move(request), std::move(callbacks));
}

absl::StatusOr<std::optional<absl::Duration>> RequestedTimeout(absl::string_view grpc_timeout,
                                                               absl::string_view connect_timeout_ms) {
  std::optional<absl::Duration> timeout;
  int64_t number = 0;
  if (!grpc_timeout.empty()) {
    const std::optional<absl::Duration> unit = GrpcUnit(grpc_timeout.back());
    if (!unit || !ReadDigits(grpc_timeout.substr(0, grpc_timeout.size() - 1), kGrpcTimeoutDigits, &number)) {
      return refusal::BadField("Grpc-Timeout", "must be up to 8 digits and one of H M S m u n");
    }
    timeout = *unit * number;
  }
  if (!connect_timeout_ms.empty()) {
    if (!ReadDigits(connect_timeout_ms, kConnectTimeoutDigits, &number)) {
      return refusal::BadField("Connect-Timeout-Ms", "must be up to 10 digits");
    }
    timeout = std::min(timeout.value_or(absl::InfiniteDuration()), absl::Milliseconds(number));
  }
  return timeout;
}

}  // namespace kepu::gateway::upstream
