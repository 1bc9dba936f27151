// The rules of campaigns: brands of the city, the one theme of a year, observances. Pure functions on the
// message; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kepu/event/v1/campaign.pb.h"

namespace kepu::event::domain {

// The id that the annual theme of a year has, so that there is one; nobody else may have one like it.
std::string AnnualThemeId(int year);
// INVALID_ARGUMENT when the id is not one that such a campaign may have; empty: none was given.
absl::Status CheckCampaignId(const v1::Campaign& campaign, absl::string_view id);

// Fills in what defaults; refuses what is wrong.
absl::Status MakeCampaign(v1::Campaign& campaign);
// Of a campaign as an update would leave it.
absl::Status CheckUpdatedCampaign(const v1::Campaign& campaign);
absl::Status PublishCampaign(v1::Campaign& campaign, absl::Time now);
absl::Status CloseCampaign(v1::Campaign& campaign, absl::Time now);
// A draft of the same campaign in another year.
absl::StatusOr<v1::Campaign> CopyOfCampaign(const v1::Campaign& campaign, int year, bool keep_weekdays);
// "stw-2026" of "stw-2025": the year at the end of an id moves along; an id without one gets it.
std::string IdInYear(absl::string_view id, int year);

// Year, first day, name.
std::string OrderOf(const v1::Campaign& campaign);

}  // namespace kepu::event::domain
