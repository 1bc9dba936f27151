#include "libs/rpc/grpc/call_record.h"

#include "libs/log/log.h"
#include "libs/refusal/refusal.h"

namespace kepu::rpc {
namespace {

bool IsDefect(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

}  // namespace

bool LineBudget::TakeOk() {
  return ok_every_ > 0 && ok_seen_.fetch_add(1, std::memory_order_relaxed) % ok_every_ == 0;
}

bool LineBudget::TakeRefused(absl::Time now) {
  const int64_t second = absl::ToUnixSeconds(now);
  // Two threads may both start a second; a few lines more do no harm.
  if (second_.exchange(second, std::memory_order_relaxed) != second)
    used_.store(0, std::memory_order_relaxed);
  return used_.fetch_add(1, std::memory_order_relaxed) < per_second_;
}

CallRecord::CallRecord(metrics::Registry& registry, LineBudget& budget, std::string method)
    : registry_(registry),
      budget_(budget),
      method_(std::move(method)),
      in_flight_(
          registry.MakeGauge("kepu_rpc_calls_in_flight", "Calls being served.", {{"method", method_}})),
      seconds_(registry.MakeHistogram("kepu_rpc_call_seconds", "Time from a call's arrival to its answer.",
                                      {{"method", method_}})) {}

metrics::Counter& CallRecord::CounterOf(absl::StatusCode code) {
  const auto index = static_cast<size_t>(code);
  std::atomic<metrics::Counter*>& slot = counters_[index < kCodes ? index : 2];
  metrics::Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &registry_.MakeCounter("kepu_rpc_calls_total", "Calls that were answered, by code.",
                                     {{"method", method_}, {"code", absl::StatusCodeToString(code)}});
    slot.store(counter, std::memory_order_release);
  }
  return *counter;
}

void CallRecord::End(const absl::Status& status, const EndedCall& call) {
  in_flight_.Add(-1);
  seconds_.Observe(absl::ToDoubleSeconds(call.ended - call.began));
  CounterOf(status.code()).Add();
  const bool wanted =
      status.ok() ? budget_.TakeOk() : IsDefect(status.code()) || budget_.TakeRefused(call.ended);
  if (wanted) WriteLine(status, call);
}

void CallRecord::WriteLine(const absl::Status& status, const EndedCall& call) const {
  const bool defect = IsDefect(status.code());
  const std::string code = absl::StatusCodeToString(status.code());
  const std::string reason = status.ok() ? std::string() : refusal::ReasonOf(status);
  // Only what we wrote ourselves: the text of a refusal may repeat what the caller sent.
  const absl::string_view detail = defect || reason.empty() ? status.message() : absl::string_view();
  log::Write(defect ? log::Level::kError : log::Level::kInfo, "call",
             {{"method", method_},
              {"code", code},
              {"reason", reason},
              {"latency_us", absl::ToInt64Microseconds(call.ended - call.began)},
              {"request_id", call.request_id},
              {"principal", call.principal},
              {"detail", detail}});
}

}  // namespace kepu::rpc
