#include "services/venue/domain/apply.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/reservation/claim.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/stamps.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using calendar::Interval;
using log::v1::VenueChild;
using log::v1::VenueFact;

absl::Status Defect(absl::string_view what) {
  return absl::InternalError(absl::StrCat("fact without its ", what));
}

Interval TakenBy(const v1::Allocation& allocation) {
  return {ToTime(allocation.taken_start_time()), ToTime(allocation.taken_end_time())};
}

void PutAllocation(VenueState& state, const v1::Allocation& allocation) {
  const std::string space(SpaceOf(allocation.name())), id(IdOf(allocation.name()));
  const Interval taken = TakenBy(allocation);
  for (const absl::CivilMonth month : MonthsOf(taken)) {
    const std::string field = MonthField(space, month);
    if (state.Mutable(field) == nullptr) state.Put(field, VenueChild());
    auto& list = *state.Mutable(field)->mutable_month()->mutable_taken();
    log::v1::Month::Taken* item = list.Add();
    item->set_id(id);
    item->set_start_us(absl::ToUnixMicros(taken.start));
    item->set_end_us(absl::ToUnixMicros(taken.end));
    std::sort(list.begin(), list.end(),
              [](const auto& a, const auto& b) { return a.start_us() < b.start_us(); });
  }
  VenueChild child;
  *child.mutable_allocation() = allocation;
  state.Put(AllocationField(space, id), std::move(child));
}

// Frees what it takes; the record itself stays.
void FreeAllocation(VenueState& state, absl::string_view space, const v1::Allocation& allocation) {
  const absl::string_view id = IdOf(allocation.name());
  for (const absl::CivilMonth month : MonthsOf(TakenBy(allocation))) {
    const std::string field = MonthField(space, month);
    VenueChild* child = state.Mutable(field);
    if (child == nullptr) continue;
    auto& list = *child->mutable_month()->mutable_taken();
    list.erase(std::remove_if(list.begin(), list.end(), [&](const auto& item) { return item.id() == id; }),
               list.end());
    if (list.empty()) state.Erase(field);
  }
}

absl::Status Release(VenueState& state, absl::string_view space, absl::string_view id, absl::Time time) {
  VenueChild* child = state.Mutable(AllocationField(space, id));
  if (child == nullptr || !child->has_allocation()) return Defect("allocation");
  v1::Allocation& allocation = *child->mutable_allocation();
  allocation.set_state(v1::Allocation::RELEASED);
  allocation.clear_ask_time();
  *allocation.mutable_release_time() = ToTimestamp(time);
  const v1::Allocation released = allocation;
  FreeAllocation(state, space, released);
  return absl::OkStatus();
}

v1::Venue* Info(VenueState& state) {
  VenueChild* child = state.Mutable(kInfoField);
  return child == nullptr ? nullptr : child->mutable_venue();
}

absl::Status PutVenue(VenueState& state, const v1::Venue& venue) {
  state.mutable_head().set_id(std::string(IdOf(venue.name())));
  VenueChild child;
  *child.mutable_venue() = venue;
  state.Put(kInfoField, std::move(child));
  return absl::OkStatus();
}

absl::Status PutSpace(VenueState& state, const v1::Space& space, bool created) {
  const std::string id(IdOf(space.name()));
  if (created) state.mutable_head().add_spaces(id);
  if (created && !space.part_of().empty()) {
    log::v1::VenueHead& head = state.mutable_head();
    const auto whole = std::find(head.spaces().begin(), head.spaces().end(), IdOf(space.part_of()));
    if (whole == head.spaces().end()) return Defect("whole");
    log::v1::VenueHead::Part& part = *head.add_parts();
    part.set_space(head.spaces_size() - 1);
    part.set_whole(static_cast<int32_t>(whole - head.spaces().begin()));
  }
  VenueChild child;
  *child.mutable_space() = space;
  state.Put(SpaceField(id), std::move(child));
  return absl::OkStatus();
}

absl::Status PutSeries(VenueState& state, const log::v1::SeriesPut& fact) {
  const absl::Time time = absl::FromUnixMicros(fact.time_us());
  for (const std::string& id : fact.released())
    if (absl::Status status = Release(state, fact.space(), id, time); !status.ok()) return status;
  for (const v1::Allocation& allocation : fact.made()) PutAllocation(state, allocation);
  for (const v1::Series& series : fact.series()) {
    VenueChild child;
    *child.mutable_series() = series;
    state.Put(SeriesField(fact.space(), IdOf(series.name())), std::move(child));
  }
  return absl::OkStatus();
}

