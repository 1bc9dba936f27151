// What somebody has and soon has no more: a guardian's consent, a qualification. That it runs out is noted
// once, in time to do something about it, so that they are told once. Pure functions on values.
#pragma once

#include <optional>

#include "absl/time/time.h"
#include "services/volunteer/domain/person.h"

namespace kepu::volunteer::domain {

// Noted so long before; of what is given for less than twice that, in the middle.
inline constexpr absl::Duration kEndsSoon = absl::Hours(24 * 30);

// When the next one has to be noted; InfiniteFuture: none has.
absl::Time NextEnding(const record::PersonHead& head);
// All that has to be noted by now; none when nothing has.
std::optional<record::Fact> DueEndings(const record::PersonHead& head, absl::Time now);
void ApplyEndings(record::PersonHead& head, const record::EndingsNoted& noted, int64_t time_us);

// To be told of one that was noted: it is not over, and nothing that lasts longer takes its place.
bool IsEnding(const record::PersonHead& head, const record::ConsentCover& consent, absl::Time now);
bool IsEnding(const record::Qualification& qualification, absl::Time now);

}  // namespace kepu::volunteer::domain
