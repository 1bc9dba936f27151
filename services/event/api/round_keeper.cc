#include "services/event/api/round_keeper.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/event/api/target.h"
#include "services/event/domain/round_draw.h"
#include "services/event/domain/sessions.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

namespace record = domain::record;

// Sessions changed at once, and bookings made at once: enough to fill a commit's wait, few enough not to be
// in the way of other callers.
constexpr size_t kSessionsAtOnce = 32;
constexpr size_t kBookingsAtOnce = 8;

bool NeedsWork(v1::Round::State state) {
  return state == v1::Round::OPENING || state == v1::Round::DRAWING || state == v1::Round::APPLYING ||
         state == v1::Round::RELEASING || state == v1::Round::CANCELLING;
}

// Another try may go better; everything else is an answer.
bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status) || absl::IsAborted(status) || absl::IsUnknown(status) ||
         absl::IsInternal(status) || absl::IsCancelled(status);
}

std::string ChoreOf(const std::string& id) { return absl::StrCat("round/", id); }

bool IsOpenGrant(const record::WishResultRecord& result) {
  return result.outcome() == v1::Wish::Result::GRANTED && result.booking().empty() &&
         result.refusal().empty();
}

bool Holdable(const record::SessionHead& head, int64_t now_us) {
  return head.round().empty() && head.state() == v1::Session::SCHEDULED && head.start_us() > now_us;
}

}  // namespace

std::string RoundKeeper::SecretOf(const store::KeyMaker& keys, absl::string_view id) {
  return absl::BytesToHexString(keys.Digest("round", id));
}

void RoundKeeper::See(const std::string& id) {
  const domain::Round* round = deps_.context.read_model.rounds().Find(id);
  if (round == nullptr || !NeedsWork(round->head().state())) return deps_.chores.Done(ChoreOf(id));
  deps_.chores.Want(ChoreOf(id), [this, id] { Begin(id); });
}

void RoundKeeper::Begin(const std::string& id) {
  if (deps_.context.ready && going_.insert(id).second) Go(id);
}

void RoundKeeper::Go(const std::string& id) {
  const domain::Round* round = deps_.context.read_model.rounds().Find(id);
  const auto state = round == nullptr ? v1::Round::STATE_UNSPECIFIED : round->head().state();
  switch (state) {
    case v1::Round::OPENING:
      return Open(*round);
    case v1::Round::DRAWING:
      return Draw(*round);
    case v1::Round::APPLYING:
      return Apply(*round);
    case v1::Round::RELEASING:
      return Release(*round, v1::Round::APPLIED);
    case v1::Round::CANCELLING:
      return Release(*round, v1::Round::CANCELLED);
    default:
      going_.erase(id);
      drawn_.erase(id);
  }
}

void RoundKeeper::Finish(const StepPtr& step, bool ok) {
  step->failed |= !ok;
  if (--step->waiting > 0) return;
  // The chore comes back to it.
  if (step->failed) {
    going_.erase(step->round);
    return;
  }
  deps_.context.executor.Post([this, alive = alive_, id = step->round] {
    if (*alive) Go(id);
  });
}

void RoundKeeper::Commit(const std::string& id, Decide decide) {
  auto step = std::make_shared<Step>();
  step->round = id;
  Commit(step, std::move(decide));
}

void RoundKeeper::Commit(const StepPtr& step, Decide decide) {
  const std::string key = RoundKey(step->round);
  deps_.context.desk.Submit(
      {names::PartitionOf(step->round), key},
      [key, decide = std::move(decide)](store::View& view, absl::Time now) {
        return EmitAll(view, key, decide(dynamic_cast<const domain::Round&>(view.Get(key)), now));
      },
      [](store::View&) { return absl::OkStatus(); },
      [this, alive = alive_, step](const store::Outcome& outcome) {
        if (*alive) Finish(step, outcome.status.ok());
      });
}

void RoundKeeper::NextState(const std::string& id, record::RoundStepped stepped) {
  Commit(id, [stepped = std::move(stepped)](const domain::Round& round, absl::Time now) {
    return domain::DecideNextState(round, stepped, now);
  });
}

void RoundKeeper::NextState(const std::string& id, v1::Round::State state) {
  record::RoundStepped stepped;
  stepped.set_state(state);
  NextState(id, std::move(stepped));
}

void RoundKeeper::Change(const StepPtr& step, const record::SessionHead& head, DecideSession decide) {
  const std::string key = SessionKey(head.id());
  ++step->waiting;
  deps_.context.desk.Submit(
      {names::PartitionOf(head.id()), key},
      [key, decide = std::move(decide)](store::View& view, absl::Time now) {
        return EmitAll(view, key, decide(dynamic_cast<const domain::Session&>(view.Get(key)), now));
      },
      [](store::View&) { return absl::OkStatus(); },
      [this, alive = alive_, step](const store::Outcome& outcome) {
        if (*alive) Finish(step, outcome.status.ok());
      });
}

