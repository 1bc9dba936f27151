// What a title demands of the venue that holds it, as rows of data with the years in which they bind, and how
// much of it a year has seen and will see. Pure; thread-safe.
#pragma once

#include <vector>

#include "absl/time/civil_time.h"
#include "kepu/venue/v1/assessment.pb.h"
#include "kepu/venue/v1/title.pb.h"
#include "services/venue/domain/open_days.h"

namespace kepu::venue {

// `days`: all of the year; `campaigns`: its windows. Nothing where no rule binds this kind, level and
// category in that year.
v1::TitleDuties DutiesOf(const v1::Title& title, const v1::Venue& venue, const std::vector<YearDay>& days,
                         const std::vector<Campaign>& campaigns, int year, absl::CivilDay today);

}  // namespace kepu::venue
