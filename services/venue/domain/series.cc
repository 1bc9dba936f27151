#include "services/venue/domain/series.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/occupancy.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/series_slots.h"
#include "services/venue/domain/stamps.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using calendar::Interval;
using refusal::BadField;
using refusal::kNo;

// Of refusals that leaving out the date mends.
bool IsOfTheDate(const absl::Status& refusal) {
  const std::string reason = refusal::ReasonOf(refusal);
  return reason == "SPACE_TAKEN" || reason == "SPACE_HELD" || reason == "VENUE_CLOSED" ||
         reason == "SPACE_CALENDAR_FULL";
}

absl::Status TakenDates(const v1::Series& series, const std::vector<absl::CivilDay>& dates,
                        const absl::Status& first) {
  std::vector<std::string> named;
  for (const absl::CivilDay date : dates) {
    if (named.size() == kMaxDatesNamed) {
      named.push_back(absl::StrCat("+", dates.size() - kMaxDatesNamed));
      break;
    }
    named.push_back(calendar::FormatDate(date));
  }
  const std::string in_the_way = refusal::ParamOf(first, "in_the_way");
  return refusal::Refuse(kNo, "SERIES_TAKEN",
                         {{"name", series.name()},
                          {"dates", absl::StrJoin(named, ", ")},
                          {"in_the_way", in_the_way.empty() ? refusal::ReasonOf(first) : in_the_way}});
}

// What all occurrences of a series have in common.
absl::StatusOr<Wish> WishOf(const VenueState& state, const SeriesPlace& place, const v1::Series& series) {
  auto space = FindSpace(state, place.venue, place.space);
  if (!space.ok()) return space.status();
  Wish wish{place.venue, {place.space}, {}, {}};
  if (series.purpose() == v1::Allocation::SESSION) wish.buffers = BuffersOf(**space);
  wish.despite_closures = series.purpose() == v1::Allocation::MAINTENANCE;
  wish.needs = series.needs();
  return wish;
}

std::string OccurrenceId(const v1::Series& series, absl::CivilDay date) {
  return absl::StrFormat("%s-%04d%02d%02d-%s", std::string(IdOf(series.name())), date.year(), date.month(),
                         date.day(), series.etag());
}

// Takes the slots for the series, or says which dates cannot be had.
absl::StatusOr<std::vector<v1::Allocation>> Take(const VenueState& state, const SeriesPlace& place,
                                                 const v1::Series& series, const std::vector<Slot>& slots,
                                                 Wish wish, bool skip_taken,
                                                 const calendar::HolidayTable& holidays, absl::Time now) {
  if (absl::Status status = CheckApart(slots, wish.buffers); !status.ok()) return status;
  std::vector<v1::Allocation> made;
  std::vector<absl::CivilDay> taken;
  absl::Status first, missing;
  for (const Slot& slot : slots) {
    wish.use = slot.use;
    absl::Status fits = CheckFits(state, wish, holidays, now);
    if (fits.ok()) fits = LoadMonths(state, wish.spaces, wish.taken());
    if (absl::IsUnavailable(fits)) {
      // All dates are asked for before giving up, so that one load brings them all.
      missing = fits;
    } else if (fits.ok()) {
      v1::Allocation allocation;
      allocation.set_purpose(series.purpose());
      allocation.set_holder(series.holder());
      allocation.set_series(series.name());
      if (series.has_needs()) *allocation.mutable_needs() = series.needs();
      made.push_back(
          MakeAllocation(wish, place.space, OccurrenceId(series, slot.date), std::move(allocation), now));
    } else if (!IsOfTheDate(fits)) {
      return fits;
    } else {
      if (taken.empty()) first = fits;
      taken.push_back(slot.date);
    }
  }
  if (!missing.ok()) return missing;
  if (!taken.empty() && (!skip_taken || made.empty())) return TakenDates(series, taken, first);
  return made;
}

absl::CivilDay DateOf(const v1::Series::Occurrence& occurrence) {
  return absl::CivilDay(occurrence.date().year(), occurrence.date().month(), occurrence.date().day());
}

void AddOccurrence(v1::Series& series, absl::CivilDay date, const v1::Allocation& allocation, bool changed) {
  v1::Series::Occurrence& occurrence = *series.add_occurrences();
  *occurrence.mutable_date() = ToDate(date);
  occurrence.set_allocation(allocation.name());
  occurrence.set_changed(changed);
}

void SortOccurrences(v1::Series& series) {
  std::sort(series.mutable_occurrences()->begin(), series.mutable_occurrences()->end(),
            [](const auto& a, const auto& b) { return DateOf(a) < DateOf(b); });
}

absl::Status CheckSeries(const v1::Series& series) {
  refusal::FieldErrors errors;
  if (series.purpose() == v1::Allocation::PURPOSE_UNSPECIFIED) errors.Add("series.purpose", "is required");
  if (series.purpose() == v1::Allocation::EXHIBITION)
    errors.Add("series.purpose", "exhibitions take their spaces by ScheduleExhibition");
  return errors.ToStatus();
}

