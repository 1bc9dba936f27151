// What an attendance counts for, who approves it, and how it is corrected.
#include <tuple>

#include "tests/unit/volunteer_attendance.h"

namespace kepu::volunteer::domain::hours_test {
namespace {

using v1::Signup;

TEST(CountingTest, PresenceIsCutBreaksAreOutStepsAreDown) {
  struct Row {
    const char* what;
    int from, to, rest, minutes;
  };
  const Row rows[] = {
      {"as planned", 0, 240, 0, 240},
      {"early and late within the slack", -15, 255, 0, 270},
      {"earlier and later", -60, 400, 0, 270},
      {"late", 6, 240, 0, 210},
      {"hardly", 0, 29, 0, 0},
      {"exactly a step", 0, 30, 0, 30},
      {"before the shift alone", -60, -15, 0, 0},
      {"with a break", 0, 240, 30, 210},
      {"all of the break, once", -15, 255, 30, 240},
      {"half the shift has half the break", 0, 120, 60, 90},
      {"a break eats little", 0, 40, 60, 30},
  };
  for (const Row& row : rows) {
    Attendance a(4, row.rest);
    a.Serve("p1", row.from, row.to);
    EXPECT_EQ(a.View("p1").minutes(), row.minutes) << row.what;
  }
}

TEST(CountingTest, MorePresenceNeverCountsLess) {
  for (const int rest : {0, 15, 45, 120}) {
    int before = 0;
    for (int to = 1; to <= 300; ++to) {
      record::AttendanceRecord attendance;
      Attendance a(1, rest);
      for (const auto& [act, minute] : {std::make_pair(v1::CAME, -20), std::make_pair(v1::WENT, to)}) {
        record::PresenceMark mark;
        mark.set_act(act);
        mark.set_at_us(absl::ToUnixMicros(M(minute)));
        AddMark(attendance, mark);
      }
      const int minutes = RowOf(a.shift.state.head(), attendance, a.rules).proposed_minutes();
      ASSERT_GE(minutes, before) << rest << " " << to;
      before = minutes;
    }
    EXPECT_EQ(before, (270 - rest) / 30 * 30);
  }
}

TEST(SpansTest, TableOfSets) {
  const Spans a = {{0, 10}, {20, 30}};
  EXPECT_EQ(Joined({{5, 10}, {0, 6}, {10, 12}, {20, 20}, {30, 31}}), (Spans{{0, 12}, {30, 31}}));
  EXPECT_EQ(Without(a, {{2, 4}, {8, 25}}), (Spans{{0, 2}, {4, 8}, {25, 30}}));
  EXPECT_EQ(Without(a, {{-5, 50}}), Spans());
  EXPECT_EQ(Without(a, {{10, 20}}), a);
  const int64_t minute = 60'000'000;
  EXPECT_EQ(FirstMinutes({{0, 2 * minute}, {5 * minute, 9 * minute}}, 3),
            (Spans{{0, 2 * minute}, {5 * minute, 6 * minute}}));
}

TEST(ActualTimesTest, WhatIsNotApprovedIsCountedAnew) {
  Attendance a(60);
  const int people = static_cast<int>(kIndexChunk) * 2 + 3;
  for (int i = 0; i < people; ++i) a.Serve(absl::StrCat("p", i), 0, 240);
  a.shift.Do(a.Approve("p1"));
  const int64_t served = a.shift.state.head().served_minutes();
  EXPECT_EQ(served, 240 * people);
  a.shift.Do(DecideActualTimes(a.shift.state, M(0), M(180), M(300)));
  EXPECT_TRUE(DecideActualTimes(a.shift.state, M(0), M(180), M(300))->empty());
  EXPECT_LE(NextDueOfHours(a.shift.state.head()), M(300));
  a.RunDue(M(300));
  EXPECT_EQ(a.View("p0").minutes(), 180) << "195 minutes";
  EXPECT_EQ(a.View(absl::StrCat("p", people - 1)).minutes(), 180);
  EXPECT_EQ(a.View("p1").minutes(), 240) << "approved before";
  EXPECT_EQ(a.shift.state.head().served_minutes(), 180 * (people - 1) + 240);
  a.shift.Do(DecideActualTimes(a.shift.state, M(-30), M(300), M(310)));
  a.RunDue(M(310));
  EXPECT_EQ(a.View("p0").minutes(), 240);
  ExpectFoldGives(a.shift);
}

TEST(ActualTimesTest, MustBeOverAndNearThePlan) {
  Attendance a;
  const std::tuple<int, int, int> rows[] = {{0, 0, 300}, {0, 240, 200}, {-721, 100, 300}, {0, 961, 2000}};
  for (const auto& [from, to, now] : rows) {
    EXPECT_EQ(DecideActualTimes(a.shift.state, M(from), M(to), M(now)).status().code(),
              absl::StatusCode::kInvalidArgument)
        << from << " " << to;
  }
  EXPECT_TRUE(DecideActualTimes(a.shift.state, M(-720), M(960), M(2000)).ok());
}

TEST(ApprovalTest, ThePlaceApprovesNeverWhoServed) {
  Attendance a;
  a.Serve("p1", 0, 240);
  EXPECT_EQ(ReasonOf(a.Approve("p1", std::nullopt, "", "p1").status()), "SELF_APPROVAL");
  a.shift.Do(a.Approve("p1"));
  EXPECT_EQ(a.View("p1").hours_state(), Signup::APPROVED);
  EXPECT_EQ(a.Pending("p1").asked_minutes(), 240);
  EXPECT_EQ(a.Pending("p1").approved_as(), "venue_staff");
  EXPECT_TRUE(a.Approve("p1")->empty()) << "twice is once";
  EXPECT_EQ(ReasonOf(a.Approve("p1", 120, "less").status()), "HOURS_APPROVED");
  a.SignUp("p2");
  EXPECT_EQ(ReasonOf(a.Approve("p2").status()), "NOT_CHECKED_OUT");
  EXPECT_EQ(a.Approve("p9").status().code(), absl::StatusCode::kNotFound);
  ExpectFoldGives(a.shift);
}

TEST(ApprovalTest, OtherMinutesNeedAReasonAndABound) {
  Attendance a;
  a.Serve("p1", 0, 100);
  EXPECT_EQ(a.Approve("p1", 240).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(a.Approve("p1", 271, "more").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(a.Approve("p1", -1, "less").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(a.Approve("p1", 90).ok()) << "as counted";
  a.shift.Do(a.Approve("p1", 240, "sealed: was at the other door"));
  EXPECT_EQ(a.Pending("p1").asked_minutes(), 240);
  EXPECT_EQ(a.Pending("p1").proposed_minutes(), 90);
  EXPECT_EQ(a.shift.state.head().served_minutes(), 240);
}

TEST(ApprovalTest, AllOfAShiftButFlaggedAndOwnOnes) {
  Attendance a(300);
  for (int i = 0; i < 120; ++i) a.Serve(absl::StrCat("p", i), 0, 240);
  a.SignUp("forgot");
  a.shift.Do(a.Mark("forgot", v1::CAME, 0));
  a.RunDue(M(400));
  const Decider by = {"users/staff", "coordinator", "p7"};
  auto all = DecideApproveAll(a.shift.state, by, a.rules, M(400));
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->approved, kApproveAtOnce);
  EXPECT_EQ(all->left, 19);
  EXPECT_EQ(all->skipped.size(), 2u);
  a.shift.Do(all->facts);
  all = DecideApproveAll(a.shift.state, by, a.rules, M(400));
  EXPECT_EQ(all->approved, 19);
  EXPECT_EQ(all->left, 0);
  a.shift.Do(all->facts);
  EXPECT_EQ(a.shift.state.head().hours().proposed(), 2);
  EXPECT_EQ(a.shift.state.head().hours().approved(), 119);
  EXPECT_EQ(a.View("p7").hours_state(), Signup::PROPOSED);
  EXPECT_LT(a.shift.state.SerializeHead().size(), 500u);
}

class CorrectionTest : public ::testing::Test {
 protected:
  CorrectionTest() {
    a_.Serve("p1", 0, 240);
    EXPECT_EQ(ReasonOf(Ask(120, true).status()), "HOURS_NOT_RECORDED");
    a_.shift.Do(a_.Approve("p1"));
    EXPECT_EQ(ReasonOf(Ask(120, true).status()), "HOURS_NOT_RECORDED") << "on the way";
    book_.Take(a_, "p1");
  }
  absl::StatusOr<Facts> Ask(int minutes, bool by_volunteer) {
    CorrectionCommand command{"p1", minutes, "sealed why", by_volunteer,
                              by_volunteer ? "users/p1" : "users/staff"};
    return DecideCorrectionAsked(a_.shift.state, command, a_.rules, M(600));
  }
  absl::StatusOr<Facts> Answer(bool agree, bool by_volunteer, const std::string& user = "other") {
    const Decider by = by_volunteer ? Decider{"users/p1", "volunteer", "p1"}
                                    : Decider{absl::StrCat("users/", user), "venue_staff", user};
    return DecideCorrection(a_.shift.state, "p1", agree, by_volunteer, by, a_.rules, M(700));
  }

  Attendance a_;
  Book book_;
};

TEST_F(CorrectionTest, IsAskedByOneSideAndAgreedByTheOther) {
  EXPECT_EQ(a_.View("p1").hours_state(), Signup::RECORDED);
  EXPECT_EQ(ReasonOf(Answer(true, false).status()), "NO_CORRECTION");
  EXPECT_EQ(Ask(240, true).status().code(), absl::StatusCode::kInvalidArgument) << "as it is";
  EXPECT_EQ(Ask(271, true).status().code(), absl::StatusCode::kInvalidArgument);
  a_.shift.Do(Ask(270, true));
  EXPECT_EQ(ReasonOf(Ask(260, false).status()), "CORRECTION_OPEN");
  EXPECT_EQ(ReasonOf(Answer(true, true).status()), "OTHER_SIDE_DECIDES");
  EXPECT_EQ(ReasonOf(Answer(true, false, "p1").status()), "SELF_APPROVAL")
      << "staff who asked as a volunteer";
  a_.shift.Do(Answer(true, false));
  book_.Take(a_, "p1");
  EXPECT_EQ(book_.minutes, 270);
  EXPECT_EQ(book_.shifts, 1);
  EXPECT_EQ(book_.Row(2).minutes(), 30);
  EXPECT_EQ(book_.Row(2).corrects(), 1u);
  EXPECT_EQ(book_.Row(1).minutes(), 240) << "never changed";
  EXPECT_EQ(a_.View("p1").posted_minutes(), 270);
  a_.shift.Do(Ask(0, false));
  EXPECT_EQ(ReasonOf(Answer(true, false).status()), "OTHER_SIDE_DECIDES");
  a_.shift.Do(Answer(true, true));
  book_.Take(a_, "p1");
  EXPECT_EQ(book_.Row(3).minutes(), -270);
  EXPECT_EQ(book_.minutes, 0) << "never below none";
  EXPECT_EQ(a_.shift.state.head().hours().posted_minutes(), 0);
  EXPECT_TRUE(CheckLedger(book_.ledger.state).ok()) << CheckLedger(book_.ledger.state);
  ExpectFoldGives(a_.shift);
  ExpectFoldGives(book_.ledger);
}

TEST_F(CorrectionTest, IsDeclinedOrTakenBack) {
  a_.shift.Do(Ask(30, true));
  a_.shift.Do(Answer(false, false));
  EXPECT_FALSE(a_.SignupOf("p1").attendance().has_correction());
  a_.shift.Do(Ask(60, false));
  a_.shift.Do(Answer(false, false, "staff"));
  EXPECT_FALSE(a_.SignupOf("p1").attendance().has_correction());
  EXPECT_EQ(a_.View("p1").posted_minutes(), 240);
  ExpectFoldGives(a_.shift);
}

TEST(LateEntryTest, IsEnteredByOneAndApprovedByAnother) {
  Attendance a;
  LateCommand command{"p1", M(0), M(200), "sealed: forgot to sign up", "users/staff", "staff"};
  auto with = [&](auto change) {
    LateCommand other = command;
    change(other);
    return DecideLateEntry(a.shift.state, other, a.rules, M(400)).status();
  };
  EXPECT_EQ(ReasonOf(with([](auto& c) { c.by_person = "p1"; })), "SELF_APPROVAL");
  EXPECT_EQ(with([](auto& c) { c.end = c.start; }).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(with([](auto& c) { c.start = M(-16); }).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(with([](auto& c) { c.end = M(256); }).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DecideLateEntry(a.shift.state, command, a.rules, M(100)).status().code(),
            absl::StatusCode::kInvalidArgument)
      << "not over";
  a.shift.Do(DecideLateEntry(a.shift.state, command, a.rules, M(400)));
  EXPECT_EQ(ReasonOf(with([](auto&) {})), "ALREADY_NOTED");
  EXPECT_EQ(a.View("p1").minutes(), 180);
  EXPECT_EQ(a.View("p1").flags(0), Signup::LATE_ENTRY);
  EXPECT_EQ(Taken(a.shift.state.head()), 0) << "a place is not taken by it";
  EXPECT_EQ(a.shift.state.head().indexed(), 1u);
  EXPECT_EQ(ReasonOf(a.Approve("p1").status()), "SELF_APPROVAL") << "who entered it";
  a.shift.Do(a.Approve("p1", std::nullopt, "", "other"));
  EXPECT_EQ(a.Pending("p1").kind(), v1::HourRecord::LATE_ENTRY);
  EXPECT_EQ(a.Pending("p1").sealed_reason(), "sealed: forgot to sign up");
  // Somebody who signed up, and whose coming nobody noted.
  a.SignUp("p2");
  command.person = "p2";
  a.shift.Do(DecideLateEntry(a.shift.state, command, a.rules, M(400)));
  EXPECT_EQ(a.SignupOf("p2").reservation(), "r-p2");
  EXPECT_EQ(Taken(a.shift.state.head()), 1);
  ExpectFoldGives(a.shift);
}

}  // namespace
}  // namespace kepu::volunteer::domain::hours_test
