// What shifts do when sessions and places change, with the logs of the event and the venue service followed:
// people move along, are released, asked and told, whatever fails in between.
#include "absl/strings/match.h"
#include "kepu/volunteer/v1/duty.pb.h"
#include "tests/service/volunteer_fixture.h"
#include "tests/service/volunteer_neighbours.h"

namespace kepu::volunteer::consequence_test {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kSession[] = "events/e/sessions/s";

absl::Time Hour(double hours) { return kDeskStart + absl::Hours(1) * hours; }

class ConsequenceServiceTest : public VolunteerServiceTest {
 protected:
  ConsequenceServiceTest() {
    desk.event_log = &others.events;
    desk.venue_log = &others.venues;
    desk.identity = &inbox;
    others.PutSession("s", Hour(72), Hour(74));
    desk.Restart();
    Settle();
  }

  void Settle() { desk.executor.RunFor(absl::Seconds(8)); }
  // Of the session, or of another.
  v1::Shift ShiftOf(double from_hours, double hours, int needed = 5, const std::string& session = kSession,
                    int per_heads = 0) {
    auto request = desk.ShiftRequest(Hour(from_hours), absl::Hours(1) * hours, needed);
    request.mutable_shift()->set_session(session);
    request.mutable_shift()->set_per_heads(per_heads);
    auto shift = desk.Ask<v1::Shift>("CreateShift", request, Staff());
    EXPECT_TRUE(shift.ok()) << shift.status();
    Settle();
    return shift.ok() ? *shift : v1::Shift();
  }
  std::string In(const v1::Shift& shift, const std::string& user) {
    desk.TryRegister(user).IgnoreError();
    auto signup = desk.SignUp(shift.name(), user);
    EXPECT_TRUE(signup.ok()) << signup.status();
    return signup.ok() ? signup->name() : "";
  }
  v1::Signup Of(const std::string& signup) {
    auto got = GetSignup(signup, Staff());
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? *got : v1::Signup();
  }
  static absl::Time StartOf(const google::protobuf::Timestamp& time) {
    return absl::FromUnixSeconds(time.seconds());
  }
  v1::ListDutiesResponse Duties(const std::string& user) {
    v1::ListDutiesRequest request;
    request.set_parent("volunteers/me");
    rpc::Context context;
    context.principal = User(user);
    auto duties = desk.Ask<v1::ListDutiesResponse>("ListDuties", request, std::move(context), "DutyService");
    EXPECT_TRUE(duties.ok()) << duties.status();
    return duties.ok() ? *duties : v1::ListDutiesResponse();
  }
  absl::StatusOr<v1::Signup> ConfirmMove(const std::string& signup, const std::string& user) {
    rpc::Context context;
    context.principal = User(user);
    return desk.Ask<v1::Signup>("ConfirmMove", desk.Named<v1::ConfirmMoveRequest>(signup), std::move(context),
                                "DutyService");
  }

