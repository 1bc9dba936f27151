// Bookings that change, move and are judged, as callers see it: owners, staff, strangers, and schools whose
// class's time moves along.
#include "libs/calendar/timestamps.h"
#include "tests/service/event_service_fixture.h"

namespace kepu::event {
namespace {

using ::testing::SizeIs;

class BookingChangesTest : public EventServiceTest {
 protected:
  absl::StatusOr<v1::Booking> Change(const std::string& name, int adults, const rpc::Principal& caller) {
    v1::UpdateBookingRequest request;
    request.mutable_booking()->set_name(name);
    request.mutable_booking()->mutable_party()->set_adults(adults);
    request.mutable_update_mask()->add_paths("party");
    request.set_request_id(desk.NextRequestId());
    return desk.Ask<v1::Booking>("UpdateBooking", request, caller);
  }
  v1::MoveBookingRequest MoveTo(const std::string& name, const std::string& session) {
    v1::MoveBookingRequest request;
    request.set_name(name);
    request.set_session(session);
    request.set_request_id(desk.NextRequestId());
    return request;
  }
  absl::StatusOr<v1::Booking> Send(const v1::MoveBookingRequest& request, const rpc::Principal& caller) {
    return desk.Ask<v1::Booking>("MoveBooking", request, caller);
  }
};

TEST_F(BookingChangesTest, TheNumberIsTheBookersAndStaffsToChange) {
  const std::string session = desk.MakeSession(10).name();
  auto booking = Book(session, "a", 2);
  ASSERT_TRUE(booking.ok());
  EXPECT_EQ(booking->free_until().seconds(), absl::ToUnixSeconds(kDeskStart + absl::Hours(240 - 24)));
  auto changed = Change(booking->name(), 5, User("a"));
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->party().adults(), 5);
  EXPECT_EQ(desk.Look(session).pools(0).free(), 5);
  EXPECT_EQ(Change(booking->name(), 3, User("b")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Reason(Change(booking->name(), 11, User("a")).status()), "PARTY_TOO_LARGE");
  EXPECT_TRUE(Change(booking->name(), 4, kStaff).ok());
}

TEST_F(BookingChangesTest, AMoveTakesThereAndGivesBackHereInOneStep) {
  const std::string first = desk.MakeSession(4).name(), second = desk.MakeSession(3).name();
  auto booking = Book(first, "a", 3);
  ASSERT_TRUE(booking.ok() && Book(first, "w", 1).ok());
  ASSERT_TRUE(Join(first, "waiting", 2).ok());
  const v1::MoveBookingRequest move = MoveTo(booking->name(), second);
  EXPECT_EQ(Send(move, User("b")).status().code(), absl::StatusCode::kNotFound);
  auto moved = Send(MoveTo(booking->name(), second), User("a"));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->moved_from(), booking->name());
  EXPECT_EQ(desk.Look(second).pools(0).free(), 0);
  EXPECT_EQ(desk.Look(first).offered(), 1) << "offered in the same decision";
  auto left = Get(booking->name(), User("a"));
  ASSERT_TRUE(left.ok());
  EXPECT_EQ(left->state(), v1::Booking::CANCELLED);
  EXPECT_EQ(left->moved_to(), moved->name());
  EXPECT_EQ(Reason(Send(MoveTo(booking->name(), second), User("a")).status()), "WRONG_STATE");
  // Nothing is changed when there is no room.
  auto other = Book(first, "c", 1);
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(Reason(Send(MoveTo(other->name(), second), User("c")).status()), "SESSION_FULL");
  EXPECT_EQ(Get(other->name(), User("c"))->state(), v1::Booking::CONFIRMED);
  EXPECT_EQ(Send(MoveTo(other->name(), first), User("c")).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(BookingChangesTest, ARepeatedMoveIsOneMove) {
  const std::string first = desk.MakeSession(4).name(), second = desk.MakeSession(4).name();
  auto booking = Book(first, "a", 3);
  ASSERT_TRUE(booking.ok());
  const v1::MoveBookingRequest move = MoveTo(booking->name(), second);
  auto once = Send(move, User("a"));
  auto twice = Send(move, User("a"));
  ASSERT_TRUE(once.ok() && twice.ok()) << once.status() << twice.status();
  EXPECT_EQ(once->name(), twice->name());
  EXPECT_EQ(desk.Look(second).pools(0).free(), 1);
}

TEST_F(BookingChangesTest, ManyAreMovedSomeAtATimeAndWhatCannotBeIsTold) {
  const std::string from = desk.MakeSession(60).name(), to = desk.MakeSession(38, absl::Hours(250)).name();
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(Book(from, absl::StrCat("u", i), 1).ok());
  ASSERT_TRUE(Book(to, "u3", 1).ok());
  v1::ListAlternativesRequest ask;
  ask.set_name(from);
  ask.set_heads(30);
  auto others = desk.Ask<v1::ListAlternativesResponse>("ListAlternatives", ask, Nobody());
  ASSERT_TRUE(others.ok()) << others.status();
  ASSERT_THAT(others->sessions(), SizeIs(1));
  EXPECT_EQ(others->sessions(0).name(), to);
  ask.set_heads(38);
  EXPECT_THAT(desk.Ask<v1::ListAlternativesResponse>("ListAlternatives", ask, Nobody())->sessions(),
              SizeIs(0));
  auto request = desk.Named<v1::MoveBookingsRequest>(from);
  request.set_session(to);
  EXPECT_EQ(
      desk.Ask<v1::MoveBookingsResponse>("MoveBookings", request, Staff("venues/other")).status().code(),
      absl::StatusCode::kNotFound);
  std::map<std::string, int> reasons;
  int moved = 0, calls = 0;
  for (bool more = true; more && calls < 10; ++calls) {
    request.set_request_id(desk.NextRequestId());
    auto answer = desk.Ask<v1::MoveBookingsResponse>("MoveBookings", request, kStaff);
    ASSERT_TRUE(answer.ok()) << answer.status();
    auto again = desk.Ask<v1::MoveBookingsResponse>("MoveBookings", request, kStaff);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->moved_size(), answer->moved_size()) << "a repeat moves nobody";
    moved += answer->moved_size();
    for (const auto& stuck : answer->stuck()) ++reasons[stuck.reason()];
    request.set_next(answer->next());
    more = answer->next() != 0;
  }
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(moved, 37);
  EXPECT_EQ(reasons["ALREADY_BOOKED"], 1);
  EXPECT_EQ(reasons["SESSION_FULL"], 2);
  EXPECT_EQ(desk.Look(to).pools(0).free(), 0);
  EXPECT_EQ(desk.Look(from).pools(0).confirmed(), 3);
}

TEST_F(BookingChangesTest, ASchoolsMoveTakesTheClassAlong) {
  const std::string first = desk.MakeSession(60, absl::Hours(240)).name();
  const std::string second = desk.MakeSession(60, absl::Hours(264)).name();
  const std::string third = desk.MakeSession(60, absl::Hours(264)).name();
  const rpc::Principal teacher = {"users/t", "", {{"teacher", "schools/hill"}}};
  v1::CreateBookingRequest request = desk.Booking(first, 2);
  request.mutable_booking()->set_kind(v1::Booking::SCHOOL);
  request.mutable_booking()->set_school_class("3-1");
  request.mutable_booking()->mutable_party()->set_pupils(28);
  auto booking = desk.Ask<v1::Booking>("CreateBooking", request, teacher);
  ASSERT_TRUE(booking.ok()) << booking.status();
  const v1::MoveBookingRequest move = MoveTo(booking->name(), second);
  const rpc::Principal other = {"users/o", "", {{"teacher", "schools/town"}}};
  EXPECT_EQ(Send(move, other).status().code(), absl::StatusCode::kNotFound);
  auto moved = Send(move, teacher);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(desk.Look(first).pools(0).free(), 60);
  EXPECT_EQ(desk.Look(second).pools(0).free(), 30);
  auto again = Send(move, teacher);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->name(), moved->name());
  // The class is where it moved to, and no longer where it was.
  desk.executor.RunFor(absl::Seconds(30));
  request.set_parent(third);
  request.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Reason(desk.Ask<v1::Booking>("CreateBooking", request, teacher).status()), "CLASS_BUSY");
  request.set_parent(desk.MakeSession(60, absl::Hours(240) - absl::Seconds(30)).name());
  request.set_request_id(desk.NextRequestId());
  EXPECT_TRUE(desk.Ask<v1::Booking>("CreateBooking", request, teacher).ok());
}

