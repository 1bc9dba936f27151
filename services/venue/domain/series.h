// Uses of a space that come again: all their dates are taken in one decision or none is, and later one date,
// it and what follows, or all that is still to come are changed or cancelled. What has begun stays. Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/calendar/holidays.h"
#include "services/venue/domain/edit.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

// Dates in the way that a refusal names.
inline constexpr size_t kMaxDatesNamed = 10;

struct SeriesPlace {
  std::string venue, space, id;
};

// SERIES_TAKEN names the dates that are taken or closed, unless they are to be skipped.
absl::StatusOr<Facts> DecideCreateSeries(const VenueState& state, const SeriesPlace& place,
                                         const v1::Series& series, bool skip_taken,
                                         const calendar::HolidayTable& holidays, absl::Time now);

struct SeriesChange {
  v1::Series::Scope scope = v1::Series::SCOPE_UNSPECIFIED;
  std::optional<absl::CivilDay> date;      // of the occurrence: THIS and FOLLOWING
  std::optional<absl::CivilDay> new_date;  // THIS: where it goes
  bool skip_taken = false;
  std::string etag;
  Edit<v1::Series> edit;
  std::string new_id;  // of the series that FOLLOWING cuts off
};
absl::StatusOr<Facts> DecideChangeSeries(const VenueState& state, const SeriesPlace& place,
                                         const SeriesChange& change, const calendar::HolidayTable& holidays,
                                         absl::Time now);

absl::StatusOr<Facts> DecideCancelSeries(const VenueState& state, const SeriesPlace& place,
                                         v1::Series::Scope scope, std::optional<absl::CivilDay> date,
                                         absl::Time now);

}  // namespace kepu::venue