  VolunteerNeighbours others{desk.executor, desk.clock};
  FakeInbox inbox{desk.executor};
};

TEST_F(ConsequenceServiceTest, AMovedSessionTakesItsShiftsAndPeopleAlong) {
  const v1::Shift shift = ShiftOf(71, 4);
  const std::string li = In(shift, "li"), wang = In(shift, "wang");
  others.Reschedule("s", Hour(96), Hour(98), "展厅检修");
  Settle();
  const v1::Shift moved = desk.Look(shift.name());
  EXPECT_EQ(StartOf(moved.start_time()), Hour(95));
  EXPECT_EQ(StartOf(moved.end_time()), Hour(99));
  EXPECT_EQ(StartOf(moved.moved_from_start_time()), Hour(71));
  EXPECT_EQ(moved.move_reason(), "展厅检修");
  EXPECT_EQ(moved.signed_up(), 2);
  for (const std::string& name : {li, wang}) {
    const v1::Signup signup = Of(name);
    EXPECT_EQ(signup.state(), v1::Signup::SIGNED_UP);
    EXPECT_EQ(StartOf(signup.start_time()), Hour(95));
    EXPECT_GT(StartOf(signup.ask_until_time()), desk.clock.Now() + absl::Hours(47));
  }
  const auto duties = Duties("li");
  ASSERT_THAT(duties.duties(), SizeIs(1)) << "the old time is given back";
  EXPECT_EQ(StartOf(duties.duties(0).start_time()), Hour(95));
  EXPECT_EQ(duties.duties(0).purpose(), shift.name());
  EXPECT_FALSE(duties.duties(0).held());
  EXPECT_THAT(inbox.Told(), UnorderedElementsAre("users/li SHIFT_MOVED", "users/wang SHIFT_MOVED"));
  EXPECT_EQ(inbox.Param("SHIFT_MOVED", "why"), "展厅检修");
  EXPECT_EQ(inbox.Param("SHIFT_MOVED", "from"), "2026-11-18T23:00:00Z");
  // The old time can be used for something else, the new one cannot.
  const v1::Shift there = desk.MakeShift(2, 71, 2, "venues/far");
  EXPECT_TRUE(desk.SignUp(there.name(), "li").ok());
  EXPECT_EQ(Reason(desk.SignUp(desk.MakeShift(2, 95, 2, "venues/far").name(), "li").status()), "OVERLAPS");
}

TEST_F(ConsequenceServiceTest, WhoIsBusyAtTheNewTimeIsReleasedAndTold) {
  const v1::Shift shift = ShiftOf(72, 2);
  const v1::Shift other = desk.MakeShift(2, 95, 4, "venues/far");
  const std::string li = In(shift, "li"), wang = In(shift, "wang");
  In(other, "li");
  others.Reschedule("s", Hour(96), Hour(98), "展厅检修");
  Settle();
  EXPECT_EQ(Of(li).state(), v1::Signup::RELEASED);
  EXPECT_EQ(Of(li).release_reason(), "OVERLAPS");
  EXPECT_EQ(Of(wang).state(), v1::Signup::SIGNED_UP);
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 1);
  EXPECT_EQ(desk.Look(shift.name()).free(), 4);
  ASSERT_THAT(Duties("li").duties(), SizeIs(1));
  EXPECT_EQ(Duties("li").duties(0).purpose(), other.name());
  EXPECT_THAT(inbox.Told(), UnorderedElementsAre("users/li SHIFT_RELEASED", "users/wang SHIFT_MOVED"));
  EXPECT_EQ(inbox.Param("SHIFT_RELEASED", "rule"), "OVERLAPS");
  desk.Restart();
  Settle();
  EXPECT_EQ(Of(li).state(), v1::Signup::RELEASED);
  EXPECT_EQ(Of(li).release_reason(), "OVERLAPS");
  EXPECT_EQ(inbox.notices.size(), 2u) << "told again, but the same notices";
}

TEST_F(ConsequenceServiceTest, StaffMoveAShiftAndItsPeople) {
  const v1::Shift shift = ShiftOf(72, 2, 5, "");
  const v1::Shift other = desk.MakeShift(2, 95, 4, "venues/far");
  const std::string li = In(shift, "li"), wang = In(shift, "wang");
  In(other, "li");
  auto request = desk.Named<v1::RescheduleShiftRequest>(shift.name());
  request.mutable_start_time()->set_seconds(absl::ToUnixSeconds(Hour(96)));
  request.mutable_end_time()->set_seconds(absl::ToUnixSeconds(Hour(98)));
  request.set_reason("布展");
  request.set_etag(shift.etag());
  const auto ask = [&](rpc::Context caller) {
    return desk.Ask<v1::Shift>("RescheduleShift", request, std::move(caller), "NeedService");
  };
  rpc::Context volunteer;
  volunteer.principal = User("li");
  EXPECT_FALSE(ask(std::move(volunteer)).ok());
  rpc::Context staff;
  staff.principal = Staff();
  auto moved = ask(std::move(staff));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(StartOf(moved->start_time()), Hour(96));
  EXPECT_EQ(StartOf(moved->moved_from_start_time()), Hour(72));
  Settle();
  EXPECT_EQ(Of(li).state(), v1::Signup::RELEASED) << "busy then";
  EXPECT_EQ(Of(wang).state(), v1::Signup::SIGNED_UP);
  EXPECT_EQ(StartOf(Of(wang).start_time()), Hour(96));
  EXPECT_GT(StartOf(Of(wang).ask_until_time()), desk.clock.Now());
  EXPECT_EQ(StartOf(Duties("wang").duties(0).start_time()), Hour(96));
  EXPECT_THAT(inbox.Told(), UnorderedElementsAre("users/li SHIFT_RELEASED", "users/wang SHIFT_MOVED"));
  EXPECT_EQ(inbox.Param("SHIFT_MOVED", "why"), "布展");
}

