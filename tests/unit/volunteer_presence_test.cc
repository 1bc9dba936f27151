// Who is there: marks in any order, devices that were offline, codes that are tried, who forgot to check out.
#include <algorithm>
#include <random>
#include <tuple>

#include "kepu/volunteer/v1/presence.pb.h"
#include "tests/unit/volunteer_attendance.h"

namespace kepu::volunteer::domain::presence_test {
namespace {

using v1::CAME;
using v1::PresenceRecord;
using v1::Signup;
using v1::WENT;

TEST(PresenceTest, ComesAndGoesAsOftenAsTheyLike) {
  Attendance a;
  a.SignUp("p1");
  a.shift.Do(a.Mark("p1", CAME, -10));
  EXPECT_TRUE(a.Mark("p1", CAME, 0)->empty()) << "twice is once";
  a.shift.Do(a.Mark("p1", WENT, 90));
  EXPECT_EQ(a.View("p1").minutes(), 90) << "100 minutes, in half hours";
  a.shift.Do(a.Mark("p1", CAME, 120));
  EXPECT_EQ(a.View("p1").state(), Signup::CHECKED_IN);
  EXPECT_EQ(a.shift.state.head().checked_in(), 1);
  EXPECT_EQ(a.shift.state.head().served_minutes(), 0) << "counted when they are gone";
  a.shift.Do(a.Mark("p1", WENT, 240));
  EXPECT_TRUE(a.Mark("p1", WENT, 250)->empty());
  EXPECT_EQ(a.View("p1").minutes(), 210) << "100 and 120 minutes";
  EXPECT_EQ(a.shift.state.head().served_minutes(), 210);
  EXPECT_EQ(a.shift.state.head().checked_out(), 1);
  EXPECT_EQ(a.shift.state.head().hours().proposed(), 1);
  ExpectFoldGives(a.shift);
}

TEST(PresenceTest, EachRefusalSaysWhy) {
  Attendance a;
  a.SignUp("p1");
  EXPECT_EQ(ReasonOf(a.Mark("p1", CAME, -61).status()), "TOO_EARLY_TO_CHECK_IN");
  EXPECT_EQ(ReasonOf(a.Mark("p1", CAME, 240).status()), "SHIFT_ENDED");
  EXPECT_EQ(ReasonOf(a.Mark("p1", WENT, 10).status()), "NOT_CHECKED_IN");
  EXPECT_EQ(a.Mark("p9", CAME, 0).status().code(), absl::StatusCode::kNotFound);
  a.shift.Do(a.Mark("p1", CAME, 0));
  a.shift.Do(a.Mark("p1", WENT, 240));
  a.shift.Do(a.Approve("p1"));
  EXPECT_EQ(ReasonOf(a.Mark("p1", CAME, 230).status()), "HOURS_APPROVED");
  EXPECT_TRUE(a.Mark("p1", WENT, 250)->empty());
}

TEST(PresenceTest, NobodyComesAgainToWhatWasCancelled) {
  Attendance a;
  a.SignUp("p1");
  a.shift.Do(a.Mark("p1", CAME, -30));
  a.shift.Do(a.Mark("p1", WENT, -20));
  a.shift.Do(DecideCancel(a.shift.state, "storm", M(-15)));
  while (NeedsSweep(a.shift.state.head())) a.shift.Do(Due(a.shift.state, M(-15)));
  EXPECT_EQ(ReasonOf(a.Mark("p1", CAME, -10).status()), "SHIFT_CANCELLED");
  EXPECT_EQ(a.Merge(a.Offline("p1", "r1", CAME, -10), M(0)).reason(), "SHIFT_CANCELLED");
  EXPECT_EQ(a.View("p1").state(), Signup::CHECKED_OUT);
  EXPECT_EQ(a.shift.state.head().checked_in(), 0);
  EXPECT_EQ(a.shift.state.head().checked_out(), 1);
}

TEST(PresenceTest, WhoIsForgottenIsClosedAtTheEndAndCountsNoMoreThanThePlan) {
  Attendance a(60);
  const int people = static_cast<int>(kIndexChunk) + 5;
  for (int i = 0; i < people; ++i) a.SignUp(absl::StrCat("p", i));
  const std::string last = absl::StrCat("p", people - 1);
  a.shift.Do(a.Mark("p0", CAME, -15));
  a.shift.Do(a.Mark(last, CAME, 20));
  a.shift.Do(a.Mark("p1", CAME, 0));
  a.shift.Do(a.Mark("p1", WENT, 60));
  EXPECT_EQ(NextDueOfHours(a.shift.state.head()), M(240 + 120));
  EXPECT_TRUE(DueOfHours(a.shift.state, a.rules, M(359))->empty());
  a.RunDue(M(361));
  EXPECT_EQ(a.View("p0").state(), Signup::CHECKED_OUT);
  EXPECT_EQ(a.View("p0").minutes(), 240) << "255 minutes of presence would be 240 as well";
  EXPECT_EQ(a.View("p0").flags(0), Signup::FORGOTTEN_CHECK_OUT);
  EXPECT_EQ(a.View(last).minutes(), 210);
  EXPECT_EQ(a.View(last).check_out_us(), absl::ToUnixMicros(M(240)));
  EXPECT_EQ(a.View("p1").flags_size(), 0);
  EXPECT_EQ(a.shift.state.head().checked_in(), 0);
  EXPECT_EQ(ReasonOf(a.Mark("p0", WENT, 3000).status()), "PRESENCE_CLOSED") << "days later";
  EXPECT_EQ(NextDueOfHours(a.shift.state.head()), absl::InfiniteFuture());
  // A device knew better all the time.
  EXPECT_EQ(a.Merge(a.Offline("p0", "d/1", WENT, 100), M(2000)).outcome(), PresenceRecord::TAKEN);
  EXPECT_EQ(a.View("p0").minutes(), 90) << "115 minutes";
  EXPECT_EQ(a.View("p0").flags(0), Signup::OFFLINE);
  ExpectFoldGives(a.shift);
}

TEST(PresenceTest, WhoIsMergedInLateIsClosedToo) {
  Attendance a;
  a.SignUp("p1");
  EXPECT_EQ(a.Merge(a.Offline("p1", "d/1", CAME, 5), M(3000)).outcome(), PresenceRecord::TAKEN);
  EXPECT_EQ(a.View("p1").state(), Signup::CHECKED_IN);
  a.RunDue(M(3000));
  EXPECT_EQ(a.View("p1").state(), Signup::CHECKED_OUT);
  EXPECT_EQ(a.View("p1").minutes(), 210) << "from five past ten";
}

TEST(MergeTest, EachRecordIsAnsweredAndTakenOnce) {
  struct Row {
    const char* what;
    v1::PresenceAct act;
    int minute;
    absl::Time now;
    const char* reason;
  };
  const Row rows[] = {
      {"in time", CAME, 0, M(600), ""},
      {"a week later", CAME, 0, M(7 * 24 * 60 - 1), ""},
      {"more than a week later", CAME, 0, M(7 * 24 * 60 + 1), "TOO_LATE_TO_MERGE"},
      {"to come", WENT, 200, M(190), "TIME_IN_FUTURE"},
      {"too early", CAME, -61, M(600), "TOO_EARLY_TO_CHECK_IN"},
      {"after the end", CAME, 240, M(600), "SHIFT_ENDED"},
      {"long after the end", WENT, 361, M(600), "SHIFT_ENDED"},
      {"a little after the end", WENT, 300, M(600), ""},
  };
  for (const Row& row : rows) {
    Attendance a;
    a.SignUp("p1");
    const MergeCommand command = a.Offline("p1", "d/1", row.act, row.minute);
    const record::MergedRecord came = a.Merge(command, row.now);
    EXPECT_EQ(came.reason(), row.reason) << row.what;
    EXPECT_EQ(came.outcome(), *row.reason == 0 ? PresenceRecord::TAKEN : PresenceRecord::REFUSED) << row.what;
    const size_t facts = a.shift.log.size();
    EXPECT_EQ(a.Merge(command, row.now).outcome(), came.outcome()) << row.what;
    EXPECT_EQ(a.shift.log.size(), facts) << row.what << ": twice is once";
  }
}

TEST(MergeTest, AnOutBeforeItsInWaitsForIt) {
  Attendance a;
  a.SignUp("p1");
  EXPECT_EQ(a.Merge(a.Offline("p1", "d/2", WENT, 200), M(600)).outcome(), PresenceRecord::TAKEN);
  EXPECT_EQ(a.View("p1").state(), Signup::SIGNED_UP) << "nobody says that they came";
  EXPECT_EQ(a.Merge(a.Offline("p1", "d/1", CAME, 10), M(601)).outcome(), PresenceRecord::TAKEN);
  EXPECT_EQ(a.View("p1").state(), Signup::CHECKED_OUT);
  EXPECT_EQ(a.View("p1").minutes(), 180);
  EXPECT_EQ(a.Merge(a.Offline("p1", "e/1", CAME, 12), M(602)).outcome(), PresenceRecord::DUPLICATE);
  EXPECT_EQ(a.View("p1").minutes(), 180);
  a.shift.Do(a.Approve("p1"));
  const record::MergedRecord late = a.Merge(a.Offline("p1", "e/2", CAME, -10), M(603));
  EXPECT_EQ(late.reason(), "HOURS_APPROVED") << "what is decided is corrected, not counted anew";
  ExpectFoldGives(a.shift);
}

TEST(MergeTest, MarksAbsenceAwayAndRemembersTheClock) {
  Attendance a;
  a.SignUp("p1");
  a.shift.Do(DecideNoShow(a.shift.state, "p1", "sealed", M(60)));
  EXPECT_EQ(a.shift.state.head().no_shows(), 1);
  MergeCommand command = a.Offline("p1", "d/1", CAME, 0);
  command.clock_off = true;
  a.Merge(command, M(100));
  EXPECT_EQ(a.shift.state.head().no_shows(), 0);
  EXPECT_EQ(a.View("p1").flags_size(), 2);
  EXPECT_EQ(a.View("p1").flags(1), Signup::CLOCK_OFF);
  EXPECT_TRUE(a.SignupOf("p1").sealed_reason().empty());
}

// Whatever order records arrive in, and however often, the same comes of them.
TEST(MergeTest, OrderDoesNotMatter) {
  std::mt19937 random(7);
  int with_pairs = 0;
  for (int round = 0; round < 120; ++round) {
    SCOPED_TRACE(round);
    Attendance first;
    first.SignUp("p1");
    std::vector<MergeCommand> records;
    std::vector<int> minutes(300);
    for (size_t i = 0; i < minutes.size(); ++i) minutes[i] = static_cast<int>(i) - 60;
    std::shuffle(minutes.begin(), minutes.end(), random);
    const size_t count = 1 + random() % 8;
    for (size_t i = 0; i < count; ++i)
      records.push_back(first.Offline("p1", absl::StrCat("d/", i), random() % 2 ? CAME : WENT, minutes[i]));
    for (const MergeCommand& record : records) first.Merge(record, M(700));
    for (int shuffle = 0; shuffle < 4; ++shuffle) {
      std::shuffle(records.begin(), records.end(), random);
      Attendance again;
      again.SignUp("p1");
      for (const MergeCommand& record : records) again.Merge(record, M(700));
      for (const MergeCommand& record : records) again.Merge(record, M(800));
      ASSERT_EQ(again.View("p1").SerializeAsString(), first.View("p1").SerializeAsString());
      again.RunDue(M(900));
      Attendance closed = first;
      closed.RunDue(M(900));
      ASSERT_EQ(again.View("p1").SerializeAsString(), closed.View("p1").SerializeAsString());
    }
    with_pairs += first.View("p1").state() == Signup::CHECKED_OUT ? 1 : 0;
    ExpectFoldGives(first.shift);
  }
  EXPECT_GT(with_pairs, 30) << "the records no longer make pairs";
}

TEST(CodeTest, TenWrongCodesAreTheMostInAnHour) {
  Attendance a;
  a.SignUp("p1");
  for (int i = 0; i < kWrongCodesMax; ++i) {
    EXPECT_TRUE(CheckAttempts(a.shift.state, "p1", M(i)).ok()) << i;
    a.shift.Do(DecideWrongCode(a.shift.state, "p1", a.rules, M(i)));
  }
  EXPECT_EQ(ReasonOf(CheckAttempts(a.shift.state, "p1", M(30))), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(ReasonOf(DecideWrongCode(a.shift.state, "p1", a.rules, M(30)).status()), "TOO_MANY_ATTEMPTS");
  EXPECT_TRUE(CheckAttempts(a.shift.state, "p1", M(60)).ok());
  a.shift.Do(DecideWrongCode(a.shift.state, "p1", a.rules, M(60)));
  EXPECT_TRUE(CheckAttempts(a.shift.state, "p1", M(61)).ok()) << "a new hour";
  EXPECT_EQ(a.View("p1").state(), Signup::SIGNED_UP);
  MergeCommand forged = a.Offline("p1", "d/1", CAME, 10);
  forged.by = v1::BY_OWN_CODE;
  forged.wrong_code = true;
  for (int i = 0; i < kWrongCodesMax; ++i) {
    forged.record = absl::StrCat("d/", i);
    EXPECT_EQ(a.Merge(forged, M(70)).reason(), i < kWrongCodesMax - 1 ? "WRONG_CODE" : "TOO_MANY_ATTEMPTS")
        << i;
  }
  ExpectFoldGives(a.shift);
}

TEST(LeaderTest, LeadersServeInTheShift) {
  Attendance a;
  a.SignUp("p1");
  EXPECT_EQ(ReasonOf(DecideLeaders(a.shift.state, {"p1", "p2"}, kMonday).status()), "NOT_SIGNED_UP");
  a.shift.Do(DecideLeaders(a.shift.state, {"p1"}, kMonday));
  EXPECT_TRUE(IsLeader(a.shift.state.head(), "p1"));
  a.shift.Do(DecideLeaders(a.shift.state, {}, kMonday));
  EXPECT_FALSE(IsLeader(a.shift.state.head(), "p1"));
  ExpectFoldGives(a.shift);
}

// Attendances from before marks were kept fold as they did, and go on from there.
TEST(OldFactsTest, GoOnFolding) {
  Attendance a;
  a.SignUp("p1");
  record::Fact in = record::Fact(), out = record::Fact();
  in.set_time_us(absl::ToUnixMicros(M(0)));
  in.mutable_checked_in()->set_person("p1");
  out.set_time_us(absl::ToUnixMicros(M(240)));
  out.mutable_checked_out()->set_person("p1");
  out.mutable_checked_out()->set_minutes(240);
  a.shift.Do(in);
  a.shift.Do(out);
  EXPECT_EQ(a.View("p1").hours_state(), Signup::PROPOSED);
  EXPECT_EQ(a.shift.state.head().hours().proposed(), 1);
  a.shift.Do(a.Approve("p1"));
  EXPECT_EQ(a.Pending("p1").asked_minutes(), 240);
  EXPECT_EQ(a.shift.state.head().hours().proposed(), 0);
  ExpectFoldGives(a.shift);
}

}  // namespace
}  // namespace kepu::volunteer::domain::presence_test
