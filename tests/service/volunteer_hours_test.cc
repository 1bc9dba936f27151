// Hours on their way from the shift to the ledger: approval, corrections, late entries, and ledgers as they
// are listed, explained and verified.
#include "libs/names/names.h"
#include "tests/service/volunteer_hours_fixture.h"

namespace kepu::volunteer::hours_test {
namespace {

using Step = v1::HoursExplanation::Step;
using v1::Signup;

TEST_F(VolunteerHoursTest, ThePlaceApprovesAndNobodyTheirOwn) {
  std::vector<std::string> names;
  const v1::Shift shift = Begin({"li", "staff"}, &names, 30);
  EXPECT_EQ(shift.break_minutes(), 30);
  for (const std::string& name : names) ASSERT_TRUE(CheckIn(name).ok());
  EXPECT_EQ(Reason(Approve(names[0]).status()), "NOT_CHECKED_OUT");
  desk.Advance(absl::Hours(4));
  for (const std::string& name : names) ASSERT_TRUE(CheckOut(name).ok());
  EXPECT_EQ(desk.Look(shift.name()).pending_hours(), 2);
  EXPECT_THAT(Pending(), SizeIs(2));
  EXPECT_EQ(Approve(names[0], User("li")).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Approve(names[0], Staff("venues/b")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Reason(Approve(names[1]).status()), "SELF_APPROVAL") << "staff who served";
  auto approved = Approve(names[0]);
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->hours_state(), Signup::APPROVED);
  EXPECT_EQ(approved->minutes(), 210) << "the break is out";
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_EQ(GetSignup(names[0], User("li"))->hours_state(), Signup::RECORDED);
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 210);
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->served_shifts(), 1);
  EXPECT_EQ(desk.Look(shift.name()).recorded_minutes(), 210);
  EXPECT_THAT(Pending(), SizeIs(1)) << "they stay until somebody decides";
  EXPECT_TRUE(Approve(names[0]).ok()) << "twice is once";
  EXPECT_EQ(GetVolunteer("volunteers/me", User("staff"))->total_minutes(), 0);
  ASSERT_TRUE(Approve(names[1], Boss()).ok());
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_EQ(GetVolunteer("volunteers/me", User("staff"))->total_minutes(), 210);
}

