#include "services/event/domain/campaign.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/fields.h"
#include "services/event/domain/other_year.h"

namespace kepu::event::domain {
namespace {

constexpr absl::string_view kThemePrefix = "theme-";
constexpr size_t kYearDigits = 4;

bool IsYear(absl::string_view text) {
  return text.size() == kYearDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void CheckBranches(const v1::Campaign& campaign, refusal::FieldErrors* errors) {
  std::set<std::string> districts;
  for (int i = 0; i < campaign.branches_size(); ++i) {
    const v1::Campaign::Branch& branch = campaign.branches(i);
    const std::string path = absl::StrCat("campaign.branches[", i, "]");
    CheckName(absl::StrCat(path, ".district"), "districts/*", branch.district(), errors);
    CheckName(absl::StrCat(path, ".venue"), "venues/*", branch.venue(), errors);
    CheckName(absl::StrCat(path, ".lead_unit"), "organizations/*", branch.lead_unit(), errors);
    if (!districts.insert(branch.district()).second)
      errors->Add(absl::StrCat(path, ".district"), "is there twice; a district has one branch");
  }
}

void CheckWindow(const v1::Campaign& campaign, refusal::FieldErrors* errors) {
  if (campaign.has_first_date() != campaign.has_last_date()) {
    errors->Add("campaign.last_date", "first_date and last_date are given both or not at all");
  } else if (campaign.has_first_date()) {
    CheckDays("campaign", campaign.first_date(), campaign.last_date(), errors);
    if (campaign.first_date().year() != campaign.year())
      errors->Add("campaign.first_date", absl::StrCat("must be in the campaign's year, ", campaign.year()));
  }
}

absl::Status CheckCampaign(const v1::Campaign& campaign) {
  refusal::FieldErrors errors;
  CheckText("campaign.display_name", campaign.display_name(), &errors);
  if (campaign.has_description()) CheckText("campaign.description", campaign.description(), &errors);
  if (campaign.has_motto()) CheckText("campaign.motto", campaign.motto(), &errors);
  if (campaign.kind() == v1::Campaign::KIND_UNSPECIFIED || !v1::Campaign::Kind_IsValid(campaign.kind()))
    errors.Add("campaign.kind", "must be BRAND, ANNUAL_THEME or OBSERVANCE");
  if (campaign.kind() == v1::Campaign::ANNUAL_THEME && !campaign.district().empty())
    errors.Add("campaign.district", "is empty for the annual theme, which is the whole city's");
  CheckWindow(campaign, &errors);
  CheckChoices("campaign.themes", campaign.themes(), v1::Theme_IsValid, &errors);
  CheckChoices("campaign.target_groups", campaign.target_groups(), v1::TargetGroup_IsValid, &errors);
  CheckName("campaign.district", "districts/*", campaign.district(), &errors);
  CheckName("campaign.main_venue", "venues/*", campaign.main_venue(), &errors);
  CheckBranches(campaign, &errors);
  CheckNames("campaign.lead_units", "organizations/*", campaign.lead_units(), &errors);
  CheckNames("campaign.participating_units", "organizations/*", campaign.participating_units(), &errors);
  if (!campaign.task().empty() && !names::IsGivenId(campaign.task())) errors.Add("campaign.task", kIdRule);
  CheckSponsors("campaign.sponsors", campaign.sponsors(), &errors);
  CheckTexts("campaign.grants", campaign.grants(), &errors);
  CheckTexts("campaign.project_numbers", campaign.project_numbers(), &errors);
  return errors.ToStatus();
}

absl::Status CheckPublishable(const v1::Campaign& campaign) {
  std::vector<std::string> missing;
  if (!campaign.has_first_date()) missing.push_back("first_date and last_date");
  if (campaign.themes().empty()) missing.push_back("themes");
  if (campaign.target_groups().empty()) missing.push_back("target_groups");
  if (campaign.lead_units().empty()) missing.push_back("lead_units");
  if (missing.empty()) return absl::OkStatus();
  return refusal::Refuse(refusal::kNo, "NOT_PUBLISHABLE",
                         {{"name", campaign.name()}, {"missing", absl::StrJoin(missing, ", ")}});
}

absl::Status IsClosed(const v1::Campaign& campaign) {
  return refusal::Refuse(refusal::kNo, "WRONG_STATE", {{"name", campaign.name()}, {"state", "CLOSED"}});
}

}  // namespace

std::string AnnualThemeId(int year) { return absl::StrCat(kThemePrefix, year); }

absl::Status CheckCampaignId(const v1::Campaign& campaign, absl::string_view id) {
  const bool of_theme = absl::StartsWith(id, kThemePrefix) && IsYear(id.substr(kThemePrefix.size()));
  if (campaign.kind() == v1::Campaign::ANNUAL_THEME) {
    const std::string only = AnnualThemeId(campaign.year());
    if (id.empty() || id == only) return absl::OkStatus();
    return refusal::BadField("campaign_id", absl::StrCat("must be \"", only, "\", as a year has one theme"));
  }
  if (of_theme) return refusal::BadField("campaign_id", "is kept for an annual theme; choose another one");
  return absl::OkStatus();
}

absl::Status MakeCampaign(v1::Campaign& campaign) {
  campaign.set_state(v1::Campaign::DRAFT);
  return CheckCampaign(campaign);
}

absl::Status CheckUpdatedCampaign(const v1::Campaign& campaign) {
  if (campaign.state() == v1::Campaign::CLOSED) return IsClosed(campaign);
  if (absl::Status status = CheckCampaign(campaign); !status.ok()) return status;
  return campaign.state() == v1::Campaign::PUBLISHED ? CheckPublishable(campaign) : absl::OkStatus();
}

absl::Status PublishCampaign(v1::Campaign& campaign, absl::Time now) {
  if (campaign.state() == v1::Campaign::CLOSED) return IsClosed(campaign);
  if (campaign.state() == v1::Campaign::PUBLISHED) return absl::OkStatus();
  if (absl::Status status = CheckPublishable(campaign); !status.ok()) return status;
  campaign.set_state(v1::Campaign::PUBLISHED);
  calendar::SetMicros(absl::ToUnixMicros(now), campaign.mutable_publish_time());
  return absl::OkStatus();
}

absl::Status CloseCampaign(v1::Campaign& campaign, absl::Time now) {
  if (campaign.state() == v1::Campaign::CLOSED) return absl::OkStatus();
  campaign.set_state(v1::Campaign::CLOSED);
  calendar::SetMicros(absl::ToUnixMicros(now), campaign.mutable_close_time());
  return absl::OkStatus();
}

absl::StatusOr<v1::Campaign> CopyOfCampaign(const v1::Campaign& campaign, int year, bool keep_weekdays) {
  if (campaign.year() == year)
    return refusal::BadField("year", "is the year it is held in; give another one");
  v1::Campaign copy = campaign;
  copy.set_state(v1::Campaign::DRAFT);
  copy.set_year(year);
  copy.set_copied_from(campaign.name());
  copy.clear_publish_time();
  copy.clear_close_time();
  // What was said, promised or granted for one year is not for the next.
  copy.clear_motto();
  copy.clear_sponsors();
  copy.clear_grants();
  copy.clear_dates_note();
  if (!campaign.has_first_date()) return copy;
  const absl::CivilDay first = DayIn(campaign.first_date());
  const absl::StatusOr<int64_t> days = DaysToYear(first, year, keep_weekdays);
  if (!days.ok()) return days.status();
  SetDay(first + *days, copy.mutable_first_date());
  SetDay(DayIn(campaign.last_date()) + *days, copy.mutable_last_date());
  // New Year's Day may have gone over the edge with its day of the week.
  copy.set_year(copy.first_date().year());
  return copy;
}

std::string IdInYear(absl::string_view id, int year) {
  const size_t dash = id.rfind('-');
  if (dash != absl::string_view::npos && IsYear(id.substr(dash + 1))) id = id.substr(0, dash);
  return absl::StrCat(id, "-", year);
}

std::string OrderOf(const v1::Campaign& campaign) {
  const google::type::Date& day = campaign.first_date();
  return absl::StrFormat("%04d%02d%02d", campaign.year(), day.month(), day.day());
}

}  // namespace kepu::event::domain
