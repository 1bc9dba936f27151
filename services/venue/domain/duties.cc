#include "services/venue/domain/duties.h"

#include <algorithm>
#include <string>

namespace kepu::venue {
namespace {

using v1::Title;

enum class Counted { kOpen, kFreeForYouth, kFreeInCampaigns };

struct DutyRule {
  const char* code;
  Counted counted;
  int required;  // days a year; of campaigns, every open day
  Title::Kind kind;
  v1::TitleLevel level;
  v1::BaseCategory category;
  int first_year;
  int last_year;
  const char* source;
};

// Read in its first articles and in press reports; a new regulation is further rows, and the old ones end.
constexpr char kMeasures2015[] = "重庆市科普基地创建及管理办法（渝府办发〔2015〕185号）";
constexpr int kStillHolds = 9999;
constexpr DutyRule kDutyRules[] = {
    {"OPEN_DAYS", Counted::kOpen, 250, Title::SCIENCE_BASE, v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_VENUE, 2015, kStillHolds, kMeasures2015},
    {"YOUTH_FREE_DAYS", Counted::kFreeForYouth, 30, Title::SCIENCE_BASE, v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_VENUE, 2015, kStillHolds, kMeasures2015},
    {"CAMPAIGN_FREE_DAYS", Counted::kFreeInCampaigns, 0, Title::SCIENCE_BASE, v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_VENUE, 2015, kStillHolds, kMeasures2015},
};

v1::Duty DayDuty(const DutyRule& rule, const v1::Venue& venue, const std::vector<YearDay>& days,
                 absl::CivilDay today) {
  v1::Duty duty;
  int left = 0;
  for (const YearDay& day : days) {
    // A venue that is retired by then cannot use the day.
    if (day.date > today && day.rule != "RETIRED") ++left;
    if (!day.open || (rule.counted == Counted::kFreeForYouth && !IsFreeForYouth(venue, day.date))) continue;
    duty.set_planned(duty.planned() + 1);
    if (day.date <= today) duty.set_reached(duty.reached() + 1);
  }
  duty.set_required(rule.required);
  duty.set_can_be_met(duty.reached() + left >= rule.required);
  return duty;
}

// Every day of the window on which it is open at all is to be free or cheaper; one that it shuts for all of
// the window is not kept by being shut.
v1::Duty CampaignDuty(const Campaign& campaign, const v1::Venue& venue, const std::vector<YearDay>& days,
                      absl::CivilDay today) {
  v1::Duty duty;
  duty.set_campaign(campaign.code);
  int open = 0, missed = 0, left = 0;
  for (const YearDay& day : days) {
    if (day.date < campaign.first || day.date > campaign.last) continue;
    if (day.date > today && day.rule != "RETIRED") ++left;
    if (!day.open) continue;
    ++open;
    const bool past = day.date <= today;
    if (!IsFreeForYouth(venue, day.date)) {
      missed += past ? 1 : 0;
      continue;
    }
    duty.set_planned(duty.planned() + 1);
    if (past) duty.set_reached(duty.reached() + 1);
  }
  duty.set_required(std::max(1, open));
  duty.set_can_be_met(missed == 0 && duty.reached() + left >= 1);
  return duty;
}

void Add(const DutyRule& rule, v1::Duty duty, v1::TitleDuties& duties) {
  duty.set_code(rule.code);
  duty.set_source(rule.source);
  duty.set_met(duty.reached() >= duty.required());
  duty.set_will_be_met(duty.planned() >= duty.required());
  *duties.add_duties() = std::move(duty);
}

}  // namespace

v1::TitleDuties DutiesOf(const Title& title, const v1::Venue& venue, const std::vector<YearDay>& days,
                         const std::vector<Campaign>& campaigns, int year, absl::CivilDay today) {
  v1::TitleDuties duties;
  duties.set_title(title.name());
  duties.set_year(year);
  duties.set_provisional(
      std::any_of(days.begin(), days.end(), [](const YearDay& day) { return day.provisional; }));
  for (const DutyRule& rule : kDutyRules) {
    if (title.kind() != rule.kind || title.level() != rule.level || title.category() != rule.category ||
        year < rule.first_year || year > rule.last_year)
      continue;
    if (rule.counted != Counted::kFreeInCampaigns) {
      Add(rule, DayDuty(rule, venue, days, today), duties);
      continue;
    }
    for (const Campaign& campaign : campaigns) Add(rule, CampaignDuty(campaign, venue, days, today), duties);
  }
  return duties;
}

}  // namespace kepu::venue
