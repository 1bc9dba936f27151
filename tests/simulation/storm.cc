#include "tests/simulation/storm.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "tests/simulation/answerer.h"
#include "tests/simulation/stored.h"

namespace kepu::simulation {
namespace {

// A client repeats a call whose outcome it does not know until it does.
constexpr int kMaxAttempts = 60;

uint64_t Mixed(absl::string_view text, int attempts) {
  uint64_t hash = 0xcbf29ce484222325 + static_cast<uint64_t>(attempts);
  for (char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

Storm::Storm(StormOptions options, absl::Time start, const store::Schema& schema)
    : options_(options),
      executor_({.seed = options.seed, .shuffle = true, .post_delay_max = absl::Microseconds(200)}),
      clock_(executor_, start),
      random_(options.seed * 7919 + 1),
      schema_(schema),
      processes_(kReplicas) {
  if (options.fault == StormFault::kNoVersionCheck) data_.Plant(store::Planted::kNoVersionCheck);
}

Storm::~Storm() { *alive_ = false; }

void Storm::StartProcess(size_t index) {
  Process& process = processes_[index];
  Kill(index);
  process.store = std::make_unique<store::MemoryStore>(data_, executor_, [this] { return clock_.Now(); });
  process.store->set_fate([this](const store::Commit&) { return DrawFate(); });
  process.store->set_latency([this] { return absl::Microseconds(50 + Below(storm_ ? 20000 : 500)); });
  process.replica = MakeReplica(*process.store);
}

Storm::IntentPtr Storm::MakeIntent(absl::string_view service, const std::string& what,
                                   const rpc::Principal& caller, const google::protobuf::Message& request,
                                   const std::string& about) const {
  auto intent = std::make_shared<Intent>();
  intent->method = absl::StrCat("/", service, "/", what);
  intent->caller = caller;
  intent->request = request.SerializeAsString();
  intent->about = about;
  intent->what = what;
  return intent;
}

std::string Storm::IdOf(uint32_t partition, const rpc::Principal& caller,
                        const google::protobuf::Message& request, const std::string& request_id,
                        absl::string_view salt) const {
  return keys_.MakeId(partition, keys_.MakeKey(caller.name, request.GetDescriptor()->full_name(), request_id),
                      salt);
}

bool Storm::WasAsked(const std::string& about, const std::string& what) const {
  auto it = asked_.find(about);
  return it != asked_.end() && it->second.contains(what);
}

void Storm::Send(const IntentPtr& intent) {
  asked_[intent->about].insert(intent->what);
  rpc::Context context;
  context.principal = intent->caller;
  context.deadline = executor_.SteadyNow() + options_.patience;
  context.repeat = intent->attempts++ > 0;
  Replica* replica = processes_[Below(kReplicas)].replica.get();
  if (replica == nullptr) return OnAnswer(intent, absl::UnavailableError("down"), "");
  auto answered = [this, alive = alive_, intent](const absl::Status& status, const std::string& bytes, auto) {
    if (*alive) OnAnswer(intent, status, bytes);
  };
  replica->rpc().Dispatch(intent->method,
                          rpc::Call(context, intent->request, std::make_unique<Answerer>(answered)));
}

absl::Status Storm::AskInCalm(const IntentPtr& intent) {
  Send(intent);
  executor_.RunUntil([&] { return intent->settled; }, absl::Seconds(30));
  return intent->settled ? intent->status : absl::InternalError(intent->method + " came to no end");
}

void Storm::OnAnswer(const IntentPtr& intent, const absl::Status& status, const std::string& bytes) {
  if (!IsSure(status)) {
    if (intent->settled) return;
    // A crash drops calls in no certain order; they are taken up again in one that can be repeated.
    if (crashing_) {
      dropped_[intent->method + intent->request] = intent;
      return;
    }
    return Retry(intent);
  }
  executor_.Note(absl::StrCat(intent->what, " ", intent->about, " ", static_cast<int>(status.code()), " ",
                              refusal::ReasonOf(status)));
  // The same call twice at once may be refused first and granted then.
  if (status.ok()) acknowledged_[intent->about].insert(intent->what);
  if (intent->settled) return;
  ++answered_;
  intent->settled = true;
  intent->status = status;
  intent->bytes = bytes;
  if (status.ok()) ++granted_;
  OnSure(*intent);
}

void Storm::Retry(const IntentPtr& intent) {
  if (intent->attempts >= kMaxAttempts) return;
  const absl::Duration pause =
      absl::Microseconds(20000 + Mixed(intent->method + intent->request, intent->attempts) % 200000);
  executor_.PostAfter(pause, [this, alive = alive_, intent] {
    if (*alive && !intent->settled) Send(intent);
  });
}

void Storm::Kill(size_t index) {
  crashing_ = true;
  processes_[index].replica.reset();
  crashing_ = false;
  for (const auto& [call, intent] : std::exchange(dropped_, {})) Retry(intent);
}

void Storm::ClientStep(int client) {
  if (!storm_) return;
  if (IntentPtr intent = NewIntent(client); intent != nullptr) {
    Send(intent);
    // An impatient client, or a network that doubles: the same call twice at once.
    if (Below(8) == 0) Send(intent);
  }
  executor_.PostAfter(absl::Milliseconds(20 + Below(400)), [this, alive = alive_, client] {
    if (*alive) ClientStep(client);
  });
}

StormReport Storm::Run() {
  for (size_t i = 0; i < kReplicas; ++i) StartProcess(i);
  executor_.RunFor(absl::Seconds(1));
  Prepare();
  storm_ = true;
  for (int client = 0; client < options_.clients; ++client) ClientStep(client);
  Trouble();
  executor_.RunFor(options_.storm);
  storm_ = false;
  // A failover that is under way comes to its end first: until then whatever is answered is lost with the old
  // primary.
  executor_.RunUntil([this] { return !losing_replies_; }, absl::Seconds(1));
  for (size_t i = 0; i < kReplicas; ++i) {
    if (processes_[i].replica == nullptr) StartProcess(i);
  }
  if (options_.fault == StormFault::kLosesAcknowledged) LoseAcknowledged();
  executor_.RunFor(options_.calm);

  StormReport report;
  if (options_.fault == StormFault::kTampered) Tamper();
  if (options_.fault == StormFault::kUnasked) asked_.erase(std::next(asked_.begin(), 3), asked_.end());
  CheckFold(data_, schema_, executor_, clock_, &report.problems);
  if (options_.fault != StormFault::kTampered) Check(&report);
  for (const Process& process : processes_) {
    if (!process.replica->settled()) report.problems.push_back("something is half done");
  }
  report.trace_hash = executor_.trace_hash();
  report.answered = answered_;
  report.granted = granted_;
  report.faults = faults_;
  // They know members of what derives from this, and those go first.
  processes_.clear();
  return report;
}

void Storm::LoseAcknowledged() {
  // Repeats must have come to an end, or they would heal the loss.
  executor_.RunFor(absl::Seconds(15));
  store::MemoryData old = data_;
  for (const IntentPtr& intent : LateIntents()) Send(intent);
  executor_.RunFor(absl::Seconds(5));
  data_ = old;
  for (size_t i = 0; i < kReplicas; ++i) StartProcess(i);
}

void Storm::Tamper() {
  for (uint32_t partition = 0; partition < names::kPartitions; ++partition) {
    const std::vector<std::string> keys = data_.Roots(partition);
    if (!keys.empty()) return data_.TamperHead(partition, keys.front(), "\x0a\x01x");
  }
}

void Storm::CheckAcknowledged(
    StormReport* report, const std::function<bool(const std::string&, const std::string&)>& stands) const {
  for (const auto& [about, whats] : acknowledged_) {
    for (const std::string& what : whats) {
      if (stands(about, what)) continue;
      report->problems.push_back(absl::StrCat(what, " of ", about, " was acknowledged and does not stand"));
    }
  }
}

void Storm::LetForget() {
  Advance(reservation::kRememberFor + absl::Hours(48));
  executor_.RunFor(absl::Seconds(20));
}

store::Fate Storm::DrawFate() {
  if (!storm_) return store::Fate::kNormal;
  if (losing_replies_) return store::Fate::kReplyLost;
  const uint64_t draw = Below(100);
  if (draw >= 12) return store::Fate::kNormal;
  ++faults_;
  if (draw < 4) return store::Fate::kReplyLost;
  return draw < 8 ? store::Fate::kNotApplied : store::Fate::kAppliedLate;
}

void Storm::Trouble() {
  if (!storm_) return;
  const uint64_t draw = Below(10);
  if (draw < 3) Crash(Below(kReplicas));
  if (draw == 3) Failover();
  executor_.PostAfter(absl::Milliseconds(300 + Below(1500)), [this, alive = alive_] {
    if (*alive) Trouble();
  });
}

void Storm::Crash(size_t index) {
  ++faults_;
  executor_.Note("crash");
  Kill(index);
  executor_.PostAfter(absl::Milliseconds(Below(1000)), [this, alive = alive_, index] {
    if (*alive && !losing_replies_ && processes_[index].replica == nullptr) StartProcess(index);
  });
}

// A primary that is cut off goes on applying for a while, but none of its answers arrive; then a copy from
// before that takes over. Processes notice the other primary and start afresh.
void Storm::Failover() {
  if (losing_replies_) return;
  ++faults_;
  executor_.Note("failover");
  losing_replies_ = true;
  auto copy = std::make_shared<store::MemoryData>(data_);
  for (size_t i = 0; i < kReplicas; ++i) Kill(i);
  executor_.PostAfter(absl::Milliseconds(5 + Below(100)), [this, alive = alive_, copy] {
    if (!*alive) return;
    losing_replies_ = false;
    data_ = *copy;
    for (size_t i = 0; i < kReplicas; ++i) StartProcess(i);
  });
}

}  // namespace kepu::simulation
