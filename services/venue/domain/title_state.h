// The titles of one holder as decisions see them: which child holds what, looking it up, and what the states
// of a title mean. Only Apply changes them. Values of one executor; not thread-safe. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "kepu/venue/log/v1/title_log.pb.h"
#include "libs/aggregate/aggregate.h"

namespace kepu::venue {

using TitlesState = aggregate::Aggregate<log::v1::TitlesHead, log::v1::TitleChild>;
using TitleFacts = std::vector<log::v1::TitleFact>;

// Live ones stand in the head, which must stay under 4 KiB; ten kinds on three levels are thirty.
inline constexpr int kMaxLiveTitles = 40;
// Of one title; a public notice of a week has seen a handful.
inline constexpr int kMaxObjections = 100;
// A title goes through a dozen steps and two a year; older ones leave.
inline constexpr int kMaxSteps = 100;

std::string TitleField(absl::string_view title);
std::string ObjectionField(absl::string_view title, absl::string_view objection);
std::string TitleName(absl::string_view title);
std::string ObjectionName(absl::string_view title, absl::string_view objection);

// NOT_FOUND when there is none; NotLoaded passes through.
absl::StatusOr<const v1::Title*> FindTitle(const TitlesState& state, absl::string_view title);
absl::StatusOr<const log::v1::ObjectionRecord*> FindObjection(const TitlesState& state,
                                                              absl::string_view title,
                                                              absl::string_view objection);

// Not yet named, and it still may be.
bool IsApplication(v1::Title::State state);
bool IsInForce(v1::Title::State state);
// Everybody may see it.
bool IsPublic(v1::Title::State state);
// On that day, past or to come, as far as it is known now.
bool IsInForceOn(const v1::Title& title, absl::CivilDay day);

// INTERNAL for a fact that cannot follow on this state (a defect).
absl::Status Apply(TitlesState& state, const log::v1::TitleFact& fact);
// Titles that expire, and rectifications whose day passes.
absl::StatusOr<TitleFacts> Due(const TitlesState& state, absl::Time now);
absl::Time NextDue(const TitlesState& state);

}  // namespace kepu::venue
