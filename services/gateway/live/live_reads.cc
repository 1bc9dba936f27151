#include "services/gateway/live/live_reads.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/gateway/live/event_text.h"
#include "services/gateway/live/topics.h"

namespace kepu::gateway::live {
namespace {

using transcode::PlainRead;
using transcode::ReadParameter;

constexpr char kAbout[] =
    "Server-sent events (Accept: text/event-stream). An event says what changed: its data has the name, and "
    "where there are some the etag, the state, free places by pool and how many wait. Read the thing anew "
    "for "
    "the rest. `resync`: read everything anew, too much was missed. `end`: the login or the right to look "
    "has "
    "ended, do not come back with it. A lone colon every while says that the stream lives.";

constexpr char kExample[] =
    "id: event@00001f2e=12-3456\nevent: session.availability\ndata: "
    "{\"name\":\"events/light/sessions/s1\",\"etag\":\"e7\",\"state\":\"PUBLISHED\","
    "\"pools\":[{\"id\":\"all\",\"free\":3}],\"waiting\":0}\n\n";

ReadParameter LastEventId() {
  return {
      "Last-Event-ID", "header",
      "The id of the last event that was read, also from another replica: what was missed since comes first.",
      R"({"type":"string","maxLength":4096})"};
}

PlainRead Stream(std::string path, std::string id, std::string summary, absl::string_view what) {
  PlainRead read;
  read.path = std::move(path);
  read.tag = "Live";
  read.tag_description = "Streams of what changes, for pages that stay open.";
  read.id = absl::StrCat("Live_", id);
  read.summary = std::move(summary);
  read.description = absl::StrCat(what, "\n\n", kAbout);
  read.content_type = kEventStream;
  read.answer = "Events as they happen, until the reader goes.";
  read.example = kExample;
  return read;
}

// The stream of one topic; `variables` are those of its path.
PlainRead TopicStream(absl::string_view topic, std::string id, std::string summary, absl::string_view what,
                      const std::vector<std::string>& variables) {
  PlainRead read = Stream(absl::StrCat("/v1/", topic, ":watch"), std::move(id), std::move(summary), what);
  for (const std::string& name : variables) {
    read.parameters.push_back({name, "path", absl::StrCat("The id of the ", name, "."),
                               R"({"type":"string","minLength":1})", true});
  }
  read.parameters.push_back(LastEventId());
  return read;
}

}  // namespace

std::vector<PlainRead> LiveReads() {
  std::vector<PlainRead> reads = {
      TopicStream("events/{event}/sessions/{session}", "WatchSession", "Watch session",
                  "A session: its state and free places.", {"event", "session"}),
      TopicStream("venues/{venue}/calendar", "WatchVenueCalendar", "Watch venue calendar",
                  "Everything that changes in the calendar of a venue.", {"venue"}),
      TopicStream("schools/{school}/bookings", "WatchSchoolBookings", "Watch school bookings",
                  "The bookings of a school, for those who act for it.", {"school"}),
      TopicStream("users/me/bookings", "WatchOwnBookings", "Watch own bookings",
                  "The bookings of whoever is logged in.", {}),
      TopicStream("volunteers/{volunteer}/shifts", "WatchVolunteerShifts", "Watch volunteer shifts",
                  "The shifts of a volunteer; the id `me` stands for one's own.", {"volunteer"}),
      Stream("/v1/live", "WatchTopics", "Watch topics", "Several topics in one stream."),
  };
  for (const size_t own : {2, 3, 4}) reads[own].for_logins = true;
  const std::string topics =
      absl::StrCat(R"({"type":"array","minItems":1,"maxItems":)", kTopicsMax,
                   R"(,"items":{"type":"string"},"example":["venues/cqstm/calendar","users/me/bookings"]})");
  reads.back().parameters = {
      {"topic", "query",
       "What to watch, once for each: events/{event}/sessions/{session}, venues/{venue}/calendar, "
       "schools/{school}/bookings, users/me/bookings or volunteers/me/shifts. All of them must be the "
       "caller's "
       "to see.",
       topics, true},
      LastEventId()};
  return reads;
}

}  // namespace kepu::gateway::live
