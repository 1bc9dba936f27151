// Closures, people that sessions wait for, and other times, as callers meet them: through the logs of the
// venue and the volunteer service, also while those cannot be read.
#include "kepu/event/v1/schedule.pb.h"
#include "libs/calendar/timestamps.h"
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/event_neighbours.h"
#include "tests/service/event_service_fixture.h"

namespace kepu::event {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EventScheduleTest : public EventServiceTest {
 protected:
  void SetUp() override {
    desk.venue_log = &around.venues;
    desk.volunteer_log = &around.volunteers;
    desk.Restart();
    EventServiceTest::SetUp();
  }
  void Wait() { desk.executor.RunFor(absl::Seconds(20)); }
  v1::ListDisruptionsResponse Disrupted() {
    v1::ListDisruptionsRequest request;
    request.set_place("venues/cqstm");
    auto found = desk.Ask<v1::ListDisruptionsResponse>("ScheduleService/ListDisruptions", request, kStaff);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *found : v1::ListDisruptionsResponse();
  }
  absl::StatusOr<v1::RescheduleSessionResponse> Move(const v1::Session& session, absl::Duration later,
                                                     const std::string& request_id = "") {
    v1::RescheduleSessionRequest request;
    request.set_name(session.name());
    const int64_t by = absl::ToInt64Seconds(later);
    request.mutable_start_time()->set_seconds(session.start_time().seconds() + by);
    request.mutable_end_time()->set_seconds(session.end_time().seconds() + by);
    request.set_reason("storm");
    request.set_request_id(request_id.empty() ? desk.NextRequestId() : request_id);
    return desk.Ask<v1::RescheduleSessionResponse>("ScheduleService/RescheduleSession", request, kStaff);
  }
  absl::StatusOr<v1::Session> SetStaffing(const std::string& session, v1::Staffing::AtDeadline at_deadline) {
    v1::SetStaffingRequest request;
    request.set_name(session);
    request.set_request_id(desk.NextRequestId());
    v1::Staffing& staffing = *request.mutable_staffing();
    staffing.add_needs()->set_role("讲解员");
    staffing.mutable_needs(0)->set_count(2);
    staffing.set_opens_when_staffed(true);
    staffing.set_at_deadline(at_deadline);
    calendar::SetMicros(absl::ToUnixMicros(desk.clock.Now() + absl::Hours(24)), staffing.mutable_decide_by());
    return desk.Ask<v1::Session>("ScheduleService/SetStaffing", request, kStaff);
  }
  static absl::Time Start(const v1::Session& session) { return calendar::FromProto(session.start_time()); }