void RoundKeeper::Open(const domain::Round& round) {
  const ReadModel& model = deps_.context.read_model;
  const int64_t now_us = absl::ToUnixMicros(deps_.context.clock.Now());
  std::vector<record::SessionHead> found;
  for (uint32_t i = 0; i < model.session_numbers() && found.size() < domain::kOffersAtOnce; ++i) {
    const record::SessionHead& head = model.SessionAt(i);
    if (head.id().empty() || !Holdable(head, now_us) || !domain::MayOffer(round.head(), head)) continue;
    const auto known = round.Find(domain::OfferField(head.id()));
    if (known.ok() && *known == nullptr) found.push_back(domain::OfferOf(head));
  }
  if (found.empty() || round.head().offers() >= domain::kMaxOffers) return HoldBack(round);
  Commit(round.head().id(), [found = std::move(found)](const domain::Round& state, absl::Time now) {
    return domain::DecideListOffers(state, found, now);
  });
}

void RoundKeeper::HoldBack(const domain::Round& round) {
  const std::string name = domain::RoundName(round.head());
  const int64_t now_us = absl::ToUnixMicros(deps_.context.clock.Now());
  auto step = std::make_shared<Step>();
  step->round = round.head().id();
  for (const auto& [field, child] : round.children()) {
    if (!child || !child->has_offer() || step->waiting > kSessionsAtOnce) continue;
    const auto* head = deps_.context.read_model.FindSession(child->offer().id(), nullptr);
    if (head == nullptr || !Holdable(*head, now_us)) continue;
    Change(step, *head, [name](const domain::Session& session, absl::Time now) {
      return domain::DecideHoldForRound(session, name, now);
    });
  }
  if (step->waiting == 1) return NextState(step->round, v1::Round::OPEN);
  Finish(step, true);
}

void RoundKeeper::Draw(const domain::Round& round) {
  const std::string& id = round.head().id();
  auto drawn = drawn_.find(id);
  if (drawn != drawn_.end() && drawn->second.listings == round.head().listings())
    return Store(round, drawn->second);
  // What is offered may have changed since it was gathered. When results stand already, they rest on this.
  std::vector<record::SessionHead> changed;
  for (const auto& [field, child] : round.children()) {
    if (!child || !child->has_offer() || changed.size() >= domain::kOffersAtOnce) continue;
    const auto* head = deps_.context.read_model.FindSession(child->offer().id(), nullptr);
    if (head == nullptr) continue;
    record::SessionHead now = domain::OfferOf(*head);
    if (now.SerializeAsString() != child->offer().SerializeAsString()) changed.push_back(std::move(now));
  }
  if (changed.empty() || round.head().results() > 0) return Match(round);
  Commit(id, [changed = std::move(changed)](const domain::Round& state, absl::Time now) {
    return domain::DecideListOffers(state, changed, now);
  });
}

void RoundKeeper::Match(const domain::Round& round) {
  const std::string id = round.head().id();
  auto copy = std::make_shared<const domain::Round>(round);
  const absl::Status status = deps_.workers.Run([this, alive = alive_, id, copy, rules = deps_.context.rules,
                                                 gap = deps_.class_gap, executor = &deps_.context.executor] {
    const domain::Draw draw = domain::DrawFor(*copy, copy->head().secret(), rules, gap);
    Drawn drawn = {copy->head().listings(), draw.wishes_digest, draw.seed,
                   domain::ResultsOf(draw, domain::Match(draw.task))};
    executor->Post([this, alive, id, drawn = std::move(drawn)]() mutable {
      if (!*alive) return;
      drawn_[id] = std::move(drawn);
      Go(id);
    });
  });
  if (!status.ok()) going_.erase(id);
}

void RoundKeeper::Store(const domain::Round& round, const Drawn& drawn) {
  std::vector<record::WishResults> batch;
  for (const record::WishResults& one : drawn.results) {
    if (batch.size() >= domain::kResultsAtOnce) break;
    const auto wish = domain::FindWishList(round, one.id());
    if (wish.ok() && *wish != nullptr && (*wish)->results().empty()) batch.push_back(one);
  }
  if (batch.empty()) {
    record::RoundStepped stepped;
    stepped.set_state(v1::Round::DRAWN);
    stepped.set_wishes_digest(drawn.wishes_digest);
    stepped.set_seed(drawn.seed);
    return NextState(round.head().id(), std::move(stepped));
  }
  Commit(round.head().id(),
         [batch = std::move(batch), listings = drawn.listings](const domain::Round& state, absl::Time now) {
           return domain::DecideStoreResults(state, batch, listings, now);
         });
}