absl::Status PutExhibition(VenueState& state, const log::v1::ExhibitionPut& fact) {
  const std::string id(IdOf(fact.exhibition().name()));
  const absl::Time time = absl::FromUnixMicros(fact.time_us());
  for (const std::string& space : fact.freed())
    if (absl::Status status = Release(state, space, id, time); !status.ok()) return status;
  for (const v1::Allocation& allocation : fact.allocations()) PutAllocation(state, allocation);
  VenueChild child;
  *child.mutable_exhibition() = fact.exhibition();
  state.Put(ExhibitionField(id), std::move(child));
  return absl::OkStatus();
}

absl::Status CancelExhibition(VenueState& state, const log::v1::ExhibitionCancelled& fact) {
  VenueChild* child = state.Mutable(ExhibitionField(fact.id()));
  if (child == nullptr) return Defect("exhibition");
  v1::Exhibition& exhibition = *child->mutable_exhibition();
  exhibition.set_state(exhibition.state() == v1::Exhibition::DRAFT ? v1::Exhibition::DROPPED
                                                                   : v1::Exhibition::CANCELLED);
  exhibition.set_cancel_reason(fact.reason());
  const absl::Time time = absl::FromUnixMicros(fact.time_us());
  StampAgain(exhibition, time);
  for (const std::string& space : fact.spaces())
    if (absl::Status status = Release(state, space, fact.id(), time); !status.ok()) return status;
  return absl::OkStatus();
}

absl::Status CreateClosure(VenueState& state, const v1::Closure& closure) {
  const std::string id(IdOf(closure.name()));
  VenueChild child;
  *child.mutable_closure() = closure;
  state.Put(ClosureField(id), std::move(child));
  if (state.Mutable(kClosuresField) == nullptr) state.Put(kClosuresField, VenueChild());
  auto& items = *state.Mutable(kClosuresField)->mutable_closures()->mutable_items();
  const int64_t now_us = absl::ToUnixMicros(ToTime(closure.create_time()));
  // Those that are over leave when the next one comes.
  items.erase(
      std::remove_if(items.begin(), items.end(), [&](const auto& item) { return item.end_us() <= now_us; }),
      items.end());
  log::v1::ActiveClosures::Item* item = items.Add();
  item->set_id(id);
  item->set_start_us(absl::ToUnixMicros(ToTime(closure.start_time())));
  item->set_end_us(absl::ToUnixMicros(ToTime(closure.end_time())));
  for (const std::string& space : closure.spaces()) item->add_spaces(std::string(IdOf(space)));
  return absl::OkStatus();
}

absl::Status UpdateClosure(VenueState& state, const v1::Closure& closure) {
  const std::string id(IdOf(closure.name()));
  VenueChild* child = state.Mutable(ClosureField(id));
  VenueChild* index = state.Mutable(kClosuresField);
  if (child == nullptr || index == nullptr) return Defect("closure");
  *state.Mutable(ClosureField(id))->mutable_closure() = closure;
  for (auto& item : *index->mutable_closures()->mutable_items()) {
    if (item.id() != id) continue;
    item.set_start_us(absl::ToUnixMicros(ToTime(closure.start_time())));
    item.set_end_us(absl::ToUnixMicros(ToTime(closure.end_time())));
    item.clear_spaces();
    for (const std::string& space : closure.spaces()) item.add_spaces(std::string(IdOf(space)));
  }
  return absl::OkStatus();
}

absl::Status EndClosure(VenueState& state, const log::v1::ClosureEnded& fact) {
  VenueChild* child = state.Mutable(ClosureField(fact.id()));
  VenueChild* index = state.Mutable(kClosuresField);
  if (child == nullptr || index == nullptr) return Defect("closure");
  v1::Closure& closure = *state.Mutable(ClosureField(fact.id()))->mutable_closure();
  closure.set_state(v1::Closure::ENDED);
  const absl::Time end = absl::FromUnixMicros(fact.end_us());
  *closure.mutable_end_time() = ToTimestamp(end);
  *closure.mutable_update_time() = ToTimestamp(absl::FromUnixMicros(fact.time_us()));
  if (fact.has_before()) {
    *closure.mutable_before() = fact.before();
    closure.set_etag(NextEtag(closure.etag()));
  }
  auto& items = *index->mutable_closures()->mutable_items();
  for (int i = items.size() - 1; i >= 0; --i) {
    if (items[i].id() != fact.id()) continue;
    items[i].set_end_us(fact.end_us());
    // One that was called off before it began closes nothing at all.
    if (items[i].end_us() <= items[i].start_us()) items.DeleteSubrange(i, 1);
  }
  return absl::OkStatus();
}