TEST_F(ConsequenceServiceTest, AShortMoveOverlapsOnlyWithItself) {
  const v1::Shift shift = ShiftOf(72, 2);
  const std::string li = In(shift, "li");
  for (const double start : {73.0, 72.5, 73.5}) {
    others.Reschedule("s", Hour(start), Hour(start + 2), "晚到");
    Settle();
    EXPECT_EQ(Of(li).state(), v1::Signup::SIGNED_UP) << start;
    EXPECT_EQ(StartOf(Duties("li").duties(0).start_time()), Hour(start));
  }
  EXPECT_EQ(inbox.notices.size(), 3u) << "each move is told once";
}

TEST_F(ConsequenceServiceTest, TwoMovesAtOnceEndAtTheLast) {
  const v1::Shift shift = ShiftOf(72, 2);
  const std::string li = In(shift, "li");
  others.Reschedule("s", Hour(73), Hour(75), "一");
  desk.executor.RunFor(absl::Milliseconds(600));
  others.Reschedule("s", Hour(96), Hour(98), "二");
  Settle();
  EXPECT_EQ(StartOf(Of(li).start_time()), Hour(96));
  ASSERT_THAT(Duties("li").duties(), SizeIs(1));
  EXPECT_EQ(StartOf(Duties("li").duties(0).start_time()), Hour(96));
}

// Two shifts of one session: the later one must make room before the earlier one can follow.
TEST_F(ConsequenceServiceTest, ShiftsThatMoveTogetherMakeRoomForEachOther) {
  const v1::Shift before = ShiftOf(70, 1.5), after = ShiftOf(72, 2);
  const std::string first = In(before, "li"), second = In(after, "li");
  others.Reschedule("s", Hour(74), Hour(76), "晚到");
  desk.executor.RunFor(absl::Seconds(40));
  EXPECT_EQ(Of(first).state(), v1::Signup::SIGNED_UP);
  EXPECT_EQ(Of(second).state(), v1::Signup::SIGNED_UP);
  ASSERT_THAT(Duties("li").duties(), SizeIs(2));
  EXPECT_EQ(StartOf(Duties("li").duties(0).start_time()), Hour(72));
  EXPECT_EQ(StartOf(Duties("li").duties(1).start_time()), Hour(74));
}

