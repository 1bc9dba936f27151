// Calendars as they are written, and as libical reads them back.
#include "libs/ical/calendar.h"

#include <libical/ical.h>

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "libs/calendar/dates.h"
#include "libs/executor/random.h"

namespace kepu::ical {
namespace {

struct FreeRead {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using ReadBack = std::unique_ptr<icalcomponent, FreeRead>;

ReadBack ParsedCalendar(const std::string& text) { return ReadBack(icalparser_parse_string(text.c_str())); }

Event SomeEvent() {
  Event event;
  event.uid = "events.a.sessions.b@kepu";
  event.start = calendar::At(absl::CivilDay(2026, 12, 5), 9 * 60 + 30);
  event.end = event.start + absl::Minutes(90);
  event.summary = "太阳系之旅, 第一场; 入门\\基础";
  event.description = "责任单位：重庆科技馆\n请提前到场";
  event.location = "重庆科技馆 报告厅";
  event.position = {29.5689, 106.5771};
  event.url = "https://example.org/a?b=c,d";
  event.status = EventStatus::kTentative;
  event.sequence = 7;
  event.modified = absl::FromUnixSeconds(1790000000);
  return event;
}

Calendar CalendarWith(std::vector<Event> events) {
  Calendar calendar;
  calendar.name = "重庆科技馆";
  calendar.stamp = absl::FromUnixSeconds(1780000000);
  calendar.events = std::move(events);
  return calendar;
}

bool HasLine(const std::string& text, const std::string& line) {
  return absl::StrContains(absl::StrCat("\r\n", text), absl::StrCat("\r\n", line, "\r\n"));
}

std::string Unfolded(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 3, "\r\n ") == 0) {
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

TEST(IcalTest, WritesWhatTheStandardsName) {
  const std::string text = Unfolded(Write(CalendarWith({SomeEvent()})));
  for (const char* line : {"VERSION:2.0",
                           "PRODID:-//kepu//kepu feeds//ZH",
                           "CALSCALE:GREGORIAN",
                           "X-WR-CALNAME:重庆科技馆",
                           "NAME;LANGUAGE=zh-CN:重庆科技馆",
                           "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
                           "X-PUBLISHED-TTL:PT60M",
                           "X-WR-TIMEZONE:Asia/Shanghai",
                           "BEGIN:VTIMEZONE",
                           "TZID:Asia/Shanghai",
                           "TZOFFSETFROM:+0800",
                           "TZOFFSETTO:+0800",
                           "UID:events.a.sessions.b@kepu",
                           "DTSTART;TZID=Asia/Shanghai:20261205T093000",
                           "DTEND;TZID=Asia/Shanghai:20261205T110000",
                           "DTSTAMP:20260921T141320Z",
                           "LAST-MODIFIED:20260921T141320Z",
                           "SEQUENCE:7",
                           "STATUS:TENTATIVE",
                           "TRANSP:OPAQUE",
                           "SUMMARY;LANGUAGE=zh-CN:太阳系之旅\\, 第一场\\; 入门\\\\基础",
                           "DESCRIPTION;LANGUAGE=zh-CN:责任单位：重庆科技馆\\n请提前到场",
                           "LOCATION;LANGUAGE=zh-CN:重庆科技馆 报告厅",
                           "GEO:29.568900;106.577100",
                           "URL:https://example.org/a?b=c,d"}) {
    EXPECT_TRUE(HasLine(text, line)) << line << "\n" << text;
  }
}

TEST(IcalTest, WholeDaysEndOnTheDayAfter) {
  Event event = SomeEvent();
  event.first_day = absl::CivilDay(2026, 12, 30);
  event.last_day = absl::CivilDay(2027, 1, 2);
  event.free = true;
  event.status = EventStatus::kCancelled;
  event.modified = absl::UnixEpoch();
  const std::string text = Write(CalendarWith({event}));
  for (const char* line : {"DTSTART;VALUE=DATE:20261230", "DTEND;VALUE=DATE:20270103", "STATUS:CANCELLED",
                           "TRANSP:TRANSPARENT", "DTSTAMP:20260528T202640Z"}) {
    EXPECT_TRUE(HasLine(text, line)) << line << "\n" << text;
  }
  EXPECT_FALSE(absl::StrContains(text, "LAST-MODIFIED"));
}

TEST(IcalTest, AnEventWithoutLengthHasNoEnd) {
  Event event = SomeEvent();
  event.end = event.start;
  EXPECT_FALSE(absl::StrContains(Write(CalendarWith({event})), "DTEND"));
}

// Lines of 75 octets at most; a character that is cut would make a piece that is no UTF-8.
void ExpectFolded(const std::string& text) {
  for (const absl::string_view line : absl::StrSplit(text, "\r\n")) {
    EXPECT_LE(line.size(), 75u) << line;
    const absl::string_view piece = absl::StartsWith(line, " ") ? line.substr(1) : line;
    if (!piece.empty()) {
      EXPECT_NE(static_cast<unsigned char>(piece[0]) & 0xC0, 0x80) << "cut in two: " << line;
    }
    EXPECT_FALSE(absl::StrContains(line, '\n')) << line;
  }
}

TEST(IcalTest, LongLinesAreFoldedBetweenCharacters) {
  for (size_t lead = 0; lead < 8; ++lead) {
    Event event = SomeEvent();
    event.summary = std::string(lead, 'x');
    for (int i = 0; i < 60; ++i) event.summary += i % 7 == 0 ? "😀" : "科";
    const std::string text = Write(CalendarWith({event}));
    ExpectFolded(text);
    const ReadBack read = ParsedCalendar(text);
    EXPECT_EQ(icalcomponent_get_summary(icalcomponent_get_first_component(read.get(), ICAL_VEVENT_COMPONENT)),
              event.summary);
  }
}

// What may stand in it: every kind of character, and those that mean something in a calendar more often.
std::string RandomText(executor::SeededRandom& random) {
  static const char* const kPieces[] = {",",  ";", "\\", "\n",           ":",
                                        "\"", " ", "\t", "\\n",          "科",
                                        "普", "é", "😀",  "BEGIN:VEVENT", "\nEND:VCALENDAR",
                                        "a",  "Z", "9",  "''",           "^n"};
  std::string text;
  for (uint64_t i = random.Below(80); i > 0; --i) text += kPieces[random.Below(std::size(kPieces))];
  return text;
}

std::string Stated(const char* text) { return text == nullptr ? "" : text; }

// Blanks at the ends of a text are nothing to readers.
std::string Trimmed(const std::string& text) { return std::string(absl::StripAsciiWhitespace(text)); }

TEST(IcalTest, AnyTextComesBack) {
  executor::SeededRandom random(20261122);
  for (int round = 0; round < 400; ++round) {
    Event event = SomeEvent();
    event.summary = RandomText(random);
    event.description = RandomText(random);
    event.location = RandomText(random);
    const std::string text = Write(CalendarWith({event}));
    ExpectFolded(text);
    const ReadBack read = ParsedCalendar(text);
    ASSERT_NE(read, nullptr);
    ASSERT_EQ(icalcomponent_count_components(read.get(), ICAL_VEVENT_COMPONENT), 1) << text;
    icalcomponent* back = icalcomponent_get_first_component(read.get(), ICAL_VEVENT_COMPONENT);
    EXPECT_EQ(Stated(icalcomponent_get_summary(back)), Trimmed(event.summary)) << text;
    EXPECT_EQ(Stated(icalcomponent_get_description(back)), Trimmed(event.description)) << text;
    EXPECT_EQ(Stated(icalcomponent_get_location(back)), Trimmed(event.location)) << text;
    EXPECT_EQ(icalcomponent_count_errors(read.get()), 0) << text;
  }
}

TEST(IcalTest, WhatNoCalendarMayHoldIsLeftOut) {
  Event event = SomeEvent();
  event.summary =
      "a\x01\x7f\r\nb\rc\xe2\x80\xa8"
      "d\xc2\x85"
      "e\x0b\x0c";
  const ReadBack read = ParsedCalendar(Write(CalendarWith({event})));
  EXPECT_STREQ(
      icalcomponent_get_summary(icalcomponent_get_first_component(read.get(), ICAL_VEVENT_COMPONENT)),
      "a\nb\nc\nd\ne");
}

}  // namespace
}  // namespace kepu::ical
