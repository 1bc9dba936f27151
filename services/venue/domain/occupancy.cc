#include "services/venue/domain/occupancy.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/alternatives.h"
#include "services/venue/domain/closures.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/spaces.h"
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

std::string Joined(const std::vector<std::string>& names) {
  return names.empty() ? "-" : absl::StrJoin(names, ", ");
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
                            {"after", Named(assessment.alternatives.after, wish.whole_days)},
                            {"others", Joined(assessment.others)}};
  if (held) params.emplace_back("until", LocalText(ToTime(first.ask_time())));
  return Refuse(kNo, held ? "SPACE_HELD" : "SPACE_TAKEN", std::move(params));
}

std::string JoinDays(const std::vector<calendar::OpeningAnswer>& days) {
  std::vector<std::string> dates;
  for (const auto& day : days) dates.push_back(calendar::FormatDate(day.date));
  return Joined(dates);
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

// The venue or a space is no longer in use, or the space does not meet the needs.
absl::Status Unfit(const VenueState& state, const Wish& wish) {
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
    if (absl::Status status = CheckSuits(**space, wish.needs, wish.any_heads); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// Fills `shut` when a closure or the opening rules say no.
absl::Status LookAtOpening(const VenueState& state, const Wish& wish, const calendar::OpeningRules& rules,
                           const calendar::HolidayTable& holidays, Assessment& assessment) {
  if (!wish.despite_closures) {
    auto closure = FirstClosureIn(state, WithParts(state.head(), wish.spaces), wish.use);
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

// What takes a space of the wish, a part or a whole of it, and is not released by the same decision.
absl::StatusOr<std::vector<Taken>> InTheWay(const VenueState& state, const Wish& wish) {
  auto taken = TakenIn(state, WithParts(state.head(), wish.spaces), wish.taken());
  if (!taken.ok()) return taken.status();
  taken->erase(std::remove_if(taken->begin(), taken->end(),
                              [&](const Taken& item) { return wish.gone.contains(item.id); }),
               taken->end());
  return taken;
}

absl::Status LookAtClashes(const VenueState& state, const Wish& wish, const std::vector<Taken>& taken,
                           Assessment& assessment) {
  absl::Status missing;
  for (const Taken& item : taken) {
    if (assessment.clashes.size() == kMaxClashes) break;
    auto allocation = FindAllocation(state, wish.venue, item.space, item.id);
    if (!allocation.ok()) {
      // The others are asked for in the same load.
      missing = allocation.status();
      continue;
    }
    const Interval use{ToTime((*allocation)->start_time()), ToTime((*allocation)->end_time())};
    if (!wish.despite_turnover || use.Overlaps(wish.use)) assessment.clashes.push_back(**allocation);
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
  // What is missing is gathered, so that few loads bring all of it.
  absl::Status missing;
  const auto note = [&missing](const absl::Status& status) {
    if (missing.ok()) missing = status;
  };
  if (absl::Status unfit = Unfit(state, wish); IsRefusal(unfit)) {
    assessment.refusal = unfit;
    return assessment;
  } else {
    note(unfit);
  }
  auto in_the_way = InTheWay(state, wish);
  note(in_the_way.status());
  if (in_the_way.ok()) note(LookAtClashes(state, wish, *in_the_way, assessment));
  note(LookAtOpening(state, wish, *rules, holidays, assessment));
  const bool clear = in_the_way.ok() && (in_the_way->empty() || (missing.ok() && assessment.clashes.empty()));
  if (clear && assessment.refusal.ok())
    return missing.ok() ? absl::StatusOr<Assessment>(assessment) : missing;
  auto alternatives = NearestFree(state, wish, *rules, holidays, now);
  note(alternatives.status());
  auto others = OthersFree(state, wish, *rules, holidays);
  note(others.status());
  if (!missing.ok()) return missing;
  assessment.alternatives = *alternatives;
  assessment.others = *std::move(others);
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
  absl::Status missing;
  const std::vector<absl::CivilMonth> months = MonthsOf(range);
  for (const std::string& space : spaces) {
    for (const absl::CivilMonth month : months) {
      // All months are asked for before giving up, so that one load brings them all.
      auto child = state.Find(MonthField(space, month));
      if (!child.ok()) {
        missing = child.status();
        continue;
      }
      if (*child == nullptr) continue;
      const absl::Time begins = calendar::At(absl::CivilDay(month));
      for (const auto& item : (*child)->month().taken()) {
        const Interval interval{absl::FromUnixMicros(item.start_us()), absl::FromUnixMicros(item.end_us())};
        // What began before this month was seen in the one before.
        const bool seen = month != months.front() && interval.start < begins;
        if (!seen && interval.Overlaps(range)) taken.push_back({interval, space, item.id()});
      }
    }
  }
  if (!missing.ok()) return missing;
  // A space's own are in order as they stand.
  if (spaces.size() > 1) {
    std::sort(taken.begin(), taken.end(), [](const Taken& a, const Taken& b) {
      return std::tie(a.interval.start, a.space) < std::tie(b.interval.start, b.space);
    });
  }
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

absl::StatusOr<bool> FreeFor(const VenueState& state, const Wish& wish, const calendar::OpeningRules& rules,
                             const calendar::HolidayTable& holidays) {
  if (absl::Status status = Unfit(state, wish); !status.ok())
    return IsRefusal(status) ? absl::StatusOr<bool>(false) : status;
  if (wish.inside_opening && calendar::FirstShutDay(rules, holidays, wish.use.start, wish.use.end))
    return false;
  const std::vector<std::string> related = WithParts(state.head(), wish.spaces);
  auto taken = TakenIn(state, related, wish.taken());
  if (!taken.ok()) return taken.status();
  if (!taken->empty()) return false;
  auto closure = FirstClosureIn(state, related, wish.use);
  if (!closure.ok()) return closure.status();
  return !closure->has_value();
}

absl::StatusOr<std::vector<std::string>> OthersFree(const VenueState& state, const Wish& wish,
                                                    const calendar::OpeningRules& rules,
                                                    const calendar::HolidayTable& holidays) {
  std::vector<std::string> found;
  // Several spaces at once are a plan, whose maker knows the house.
  if (wish.spaces.size() != 1) return found;
  auto wished = FindSpace(state, wish.venue, wish.spaces[0]);
  if (!wished.ok()) return wished.status();
  const std::vector<std::string> related = WithParts(state.head(), wish.spaces);
  absl::Status missing;
  size_t looked_at = 0;
  for (const std::string& id : state.head().spaces()) {
    if (std::find(related.begin(), related.end(), id) != related.end()) continue;
    auto space = FindSpace(state, wish.venue, id);
    if (!space.ok()) {
      missing = space.status();
      continue;
    }
    if ((*space)->kind() != (*wished)->kind() || (*space)->state() == v1::Space::RETIRED ||
        !CheckSuits(**space, wish.needs, wish.any_heads).ok())
      continue;
    if (++looked_at > kMaxOthersLookedAt) break;
    Wish probe = wish;
    probe.spaces = {id};
    if (probe.buffers != calendar::Buffers()) probe.buffers = BuffersOf(**space);
    auto free = FreeFor(state, probe, rules, holidays);
    if (!free.ok()) {
      missing = free.status();
    } else if (*free && found.size() < kMaxOthers) {
      found.push_back(SpaceName(wish.venue, id));
    }
  }
  if (!missing.ok()) return missing;
  return found;
}

v1::Allocation MakeAllocation(const Wish& wish, absl::string_view space, absl::string_view id,
                              v1::Allocation allocation, absl::Time now) {
  allocation.set_name(AllocationName(wish.venue, space, id));
  allocation.set_state(v1::Allocation::ACTIVE);
  *allocation.mutable_start_time() = ToTimestamp(wish.use.start);
  *allocation.mutable_end_time() = ToTimestamp(wish.use.end);
  *allocation.mutable_taken_start_time() = ToTimestamp(wish.taken().start);
  *allocation.mutable_taken_end_time() = ToTimestamp(wish.taken().end);
  *allocation.mutable_create_time() = ToTimestamp(now);
  return allocation;
}

namespace {

// Sets aside in the wish what the staff set aside and the venue lets them.
absl::Status SetAside(const v1::Venue& venue, const std::string& user, absl::Time now,
                      v1::Allocation& allocation, Wish& wish) {
  if (!allocation.has_override()) return absl::OkStatus();
  v1::Override& made = *allocation.mutable_override();
  if (made.rules().empty()) return refusal::BadField("allocation.override.rules", "names no rule");
  if (made.reason().empty())
    return refusal::BadField("allocation.override.reason",
                             "is required: it is shown with the use from now on");
  for (int i = 0; i < made.rules_size(); ++i) {
    const auto& allowed = venue.overrides_allowed();
    if (std::find(allowed.begin(), allowed.end(), made.rules(i)) == allowed.end())
      return Refuse(kNo, "OVERRIDE_NOT_ALLOWED",
                    {{"venue", venue.name()}, {"rule", v1::Override::Rule_Name(made.rules(i))}});
    wish.despite_turnover |= made.rules(i) == v1::Override::TURNOVER;
    wish.despite_closures |= made.rules(i) == v1::Override::CLOSURE;
    wish.any_heads |= made.rules(i) == v1::Override::HEADS;
  }
  // It keeps no time free itself, so that the next one can come as near.
  if (wish.despite_turnover) wish.buffers = {};
  made.set_user(user);
  *made.mutable_time() = ToTimestamp(now);
  return absl::OkStatus();
}

}  // namespace

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
  if (wish.use.start > now + kMaxAhead)
    errors.Add("allocation.start_time", absl::StrCat("must be within ", kMaxAheadDays, " days"));
  if (!errors.empty()) return errors.ToStatus();
  // Both are asked for in one load.
  auto venue = FindVenue(state, command.venue);
  auto space = FindSpace(state, command.venue, command.space);
  if (!venue.ok()) return venue.status();
  if (!space.ok()) return space.status();
  // A repair needs no time around it, and is what a closure is for.
  if (allocation.purpose() == v1::Allocation::SESSION) wish.buffers = BuffersOf(**space);
  wish.despite_closures = allocation.purpose() == v1::Allocation::MAINTENANCE;
  wish.needs = allocation.needs();
  if (absl::Status status = SetAside(**venue, command.user, now, allocation, wish); !status.ok())
    return status;
  if (absl::Status status = CheckFits(state, wish, holidays, now); !status.ok()) return status;
  if (absl::Status status = LoadMonths(state, wish.spaces, wish.taken()); !status.ok()) return status;
  Facts facts;
  *facts.emplace_back().mutable_allocation_made() =
      MakeAllocation(wish, command.space, command.id, std::move(allocation), now);
  return facts;
}

absl::StatusOr<Facts> DecideRelease(const VenueState& state, absl::string_view venue, absl::string_view space,
                                    absl::string_view id, absl::Time now) {
  auto allocation = FindAllocation(state, venue, space, id);
  if (!allocation.ok()) return allocation.status();
  const std::string name = (*allocation)->name();
  const std::string& holder =
      (*allocation)->series().empty() ? (*allocation)->holder() : (*allocation)->series();
  if (id.substr(0, 2) == "c-" || (*allocation)->purpose() == v1::Allocation::EXHIBITION ||
      !(*allocation)->series().empty())
    return Refuse(kNo, "ALLOCATION_OF_ANOTHER", {{"name", name}, {"holder", holder}});
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