absl::StatusOr<calendar::OpeningRules> RulesOf(const VenueState& state, const std::string& venue) {
  auto found = FindVenue(state, venue);
  if (!found.ok()) return found.status();
  return ReadRules("opening", (*found)->opening());
}

// The occurrences that a change means: of its dates, still to come, and not changed alone unless it is the
// one. Loads all that releasing them touches.
absl::StatusOr<std::vector<v1::Series::Occurrence>> Meant(const VenueState& state, const SeriesPlace& place,
                                                          const v1::Series& series, v1::Series::Scope scope,
                                                          std::optional<absl::CivilDay> date,
                                                          absl::Time now) {
  if (scope == v1::Series::SCOPE_UNSPECIFIED) return BadField("scope", "must be THIS, FOLLOWING or ALL");
  if (scope != v1::Series::ALL && !date) return BadField("date", "is required: the date of an occurrence");
  std::vector<v1::Series::Occurrence> meant;
  absl::Status missing;
  bool begun = false;
  for (const auto& occurrence : series.occurrences()) {
    const absl::CivilDay day = DateOf(occurrence);
    if (scope == v1::Series::THIS ? day != *date : date && day < *date) continue;
    if (scope != v1::Series::THIS && occurrence.changed()) continue;
    auto allocation = FindAllocation(state, place.venue, place.space, IdOf(occurrence.allocation()));
    if (!allocation.ok()) {
      missing = allocation.status();
      continue;
    }
    if (ToTime((*allocation)->start_time()) <= now) {
      begun = true;
      continue;
    }
    const Interval taken{ToTime((*allocation)->taken_start_time()), ToTime((*allocation)->taken_end_time())};
    if (auto loaded = TakenIn(state, {place.space}, taken); !loaded.ok()) missing = loaded.status();
    meant.push_back(occurrence);
  }
  if (!missing.ok()) return missing;
  if (meant.empty() && scope == v1::Series::ALL)
    return refusal::Refuse(kNo, "SERIES_ENDED", {{"name", series.name()}});
  if (meant.empty())
    return BadField("date", begun ? "has begun already" : "the series has no such occurrence to come");
  return meant;
}

// Takes the occurrences out of the series, to be released.
std::vector<std::string> TakeOut(const std::vector<v1::Series::Occurrence>& meant, v1::Series& series) {
  std::vector<std::string> ids;
  std::set<std::string> names;
  for (const auto& occurrence : meant) {
    ids.emplace_back(IdOf(occurrence.allocation()));
    names.insert(occurrence.allocation());
  }
  auto& all = *series.mutable_occurrences();
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const auto& occurrence) { return names.contains(occurrence.allocation()); }),
            all.end());
  return ids;
}

void Cut(v1::Series& series, absl::CivilDay date) {
  series.mutable_recurrence()->clear_count();
  *series.mutable_recurrence()->mutable_until_date() = ToDate(date - 1);
  series.set_state(v1::Series::ENDED);
}

log::v1::VenueFact PutFact(const SeriesPlace& place, absl::Time now) {
  log::v1::VenueFact fact;
  fact.mutable_series_put()->set_space(place.space);
  fact.mutable_series_put()->set_time_us(absl::ToUnixMicros(now));
  return fact;
}

}  // namespace

absl::StatusOr<Facts> DecideCreateSeries(const VenueState& state, const SeriesPlace& place,
                                         const v1::Series& wished, bool skip_taken,
                                         const calendar::HolidayTable& holidays, absl::Time now) {
  if (absl::Status status = CheckSeries(wished); !status.ok()) return status;
  auto rules = RulesOf(state, place.venue);
  if (!rules.ok()) return rules.status();
  v1::Series series = wished;
  StampNew(series, SeriesName(place.venue, place.space, place.id), now);
  series.clear_occurrences();
  series.clear_continues();
  series.set_state(v1::Series::ACTIVE);
  auto slots = SlotsOf(series, *rules, holidays, now);
  if (!slots.ok()) return slots.status();
  auto wish = WishOf(state, place, series);
  if (!wish.ok()) return wish.status();
  auto made = Take(state, place, series, *slots, *wish, skip_taken, holidays, now);
  if (!made.ok()) return made.status();
  log::v1::VenueFact fact = PutFact(place, now);
  for (const v1::Allocation& allocation : *made) {
    AddOccurrence(series, calendar::DayOf(ToTime(allocation.start_time())), allocation, false);
    *fact.mutable_series_put()->add_made() = allocation;
  }
  *fact.mutable_series_put()->add_series() = std::move(series);
  return Facts{std::move(fact)};
}

