// Visit days beyond halls: places in public sessions, outreach at the school, and all of it cut off at every
// step: 30 s after it heals nothing is half done.
#include "kepu/event/v1/opening.pb.h"
#include "kepu/event/v1/place_rules.pb.h"
#include "kepu/event/v1/schedule.pb.h"
#include "tests/simulation/visit_day_town.h"

namespace kepu::simulation {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Fate kFates[] = {Fate::kLost, Fate::kReplyLost, Fate::kTwiceLate, Fate::kCrash, Fate::kCrashAfter};

TEST_F(VisitDayTest, ClassesGetPlacesInPublicSessions) {
  const std::string show = Show(town, 9, 100);
  auto made = Create(town, WithShow(town, show));
  ASSERT_TRUE(made.ok()) << made.status();
  auto planned = Do<v1::PlanVisitDayRequest>(town, "PlanVisitDay", made->name());
  ASSERT_TRUE(planned.ok()) << planned.status();
  EXPECT_EQ(Look(town, show).pools(0).free(), 100) << "a plan takes nothing yet";
  ASSERT_TRUE(Do<v1::ConfirmVisitDayRequest>(town, "ConfirmVisitDay", made->name()).ok());
  town.executor.RunFor(absl::Seconds(2));
  EXPECT_EQ(Look(town, show).pools(0).confirmed(), 80) << "two classes of 38 with 2 adults";
  v1::ListBookingsRequest list;
  list.set_parent(show);
  auto bookings = town.Ask<v1::ListBookingsResponse>("ListBookings", list, City());
  ASSERT_TRUE(bookings.ok()) << bookings.status();
  ASSERT_THAT(bookings->bookings(), SizeIs(2));
  const v1::Booking& one = bookings->bookings(0);
  EXPECT_EQ(one.visit_day(), made->name());
  EXPECT_EQ(one.school(), "schools/x");
  EXPECT_EQ(one.state(), v1::Booking::CONFIRMED);
  // The visit day alone changes them.
  v1::CancelBookingRequest cancel;
  cancel.set_name(one.name());
  cancel.set_request_id(town.NewRequestId());
  EXPECT_EQ(refusal::ReasonOf(town.Ask<v1::Booking>("CancelBooking", cancel, Teacher("x")).status()),
            "PART_OF_VISIT_DAY");
  // Planned anew where there is no room for the classes a second time: they keep what they have.
  ASSERT_TRUE(town.Ask<v1::Booking>("CreateBooking", Group(town, show, 15), City()).ok());
  auto replan = On<v1::ReplanVisitDayRequest>(town, made->name());
  replan.mutable_day()->set_start_minute(8 * 60 + 45);
  replan.mutable_day()->set_end_minute(12 * 60);
  auto later = town.Ask<v1::VisitDay>(Method("ReplanVisitDay"), replan, Teacher("x"));
  ASSERT_TRUE(later.ok()) << later.status();
  town.executor.RunFor(absl::Seconds(2));
  EXPECT_EQ(Look(town, show).pools(0).confirmed(), 95);
  ASSERT_TRUE(Do<v1::CancelVisitDayRequest>(town, "CancelVisitDay", made->name()).ok());
  town.executor.RunFor(absl::Seconds(2));
  EXPECT_EQ(Look(town, show).pools(0).confirmed(), 15);
  EXPECT_EQ(town.SchoolClaims(), 0U);
}

TEST_F(VisitDayTest, AFullSessionIsNamedAndNothingElseIsTaken) {
  const std::string show = Show(town, 9, 100);
  auto made = Create(town, WithShow(town, show));
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_TRUE(Do<v1::PlanVisitDayRequest>(town, "PlanVisitDay", made->name()).ok());
  ASSERT_TRUE(town.Ask<v1::Booking>("CreateBooking", Group(town, show, 40), City()).ok());
  const absl::Status refused = Do<v1::ConfirmVisitDayRequest>(town, "ConfirmVisitDay", made->name()).status();
  EXPECT_EQ(refusal::ReasonOf(refused), "VISIT_PART_NOT_FREE") << refused;
  EXPECT_EQ(refusal::ParamOf(refused, "thing"), show);
  EXPECT_EQ(refusal::ParamOf(refused, "reason"), "SESSION_FULL");
  town.executor.RunFor(absl::Seconds(2));
  EXPECT_EQ(Look(town, show).pools(0).free(), 60) << "the first class gave its places back";
  EXPECT_EQ(town.HallClaims(), 0U);
  EXPECT_EQ(town.SchoolClaims(), 0U);
}

std::string EventMethod(absl::string_view name) { return absl::StrCat("/kepu.event.v1.", name); }

// How confirming a visit day with that show ends.
absl::Status ConfirmWith(Town& town, const std::string& show, const std::function<void()>& before) {
  auto made = Create(town, WithShow(town, show));
  if (!made.ok()) return made.status();
  const absl::Status planned = Do<v1::PlanVisitDayRequest>(town, "PlanVisitDay", made->name()).status();
  if (!planned.ok()) return planned;
  before();
  const absl::Status status = Do<v1::ConfirmVisitDayRequest>(town, "ConfirmVisitDay", made->name()).status();
  town.executor.RunFor(absl::Seconds(2));
  return status;
}

TEST_F(VisitDayTest, ASessionThatIsBookedInTurnIsNoPartOfIt) {
  const std::string show = Show(town, 9, 100);
  const absl::Status refused = ConfirmWith(town, show, [&] {
    v1::CreateOpeningRequest request;
    request.set_request_id(town.NewRequestId());
    v1::Opening& opening = *request.mutable_opening();
    opening.mutable_display_name()->set_zh("抢票");
    opening.set_place("venues/a");
    opening.add_sessions(show);
    opening.mutable_open_time()->set_seconds(absl::ToUnixSeconds(town.clock.Now()) + 7200);
    opening.set_rate_per_minute(10);
    const auto made = town.Ask<v1::Opening>(EventMethod("OpeningService/CreateOpening"), request, City());
    ASSERT_TRUE(made.ok()) << made.status();
  });
  EXPECT_EQ(refusal::ParamOf(refused, "reason"), "KEPT_FOR_OPENING") << refused;
  EXPECT_EQ(Look(town, show).pools(0).free(), 100);
  EXPECT_EQ(town.SchoolClaims(), 0U);
}

TEST_F(VisitDayTest, ASessionWithAClassOfItStaysAtItsTime) {
  const std::string show = Show(town, 9, 100);
  ASSERT_EQ(ConfirmWith(town, show, [] {}), absl::OkStatus());
  v1::RescheduleSessionRequest request;
  request.set_name(show);
  request.set_reason("inspection");
  request.set_request_id(town.NewRequestId());
  *request.mutable_start_time() = Look(town, show).start_time();
  request.mutable_start_time()->set_seconds(request.start_time().seconds() + 7200);
  *request.mutable_end_time() = request.start_time();
  request.mutable_end_time()->set_seconds(request.start_time().seconds() + 5400);
  const std::string method = EventMethod("ScheduleService/RescheduleSession");
  EXPECT_EQ(refusal::ReasonOf(town.Ask<v1::RescheduleSessionResponse>(method, request, City()).status()),
            "CLASSES_STUCK");
  request.set_validate_only(true);
  const auto preview = town.Ask<v1::RescheduleSessionResponse>(method, request, City());
  ASSERT_TRUE(preview.ok()) << preview.status();
  ASSERT_THAT(preview->stuck(), SizeIs(2));
  EXPECT_EQ(preview->stuck(0).reason(), "PART_OF_VISIT_DAY");
  EXPECT_THAT(preview->stuck(0).with(), HasSubstr("visitDays/"));
}

TEST_F(VisitDayTest, PlacesInSessionsAreTakenOfTheDayToo) {
  const std::string show = Show(town, 9, 100);
  const auto limit = [&](int most) {
    v1::UpdatePlaceRulesRequest request;
    request.set_request_id(town.NewRequestId());
    request.mutable_rules()->set_name("venues/a/bookingRules");
    v1::DayLimit& day = *request.mutable_rules()->add_limits();
    day.set_id("schools");
    day.add_kinds(v1::Booking::SCHOOL);
    day.set_most(most);
    const auto set =
        town.Ask<v1::PlaceRules>(EventMethod("PlaceRulesService/UpdatePlaceRules"), request, City());
    ASSERT_TRUE(set.ok()) << set.status();
    town.executor.RunFor(absl::Seconds(3));
  };
  const absl::Status refused = ConfirmWith(town, show, [&] { limit(60); });
  EXPECT_EQ(refusal::ParamOf(refused, "reason"), "DAY_QUOTA_USED_UP") << refused;
  EXPECT_EQ(Look(town, show).pools(0).free(), 100);
  limit(80);
  EXPECT_EQ(ConfirmWith(town, show, [] {}), absl::OkStatus());
  EXPECT_EQ(Look(town, show).pools(0).free(), 20);
}

TEST_F(VisitDayTest, WrongSessionsAreNamed) {
  const std::string show = Show(town, 9, 100);
  const auto planned = [&](const std::function<void(v1::VisitDay&)>& harm) {
    v1::CreateVisitDayRequest request = WithShow(town, show);
    harm(*request.mutable_visit_day());
    auto made = Create(town, request);
    if (!made.ok()) return made.status();
    return Do<v1::PlanVisitDayRequest>(town, "PlanVisitDay", made->name()).status();
  };
  const auto message = [&](const std::function<void(v1::VisitDay&)>& harm) {
    const absl::Status status = planned(harm);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    return std::string(status.message());
  };
  EXPECT_THAT(message([](auto& day) { day.mutable_courses(1)->set_minutes(45); }),
              HasSubstr("must last as long as the course"));
  EXPECT_THAT(message([](auto& day) { day.mutable_courses(1)->set_guided(true); }),
              HasSubstr("courses[1].sessions"));
  EXPECT_THAT(message([](auto& day) { day.mutable_courses(1)->set_sessions(0, "venues/a"); }),
              HasSubstr("must be sessions"));
  EXPECT_THAT(message([](auto& day) { day.mutable_date()->set_day(3); }), HasSubstr("must be on the day"));
  EXPECT_EQ(planned([](auto& day) {
              day.mutable_courses(1)->set_sessions(0, "events/class/sessions/none");
            }).code(),
            absl::StatusCode::kNotFound);
}

// The same at the school, in two of its rooms.
v1::CreateVisitDayRequest Outreach(Town& town) {
  v1::CreateVisitDayRequest request = Wishes(town);
  v1::VisitDay& day = *request.mutable_visit_day();
  day.set_school("schools/x");
  day.set_at_school(true);
  day.mutable_rooms(0)->set_name("schools/x/rooms/lab");
  day.mutable_rooms(1)->set_name("schools/x/rooms/aula");
  return request;
}

TEST_F(VisitDayTest, OutreachTakesClassesAndRoomsOfTheSchool) {
  auto made = Create(town, Outreach(town));
  ASSERT_TRUE(made.ok()) << made.status();
  auto planned = Do<v1::PlanVisitDayRequest>(town, "PlanVisitDay", made->name());
  ASSERT_TRUE(planned.ok()) << planned.status();
  EXPECT_THAT(planned->rows(), SizeIs(4));
  auto confirmed = Do<v1::ConfirmVisitDayRequest>(town, "ConfirmVisitDay", made->name());
  ASSERT_TRUE(confirmed.ok()) << confirmed.status();
  EXPECT_EQ(town.HallClaims(), 0U);
  EXPECT_EQ(town.SchoolClaims(), 4U) << "two classes and two rooms";
  // Other classes cannot have the rooms at that time, and their own day takes nothing.
  v1::CreateVisitDayRequest other = Outreach(town);
  for (v1::VisitDay::SchoolClass& one : *other.mutable_visit_day()->mutable_classes())
    one.set_id("4" + one.id());
  auto second = Create(town, other);
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_TRUE(Do<v1::PlanVisitDayRequest>(town, "PlanVisitDay", second->name()).ok());
  const absl::Status refused =
      Do<v1::ConfirmVisitDayRequest>(town, "ConfirmVisitDay", second->name()).status();
  EXPECT_EQ(refusal::ReasonOf(refused), "VISIT_PART_NOT_FREE") << refused;
  EXPECT_EQ(refusal::ParamOf(refused, "reason"), "SCHOOL_ROOM_BUSY");
  town.executor.RunFor(absl::Seconds(2));
  EXPECT_EQ(town.SchoolClaims(), 4U);
  ASSERT_TRUE(Do<v1::CancelVisitDayRequest>(town, "CancelVisitDay", made->name()).ok());
  town.executor.RunFor(absl::Seconds(2));
  EXPECT_TRUE(Do<v1::ConfirmVisitDayRequest>(town, "ConfirmVisitDay", second->name()).ok());
}

TEST_F(VisitDayTest, WrongOutreachIsNamed) {
  const auto message = [&](const std::function<void(v1::VisitDay&)>& harm) {
    v1::CreateVisitDayRequest request = Outreach(town);
    harm(*request.mutable_visit_day());
    const absl::Status status = Create(town, request).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_THAT(message([](auto& day) { day.mutable_rooms(0)->set_name("venues/a/spaces/hall"); }),
              HasSubstr("must be a room of the school, like \"schools/x/rooms/lab\""));
  EXPECT_THAT(message([](auto& day) { day.mutable_rooms(0)->set_name("schools/y/rooms/lab"); }),
              HasSubstr("visit_day.rooms[0].name"));
  EXPECT_THAT(message([](auto& day) { day.add_bays()->set_name("schools/x/rooms/yard"); }),
              HasSubstr("visit_day.bays"));
  EXPECT_THAT(message([](auto& day) { day.add_kits("volunteers/a"); }), HasSubstr("visit_day.kits[0]"));
  v1::CreateVisitDayRequest at_venue = Wishes(town);
  at_venue.mutable_visit_day()->add_kits("exhibits/van-de-graaff");
  EXPECT_THAT(std::string(Create(town, at_venue).status().message()), HasSubstr("set at_school"));
}

struct Outcome {
  int steps = 0;
  bool told = false, moved = false, one = false, both = false;
  size_t halls = 0, visits = 0;
  int places = 0;
  std::vector<std::string> problems;
};

// Two schools confirm the same rooms at once, and places in the same show if there is one; if the first has
// them, it plans anew.
Outcome Visit(bool push, bool with_show, const std::function<Fate(int)>& fates) {
  TownOptions options;
  options.push = push;
  Town town(options);
  Prepare(town);
  const std::string show = with_show ? Show(town, 9, 100) : "";
  const std::string name = Planned(town, "x", show), other = Planned(town, "y", show);
  town.Arm(fates);
  const auto confirm =
      town.Begin(Method("ConfirmVisitDay"), On<v1::ConfirmVisitDayRequest>(town, name), Teacher("x"));
  const auto rival =
      town.Begin(Method("ConfirmVisitDay"), On<v1::ConfirmVisitDayRequest>(town, other), Teacher("y"));
  town.Await({confirm, rival});
  Outcome outcome;
  outcome.told = confirm->status.ok();
  if (outcome.told) {
    auto request = On<v1::ReplanVisitDayRequest>(town, name);
    request.mutable_day()->set_start_minute(with_show ? 9 * 60 : 9 * 60 + 15);
    request.mutable_day()->set_end_minute(12 * 60 + 30);
    const auto replan = town.Begin(Method("ReplanVisitDay"), request, Teacher("x"));
    town.Await({replan});
    outcome.moved = replan->status.ok();
  }
  outcome.steps = town.steps();
  town.Disarm();
  town.executor.RunFor(absl::Seconds(30));
  outcome.problems = town.Problems();
  outcome.visits = town.SchoolClaims();
  outcome.halls = town.HallClaims();
  if (with_show) outcome.places = TakenAt(town, show);
  outcome.both = outcome.told && rival->status.ok();
  outcome.one = outcome.told || rival->status.ok();
  return outcome;
}

void EveryStep(bool push, bool with_show = false) {
  size_t halls = 2;
  const auto expect = [&](const Outcome& outcome) {
    EXPECT_THAT(outcome.problems, IsEmpty());
    EXPECT_FALSE(outcome.both) << "one hall, one school";
    EXPECT_EQ(outcome.visits, outcome.one ? 2U : 0U) << "what was told is what stands, all or nothing";
    EXPECT_EQ(outcome.halls, outcome.one ? halls : 0U);
    EXPECT_EQ(outcome.places, outcome.one && with_show ? 80 : 0);
  };
  const Outcome calm = Visit(push, with_show, [](int) { return Fate::kNormal; });
  if (with_show) halls = calm.halls;
  expect(calm);
  EXPECT_TRUE(calm.told && calm.moved) << "without faults it is done";
  for (int step = 0; step < calm.steps && !::testing::Test::HasFailure(); ++step) {
    for (const Fate fate : kFates) {
      SCOPED_TRACE(absl::StrCat("step ", step, " of ", calm.steps, ", fate ", static_cast<int>(fate)));
      expect(Visit(push, with_show, [=](int at) { return at == step ? fate : Fate::kNormal; }));
    }
  }
}

TEST(VisitDaySimulation, AtEveryStep) { EveryStep(true); }
TEST(VisitDaySimulation, AtEveryStepByAskingAlone) { EveryStep(false); }
TEST(VisitDaySimulation, AtEveryStepWithPlacesInASession) { EveryStep(true, true); }

}  // namespace
}  // namespace kepu::simulation