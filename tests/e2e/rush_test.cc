// The last place, asked for by two thousand at once: a durable Redis and the event service as a process,
// called over gRPC. One has it; while it is only held nobody is told "full"; once it is booked everybody is.
#include "tests/e2e/event_process.h"

namespace kepu {
namespace {

constexpr int kCallers = 2000;

class RushTest : public testing::Test {
 protected:
  void SetUp() override {
    event_.Init();
    event_.Start();
    ASSERT_TRUE(event_.WaitUntilItListens()) << event_.process().Log();
  }

  std::string MakeSession(int capacity) {
    EXPECT_EQ(event_.MakeEvent("last"), "OK");
    event::v1::CreateSessionRequest request;
    request.set_parent("events/last");
    request.mutable_session()->mutable_start_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 864000);
    request.mutable_session()->mutable_end_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 867600);
    request.mutable_session()->add_pools()->set_id("all");
    request.mutable_session()->mutable_pools(0)->set_capacity(capacity);
    request.set_request_id("session");
    std::string bytes;
    EXPECT_EQ(event_.Ask("CreateSession", request, &bytes, "users/staff"), "OK");
    event::v1::Session session;
    session.ParseFromString(bytes);
    return session.name();
  }

  support::TemporaryFolder folder_;
  support::PrivateRedis redis_{support::RedisOptions{.durable = true, .arguments = {}}};
  EventProcess event_{redis_, folder_.path()};
};

TEST_F(RushTest, OneOfTwoThousandHasTheLastPlaceAndFullIsSaidOnlyWhenItIs) {
  const std::string session = MakeSession(1);
  ASSERT_FALSE(session.empty());
  event::v1::HoldBookingRequest hold;
  hold.set_parent(session);
  hold.mutable_booking()->set_kind(event::v1::Booking::PERSON);
  hold.mutable_booking()->mutable_party()->set_adults(1);
  hold.set_request_id("hold");
  std::string bytes;
  const auto held = event_.AskAll(
      "HoldBooking", kCallers, [&](int) { return hold.SerializeAsString(); }, &bytes);
  EXPECT_EQ(held, (std::map<std::string, int>{{"OK", 1}, {"SESSION_HELD", kCallers - 1}}));

  event::v1::Booking booking;
  ASSERT_TRUE(booking.ParseFromString(bytes));
  event::v1::ConfirmBookingRequest confirm;
  confirm.set_name(booking.name());
  confirm.set_request_id("confirm");
  const auto confirmed = event_.AskAll(
      "ConfirmBooking", 1, [&](int) { return confirm.SerializeAsString(); }, nullptr, booking.booker());
  EXPECT_EQ(confirmed, (std::map<std::string, int>{{"OK", 1}}));

  event::v1::CreateBookingRequest create;
  create.set_parent(session);
  *create.mutable_booking() = hold.booking();
  create.set_request_id("create");
  const auto full = event_.AskAll(
      "CreateBooking", kCallers,
      [&](int i) {
        create.set_request_id(absl::StrCat("create", i));
        return create.SerializeAsString();
      },
      nullptr);
  // The one who has the place is told so; the others that there is none.
  EXPECT_EQ(full, (std::map<std::string, int>{{"ALREADY_BOOKED", 1}, {"SESSION_FULL", kCallers - 1}}));
}

}  // namespace
}  // namespace kepu