namespace {

// `next` is what the caller made of the series; the fields that are not theirs are put back.
absl::StatusOr<v1::Series> Edited(const v1::Series& base, const SeriesChange& change) {
  auto until = UntilADate(base);
  if (!until.ok()) return until.status();
  v1::Series next = change.edit(*until);
  v1::Series::Recurrence& rule = *next.mutable_recurrence();
  // A count that is given takes the place of the date that stood.
  if (rule.count() > 0 &&
      rule.until_date().SerializeAsString() == until->recurrence().until_date().SerializeAsString())
    rule.clear_until_date();
  next.set_name(base.name());
  *next.mutable_occurrences() = base.occurrences();
  next.set_state(base.state());
  next.set_continues(base.continues());
  *next.mutable_create_time() = base.create_time();
  next.set_etag(base.etag());
  if (absl::Status status = CheckSeries(next); !status.ok()) return status;
  return next;
}

// Those of `slots` that are no occurrence which stays.
std::vector<Slot> NotKept(const std::vector<Slot>& slots, const v1::Series& kept) {
  std::set<absl::CivilDay> dates;
  for (const auto& occurrence : kept.occurrences()) dates.insert(DateOf(occurrence));
  std::vector<Slot> fresh;
  for (const Slot& slot : slots)
    if (!dates.contains(slot.date)) fresh.push_back(slot);
  return fresh;
}

}  // namespace

absl::StatusOr<Facts> DecideChangeSeries(const VenueState& state, const SeriesPlace& place,
                                         const SeriesChange& change, const calendar::HolidayTable& holidays,
                                         absl::Time now) {
  auto found = FindSeries(state, place.venue, place.space, place.id);
  if (!found.ok()) return found.status();
  const v1::Series& base = **found;
  if (absl::Status status = CheckEtag(base.name(), change.etag, base.etag()); !status.ok()) return status;
  auto rules = RulesOf(state, place.venue);
  if (!rules.ok()) return rules.status();
  auto meant = Meant(state, place, base, change.scope, change.date, now);
  if (!meant.ok()) return meant.status();
  auto next = Edited(base, change);
  if (!next.ok()) return next.status();
  v1::Series stays = change.scope == v1::Series::ALL ? *next : base;
  const std::vector<std::string> released = TakeOut(*meant, stays);
  StampAgain(stays, now);

  std::vector<Slot> slots;
  v1::Series* target = &stays;
  if (change.scope == v1::Series::THIS) {
    auto slot = SlotOn(*next, change.new_date.value_or(*change.date));
    if (!slot.ok()) return slot.status();
    if (slot->use.start <= now || slot->use.start > now + kMaxAhead)
      return BadField("new_date", absl::StrCat("must be still to come, within ", kMaxAheadDays, " days"));
    slots.push_back(*slot);
  } else {
    if (change.scope == v1::Series::FOLLOWING) {
      Cut(stays, *change.date);
      target = &*next;
      next->clear_occurrences();
      StampNew(*next, SeriesName(place.venue, place.space, change.new_id), now);
      next->set_continues(base.name());
      auto start = ToDay("series.recurrence.start_date", next->recurrence().start_date());
      if (!start.ok()) return start.status();
      if (*start < *change.date) *next->mutable_recurrence()->mutable_start_date() = ToDate(*change.date);
    }
    auto all = SlotsOf(*target, *rules, holidays, now);
    if (!all.ok()) return all.status();
    slots = NotKept(*all, stays);
  }
  auto wish = WishOf(state, place, *next);
  if (!wish.ok()) return wish.status();
  wish->gone = {released.begin(), released.end()};
  v1::Series naming = *next;
  naming.set_name(target->name());
  naming.set_etag(target->etag());
  auto made = Take(state, place, naming, slots, *wish, change.skip_taken, holidays, now);
  if (!made.ok()) return made.status();

  log::v1::VenueFact fact = PutFact(place, now);
  log::v1::SeriesPut& put = *fact.mutable_series_put();
  for (const std::string& id : released) put.add_released(id);
  for (const v1::Allocation& allocation : *made) {
    const absl::CivilDay date =
        change.scope == v1::Series::THIS ? *change.date : calendar::DayOf(ToTime(allocation.start_time()));
    AddOccurrence(*target, date, allocation, change.scope == v1::Series::THIS);
    *put.add_made() = allocation;
  }
  SortOccurrences(*target);
  *put.add_series() = stays;
  if (target != &stays) *put.add_series() = *target;
  return Facts{std::move(fact)};
}

absl::StatusOr<Facts> DecideCancelSeries(const VenueState& state, const SeriesPlace& place,
                                         v1::Series::Scope scope, std::optional<absl::CivilDay> date,
                                         absl::Time now) {
  auto found = FindSeries(state, place.venue, place.space, place.id);
  if (!found.ok()) return found.status();
  auto meant = Meant(state, place, **found, scope, date, now);
  if (!meant.ok()) return meant.status();
  v1::Series series = **found;
  log::v1::VenueFact fact = PutFact(place, now);
  for (const std::string& id : TakeOut(*meant, series)) fact.mutable_series_put()->add_released(id);
  if (scope == v1::Series::THIS) {
    *series.mutable_recurrence()->add_except_dates() = ToDate(*date);
  } else if (scope == v1::Series::FOLLOWING) {
    Cut(series, *date);
  } else {
    series.set_state(v1::Series::ENDED);
  }
  StampAgain(series, now);
  *fact.mutable_series_put()->add_series() = std::move(series);
  return Facts{std::move(fact)};
}

}  // namespace kepu::venue
