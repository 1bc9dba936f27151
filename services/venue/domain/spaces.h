// Halls, rooms and yards of a venue: making and changing them, which of them are parts of which, and whether
// one suits what a use asks of it. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/venue/domain/edit.h"
#include "services/venue/domain/state.h"

namespace kepu::venue {

absl::StatusOr<Facts> DecideCreateSpace(const VenueState& state, absl::string_view venue,
                                        absl::string_view id, v1::Space space, absl::Time now);
absl::StatusOr<Facts> DecideUpdateSpace(const VenueState& state, absl::string_view venue,
                                        absl::string_view id, const std::string& etag,
                                        const Edit<v1::Space>& edit, absl::Time now);

// The spaces with their parts and the wholes they are parts of, each once: what must be free for them.
std::vector<std::string> WithParts(const log::v1::VenueHead& head, const std::vector<std::string>& spaces);

// SPACE_UNSUITABLE naming the first need that the space does not meet, what it has, and what is asked. Heads
// are not looked at when `any_heads`.
absl::Status CheckSuits(const v1::Space& space, const v1::SpaceNeeds& needs, bool any_heads = false);

}  // namespace kepu::venue