TEST_F(ConsequenceServiceTest, TheAskedMayLeaveFreelyOrConfirm) {
  const v1::Shift shift = ShiftOf(72, 2);
  const std::string li = In(shift, "li"), wang = In(shift, "wang"), zhao = In(shift, "zhao");
  desk.Advance(absl::Hours(60));
  others.Reschedule("s", Hour(76), Hour(78), "晚到");
  Settle();
  EXPECT_EQ(StartOf(Of(li).ask_until_time()), Hour(76)) << "within the last day: until the start";
  EXPECT_EQ(ConfirmMove(li, "wang").status().code(), absl::StatusCode::kNotFound);
  auto confirmed = ConfirmMove(li, "li");
  ASSERT_TRUE(confirmed.ok()) << confirmed.status();
  EXPECT_FALSE(confirmed->has_ask_until_time());
  EXPECT_FALSE(Of(li).has_ask_until_time());
  EXPECT_TRUE(ConfirmMove(li, "li").ok()) << "twice is once";
  EXPECT_EQ(Reason(desk.Withdraw(li, "li").status()), "TOO_LATE_TO_WITHDRAW");
  EXPECT_TRUE(desk.Withdraw(wang, "wang").ok());
  EXPECT_EQ(Reason(ConfirmMove(wang, "wang").status()), "NOT_SIGNED_UP");
  desk.Restart();
  EXPECT_FALSE(Of(li).has_ask_until_time());
  EXPECT_TRUE(Of(zhao).has_ask_until_time());
  EXPECT_TRUE(desk.Withdraw(zhao, "zhao").ok());
  EXPECT_EQ(ConfirmMove("shifts/no", "li").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ConsequenceServiceTest, ACancelledSessionCancelsItsShiftsAndEverybodyIsToldOnce) {
  const v1::Shift shift = ShiftOf(72, 2), other = ShiftOf(72, 2, 5, "events/e/sessions/t");
  const std::string li = In(shift, "li");
  inbox.down = true;
  others.CancelSession("s", "暴雨红色预警");
  Settle();
  EXPECT_EQ(desk.Look(shift.name()).state(), v1::Shift::CANCELLED);
  EXPECT_EQ(desk.Look(shift.name()).cancel_reason(), "暴雨红色预警");
  EXPECT_EQ(desk.Look(other.name()).state(), v1::Shift::OPEN);
  EXPECT_EQ(Of(li).state(), v1::Signup::SHIFT_CANCELLED);
  EXPECT_THAT(inbox.Told(), IsEmpty());
  // Who was not told before the process ended is told by the next.
  desk.Restart();
  Settle();
  inbox.down = false;
  Settle();
  EXPECT_THAT(inbox.Told(), UnorderedElementsAre("users/li SHIFT_CANCELLED"));
  EXPECT_EQ(inbox.Param("SHIFT_CANCELLED", "why"), "暴雨红色预警");
  const int calls = inbox.calls;
  Settle();
  EXPECT_EQ(inbox.calls, calls);
}

TEST_F(ConsequenceServiceTest, WhatHappenedWhileNobodyListenedIsFollowedAfterwards) {
  const v1::Shift shift = ShiftOf(72, 2);
  const std::string li = In(shift, "li");
  desk.service.reset();
  others.Reschedule("s", Hour(96), Hour(98), "展厅检修");
  desk.executor.RunFor(absl::Seconds(5));
  desk.Restart();
  Settle();
  EXPECT_EQ(StartOf(Of(li).start_time()), Hour(96));
  EXPECT_EQ(desk.Look(shift.name()).move_reason(), "展厅检修");
}

TEST_F(ConsequenceServiceTest, ALogThatCannotBeReadMovesNothing) {
  const v1::Shift shift = ShiftOf(72, 2);
  others.events.set_down(true);
  others.Reschedule("s", Hour(96), Hour(98), "展厅检修");
  desk.executor.RunFor(absl::Seconds(20));
  EXPECT_EQ(StartOf(desk.Look(shift.name()).start_time()), Hour(72));
  others.events.set_down(false);
  Settle();
  EXPECT_EQ(StartOf(desk.Look(shift.name()).start_time()), Hour(96));
}

TEST_F(ConsequenceServiceTest, AClosureMarksShiftsUntilItIsWithdrawn) {
  const v1::Shift of_session = ShiftOf(72, 2), base_day = desk.MakeShift(2, 72, 4),
                  day_after = desk.MakeShift(2, 96, 4);
  others.Disrupt("s", "venues/cqstm/closures/k", false);
  others.Close("k", Hour(70), Hour(90));
  Settle();
  for (const v1::Shift& shift : {of_session, base_day}) {
    const v1::Shift shown = desk.Look(shift.name());
    EXPECT_EQ(shown.state(), v1::Shift::OPEN);
    ASSERT_THAT(shown.disruptions(), SizeIs(1));
    EXPECT_EQ(shown.disruptions(0).about(), "venues/cqstm/closures/k");
    EXPECT_EQ(shown.disruptions(0).kind(), v1::Shift::Disruption::CLOSURE);
    EXPECT_EQ(shown.disruptions(0).reason().zh(), "暴雨");
  }
  EXPECT_THAT(desk.Look(day_after.name()).disruptions(), IsEmpty());
  // What is not heard of after a start is not over.
  others.events.set_down(true);
  others.venues.set_down(true);
  desk.Restart();
  Settle();
  for (const v1::Shift& shift : {of_session, base_day})
    EXPECT_THAT(desk.Look(shift.name()).disruptions(), SizeIs(1));
  others.events.set_down(false);
  others.venues.set_down(false);
  Settle();
  for (const v1::Shift& shift : {of_session, base_day})
    EXPECT_THAT(desk.Look(shift.name()).disruptions(), SizeIs(1));
  others.Disrupt("s", "venues/cqstm/closures/k", true);
  others.Withdraw("k");
  Settle();
  EXPECT_THAT(desk.Look(of_session.name()).disruptions(), IsEmpty());
  EXPECT_THAT(desk.Look(base_day.name()).disruptions(), IsEmpty());
}

TEST_F(ConsequenceServiceTest, AsManyAreNeededAsTheBookingsAskFor) {
  const v1::Shift shift = ShiftOf(72, 2, 3, kSession, 20), fixed = ShiftOf(72, 2, 3);
  EXPECT_EQ(desk.Look(shift.name()).needed(), 1) << "nobody has booked yet";
  others.Book("s", 45);
  Settle();
  EXPECT_EQ(desk.Look(shift.name()).needed(), 3);
  EXPECT_EQ(desk.Look(shift.name()).heads(), 45);
  In(shift, "li");
  In(shift, "wang");
  others.Book("s", -40);
  Settle();
  EXPECT_EQ(desk.Look(shift.name()).needed(), 1);
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 2) << "nobody loses their place";
  EXPECT_EQ(desk.Look(shift.name()).free(), 0);
  EXPECT_EQ(desk.Look(fixed.name()).needed(), 3);
  auto request = desk.ShiftRequest(Hour(72), absl::Hours(2), 3);
  request.mutable_shift()->set_per_heads(20);
  EXPECT_EQ(desk.Ask<v1::Shift>("CreateShift", request, Staff()).status().code(),
            absl::StatusCode::kInvalidArgument)
      << "heads of what?";
}

