// Exhibitions from draft to end: a plan is made, changed and copied freely; publishing takes all its spaces
// for all its days in one decision or none, and so does each later change. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/calendar/holidays.h"
#include "services/venue/domain/edit.h"
#include "services/venue/domain/exhibition_plan.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

// A draft.
absl::StatusOr<Facts> DecideDraft(const VenueState& state, absl::string_view venue, absl::string_view id,
                                  v1::Exhibition exhibition, absl::Time now);
// A draft like another, beginning on `first`.
absl::StatusOr<Facts> DecideCopy(const VenueState& state, absl::string_view venue, absl::string_view id,
                                 absl::string_view new_id, absl::CivilDay first, absl::Time now);
// Made and published at once.
absl::StatusOr<Facts> DecideSchedule(const VenueState& state, absl::string_view venue, absl::string_view id,
                                     v1::Exhibition exhibition, const calendar::HolidayTable& holidays,
                                     absl::Time now);
absl::StatusOr<Facts> DecidePublish(const VenueState& state, absl::string_view venue, absl::string_view id,
                                    const calendar::HolidayTable& holidays, absl::Time now);
absl::StatusOr<Facts> DecideUpdateExhibition(const VenueState& state, absl::string_view venue,
                                             absl::string_view id, const std::string& etag,
                                             const Edit<v1::Exhibition>& edit,
                                             const calendar::HolidayTable& holidays, absl::Time now);
absl::StatusOr<Facts> DecideCancel(const VenueState& state, absl::string_view venue, absl::string_view id,
                                   absl::string_view reason, absl::Time now);

// All that stands against `plan` in place of the exhibition as it is, and what the change would take and
// free.
struct PlanCheck {
  std::vector<absl::Status> problems;
  std::vector<v1::Allocation> taken;
  std::vector<v1::Allocation> freed;
  int open_days = 0;
};
absl::StatusOr<PlanCheck> CheckPlan(const VenueState& state, absl::string_view venue, absl::string_view id,
                                    const v1::Exhibition& plan, const calendar::HolidayTable& holidays,
                                    absl::Time now);

}  // namespace kepu::venue
