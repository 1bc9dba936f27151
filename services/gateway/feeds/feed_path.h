// The address of a calendar feed. Pure; thread-safe.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"

namespace kepu::gateway::feeds {

// What logs and metrics say instead of an address: whoever knows a secret reads the feed.
inline constexpr char kFeedPattern[] = "/v1/feeds/{secret}.ics";

// The part of a path of feeds that may be a secret, empty for text that cannot be one; nothing for other
// paths. "/v1/calendar/" of the design leads to the same place.
std::optional<absl::string_view> FeedSecretOf(absl::string_view path);

}  // namespace kepu::gateway::feeds
