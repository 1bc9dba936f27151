// What the plan of an exhibition says, checked: its days, its phases in their order, and what it takes. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/venue/domain/occupancy.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

// A little over a year; what stands for longer is the permanent exhibition, which takes no space from others.
inline constexpr int kMaxExhibitionDays = 400;
// Days of building up or down.
inline constexpr int kMaxBuildingDays = 60;

// Drafts, and those that were given up, are for those who plan.
bool IsPublic(const v1::Exhibition& exhibition);

// A permanent one is part of the house, and one that is lent out stands elsewhere.
bool TakesSpaces(const v1::Exhibition& exhibition);

// The wish for all its spaces on all its days, by whole days. INVALID_ARGUMENT naming fields. `publishing`:
// it must name its spaces, and not be past or too far ahead.
absl::StatusOr<Wish> ReadPlan(absl::string_view venue, const v1::Exhibition& exhibition, bool publishing,
                              absl::Time now);

// SPACE_UNSUITABLE for the first phase whose needs its spaces do not meet together.
absl::Status CheckPhaseNeeds(const VenueState& state, const Wish& wish, const v1::Exhibition& exhibition);

// All its dates moved by so many days.
void ShiftDays(v1::Exhibition& exhibition, int64_t days);

}  // namespace kepu::venue