  EventNeighbours around{desk.executor, desk.clock};
};

TEST_F(EventScheduleTest, AClosureIsFollowedByItself) {
  const v1::Session hit = desk.MakeSession(10), other = desk.MakeSession(10, absl::Hours(500));
  ASSERT_TRUE(Book(hit.name(), "a", 3).ok() && Book(hit.name(), "b", 2).ok());
  auto gone = Book(hit.name(), "c", 1);
  ASSERT_TRUE(gone.ok());
  ASSERT_TRUE(
      desk.Ask<v1::Booking>("CancelBooking", desk.Named<v1::CancelBookingRequest>(gone->name()), User("c"))
          .ok());
  around.Close("storm", Start(hit) - absl::Hours(1), Start(hit) + absl::Hours(1));
  Wait();
  // Folded, then loaded by a new process: the same.
  for (int round = 0; round < 2; ++round) {
    const v1::ListDisruptionsResponse found = Disrupted();
    ASSERT_THAT(found.disrupted(), SizeIs(1));
    EXPECT_EQ(found.disrupted(0).session().name(), hit.name());
    EXPECT_EQ(found.disrupted(0).bookings(), 2);
    EXPECT_EQ(found.disrupted(0).heads(), 5);
    EXPECT_THAT(found.unknown_of(), IsEmpty());
    desk.Restart();
    Wait();
  }
  const v1::Session shown = desk.Look(hit.name());
  ASSERT_THAT(shown.disrupted_by(), SizeIs(1));
  EXPECT_EQ(shown.disrupted_by(0).name(), "venues/cqstm/closures/storm");
  EXPECT_EQ(shown.disrupted_by(0).reason(), "暴雨");
  const absl::Status refused = Book(hit.name(), "d", 1).status();
  EXPECT_EQ(Reason(refused), "SESSION_DISRUPTED");
  EXPECT_EQ(refusal::ParamOf(refused, "by"), "venues/cqstm/closures/storm");
  EXPECT_TRUE(Book(other.name(), "d", 1).ok());
  // Cut short so that it is over before, then long again, then called off.
  around.Close("storm", Start(hit) - absl::Hours(3), Start(hit) - absl::Hours(1));
  Wait();
  EXPECT_THAT(Disrupted().disrupted(), IsEmpty());
  EXPECT_TRUE(Book(hit.name(), "d", 1).ok());
  desk.Skip(absl::Seconds(1));
  around.Close("storm", Start(hit) - absl::Hours(3), Start(hit) + absl::Hours(1));
  Wait();
  EXPECT_THAT(Disrupted().disrupted(), SizeIs(1));
  around.End("storm");
  Wait();
  EXPECT_THAT(Disrupted().disrupted(), IsEmpty());
}

TEST_F(EventScheduleTest, ASessionMadeOrMovedIntoAClosureIsMarkedToo) {
  const absl::Time day = desk.clock.Now() + absl::Hours(240);
  around.Close("storm", day - absl::Hours(2), day + absl::Hours(4));
  Wait();
  const v1::Session made = desk.MakeSession(10, absl::Hours(240) - absl::Seconds(20));
  Wait();
  EXPECT_THAT(Disrupted().disrupted(), SizeIs(1));
  ASSERT_TRUE(Book(made.name(), "a", 1).status().code() == absl::StatusCode::kFailedPrecondition);
  // Moved out of its way it can be booked again, and back into it not.
  auto moved = Move(made, absl::Hours(24));
  ASSERT_TRUE(moved.ok()) << moved.status();
  Wait();
  EXPECT_THAT(Disrupted().disrupted(), IsEmpty());
  EXPECT_TRUE(Book(made.name(), "a", 1).ok());
  ASSERT_TRUE(Move(moved->session(), -absl::Hours(24)).ok());
  Wait();
  EXPECT_THAT(Disrupted().disrupted(), SizeIs(1));
}

TEST_F(EventScheduleTest, AClosedHallHitsWhatIsInIt) {
  // Without a venue service no hall can be reserved, so the sessions have none.
  const v1::Session session = desk.MakeSession(10);
  around.Close("hall", Start(session), Start(session) + absl::Hours(1), {"venues/cqstm/spaces/hall"});
  Wait();
  EXPECT_THAT(Disrupted().disrupted(), IsEmpty());
}

TEST_F(EventScheduleTest, AMovedOrCancelledCaravanStop) {
  const absl::Time start = desk.clock.Now() + absl::Hours(100);
  around.PutTour(start, start + absl::Hours(6));
  v1::CreateSessionRequest request;
  request.set_parent("events/night-of-stars");
  request.mutable_session()->set_place("caravans/one/tours/t/stops/s1");
  calendar::SetMicros(absl::ToUnixMicros(start + absl::Hours(1)),
                      request.mutable_session()->mutable_start_time());
  calendar::SetMicros(absl::ToUnixMicros(start + absl::Hours(2)),
                      request.mutable_session()->mutable_end_time());
  request.mutable_session()->add_pools()->set_id("all");
  request.mutable_session()->mutable_pools(0)->set_capacity(30);
  request.set_request_id(desk.NextRequestId());
  const rpc::Principal city{"users/city", "", {{"city_admin", "city"}}};
  auto session = desk.Ask<v1::Session>("CreateSession", request, city);
  ASSERT_TRUE(session.ok()) << session.status();
  Wait();
  EXPECT_THAT(desk.Look(session->name()).disrupted_by(), IsEmpty());
  around.PutTour(start + absl::Hours(24), start + absl::Hours(30), true);
  Wait();
  ASSERT_THAT(desk.Look(session->name()).disrupted_by(), SizeIs(1));
  EXPECT_EQ(desk.Look(session->name()).disrupted_by(0).kind(), v1::Disruption::STOP_MOVED);
  around.CancelTour();
  Wait();
  ASSERT_THAT(desk.Look(session->name()).disrupted_by(), SizeIs(1));
  EXPECT_EQ(desk.Look(session->name()).disrupted_by(0).kind(), v1::Disruption::TOUR_CANCELLED);
}

TEST_F(EventScheduleTest, WhileTheVenueIsDownItIsSaid) {
  const v1::Session session = desk.MakeSession(10);
  around.venues.set_down(true);
  Wait();
  around.Close("storm", Start(session) - absl::Hours(1), Start(session) + absl::Hours(1));
  Wait();
  EXPECT_THAT(Disrupted().unknown_of(), ElementsAre("venue"));
  EXPECT_THAT(Disrupted().disrupted(), IsEmpty());
  around.venues.set_down(false);
  Wait();
  EXPECT_THAT(Disrupted().unknown_of(), IsEmpty());
  EXPECT_THAT(Disrupted().disrupted(), SizeIs(1));
}

TEST_F(EventScheduleTest, ASessionOpensWhenItsPeopleAreConfirmed) {
  const v1::Session session = desk.MakeSession(10);
  ASSERT_TRUE(SetStaffing(session.name(), v1::Staffing::CALL_OFF).ok());
  EXPECT_EQ(Reason(Book(session.name(), "a").status()), "SESSION_NOT_STAFFED");
  around.PutShift("s1", session.name(), "讲解员", Start(session), Start(session) + absl::Hours(2));
  around.PutShift("s2", session.name(), "引导", Start(session), Start(session) + absl::Hours(2));
  around.SignUp("s1");
  around.SignUp("s2", 5);
  Wait();
  EXPECT_EQ(desk.Look(session.name()).staffing().needs(0).confirmed(), 1);
  EXPECT_EQ(Reason(Book(session.name(), "a").status()), "SESSION_NOT_STAFFED");
  around.SignUp("s1");
  Wait();
  EXPECT_EQ(desk.Look(session.name()).staffing().state(), v1::Staffing::STAFFED);
  EXPECT_TRUE(Book(session.name(), "a").ok());
  around.Withdraw("s1");
  Wait();
  EXPECT_EQ(desk.Look(session.name()).staffing().state(), v1::Staffing::WAITING);
  around.SignUp("s1");
  Wait();
  // What was known at the deadline stands.
  desk.Skip(absl::Hours(25));
  Wait();
  around.CancelShift("s1");
  Wait();
  EXPECT_EQ(desk.Look(session.name()).staffing().state(), v1::Staffing::STAFFED);
}

TEST_F(EventScheduleTest, AtTheDeadlineItIsCalledOffByItself) {
  const v1::Session session = desk.MakeSession(10);
  ASSERT_TRUE(SetStaffing(session.name(), v1::Staffing::CALL_OFF).ok());
  around.PutShift("s1", session.name(), "讲解员", Start(session), Start(session) + absl::Hours(2));
  around.SignUp("s1");
  Wait();
  desk.Skip(absl::Hours(24));
  Wait();
  const v1::Session after = desk.Look(session.name());
  EXPECT_EQ(after.staffing().state(), v1::Staffing::CALLED_OFF);
  EXPECT_EQ(after.state(), v1::Session::CANCELLED);
}

TEST_F(EventScheduleTest, ItIsNeverCalledOffOnIgnorance) {
  const v1::Session session = desk.MakeSession(10);
  ASSERT_TRUE(SetStaffing(session.name(), v1::Staffing::CALL_OFF).ok());
  Wait();
  around.volunteers.set_down(true);
  desk.Skip(absl::Hours(24));
  Wait();
  EXPECT_EQ(desk.Look(session.name()).staffing().state(), v1::Staffing::WAITING);
  desk.Skip(absl::Minutes(20));
  const v1::Session held = desk.Look(session.name());
  EXPECT_EQ(held.staffing().state(), v1::Staffing::HELD);
  EXPECT_EQ(held.staffing().reason(), "STAFFING_UNKNOWN");
  EXPECT_EQ(held.state(), v1::Session::SCHEDULED);
  around.volunteers.set_down(false);
  Wait();
  EXPECT_EQ(desk.Look(session.name()).state(), v1::Session::SCHEDULED);
  auto ahead = desk.Named<v1::GoAheadSessionRequest>(session.name());
  ahead.set_reason("enough");
  auto answer = desk.Ask<v1::Session>("ScheduleService/GoAheadSession", ahead, kStaff);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->staffing().state(), v1::Staffing::GOES_AHEAD);
  EXPECT_TRUE(Book(session.name(), "a").ok());
  auto again = desk.Named<v1::GoAheadSessionRequest>(desk.MakeSession(3).name());
  again.set_reason("enough");
  EXPECT_EQ(Reason(desk.Ask<v1::Session>("ScheduleService/GoAheadSession", again, kStaff).status()),
            "STAFFING_NOT_WAITING");
}

