// When sessions really ran: what may be reported, by a table, and what is kept of it.
#include "services/event/domain/session_times.h"

#include "gmock/gmock.h"
#include "services/event/domain/reschedule.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

class SessionTimesTest : public ::testing::Test {
 protected:
  // Hours after the planned start; the session is planned for two hours.
  absl::Status Report(double from, double to, absl::string_view reason = "") {
    const absl::Time start = absl::FromUnixMicros(Head().start_us());
    return sitting.Run([&](const Session& s) {
      return DecideReportTimes(s, start + absl::Hours(1) * from, start + absl::Hours(1) * to, reason,
                               "users/staff", sitting.now);
    });
  }
  void PassTo(double hours) {
    sitting.Pass(absl::FromUnixMicros(Head().start_us()) + absl::Hours(1) * hours - sitting.now);
  }
  const record::SessionHead& Head() const { return sitting.session.head(); }
  absl::Time Ran(bool end) const {
    return absl::FromUnixMicros(end ? Head().ran().end_us() : Head().ran().start_us());
  }

  Sitting sitting{{Pool("hall", 10)}};
};

TEST_F(SessionTimesTest, AReportIsKeptAndCorrectedWithAReason) {
  PassTo(3);
  const uint32_t before = Head().changes();
  ASSERT_EQ(Report(0.25, 2.5), absl::OkStatus());
  EXPECT_EQ(Ran(false) - absl::FromUnixMicros(Head().start_us()), absl::Minutes(15));
  EXPECT_EQ(Ran(true) - absl::FromUnixMicros(Head().end_us()), absl::Minutes(30));
  EXPECT_EQ(Head().changes(), before + 1);
  ASSERT_EQ(Report(0.25, 2.5), absl::OkStatus()) << "again changes nothing";
  EXPECT_EQ(Head().changes(), before + 1);
  EXPECT_EQ(Report(0, 2.5).code(), absl::StatusCode::kInvalidArgument) << "a correction says why";
  ASSERT_EQ(Report(0, 2.5, "misread"), absl::OkStatus());
  EXPECT_EQ(Ran(false), absl::FromUnixMicros(Head().start_us()));
  sitting.CheckWhole();
}

TEST_F(SessionTimesTest, WhatCannotBeIsRefused) {
  PassTo(3);
  const struct {
    double from, to;
    const char* why;
  } wrong[] = {{1, 1, "no time at all"},   {2, 1, "backwards"},         {0, 3.01, "not over"},
               {-12.01, 1, "far before"},  {-11.5, 12.6, "a day long"}, {2.9, 3.1, "in the future"},
               {-12.5, -12.1, "elsewhere"}};
  for (const auto& one : wrong)
    EXPECT_EQ(Report(one.from, one.to).code(), absl::StatusCode::kInvalidArgument) << one.why;
  EXPECT_FALSE(Head().has_ran());
  ASSERT_EQ(Report(-12, 3), absl::OkStatus()) << "just so";
}

TEST_F(SessionTimesTest, OnlyWhatWasHeldAndNotLongAgo) {
  PassTo(2 + 14 * 24);
  ASSERT_EQ(Report(0, 2), absl::OkStatus()) << "the last moment";
  sitting.Pass(absl::Seconds(1));
  EXPECT_EQ(Reason(Report(0, 1.5, "late")), "TIMES_TOO_LATE");

  Sitting off{{Pool("hall", 10)}};
  ASSERT_EQ(off.Run([&](const Session& s) { return DecideCancelSession(s, "rain", "users/staff", off.now); }),
            absl::OkStatus());
  const absl::Time start = absl::FromUnixMicros(off.session.head().start_us());
  off.Pass(absl::Hours(243));
  EXPECT_EQ(Reason(off.Run([&](const Session& s) {
              return DecideReportTimes(s, start, start + absl::Hours(1), "", "users/staff", off.now);
            })),
            "SESSION_CANCELLED");
  Sitting draft{{Pool("hall", 10)}, kStart + absl::Hours(240), [](auto& made) { made.set_draft(true); }};
  draft.Pass(absl::Hours(243));
  EXPECT_EQ(Reason(draft.Run([&](const Session& s) {
              return DecideReportTimes(s, start, start + absl::Hours(1), "", "users/staff", draft.now);
            })),
            "SESSION_NOT_PUBLISHED");
}

}  // namespace
}  // namespace kepu::event::domain
