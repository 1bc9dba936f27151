// The codes that a place shows and badges that volunteers show. A code is keyed by the place and a step of
// 30 s, so that it is good for a minute and a half at that place and nowhere else; a badge is the volunteer's
// id with a seal. Both come from the key of the data set, at every replica. Pure; thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/store/request_key.h"

namespace kepu::volunteer {

inline constexpr absl::Duration kCodeStep = absl::Seconds(30);

// Begin of the step that holds the time.
absl::Time StepOf(absl::Time time);
// 30 bits: nobody has more than ten tries an hour.
std::string PresenceCodeOf(const store::KeyMaker& keys, absl::string_view place, absl::Time time);
// Shown at that time, or in the step before or after it. Takes the same time for every wrong code.
bool IsPresenceCode(const store::KeyMaker& keys, absl::string_view place, absl::string_view code,
                    absl::Time time);

std::string BadgeOf(const store::KeyMaker& keys, absl::string_view person);
// Spaces, dashes and capitals do not matter. None for a code that was made up.
std::optional<std::string> PersonOfBadge(const store::KeyMaker& keys, absl::string_view code);

}  // namespace kepu::volunteer
