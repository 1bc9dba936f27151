// Halls and schools through the handlers of the event service, with the venue service beside it: what is
// refused and why, who may act for a school, and what comes back when something is cancelled.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/reservation/claim.h"
#include "tests/simulation/town.h"

namespace kepu::simulation {
namespace {

namespace v1 = event::v1;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Reason(const absl::Status& status) { return refusal::ReasonOf(status); }

class TownServiceTest : public ::testing::Test {
 protected:
  TownServiceTest() : town(Options()) {
    town.MakeVenue("a");
    town.MakeVenue("b");
    town.MakeProgramme("magnets");
    town.MakeEvent("class", "programmes/magnets");
  }
  ~TownServiceTest() override {
    town.executor.RunFor(absl::Seconds(30));
    EXPECT_THAT(town.Problems(), IsEmpty());
  }
  static TownOptions Options() {
    TownOptions options;
    options.event.school.visits_per_term = 3;
    options.event.rules.group_hold = absl::Seconds(20);
    return options;
  }
  absl::StatusOr<v1::Session> MakeSession(const std::string& place, const std::string& space, int hour,
                                          int days = 0) {
    return town.Ask<v1::Session>("CreateSession", town.SessionAt(place, space, hour, days), City());
  }
  std::string SessionName(const std::string& place, int hour, int days = 0) {
    auto session = MakeSession(place, "", hour, days);
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? session->name() : "";
  }
  absl::StatusOr<v1::Booking> Book(const v1::CreateBookingRequest& request, const rpc::Principal& caller) {
    return town.Ask<v1::Booking>("CreateBooking", request, caller);
  }
  template <class Request, class Response>
  absl::StatusOr<Response> Change(const std::string& method, const std::string& name,
                                  const rpc::Principal& caller) {
    Request request;
    request.set_name(name);
    request.set_request_id(town.NewRequestId());
    if constexpr (std::is_same_v<Request, v1::CancelSessionRequest>) request.set_reason("storm");
    return town.Ask<Response>(method, request, caller);
  }

