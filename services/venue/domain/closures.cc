#include "services/venue/domain/closures.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/occupancy.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/spaces.h"
#include "services/venue/domain/stamps.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using calendar::Interval;

using refusal::kNo;

bool Concerns(const log::v1::ActiveClosures::Item& item, const std::vector<std::string>& spaces) {
  if (item.spaces().empty()) return true;
  return std::any_of(item.spaces().begin(), item.spaces().end(), [&](const std::string& space) {
    return std::find(spaces.begin(), spaces.end(), space) != spaces.end();
  });
}

bool TakesWholeDay(const std::vector<ActiveClosure>& closures, const calendar::OpeningAnswer& day) {
  std::vector<Interval> holes;
  for (const ActiveClosure& closure : closures) holes.push_back(closure.interval);
  return std::all_of(day.periods.begin(), day.periods.end(), [&](const calendar::Period& period) {
    const Interval open{calendar::At(day.date, period.open), calendar::At(day.date, period.close)};
    return calendar::Subtract(open, holes).empty();
  });
}

// The periods less the closures, in whole minutes.
std::vector<calendar::Period> CutPeriods(const calendar::OpeningAnswer& day,
                                         const std::vector<ActiveClosure>& closures) {
  std::vector<Interval> holes;
  for (const ActiveClosure& closure : closures) holes.push_back(closure.interval);
  std::vector<calendar::Period> cut;
  const absl::Time midnight = calendar::At(day.date);
  for (const calendar::Period& period : day.periods) {
    for (const Interval& left : calendar::Subtract(
             {calendar::At(day.date, period.open), calendar::At(day.date, period.close)}, holes)) {
      const int open =
          static_cast<int>(absl::Ceil(left.start - midnight, absl::Minutes(1)) / absl::Minutes(1));
      const int close =
          static_cast<int>(absl::Floor(left.end - midnight, absl::Minutes(1)) / absl::Minutes(1));
      if (open < close) cut.push_back({open, close, std::clamp(period.last_entry, open, close)});
    }
  }
  return cut;
}

absl::Status CheckClosure(const v1::Closure& closure, absl::string_view venue, absl::Time now) {
  refusal::FieldErrors errors;
  const Interval interval{ToTime(closure.start_time()), ToTime(closure.end_time())};
  if (interval.empty() || interval.length() > kMaxClosure)
    errors.Add("closure.end_time", "must be after the start, at most two years");
  if (interval.end <= now) errors.Add("closure.end_time", "must not be past");
  if (closure.reason().zh().empty()) errors.Add("closure.reason.zh", "is required");
  std::set<std::string> seen;
  for (int i = 0; i < closure.spaces_size(); ++i) {
    const std::string& name = closure.spaces(i);
    if (name != SpaceName(venue, IdOf(name)) || !seen.insert(name).second)
      errors.Add(absl::StrCat("closure.spaces[", i, "]"), "must be a space of this venue, each once");
  }
  return errors.ToStatus();
}

absl::Status CheckSpaces(const VenueState& state, absl::string_view venue, const v1::Closure& closure) {
  for (const std::string& space : closure.spaces())
    if (auto found = FindSpace(state, venue, IdOf(space)); !found.ok()) return found.status();
  return absl::OkStatus();
}

// What it hits is found when it is asked for.
void ClearFound(v1::Closure& closure) {
  closure.clear_hits();
  closure.clear_hit_count();
  closure.clear_consequences();
  closure.clear_consequence_count();
  closure.clear_freed();
  closure.clear_unknown_of();
}

v1::Closure::Extent WriteExtent(const v1::Closure& closure) {
  v1::Closure::Extent extent;
  *extent.mutable_start_time() = closure.start_time();
  *extent.mutable_end_time() = closure.end_time();
  *extent.mutable_spaces() = closure.spaces();
  return extent;
}