TEST_F(VolunteerHoursTest, PendingHoursAreThoseOfThePlace) {
  v1::ListPendingHoursRequest request;
  request.set_place("venues/cqstm");
  EXPECT_EQ(Hours<v1::ListPendingHoursResponse>("ListPendingHours", request, User("li")).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(
      Hours<v1::ListPendingHoursResponse>("ListPendingHours", request, Staff("venues/b")).status().code(),
      absl::StatusCode::kNotFound);
  EXPECT_THAT(Pending(), SizeIs(0));
}

TEST_F(VolunteerHoursTest, OtherMinutesAreApprovedWithAReasonThatStaysSealed) {
  std::vector<std::string> names;
  Begin({"li"}, &names);
  ASSERT_TRUE(CheckIn(names[0]).ok());
  desk.Advance(absl::Hours(1));
  ASSERT_TRUE(CheckOut(names[0]).ok());
  auto request = desk.Named<v1::ApproveHoursRequest>(names[0]);
  request.set_minutes(180);
  EXPECT_EQ(Hours<Signup>("ApproveHours", request, Staff()).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.set_reason("在仓库帮忙");
  request.set_request_id(desk.NextRequestId());
  auto approved = Hours<Signup>("ApproveHours", request, Staff());
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->minutes(), 180);
  EXPECT_TRUE(Hours<Signup>("ApproveHours", request, Staff()).ok()) << "the same call again";
  desk.executor.RunFor(absl::Seconds(6));
  const v1::ListHourRecordsResponse rows = Rows(User("li"));
  ASSERT_EQ(rows.hour_records_size(), 1);
  EXPECT_EQ(rows.hour_records(0).minutes(), 180);
  EXPECT_EQ(rows.hour_records(0).reason(), "在仓库帮忙");
  EXPECT_EQ(rows.hour_records(0).approved_as(), "coordinator");
  v1::ExplainHoursRequest explain;
  explain.set_name(rows.hour_records(0).name());
  EXPECT_EQ(Hours<v1::HoursExplanation>("ExplainHours", explain, User("wang")).status().code(),
            absl::StatusCode::kNotFound);
  auto why = Hours<v1::HoursExplanation>("ExplainHours", explain, User("li"));
  ASSERT_TRUE(why.ok()) << why.status();
  ASSERT_EQ(why->steps_size(), 3);
  EXPECT_EQ(why->steps(0).kind(), Step::PRESENT);
  EXPECT_EQ(why->steps(1).kind(), Step::CHANGED);
  EXPECT_EQ(why->steps(2).role(), "coordinator");
  EXPECT_TRUE(Hours<v1::HoursExplanation>("ExplainHours", explain, Staff()).ok());
  for (const char* name : {"volunteers/me/hourRecords/r2", "volunteers/me/hourRecords/x", "volunteers/me"}) {
    explain.set_name(name);
    EXPECT_EQ(Hours<v1::HoursExplanation>("ExplainHours", explain, User("li")).status().code(),
              absl::StatusCode::kNotFound)
        << name;
  }
}

TEST_F(VolunteerHoursTest, AShiftIsApprovedAtOnceButForWhatIsFlagged) {
  std::vector<std::string> names;
  const v1::Shift shift = Begin({"li", "wang", "zhao"}, &names);
  for (const std::string& name : names) ASSERT_TRUE(CheckIn(name).ok());
  desk.Advance(absl::Hours(4));
  for (const int i : {0, 1}) ASSERT_TRUE(CheckOut(names[static_cast<size_t>(i)]).ok());
  desk.Advance(absl::Hours(3));
  auto request = desk.Named<v1::ApproveShiftHoursRequest>(shift.name());
  EXPECT_EQ(Hours<v1::ApproveShiftHoursResponse>("ApproveShiftHours", request, User("li")).status().code(),
            absl::StatusCode::kPermissionDenied);
  auto done = Hours<v1::ApproveShiftHoursResponse>("ApproveShiftHours", request, Staff());
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->approved(), 2);
  EXPECT_EQ(done->left(), 0);
  EXPECT_THAT(done->skipped(), ElementsAre(names[2])) << "forgotten";
  request.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Hours<v1::ApproveShiftHoursResponse>("ApproveShiftHours", request, Staff())->approved(), 0);
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_EQ(desk.Look(shift.name()).recorded_minutes(), 480);
}

TEST_F(VolunteerHoursTest, TheSessionAsItRanCounts) {
  std::vector<std::string> names;
  const v1::Shift shift = Begin({"li"}, &names);
  const absl::Time start = desk.clock.Now();
  ASSERT_TRUE(CheckIn(names[0]).ok());
  desk.Advance(absl::Hours(4));
  ASSERT_EQ(CheckOut(names[0])->minutes(), 240);
  auto request = desk.Named<v1::SetActualTimesRequest>(shift.name());
  Set(start, request.mutable_start_time());
  Set(start + absl::Hours(2), request.mutable_end_time());
  EXPECT_EQ(Hours<v1::Shift>("SetActualTimes", request, User("li")).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Hours<v1::Shift>("SetActualTimes", request, Staff("venues/b")).status().code(),
            absl::StatusCode::kNotFound);
  auto ran = Hours<v1::Shift>("SetActualTimes", request, Staff());
  ASSERT_TRUE(ran.ok()) << ran.status();
  EXPECT_EQ(ran->actual_end_time().seconds(), absl::ToUnixSeconds(start + absl::Hours(2)));
  desk.executor.RunFor(absl::Seconds(30));
  EXPECT_EQ(ListSignups("shifts/-", User("li"))->signups(0).minutes(), 120) << "135 minutes";
  EXPECT_EQ(Approve(names[0])->minutes(), 120);
  request.set_request_id(desk.NextRequestId());
  Set(desk.clock.Now() + absl::Hours(1), request.mutable_end_time());
  EXPECT_EQ(Hours<v1::Shift>("SetActualTimes", request, Staff()).status().code(),
            absl::StatusCode::kInvalidArgument);
  auto made = desk.ShiftRequest(desk.clock.Now() + absl::Hours(2), absl::Hours(1), 1);
  made.mutable_shift()->set_session("events/e/sessions/s");
  auto of_session = desk.Ask<v1::Shift>("CreateShift", made, Staff());
  ASSERT_TRUE(of_session.ok());
  request.set_name(of_session->name());
  request.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Reason(Hours<v1::Shift>("SetActualTimes", request, Staff()).status()), "SESSION_SAYS");
}

