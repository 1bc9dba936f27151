// The sign-ups of a shift that was moved: each gets a reservation for the new time, or is released.
#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/record.h"
#include "services/volunteer/domain/consequence.h"
#include "services/volunteer/domain/shift_wait.h"
#include "services/volunteer/domain/signup.h"

namespace kepu::volunteer::domain {
namespace {

// Their time is claimed for the shift.
bool MovesAlong(const record::SignupRecord& signup) {
  const bool comes = IsToBeServed(signup.state()) || signup.state() == v1::Signup::REQUESTED;
  return comes && !signup.reservation().empty();
}

// Null when they are not where `one` left them: somebody else was quicker.
absl::StatusOr<const record::SignupRecord*> Find(const Shift& shift, const LeftBehind& one) {
  auto signup = FindSignup(shift, one.person);
  if (!signup.ok()) return signup.status();
  const bool same = *signup != nullptr && shift.head().state() != v1::Shift::CANCELLED &&
                    IsLeftBehind(shift.head(), **signup) && shift.head().consequence().moves() == one.move &&
                    (*signup)->reservation() == one.reservation && (*signup)->moved().tries() == one.tries;
  return same ? *signup : nullptr;
}

// Where withdrawing is free anyway nobody needs to be asked any more; at short notice it is free until the
// start.
absl::Time AskUntil(const record::ShiftHead& head, const Rules& rules, absl::Time now) {
  const absl::Time start = absl::FromUnixMicros(head.start_us());
  const absl::Time limit = start - rules.leave_limit;
  return limit > now ? std::min(limit, now + kAskFor) : start;
}

// A request waits on for the new time, at the longest so long before its start as others must be decided;
// at short notice until the start.
absl::StatusOr<record::Fact> AskedAgain(const Shift& shift, const LeftBehind& one,
                                        const std::string& reservation, absl::Time now) {
  const absl::Time start = absl::FromUnixMicros(shift.head().start_us());
  const absl::Time until = absl::FromUnixMicros(one.requested_until_us);
  const absl::Time limit = start - kRequestBeforeStart;
  auto fact =
      MovedFact(shift, one.person, v1::Signup::REQUESTED, std::min(until, limit > now ? limit : start), now);
  if (fact.ok()) fact->mutable_signup_moved()->set_reservation(reservation);
  return fact;
}

absl::Status Change(Shift& shift, const std::string& person,
                    const std::function<void(record::SignupRecord&)>& change) {
  record::ShiftChild* child = shift.Mutable(SignupField(person));
  if (child == nullptr)
    return absl::InternalError(absl::StrCat("a fact changes a child that is not there: ", person));
  change(*child->mutable_signup());
  return absl::OkStatus();
}

// Their place is free, also for who waits; a request is let go as others are.
absl::StatusOr<Facts> Released(const Shift& shift, const LeftBehind& one, const record::SignupRecord& signup,
                               const absl::Status& why, absl::Time now) {
  const bool requested = signup.state() == v1::Signup::REQUESTED;
  Facts facts;
  if (requested) {
    auto let_go = LetGoFacts(shift, one.person, signup, v1::Signup::RELEASED, "", now);
    if (!let_go.ok()) return let_go;
    facts = *std::move(let_go);
  }
  facts.push_back(At(now));
  record::ConsequenceFact::PersonReleased& released =
      *facts.back().mutable_consequence()->mutable_person_released();
  released.set_person(one.person);
  released.set_move(one.move);
  released.set_reason(refusal::ReasonOf(why));
  released.set_trainee(signup.trainee());
  released.set_was_requested(requested);
  if (!requested) {
    auto before = FindRecord(shift, one.reservation);
    if (!before.ok()) return before.status();
    if (auto back = reservation::DecideGiveBack(*before, now)) facts.push_back(RecordFact(*back));
  }
  return ThenOffer(shift, std::move(facts), now);
}

}  // namespace

// Signed up or asked before the last move, and not looked at since. Who signed up in the very commit of the
// move is moved to where they are, which changes nothing.
bool IsLeftBehind(const record::ShiftHead& head, const record::SignupRecord& signup) {
  const record::ConsequenceHead& known = head.consequence();
  return MovesAlong(signup) && signup.moved().move() < known.moves() &&
         signup.create_us() <= known.moved_us();
}

bool NeedsMoving(const record::ShiftHead& head) {
  const record::ConsequenceHead& known = head.consequence();
  return head.state() != v1::Shift::CANCELLED && known.moved_chunks() * kIndexChunk < known.to_move();
}

absl::StatusOr<std::vector<LeftBehind>> NextLeftBehind(const Shift& shift) {
  std::vector<LeftBehind> left;
  const record::ShiftHead& head = shift.head();
  if (!shift.Exists() || !NeedsMoving(head)) return left;
  auto chunk = shift.Find(IndexField(head.consequence().moved_chunks()));
  if (!chunk.ok()) return chunk.status();
  if (*chunk == nullptr) return absl::InternalError("a chunk of the index is not there");
  absl::Status missing;
  for (const std::string& person : (*chunk)->index().persons()) {
    auto signup = FindSignup(shift, person);
    if (!signup.ok()) missing = signup.status();
    if (!signup.ok() || *signup == nullptr || !IsLeftBehind(head, **signup)) continue;
    LeftBehind& one = left.emplace_back();
    one.person = person;
    one.reservation = (*signup)->reservation();
    one.move = head.consequence().moves();
    one.tries = (*signup)->moved().tries();
    one.trainee = (*signup)->trainee();
    if ((*signup)->state() == v1::Signup::REQUESTED) one.requested_until_us = (*signup)->until_us();
  }
  if (!missing.ok()) return missing;
  return left;
}

reservation::v1::Demand MoveDemand(const record::ShiftHead& head, const LeftBehind& one) {
  reservation::v1::Demand demand = DemandOf(head, one.person, one.trainee);
  demand.set_in_place_of(one.reservation);
  return demand;
}

absl::StatusOr<Facts> DecidePersonMoved(const Shift& shift, const LeftBehind& one,
                                        const std::string& reservation, const Rules& rules, absl::Time now) {
  auto signup = Find(shift, one);
  if (!signup.ok()) return signup.status();
  if (*signup == nullptr) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "NOT_SIGNED_UP",
                           {{"name", SignupName(shift.head().id(), one.person)}, {"state", "MOVED"}});
  }
  auto before = FindRecord(shift, one.reservation);
  if (!before.ok()) return before.status();
  auto asked = (*signup)->state() == v1::Signup::REQUESTED ? AskedAgain(shift, one, reservation, now)
                                                           : absl::StatusOr<record::Fact>(At(now));
  if (!asked.ok()) return asked.status();
  Facts facts = {At(now)};
  record::ConsequenceFact::PersonMoved& moved = *facts[0].mutable_consequence()->mutable_person_moved();
  moved.set_person(one.person);
  moved.set_move(one.move);
  moved.set_reservation(reservation);
  moved.set_ask_until_us(absl::ToUnixMicros(AskUntil(shift.head(), rules, now)));
  if (asked->has_signup_moved()) facts.push_back(*std::move(asked));
  if (auto back = reservation::DecideGiveBack(*before, now)) facts.push_back(RecordFact(*back));
  return facts;
}