// CLOSURE_ENDED unless it lasts, or is still to come; loads what a change of it touches.
absl::StatusOr<const v1::Closure*> FindLasting(const VenueState& state, absl::string_view venue,
                                               absl::string_view id, absl::Time now) {
  auto closure = FindClosure(state, venue, id);
  if (!closure.ok()) return closure.status();
  if (auto index = state.Find(kClosuresField); !index.ok()) return index.status();
  if ((*closure)->state() == v1::Closure::ENDED || ToTime((*closure)->end_time()) <= now)
    return refusal::Refuse(kNo, "CLOSURE_ENDED", {{"name", ClosureName(venue, id)}});
  return closure;
}

}  // namespace

absl::StatusOr<std::vector<ActiveClosure>> ClosuresIn(const VenueState& state,
                                                      const std::vector<std::string>& spaces,
                                                      const Interval& range) {
  auto child = state.Find(kClosuresField);
  if (!child.ok()) return child.status();
  std::vector<ActiveClosure> found;
  if (*child == nullptr) return found;
  for (const auto& item : (*child)->closures().items()) {
    const Interval interval{absl::FromUnixMicros(item.start_us()), absl::FromUnixMicros(item.end_us())};
    if (interval.Overlaps(range) && Concerns(item, spaces))
      found.push_back({item.id(), interval, item.spaces().empty()});
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.interval.start < b.interval.start; });
  return found;
}

absl::StatusOr<std::optional<ActiveClosure>> FirstClosureIn(const VenueState& state,
                                                            const std::vector<std::string>& spaces,
                                                            const Interval& range) {
  auto closures = ClosuresIn(state, spaces, range);
  if (!closures.ok()) return closures.status();
  if (closures->empty()) return std::nullopt;
  return std::make_optional(closures->front());
}

v1::OpeningDay ClosureDay(absl::string_view venue, const ActiveClosure& closure, const Interval& use) {
  const absl::CivilDay day = calendar::DayOf(std::max(closure.interval.start, use.start));
  v1::OpeningDay answer;
  *answer.mutable_date() = ToDate(day);
  answer.set_rule("CLOSURE");
  auto& params = *answer.mutable_params();
  params["date"] = calendar::FormatDate(day);
  params["closure"] = ClosureName(venue, closure.id);
  params["start"] = LocalText(closure.interval.start);
  params["end"] = LocalText(closure.interval.end);
  return answer;
}

absl::StatusOr<v1::OpeningDay> OpeningOn(const VenueState& state, absl::string_view venue,
                                         const calendar::OpeningRules& rules,
                                         const calendar::HolidayTable& holidays, absl::CivilDay day) {
  const Interval whole{calendar::At(day), calendar::At(day + 1)};
  if (state.head().retire_us() > 0 && absl::ToUnixMicros(whole.start) >= state.head().retire_us()) {
    v1::OpeningDay answer;
    *answer.mutable_date() = ToDate(day);
    answer.set_rule("RETIRED");
    (*answer.mutable_params())["date"] = calendar::FormatDate(day);
    return answer;
  }
  calendar::OpeningAnswer answer = calendar::OpenOn(rules, holidays, day);
  auto closures = ClosuresIn(state, {}, whole);
  if (!closures.ok()) return closures.status();
  if (closures->empty() || !answer.open()) return WriteDay(answer);
  if (TakesWholeDay(*closures, answer)) {
    v1::OpeningDay shut = ClosureDay(venue, closures->front(), whole);
    shut.set_provisional(answer.provisional);
    return shut;
  }
  answer.periods = CutPeriods(answer, *closures);
  answer.params.emplace_back("closure", ClosureName(venue, closures->front().id));
  return WriteDay(answer);
}

