#include "services/venue/domain/occupancy.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/alternatives.h"
#include "services/venue/domain/closures.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using calendar::Interval;
using refusal::Refuse;

using refusal::kNo;

std::string Named(const std::optional<Interval>& alternative, bool whole_days) {
  if (!alternative) return "-";
  return whole_days ? calendar::FormatDate(calendar::DayOf(alternative->start))
                    : LocalText(alternative->start);
}

absl::Status ClashRefusal(const Wish& wish, const Assessment& assessment) {
  const v1::Allocation& first = assessment.clashes.front();
  // Held by a claim that may yet be cancelled: another answer than taken for good.
  const bool held = std::all_of(assessment.clashes.begin(), assessment.clashes.end(),
                                [](const auto& clash) { return clash.state() == v1::Allocation::HELD; });
  refusal::Params params = {{"space", SpaceName(wish.venue, SpaceOf(first.name()))},
                            {"in_the_way", first.name()},
                            {"purpose", v1::Allocation::Purpose_Name(first.purpose())},
                            {"holder", first.holder().empty() ? "-" : first.holder()},
                            {"start", LocalText(ToTime(first.taken_start_time()))},
                            {"end", LocalText(ToTime(first.taken_end_time()))},
                            {"before", Named(assessment.alternatives.before, wish.whole_days)},
                            {"after", Named(assessment.alternatives.after, wish.whole_days)}};
  if (held) params.emplace_back("until", LocalText(ToTime(first.ask_time())));
  return Refuse(kNo, held ? "SPACE_HELD" : "SPACE_TAKEN", std::move(params));
}

std::string JoinDays(const std::vector<calendar::OpeningAnswer>& days) {
  std::string joined;
  for (const auto& day : days)
    absl::StrAppend(&joined, joined.empty() ? "" : ", ", calendar::FormatDate(day.date));
  return joined.empty() ? "-" : joined;
}

absl::Status ShutRefusal(const Wish& wish, const Assessment& assessment) {
  const v1::OpeningDay& day = *assessment.shut;
  refusal::Params params = {{"venue", VenueName(wish.venue)}, {"rule", day.rule()}};
  for (const auto& [name, value] : day.params()) params.emplace_back(name, value);
  // Map order is unspecified; refusals are compared and must repeat exactly.
  std::sort(params.begin(), params.end());
  params.emplace_back("next_open", JoinDays(assessment.next_open));
  return Refuse(kNo, "VENUE_CLOSED", std::move(params));
}

absl::Status Retired(const VenueState& state, const Wish& wish) {
  const log::v1::VenueHead& head = state.head();
  if (head.retired() || (head.retire_us() > 0 && absl::ToUnixMicros(wish.use.end) > head.retire_us())) {
    const std::string day = calendar::FormatDate(calendar::DayOf(absl::FromUnixMicros(head.retire_us())));
    return Refuse(kNo, "VENUE_RETIRED", {{"venue", VenueName(wish.venue)}, {"date", day}});
  }
  for (const std::string& id : wish.spaces) {
    auto space = FindSpace(state, wish.venue, id);
    if (!space.ok()) return space.status();
    if ((*space)->state() == v1::Space::RETIRED)
      return Refuse(kNo, "SPACE_RETIRED", {{"space", SpaceName(wish.venue, id)}});
  }
  return absl::OkStatus();
}

// Fills `shut` when a closure or the opening rules say no.
absl::Status LookAtOpening(const VenueState& state, const Wish& wish, const calendar::OpeningRules& rules,
                           const calendar::HolidayTable& holidays, Assessment& assessment) {
  if (!wish.despite_closures) {
    auto closure = FirstClosureIn(state, wish.spaces, wish.use);
    if (!closure.ok()) return closure.status();
    if (closure->has_value()) assessment.shut = ClosureDay(wish.venue, **closure, wish.use);
  }
  if (!assessment.shut && wish.inside_opening) {
    if (auto answer = calendar::FirstShutDay(rules, holidays, wish.use.start, wish.use.end))
      assessment.shut = WriteDay(*answer);
  }
  if (!assessment.shut) return absl::OkStatus();
  auto next =
      NextOpenDays(state, wish.spaces, rules, holidays, calendar::DayOf(wish.use.start), kNextOpenDaysNamed);
  if (!next.ok()) return next.status();
  assessment.next_open = *std::move(next);
  assessment.refusal = ShutRefusal(wish, assessment);
  return absl::OkStatus();
}

