// When sessions really ran, as staff report it, and who may.
#include "kepu/event/v1/schedule.pb.h"
#include "libs/calendar/timestamps.h"
#include "tests/service/event_service_fixture.h"

namespace kepu::event {
namespace {

using ::testing::SizeIs;

class EventSessionTimesTest : public EventServiceTest {
 protected:
  // Minutes later than planned.
  absl::StatusOr<v1::Session> Report(const v1::Session& session, int from, int to,
                                     const std::string& reason = "", const rpc::Principal& who = kStaff,
                                     const std::string& request_id = "") {
    v1::ReportSessionTimesRequest request;
    request.set_name(session.name());
    request.set_request_id(request_id.empty() ? desk.NextRequestId() : request_id);
    request.mutable_start_time()->set_seconds(session.start_time().seconds() + 60 * from);
    request.mutable_end_time()->set_seconds(session.end_time().seconds() + 60 * to);
    request.set_reason(reason);
    return desk.Ask<v1::Session>("ScheduleService/ReportSessionTimes", request, who);
  }
  static int64_t LaterBy(const google::protobuf::Timestamp& time, const google::protobuf::Timestamp& plan) {
    return (time.seconds() - plan.seconds()) / 60;
  }
};

TEST_F(EventSessionTimesTest, StaffReportAndCorrectThem) {
  const v1::Session session = desk.MakeSession(10, absl::Hours(48));
  EXPECT_EQ(refusal::ReasonOf(Report(session, 10, 20).status()), "SESSION_NOT_OVER");
  desk.Skip(absl::Hours(52));
  EXPECT_FALSE(desk.Look(session.name()).has_actual_start_time());
  auto reported = Report(session, 10, 20, "", kStaff, "once");
  ASSERT_TRUE(reported.ok()) << reported.status();
  EXPECT_EQ(LaterBy(reported->actual_start_time(), session.start_time()), 10);
  EXPECT_EQ(LaterBy(reported->actual_end_time(), session.end_time()), 20);
  EXPECT_EQ(LaterBy(reported->start_time(), session.start_time()), 0) << "the plan stays";
  ASSERT_TRUE(Report(session, 10, 20, "", kStaff, "once").ok());
  EXPECT_TRUE(desk.last->info.replayed);
  EXPECT_EQ(Report(session, 0, 20).status().code(), absl::StatusCode::kInvalidArgument) << "why?";
  ASSERT_TRUE(Report(session, 0, 20, "misread").ok());
  desk.Restart();
  EXPECT_EQ(LaterBy(desk.Look(session.name()).actual_start_time(), session.start_time()), 0);
  v1::ListSessionChangesRequest changes;
  changes.set_parent(session.name());
  auto listed = desk.Ask<v1::ListSessionChangesResponse>("ListSessionChanges", changes, kStaff);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_THAT(listed->changes(), SizeIs(2));
  EXPECT_EQ(listed->changes(1).kind(), v1::SessionChange::TIMES_REPORTED);
  EXPECT_EQ(listed->changes(1).reason(), "misread");
  EXPECT_EQ(listed->changes(1).by(), kStaff.name);
  EXPECT_EQ(LaterBy(listed->changes(1).start_time_before(), session.start_time()), 10);
  desk.Skip(absl::Hours(24 * 14));
  EXPECT_EQ(Reason(Report(session, 1, 20, "later").status()), "TIMES_TOO_LATE");
}

TEST_F(EventSessionTimesTest, OthersMayNot) {
  const v1::Session session = desk.MakeSession(10, absl::Hours(48));
  desk.Skip(absl::Hours(52));
  EXPECT_EQ(Report(session, 0, 0, "", Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(Report(session, 0, 0, "", User("visitor")).ok());
  EXPECT_FALSE(Report(session, 0, 0, "", Nobody()).ok());
  EXPECT_FALSE(desk.Look(session.name()).has_actual_end_time());
}

// The first who comes is early, and the last who leaves stays on.
TEST_F(EventSessionTimesTest, TheDoorSaysNothingOfIt) {
  const v1::Session session = desk.MakeSession(10, absl::Hours(48));
  auto booking = Book(session.name(), "a");
  ASSERT_TRUE(booking.ok()) << booking.status();
  desk.Skip(absl::Hours(48) + absl::Minutes(5));
  auto in =
      desk.Ask<v1::Booking>("CheckInBooking", desk.Named<v1::CheckInBookingRequest>(booking->name()), kStaff);
  ASSERT_TRUE(in.ok()) << in.status();
  desk.Skip(absl::Hours(24));
  EXPECT_EQ(desk.Look(session.name()).arrived(), 2);
  EXPECT_FALSE(desk.Look(session.name()).has_actual_start_time());
  EXPECT_FALSE(desk.Look(session.name()).has_actual_end_time());
}

}  // namespace
}  // namespace kepu::event
