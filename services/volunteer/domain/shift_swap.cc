#include "services/volunteer/domain/shift_swap.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/record.h"
#include "services/volunteer/domain/shift_wait.h"
#include "services/volunteer/domain/signup.h"

namespace kepu::volunteer::domain {
namespace {

using refusal::kNo;
using refusal::Refuse;
using reservation::v1::Demand;

// A giver who is signed up, of a shift in which who comes is nobody else's to decide.
absl::StatusOr<const record::SignupRecord*> GiverOf(const Shift& shift, absl::string_view giver,
                                                    absl::Time now) {
  auto signup = SignupOrRefuse(shift, giver);
  if (!signup.ok()) return signup;
  const v1::Signup::State state = ShownState(shift.head(), **signup);
  if (state != v1::Signup::SIGNED_UP) return WrongState("NOT_SIGNED_UP", shift, giver, state);
  if (absl::Status status = CheckOpen(shift.head(), now); !status.ok()) return status;
  const v1::SignUpMode mode = shift.head().sign_up_mode();
  if (mode == v1::APPROVAL || mode == v1::INVITATION)
    return Refuse(kNo, "NOT_EXCHANGEABLE", {{"name", ShiftName(shift.head().id())}});
  // Who learns learns for themselves.
  if ((*signup)->trainee())
    return Refuse(kNo, "TRAINEE_PLACE", {{"name", SignupName(shift.head().id(), giver)}});
  return signup;
}

std::optional<record::SwapClaim> SwapOf(const Demand& demand) {
  record::SwapClaim swap;
  if (demand.kind() != reservation::v1::SHIFT || demand.amount() != 0 || demand.detail().empty() ||
      !swap.ParseFromString(demand.detail()) || swap.reservation().empty())
    return std::nullopt;
  return swap;
}

HandOver HandOverOf(const record::SwapClaim& swap) {
  return {swap.giver(), swap.taker(), swap.offered(), swap.in_exchange(), swap.reservation()};
}

std::vector<reservation::v1::ClaimRef> TakersClaim(const record::SwapClaim& swap) {
  reservation::v1::ClaimRef ref;
  ref.set_claim_id(swap.claim_id());
  ref.set_thing(absl::StrCat("volunteers/", swap.taker()));
  ref.set_kind(reservation::v1::PERSON);
  ref.set_service("volunteer");
  ref.set_reservation(swap.reservation());
  return {ref};
}

record::Fact HeldFact(const record::SwapClaim& swap, bool over, absl::Time now) {
  record::Fact fact = At(now);
  fact.mutable_swap_held()->set_person(swap.giver());
  fact.mutable_swap_held()->set_reservation(swap.reservation());
  fact.mutable_swap_held()->set_over(over);
  return fact;
}

// The giver goes, the taker comes; the taker's own place in a list or by invitation is free then.
absl::StatusOr<Facts> ChangeHands(const Shift& shift, const HandOver& hand_over, absl::Time now) {
  auto giver = SignupOrRefuse(shift, hand_over.giver);
  auto taker = FindSignup(shift, hand_over.taker);
  auto lists = LeaveListsFacts(shift, hand_over.taker, now);
  if (!giver.ok()) return giver.status();
  if (!taker.ok()) return taker.status();
  if (!lists.ok()) return lists.status();
  auto held = FindRecord(shift, (*giver)->reservation());
  if (!held.ok()) return held.status();
  auto goes = MovedFact(shift, hand_over.giver, v1::Signup::HANDED_OVER, absl::InfinitePast(), now);
  auto comes = MovedFact(shift, hand_over.taker, v1::Signup::SIGNED_UP, absl::InfinitePast(), now);
  if (!goes.ok()) return goes.status();
  if (!comes.ok()) return comes.status();
  comes->mutable_signup_moved()->set_reservation(hand_over.reservation);
  Facts facts = *std::move(lists);
  facts.push_back(*std::move(goes));
  if (auto back = reservation::DecideGiveBack(*held, now)) facts.push_back(RecordFact(*back));
  facts.push_back(*std::move(comes));
  return ThenOffer(shift, std::move(facts), now);
}

// Told that the exchange holds: a shift that was cancelled meanwhile has nothing left to hand over, and the
// taker's time is let go.
absl::StatusOr<Facts> Settle(const Shift& shift, const record::SwapClaim& swap, bool confirmed,
                             absl::Time now) {
  Facts facts{HeldFact(swap, true, now)};
  auto giver = SignupOrRefuse(shift, swap.giver());
  if (!giver.ok()) return giver.status();
  confirmed = confirmed && ShownState(shift.head(), **giver) == v1::Signup::SIGNED_UP;
  if (!confirmed) {
    facts.push_back(RecordFact(*reservation::DecideCancelled(nullptr, swap.reservation(), absl::OkStatus(),
                                                             TakersClaim(swap), now)));
    return facts;
  }
  auto changed = ChangeHands(shift, HandOverOf(swap), now);
  if (!changed.ok()) return changed;
  facts.insert(facts.end(), changed->begin(), changed->end());
  facts.push_back(
      RecordFact(*reservation::DecideConfirmed(nullptr, swap.reservation(), TakersClaim(swap), now)));
  return facts;
}

}  // namespace

absl::Status CheckNotSwapping(const Shift& shift, absl::string_view person,
                              const record::SignupRecord& signup) {
  if (!signup.swap_held()) return absl::OkStatus();
  return refusal::TryLater(absl::StatusCode::kUnavailable, "SWAP_UNDER_WAY", absl::Seconds(10),
                           {{"name", SignupName(shift.head().id(), person)}});
}

absl::StatusOr<Facts> DecideOfferSwap(const Shift& shift, absl::string_view person, absl::string_view to,
                                      absl::string_view in_exchange, absl::Time now) {
  auto signup = SignupOrRefuse(shift, person);
  if (!signup.ok()) return signup.status();
  if (to.empty() && (*signup)->swap().to().empty()) return Facts{};
  if (!to.empty()) {
    if (auto giver = GiverOf(shift, person, now); !giver.ok()) return giver.status();
  }
  if (absl::Status status = CheckNotSwapping(shift, person, **signup); !status.ok()) return status;
  record::Fact fact = At(now);
  record::SwapOffered& offered = *fact.mutable_swap_offered();
  offered.set_person(std::string(person));
  offered.set_before((*signup)->swap().to());
  if (to.empty()) {
    offered.mutable_terms();
    return Facts{fact};
  }
  offered.mutable_terms()->set_to(std::string(to));
  offered.mutable_terms()->set_in_exchange(std::string(in_exchange));
  offered.mutable_terms()->set_create_us(absl::ToUnixMicros(now));
  return Facts{fact};
}

absl::StatusOr<Facts> DecideDeclineSwap(const Shift& shift, absl::string_view giver, absl::string_view taker,
                                        absl::Time now) {
  auto signup = SignupOrRefuse(shift, giver);
  if (!signup.ok()) return signup.status();
  if ((*signup)->swap().to() != taker) return refusal::NotFound(SignupName(shift.head().id(), giver));
  return DecideOfferSwap(shift, giver, "", "", now);
}

absl::Status CheckHandOver(const Shift& shift, const HandOver& hand_over, absl::Time now) {
  auto taker = FindSignup(shift, hand_over.taker);
  auto giver = GiverOf(shift, hand_over.giver, now);
  if (!taker.ok()) return taker.status();
  if (!giver.ok()) return giver.status();
  const record::SwapTerms& terms = (*giver)->swap();
  if (hand_over.offered && (terms.to() != hand_over.taker || terms.in_exchange() != hand_over.in_exchange)) {
    return Refuse(kNo, "NO_SWAP_OFFER", {{"name", SignupName(shift.head().id(), hand_over.giver)}});
  }
  if (*taker != nullptr) {
    const v1::Signup::State state = ShownState(shift.head(), **taker);
    if (IsLive(state) || state == v1::Signup::REQUESTED) {
      return Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_SIGNED_UP",
                    {{"name", SignupName(shift.head().id(), hand_over.taker)}});
    }
  }
  // A no that is final for this call: whoever is second may ask again.
  if ((*giver)->swap_held())
    return Refuse(kNo, "SWAP_UNDER_WAY", {{"name", SignupName(shift.head().id(), hand_over.giver)}});
  return absl::OkStatus();
}