// A move of nine people is interrupted after each commit in turn, in a new process each time.
TEST_F(ConsequenceServiceTest, AMoveIsFinishedWhereverItWasInterrupted) {
  int number = 0;
  for (int commits = 0; commits < 24; ++commits) {
    const std::string id = absl::StrCat("k", ++number);
    // Apart from each other, so that nobody is busy.
    const double day = 24 * (3 + commits % 3);
    const std::string session = absl::StrCat("events/e/sessions/", id);
    others.PutSession(id, Hour(day), Hour(day + 0.5));
    Settle();
    const v1::Shift shift = ShiftOf(day, 0.5, 9, session);
    std::vector<std::string> names;
    for (int i = 0; i < 4; ++i) names.push_back(In(shift, absl::StrCat("u", number, "-", i)));
    Settle();
    int left = commits;
    desk.store.set_fate(
        [&](const store::Commit&) { return --left < 0 ? store::Fate::kNotApplied : store::Fate::kNormal; });
    others.Reschedule(id, Hour(day + 2), Hour(day + 2.5), "晚到");
    desk.executor.RunFor(absl::Seconds(3));
    desk.store.set_fate(nullptr);
    desk.Restart();
    desk.executor.RunFor(absl::Seconds(30));
    for (const std::string& name : names) {
      EXPECT_EQ(Of(name).state(), v1::Signup::SIGNED_UP) << "after " << commits;
      EXPECT_EQ(StartOf(Of(name).start_time()), Hour(day + 2));
    }
    for (int i = 0; i < 4; ++i) {
      const auto duties = Duties(absl::StrCat("u", number, "-", i));
      ASSERT_THAT(duties.duties(), SizeIs(1)) << "after " << commits;
      EXPECT_EQ(StartOf(duties.duties(0).start_time()), Hour(day + 2));
      EXPECT_FALSE(duties.duties(0).held());
    }
    EXPECT_EQ(desk.service->pending(), 0u);
  }
}

