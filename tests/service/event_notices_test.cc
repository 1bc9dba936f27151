// What people are told of their bookings: offers, cancelled sessions and moves, each once, also when identity
// was down or the service ended before it had told.
#include <map>

#include "kepu/event/v1/approval.pb.h"
#include "kepu/event/v1/schedule.pb.h"
#include "kepu/identity/v1/identity.pb.h"
#include "tests/service/event_neighbours.h"
#include "tests/service/event_service_fixture.h"

namespace kepu::event {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Inboxes as identity keeps them: a notice with a request id that it knows is not put in again.
class Inboxes final : public rpc::Peer {
 public:
  explicit Inboxes(executor::Executor& executor) : executor_(executor) {}
  void Call(absl::string_view method, const rpc::Context& context, std::string bytes,
            absl::AnyInvocable<void(absl::StatusOr<rpc::PeerAnswer>)> done) override {
    absl::StatusOr<rpc::PeerAnswer> answer = rpc::PeerAnswer{};
    identity::v1::PostNoticeRequest request;
    if (down) {
      answer = absl::UnavailableError("down");
    } else if (method == "/kepu.identity.v1.IdentityService/PostNotice" && request.ParseFromString(bytes)) {
      EXPECT_EQ(context.principal.service, "event");
      EXPECT_LE(request.request_id().size(), 64U);
      if (seen_.insert(request.request_id()).second) notices[request.parent()].push_back(request.notice());
    }
    executor_.Post(
        [done = std::move(done), answer = std::move(answer)]() mutable { done(std::move(answer)); });
  }
  std::vector<std::string> KindsOf(const std::string& user) {
    std::vector<std::string> kinds;
    for (const auto& notice : notices["users/" + user]) kinds.push_back(notice.kind());
    return kinds;
  }

  bool down = false;
  std::map<std::string, std::vector<identity::v1::Notice>> notices;

 private:
  executor::Executor& executor_;
  std::set<std::string> seen_;
};

class EventNoticesTest : public EventServiceTest {
 protected:
  void SetUp() override {
    desk.identity = &inboxes;
    desk.Restart();
    EventServiceTest::SetUp();
  }
  void CancelSession(const std::string& name) {
    auto request = desk.Named<v1::CancelSessionRequest>(name);
    request.set_reason("storm");
    ASSERT_TRUE(desk.Ask<v1::Session>("CancelSession", request, kStaff).ok());
  }

