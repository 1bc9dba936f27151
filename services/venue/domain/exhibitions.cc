#include "services/venue/domain/exhibitions.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/closures.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/occupancy.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/stamps.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using refusal::kNo;

std::vector<v1::Allocation> AllocationsOf(const Wish& wish, const v1::Exhibition& exhibition,
                                          absl::Time now) {
  std::vector<v1::Allocation> allocations;
  if (!TakesSpaces(exhibition)) return allocations;
  v1::Allocation allocation;
  allocation.set_purpose(v1::Allocation::EXHIBITION);
  allocation.set_holder(exhibition.name());
  for (const std::string& space : wish.spaces)
    allocations.push_back(MakeAllocation(wish, space, IdOf(exhibition.name()), allocation, now));
  return allocations;
}

// What it takes now, with all loaded that releasing it touches.
absl::StatusOr<std::vector<v1::Allocation>> Held(const VenueState& state, absl::string_view venue,
                                                 const v1::Exhibition& exhibition) {
  std::vector<v1::Allocation> held;
  if (exhibition.state() != v1::Exhibition::SCHEDULED || !TakesSpaces(exhibition)) return held;
  absl::Status missing;
  for (const std::string& name : exhibition.spaces()) {
    const std::string space(IdOf(name));
    auto allocation = FindAllocation(state, venue, space, IdOf(exhibition.name()));
    if (!allocation.ok()) {
      missing = allocation.status();
      continue;
    }
    auto loaded = TakenIn(
        state, {space}, {ToTime((*allocation)->taken_start_time()), ToTime((*allocation)->taken_end_time())});
    if (!loaded.ok()) missing = loaded.status();
    held.push_back(**allocation);
  }
  if (!missing.ok()) return missing;
  return held;
}

bool SameTaken(const std::vector<v1::Allocation>& a, const std::vector<v1::Allocation>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.name() == y.name() && ToTime(x.start_time()) == ToTime(y.start_time()) &&
           ToTime(x.end_time()) == ToTime(y.end_time()) &&
           ToTime(x.taken_start_time()) == ToTime(y.taken_start_time()) &&
           ToTime(x.taken_end_time()) == ToTime(y.taken_end_time());
  });
}

// The fact that puts `next` in place of what it holds now; `next` is to take its spaces.
absl::StatusOr<Facts> Place(const VenueState& state, const Wish& wished, v1::Exhibition next,
                            const std::vector<v1::Allocation>& held, const calendar::HolidayTable& holidays,
                            absl::Time now) {
  Facts facts;
  log::v1::ExhibitionPut& put = *facts.emplace_back().mutable_exhibition_put();
  const std::vector<v1::Allocation> wanted = AllocationsOf(wished, next, now);
  if (!SameTaken(held, wanted)) {
    Wish wish = wished;
    wish.gone.insert(std::string(IdOf(next.name())));
    if (TakesSpaces(next)) {
      if (absl::Status status = CheckFits(state, wish, holidays, now); !status.ok()) return status;
      if (absl::Status status = LoadMonths(state, wish.spaces, wish.taken()); !status.ok()) return status;
    }
    for (const v1::Allocation& allocation : held) put.add_freed(std::string(SpaceOf(allocation.name())));
    for (const v1::Allocation& allocation : wanted) *put.add_allocations() = allocation;
  }
  if (TakesSpaces(next)) {
    if (absl::Status status = CheckPhaseNeeds(state, wished, next); !status.ok()) return status;
  }
  next.set_state(v1::Exhibition::SCHEDULED);
  *put.mutable_exhibition() = std::move(next);
  put.set_time_us(absl::ToUnixMicros(now));
  return facts;
}

Facts PutDraft(v1::Exhibition draft, absl::Time now) {
  Facts facts;
  log::v1::ExhibitionPut& put = *facts.emplace_back().mutable_exhibition_put();
  draft.set_state(v1::Exhibition::DRAFT);
  *put.mutable_exhibition() = std::move(draft);
  put.set_time_us(absl::ToUnixMicros(now));
  return facts;
}

