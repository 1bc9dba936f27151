// Ids that readers of live streams come back with.
#include "services/gateway/live/cursor.h"
#include "services/gateway/live/topics.h"
#include "tests/fuzz/targets.h"

namespace kepu::fuzz {
namespace {

// What is understood is what would have been written.
void RunCursor(absl::string_view bytes) {
  const auto cursor = gateway::live::ParseCursor(bytes);
  if (cursor) Require(gateway::live::CursorText(*cursor) == bytes, "an id has one text");
}

std::vector<std::string> CursorSeeds() {
  return {"event@00001f2e=12-3456.1,9,40-0;venue@ffffffff=0-7", "volunteer@0badcafe=0-1,2,3.4,5"};
}

// Path and query.
void RunTopics(absl::string_view bytes) {
  const size_t mark = bytes.find('?');
  const absl::string_view query = mark == absl::string_view::npos ? "" : bytes.substr(mark + 1);
  const auto topics = gateway::live::TopicsOf(bytes.substr(0, mark), query, true);
  if (!topics || !topics->ok()) return;
  Require(!(*topics)->empty() && (*topics)->size() <= gateway::live::kTopicsMax, "some topics, not too many");
  for (const gateway::live::Topic& topic : **topics)
    Require(!gateway::live::PlacesOf(topic).empty(), "a topic lies somewhere");
}

std::vector<std::string> TopicSeeds() {
  return {"/v1/live?topic=venues%2Fv%2Fcalendar&topic=users/me/bookings", "/v1/schools/s/bookings:watch",
          "/v1/events/a/sessions/b:watch"};
}

}  // namespace

std::vector<Target> LiveTargets() {
  return {{"live_cursor", RunCursor, CursorSeeds}, {"live_topics", RunTopics, TopicSeeds}};
}

}  // namespace kepu::fuzz