  Town town;
};

TEST_F(TownServiceTest, ProgrammesAreListedByPlaceAndTheirTermsReachTheSession) {
  v1::ListProgrammesRequest list;
  list.set_place("venues/a");
  auto page = town.Ask<v1::ListProgrammesResponse>("ListProgrammes", list, rpc::Principal());
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->programmes(), SizeIs(1));
  EXPECT_EQ(page->programmes(0).group_min(), 20);
  list.set_place("venues/b");
  EXPECT_THAT(town.Ask<v1::ListProgrammesResponse>("ListProgrammes", list, rpc::Principal())->programmes(),
              IsEmpty());
  auto session = MakeSession("venues/a", "", 10);
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_EQ(session->programme(), "programmes/magnets");
  v1::CreateEventRequest event;
  event.mutable_event()->mutable_display_name()->set_zh("课");
  event.mutable_event()->set_kind(v1::Event::WORKSHOP);
  event.mutable_event()->set_programme("programmes/none");
  event.set_request_id(town.NewRequestId());
  EXPECT_EQ(town.Ask<v1::Event>("CreateEvent", event, City()).status().code(), absl::StatusCode::kNotFound);
  v1::CreateProgrammeRequest again;
  again.mutable_programme()->mutable_display_name()->set_zh("课");
  again.mutable_programme()->set_kind(v1::Programme::MUSEUM_SCHOOL);
  again.mutable_programme()->set_first_grade("3");
  again.mutable_programme()->set_last_grade("13");
  again.mutable_programme()->mutable_duration()->set_seconds(60);
  again.set_request_id(town.NewRequestId());
  EXPECT_EQ(town.Ask<v1::Programme>("CreateProgramme", again, City()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(TownServiceTest, ASessionHasItsHallUntilItIsCancelled) {
  auto session = MakeSession("venues/a", "venues/a/spaces/hall", 10);
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_EQ(session->space(), "venues/a/spaces/hall");
  EXPECT_EQ(town.HallClaims(), 1U);
  const absl::Status taken = MakeSession("venues/a", "venues/a/spaces/hall", 11).status();
  EXPECT_THAT(Reason(taken), ::testing::AnyOf("SPACE_TAKEN", "SPACE_HELD"));
  EXPECT_EQ(refusal::ParamOf(taken, "holder"), session->name());
  EXPECT_NE(refusal::ParamOf(taken, "after"), "-") << "an alternative is named";
  EXPECT_TRUE(MakeSession("venues/a", "venues/a/spaces/room", 11).ok());
  auto cancelled = Change<v1::CancelSessionRequest, v1::Session>("CancelSession", session->name(), City());
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  town.executor.RunFor(absl::Seconds(1));
  EXPECT_TRUE(MakeSession("venues/a", "venues/a/spaces/hall", 11).ok());
}

TEST_F(TownServiceTest, ARepeatedCallFindsTheSessionItMade) {
  const v1::CreateSessionRequest request = town.SessionAt("venues/a", "venues/a/spaces/hall", 10);
  auto first = town.Ask<v1::Session>("CreateSession", request, City());
  auto second = town.Ask<v1::Session>("CreateSession", request, City());
  ASSERT_TRUE(first.ok() && second.ok()) << first.status() << second.status();
  EXPECT_EQ(first->name(), second->name());
  v1::CreateSessionRequest other = request;
  other.mutable_session()->set_space("venues/a/spaces/room");
  EXPECT_EQ(Reason(town.Ask<v1::Session>("CreateSession", other, City()).status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(town.HallClaims(), 1U);
}

TEST_F(TownServiceTest, AClosedVenueTakesNoSession) {
  for (const char* space : {"", "venues/a/spaces/hall"}) {
    const absl::Status status = MakeSession("venues/a", space, 10, 6).status();  // a Monday
    EXPECT_EQ(Reason(status), "VENUE_CLOSED") << status;
    EXPECT_EQ(refusal::ParamOf(status, "rule"), "WEEKLY_CLOSING");
    EXPECT_THAT(refusal::ParamOf(status, "next_open"), HasSubstr("2026-06-09"));
  }
  EXPECT_EQ(Reason(MakeSession("venues/a", "venues/a/spaces/hall", 19).status()), "VENUE_CLOSED")
      << "a hall is reserved inside opening hours";
  EXPECT_EQ(MakeSession("venues/none", "", 10).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(MakeSession("venues/a", "venues/a/spaces/none", 10).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(MakeSession("venues/a", "venues/b/spaces/hall", 10).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(MakeSession("", "", 10, 6).ok()) << "online";
  EXPECT_EQ(town.HallClaims(), 0U);
}

class VenueDownTest : public TownServiceTest {};

TEST_F(VenueDownTest, SessionsAreNotMadeAndBookingsGoOn) {
  const std::string session = SessionName("venues/a", 10);
  town.Arm([](int) { return Fate::kNormal; });
  for (const char* space : {"", "venues/a/spaces/hall"}) {
    town.CrashVenue();
    const absl::Status status = MakeSession("venues/a", space, 13).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
    EXPECT_EQ(Reason(status), "SERVICE_DOWN");
    EXPECT_EQ(refusal::ParamOf(status, "service"), "venue");
  }
  town.CrashVenue();
  EXPECT_TRUE(Book(town.ClassVisit(session, "3-1"), Teacher("x")).ok());
  town.executor.RunFor(absl::Seconds(3));
  EXPECT_TRUE(MakeSession("venues/a", "venues/a/spaces/hall", 13).ok()) << "it is up again";
}

TEST_F(TownServiceTest, SchoolBookingsKeepTheRules) {
  const std::string session = SessionName("venues/a", 10);
  struct Case {
    const char* grade;
    int pupils, adults;
    const char* reason;
  };
  for (const Case& c : std::vector<Case>{{"3", 40, 1, "TOO_FEW_ADULTS"},
                                         {"2", 40, 2, "GRADE_NOT_SERVED"},
                                         {"3", 10, 1, "PARTY_TOO_SMALL"},
                                         {"3", 100, 5, "PARTY_TOO_LARGE"}}) {
    auto request = town.ClassVisit(session, "3-1", c.pupils, c.adults);
    request.mutable_booking()->set_grade(c.grade);
    EXPECT_EQ(Reason(Book(request, Teacher("x")).status()), c.reason);
  }
  auto booking = Book(town.ClassVisit(session, " 3-1 ", 40, 2), Teacher("x"));
  ASSERT_TRUE(booking.ok()) << booking.status();
  EXPECT_EQ(booking->school(), "schools/x") << "the only one where the caller teaches";
  EXPECT_EQ(booking->state(), v1::Booking::CONFIRMED);
  EXPECT_EQ(Reason(Book(town.ClassVisit(session, "3-1"), Teacher("x", "colleague")).status()),
            "ALREADY_BOOKED");
  EXPECT_EQ(Reason(Book(town.ClassVisit(session, "3-2", 60, 3), Teacher("x")).status()), "SESSION_FULL");
  EXPECT_EQ(town.SchoolClaims(), 1U) << "what is refused claims nothing";
  const std::string meanwhile = SessionName("venues/b", 11);
  const absl::Status busy = Book(town.ClassVisit(meanwhile, "3-1"), Teacher("x")).status();
  EXPECT_EQ(Reason(busy), "CLASS_BUSY") << busy;
  EXPECT_EQ(refusal::ParamOf(busy, "with"), session);
  EXPECT_TRUE(Book(town.ClassVisit(meanwhile, "3-2"), Teacher("x")).ok());
  EXPECT_TRUE(Book(town.ClassVisit(meanwhile, "3-1"), Teacher("y")).ok()) << "a class of another school";
  EXPECT_TRUE(Book(town.ClassVisit(SessionName("venues/b", 14), "3-1"), Teacher("x")).ok());
  const absl::Status quota =
      Book(town.ClassVisit(SessionName("venues/b", 10, 1), "3-1"), Teacher("x")).status();
  EXPECT_EQ(Reason(quota), "SCHOOL_QUOTA_USED_UP") << quota;
  EXPECT_EQ(refusal::ParamOf(quota, "term"), "2026-spring");
}

TEST_F(TownServiceTest, WhoActsForASchoolMayBookSeeAndCancelForIt) {
  const std::string session = SessionName("venues/a", 10);
  auto request = town.ClassVisit(session, "3-1");
  EXPECT_EQ(Book(request, {"users/visitor", "", {}}).status().code(), absl::StatusCode::kInvalidArgument);
  request.mutable_booking()->set_school("schools/x");
  EXPECT_EQ(Book(request, {"users/visitor", "", {}}).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Book(request, Teacher("y")).status().code(), absl::StatusCode::kNotFound);
  request.mutable_booking()->set_kind(v1::Booking::GROUP);
  EXPECT_EQ(Book(request, Teacher("x")).status().code(), absl::StatusCode::kInvalidArgument);
  request = town.ClassVisit(session, "3-1");
  request.mutable_booking()->set_school("schools/x");
  auto booking = Book(request, {"users/staff", "", {{"venue_staff", "venues/a"}}});
  ASSERT_TRUE(booking.ok()) << "staff on behalf: " << booking.status();

  v1::GetBookingRequest get;
  get.set_name(booking->name());
  EXPECT_TRUE(town.Ask<v1::Booking>("GetBooking", get, Teacher("x", "colleague")).ok());
  EXPECT_EQ(town.Ask<v1::Booking>("GetBooking", get, Teacher("y")).status().code(),
            absl::StatusCode::kNotFound);
  v1::ListBookingsRequest list;
  list.set_parent("schools/x");
  auto page = town.Ask<v1::ListBookingsResponse>("ListBookings", list, Teacher("x", "colleague"));
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->bookings(), SizeIs(1));
  EXPECT_EQ(page->bookings(0).name(), booking->name());
  EXPECT_EQ(town.Ask<v1::ListBookingsResponse>("ListBookings", list, Teacher("y")).status().code(),
            absl::StatusCode::kNotFound);
  auto cancelled = Change<v1::CancelBookingRequest, v1::Booking>("CancelBooking", booking->name(),
                                                                 Teacher("x", "colleague"));
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  town.executor.RunFor(absl::Milliseconds(200));
  EXPECT_EQ(town.SchoolClaims(), 0U) << "released at once";
  EXPECT_TRUE(Book(town.ClassVisit(session, "3-1"), Teacher("x")).ok());
}

TEST_F(TownServiceTest, ARepeatedSchoolBookingIsOne) {
  const std::string session = SessionName("venues/a", 10);
  auto request = town.ClassVisit(session, "3-1");
  auto first = Book(request, Teacher("x"));
  auto second = Book(request, Teacher("x"));
  ASSERT_TRUE(first.ok() && second.ok()) << first.status() << second.status();
  EXPECT_EQ(first->name(), second->name());
  request.mutable_booking()->set_school_class("3-2");
  EXPECT_EQ(Reason(Book(request, Teacher("x")).status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(town.SchoolClaims(), 1U);
}

TEST_F(TownServiceTest, EndedReservationsAreForgottenAndAVeryLateRepeatIsRefused) {
  auto request = town.ClassVisit(SessionName("venues/a", 10), "3-1");
  const auto made = Book(request, Teacher("x"));
  ASSERT_TRUE(made.ok()) << made.status();
  const auto kept = [&] { return town.EventFields({"c/", "r/", "f/"}); };
  EXPECT_THAT(kept(), SizeIs(2)) << "a claim and a record";
  v1::CancelBookingRequest cancel;
  cancel.set_name(made->name());
  cancel.set_request_id(town.NewRequestId());
  ASSERT_TRUE(town.Ask<v1::Booking>("CancelBooking", cancel, Teacher("x")).ok());
  town.executor.RunFor(absl::Seconds(10));
  EXPECT_THAT(kept(), SizeIs(4)) << "and when they ended";
  town.clock.SetSkew(reservation::kCallMax);
  town.executor.RunFor(absl::Seconds(10));
  EXPECT_THAT(kept(), SizeIs(4));
  EXPECT_EQ(Book(request, Teacher("x"))->state(), v1::Booking::CANCELLED);
  town.clock.SetSkew(reservation::kRememberFor + absl::Hours(24));
  town.executor.RunFor(absl::Seconds(10));
  EXPECT_THAT(kept(), IsEmpty()) << "nobody touched the session or the school";
  EXPECT_EQ(Reason(Book(request, Teacher("x")).status()), "REQUEST_TOO_OLD");
  request.set_request_id(town.NewRequestId());
  EXPECT_TRUE(Book(request, Teacher("x")).ok());
}

TEST_F(TownServiceTest, HoldsAndCancelledSessionsGiveTheClassBack) {
  const std::string session = SessionName("venues/a", 10);
  v1::HoldBookingRequest hold;
  hold.ParseFromString(town.ClassVisit(session, "3-1").SerializeAsString());
  auto held = town.Ask<v1::Booking>("HoldBooking", hold, Teacher("x"));
  ASSERT_TRUE(held.ok()) << held.status();
  ASSERT_EQ(held->state(), v1::Booking::HELD);
  EXPECT_EQ(town.SchoolClaims(), 1U);
  town.executor.RunFor(absl::Seconds(25));
  EXPECT_EQ(town.SchoolClaims(), 0U) << "the hold ran out";
  ASSERT_TRUE(Book(town.ClassVisit(session, "3-1"), Teacher("x")).ok());
  ASSERT_TRUE((Change<v1::CancelSessionRequest, v1::Session>("CancelSession", session, City()).ok()));
  town.executor.RunFor(absl::Seconds(10));
  EXPECT_EQ(town.SchoolClaims(), 0U);
}

TEST_F(TownServiceTest, AnOfferIsTakenWhenTheClassHasTime) {
  const std::string session = SessionName("venues/a", 10);
  auto full = Book(town.ClassVisit(session, "5-1", 80, 4), Teacher("y"));
  ASSERT_TRUE(full.ok()) << full.status();
  v1::JoinWaitListRequest join;
  join.set_parent(session);
  join.set_request_id(town.NewRequestId());
  join.mutable_wait_entry()->set_kind(v1::Booking::SCHOOL);
  join.mutable_wait_entry()->mutable_party()->set_pupils(40);
  join.mutable_wait_entry()->mutable_party()->set_adults(1);
  join.mutable_wait_entry()->set_school_class("3-1");
  join.mutable_wait_entry()->set_grade("3");
  EXPECT_EQ(Reason(town.Ask<v1::WaitEntry>("JoinWaitList", join, Teacher("x")).status()), "TOO_FEW_ADULTS");
  join.mutable_wait_entry()->mutable_party()->set_adults(2);
  auto entry = town.Ask<v1::WaitEntry>("JoinWaitList", join, Teacher("x"));
  ASSERT_TRUE(entry.ok()) << entry.status();
  auto other = Book(town.ClassVisit(SessionName("venues/b", 11), "3-1"), Teacher("x"));
  ASSERT_TRUE(other.ok()) << other.status();
  ASSERT_TRUE(
      (Change<v1::CancelBookingRequest, v1::Booking>("CancelBooking", full->name(), Teacher("y")).ok()));
  v1::GetWaitEntryRequest get;
  get.set_name(entry->name());
  entry = town.Ask<v1::WaitEntry>("GetWaitEntry", get, Teacher("x", "colleague"));
  ASSERT_TRUE(entry.ok() && entry->state() == v1::WaitEntry::OFFERED) << entry.status();
  auto take = [&] {
    return Change<v1::ConfirmBookingRequest, v1::Booking>("ConfirmBooking", entry->offer(), Teacher("x"));
  };
  EXPECT_EQ(Reason(take().status()), "CLASS_BUSY");
  ASSERT_TRUE(
      (Change<v1::CancelBookingRequest, v1::Booking>("CancelBooking", other->name(), Teacher("x")).ok()));
  town.executor.RunFor(absl::Milliseconds(200));
  auto taken = take();
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->state(), v1::Booking::CONFIRMED);
  EXPECT_EQ(town.SchoolClaims(), 1U);
  EXPECT_TRUE(take().ok()) << "twice is once";
}

}  // namespace
}  // namespace kepu::simulation
