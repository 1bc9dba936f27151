// Shifts of sessions that really ran at other times than planned: what of a shift that makes, and that hours
// which were decided before are marked and never changed.
#include "kepu/volunteer/v1/volunteer.pb.h"
#include "services/volunteer/domain/consequence.h"
#include "tests/unit/volunteer_attendance.h"

namespace kepu::volunteer::domain::ran_test {
namespace {

using v1::Signup;

// Minutes of the shift, which is from 0 to 240.
Heard RanAt(int planned_from, int planned_to, int from, int to) {
  Hung hung;
  hung.start_us = absl::ToUnixMicros(M(planned_from));
  hung.end_us = absl::ToUnixMicros(M(planned_to));
  hung.ran_start_us = absl::ToUnixMicros(M(from));
  hung.ran_end_us = absl::ToUnixMicros(M(to));
  return {hung, std::nullopt};
}

TEST(RanTest, TheShiftFollowsAsItLiesAroundTheSession) {
  const Attendance a;
  const struct {
    int planned_from, planned_to, from, to;
    int shift_from, shift_to;
    const char* what;
  } rows[] = {
      {0, 240, 30, 300, 30, 300, "the same as the session"},
      {30, 210, 60, 240, 30, 270, "half an hour before and after it"},
      {-120, 360, -60, 420, 0, 240, "a part in the middle: the session was there all the time"},
      {-120, 360, -60, 200, 0, 200, "a part, and the session ended in it"},
      {-120, 360, 60, 400, 60, 240, "a part, and the session began in it"},
      {-240, -60, -240, 0, 60, 300, "after it: who clears up does so later"},
      {300, 400, 330, 400, 30, 270, "before it: who prepares does so later"},
      {0, 240, -720, 960, -720, 960, "as far as may be"},
  };
  for (const auto& row : rows) {
    const auto ran =
        RanTimes(a.shift.state.head(), *RanAt(row.planned_from, row.planned_to, row.from, row.to).hung);
    ASSERT_TRUE(ran.has_value()) << row.what;
    EXPECT_EQ(ran->first, M(row.shift_from)) << row.what;
    EXPECT_EQ(ran->second, M(row.shift_to)) << row.what;
  }
}

TEST(RanTest, NothingFollowsFromWhatCannotBe) {
  Attendance a;
  const Hung unreported{.start_us = absl::ToUnixMicros(M(0)), .end_us = absl::ToUnixMicros(M(240))};
  EXPECT_FALSE(RanTimes(a.shift.state.head(), unreported));
  EXPECT_FALSE(RanTimes(a.shift.state.head(), *RanAt(-120, 360, -120, -60).hung)) << "over before the shift";
  EXPECT_FALSE(RanTimes(a.shift.state.head(), *RanAt(0, 240, -721, 240).hung)) << "another day";
  EXPECT_FALSE(RanTimes(a.shift.state.head(), *RanAt(0, 240, 0, 961).hung));
  const Heard late = RanAt(0, 240, 0, 300);
  EXPECT_FALSE(IsNewsOf(a.shift.state.head(), late, M(299))) << "it goes on";
  EXPECT_TRUE(IsNewsOf(a.shift.state.head(), late, M(300)));
  Heard off = late;
  off.hung->cancelled = true;
  EXPECT_FALSE(IsNewsOf(a.shift.state.head(), off, M(300)));
  a.shift.Do(DecideCancel(a.shift.state, "rain", kMonday));
  EXPECT_FALSE(IsNewsOf(a.shift.state.head(), late, M(300)));
  EXPECT_TRUE(DecideFollow(a.shift.state, late, M(300))->empty());
}

TEST(RanTest, WhatIsNotDecidedIsCountedAnewAndTheRestIsMarkedOnce) {
  Attendance a;
  for (const char* person : {"p1", "p2", "p3"}) a.Serve(person, 0, 240);
  a.Serve("p4", 0, 150);
  Book book;
  a.shift.Do(a.Approve("p1"));
  book.Take(a, "p1");
  a.shift.Do(a.Approve("p2"));
  a.shift.Do(a.Approve("p4"));
  const Heard heard = RanAt(0, 240, 0, 180);
  a.shift.Do(DecideFollow(a.shift.state, heard, M(410)));
  EXPECT_FALSE(IsNewsOf(a.shift.state.head(), heard, M(410))) << "once";
  EXPECT_TRUE(DecideFollow(a.shift.state, heard, M(410))->empty());
  a.RunDue(M(410));
  EXPECT_EQ(a.View("p3").minutes(), 180) << "195 minutes";
  EXPECT_EQ(a.View("p3").flags_size(), 0);
  for (const char* person : {"p1", "p2"}) {
    EXPECT_EQ(a.View(person).minutes(), 240) << "as it was approved: " << person;
    ASSERT_EQ(a.View(person).flags_size(), 1) << person;
    EXPECT_EQ(a.View(person).flags(0), Signup::RAN_OTHERWISE);
    EXPECT_EQ(a.View(person).ran_minutes(), 180);
  }
  EXPECT_EQ(a.View("p1").hours_state(), Signup::RECORDED);
  EXPECT_EQ(a.View("p2").hours_state(), Signup::APPROVED);
  EXPECT_EQ(book.minutes, 240) << "the ledger is not touched";
  EXPECT_EQ(a.View("p4").flags_size(), 0) << "150 minutes either way";
  const size_t facts = a.shift.log.size();
  a.shift.Do(DecideActualTimes(a.shift.state, M(-10), M(180), M(420)));
  a.RunDue(M(420));
  EXPECT_EQ(a.shift.log.size(), facts + 3) << "the report, the sweep, and p3 who is not decided";
  // The report was wrong: nothing is left to be looked at.
  a.shift.Do(DecideActualTimes(a.shift.state, M(0), M(240), M(420)));
  a.RunDue(M(420));
  EXPECT_EQ(a.View("p1").flags_size() + a.View("p2").flags_size(), 0);
  EXPECT_EQ(a.View("p3").minutes(), 240);
  ExpectFoldGives(a.shift);
}

TEST(RanTest, ACorrectionOrItsRefusalSettlesTheMark) {
  Attendance a;
  Book agreed, declined;
  a.Serve("p1", 0, 240);
  a.Serve("p2", 0, 240);
  a.shift.Do(a.Approve("p1"));
  agreed.Take(a, "p1");
  a.shift.Do(a.Approve("p2"));
  declined.Take(a, "p2");
  a.shift.Do(DecideFollow(a.shift.state, RanAt(0, 240, 0, 120), M(410)));
  a.RunDue(M(410));
  const Decider volunteer{"users/u", "volunteer", "p1"};
  for (const char* person : {"p1", "p2"}) {
    CorrectionCommand command;
    command.person = person;
    command.minutes = a.View(person).ran_minutes();
    command.sealed_reason = "sealed";
    command.by = "users/staff";
    a.shift.Do(DecideCorrectionAsked(a.shift.state, command, a.rules, M(420)));
    EXPECT_EQ(a.View(person).flags_size(), 1) << "until it is decided";
  }
  a.shift.Do(DecideCorrection(a.shift.state, "p1", true, true, volunteer, a.rules, M(430)));
  agreed.Take(a, "p1");
  EXPECT_EQ(agreed.minutes, 120);
  a.shift.Do(DecideCorrection(a.shift.state, "p2", false, true, volunteer, a.rules, M(430)));
  for (const char* person : {"p1", "p2"}) EXPECT_EQ(a.View(person).flags_size(), 0) << person;
  // Counted by the same times as the correction was: nothing new.
  a.shift.Do(DecideActualTimes(a.shift.state, M(-1), M(120), M(440)));
  a.RunDue(M(440));
  EXPECT_EQ(a.View("p1").flags_size(), 0);
  ExpectFoldGives(a.shift);
}

}  // namespace
}  // namespace kepu::volunteer::domain::ran_test