TEST_F(EventScheduleTest, PeopleMoveAlongWithTheirSession) {
  const v1::Session session = desk.MakeSession(10, absl::Hours(48));
  auto booking = Book(session.name(), "a", 3);
  ASSERT_TRUE(booking.ok());
  auto moved = Move(session, absl::Hours(48), "once");
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->session().start_time().seconds(), session.start_time().seconds() + 48 * 3600);
  EXPECT_EQ(moved->session().pools(0).confirmed(), 3);
  auto replay = Move(session, absl::Hours(48), "once");
  ASSERT_TRUE(replay.ok()) << replay.status();
  EXPECT_TRUE(desk.last->info.replayed);
  EXPECT_EQ(Reason(Move(session, absl::Hours(72), "once").status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(Reason(Move(session, absl::Hours(48)).status()), "NOTHING_TO_RESCHEDULE");
  auto after = Get(booking->name(), User("a"));
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(after->free_until().seconds(), moved->session().start_time().seconds()) << "within 7 days";
  EXPECT_LT(booking->free_until().seconds(), session.start_time().seconds());
  v1::ListSessionChangesRequest changes;
  changes.set_parent(session.name());
  auto listed = desk.Ask<v1::ListSessionChangesResponse>("ListSessionChanges", changes, kStaff);
  ASSERT_TRUE(listed.ok());
  ASSERT_THAT(listed->changes(), SizeIs(1));
  EXPECT_EQ(listed->changes(0).kind(), v1::SessionChange::RESCHEDULED);
  EXPECT_EQ(listed->changes(0).reason(), "storm");
}

TEST_F(EventScheduleTest, ThePastIsRefusedByField) {
  const v1::Session session = desk.MakeSession(10);
  const absl::Status status = Move(session, -absl::Hours(300)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), ::testing::HasSubstr("start_time"));
}