absl::StatusOr<std::vector<calendar::OpeningAnswer>> NextOpenDays(const VenueState& state,
                                                                  const std::vector<std::string>& spaces,
                                                                  const calendar::OpeningRules& rules,
                                                                  const calendar::HolidayTable& holidays,
                                                                  absl::CivilDay from, size_t count) {
  const Interval range{calendar::At(from), calendar::At(from + calendar::kNextOpenHorizonDays)};
  auto closures = ClosuresIn(state, spaces, range);
  if (!closures.ok()) return closures.status();
  std::vector<calendar::OpeningAnswer> days;
  for (int i = 0; i < calendar::kNextOpenHorizonDays && days.size() < count; ++i) {
    calendar::OpeningAnswer answer = calendar::OpenOn(rules, holidays, from + i);
    if (answer.open() && !TakesWholeDay(*closures, answer)) days.push_back(std::move(answer));
  }
  return days;
}

absl::StatusOr<Facts> DecideCreateClosure(const VenueState& state, absl::string_view venue,
                                          absl::string_view id, v1::Closure closure, absl::Time now) {
  if (absl::Status status = CheckClosure(closure, venue, now); !status.ok()) return status;
  if (auto found = FindVenue(state, venue); !found.ok()) return found.status();
  if (absl::Status status = CheckSpaces(state, venue, closure); !status.ok()) return status;
  auto active = ClosuresIn(state, {state.head().spaces().begin(), state.head().spaces().end()},
                           {now, absl::InfiniteFuture()});
  if (!active.ok()) return active.status();
  if (active->size() >= kMaxActiveClosures)
    return refusal::Refuse(kNo, "TOO_MANY_CLOSURES",
                           {{"venue", VenueName(venue)}, {"max", absl::StrCat(kMaxActiveClosures)}});
  StampNew(closure, ClosureName(venue, id), now);
  closure.set_state(v1::Closure::ACTIVE);
  closure.clear_before();
  ClearFound(closure);
  Facts facts;
  *facts.emplace_back().mutable_closure_created() = std::move(closure);
  return facts;
}

absl::StatusOr<Facts> DecideUpdateClosure(const VenueState& state, absl::string_view venue,
                                          absl::string_view id, const std::string& etag,
                                          const Edit<v1::Closure>& edit, absl::Time now) {
  auto found = FindLasting(state, venue, id, now);
  if (!found.ok()) return found.status();
  const v1::Closure& base = **found;
  if (absl::Status status = CheckEtag(base.name(), etag, base.etag()); !status.ok()) return status;
  v1::Closure closure = edit(base);
  const absl::Time begun = ToTime(base.start_time());
  if (begun <= now && ToTime(closure.start_time()) != begun)
    return refusal::BadField("closure.start_time",
                             absl::StrCat("must stay ", LocalText(begun), ": the closure has begun"));
  if (absl::Status status = CheckClosure(closure, venue, now); !status.ok()) return status;
  if (absl::Status status = CheckSpaces(state, venue, closure); !status.ok()) return status;
  StampChanged(closure, base, now);
  closure.set_state(base.state());
  ClearFound(closure);
  *closure.mutable_before() = WriteExtent(base);
  Facts facts;
  *facts.emplace_back().mutable_closure_updated() = std::move(closure);
  return facts;
}

absl::StatusOr<Facts> DecideEndClosure(const VenueState& state, absl::string_view venue, absl::string_view id,
                                       std::optional<absl::Time> end, absl::Time now) {
  auto closure = FindLasting(state, venue, id, now);
  if (!closure.ok()) return closure.status();
  const absl::Time planned = ToTime((*closure)->end_time());
  const absl::Time until = end.value_or(std::max(now, ToTime((*closure)->start_time())));
  if (until > planned || until < ToTime((*closure)->start_time()) || (end && until < now))
    return refusal::BadField("end_time", "must lie between now and the end it has, and not before its start");
  Facts facts;
  log::v1::ClosureEnded& ended = *facts.emplace_back().mutable_closure_ended();
  ended.set_id(std::string(id));
  ended.set_end_us(absl::ToUnixMicros(until));
  ended.set_time_us(absl::ToUnixMicros(now));
  *ended.mutable_before() = WriteExtent(**closure);
  return facts;
}

}  // namespace kepu::venue