  Inboxes inboxes{desk.executor};
};

TEST_F(EventNoticesTest, OffersCancellationsAndMovesAreToldOnce) {
  const std::string session = desk.MakeSession(2).name(), other = desk.MakeSession(2).name();
  auto booking = Book(session, "a", 2);
  ASSERT_TRUE(booking.ok() && Join(session, "w", 2).ok());
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_THAT(inboxes.notices, IsEmpty()) << "who booked or waits knows it";
  v1::MoveBookingRequest move = desk.Named<v1::MoveBookingRequest>(booking->name());
  move.set_session(other);
  auto moved = desk.Ask<v1::Booking>("MoveBooking", move, kStaff);
  ASSERT_TRUE(moved.ok()) << moved.status();
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_THAT(inboxes.KindsOf("a"), ElementsAre("BOOKING_MOVED"));
  EXPECT_EQ(inboxes.notices["users/a"][0].about(), moved->name());
  EXPECT_THAT(inboxes.KindsOf("w"), ElementsAre("WAIT_LIST_OFFER"));
  CancelSession(other);
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_THAT(inboxes.KindsOf("a"), ElementsAre("BOOKING_MOVED", "SESSION_CANCELLED"));
  bool said = false;
  for (const auto& param : inboxes.notices["users/a"][1].params())
    said |= param.key() == "why" && param.value() == "storm";
  EXPECT_TRUE(said);
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_THAT(inboxes.KindsOf("a"), SizeIs(2)) << "told again by the new process, taken once";
}

TEST_F(EventNoticesTest, WhatStaffDecideIsTold) {
  std::vector<std::string> sessions;
  for (int i = 0; i < 2; ++i) {
    const std::string name = desk.MakeSession(50).name();
    v1::UpdateSessionRequest terms;
    terms.mutable_session()->set_name(name);
    terms.mutable_session()->mutable_terms()->set_approval_heads(10);
    terms.set_request_id(desk.NextRequestId());
    ASSERT_TRUE(desk.Ask<v1::Session>("UpdateSession", terms, kStaff).ok());
    sessions.push_back(name);
  }
  auto a = Book(sessions[0], "a", 10), b = Book(sessions[0], "b", 10);
  ASSERT_TRUE(a.ok() && b.ok());
  auto offer = desk.Named<v1::CounterOfferBookingRequest>(a->name());
  offer.set_session(sessions[1]);
  ASSERT_TRUE(desk.Ask<v1::Booking>("ApprovalService/CounterOfferBooking", offer, kStaff).ok());
  ASSERT_TRUE(desk.Ask<v1::Booking>("ApprovalService/ApproveBooking",
                                    desk.Named<v1::ApproveBookingRequest>(a->name()), kStaff)
                  .ok());
  auto decline = desk.Named<v1::DeclineBookingRequest>(b->name());
  decline.set_reason("no guide");
  ASSERT_TRUE(desk.Ask<v1::Booking>("ApprovalService/DeclineBooking", decline, kStaff).ok());
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_THAT(inboxes.KindsOf("a"), ::testing::UnorderedElementsAre("COUNTER_OFFER", "BOOKING_APPROVED"));
  ASSERT_THAT(inboxes.KindsOf("b"), ElementsAre("BOOKING_DECLINED"));
  EXPECT_THAT(inboxes.notices["users/b"][0].ShortDebugString(), ::testing::HasSubstr("no guide"));
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_THAT(inboxes.KindsOf("a"), SizeIs(2)) << "told again by the new process, taken once";
}

TEST_F(EventNoticesTest, WhatIdentityMissedIsToldLater) {
  const std::string session = desk.MakeSession(70).name();
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(Book(session, absl::StrCat("u", i), 1).ok());
  inboxes.down = true;
  CancelSession(session);
  desk.executor.RunFor(absl::Seconds(20));
  EXPECT_THAT(inboxes.notices, IsEmpty());
  inboxes.down = false;
  desk.executor.RunFor(absl::Seconds(20));
  EXPECT_THAT(inboxes.notices, SizeIs(40));
}

TEST_F(EventNoticesTest, AProcessThatEndedBeforeItToldIsMadeGoodByTheNext) {
  const std::string session = desk.MakeSession(5).name();
  ASSERT_TRUE(Book(session, "a", 1).ok());
  inboxes.down = true;
  CancelSession(session);
  desk.executor.RunFor(absl::Seconds(5));
  inboxes.down = false;
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_THAT(inboxes.KindsOf("a"), ElementsAre("SESSION_CANCELLED"));
}

TEST_F(EventNoticesTest, AnotherTimeIsToldOnceToAllWhoStand) {
  const v1::Session session = desk.MakeSession(60);
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(Book(session.name(), absl::StrCat("u", i), 1).ok());
  ASSERT_TRUE(Hold(session.name(), "h", 1).ok());
  for (int times = 1; times <= 2; ++times) {
    auto request = desk.Named<v1::RescheduleSessionRequest>(session.name());
    request.mutable_start_time()->set_seconds(session.start_time().seconds() + times * 3600);
    request.mutable_end_time()->set_seconds(session.end_time().seconds() + times * 3600);
    request.set_reason("storm");
    ASSERT_TRUE(
        desk.Ask<v1::RescheduleSessionResponse>("ScheduleService/RescheduleSession", request, kStaff).ok());
    desk.executor.RunFor(absl::Seconds(10));
    EXPECT_THAT(inboxes.KindsOf("u39"), SizeIs(static_cast<size_t>(times)));
  }
  EXPECT_THAT(inboxes.notices, SizeIs(41));
  EXPECT_THAT(inboxes.KindsOf("u0"), ElementsAre("SESSION_RESCHEDULED", "SESSION_RESCHEDULED"));
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(10));
  EXPECT_THAT(inboxes.KindsOf("u0"), SizeIs(2)) << "told again by the new process, taken once";
}

TEST_F(EventNoticesTest, AClosureIsToldAndThatItIsOver) {
  EventNeighbours around(desk.executor, desk.clock);
  desk.venue_log = &around.venues;
  desk.Restart();
  const v1::Session session = desk.MakeSession(10);
  ASSERT_TRUE(Book(session.name(), "a", 1).ok());
  const absl::Time start = absl::FromUnixSeconds(session.start_time().seconds());
  around.Close("storm", start, start + absl::Hours(1));
  desk.executor.RunFor(absl::Seconds(20));
  EXPECT_THAT(inboxes.KindsOf("a"), ElementsAre("SESSION_DISRUPTED"));
  around.End("storm");
  desk.executor.RunFor(absl::Seconds(20));
  EXPECT_THAT(inboxes.KindsOf("a"), ElementsAre("SESSION_DISRUPTED", "SESSION_RESTORED"));
  desk.service.reset();
}

}  // namespace
}  // namespace kepu::event