absl::Status LookAtClashes(const VenueState& state, const Wish& wish, Assessment& assessment) {
  auto taken = TakenIn(state, wish.spaces, wish.taken());
  if (!taken.ok()) return taken.status();
  absl::Status missing;
  const size_t named = std::min(taken->size(), kMaxClashes);
  for (size_t i = 0; i < named; ++i) {
    const Taken& item = (*taken)[i];
    auto allocation = FindAllocation(state, wish.venue, item.space, item.id);
    if (!allocation.ok()) {
      // The others are asked for in the same load.
      missing = allocation.status();
    } else {
      assessment.clashes.push_back(**allocation);
    }
  }
  return missing;
}

// A missing record, or a refusal of the venue itself, which is part of the assessment.
bool IsRefusal(const absl::Status& status) { return status.code() == kNo; }

}  // namespace

absl::StatusOr<Assessment> Assess(const VenueState& state, const Wish& wish,
                                  const calendar::HolidayTable& holidays, absl::Time now) {
  auto venue = FindVenue(state, wish.venue);
  if (!venue.ok()) return venue.status();
  auto rules = ReadRules("opening", (*venue)->opening());
  if (!rules.ok()) return rules.status();
  Assessment assessment;
  if (absl::Status status = Retired(state, wish); !status.ok()) {
    if (!IsRefusal(status)) return status;
    assessment.refusal = status;
    return assessment;
  }
  if (absl::Status status = LookAtClashes(state, wish, assessment); !status.ok()) return status;
  if (absl::Status status = LookAtOpening(state, wish, *rules, holidays, assessment); !status.ok())
    return status;
  if (assessment.refusal.ok() && assessment.clashes.empty()) return assessment;
  auto alternatives = NearestFree(state, wish, *rules, holidays, now);
  if (!alternatives.ok()) return alternatives.status();
  assessment.alternatives = *alternatives;
  if (assessment.refusal.ok()) assessment.refusal = ClashRefusal(wish, assessment);
  return assessment;
}

absl::Status CheckFits(const VenueState& state, const Wish& wish, const calendar::HolidayTable& holidays,
                       absl::Time now) {
  auto assessment = Assess(state, wish, holidays, now);
  return assessment.ok() ? assessment->refusal : assessment.status();
}

absl::StatusOr<std::vector<Taken>> TakenIn(const VenueState& state, const std::vector<std::string>& spaces,
                                           const Interval& range) {
  std::vector<Taken> taken;
  std::set<std::pair<std::string, std::string>> seen;
  absl::Status missing;
  for (const std::string& space : spaces) {
    for (const absl::CivilMonth month : MonthsOf(range)) {
      // All months are asked for before giving up, so that one load brings them all.
      auto child = state.Find(MonthField(space, month));
      if (!child.ok()) {
        missing = child.status();
        continue;
      }
      if (*child == nullptr) continue;
      for (const auto& item : (*child)->month().taken()) {
        const Interval interval{absl::FromUnixMicros(item.start_us()), absl::FromUnixMicros(item.end_us())};
        if (interval.Overlaps(range) && seen.emplace(space, item.id()).second)
          taken.push_back({interval, space, item.id()});
      }
    }
  }
  if (!missing.ok()) return missing;
  std::sort(taken.begin(), taken.end(), [](const Taken& a, const Taken& b) {
    return std::tie(a.interval.start, a.space) < std::tie(b.interval.start, b.space);
  });
  return taken;
}

calendar::Buffers BuffersOf(const v1::Space& space) {
  return {ToDuration(space.setup_duration()), ToDuration(space.takedown_duration())};
}

