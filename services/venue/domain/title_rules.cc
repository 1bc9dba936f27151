#include "services/venue/domain/title_rules.h"

#include <algorithm>

#include "libs/names/names.h"

namespace kepu::venue {

using v1::Title;

const std::vector<absl::string_view>& HoldersOf(Title::Kind kind) {
  using Patterns = std::vector<absl::string_view>;
  static const Patterns anybody = {"venues/*", "organizations/*", "schools/*", "communities/*",
                                   "districts/*"};
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
