#include "services/venue/domain/exhibit_claims.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/keeping.h"
#include "services/venue/domain/exhibit_uses.h"
#include "services/venue/domain/state.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using calendar::Interval;
using log::v1::ClaimedMonth;
using log::v1::ExhibitChild;
using log::v1::ExhibitFact;
using refusal::kNo;
using reservation::v1::Claim;
using reservation::v1::ClaimFact;
using reservation::v1::Demand;

// A session that has begun may still be given its kit; what lies further back is a mistake.
constexpr absl::Duration kBegunMax = absl::Hours(24);

// Where programmes are given.
bool IsPlace(const std::string& name) {
  constexpr absl::string_view kPlaces[] = {"venues/*",      "venues/*/spaces/*", "schools/*",
                                           "communities/*", "villages/*",        "towns/*",
                                           "caravans/*",    "schools/*/rooms/*"};
  return std::any_of(std::begin(kPlaces), std::end(kPlaces),
                     [&](absl::string_view pattern) { return names::Parse("name", pattern, name).ok(); });
}

Interval TimeOf(const Demand& demand) { return {ToTime(demand.start_time()), ToTime(demand.end_time())}; }

absl::Duration HandlingOf(const v1::Exhibit& exhibit) { return ToDuration(exhibit.handling_duration()); }

absl::StatusOr<Use> WishOf(const Demand& demand, absl::Time now) {
  if (absl::Status status = names::Parse("demand.thing", "exhibits/*", demand.thing()).status(); !status.ok())
    return status;
  refusal::FieldErrors errors;
  if (demand.kind() != reservation::v1::KIT) errors.Add("demand.kind", "an exhibit is claimed as KIT");
  if (!IsPlace(demand.place()))
    errors.Add("demand.place",
               "must say where it is needed: a venue or a space of one, a school, a community, a village, a "
               "town or a caravan");
  const Interval time = TimeOf(demand);
  if (!demand.has_start_time() || !demand.has_end_time() || time.empty() || time.length() > kMaxKitUse) {
    errors.Add("demand.end_time", "must be after the start, at most 31 days");
  } else {
    if (time.end <= now) errors.Add("demand.end_time", "must not be past");
    if (time.start < now - kBegunMax) errors.Add("demand.start_time", "must not be more than a day past");
    if (time.start > now + kMaxKitAhead) errors.Add("demand.start_time", "must be within three years");
  }
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  return Use{.time = time,
             .place = demand.place(),
             .with = demand.purpose(),
             .kind = Use::kClaim,
             .in_place_of = demand.in_place_of()};
}

std::string Named(const std::optional<absl::Time>& start) { return start ? LocalText(*start) : "-"; }

refusal::Params ParamsOf(absl::string_view exhibit, const Use& use) {
  return {{"exhibit", std::string(exhibit)},
          {"with", use.with.empty() ? "-" : use.with},
          {"place", use.place.empty() ? "-" : use.place},
          {"start", LocalText(use.time.start)},
          {"end", LocalText(use.time.end)}};
}

absl::Status InTheWay(const ExhibitState& state, const v1::Exhibit& exhibit, const Use& wish, const Use& use,
                      absl::Time now) {
  const absl::Duration handling = HandlingOf(exhibit);
  auto around = UsesIn(state, Widened(wish.time, kNearestReach + handling));
  if (!around.ok()) return around.status();
  const Nearest nearest = NearestTo(wish, *around, handling, now);
  refusal::Params params = ParamsOf(exhibit.name(), use);
  params.emplace_back("before", Named(nearest.before));
  params.emplace_back("after", Named(nearest.after));
  return refusal::Refuse(kNo, use.kind == Use::kClaim ? "KIT_TAKEN" : "KIT_ELSEWHERE", std::move(params));
}

absl::Status Claimed(const v1::Exhibit& exhibit, const Use& claim) {
  refusal::Params params = ParamsOf(exhibit.name(), claim);
  params.emplace_back("gap_minutes", absl::StrCat(absl::ToInt64Minutes(HandlingOf(exhibit))));
  return refusal::Refuse(kNo, "EXHIBIT_CLAIMED", std::move(params));
}

absl::Status CheckMonths(const ExhibitState& state, const v1::Exhibit& exhibit, const Interval& time) {
  for (const absl::CivilMonth month : MonthsOf(time)) {
    auto child = state.Find(ClaimedField(month));
    if (!child.ok()) return child.status();
    if (*child != nullptr && (*child)->claimed().items_size() >= kMaxKitUsesInMonth)
      return refusal::Refuse(kNo, "KIT_CALENDAR_FULL",
                             {{"exhibit", exhibit.name()}, {"max", absl::StrCat(kMaxKitUsesInMonth)}});
  }
  return absl::OkStatus();
}

// All that can bear on a claim that is not over.
Interval Ahead(absl::Time now) {
  return Widened({now - kMaxKitUse, now + kMaxKitAhead + kMaxKitUse}, kMaxHandling);
}

