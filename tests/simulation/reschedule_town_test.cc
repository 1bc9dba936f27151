// A session with a hall, two classes and a family gets another time, with every message and every commit
// lost, answered to nobody, late, or cut off by a crash: 30 s after it heals everything has moved or nothing
// has. And what is in its way is told before.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/event/v1/schedule.pb.h"
#include "tests/simulation/town.h"

namespace kepu::simulation {
namespace {

constexpr char kReschedule[] = "/kepu.event.v1.ScheduleService/RescheduleSession";

template <class Message>
Message Parsed(const Town::ErrandPtr& errand) {
  Message message;
  EXPECT_EQ(errand->status, absl::OkStatus());
  EXPECT_TRUE(message.ParseFromString(errand->bytes));
  return message;
}

class Moving {
 public:
  explicit Moving(uint64_t seed = 1) : town(OptionsFor(seed)) {
    town.MakeVenue("a");
    town.MakeEvent("class");
    session = Make(10);
    for (const char* name : {"3-1", "3-2"}) {
      auto booked = town.Begin("CreateBooking", town.ClassVisit(session.name(), name), Teacher("x"));
      town.Await({booked});
      bookings.push_back(Parsed<event::v1::Booking>(booked).name());
    }
    town.executor.RunFor(absl::Seconds(10));
  }
  static TownOptions OptionsFor(uint64_t seed) {
    TownOptions options;
    options.seed = seed;
    return options;
  }
  event::v1::Session Make(int hour, const std::string& space = "venues/a/spaces/hall", int days = 0) {
    auto made = town.Begin("CreateSession", town.SessionAt("venues/a", space, hour, days), City());
    town.Await({made});
    return Parsed<event::v1::Session>(made);
  }
  event::v1::RescheduleSessionRequest To(int minutes_later) {
    event::v1::RescheduleSessionRequest request;
    request.set_name(session.name());
    request.mutable_start_time()->set_seconds(session.start_time().seconds() + minutes_later * 60);
    request.mutable_end_time()->set_seconds(session.end_time().seconds() + minutes_later * 60);
    request.set_reason("storm");
    request.set_request_id(town.NewRequestId());
    return request;
  }
  absl::StatusOr<event::v1::RescheduleSessionResponse> Ask(
      const event::v1::RescheduleSessionRequest& request) {
    return town.Ask<event::v1::RescheduleSessionResponse>(kReschedule, request, City());
  }
  event::v1::Session Look() {
    event::v1::GetSessionRequest request;
    request.set_name(session.name());
    auto found = town.Ask<event::v1::Session>("GetSession", request, City());
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *found : event::v1::Session();
  }
  bool HasMoved(int minutes_later) {
    return Look().start_time().seconds() == session.start_time().seconds() + minutes_later * 60;
  }

  Town town;
  event::v1::Session session;
  std::vector<std::string> bookings;
};

TEST(TownReschedule, HallAndClassesMoveTogether) {
  Moving moving;
  // An hour later: both times meet the old ones, which are given back by the same commit.
  auto moved = moving.Ask(moving.To(60));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->classes(), 2);
  moving.town.executor.RunFor(absl::Seconds(30));
  EXPECT_THAT(moving.town.Problems(), ::testing::IsEmpty());
  EXPECT_TRUE(moving.HasMoved(60));
  EXPECT_EQ(moving.town.HallClaims(), 1U);
  EXPECT_EQ(moving.town.SchoolClaims(), 2U);
  // Each is given back by itself.
  event::v1::CancelBookingRequest cancel;
  cancel.set_name(moving.bookings[0]);
  cancel.set_request_id(moving.town.NewRequestId());
  ASSERT_TRUE(moving.town.Ask<event::v1::Booking>("CancelBooking", cancel, Teacher("x")).ok());
  moving.town.executor.RunFor(absl::Seconds(30));
  EXPECT_EQ(moving.town.SchoolClaims(), 1U);
  EXPECT_THAT(moving.town.Problems(), ::testing::IsEmpty());
  // To another hall at the same time.
  auto other = moving.To(60);
  other.set_space("venues/a/spaces/room");
  ASSERT_TRUE(moving.Ask(other).ok());
  moving.town.executor.RunFor(absl::Seconds(30));
  EXPECT_EQ(moving.Look().space(), "venues/a/spaces/room");
  EXPECT_THAT(moving.town.Problems(), ::testing::IsEmpty());
}

TEST(TownReschedule, WhatIsInTheWayIsToldAndNothingMoves) {
  Moving moving;
  const event::v1::Session other = moving.Make(14, "venues/a/spaces/room");
  auto busy = moving.town.Begin("CreateBooking", moving.town.ClassVisit(other.name(), "3-2"), Teacher("x"));
  moving.town.Await({busy});
  const event::v1::Session rival = moving.Make(12);
  auto preview = moving.To(4 * 60);
  preview.set_validate_only(true);
  auto told = moving.Ask(preview);
  ASSERT_TRUE(told.ok()) << told.status();
  ASSERT_EQ(told->stuck_size(), 1);
  EXPECT_EQ(told->stuck(0).reason(), "CLASS_BUSY");
  EXPECT_EQ(told->stuck(0).with(), other.name());
  EXPECT_TRUE(moving.HasMoved(0));
  preview = moving.To(2 * 60);
  preview.set_validate_only(true);
  told = moving.Ask(preview);
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ(told->clashes_size(), 1);
  EXPECT_EQ(refusal::ReasonOf(moving.Ask(moving.To(4 * 60)).status()), "CLASSES_STUCK");
  EXPECT_EQ(refusal::ReasonOf(moving.Ask(moving.To(2 * 60)).status()), "SPACE_TAKEN");
  // A Monday: the venue is closed.
  EXPECT_EQ(refusal::ReasonOf(moving.Ask(moving.To(6 * 24 * 60)).status()), "VENUE_CLOSED");
  EXPECT_TRUE(moving.HasMoved(0));
  moving.town.executor.RunFor(absl::Seconds(30));
  EXPECT_THAT(moving.town.Problems(), ::testing::IsEmpty());
  // Staff let the class go that cannot come.
  auto chosen = moving.To(4 * 60);
  chosen.add_cancel_bookings(moving.bookings[1]);
  auto moved = moving.Ask(chosen);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->classes(), 1);
  moving.town.executor.RunFor(absl::Seconds(30));
  EXPECT_TRUE(moving.HasMoved(4 * 60));
  EXPECT_THAT(moving.town.Problems(), ::testing::IsEmpty());
  EXPECT_EQ(moving.town.SchoolClaims(), 2U) << "one here, one at the other session";
}

