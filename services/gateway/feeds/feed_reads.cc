#include "services/gateway/feeds/feed_reads.h"

namespace kepu::gateway::feeds {

transcode::PlainRead FeedRead() {
  transcode::PlainRead read;
  read.path = "/v1/feeds/{secret}.ics";
  read.tag = "Feeds";
  read.tag_description = "Calendars for calendar programs.";
  read.id = "Feeds_GetCalendar";
  read.summary = "Get calendar";
  read.description =
      "A calendar for any calendar program (RFC 5545), as its owner may see it today. The address is the "
      "secret that POST /v1/users/me/feeds answered once; no login is asked for.";
  read.parameters = {{"secret", "path", "The secret of the feed.",
                      R"({"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z0-9._-]+$"})",
                      true}};
  read.content_type = "text/calendar";
  read.answer = "The calendar.";
  read.example =
      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//kepu//feeds//ZH\r\nBEGIN:VEVENT\r\n"
      "UID:shift-1@kepu\r\nDTSTAMP:20261201T010000Z\r\nDTSTART:20261205T010000Z\r\nDTEND:20261205T040000Z\r\n"
      "SUMMARY:展厅讲解\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  read.has_etag = true;
  return read;
}

}  // namespace kepu::gateway::feeds