absl::StatusOr<Facts> DecideNotMoved(const Shift& shift, const LeftBehind& one, const absl::Status& why,
                                     bool moves_too, absl::Time now) {
  auto signup = Find(shift, one);
  if (!signup.ok()) return signup.status();
  if (*signup == nullptr || why.ok()) return Facts{};
  const bool refused = reservation::IsRefusal(why);
  if (!refused && !absl::IsAborted(why)) return Facts{};
  Facts facts = {At(now)};
  record::ConsequenceFact& fact = *facts[0].mutable_consequence();
  // The time they had here before is free in a moment.
  const bool own =
      refusal::ReasonOf(why) == "OVERLAPS" && refusal::ParamOf(why, "with") == ShiftName(shift.head().id());
  if (!refused || own || (moves_too && one.tries < kMoveTries)) {
    fact.mutable_move_retried()->set_person(one.person);
    fact.mutable_move_retried()->set_move(one.move);
    fact.mutable_move_retried()->set_tries(one.tries + 1);
    return facts;
  }
  if ((*signup)->state() == v1::Signup::CHECKED_IN) {
    fact.mutable_person_moved()->set_person(one.person);
    fact.mutable_person_moved()->set_move(one.move);
    return facts;
  }
  return Released(shift, one, **signup, why, now);
}