TEST(TownReschedule, AllOrNothingAtEveryStep) {
  int steps = 1;
  for (const Fate fate : {Fate::kLost, Fate::kReplyLost, Fate::kTwiceLate, Fate::kCrash, Fate::kCrashAfter}) {
    for (int at = 0; at < steps; ++at) {
      Moving moving;
      moving.town.Arm([at, fate](int step) { return step == at ? fate : Fate::kNormal; });
      auto errand = moving.town.Begin(kReschedule, moving.To(60), City());
      moving.town.Await({errand});
      steps = std::min(24, std::max(steps, moving.town.steps()));
      moving.town.Disarm();
      moving.town.executor.RunFor(absl::Seconds(30));
      EXPECT_THAT(moving.town.Problems(), ::testing::IsEmpty())
          << "fate " << static_cast<int>(fate) << " at " << at;
      EXPECT_EQ(moving.HasMoved(60), errand->status.ok()) << errand->status << " at " << at;
      EXPECT_EQ(moving.town.HallClaims(), 1U);
      EXPECT_EQ(moving.town.SchoolClaims(), 2U);
    }
  }
}

TEST(TownSeries, WhatIsInTheWayIsToldOrLeftOut) {
  Moving moving;
  const event::v1::Session rival = moving.Make(14, "venues/a/spaces/hall", 7);
  event::v1::CreateSessionSeriesRequest request;
  request.set_parent("events/class");
  request.set_request_id(moving.town.NewRequestId());
  *request.mutable_series()->mutable_session() =
      moving.town.SessionAt("venues/a", "venues/a/spaces/hall", 14).session();
  request.mutable_series()->mutable_recurrence()->set_count(3);
  const std::string method = "/kepu.event.v1.ScheduleService/CreateSessionSeries";
  auto preview = request;
  preview.set_validate_only(true);
  auto told = moving.town.Ask<event::v1::SessionSeries>(method, preview, City());
  ASSERT_TRUE(told.ok()) << told.status();
  ASSERT_EQ(told->occurrences_size(), 3);
  EXPECT_EQ(told->occurrences(1).reason(), "SPACE_TAKEN");
  EXPECT_GT(told->occurrences(1).alternatives_size(), 0);
  EXPECT_EQ(refusal::ReasonOf(moving.town.Ask<event::v1::SessionSeries>(method, request, City()).status()),
            "SERIES_IN_THE_WAY");
  request.mutable_series()->set_skip_conflicts(true);
  request.set_request_id(moving.town.NewRequestId());
  auto made = moving.town.Ask<event::v1::SessionSeries>(method, request, City());
  ASSERT_TRUE(made.ok()) << made.status();
  moving.town.executor.RunFor(absl::Seconds(30));
  event::v1::GetSessionSeriesRequest get;
  get.set_name(made->name());
  auto done = moving.town.Ask<event::v1::SessionSeries>("/kepu.event.v1.ScheduleService/GetSessionSeries",
                                                        get, City());
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->state(), event::v1::SessionSeries::DONE);
  EXPECT_EQ(done->made(), 2);
  EXPECT_EQ(done->refused(), 1);
  EXPECT_EQ(moving.town.HallClaims(), 4U);
  EXPECT_THAT(moving.town.Problems(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace kepu::simulation
