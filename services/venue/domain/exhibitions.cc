#include "services/venue/domain/exhibitions.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/occupancy.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using refusal::kNo;

absl::StatusOr<Wish> WishOf(absl::string_view venue, const v1::Exhibition& exhibition, absl::Time now) {
  auto first = ToDay("exhibition.first_date", exhibition.first_date());
  if (!first.ok()) return first.status();
  auto last = ToDay("exhibition.last_date", exhibition.last_date());
  if (!last.ok()) return last.status();
  refusal::FieldErrors errors;
  const absl::CivilDay today = calendar::DayOf(now);
  if (*last < *first || *last - *first >= kMaxExhibitionDays)
    errors.Add("exhibition.last_date",
               absl::StrCat("must not be before the first, at most ", kMaxExhibitionDays, " days"));
  if (*last < today) errors.Add("exhibition.last_date", "must not be past");
  if (*first > today + kMaxAheadDays)
    errors.Add("exhibition.first_date", absl::StrCat("must be within ", kMaxAheadDays, " days"));
  if (exhibition.title().zh().empty()) errors.Add("exhibition.title.zh", "is required");
  Wish wish;
  wish.venue = std::string(venue);
  std::set<std::string> seen;
  for (int i = 0; i < exhibition.spaces_size(); ++i) {
    const std::string& name = exhibition.spaces(i);
    if (name != SpaceName(venue, IdOf(name)) || !seen.insert(name).second)
      errors.Add(absl::StrCat("exhibition.spaces[", i, "]"), "must be a space of this venue, each once");
    wish.spaces.emplace_back(IdOf(name));
  }
  if (wish.spaces.empty()) errors.Add("exhibition.spaces", "is required");
  if (!errors.empty()) return errors.ToStatus();
  wish.use = {calendar::At(*first), calendar::At(*last + 1)};
  wish.buffers = {absl::Hours(24) * exhibition.setup_days(), absl::Hours(24) * exhibition.takedown_days()};
  wish.whole_days = true;
  return wish;
}

}  // namespace

absl::StatusOr<Facts> DecideSchedule(const VenueState& state, absl::string_view venue, absl::string_view id,
                                     v1::Exhibition exhibition, const calendar::HolidayTable& holidays,
                                     absl::Time now) {
  auto wish = WishOf(venue, exhibition, now);
  if (!wish.ok()) return wish.status();
  if (absl::Status status = CheckFits(state, *wish, holidays, now); !status.ok()) return status;
  if (absl::Status status = LoadMonths(state, wish->spaces, wish->taken()); !status.ok()) return status;
  exhibition.set_name(ExhibitionName(venue, id));
  exhibition.set_state(v1::Exhibition::SCHEDULED);
  exhibition.clear_cancel_reason();
  *exhibition.mutable_create_time() = ToTimestamp(now);
  *exhibition.mutable_update_time() = exhibition.create_time();
  Facts facts;
  log::v1::ExhibitionScheduled& scheduled = *facts.emplace_back().mutable_exhibition_scheduled();
  for (const std::string& space : wish->spaces) {
    v1::Allocation& allocation = *scheduled.add_allocations();
    allocation.set_name(AllocationName(venue, space, id));
    allocation.set_purpose(v1::Allocation::EXHIBITION);
    allocation.set_holder(exhibition.name());
    allocation.set_state(v1::Allocation::ACTIVE);
    *allocation.mutable_start_time() = ToTimestamp(wish->use.start);
    *allocation.mutable_end_time() = ToTimestamp(wish->use.end);
    *allocation.mutable_taken_start_time() = ToTimestamp(wish->taken().start);
    *allocation.mutable_taken_end_time() = ToTimestamp(wish->taken().end);
    *allocation.mutable_create_time() = exhibition.create_time();
  }
  *scheduled.mutable_exhibition() = std::move(exhibition);
  return facts;
}

absl::StatusOr<Facts> DecideCancel(const VenueState& state, absl::string_view venue, absl::string_view id,
                                   absl::string_view reason, absl::Time now) {
  auto found = FindExhibition(state, venue, id);
  if (!found.ok()) return found.status();
  const v1::Exhibition& exhibition = **found;
  if (exhibition.state() == v1::Exhibition::CANCELLED)
    return refusal::Refuse(kNo, "EXHIBITION_CANCELLED", {{"name", exhibition.name()}});
  auto last = ToDay("last_date", exhibition.last_date());
  if (!last.ok()) return last.status();
  if (calendar::At(*last + 1) <= now)
    return refusal::Refuse(kNo, "EXHIBITION_OVER",
                           {{"name", exhibition.name()}, {"date", calendar::FormatDate(*last)}});
  log::v1::VenueFact fact;
  log::v1::ExhibitionCancelled& cancelled = *fact.mutable_exhibition_cancelled();
  cancelled.set_id(std::string(id));
  cancelled.set_reason(std::string(reason));
  cancelled.set_time_us(absl::ToUnixMicros(now));
  for (const std::string& name : exhibition.spaces()) {
    const std::string space(IdOf(name));
    auto allocation = FindAllocation(state, venue, space, id);
    if (!allocation.ok()) return allocation.status();
    auto loaded = TakenIn(
        state, {space}, {ToTime((*allocation)->taken_start_time()), ToTime((*allocation)->taken_end_time())});
    if (!loaded.ok()) return loaded.status();
    cancelled.add_spaces(space);
  }
  return Facts{std::move(fact)};
}

}  // namespace kepu::venue