absl::StatusOr<Facts> DecideChunkMoved(const Shift& shift, absl::Time now) {
  if (!shift.Exists() || !NeedsMoving(shift.head())) return Facts{};
  auto left = NextLeftBehind(shift);
  if (!left.ok()) return left.status();
  if (!left->empty()) return Facts{};
  Facts facts = {At(now)};
  facts[0].mutable_consequence()->mutable_chunk_moved()->set_chunk(shift.head().consequence().moved_chunks());
  return facts;
}

std::optional<absl::Time> AskedUntil(const record::SignupRecord& signup, absl::Time now) {
  const absl::Time until = absl::FromUnixMicros(signup.moved().ask_until_us());
  const bool comes = signup.state() == v1::Signup::SIGNED_UP || signup.state() == v1::Signup::REQUESTED;
  if (!comes || now >= until) return std::nullopt;
  return until;
}

absl::StatusOr<Facts> DecideAnswered(const Shift& shift, absl::string_view person, absl::Time now) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  const std::string name = SignupName(shift.head().id(), person);
  auto signup = FindSignup(shift, person);
  if (!signup.ok()) return signup.status();
  if (*signup == nullptr) return refusal::NotFound(name);
  const v1::Signup::State state = ShownState(shift.head(), **signup);
  if (state != v1::Signup::SIGNED_UP && state != v1::Signup::REQUESTED) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "NOT_SIGNED_UP",
                           {{"name", name}, {"state", v1::Signup::State_Name(state)}});
  }
  if (!AskedUntil(**signup, now)) return Facts{};
  Facts facts = {At(now)};
  facts[0].mutable_consequence()->mutable_answered()->set_person(person.data(), person.size());
  return facts;
}

absl::Status ApplyConsequenceToSignups(Shift& shift, const record::ConsequenceFact& fact, int64_t time_us) {
  switch (fact.what_case()) {
    case record::ConsequenceFact::kPersonMoved:
      return Change(shift, fact.person_moved().person(), [&](record::SignupRecord& signup) {
        const record::ConsequenceFact::PersonMoved& moved = fact.person_moved();
        if (!moved.reservation().empty()) signup.set_reservation(moved.reservation());
        record::MovedRecord& record = *signup.mutable_moved();
        record.set_move(moved.move());
        record.clear_tries();
        record.set_ask_until_us(moved.ask_until_us());
        record.set_time_us(time_us);
      });
    case record::ConsequenceFact::kPersonReleased:
      return Change(shift, fact.person_released().person(), [&](record::SignupRecord& signup) {
        signup.set_state(v1::Signup::RELEASED);
        record::MovedRecord& record = *signup.mutable_moved();
        record.set_move(fact.person_released().move());
        record.clear_tries();
        record.clear_ask_until_us();
        record.set_release_reason(fact.person_released().reason());
        record.set_time_us(time_us);
      });
    case record::ConsequenceFact::kMoveRetried:
      return Change(shift, fact.move_retried().person(), [&](record::SignupRecord& signup) {
        signup.mutable_moved()->set_tries(fact.move_retried().tries());
      });
    case record::ConsequenceFact::kAnswered:
      return Change(shift, fact.answered().person(),
                    [](record::SignupRecord& signup) { signup.mutable_moved()->clear_ask_until_us(); });
    default:
      return absl::OkStatus();
  }
}

}  // namespace kepu::volunteer::domain