TEST_F(BookingChangesTest, StaffBookForAnAccount) {
  const std::string session = desk.MakeSession(10).name();
  v1::CreateBookingRequest request = desk.Booking(session, 2);
  request.mutable_booking()->set_booked_for("users/grandma");
  request.mutable_booking()->mutable_needs()->add_languages("en");
  request.mutable_booking()->mutable_needs()->set_lunches(2);
  EXPECT_EQ(desk.Ask<v1::Booking>("CreateBooking", request, User("a")).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.set_request_id(desk.NextRequestId());
  auto booking = desk.Ask<v1::Booking>("CreateBooking", request, kStaff);
  ASSERT_TRUE(booking.ok()) << booking.status();
  EXPECT_EQ(booking->booker(), "users/grandma");
  EXPECT_EQ(booking->made_by(), "users/staff");
  EXPECT_EQ(booking->needs().lunches(), 2);
  EXPECT_TRUE(Get(booking->name(), User("grandma")).ok());
}

TEST_F(BookingChangesTest, WhoDoesNotComeThreeTimesIsBarredUntilItIsExcused) {
  std::vector<std::string> names;
  for (int i = 0; i < 3; ++i) {
    auto booking = Book(desk.MakeSession(5, absl::Minutes(1)).name(), "a", 1);
    ASSERT_TRUE(booking.ok()) << booking.status();
    names.push_back(booking->name());
  }
  desk.Skip(absl::Hours(15));
  EXPECT_EQ(Get(names[0], User("a"))->state(), v1::Booking::NO_SHOW);
  v1::GetConductRequest get;
  get.set_name("users/a/conduct");
  auto conduct = desk.Ask<v1::Conduct>("GetConduct", get, User("a"));
  ASSERT_TRUE(conduct.ok()) << conduct.status();
  EXPECT_THAT(conduct->marks(), SizeIs(3));
  EXPECT_TRUE(conduct->has_barred_until());
  EXPECT_EQ(desk.Ask<v1::Conduct>("GetConduct", get, User("b")).status().code(), absl::StatusCode::kNotFound);
  const std::string next = desk.MakeSession(5).name();
  absl::Status barred = Book(next, "a", 1).status();
  EXPECT_EQ(Reason(barred), "BOOKING_BARRED");
  EXPECT_EQ(Reason(Join(next, "a", 1).status()), "BOOKING_BARRED");
  EXPECT_TRUE(Book(next, "b", 1).ok());

  auto appeal = desk.Named<v1::AppealBookingRequest>(names[0]);
  appeal.set_excuse(v1::Booking::ILLNESS);
  EXPECT_EQ(desk.Ask<v1::Booking>("AppealBooking", appeal, User("b")).status().code(),
            absl::StatusCode::kNotFound);
  ASSERT_TRUE(desk.Ask<v1::Booking>("AppealBooking", appeal, User("a")).ok());
  auto judge = desk.Named<v1::JudgeBookingRequest>(names[0]);
  judge.set_waive(true);
  EXPECT_EQ(desk.Ask<v1::Booking>("JudgeBooking", judge, User("a")).status().code(),
            absl::StatusCode::kPermissionDenied);
  auto judged = desk.Ask<v1::Booking>("JudgeBooking", judge, kStaff);
  ASSERT_TRUE(judged.ok()) << judged.status();
  EXPECT_EQ(judged->appeal(), v1::Booking::GRANTED);
  EXPECT_TRUE(Book(next, "a", 1).ok()) << "two are not three";
  // A new process knows it all from the store.
  desk.Restart();
  EXPECT_THAT(desk.Ask<v1::Conduct>("GetConduct", get, User("a"))->marks(), SizeIs(2));
}

}  // namespace
}  // namespace kepu::event
