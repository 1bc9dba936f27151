#include "services/gateway/feeds/feed_path.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"

namespace kepu::gateway::feeds {
namespace {

// "f1." and an id of 22 and 43 characters, with room for longer ones of later days.
constexpr size_t kSecretBytesMax = 128;

bool MayBeInSecret(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
}

}  // namespace

std::optional<absl::string_view> FeedSecretOf(absl::string_view path) {
  if (!absl::ConsumePrefix(&path, "/v1/feeds/") && !absl::ConsumePrefix(&path, "/v1/calendar/"))
    return std::nullopt;
  const bool named = absl::ConsumeSuffix(&path, ".ics");
  const bool fits = named && !path.empty() && path.size() <= kSecretBytesMax &&
                    std::all_of(path.begin(), path.end(), MayBeInSecret);
  return fits ? path : absl::string_view();
}

}  // namespace kepu::gateway::feeds
