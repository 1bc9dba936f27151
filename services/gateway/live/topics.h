// What can be watched, and where it lies: topics read from a request's path and query. A topic that exists is
// proved by reading it as the caller (proof.h). Pure; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kepu::gateway::live {

// As many as a page shows at once; each costs a read when the stream begins.
inline constexpr size_t kTopicsMax = 20;

enum class TopicKind { kSession, kVenue, kSchool, kOwnBookings, kShifts };

struct Topic {
  TopicKind kind;
  std::string resource;  // "events/*/sessions/*", "venues/*", "schools/*", "users/me", "volunteers/*"
  bool operator==(const Topic&) const = default;
};

// The logs that hold what is told of a topic.
struct Place {
  std::string service;
  // Nothing: any partition may.
  std::optional<uint32_t> partition;
  bool operator==(const Place&) const = default;
};

// "events/*/sessions/*", "venues/*/calendar", "schools/*/bookings", "users/me/bookings",
// "volunteers/*/shifts". INVALID_ARGUMENT naming `field`.
absl::StatusOr<Topic> ParseTopic(absl::string_view field, absl::string_view text);

// Nothing when the path is none of a live stream: "/v1/<topic>:watch" or "/v1/live?topic=<topic>&...".
// `wants_events`: a session's own watch is also a route, which answers lines unless events are asked for.
std::optional<absl::StatusOr<std::vector<Topic>>> TopicsOf(absl::string_view path, absl::string_view query,
                                                           bool wants_events);

// What events call the topic, when its resource has this name.
std::string KeyOf(TopicKind kind, absl::string_view name);
std::vector<Place> PlacesOf(const Topic& topic);

}  // namespace kepu::gateway::live
