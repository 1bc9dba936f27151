#include "services/venue/domain/state.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "libs/calendar/dates.h"
#include "services/venue/domain/find.h"

namespace kepu::venue {
namespace {
using Child = log::v1::VenueChild;
}  // namespace

std::string SpaceField(absl::string_view space) { return absl::StrCat("s/", space); }
std::string AllocationField(absl::string_view space, absl::string_view allocation) {
  return absl::StrCat("a/", space, "/", allocation);
}
std::string MonthField(absl::string_view space, absl::CivilMonth month) {
  return absl::StrCat("m/", space, "/", absl::StrFormat("%04d%02d", month.year(), month.month()));
}
std::string ExhibitionField(absl::string_view exhibition) { return absl::StrCat("x/", exhibition); }
std::string ClosureField(absl::string_view closure) { return absl::StrCat("k/", closure); }
std::string SeriesField(absl::string_view space, absl::string_view series) {
  return absl::StrCat("r/", space, "/", series);
}
std::string EndedField(int day, int bucket) { return absl::StrCat("f/", day, "/", bucket); }

std::string VenueName(absl::string_view venue) { return absl::StrCat("venues/", venue); }
std::string SpaceName(absl::string_view venue, absl::string_view space) {
  return absl::StrCat("venues/", venue, "/spaces/", space);
}
std::string AllocationName(absl::string_view venue, absl::string_view space, absl::string_view allocation) {
  return absl::StrCat("venues/", venue, "/spaces/", space, "/allocations/", allocation);
}
std::string ExhibitionName(absl::string_view venue, absl::string_view exhibition) {
  return absl::StrCat("venues/", venue, "/exhibitions/", exhibition);
}
std::string SeriesName(absl::string_view venue, absl::string_view space, absl::string_view series) {
  return absl::StrCat("venues/", venue, "/spaces/", space, "/series/", series);
}
std::string ClosureName(absl::string_view venue, absl::string_view closure) {
  return absl::StrCat("venues/", venue, "/closures/", closure);
}

absl::string_view IdOf(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return slash == absl::string_view::npos ? name : name.substr(slash + 1);
}

absl::string_view SpaceOf(absl::string_view allocation_name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(allocation_name, '/');
  return parts.size() > 3 ? parts[3] : absl::string_view();
}

std::string ClaimAllocationId(absl::string_view claim_id) { return absl::StrCat("c-", claim_id); }

std::vector<absl::CivilMonth> MonthsOf(const calendar::Interval& interval) {
  std::vector<absl::CivilMonth> months;
  if (interval.empty()) return months;
  const absl::CivilMonth last(calendar::DayOf(interval.end - absl::Nanoseconds(1)));
  for (absl::CivilMonth month(calendar::DayOf(interval.start)); month <= last; ++month)
    months.push_back(month);
  return months;
}

int DayNumber(absl::Time time) {
  return static_cast<int>(absl::ToCivilDay(time, absl::UTCTimeZone()) - absl::CivilDay(1970, 1, 1));
}

int NextBucket(const VenueState& state, int day) {
  const auto& days = state.head().ended_days();
  if (days.empty() || days.rbegin()->day() != day) return 0;
  return days.rbegin()->count() / kEndedPerBucket;
}

absl::StatusOr<const v1::Venue*> FindVenue(const VenueState& state, absl::string_view venue) {
  return FindIn(state, kInfoField, VenueName(venue), &Child::has_venue, &Child::venue);
}

absl::StatusOr<const v1::Space*> FindSpace(const VenueState& state, absl::string_view venue,
                                           absl::string_view space) {
  return FindIn(state, SpaceField(space), SpaceName(venue, space), &Child::has_space, &Child::space);
}

absl::StatusOr<const v1::Allocation*> FindAllocation(const VenueState& state, absl::string_view venue,
                                                     absl::string_view space, absl::string_view allocation) {
  return FindIn(state, AllocationField(space, allocation), AllocationName(venue, space, allocation),
                &Child::has_allocation, &Child::allocation);
}

absl::StatusOr<const v1::Exhibition*> FindExhibition(const VenueState& state, absl::string_view venue,
                                                     absl::string_view exhibition) {
  return FindIn(state, ExhibitionField(exhibition), ExhibitionName(venue, exhibition), &Child::has_exhibition,
                &Child::exhibition);
}

absl::StatusOr<const v1::Series*> FindSeries(const VenueState& state, absl::string_view venue,
                                             absl::string_view space, absl::string_view series) {
  return FindIn(state, SeriesField(space, series), SeriesName(venue, space, series), &Child::has_series,
                &Child::series);
}

absl::StatusOr<const v1::Closure*> FindClosure(const VenueState& state, absl::string_view venue,
                                               absl::string_view closure) {
  return FindIn(state, ClosureField(closure), ClosureName(venue, closure), &Child::has_closure,
                &Child::closure);
}

}  // namespace kepu::venue
