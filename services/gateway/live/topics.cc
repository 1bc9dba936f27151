#include "services/gateway/live/topics.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/transcode/percent.h"

namespace kepu::gateway::live {
namespace {

constexpr char kPrefix[] = "/v1/";
constexpr char kVerb[] = ":watch";

struct Shape {
  TopicKind kind;
  const char* pattern;  // of the resource
  absl::string_view suffix;
};

constexpr Shape kShapes[] = {
    {TopicKind::kSession, "events/*/sessions/*", ""}, {TopicKind::kVenue, "venues/*", "/calendar"},
    {TopicKind::kSchool, "schools/*", "/bookings"},   {TopicKind::kOwnBookings, "users/me", "/bookings"},
    {TopicKind::kShifts, "volunteers/*", "/shifts"},
};

absl::Status BadTopic(absl::string_view field) {
  return refusal::BadField(field,
                           "must be events/{event}/sessions/{session}, venues/{venue}/calendar, "
                           "schools/{school}/bookings, users/me/bookings or volunteers/me/shifts");
}

absl::StatusOr<std::vector<Topic>> TopicsInQuery(absl::string_view query) {
  std::vector<Topic> topics;
  for (const absl::string_view pair : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    if (field.first != "topic") {
      return refusal::BadField(std::string(field.first.substr(0, 100)), "is not a parameter; topic is");
    }
    const auto text = transcode::PercentDecode(field.second, {.plus_is_space = true});
    if (!text) return BadTopic("topic");
    absl::StatusOr<Topic> topic = ParseTopic("topic", *text);
    if (!topic.ok()) return topic.status();
    if (std::find(topics.begin(), topics.end(), *topic) == topics.end()) topics.push_back(*std::move(topic));
    if (topics.size() > kTopicsMax)
      return refusal::BadField("topic", absl::StrCat("must be at most ", kTopicsMax, " times"));
  }
  if (topics.empty()) return BadTopic("topic");
  return topics;
}

}  // namespace

absl::StatusOr<Topic> ParseTopic(absl::string_view field, absl::string_view text) {
  for (const Shape& shape : kShapes) {
    absl::string_view resource = text;
    if (!absl::ConsumeSuffix(&resource, shape.suffix)) continue;
    if (names::Parse(field, shape.pattern, resource).ok()) return Topic{shape.kind, std::string(resource)};
  }
  return BadTopic(field);
}

std::optional<absl::StatusOr<std::vector<Topic>>> TopicsOf(absl::string_view path, absl::string_view query,
                                                           bool wants_events) {
  if (!absl::ConsumePrefix(&path, kPrefix)) return std::nullopt;
  if (path == "live") return TopicsInQuery(query);
  if (!absl::ConsumeSuffix(&path, kVerb)) return std::nullopt;
  const auto text = transcode::PercentDecode(path, {});
  if (!text) return std::nullopt;
  absl::StatusOr<Topic> topic = ParseTopic("name", *text);
  // What is no topic is for the routes to refuse.
  if (!topic.ok() || (topic->kind == TopicKind::kSession && !wants_events)) return std::nullopt;
  if (!query.empty()) return refusal::BadField(std::string(query.substr(0, 100)), "is not a parameter here");
  return std::vector<Topic>{*std::move(topic)};
}

std::string KeyOf(TopicKind kind, absl::string_view name) {
  for (const Shape& shape : kShapes)
    if (shape.kind == kind) return absl::StrCat(name, shape.suffix);
  return std::string(name);
}

std::vector<Place> PlacesOf(const Topic& topic) {
  const absl::string_view id = absl::string_view(topic.resource).substr(topic.resource.rfind('/') + 1);
  switch (topic.kind) {
    case TopicKind::kSession:
      return {{"event", names::PartitionOf(id)}};
    case TopicKind::kVenue:
      // Everything of a place is one partition of the event service.
      return {{"event", names::PartitionOfText(topic.resource)}, {"venue", names::PartitionOf(id)}};
    case TopicKind::kSchool:
    case TopicKind::kOwnBookings:
      return {{"event", std::nullopt}};
    case TopicKind::kShifts:
      return {{"volunteer", std::nullopt}};
  }
  return {};
}

}  // namespace kepu::gateway::live
