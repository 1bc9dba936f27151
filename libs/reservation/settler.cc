#include "libs/reservation/settler.h"
#include "libs/calendar/timestamps.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace kepu::reservation {
namespace {

std::string IdOf(const v1::Claim& claim) { return absl::StrCat("c/", claim.claim_id()); }
std::string IdOf(const v1::Reservation& record) { return absl::StrCat("r/", record.reservation()); }

}  // namespace

// One telling of a record's claims: acknowledged together in one commit at the pivot.
struct Settler::Round {
  std::string id;
  Place place;
  std::string reservation;
  bool released = false;
  size_t waiting = 0;
  std::vector<std::string> acknowledged;
};

Settler::Settler(executor::Executor& executor, const executor::Clock& clock, executor::Random& random,
                 SettlerPorts ports, SettlerOptions options)
    : executor_(executor), clock_(clock), random_(random), ports_(std::move(ports)), options_(options) {}

Settler::~Settler() {
  if (timer_ != 0) executor_.Cancel(timer_);
}

absl::Duration Settler::Pause() {
  const int64_t spread_ms = absl::ToInt64Milliseconds(options_.pause_max - options_.pause_min);
  return options_.pause_min +
         absl::Milliseconds(static_cast<int64_t>(random_.Below(static_cast<uint64_t>(spread_ms) + 1)));
}

void Settler::See(const Place& place, const v1::Claim& claim) {
  const std::string id = IdOf(claim);
  if (claim.state() != v1::Claim::TRIED) return Erase(id);
  if (entries_.contains(id)) return;  // a tried claim does not change
  Entry entry;
  entry.place = place;
  entry.claim = claim;
  entry.asking = true;
  const absl::Duration until_asking =
      std::max(absl::ZeroDuration(), calendar::FromProto(claim.ask_time()) - clock_.Now());
  Put(id, std::move(entry), executor_.SteadyNow() + until_asking + Pause() - options_.pause_min);
}

void Settler::See(const Place& place, const v1::Reservation& record) {
  const std::string id = IdOf(record);
  // Without pushing, confirms and cancels are left to asking. A release cannot be: a confirmed claim never
  // asks.
  const bool telling = options_.push || record.given_back();
  if (!IsDecided(&record) || record.untold().empty() || !telling) return Erase(id);
  if (auto it = entries_.find(id); it != entries_.end()) {
    it->second.record = record;
    return;
  }
  Entry entry;
  entry.place = place;
  entry.record = record;
  Put(id, std::move(entry), executor_.SteadyNow() + Pause());
}

void Settler::Fold(const Place& place, const v1::ClaimFact& fact) {
  if (fact.has_tried()) return See(place, fact.tried());
  v1::Claim settled;
  settled.set_claim_id(fact.claim_id());
  settled.set_state(fact.has_confirmed() ? v1::Claim::CONFIRMED : v1::Claim::ENDED);
  See(place, settled);
}

void Settler::Fold(const Place& place, const v1::ReservationFact& fact) {
  if (fact.has_decided()) return See(place, fact.decided());
  v1::Reservation record;
  record.set_reservation(fact.reservation());
  auto it = entries_.find(IdOf(record));
  if (it != entries_.end()) {
    record = it->second.record;
  } else if (fact.has_given_back()) {
    record.set_state(v1::Reservation::CONFIRMED);
    *record.mutable_claims() = fact.given_back().claims();
  } else {
    return;  // about a telling that is not under way here
  }
  auto after = ApplyRecord(&record, fact);
  if (after.ok() && *after) return See(place, **after);
  Erase(IdOf(record));
}

void Settler::Push(const Place& place, const v1::Reservation& record) {
  See(place, record);
  const std::string id = IdOf(record);
  auto it = entries_.find(id);
  if (it == entries_.end() || it->second.in_flight) return;
  // The same instants for all, so that they go together.
  const absl::Duration since = executor_.SteadyNow() - absl::UnixEpoch();
  Reschedule(id, absl::UnixEpoch() + absl::Floor(since, options_.push_every) + options_.push_every);
}

void Settler::Put(const std::string& id, Entry entry, absl::Time next) {
  entry.next = next;
  entries_[id] = std::move(entry);
  order_.emplace(next, id);
  ArmTimer();
}