TEST_F(VolunteerHoursTest, CorrectionsAreAgreedByBothSidesAndAreRowsOfTheirOwn) {
  const std::string name = Served("li");
  EXPECT_EQ(Correct(name, 270, User("wang")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Correct(name, 270, Staff("venues/b")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Correct(name, 900, User("li")).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(DecideCorrection(name, true, Staff()).status()), "NO_CORRECTION");
  auto asked = Correct(name, 270, User("li"));
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->correction().minutes(), 270);
  EXPECT_EQ(asked->correction().reason(), "签退机坏了");
  EXPECT_EQ(Reason(Correct(name, 250, Staff()).status()), "CORRECTION_OPEN");
  ASSERT_THAT(Pending(), SizeIs(1));
  EXPECT_EQ(Pending()[0].correction().reason(), "签退机坏了");
  EXPECT_EQ(ListSignups("shifts/-", User("li"))->signups(0).correction().reason(), "签退机坏了");
  EXPECT_EQ(Reason(DecideCorrection(name, true, User("li")).status()), "OTHER_SIDE_DECIDES");
  desk.Restart();
  EXPECT_EQ(Pending()[0].correction().reason(), "签退机坏了");
  ASSERT_TRUE(DecideCorrection(name, true, Staff()).ok());
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 270);
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->served_shifts(), 1);
  ASSERT_TRUE(Correct(name, 0, Staff()).ok());
  EXPECT_EQ(Reason(DecideCorrection(name, true, Boss()).status()), "OTHER_SIDE_DECIDES");
  ASSERT_TRUE(DecideCorrection(name, true, User("li")).ok());
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 0);
  const v1::ListHourRecordsResponse rows = Rows(User("li"));
  ASSERT_EQ(rows.hour_records_size(), 3);
  EXPECT_EQ(rows.hour_records(0).minutes(), 240);
  EXPECT_EQ(rows.hour_records(1).minutes(), 30);
  EXPECT_EQ(rows.hour_records(1).kind(), v1::HourRecord::CORRECTION);
  EXPECT_EQ(rows.hour_records(1).corrects(), rows.hour_records(0).name());
  EXPECT_EQ(rows.hour_records(1).previous_hash(), rows.hour_records(0).hash());
  EXPECT_EQ(rows.hour_records(2).minutes(), -270);
  EXPECT_EQ(rows.hour_records(2).approved_as(), "volunteer");
  EXPECT_THAT(Pending(), SizeIs(0));
  ASSERT_TRUE(Correct(name, 60, User("li")).ok());
  EXPECT_FALSE(DecideCorrection(name, false, Staff())->has_correction());
}

TEST_F(VolunteerHoursTest, LateEntriesAreApprovedBySomebodyElse) {
  const v1::Shift shift = Begin({});
  const std::string volunteer = desk.Register("li").name();
  const absl::Time start = desk.clock.Now();
  desk.Advance(absl::Hours(30));
  auto request = desk.Named<v1::EnterLateHoursRequest>(shift.name());
  request.set_volunteer("volunteers/" + std::string(22, 'a'));
  request.set_reason("忘记报名");
  Set(start, request.mutable_start_time());
  Set(start + absl::Hours(3), request.mutable_end_time());
  EXPECT_EQ(Reason(Hours<Signup>("EnterLateHours", request, Staff()).status()), "NOT_REGISTERED");
  request.set_volunteer(volunteer);
  request.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Hours<Signup>("EnterLateHours", request, User("li")).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Hours<Signup>("EnterLateHours", request, Staff("venues/b")).status().code(),
            absl::StatusCode::kNotFound);
  auto entered = Hours<Signup>("EnterLateHours", request, Staff());
  ASSERT_TRUE(entered.ok()) << entered.status();
  EXPECT_EQ(entered->minutes(), 180);
  EXPECT_EQ(entered->hours_flags(0), Signup::LATE_ENTRY);
  request.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Reason(Hours<Signup>("EnterLateHours", request, Staff()).status()), "ALREADY_NOTED");
  ASSERT_THAT(Pending(), SizeIs(1));
  EXPECT_EQ(Reason(Approve(entered->name()).status()), "SELF_APPROVAL");
  ASSERT_TRUE(Approve(entered->name(), Boss()).ok());
  desk.executor.RunFor(absl::Seconds(6));
  ASSERT_EQ(Rows(User("li")).hour_records_size(), 1);
  EXPECT_EQ(Rows(User("li")).hour_records(0).kind(), v1::HourRecord::LATE_ENTRY);
  EXPECT_EQ(Rows(User("li")).hour_records(0).reason(), "忘记报名");
  EXPECT_EQ(Rows(User("li")).hour_records(0).approved_as(), "venue_admin");
}