// Both follow the logs, and drive the same reservations at once.
TEST_F(ConsequenceServiceTest, TwoReplicasMoveEverybodyOnce) {
  store::MemoryStore store(desk.data, desk.executor, [this] { return desk.clock.Now(); });
  executor::SeededRandom random(9);
  auto other = MakeService({.store = store,
                            .executor = desk.executor,
                            .clock = desk.clock,
                            .random = random,
                            .keys = desk.keys,
                            .authorizer = desk.authorizer,
                            .paging_secret = std::string(32, 'p'),
                            .vault = *desk.vault,
                            .workers = desk.workers,
                            .identity = &inbox,
                            .event_log = &others.events,
                            .venue_log = &others.venues});
  ASSERT_TRUE(other.ok()) << other.status();
  bool ready = false;
  (*other)->Start([&](const absl::Status& status) { ready = status.ok(); });
  ASSERT_TRUE(desk.executor.RunUntil([&] { return ready; }, absl::Seconds(5)));
  const v1::Shift shift = ShiftOf(72, 2, 20);
  const v1::Shift busy = desk.MakeShift(20, 95, 4, "venues/far");
  std::vector<std::string> names;
  for (int i = 0; i < 12; ++i) names.push_back(In(shift, absl::StrCat("u", i)));
  for (int i = 0; i < 3; ++i) In(busy, absl::StrCat("u", i));
  Settle();
  for (const double hours : {96.0, 97.0}) {
    others.Reschedule("s", Hour(hours), Hour(hours + 2), "晚到");
    desk.executor.RunFor(absl::Seconds(20));
    for (int i = 0; i < 12; ++i) {
      const v1::Signup signup = Of(names[static_cast<size_t>(i)]);
      EXPECT_EQ(signup.state(), i < 3 ? v1::Signup::RELEASED : v1::Signup::SIGNED_UP) << i;
      const auto duties = Duties(absl::StrCat("u", i));
      ASSERT_THAT(duties.duties(), SizeIs(1)) << i;
      EXPECT_EQ(StartOf(duties.duties(0).start_time()), i < 3 ? Hour(95) : Hour(hours)) << i;
    }
  }
  EXPECT_EQ(desk.Look(shift.name()).signed_up(), 9);
  EXPECT_EQ(inbox.notices.size(), 3u + 9 * 2);
  EXPECT_EQ((*other)->pending(), 0u);
  EXPECT_EQ((*other)->settler().alarms(), 0u);
}

TEST_F(ConsequenceServiceTest, AbsenceAndHoursAreTold) {
  const v1::Shift shift = desk.MakeShift(3, 1, 2);
  const std::string li = In(shift, "li"), wang = In(shift, "wang");
  desk.Advance(absl::Hours(1));
  ASSERT_TRUE(CheckIn(li).ok());
  auto absent = desk.Named<v1::MarkNoShowRequest>(wang);
  absent.set_reason("没来");
  ASSERT_TRUE(desk.Ask<v1::Signup>("MarkNoShow", absent, Staff()).ok());
  desk.Advance(absl::Hours(2));
  ASSERT_TRUE(CheckOut(li).ok());
  RecordHours(li);
  Settle();
  EXPECT_THAT(inbox.Told(), UnorderedElementsAre("users/li HOURS_APPROVED", "users/li HOURS_RECORDED",
                                                 "users/wang ABSENCE_MARKED"));
  EXPECT_EQ(inbox.Param("HOURS_APPROVED", "minutes"), "120");
  EXPECT_EQ(inbox.Param("HOURS_RECORDED", "minutes"), "120");
}

}  // namespace
}  // namespace kepu::volunteer::consequence_test