void Enter(ExhibitState& state, const Claim& claim) {
  const Interval time = TimeOf(claim.demand());
  for (const absl::CivilMonth month : MonthsOf(time)) {
    const std::string field = ClaimedField(month);
    if (state.Mutable(field) == nullptr) state.Put(field, ExhibitChild());
    auto& items = *state.Mutable(field)->mutable_claimed()->mutable_items();
    ClaimedMonth::Item* item = items.Add();
    item->set_claim_id(claim.claim_id());
    item->set_start_us(absl::ToUnixMicros(time.start));
    item->set_end_us(absl::ToUnixMicros(time.end));
    item->set_place(claim.demand().place());
    item->set_purpose(claim.demand().purpose());
    item->set_reservation(claim.reservation());
    item->set_in_place_of(claim.demand().in_place_of());
    std::sort(items.begin(), items.end(),
              [](const auto& a, const auto& b) { return a.start_us() < b.start_us(); });
  }
}

absl::Status Leave(ExhibitState& state, const Claim& claim) {
  for (const absl::CivilMonth month : MonthsOf(TimeOf(claim.demand()))) {
    const std::string field = ClaimedField(month);
    ExhibitChild* child = state.Mutable(field);
    if (child == nullptr) return absl::InternalError("fact without its month");
    auto& items = *child->mutable_claimed()->mutable_items();
    items.erase(std::remove_if(items.begin(), items.end(),
                               [&](const auto& item) { return item.claim_id() == claim.claim_id(); }),
                items.end());
    if (items.empty()) state.Erase(field);
  }
  return absl::OkStatus();
}

}  // namespace

std::string KitReservationName(absl::string_view exhibit, absl::string_view claim_id) {
  // As allocations of claims are named: digests may begin with a digit.
  return absl::StrCat(ExhibitName(exhibit), "/reservations/c-", claim_id);
}

absl::StatusOr<const Claim*> FindClaim(const ExhibitState& state, absl::string_view claim_id) {
  auto child = state.Find(reservation::ClaimField(claim_id));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->claim();
}

absl::Status CheckRoom(const ExhibitState& state, const Demand& demand, absl::Time now) {
  auto wish = WishOf(demand, now);
  if (!wish.ok()) return wish.status();
  auto exhibit = FindExhibit(state, IdOf(demand.thing()));
  if (!exhibit.ok()) return exhibit.status();
  if ((*exhibit)->state() == v1::Exhibit::RETIRED)
    return refusal::Refuse(kNo, "EXHIBIT_RETIRED", {{"exhibit", (*exhibit)->name()}});
  const absl::Duration handling = HandlingOf(**exhibit);
  auto uses = UsesIn(state, Widened(wish->time, handling));
  if (!uses.ok()) return uses.status();
  for (const Use& use : *uses)
    if (Collide(use, *wish, handling)) return InTheWay(state, **exhibit, *wish, use, now);
  return CheckMonths(state, **exhibit, wish->time);
}

absl::StatusOr<ExhibitFact> ClaimChangedFact(const ExhibitState& state, const ClaimFact& claim_fact) {
  ExhibitFact fact;
  *fact.mutable_claim_changed() = claim_fact;
  auto claim = FindClaim(state, claim_fact.claim_id());
  if (!claim.ok()) return claim.status();
  const Demand* demand = *claim == nullptr ? nullptr : &(*claim)->demand();
  if (claim_fact.has_tried()) demand = &claim_fact.tried().demand();
  if (demand == nullptr || claim_fact.has_confirmed()) return fact;
  absl::Status missing;
  for (const absl::CivilMonth month : MonthsOf(TimeOf(*demand)))
    if (auto child = state.Find(ClaimedField(month)); !child.ok()) missing = child.status();
  if (!missing.ok()) return missing;
  return fact;
}

absl::Status CheckUnclaimed(const ExhibitState& state, const v1::Exhibit& exhibit,
                            const v1::Custody& custody) {
  const absl::Duration handling = HandlingOf(exhibit);
  const Use wish = UseOf(custody);
  auto claims = ClaimsIn(state, Widened(wish.time, handling));
  if (!claims.ok()) return claims.status();
  for (const Use& claim : *claims)
    if (Collide(claim, wish, handling)) return Claimed(exhibit, claim);
  return absl::OkStatus();
}

absl::Status CheckKeepsClaims(const ExhibitState& state, const v1::Exhibit& base, const v1::Exhibit& next,
                              absl::Time now) {
  const bool retires = next.state() == v1::Exhibit::RETIRED && base.state() != v1::Exhibit::RETIRED;
  const bool slower = HandlingOf(next) > HandlingOf(base);
  if (!retires && !slower) return absl::OkStatus();
  auto uses = UsesIn(state, Ahead(now));
  if (!uses.ok()) return uses.status();
  if (retires) {
    for (const Use& use : *uses)
      if (use.kind == Use::kClaim && use.time.end > now) return Claimed(base, use);
  }
  const Use* broken = slower ? FirstBroken(*uses, HandlingOf(next), now) : nullptr;
  return broken == nullptr ? absl::OkStatus() : Claimed(next, *broken);
}