class EventSeriesTest : public EventScheduleTest {
 protected:
  v1::CreateSessionSeriesRequest Weekly(int count) {
    v1::CreateSessionSeriesRequest request;
    request.set_parent("events/night-of-stars");
    v1::Session& first = *request.mutable_series()->mutable_session();
    first.set_place("venues/cqstm");
    const int64_t start = absl::ToUnixSeconds(desk.clock.Now() + absl::Hours(48));
    first.mutable_start_time()->set_seconds(start);
    first.mutable_end_time()->set_seconds(start + 3600);
    first.add_pools()->set_id("hall");
    first.mutable_pools(0)->set_capacity(10);
    request.mutable_series()->mutable_recurrence()->set_count(count);
    request.set_request_id(desk.NextRequestId());
    return request;
  }
  absl::StatusOr<v1::SessionSeries> Make(const v1::CreateSessionSeriesRequest& request) {
    return desk.Ask<v1::SessionSeries>("ScheduleService/CreateSessionSeries", request, kStaff);
  }
  v1::SessionSeries Get(const std::string& name) {
    v1::GetSessionSeriesRequest request;
    request.set_name(name);
    auto series = desk.Ask<v1::SessionSeries>("ScheduleService/GetSessionSeries", request, kStaff);
    EXPECT_TRUE(series.ok()) << series.status();
    return series.ok() ? *series : v1::SessionSeries();
  }
  absl::StatusOr<v1::SessionSeries> Cancel(const v1::SessionSeries& series, v1::SessionSeries::Scope scope,
                                           int occurrence) {
    auto request = desk.Named<v1::CancelSessionSeriesRequest>(series.name());
    request.set_scope(scope);
    *request.mutable_date() = series.occurrences(occurrence).date();
    request.set_reason("storm");
    return desk.Ask<v1::SessionSeries>("ScheduleService/CancelSessionSeries", request, kStaff);
  }
};

