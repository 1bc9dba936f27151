#include "services/gateway/upstream/caller.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/upstream/marks.h"
#include "services/gateway/upstream/trace.h"

namespace kepu::gateway::upstream {
namespace {

constexpr absl::Duration kDownRetry = absl::Seconds(1);
// By the gRPC and Connect specifications.
constexpr size_t kGrpcTimeoutDigits = 8;
constexpr size_t kConnectTimeoutDigits = 10;

// What the transport or nobody said becomes what a caller can act on; what a service said stays.
absl::Status Told(const Target& target, const absl::Status& status) {
  if (!guard::IsUnanswered(status)) return status;
  if (status.code() == absl::StatusCode::kDeadlineExceeded) {
    return refusal::TryLater(absl::StatusCode::kDeadlineExceeded, "SERVICE_SLOW", kDownRetry,
                             {{"service", target.service}});
  }
  return Down(target.service);
}

guard::CallKind KindOf(const Target& target, const CallRules& rules) {
  return {guard::ClassOf(target.method, rules.changes, rules.hashes, rules.own_limit > absl::ZeroDuration()),
          rules.changes};
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

// A call that may be sent again. Held by the answer or the timer it waits for.
class Caller::Attempts : public std::enable_shared_from_this<Attempts> {
 public:
  Attempts(Caller& caller, Target target, rpc::Context context, std::string request, bool repeatable,
           guard::CallKind kind, Done done)
      : caller_(caller),
        target_(std::move(target)),
        context_(std::move(context)),
        request_(std::move(request)),
        repeatable_(repeatable),
        kind_(kind),
        done_(std::move(done)) {}

  void Send() {
    const absl::Time start = caller_.upstream_.SteadyNow();
    if (caller_.parts_.admission != nullptr) {
      absl::Status room = caller_.parts_.admission->Admit(target_.service, kind_, start);
      if (!room.ok()) return done_(std::move(room));
    }
    ++attempts_;
    context_.traceparent = NextHop(context_.traceparent, caller_.random_);
    // The call needs its own copy of what may be sent again.
    std::string bytes = repeatable_ && attempts_ < kAttemptsMax ? request_ : std::move(request_);
    caller_.upstream_.Call(target_, context_, std::move(bytes),
                           [self = shared_from_this(), start](absl::StatusOr<rpc::PeerAnswer> answer) {
                             self->OnAnswer(start, std::move(answer));
                           });
  }

 private:
  void OnAnswer(absl::Time start, absl::StatusOr<rpc::PeerAnswer> answer) {
    const absl::Time now = caller_.upstream_.SteadyNow();
    if (caller_.parts_.admission != nullptr)
      caller_.parts_.admission->Done(target_.service, kind_, answer.status(), now - start, now);
    if (answer.ok()) {
      caller_.budget_.Answered(target_.service);
      return done_(std::move(answer));
    }
    std::optional<absl::Duration> pause;
    const double drawn = static_cast<double>(caller_.random_.Below(1000)) / 1000;
    if (repeatable_) pause = PauseBefore(attempts_, answer.status(), drawn, context_.deadline - now);
    if (!pause || !caller_.budget_.Failed(target_.service)) return done_(Told(target_, answer.status()));
    context_.repeat = true;
    if (caller_.parts_.timers == nullptr) return Send();
    caller_.parts_.timers->PostAfter(*pause, [self = shared_from_this()] { self->Send(); });
  }

  Caller& caller_;
  const Target target_;
  rpc::Context context_;
  std::string request_;
  const bool repeatable_;
  const guard::CallKind kind_;
  int attempts_ = 0;
  Done done_;
};

void Caller::Call(const Target& target, rpc::Context context, std::string request, const CallRules& rules,
                  Done done) {
  if (absl::Status status = SiftMarks(target, rules.changes, context.principal); !status.ok())
    return done(status);
  absl::Duration limit = rules.changes ? kWriteDeadline : kReadDeadline;
  if (rules.hashes) limit = kPasswordDeadline;
  if (rules.own_limit > absl::ZeroDuration()) limit = rules.own_limit;
  if (rules.timeout) limit = std::min(limit, *rules.timeout);
  context.deadline = upstream_.SteadyNow() + limit;
  if (!rules.reads && !changed_.empty()) {
    done = [this, target, person = context.principal.name, changes = rules.changes,
            done = std::move(done)](absl::StatusOr<rpc::PeerAnswer> answer) mutable {
      for (const Changed& told : changed_) told(target, person, changes);
      done(std::move(answer));
    };
  }
  const bool repeatable = !rules.changes || rules.has_request_id;
  std::make_shared<Attempts>(*this, target, std::move(context), std::move(request), repeatable,
                             KindOf(target, rules), std::move(done))
      ->Send();
}

std::shared_ptr<Stream> Caller::Open(const Target& target, rpc::Context context, std::string request,
                                     const CallRules& rules, StreamCallbacks callbacks) {
  // Streams only read; none of them wants more than a login.
  if (!SiftMarks(target, rules.changes, context.principal).ok()) context.principal.grants.clear();
  context.deadline =
      upstream_.SteadyNow() + std::min(kStreamLifetime, rules.timeout.value_or(kStreamLifetime));
  context.traceparent = NextHop(context.traceparent, random_);
  // The end of a stream by its own lifetime is no slowness of the service.
  callbacks.on_end = [target, on_end = std::move(callbacks.on_end)](absl::Status status) mutable {
    const bool ended = status.code() == absl::StatusCode::kDeadlineExceeded;
    const bool left = status.code() == absl::StatusCode::kCancelled;
    on_end(ended || left ? status : Told(target, status));
  };
  return upstream_.Open(target, context, std::move(request), std::move(callbacks));
}

absl::Status Down(const std::string& service) {
  return refusal::TryLater(absl::StatusCode::kUnavailable, "SERVICE_DOWN", kDownRetry,
                           {{"service", service}});
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