void RememberEnd(VenueState& state, const std::string& claim_id, absl::Time time) {
  auto& days = *state.mutable_head().mutable_ended_days();
  int day = DayNumber(time);
  // Service time never goes back within an aggregate; the check keeps the list sorted whatever happens.
  if (!days.empty()) day = std::max(day, days.rbegin()->day());
  const std::string field = EndedField(day, NextBucket(state, day));
  if (days.empty() || days.rbegin()->day() != day) days.Add()->set_day(day);
  days.rbegin()->set_count(days.rbegin()->count() + 1);
  if (state.Mutable(field) == nullptr) state.Put(field, VenueChild());
  state.Mutable(field)->mutable_ended()->add_claim_ids(claim_id);
}

absl::Status ChangeClaim(VenueState& state, const log::v1::ClaimChanged& changed) {
  const reservation::v1::ClaimFact& fact = changed.fact();
  const std::string field = reservation::ClaimField(fact.claim_id());
  VenueChild* child = state.Mutable(field);
  std::optional<reservation::v1::Claim> before;
  if (child != nullptr) before = child->claim();
  auto after = reservation::ApplyClaim(before ? &*before : nullptr, fact);
  if (!after.ok()) return after.status();
  if (!after->has_value()) return absl::InternalError("claims are forgotten by the day");
  VenueChild next;
  *next.mutable_claim() = **after;
  state.Put(field, std::move(next));

  const std::string id = ClaimAllocationId(fact.claim_id());
  if (fact.has_tried()) {
    PutAllocation(state, changed.allocation());
  } else if (fact.has_confirmed()) {
    VenueChild* record = state.Mutable(AllocationField(IdOf(before->demand().thing()), id));
    if (record == nullptr) return Defect("allocation");
    record->mutable_allocation()->set_state(v1::Allocation::ACTIVE);
    record->mutable_allocation()->clear_ask_time();
  } else if (fact.has_ended()) {
    const absl::Time time = ToTime(fact.ended().end_time());
    RememberEnd(state, fact.claim_id(), time);
    if (!before) return absl::OkStatus();
    const std::string space(IdOf(before->demand().thing()));
    if (absl::Status status = Release(state, space, id, time); !status.ok()) return status;
    // What was only tried has never been; what was used leaves its record.
    if (before->state() == reservation::v1::Claim::TRIED) state.Erase(AllocationField(space, id));
  }
  return absl::OkStatus();
}

absl::Status ForgetClaims(VenueState& state, const log::v1::ClaimsForgotten& fact) {
  for (const std::string& id : fact.claim_ids()) state.Erase(reservation::ClaimField(id));
  state.Erase(EndedField(fact.day(), fact.bucket()));
  auto& days = *state.mutable_head().mutable_ended_days();
  for (int i = 0; i < days.size(); ++i) {
    if (days[i].day() != fact.day()) continue;
    days[i].set_count(fact.bucket() * kEndedPerBucket);
    if (days[i].count() == 0) days.DeleteSubrange(i, 1);
    return absl::OkStatus();
  }
  return Defect("day");
}

absl::Status Retirement(VenueState& state, const VenueFact& fact) {
  v1::Venue* venue = Info(state);
  if (venue == nullptr) return Defect("venue");
  switch (fact.kind_case()) {
    case VenueFact::kRetirementPlanned: {
      auto day = ToDay("retire_date", fact.retirement_planned().retire_date());
      if (!day.ok()) return Defect("day");
      state.mutable_head().set_retire_us(absl::ToUnixMicros(calendar::At(*day)));
      *venue->mutable_retire_date() = fact.retirement_planned().retire_date();
      StampAgain(*venue, absl::FromUnixMicros(fact.retirement_planned().time_us()));
      return absl::OkStatus();
    }
    case VenueFact::kRetired:
      state.mutable_head().set_retired(true);
      venue->set_state(v1::Venue::RETIRED);
      StampAgain(*venue, absl::FromUnixMicros(fact.retired().time_us()));
      return absl::OkStatus();
    default:
      state.mutable_head().set_retired(false);
      state.mutable_head().set_retire_us(0);
      venue->set_state(v1::Venue::ACTIVE);
      venue->clear_retire_date();
      StampAgain(*venue, absl::FromUnixMicros(fact.restored().time_us()));
      return absl::OkStatus();
  }
}

}  // namespace