TEST_F(EventSeriesTest, ItsSessionsAreMadeOnceWhateverHappens) {
  const v1::CreateSessionSeriesRequest request = Weekly(20);
  auto made = Make(request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->state(), v1::SessionSeries::MAKING);
  EXPECT_THAT(made->occurrences(), SizeIs(20));
  // A process that ends in the middle is made good by the next.
  desk.executor.RunFor(absl::Milliseconds(700));
  desk.Restart();
  Wait();
  const v1::SessionSeries done = Get(made->name());
  EXPECT_EQ(done.state(), v1::SessionSeries::DONE);
  EXPECT_EQ(done.made(), 20);
  v1::ListSeriesSessionsRequest list;
  list.set_parent(made->name());
  auto sessions = desk.Ask<v1::ListSessionsResponse>("ScheduleService/ListSeriesSessions", list, Nobody());
  ASSERT_TRUE(sessions.ok()) << sessions.status();
  EXPECT_THAT(sessions->sessions(), SizeIs(20));
  EXPECT_EQ(sessions->sessions(0).series(), made->name());
  EXPECT_EQ(sessions->sessions(1).start_time().seconds() - sessions->sessions(0).start_time().seconds(),
            7 * 86400);
  auto again = Make(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(desk.last->info.replayed);
  v1::ListSessionSeriesRequest all;
  all.set_parent("events/night-of-stars");
  all.set_place("venues/cqstm");
  auto listed = desk.Ask<v1::ListSessionSeriesResponse>("ScheduleService/ListSessionSeries", all, kStaff);
  ASSERT_TRUE(listed.ok());
  ASSERT_THAT(listed->series(), SizeIs(1));
  EXPECT_THAT(listed->series(0).occurrences(), IsEmpty());
}

TEST_F(EventSeriesTest, WhatIsCancelledWhileItIsMadeIsNotHeld) {
  for (const int64_t after : {0, 300, 600, 900, 1000}) {
    auto made = Make(Weekly(20));
    ASSERT_TRUE(made.ok()) << made.status();
    desk.executor.RunFor(absl::Milliseconds(after));
    ASSERT_TRUE(Cancel(*made, v1::SessionSeries::ALL, 0).ok());
    Wait();
    const v1::SessionSeries done = Get(made->name());
    EXPECT_EQ(done.state(), v1::SessionSeries::DONE) << "after " << after;
    for (const v1::SessionSeries::Occurrence& one : done.occurrences())
      EXPECT_EQ(one.state(), v1::SessionSeries::Occurrence::CANCELLED);
  }
  v1::ListSessionsRequest list;
  list.set_parent("events/night-of-stars");
  list.set_page_size(100);
  const auto sessions = desk.Ask<v1::ListSessionsResponse>("ListSessions", list, Nobody());
  ASSERT_TRUE(sessions.ok());
  for (const v1::Session& session : sessions->sessions()) EXPECT_EQ(session.state(), v1::Session::CANCELLED);
}

TEST_F(EventSeriesTest, APreviewMakesNothing) {
  v1::CreateSessionSeriesRequest request = Weekly(3);
  request.set_validate_only(true);
  auto preview = Make(request);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_THAT(preview->occurrences(), SizeIs(3));
  Wait();
  v1::ListSessionsRequest list;
  list.set_parent("events/night-of-stars");
  EXPECT_THAT(desk.Ask<v1::ListSessionsResponse>("ListSessions", list, Nobody())->sessions(), IsEmpty());
}

TEST_F(EventSeriesTest, ThisFollowingAndAll) {
  auto made = Make(Weekly(6));
  ASSERT_TRUE(made.ok()) << made.status();
  Wait();
  v1::SessionSeries series = Get(made->name());
  auto settings = desk.Named<v1::ChangeSessionSeriesRequest>(series.name());
  settings.set_scope(v1::SessionSeries::FOLLOWING);
  *settings.mutable_date() = series.occurrences(2).date();
  settings.add_pools()->set_id("hall");
  settings.mutable_pools(0)->set_capacity(4);
  settings.mutable_update_mask()->add_paths("name");
  EXPECT_EQ(
      desk.Ask<v1::SessionSeries>("ScheduleService/ChangeSessionSeries", settings, kStaff).status().code(),
      absl::StatusCode::kInvalidArgument);
  settings.mutable_update_mask()->set_paths(0, "pools");
  settings.set_request_id(desk.NextRequestId());
  // One has more people than that.
  for (const char* user : {"a", "b", "c"}) ASSERT_TRUE(Book(series.occurrences(3).session(), user, 2).ok());
  ASSERT_TRUE(desk.Ask<v1::SessionSeries>("ScheduleService/ChangeSessionSeries", settings, kStaff).ok());
  EXPECT_EQ(Reason(Cancel(series, v1::SessionSeries::THIS, 0).status()), "SERIES_BUSY");
  Wait();
  series = Get(series.name());
  EXPECT_EQ(series.state(), v1::SessionSeries::DONE);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(desk.Look(series.occurrences(i).session()).pools(0).capacity(), i < 2 || i == 3 ? 10 : 4) << i;
    EXPECT_EQ(series.occurrences(i).change_refusal(), i == 3 ? "CAPACITY_TAKEN" : "");
  }
  ASSERT_TRUE(Cancel(series, v1::SessionSeries::THIS, 1).ok());
  Wait();
  ASSERT_TRUE(Cancel(series, v1::SessionSeries::FOLLOWING, 4).ok());
  Wait();
  series = Get(series.name());
  for (int i = 0; i < 6; ++i) {
    const bool gone = i == 1 || i >= 4;
    EXPECT_EQ(series.occurrences(i).state(),
              gone ? v1::SessionSeries::Occurrence::CANCELLED : v1::SessionSeries::Occurrence::MADE)
        << i;
    EXPECT_EQ(desk.Look(series.occurrences(i).session()).state(),
              gone ? v1::Session::CANCELLED : v1::Session::SCHEDULED);
  }
  auto nothing = desk.Named<v1::CancelSessionSeriesRequest>(series.name());
  nothing.set_scope(v1::SessionSeries::THIS);
  nothing.set_reason("storm");
  EXPECT_EQ(
      desk.Ask<v1::SessionSeries>("ScheduleService/CancelSessionSeries", nothing, kStaff).status().code(),
      absl::StatusCode::kInvalidArgument);
}