void RoundKeeper::Apply(const domain::Round& round) {
  auto step = std::make_shared<Step>();
  step->round = round.head().id();
  for (const auto& [field, child] : round.children()) {
    if (!child || !child->has_wish()) continue;
    for (int i = 0; i < child->wish().results_size() && step->waiting <= kBookingsAtOnce; ++i) {
      if (!IsOpenGrant(child->wish().results(i))) continue;
      Book(step, round.head(), std::string(domain::WishIdOf(field)), child->wish(), i);
    }
  }
  if (step->waiting == 1) return NextState(step->round, v1::Round::RELEASING);
  Finish(step, true);
}

void RoundKeeper::Book(const StepPtr& step, const record::RoundHead& round, const std::string& wish_id,
                       const record::WishRecord& wish, int index) {
  const std::string& session = wish.sessions(index);
  const absl::StatusOr<Target> target = ParseTarget("session", kSessionPattern, session);
  record::GrantSettled settled;
  settled.set_id(wish_id);
  settled.set_index(index);
  ++step->waiting;
  const std::string what = absl::StrCat(round.id(), "/", wish_id, "/", session);
  if (!target.ok()) return Settle(step, std::move(settled), what, target.status());
  const store::KeyMaker& keys = deps_.context.keys;
  const store::RequestKey key = keys.MakeKey("rounds", "apply", absl::StrCat(what, "/", attempts_[what]));
  auto flow = std::make_shared<SchoolFlow>();
  flow->caller =
      std::make_shared<const rpc::Principal>(rpc::Principal{wish.booker(), "", {{"teacher", wish.school()}}});
  // A refusal is written down, so that no other copy of this can be granted later.
  flow->repeat = true;
  flow->made = *target;
  flow->made.id = keys.MakeId(target->partition, key);
  flow->pivot = {target->partition, target->key};
  domain::PartyCommand& command = flow->command;
  command.id = flow->made.id;
  command.kind = v1::Booking::SCHOOL;
  command.party = wish.party();
  command.booker = wish.booker();
  command.school = wish.school();
  command.school_class = wish.school_class();
  command.person = ClassDigest(keys, wish.school(), wish.school_class());
  command.grade = wish.grade();
  command.reservation = keys.MakeId(target->partition, key, absl::StrCat("reservation/", target->session));
  command.round = domain::RoundName(round);
  flow->decide = [rules = deps_.context.rules](const domain::Session& at, const domain::PartyCommand& party,
                                               absl::Time now) {
    return domain::DecideBook(at, party, rules, now);
  };
  flow->finish = [this, alive = alive_, step, settled, what](
                     const absl::Status& status, const v1::Booking& booking, rpc::AnswerInfo) mutable {
    if (!*alive) return;
    settled.set_booking(booking.name());
    Settle(step, std::move(settled), what, status);
  };
  deps_.book(std::move(flow));
}

void RoundKeeper::Settle(const StepPtr& step, record::GrantSettled settled, const std::string& attempt,
                         const absl::Status& status) {
  if (!status.ok() && IsPassing(status)) {
    if (refusal::ReasonOf(status) == "RESERVATION_EXPIRED") ++attempts_[attempt];
    return Finish(step, false);
  }
  if (!status.ok()) {
    settled.clear_booking();
    const std::string reason = refusal::ReasonOf(status);
    settled.set_refusal(reason.empty() ? absl::StatusCodeToString(status.code()) : reason);
  }
  attempts_.erase(attempt);
  Commit(step, [settled = std::move(settled)](const domain::Round& round, absl::Time now) {
    return domain::DecideSettleGrant(round, settled, now);
  });
}

void RoundKeeper::Release(const domain::Round& round, v1::Round::State then) {
  const std::string name = domain::RoundName(round.head());
  const ReadModel& model = deps_.context.read_model;
  auto step = std::make_shared<Step>();
  step->round = round.head().id();
  for (uint32_t i = 0; i < model.session_numbers() && step->waiting <= kSessionsAtOnce; ++i) {
    const record::SessionHead& head = model.SessionAt(i);
    if (head.round() != name) continue;
    Change(step, head, [name](const domain::Session& session, absl::Time now) {
      return domain::DecideReleaseFromRound(session, name, now);
    });
  }
  if (step->waiting == 1) return NextState(step->round, then);
  Finish(step, true);
}

}  // namespace kepu::event