v1::Exhibition Fresh(absl::string_view venue, absl::string_view id, v1::Exhibition exhibition,
                     absl::Time now) {
  StampNew(exhibition, ExhibitionName(venue, id), now);
  exhibition.clear_cancel_reason();
  return exhibition;
}

// Neither cancelled nor over.
absl::Status CheckLives(const v1::Exhibition& exhibition, absl::Time now) {
  if (exhibition.state() == v1::Exhibition::CANCELLED || exhibition.state() == v1::Exhibition::DROPPED)
    return refusal::Refuse(kNo, "EXHIBITION_CANCELLED", {{"name", exhibition.name()}});
  if (exhibition.state() == v1::Exhibition::DRAFT || !exhibition.has_last_date()) return absl::OkStatus();
  auto last = ToDay("last_date", exhibition.last_date());
  if (!last.ok()) return last.status();
  if (calendar::At(*last + 1) > now) return absl::OkStatus();
  return refusal::Refuse(kNo, "EXHIBITION_OVER",
                         {{"name", exhibition.name()}, {"date", calendar::FormatDate(*last)}});
}

// What the caller made of `base`, with the fields that are not theirs put back.
v1::Exhibition Edited(const v1::Exhibition& base, const Edit<v1::Exhibition>& edit, absl::Time now) {
  v1::Exhibition next = edit(base);
  StampChanged(next, base, now);
  next.set_state(base.state());
  next.set_cancel_reason(base.cancel_reason());
  next.set_copied_from(base.copied_from());
  return next;
}

}  // namespace

absl::StatusOr<Facts> DecideDraft(const VenueState& state, absl::string_view venue, absl::string_view id,
                                  v1::Exhibition exhibition, absl::Time now) {
  auto wish = ReadPlan(venue, exhibition, false, now);
  if (!wish.ok()) return wish.status();
  if (auto found = FindVenue(state, venue); !found.ok()) return found.status();
  exhibition.clear_copied_from();
  return PutDraft(Fresh(venue, id, std::move(exhibition), now), now);
}

absl::StatusOr<Facts> DecideCopy(const VenueState& state, absl::string_view venue, absl::string_view id,
                                 absl::string_view new_id, absl::CivilDay first, absl::Time now) {
  auto found = FindExhibition(state, venue, id);
  if (!found.ok()) return found.status();
  auto began = ToDay("first_date", (*found)->first_date());
  if (!began.ok()) return began.status();
  v1::Exhibition copy = Fresh(venue, new_id, **found, now);
  copy.set_copied_from((*found)->name());
  ShiftDays(copy, first - *began);
  return PutDraft(std::move(copy), now);
}

absl::StatusOr<Facts> DecideSchedule(const VenueState& state, absl::string_view venue, absl::string_view id,
                                     v1::Exhibition exhibition, const calendar::HolidayTable& holidays,
                                     absl::Time now) {
  auto wish = ReadPlan(venue, exhibition, true, now);
  if (!wish.ok()) return wish.status();
  if (auto found = FindVenue(state, venue); !found.ok()) return found.status();
  exhibition.clear_copied_from();
  return Place(state, *wish, Fresh(venue, id, std::move(exhibition), now), {}, holidays, now);
}

absl::StatusOr<Facts> DecidePublish(const VenueState& state, absl::string_view venue, absl::string_view id,
                                    const calendar::HolidayTable& holidays, absl::Time now) {
  auto found = FindExhibition(state, venue, id);
  if (!found.ok()) return found.status();
  if (absl::Status status = CheckLives(**found, now); !status.ok()) return status;
  if ((*found)->state() == v1::Exhibition::SCHEDULED)
    return refusal::Refuse(kNo, "EXHIBITION_PUBLISHED", {{"name", (*found)->name()}});
  v1::Exhibition next = Edited(
      **found, [](const v1::Exhibition& base) { return base; }, now);
  auto wish = ReadPlan(venue, next, true, now);
  if (!wish.ok()) return wish.status();
  return Place(state, *wish, std::move(next), {}, holidays, now);
}

