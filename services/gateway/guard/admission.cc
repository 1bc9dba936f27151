#include "services/gateway/guard/admission.h"

#include "libs/refusal/refusal.h"

namespace kepu::gateway::guard {
namespace {

constexpr absl::Duration kRetry = absl::Seconds(1);
// Fewer than these are no rush, however late they are.
constexpr int64_t kFewCalls = 16;
// Browsing comes back later, when the door has been served.
constexpr absl::Duration kBrowseRetry = absl::Seconds(3);
constexpr std::array<const char*, kLanes> kLaneNames = {"door", "booking", "browse"};

// Made once: when many are refused that must cost nothing.
const absl::Status& Overloaded(Lane lane) {
  static const absl::Status browse =
      refusal::TryLater(absl::StatusCode::kUnavailable, "OVERLOADED", kBrowseRetry);
  static const absl::Status others = refusal::TryLater(absl::StatusCode::kUnavailable, "OVERLOADED", kRetry);
  return lane == Lane::kBrowse ? browse : others;
}

bool IsBulky(MethodClass method_class) {
  return method_class == MethodClass::kLogin || method_class == MethodClass::kHeavy;
}

}  // namespace

struct Admission::Service {
  Service(const AdmissionOptions& options, const std::string& name, metrics::Registry& registry)
      : limiter(options.limiter), throttle(options.throttle) {
    const metrics::Labels labels = {{"service", name}};
    limit =
        &registry.MakeGauge("kepu_gateway_upstream_limit", "Calls that may be under way at once.", labels);
    under_way = &registry.MakeGauge("kepu_gateway_upstream_calls", "Calls under way.", labels);
    for (size_t lane = 0; lane < kLanes; ++lane) {
      metrics::Labels with_lane = labels;
      with_lane.emplace_back("lane", kLaneNames[lane]);
      shed[lane] =
          &registry.MakeCounter("kepu_gateway_shed_total", "Calls refused for want of room.", with_lane);
    }
    throttled = &registry.MakeCounter("kepu_gateway_throttled_total",
                                      "Calls not sent to a service that does not answer.", labels);
  }

  Limiter limiter;
  Throttle throttle;
  int64_t logins = 0;
  int64_t heavy = 0;
  metrics::Gauge* limit;
  metrics::Gauge* under_way;
  std::array<metrics::Counter*, kLanes> shed;
  metrics::Counter* throttled;
};

Admission::Admission(AdmissionOptions options, executor::Random& random, metrics::Registry& registry)
    : options_(options), random_(random), registry_(registry) {
  for (size_t lane = 0; lane < kLanes; ++lane) {
    late_refusals_[lane] = &registry.MakeCounter("kepu_gateway_late_refusals_total",
                                                 "Calls refused because the gateway itself is late.",
                                                 {{"lane", kLaneNames[lane]}});
  }
}

Admission::~Admission() = default;

Admission::Service& Admission::Of(const std::string& service) {
  std::unique_ptr<Service>& found = services_[service];
  if (found == nullptr) found = std::make_unique<Service>(options_, service, registry_);
  return *found;
}

absl::Status Admission::KeepsUp(MethodClass method_class) {
  const Lane lane = LaneOf(method_class);
  const auto at = static_cast<size_t>(lane);
  if (absl::Microseconds(late_micros_.load(std::memory_order_relaxed)) <= options_.late[at])
    return absl::OkStatus();
  // With few calls under way it is the machine that is slow, not too many who ask.
  {
    const absl::MutexLock lock(&mutex_);
    int64_t under_way = 0;
    for (const auto& [name, of] : services_) under_way += of->limiter.under_way() + of->logins + of->heavy;
    if (under_way < kFewCalls) return absl::OkStatus();
  }
  late_refusals_[at]->Add();
  return Overloaded(lane);
}

absl::Status Admission::Admit(const std::string& service, CallKind kind, absl::Time now) {
  const Lane lane = LaneOf(kind.method_class);
  const double drawn = static_cast<double>(random_.Next() >> 11) * 0x1p-53;
  const absl::MutexLock lock(&mutex_);
  Service& of = Of(service);
  const bool bulky = IsBulky(kind.method_class);
  const bool login = kind.method_class == MethodClass::kLogin;
  int64_t& bulk = login ? of.logins : of.heavy;
  const int64_t most = login ? options_.logins_most : options_.heavy_most;
  if (bulky ? bulk >= most : !of.limiter.HasRoom(lane)) {
    of.shed[static_cast<size_t>(lane)]->Add();
    return Overloaded(lane);
  }
  if (!of.throttle.Admit(drawn, now)) {
    of.throttled->Add();
    return refusal::TryLater(absl::StatusCode::kUnavailable, "SERVICE_DOWN", kRetry, {{"service", service}});
  }
  if (bulky) {
    ++bulk;
  } else {
    of.limiter.Begin();
    of.under_way->Set(static_cast<double>(of.limiter.under_way()));
  }
  return absl::OkStatus();
}

void Admission::Done(const std::string& service, CallKind kind, const absl::Status& status,
                     absl::Duration took, absl::Time now) {
  const bool late = status.code() == absl::StatusCode::kDeadlineExceeded;
  const bool unanswered = IsUnanswered(status);
  const absl::MutexLock lock(&mutex_);
  Service& of = Of(service);
  of.throttle.Done(!unanswered, now);
  if (IsBulky(kind.method_class)) {
    --(kind.method_class == MethodClass::kLogin ? of.logins : of.heavy);
    return;
  }
  // A service that refuses for want of room does so quickly, which is no sign of speed.
  const bool unsaid = unanswered || status.code() == absl::StatusCode::kUnavailable ||
                      status.code() == absl::StatusCode::kResourceExhausted;
  auto outcome = unsaid ? Limiter::Outcome::kUnsaid : Limiter::Outcome::kAnswered;
  if (late) outcome = Limiter::Outcome::kLate;
  of.limiter.Done(kind.changes, outcome, took, now);
  of.limit->Set(of.limiter.limit());
  of.under_way->Set(static_cast<double>(of.limiter.under_way()));
}

double Admission::LimitOf(const std::string& service) {
  const absl::MutexLock lock(&mutex_);
  return Of(service).limiter.limit();
}

bool IsUnanswered(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
      // Every refusal of a service carries its reason.
      return refusal::ReasonOf(status).empty();
    default:
      return false;
  }
}

}  // namespace kepu::gateway::guard
