// What holds for the kinds of titles: who may hold them, what the rules of the city demand before and of
// them. Rows of data with where they come from. Pure; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "kepu/venue/v1/title.pb.h"

namespace kepu::venue {

// Days of a public notice, the first and the last included. Practice of the city's notices; ours to set.
inline constexpr int kMinNoticeDays = 7;
// A quarter is more than any notice took.
inline constexpr int kMaxNoticeDays = 92;
// A national base is named for so many years, then checked anew.
inline constexpr int kNationalYears = 5;
// Whoever failed nationally sits out so many rounds.
inline constexpr int kBarredRounds = 1;

// Patterns of the names of those who may hold it.
const std::vector<absl::string_view>& HoldersOf(v1::Title::Kind kind);
// Of any kind. Persons are not among them: what is said of them in public takes their consent, and lies with
// their own records.
bool IsHolder(absl::string_view name);
bool MayHold(v1::Title::Kind kind, absl::string_view holder);

// The level that has to be in force before one may apply: a municipal base is a district base first, a
// national one a municipal one.
std::optional<v1::TitleLevel> NeededBefore(v1::Title::Kind kind, v1::TitleLevel level);

// What the rules ask of an application in a round.
struct CriterionRule {
  const char* code;
  const char* requirement;
  const char* source;
};
std::vector<CriterionRule> CriteriaOf(v1::Title::Kind kind, v1::TitleLevel level, v1::BaseCategory category,
                                      int year);

std::string LevelText(v1::TitleLevel level);

}  // namespace kepu::venue
