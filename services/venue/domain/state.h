// The venue aggregate as decisions see it: which child holds what, and looking it up. Only Apply changes it.
// Values of one executor; not thread-safe. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "kepu/venue/log/v1/venue_log.pb.h"
#include "libs/aggregate/aggregate.h"
#include "libs/calendar/interval_set.h"

namespace kepu::venue {

using VenueState = aggregate::Aggregate<log::v1::VenueHead, log::v1::VenueChild>;
using CalendarState = aggregate::Aggregate<log::v1::CalendarHead, log::v1::CalendarChild>;
using Facts = std::vector<log::v1::VenueFact>;

// A head names its spaces, and it must stay under 4 KiB.
inline constexpr int kMaxSpaces = 60;
// Claims that end in one day are remembered in buckets of this many, so that one end rewrites little.
inline constexpr int kEndedPerBucket = 64;

inline constexpr char kInfoField[] = "i";
inline constexpr char kClosuresField[] = "l";
std::string SpaceField(absl::string_view space);
std::string AllocationField(absl::string_view space, absl::string_view allocation);
std::string MonthField(absl::string_view space, absl::CivilMonth month);
std::string ExhibitionField(absl::string_view exhibition);
std::string ClosureField(absl::string_view closure);
std::string EndedField(int day, int bucket);

// Resource names.
std::string VenueName(absl::string_view venue);
std::string SpaceName(absl::string_view venue, absl::string_view space);
std::string AllocationName(absl::string_view venue, absl::string_view space, absl::string_view allocation);
std::string ExhibitionName(absl::string_view venue, absl::string_view exhibition);
std::string ClosureName(absl::string_view venue, absl::string_view closure);
// The etag after this one.
std::string NextRevision(const std::string& etag);
// The last segment.
absl::string_view IdOf(absl::string_view name);
// The space of an allocation's name.
absl::string_view SpaceOf(absl::string_view allocation_name);

// The allocation that a claim makes: a letter in front, since digests may begin with a digit, and a dash,
// which made ids never have.
std::string ClaimAllocationId(absl::string_view claim_id);

// Local months that [start, end) touches.
std::vector<absl::CivilMonth> MonthsOf(const calendar::Interval& interval);

// Days since 1970 of the instant, UTC: only a bucket for forgetting.
int DayNumber(absl::Time time);
// The bucket that the next claim to end on `day` falls into.
int NextBucket(const VenueState& state, int day);

// NOT_FOUND when there is none; NotLoaded passes through.
absl::StatusOr<const v1::Venue*> FindVenue(const VenueState& state, absl::string_view venue);
absl::StatusOr<const v1::Space*> FindSpace(const VenueState& state, absl::string_view venue,
                                           absl::string_view space);
absl::StatusOr<const v1::Allocation*> FindAllocation(const VenueState& state, absl::string_view venue,
                                                     absl::string_view space, absl::string_view allocation);
absl::StatusOr<const v1::Exhibition*> FindExhibition(const VenueState& state, absl::string_view venue,
                                                     absl::string_view exhibition);
absl::StatusOr<const v1::Closure*> FindClosure(const VenueState& state, absl::string_view venue,
                                               absl::string_view closure);

}  // namespace kepu::venue