void Settler::Erase(const std::string& id) {
  auto it = entries_.find(id);
  if (it == entries_.end()) return;
  if (it->second.in_flight) --in_flight_;
  order_.erase({it->second.next, id});
  entries_.erase(it);
}

void Settler::Reschedule(const std::string& id, absl::Time next) {
  auto it = entries_.find(id);
  if (it == entries_.end()) return;
  order_.erase({it->second.next, id});
  it->second.next = next;
  order_.emplace(next, id);
  ArmTimer();
}

void Settler::ArmTimer() {
  if (order_.empty() || in_flight_ >= options_.in_flight_max) return;
  const absl::Time next = order_.begin()->first;
  if (timer_ != 0 && timer_at_ <= next) return;
  if (timer_ != 0) executor_.Cancel(timer_);
  timer_at_ = next;
  const absl::Duration delay = std::max(absl::ZeroDuration(), next - executor_.SteadyNow());
  timer_ = executor_.PostAfter(delay, [this, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.expired()) return;
    timer_ = 0;
    timer_at_ = absl::InfiniteFuture();
    Run();
  });
}

void Settler::Run() {
  const absl::Time now = executor_.SteadyNow();
  while (!order_.empty() && order_.begin()->first <= now && in_flight_ < options_.in_flight_max) {
    Start(std::string(order_.begin()->second));
  }
  ArmTimer();
}

void Settler::Start(const std::string& id) {
  // Again later unless this time settles it: what is lost on the way is then not lost for good.
  Reschedule(id, executor_.SteadyNow() + Pause());
  Entry& entry = entries_.find(id)->second;
  if (entry.in_flight || (entry.asking && !clock_.Steady())) return;
  entry.in_flight = true;
  ++in_flight_;
  if (entry.asking) {
    Ask(id);
  } else {
    Tell(id);
  }
}

void Settler::Ask(const std::string& id) {
  const Entry& entry = entries_.find(id)->second;
  const Place place = entry.place;
  const v1::Claim claim = entry.claim;
  ports_.resolve(claim, [this, id, place, claim,
                         alive = std::weak_ptr<bool>(alive_)](absl::StatusOr<v1::ResolveResponse> answer) {
    if (alive.expired()) return;
    // No answer: the claim is kept and asks again.
    if (!answer.ok() || answer->outcome() == v1::ResolveResponse::OUTCOME_UNSPECIFIED) return Finish(id);
    ports_.settle(place, claim, answer->outcome(), [this, id, alive](absl::Status status) {
      if (alive.expired()) return;
      Finish(id);
      if (status.ok()) Erase(id);
    });
  });
}

void Settler::Tell(const std::string& id) {
  const Entry& entry = entries_.find(id)->second;
  const v1::Reservation record = entry.record;
  const Telling telling = TellingOf(record);
  auto round = std::make_shared<Round>();
  round->id = id;
  round->place = entry.place;
  round->reservation = record.reservation();
  round->released = record.given_back();
  std::vector<v1::ClaimRef> refs;
  for (const v1::ClaimRef& ref : record.claims()) {
    if (std::find(record.untold().begin(), record.untold().end(), ref.claim_id()) != record.untold().end()) {
      refs.push_back(ref);
    }
  }
  round->waiting = refs.size();
  if (refs.empty()) return Finish(id);
  for (const v1::ClaimRef& ref : refs) {
    ports_.tell(telling, ref,
                [this, round, telling, claim_id = ref.claim_id(),
                 alive = std::weak_ptr<bool>(alive_)](absl::StatusOr<v1::StepResponse> answer) {
                  if (alive.expired()) return;
                  if (answer.ok()) round->acknowledged.push_back(claim_id);
                  if (telling == Telling::kConfirm && IsRefusal(answer.status())) ++alarms_;
                  if (--round->waiting == 0) FinishTelling(round);
                });
  }
}

void Settler::FinishTelling(const std::shared_ptr<Round>& round) {
  if (round->acknowledged.empty()) return Finish(round->id);
  ports_.told(round->place, round->reservation, round->acknowledged, round->released,
              [this, round, alive = std::weak_ptr<bool>(alive_)](absl::Status) {
                if (!alive.expired()) Finish(round->id);
              });
}

void Settler::Finish(const std::string& id) {
  auto it = entries_.find(id);
  if (it != entries_.end() && it->second.in_flight) {
    it->second.in_flight = false;
    --in_flight_;
  }
  ArmTimer();
}

}  // namespace kepu::reservation