absl::Status Apply(VenueState& state, const VenueFact& fact) {
  switch (fact.kind_case()) {
    case VenueFact::kVenueCreated:
      return PutVenue(state, fact.venue_created());
    case VenueFact::kVenueUpdated:
      return PutVenue(state, fact.venue_updated());
    case VenueFact::kRetirementPlanned:
    case VenueFact::kRetired:
    case VenueFact::kRestored:
      return Retirement(state, fact);
    case VenueFact::kSpaceCreated:
      return PutSpace(state, fact.space_created(), true);
    case VenueFact::kSpaceUpdated:
      return PutSpace(state, fact.space_updated(), false);
    case VenueFact::kAllocationMade:
      PutAllocation(state, fact.allocation_made());
      return absl::OkStatus();
    case VenueFact::kAllocationReleased:
      return Release(state, fact.allocation_released().space(), fact.allocation_released().id(),
                     absl::FromUnixMicros(fact.allocation_released().time_us()));
    case VenueFact::kExhibitionScheduled: {
      const v1::Exhibition& exhibition = fact.exhibition_scheduled().exhibition();
      VenueChild child;
      *child.mutable_exhibition() = exhibition;
      state.Put(ExhibitionField(IdOf(exhibition.name())), std::move(child));
      for (const auto& allocation : fact.exhibition_scheduled().allocations())
        PutAllocation(state, allocation);
      return absl::OkStatus();
    }
    case VenueFact::kExhibitionCancelled:
      return CancelExhibition(state, fact.exhibition_cancelled());
    case VenueFact::kClosureCreated:
      return CreateClosure(state, fact.closure_created());
    case VenueFact::kClosureUpdated:
      return UpdateClosure(state, fact.closure_updated());
    case VenueFact::kClosureEnded:
      return EndClosure(state, fact.closure_ended());
    case VenueFact::kClaimChanged:
      return ChangeClaim(state, fact.claim_changed());
    case VenueFact::kClaimsForgotten:
      return ForgetClaims(state, fact.claims_forgotten());
    case VenueFact::kExhibitionPut:
      return PutExhibition(state, fact.exhibition_put());
    case VenueFact::kSeriesPut:
      return PutSeries(state, fact.series_put());
    case VenueFact::kCalendarSet:
    case VenueFact::KIND_NOT_SET:
      break;
  }
  return absl::InternalError("no fact of a venue");
}

absl::Status Apply(CalendarState& state, const VenueFact& fact) {
  if (!fact.has_calendar_set()) return absl::InternalError("no fact of a calendar");
  int32_t year = 0;
  if (!absl::SimpleAtoi(IdOf(fact.calendar_set().name()), &year)) return Defect("year");
  state.mutable_head().set_year(year);
  log::v1::CalendarChild child;
  *child.mutable_calendar() = fact.calendar_set();
  state.Put(kInfoField, std::move(child));
  return absl::OkStatus();
}

absl::StatusOr<Facts> Due(const VenueState& state, absl::Time now) {
  Facts facts;
  if (!state.Exists() || NextDue(state) > now) return facts;
  const log::v1::VenueHead& head = state.head();
  if (!head.retired() && head.retire_us() > 0 && absl::FromUnixMicros(head.retire_us()) <= now) {
    if (auto info = state.Find(kInfoField); !info.ok()) return info.status();
    facts.emplace_back().mutable_retired()->set_time_us(absl::ToUnixMicros(now));
    return facts;
  }
  const auto& oldest = head.ended_days(0);
  const int bucket = (oldest.count() - 1) / kEndedPerBucket;
  auto child = state.Find(EndedField(oldest.day(), bucket));
  if (!child.ok()) return child.status();
  log::v1::ClaimsForgotten& forgotten = *facts.emplace_back().mutable_claims_forgotten();
  forgotten.set_day(oldest.day());
  forgotten.set_bucket(bucket);
  if (*child != nullptr) *forgotten.mutable_claim_ids() = (*child)->ended().claim_ids();
  return facts;
}

absl::Time NextDue(const VenueState& state) {
  absl::Time next = absl::InfiniteFuture();
  const log::v1::VenueHead& head = state.head();
  if (!head.retired() && head.retire_us() > 0) next = absl::FromUnixMicros(head.retire_us());
  if (!head.ended_days().empty()) {
    const absl::Time end_of_day = absl::UnixEpoch() + absl::Hours(24) * (head.ended_days(0).day() + 1);
    next = std::min(next, end_of_day + reservation::kRememberFor);
  }
  return next;
}

}  // namespace kepu::venue
