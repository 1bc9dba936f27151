// Series of sessions: the dates they give, and what is written down while they are made and changed.
#include "services/event/domain/series.h"

#include <random>

#include "gmock/gmock.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

using v1::SessionSeries;
using Occurrence = SessionSeries::Occurrence;

const absl::CivilDay kMonday(2026, 6, 8);

void SetDate(absl::CivilDay day, google::type::Date* date) {
  date->set_year(static_cast<int32_t>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

SessionSeries Weekly(int count) {
  SessionSeries given;
  v1::Session& session = *given.mutable_session();
  session.set_place("venues/v");
  session.set_space("venues/v/spaces/lab");
  calendar::SetMicros(absl::ToUnixMicros(calendar::At(kMonday, 600)), session.mutable_start_time());
  calendar::SetMicros(absl::ToUnixMicros(calendar::At(kMonday, 690)), session.mutable_end_time());
  calendar::SetMicros(absl::ToUnixMicros(calendar::At(kMonday - 7, 480)),
                      session.mutable_booking_open_time());
  given.mutable_recurrence()->add_weekdays(google::type::MONDAY);
  given.mutable_recurrence()->add_weekdays(google::type::THURSDAY);
  given.mutable_recurrence()->set_count(count);
  return given;
}

std::string Text(const record::OccurrenceRecord& one) {
  return absl::FormatTime("%m-%d %H:%M", absl::FromUnixMicros(one.start_us()), calendar::Zone()) +
         absl::FormatTime("-%H:%M", absl::FromUnixMicros(one.end_us()), calendar::Zone());
}

std::vector<std::string> Texts(const SessionSeries& given) {
  std::vector<std::string> texts;
  const auto all = OccurrencesOf(given, kStart);
  if (!all.ok()) return {std::string(all.status().message())};
  for (const record::OccurrenceRecord& one : *all) texts.push_back(Text(one));
  return texts;
}

TEST(EventSeries, DatesWithExceptions) {
  SessionSeries given = Weekly(4);
  SetDate(kMonday + 3, given.mutable_recurrence()->add_except_dates());
  SessionSeries::Exception& other = *given.add_exceptions();
  SetDate(kMonday + 7, other.mutable_date());
  SetDate(kMonday + 8, other.mutable_new_date());
  other.mutable_start_time()->set_hours(23);
  other.mutable_end_time()->set_hours(1);
  EXPECT_THAT(Texts(given),
              ::testing::ElementsAre("06-08 10:00-11:30", "06-16 23:00-01:00", "06-18 10:00-11:30"));
  const auto all = OccurrencesOf(given, kStart);
  const v1::Session moved = SessionOf(given, all->at(2));
  EXPECT_EQ(calendar::FromProto(moved.booking_open_time()), calendar::At(kMonday + 3, 480)) << "moves along";
}

TEST(EventSeries, WhatCannotBeIsRefusedByField) {
  const auto wrong = [](const std::function<void(SessionSeries&)>& change) {
    SessionSeries given = Weekly(4);
    change(given);
    return std::string(OccurrencesOf(given, kStart).status().message());
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(wrong([](auto& s) { s.mutable_recurrence()->clear_count(); }), HasSubstr("series.recurrence"));
  EXPECT_THAT(wrong([](auto& s) { s.mutable_recurrence()->set_count(201); }), HasSubstr("series.recurrence"));
  EXPECT_THAT(wrong([](auto& s) { s.mutable_recurrence()->set_weekdays(0, google::type::DayOfWeek(9)); }),
              HasSubstr("series.recurrence.weekdays"));
  EXPECT_THAT(wrong([](auto& s) { s.mutable_session()->set_time_zone("Europe/Berlin"); }),
              HasSubstr("series.session.time_zone"));
  EXPECT_THAT(wrong([](auto& s) { SetDate(kMonday + 1, s.add_exceptions()->mutable_date()); }),
              HasSubstr("series.exceptions"));
  EXPECT_THAT(wrong([](auto& s) {
                auto& other = *s.add_exceptions();
                SetDate(kMonday + 3, other.mutable_date());
                SetDate(kMonday, other.mutable_new_date());
                other.mutable_start_time()->set_hours(11);
                other.mutable_end_time()->set_hours(12);
              }),
              HasSubstr("two sessions are in the hall"));
  EXPECT_THAT(wrong([](auto& s) { s.mutable_session()->mutable_start_time()->set_seconds(1); }),
              HasSubstr("series"));
}

record::OccurrenceRecord Made(record::OccurrenceRecord one) {
  one.set_state(Occurrence::MADE);
  one.set_session(absl::StrCat("events/e/sessions/", one.day()));
  return one;
}

record::SeriesCreated Twelve() {
  record::SeriesCreated created;
  created.mutable_head()->set_id("s");
  *created.mutable_plan()->mutable_given() = Weekly(12);
  const auto planned = OccurrencesOf(Weekly(12), kStart);
  *created.mutable_occurrences() = {planned->begin(), planned->end()};
  return created;
}

// Making, refusing, changing and cancelling in any order: the counts are those of the occurrences, the log
// folds to the same, and every series comes to its end.
TEST(EventSeries, RandomWalksComeToAnEnd) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    Series series, folded;
    series.set_complete(true);
    folded.set_complete(true);
    absl::Time now = kStart;
    const auto run = [&](const absl::StatusOr<Facts>& facts) {
      if (!facts.ok()) return facts.status();
      for (const record::Fact& fact : *facts) {
        EXPECT_EQ(Apply(series, fact), absl::OkStatus());
        EXPECT_EQ(Apply(folded, fact), absl::OkStatus());
      }
      EXPECT_EQ(CheckInvariants(series), absl::OkStatus()) << "seed " << seed;
      return absl::OkStatus();
    };
    ASSERT_EQ(run(DecideCreateSeries(series, Twelve(), now)), absl::OkStatus());
    for (int step = 0; step < 60; ++step) {
      const auto all = *AllOccurrences(series);
      const record::OccurrenceRecord& one = all[random() % all.size()];
      record::OccurrenceRecord result = one;
      switch (random() % 4) {
        case 0:
        case 1:
          // What comes back may be late: the record may have been cancelled meanwhile.
          if (!one.session().empty()) break;
          if (random() % 4 == 0) {
            result.set_state(Occurrence::REFUSED);
          } else {
            result = Made(one);
          }
          ASSERT_EQ(run(DecideSettle(series, {result}, 0, now)), absl::OkStatus());
          break;
        case 2:
          if (one.change() == 0) break;
          result.set_change(0);
          if (random() % 2 == 0) result.set_state(Occurrence::CANCELLED);
          ASSERT_EQ(run(DecideSettle(series, {result}, one.change(), now)), absl::OkStatus());
          ASSERT_EQ(run(DecideSettle(series, {result}, one.change(), now)), absl::OkStatus()) << "twice";
          break;
        default: {
          record::SeriesChange change;
          if (random() % 2 == 0) change.set_cancel_reason("storm");
          const auto scope = static_cast<SessionSeries::Scope>(1 + random() % 3);
          const absl::Status status = run(DecideChangeSeries(series, change, {scope, one.day()}, now));
          EXPECT_TRUE(status.ok() || Reason(status) == "SERIES_BUSY") << status;
        }
      }
    }
    const auto left = *AllOccurrences(series);
    for (const record::OccurrenceRecord& one : left) {
      if (one.state() == Occurrence::PLANNED) {
        ASSERT_EQ(run(DecideSettle(series, {Made(one)}, 0, now)), absl::OkStatus());
      }
      record::OccurrenceRecord result = one;
      result.set_change(0);
      if (one.change() != 0) {
        ASSERT_EQ(run(DecideSettle(series, {result}, one.change(), now)), absl::OkStatus());
      }
    }
    EXPECT_EQ(series.head().state(), SessionSeries::DONE) << "seed " << seed;
    EXPECT_EQ(folded.SerializeHead(), series.SerializeHead());
    record::SeriesChange change;
    change.set_cancel_reason("storm");
    EXPECT_EQ(Reason(run(DecideChangeSeries(series, change, {SessionSeries::THIS, 1}, now))), "NO_SUCH_DATE");
  }
}

}  // namespace
}  // namespace kepu::event::domain