absl::Time NextDue(const ExhibitState& state) { return reservation::NextForgetting(state.head().keeping()); }

absl::StatusOr<ExhibitFacts> Due(const ExhibitState& state, absl::Time now) {
  auto forgotten = reservation::DecideForgetting(
      state, state.head().keeping(), now, [](const ExhibitChild& child) { return child.filed(); },
      [&](const std::string& field) -> absl::StatusOr<bool> {
        auto child = state.Find(field);
        if (!child.ok()) return child.status();
        return reservation::MayForget(*child == nullptr ? nullptr : &(*child)->claim());
      });
  if (!forgotten.ok()) return forgotten.status();
  ExhibitFacts facts;
  if (*forgotten) *facts.emplace_back().mutable_ends_forgotten() = **forgotten;
  return facts;
}

absl::Status ChangeClaim(ExhibitState& state, const ClaimFact& fact) {
  const std::string field = reservation::ClaimField(fact.claim_id());
  const ExhibitChild* child = state.Mutable(field);
  std::optional<Claim> before;
  if (child != nullptr) before = child->claim();
  auto after = reservation::ApplyClaim(before ? &*before : nullptr, fact);
  if (!after.ok()) return after.status();
  if (!after->has_value()) return absl::InternalError("claims are forgotten by the day");
  ExhibitChild next;
  *next.mutable_claim() = **after;
  state.Put(field, std::move(next));
  if (const std::optional<absl::Time> end = reservation::EndOf(fact)) {
    reservation::FileChild(state, state.head().keeping(), field, end, reservation::Filing<ExhibitChild>);
    reservation::FileEnd(*state.mutable_head().mutable_keeping(), *end);
  }
  const bool was_live = before && reservation::IsLive(*before);
  const bool is_live = reservation::IsLive(**after);
  if (is_live && !was_live) Enter(state, **after);
  return was_live && !is_live ? Leave(state, *before) : absl::OkStatus();
}

void ForgetClaims(ExhibitState& state, const reservation::v1::EndsForgotten& fact) {
  reservation::EraseForgotten(state, state.head().keeping(), fact, reservation::Filing<ExhibitChild>);
  reservation::FoldForgetting(*state.mutable_head().mutable_keeping(), fact);
}

v1::KitReservation KitReservationOf(absl::string_view exhibit, const Claim& claim) {
  v1::KitReservation shown;
  shown.set_name(KitReservationName(exhibit, claim.claim_id()));
  *shown.mutable_start_time() = claim.demand().start_time();
  *shown.mutable_end_time() = claim.demand().end_time();
  shown.set_place(claim.demand().place());
  shown.set_purpose(claim.demand().purpose());
  shown.set_state(claim.state() == Claim::CONFIRMED ? v1::KitReservation::CONFIRMED
                                                    : v1::KitReservation::HELD);
  *shown.mutable_create_time() = claim.create_time();
  return shown;
}

const Claim* ClaimAt(const ExhibitState& state, absl::Time time) {
  const auto claims = ClaimsIn(state, {time, time + absl::Microseconds(1)});
  if (!claims.ok() || claims->empty()) return nullptr;
  const auto claim = FindClaim(state, claims->front().claim_id);
  return claim.ok() ? *claim : nullptr;
}

absl::Status CheckClaims(const ExhibitState& state, absl::Time now) {
  const auto wrong = [&](absl::string_view what) {
    return absl::InternalError(absl::StrCat(ExhibitName(state.head().id()), ": ", what));
  };
  std::set<std::string> due, listed;
  int filed = 0, counted = 0;
  for (const auto& [field, child] : state.children()) {
    if (!child) continue;
    if (child->has_filed()) ++filed;
    if (child->has_claim() && reservation::IsLive(child->claim())) {
      const Interval time = TimeOf(child->claim().demand());
      for (const absl::CivilMonth month : MonthsOf(time))
        due.insert(absl::StrCat(ClaimedField(month), " ", child->claim().claim_id(), " ",
                                child->claim().demand().place(), " ", absl::ToUnixMicros(time.start), " ",
                                absl::ToUnixMicros(time.end)));
    }
    for (const ClaimedMonth::Item& item : child->claimed().items()) {
      if (!listed
               .insert(absl::StrCat(field, " ", item.claim_id(), " ", item.place(), " ", item.start_us(), " ",
                                    item.end_us()))
               .second)
        return wrong(absl::StrCat("a claim is listed twice in ", field));
    }
  }
  if (due != listed) return wrong("claims and their months differ");
  for (const auto& day : state.head().keeping().days()) counted += day.count();
  if (filed != counted) return wrong("ends of claims are miscounted");
  auto exhibit = FindExhibit(state, state.head().id());
  auto uses = UsesIn(state, Ahead(now));
  if (!exhibit.ok() || !uses.ok()) return wrong("is not whole");
  if (const Use* broken = FirstBroken(*uses, HandlingOf(**exhibit), now))
    return wrong(absl::StrCat("cannot be where it is needed for ", broken->with));
  return absl::OkStatus();
}

}  // namespace kepu::venue