absl::StatusOr<Facts> DecideHandOver(const Shift& shift, const HandOver& hand_over, absl::Time now) {
  if (absl::Status status = CheckHandOver(shift, hand_over, now); !status.ok()) return status;
  return ChangeHands(shift, hand_over, now);
}

Demand SwapDemand(absl::string_view shift, absl::string_view pivot, const HandOver& hand_over,
                  absl::string_view claim_id) {
  record::SwapClaim swap;
  swap.set_giver(hand_over.giver);
  swap.set_taker(hand_over.taker);
  swap.set_offered(hand_over.offered);
  swap.set_in_exchange(hand_over.in_exchange);
  swap.set_reservation(hand_over.reservation);
  swap.set_claim_id(std::string(claim_id));
  Demand demand;
  demand.set_thing(ShiftName(shift));
  demand.set_kind(reservation::v1::SHIFT);
  demand.set_part(hand_over.giver);
  demand.set_purpose(ShiftName(pivot));
  demand.set_detail(swap.SerializeAsString());
  return demand;
}

bool IsSwapClaim(const Demand& demand) { return SwapOf(demand).has_value(); }

absl::Status CheckSwapClaim(const Shift& shift, const Demand& demand, absl::Time now) {
  if (!shift.Exists()) return refusal::NotFound(demand.thing());
  const record::SwapClaim swap = *SwapOf(demand);
  if (absl::Status status = CheckHandOver(shift, HandOverOf(swap), now); !status.ok()) return status;
  auto decided = FindRecordIfAny(shift, swap.reservation());
  if (!decided.ok()) return decided.status();
  const bool many = shift.head().swaps_held_size() >= kSwapsHeldMax;
  // The taker's claim has asked here already and was told no.
  if (many || reservation::IsDecided(*decided) || IsSwapHeld(shift, swap.reservation()))
    return Refuse(kNo, "SWAP_UNDER_WAY", {{"name", SignupName(shift.head().id(), swap.giver())}});
  return absl::OkStatus();
}

absl::StatusOr<Facts> SwapFollows(const Shift& shift, const reservation::v1::ClaimFact& fact,
                                  absl::Time now) {
  if (fact.has_tried()) {
    const auto swap = SwapOf(fact.tried().demand());
    if (!swap) return Facts{};
    if (auto giver = FindSignup(shift, swap->giver()); !giver.ok()) return giver.status();
    return Facts{HeldFact(*swap, false, now)};
  }
  if (!fact.has_confirmed() && !fact.has_ended()) return Facts{};
  auto claim = FindClaim(shift, fact.claim_id());
  if (!claim.ok()) return claim.status();
  if (*claim == nullptr || (*claim)->state() != reservation::v1::Claim::TRIED) return Facts{};
  const auto swap = SwapOf((*claim)->demand());
  return swap ? Settle(shift, *swap, fact.has_confirmed(), now) : Facts{};
}

bool IsSwapHeld(const Shift& shift, absl::string_view reservation) {
  const auto& held = shift.head().swaps_held();
  return std::find(held.begin(), held.end(), reservation) != held.end();
}

}  // namespace kepu::volunteer::domain
