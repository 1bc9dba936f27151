#include "services/venue/domain/title_rules.h"

#include <algorithm>

#include "libs/names/names.h"

namespace kepu::venue {

using v1::Title;

namespace {

// The municipal measures as read in their first articles and in press reports, and what one district asks:
// new rules are further rows, and the old ones end.
constexpr char kMeasures[] = "重庆市科普基地创建及管理办法（渝府办发〔2015〕185号）";
constexpr char kDistrictPractice[] = "区县科普基地认定办法（各区县自定，此为一例）";
constexpr int kOpenEnd = 9999;

struct CriterionRow {
  CriterionRule rule;
  v1::TitleLevel level;
  v1::BaseCategory category;  // UNSPECIFIED: of every one
  int first_year;
  int last_year;
};

constexpr CriterionRow kCriteria[] = {
    {{"full-time-staff", "有3名以上专职科普人员", kDistrictPractice},
     v1::TITLE_LEVEL_DISTRICT,
     v1::BASE_CATEGORY_UNSPECIFIED,
     2015,
     kOpenEnd},
    {{"two-activities", "近两年开展科普活动2次以上", kDistrictPractice},
     v1::TITLE_LEVEL_DISTRICT,
     v1::BASE_CATEGORY_UNSPECIFIED,
     2015,
     kOpenEnd},
    {{"legal-person", "在重庆市内具有法人资格", kMeasures},
     v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_UNSPECIFIED,
     2015,
     kOpenEnd},
    {{"plans", "有年度科普计划和中长期规划", kMeasures},
     v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_UNSPECIFIED,
     2015,
     kOpenEnd},
    {{"budget", "有科普工作经费预算", kMeasures},
     v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_UNSPECIFIED,
     2015,
     kOpenEnd},
    {{"facilities", "有科普设施和场所", kMeasures},
     v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_UNSPECIFIED,
     2015,
     kOpenEnd},
    {{"full-time-staff", "有专职科普人员", kMeasures},
     v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_UNSPECIFIED,
     2015,
     kOpenEnd},
    {{"exchange", "具备对外科普交流能力", kMeasures},
     v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_UNSPECIFIED,
     2015,
     kOpenEnd},
    {{"open-days", "每年开放250天以上", kMeasures},
     v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_VENUE,
     2015,
     kOpenEnd},
    {{"youth-days", "每年对青少年免费或优惠开放30天以上（含法定节假日）", kMeasures},
     v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_VENUE,
     2015,
     kOpenEnd},
    {{"campaign-days", "科技活动周、科普日期间免费或优惠开放并公布日期和内容", kMeasures},
     v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_VENUE,
     2015,
     kOpenEnd},
    {{"scenic-4a", "4A级以上旅游景区", kMeasures},
     v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_SCENIC,
     2015,
     kOpenEnd},
    {{"guide-system", "有科普导览系统", kMeasures},
     v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_SCENIC,
     2015,
     kOpenEnd},
    {{"guides", "有3名以上专职科普讲解员和科普讲解词", kMeasures},
     v1::TITLE_LEVEL_MUNICIPAL,
     v1::BASE_CATEGORY_SCENIC,
     2015,
     kOpenEnd},
};

}  // namespace

std::vector<CriterionRule> CriteriaOf(Title::Kind kind, v1::TitleLevel level, v1::BaseCategory category,
                                      int year) {
  std::vector<CriterionRule> rules;
  if (kind != Title::SCIENCE_BASE) return rules;
  for (const CriterionRow& row : kCriteria) {
    const bool fits = row.category == v1::BASE_CATEGORY_UNSPECIFIED || row.category == category;
    if (row.level == level && fits && row.first_year <= year && year <= row.last_year)
      rules.push_back(row.rule);
  }
  return rules;
}

const std::vector<absl::string_view>& HoldersOf(Title::Kind kind) {
  using Patterns = std::vector<absl::string_view>;
  static const Patterns anybody = {"venues/*",    "organizations/*", "schools/*", "communities/*",
                                   "districts/*", "teams/*",         "events/*",  "caravans/*"};
  static const Patterns working = {"venues/*", "organizations/*", "schools/*"};
  static const Patterns rural = {"venues/*", "organizations/*", "communities/*"};
  static const Patterns communities = {"communities/*"};
  static const Patterns districts = {"districts/*"};
  switch (kind) {
    case Title::DEMONSTRATION_COMMUNITY:
      return communities;
    case Title::DEMONSTRATION_COUNTY:
      return districts;
    case Title::FARM_BASE:
    case Title::WOMENS_FARM_BASE:
      return rural;
    case Title::DEMONSTRATION_PROJECT:
    case Title::COMMENDATION:
      return anybody;
    default:
      return working;
  }
}

// Whoever may hold anything may hold a commendation.
bool IsHolder(absl::string_view name) { return MayHold(Title::COMMENDATION, name); }

bool MayHold(Title::Kind kind, absl::string_view holder) {
  const auto& patterns = HoldersOf(kind);
  return std::any_of(patterns.begin(), patterns.end(), [holder](absl::string_view pattern) {
    return names::Parse("holder", pattern, holder).ok();
  });
}

std::optional<v1::TitleLevel> NeededBefore(Title::Kind kind, v1::TitleLevel level) {
  if (kind != Title::SCIENCE_BASE) return std::nullopt;
  if (level == v1::TITLE_LEVEL_NATIONAL) return v1::TITLE_LEVEL_MUNICIPAL;
  if (level == v1::TITLE_LEVEL_MUNICIPAL) return v1::TITLE_LEVEL_DISTRICT;
  return std::nullopt;
}

std::string LevelText(v1::TitleLevel level) {
  switch (level) {
    case v1::TITLE_LEVEL_NATIONAL:
      return "NATIONAL";
    case v1::TITLE_LEVEL_MUNICIPAL:
      return "MUNICIPAL";
    default:
      return "DISTRICT";
  }
}

}  // namespace kepu::venue