absl::Status LoadMonths(const VenueState& state, const std::vector<std::string>& spaces,
                        const Interval& interval) {
  absl::Status missing;
  for (const std::string& space : spaces) {
    for (const absl::CivilMonth month : MonthsOf(interval)) {
      auto child = state.Find(MonthField(space, month));
      if (!child.ok()) {
        missing = child.status();
      } else if (*child != nullptr && (*child)->month().taken_size() >= kMaxTakenPerMonth) {
        return Refuse(kNo, "SPACE_CALENDAR_FULL",
                      {{"space", space}, {"max", absl::StrCat(kMaxTakenPerMonth)}});
      }
    }
  }
  return missing;
}

absl::StatusOr<Facts> DecideAllocate(const VenueState& state, const AllocateCommand& command,
                                     const calendar::HolidayTable& holidays, absl::Time now) {
  v1::Allocation allocation = command.allocation;
  Wish wish{
      command.venue, {command.space}, {ToTime(allocation.start_time()), ToTime(allocation.end_time())}, {}};
  refusal::FieldErrors errors;
  if (allocation.purpose() == v1::Allocation::EXHIBITION)
    errors.Add("allocation.purpose", "exhibitions take their spaces by ScheduleExhibition");
  if (wish.use.empty() || wish.use.length() > kMaxUse)
    errors.Add("allocation.end_time", "must be after the start, at most 31 days");
  if (wish.use.end <= now) errors.Add("allocation.end_time", "must not be past");
  if (!errors.empty()) return errors.ToStatus();
  if (auto venue = FindVenue(state, command.venue); !venue.ok()) return venue.status();
  auto space = FindSpace(state, command.venue, command.space);
  if (!space.ok()) return space.status();
  // A repair needs no time around it, and is what a closure is for.
  if (allocation.purpose() == v1::Allocation::SESSION) wish.buffers = BuffersOf(**space);
  wish.despite_closures = allocation.purpose() == v1::Allocation::MAINTENANCE;
  if (absl::Status status = CheckFits(state, wish, holidays, now); !status.ok()) return status;
  if (absl::Status status = LoadMonths(state, wish.spaces, wish.taken()); !status.ok()) return status;
  allocation.set_name(AllocationName(command.venue, command.space, command.id));
  allocation.set_state(v1::Allocation::ACTIVE);
  *allocation.mutable_taken_start_time() = ToTimestamp(wish.taken().start);
  *allocation.mutable_taken_end_time() = ToTimestamp(wish.taken().end);
  *allocation.mutable_create_time() = ToTimestamp(now);
  Facts facts;
  *facts.emplace_back().mutable_allocation_made() = std::move(allocation);
  return facts;
}

absl::StatusOr<Facts> DecideRelease(const VenueState& state, absl::string_view venue, absl::string_view space,
                                    absl::string_view id, absl::Time now) {
  auto allocation = FindAllocation(state, venue, space, id);
  if (!allocation.ok()) return allocation.status();
  const std::string name = (*allocation)->name();
  if (id.substr(0, 2) == "c-" || (*allocation)->purpose() == v1::Allocation::EXHIBITION)
    return Refuse(kNo, "ALLOCATION_OF_ANOTHER", {{"name", name}, {"holder", (*allocation)->holder()}});
  if ((*allocation)->state() == v1::Allocation::RELEASED)
    return Refuse(kNo, "ALLOCATION_RELEASED", {{"name", name}});
  const Interval taken{ToTime((*allocation)->taken_start_time()), ToTime((*allocation)->taken_end_time())};
  if (auto loaded = TakenIn(state, {std::string(space)}, taken); !loaded.ok()) return loaded.status();
  Facts facts;
  log::v1::AllocationReleased& released = *facts.emplace_back().mutable_allocation_released();
  released.set_space(std::string(space));
  released.set_id(std::string(id));
  released.set_time_us(absl::ToUnixMicros(now));
  return facts;
}

}  // namespace kepu::venue