TEST_F(VolunteerHoursTest, LedgersAreVerifiedAndAForgedRowIsNamed) {
  for (int i = 0; i < 3; ++i) {
    Served("li");
    desk.Advance(absl::Hours(18));
  }
  const v1::ListHourRecordsResponse rows = Rows(User("li"));
  ASSERT_EQ(rows.hour_records_size(), 3);
  v1::VerifyLedgerResponse verified = Verify(User("li"));
  EXPECT_TRUE(verified.intact()) << verified.problem();
  EXPECT_EQ(verified.checked(), 3);
  EXPECT_EQ(verified.hash(), rows.hour_records(2).hash());
  const std::string person = rows.hour_records(0).name().substr(11, 22);
  EXPECT_TRUE(Verify(Staff(), "volunteers/" + person).intact());
  v1::VerifyLedgerRequest foreign;
  foreign.set_parent("volunteers/" + person);
  EXPECT_EQ(Hours<v1::VerifyLedgerResponse>("VerifyLedger", foreign, User("wang")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_TRUE(Verify(User("wang")).intact()) << "no rows";
  // Somebody writes past the commit, and undoes it.
  const uint32_t partition = names::PartitionOf(person);
  const std::string key = "ledger/" + person;
  const std::string stored = *desk.data.Load(partition, {key, {"l/2"}, false}).children.at(0).second;
  for (const size_t at : {size_t{7}, stored.size() / 2, stored.size() - 3}) {
    std::string flipped = stored;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    desk.data.TamperChild(partition, key, "l/2", flipped);
    desk.Restart();
    verified = Verify(User("li"));
    EXPECT_FALSE(verified.intact()) << at;
    EXPECT_EQ(verified.broken_record(), rows.hour_records(1).name()) << at;
  }
  desk.data.TamperChild(partition, key, "l/2", stored);
  desk.Restart();
  EXPECT_TRUE(Verify(User("li")).intact());
}

TEST_F(VolunteerHoursTest, RowsComePageByPageFromTheStore) {
  for (int i = 0; i < 3; ++i) {
    Served("li");
    desk.Advance(absl::Hours(18));
  }
  v1::ListHourRecordsRequest request;
  request.set_parent("volunteers/me");
  request.set_page_size(2);
  auto page = desk.Ask<v1::ListHourRecordsResponse>("ListHourRecords", request, User("li"));
  ASSERT_EQ(page->hour_records_size(), 2);
  EXPECT_EQ(page->hour_records(0).number(), 1);
  request.set_page_token(page->next_page_token());
  page = desk.Ask<v1::ListHourRecordsResponse>("ListHourRecords", request, User("li"));
  ASSERT_EQ(page->hour_records_size(), 1);
  EXPECT_EQ(page->hour_records(0).number(), 3);
  EXPECT_EQ(page->next_page_token(), "");
  EXPECT_EQ(desk.Ask<v1::ListHourRecordsResponse>("ListHourRecords", request, User("wang")).status().code(),
            absl::StatusCode::kInvalidArgument)
      << "a token of another's ledger";
}

// A session that ran on into the next shift: the same minutes are not counted in both.
TEST_F(VolunteerHoursTest, NoMinuteIsCountedInTwoShifts) {
  std::vector<std::string> names;
  const v1::Shift first = Begin({"li"}, &names);
  const absl::Time start = desk.clock.Now();
  auto next = desk.Ask<v1::Shift>("CreateShift", desk.ShiftRequest(start + absl::Hours(5), absl::Hours(2), 1),
                                  Staff());
  ASSERT_TRUE(next.ok()) << next.status();
  auto second = desk.SignUp(next->name(), "li");
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_TRUE(CheckIn(names[0]).ok());
  desk.Advance(absl::Hours(5));
  ASSERT_TRUE(CheckIn(second->name()).ok());
  desk.Advance(absl::Minutes(50));
  ASSERT_TRUE(CheckOut(names[0]).ok());
  desk.Advance(absl::Minutes(70));
  ASSERT_TRUE(CheckOut(second->name()).ok());
  auto request = desk.Named<v1::SetActualTimesRequest>(first.name());
  Set(start, request.mutable_start_time());
  Set(start + absl::Minutes(350), request.mutable_end_time());
  ASSERT_TRUE(Hours<v1::Shift>("SetActualTimes", request, Staff()).ok());
  EXPECT_EQ(Approve(names[0])->minutes(), 330);
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_EQ(Approve(second->name())->minutes(), 120) << "as counted by itself";
  desk.executor.RunFor(absl::Seconds(6));
  EXPECT_EQ(GetSignup(second->name(), User("li"))->recorded_minutes(), 60);
  EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 390);
  v1::ExplainHoursRequest explain;
  explain.set_name("volunteers/me/hourRecords/r2");
  auto why = Hours<v1::HoursExplanation>("ExplainHours", explain, User("li"));
  ASSERT_TRUE(why.ok()) << why.status();
  EXPECT_EQ(why->steps(why->steps_size() - 1).kind(), Step::ELSEWHERE);
}

// A process that ends anywhere between the approval and the note of the shift leaves one row.
TEST_F(VolunteerHoursTest, ACrashOnTheWayToTheLedgerLosesAndDoublesNothing) {
  for (int step = 0; step < 12; ++step) {
    SCOPED_TRACE(step);
    std::vector<std::string> names;
    Begin({"li"}, &names);
    ASSERT_TRUE(CheckIn(names[0]).ok());
    desk.Advance(absl::Hours(4));
    ASSERT_TRUE(CheckOut(names[0]).ok());
    ASSERT_TRUE(Approve(names[0]).ok());
    const std::string person = names[0].substr(names[0].rfind('/') + 1);
    const auto rows = [&] {
      return desk.data.Load(names::PartitionOf(person), {"ledger/" + person, {}, false}).head.version.counter;
    };
    if (step % 2 == 0) {
      desk.executor.RunFor(absl::Milliseconds(150) * step);
    } else {
      // The row is there, and the shift has not heard of it.
      ASSERT_TRUE(desk.executor.RunUntil([&] { return rows() == static_cast<uint64_t>(step) + 1; },
                                         absl::Seconds(5)));
      EXPECT_EQ(GetSignup(names[0], User("li"))->hours_state(), Signup::APPROVED);
    }
    desk.Restart();
    desk.executor.RunFor(absl::Seconds(6));
    EXPECT_EQ(Rows(User("li")).hour_records_size(), step + 1);
    EXPECT_EQ(GetVolunteer("volunteers/me", User("li"))->total_minutes(), 240 * (step + 1));
    EXPECT_EQ(GetSignup(names[0], User("li"))->hours_state(), Signup::RECORDED);
    desk.Advance(absl::Hours(18));
  }
  EXPECT_TRUE(Verify(User("li")).intact());
}

TEST_F(VolunteerHoursTest, ReasonsAreSealedAndGoWithTheKey) {
  const std::string name = Served("li");
  ASSERT_TRUE(Correct(name, 270, User("li")).ok());
  ASSERT_TRUE(DecideCorrection(name, true, Staff()).ok());
  desk.executor.RunFor(absl::Seconds(6));
  ASSERT_TRUE(Correct(name, 180, Staff()).ok());
  std::string all;
  for (uint32_t partition = 0; partition < 64; ++partition) {
    for (const std::string& key : desk.data.Roots(partition)) {
      const store::Loaded loaded = desk.data.Load(partition, {key, {}, true});
      absl::StrAppend(&all, key, loaded.head.head);
      for (const auto& [field, bytes] : loaded.children) absl::StrAppend(&all, field, *bytes);
    }
    for (const store::LogEntry& entry : desk.data.ReadLog(partition, 0, 100000))
      for (const std::string& group : entry.groups) all += group;
  }
  EXPECT_THAT(all, HasSubstr("coordinator")) << "what is in clear";
  EXPECT_THAT(all, ::testing::Not(HasSubstr("签退机坏了")));
  EXPECT_EQ(Rows(User("li")).hour_records(1).reason(), "签退机坏了");
  ASSERT_TRUE(desk.vault->Destroy("users/li").ok());
  EXPECT_EQ(Rows(User("li")).hour_records(1).reason(), "");
  EXPECT_EQ(Pending()[0].correction().reason(), "");
  EXPECT_EQ(Rows(User("li")).hour_records(1).minutes(), 30) << "the sums stay";
  EXPECT_TRUE(Verify(User("li")).intact()) << "and so does the chain";
}

}  // namespace
}  // namespace kepu::volunteer::hours_test