TEST_F(EventSeriesTest, TheHandlersDoWhatTheAnnotationsSay) {
  const std::string session = desk.MakeSession(10).name();
  auto series = Make(Weekly(2));
  ASSERT_TRUE(series.ok()) << series.status();
  Wait();
  const auto absent = [](std::string name) {
    name.back() = name.back() == 'a' ? 'b' : 'a';
    return name;
  };
  const auto* file = v1::SessionSeries::descriptor()->file();
  const auth::Subject venue{"venues/cqstm"};
  const std::string start =
      absl::StrCat("start_time { seconds: ", desk.Look(session).start_time().seconds() + 3600,
                   " } end_time { seconds: ", desk.Look(session).end_time().seconds() + 3600, " }");
  // Long before its plan, and over.
  const int64_t begin = desk.Look(session).start_time().seconds();
  const std::string held = absl::StrCat("start_time { seconds: ", begin - 11 * 3600,
                                        " } end_time { seconds: ", begin - 10 * 3600, " }");
  const auth::AccessScene scene{
      .rpc = desk.service->rpc(),
      .executor = desk.executor,
      .services = {file->FindServiceByName("ScheduleService")},
      .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
      .subjects = {{"series.session.place", venue},
                   {"place", venue},
                   {"events/*", {"events/night-of-stars", "events/absent"}},
                   {"events/*/series/*", {series->name(), absent(series->name())}},
                   {"events/*/sessions/*", {session, absent(session)}}},
      .own = {{"", {"venues/cqstm", "city"}}},
      .foreign = "venues/other",
      .owner = "users/visitor",
      .samples = {{"RescheduleSession", absl::StrCat("reason: 'r' validate_only: true ", start)},
                  {"SetStaffing", "staffing { }"},
                  {"ReportSessionTimes", held},
                  {"ChangeSessionSeries", "scope: ALL party_max: 9"},
                  {"CancelSessionSeries", "scope: ALL reason: 'r'"}}};
  EXPECT_THAT(auth::CheckAccess(scene), IsEmpty());
}

}  // namespace
}  // namespace kepu::event