absl::StatusOr<Facts> DecideUpdateExhibition(const VenueState& state, absl::string_view venue,
                                             absl::string_view id, const std::string& etag,
                                             const Edit<v1::Exhibition>& edit,
                                             const calendar::HolidayTable& holidays, absl::Time now) {
  auto found = FindExhibition(state, venue, id);
  if (!found.ok()) return found.status();
  const v1::Exhibition& base = **found;
  if (absl::Status status = CheckEtag(base.name(), etag, base.etag()); !status.ok()) return status;
  if (absl::Status status = CheckLives(base, now); !status.ok()) return status;
  v1::Exhibition next = Edited(base, edit, now);
  const bool published = base.state() == v1::Exhibition::SCHEDULED;
  auto wish = ReadPlan(venue, next, published, now);
  if (!wish.ok()) return wish.status();
  if (!published) return PutDraft(std::move(next), now);
  auto began = ToDay("first_date", base.first_date());
  if (!began.ok()) return began.status();
  if (*began <= calendar::DayOf(now) && wish->use.start != calendar::At(*began))
    return refusal::BadField("exhibition.first_date", "has come already and stays; change the last date");
  auto held = Held(state, venue, base);
  if (!held.ok()) return held.status();
  return Place(state, *wish, std::move(next), *held, holidays, now);
}

absl::StatusOr<Facts> DecideCancel(const VenueState& state, absl::string_view venue, absl::string_view id,
                                   absl::string_view reason, absl::Time now) {
  auto found = FindExhibition(state, venue, id);
  if (!found.ok()) return found.status();
  if (absl::Status status = CheckLives(**found, now); !status.ok()) return status;
  auto held = Held(state, venue, **found);
  if (!held.ok()) return held.status();
  log::v1::VenueFact fact;
  log::v1::ExhibitionCancelled& cancelled = *fact.mutable_exhibition_cancelled();
  cancelled.set_id(std::string(id));
  cancelled.set_reason(std::string(reason));
  cancelled.set_time_us(absl::ToUnixMicros(now));
  for (const v1::Allocation& allocation : *held)
    cancelled.add_spaces(std::string(SpaceOf(allocation.name())));
  return Facts{std::move(fact)};
}

absl::StatusOr<PlanCheck> CheckPlan(const VenueState& state, absl::string_view venue, absl::string_view id,
                                    const v1::Exhibition& plan, const calendar::HolidayTable& holidays,
                                    absl::Time now) {
  auto found = FindExhibition(state, venue, id);
  if (!found.ok()) return found.status();
  PlanCheck check;
  if (absl::Status status = CheckLives(**found, now); !status.ok()) check.problems.push_back(status);
  auto wish = ReadPlan(venue, plan, true, now);
  if (!wish.ok()) {
    check.problems.push_back(wish.status());
    return check;
  }
  auto held = Held(state, venue, **found);
  if (!held.ok()) return held.status();
  const std::vector<v1::Allocation> wanted = AllocationsOf(*wish, plan, now);
  if (!SameTaken(*held, wanted)) {
    check.taken = wanted;
    check.freed = *std::move(held);
  }
  // Space by space, so that each is said what is in its way.
  for (const std::string& space : TakesSpaces(plan) ? wish->spaces : std::vector<std::string>()) {
    Wish one = *wish;
    one.spaces = {space};
    one.gone.insert(std::string(id));
    absl::Status status = CheckFits(state, one, holidays, now);
    if (!status.ok()) check.problems.push_back(status);
  }
  if (check.problems.empty() && TakesSpaces(plan)) {
    absl::Status status = CheckPhaseNeeds(state, *wish, plan);
    if (!status.ok()) check.problems.push_back(status);
  }
  auto shown = FindVenue(state, venue);
  if (!shown.ok()) return shown.status();
  auto rules = ReadRules("opening", (*shown)->opening());
  if (!rules.ok()) return rules.status();
  for (absl::CivilDay day = calendar::DayOf(wish->use.start); calendar::At(day) < wish->use.end; ++day) {
    auto answer = OpeningOn(state, venue, *rules, holidays, day);
    if (!answer.ok()) return answer.status();
    check.open_days += answer->open();
  }
  return check;
}

}  // namespace kepu::venue
