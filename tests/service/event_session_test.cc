// What staff change in sessions: settings, overfull sessions and who has to be moved, drafts, allotments for
// schools as identity knows them.
#include "kepu/identity/v1/directory.pb.h"
#include "libs/calendar/timestamps.h"
#include "tests/service/event_service_fixture.h"

namespace kepu::event {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EventSessionTest : public EventServiceTest {
 protected:
  v1::UpdateSessionRequest Update(const std::string& name, std::vector<std::string> paths) {
    v1::UpdateSessionRequest request;
    request.mutable_session()->set_name(name);
    for (std::string& path : paths) *request.mutable_update_mask()->add_paths() = std::move(path);
    request.set_request_id(desk.NextRequestId());
    return request;
  }
  v1::UpdateSessionRequest Capacity(const std::string& name, int capacity, const std::string& why = "") {
    v1::UpdateSessionRequest request = Update(name, {"pools"});
    v1::Pool* pool = request.mutable_session()->add_pools();
    pool->set_id("hall");
    pool->set_capacity(capacity);
    request.set_override_reason(why);
    return request;
  }
  absl::StatusOr<v1::Session> Send(const v1::UpdateSessionRequest& request,
                                   const rpc::Principal& caller = kStaff) {
    return desk.Ask<v1::Session>("UpdateSession", request, caller);
  }
  std::vector<std::string> Displaced(const std::string& name) {
    v1::ListDisplacedRequest request;
    request.set_name(name);
    auto answer = desk.Ask<v1::ListDisplacedResponse>("ListDisplaced", request, kStaff);
    EXPECT_TRUE(answer.ok()) << answer.status();
    std::vector<std::string> bookers;
    for (const v1::Booking& booking : answer->bookings()) bookers.push_back(booking.booker());
    return bookers;
  }
};

TEST_F(EventSessionTest, AnOverfullSessionNamesWhoHasToBeMoved) {
  const std::string session = desk.MakeSession(10).name();
  for (const char* user : {"a", "b", "c", "d"}) ASSERT_TRUE(Book(session, user, 2).ok());
  EXPECT_EQ(Reason(Send(Capacity(session, 5)).status()), "CAPACITY_TAKEN");
  EXPECT_THAT(Displaced(session), IsEmpty());
  auto changed = Send(Capacity(session, 5, "a water pipe burst"));
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_TRUE(changed->overfull());
  EXPECT_EQ(changed->pools(0).free(), -3);
  EXPECT_THAT(Displaced(session), ElementsAre("users/d", "users/c")) << "who booked last first";
  EXPECT_EQ(Reason(Book(session, "e", 1).status()), "SESSION_FULL");
  v1::ListSessionChangesRequest list;
  list.set_parent(session);
  auto changes = desk.Ask<v1::ListSessionChangesResponse>("ListSessionChanges", list, kStaff);
  ASSERT_TRUE(changes.ok()) << changes.status();
  ASSERT_THAT(changes->changes(), SizeIs(1));
  EXPECT_EQ(changes->changes(0).kind(), v1::SessionChange::OVERRIDDEN);
  EXPECT_EQ(changes->changes(0).by(), "users/staff");
  EXPECT_EQ(changes->changes(0).reason(), "a water pipe burst");
}

TEST_F(EventSessionTest, OnlyWhatTheMaskNamesIsChanged) {
  const std::string session = desk.MakeSession(10).name();
  v1::UpdateSessionRequest request = Update(session, {"party_max", "booking_close_time"});
  request.mutable_session()->set_party_max(4);
  request.mutable_session()->mutable_booking_close_time()->set_seconds(
      absl::ToUnixSeconds(desk.clock.Now() + absl::Minutes(1)));
  auto changed = Send(request);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->party_max(), 4);
  EXPECT_EQ(changed->pools(0).capacity(), 10);
  EXPECT_EQ(Reason(Book(session, "a", 5).status()), "PARTY_TOO_LARGE");
  desk.Skip(absl::Minutes(1));
  EXPECT_EQ(Reason(Book(session, "a", 2).status()), "BOOKING_CLOSED");
  request = Update(session, {"booking_close_time"});
  ASSERT_TRUE(Send(request).ok());
  EXPECT_TRUE(Book(session, "a", 2).ok()) << "taken off again";
}

TEST_F(EventSessionTest, BadSettingsNameTheField) {
  const std::string session = desk.MakeSession(10).name();
  v1::UpdateSessionRequest request = Capacity(session, 5);
  request.mutable_session()->mutable_pools(0)->set_id("attic");
  EXPECT_EQ(Reason(Send(request).status()), "NO_SUCH_POOL");
  EXPECT_EQ(refusal::ParamOf(Send(request).status(), "pools"), "hall");
  EXPECT_THAT(std::string(Send(Capacity(session, 0)).status().message()),
              HasSubstr("session.pools[0].capacity"));
  request = Update(session, {"allotments"});
  v1::Allotment* allotment = request.mutable_session()->add_allotments();
  allotment->set_id("rural");
  allotment->set_pool("hall");
  allotment->set_places(4);
  allotment->add_beneficiaries("traits/RICH");
  allotment->mutable_release_time()->set_seconds(absl::ToUnixSeconds(desk.clock.Now() + absl::Hours(1)));
  EXPECT_THAT(std::string(Send(request).status().message()),
              HasSubstr("session.allotments[0].beneficiaries[0]"));
  request.mutable_session()->mutable_allotments(0)->set_beneficiaries(0, "traits/RURAL");
  request.mutable_session()->mutable_allotments(0)->set_pool("attic");
  EXPECT_THAT(std::string(Send(request).status().message()), HasSubstr("session.allotments[0].pool"));
  EXPECT_EQ(Send(Capacity(session, 5), Staff("venues/other")).status().code(), absl::StatusCode::kNotFound);
  v1::UpdateSessionRequest stale = Capacity(session, 5);
  stale.mutable_session()->set_etag("old");
  EXPECT_EQ(Reason(Send(stale).status()), "ETAG_MISMATCH");
}

TEST_F(EventSessionTest, DraftsAreForStaffUntilTheyArePublished) {
  v1::CreateSessionRequest create;
  create.set_parent("events/night-of-stars");
  const v1::Session published = desk.MakeSession(10);
  create.mutable_session()->set_place(published.place());
  *create.mutable_session()->mutable_start_time() = published.start_time();
  *create.mutable_session()->mutable_end_time() = published.end_time();
  v1::Pool* pool = create.mutable_session()->add_pools();
  pool->set_id("hall");
  pool->set_capacity(10);
  create.set_draft(true);
  create.set_request_id(desk.NextRequestId());
  auto draft = desk.Ask<v1::Session>("CreateSession", create, kStaff);
  ASSERT_TRUE(draft.ok()) << draft.status();
  EXPECT_EQ(draft->state(), v1::Session::DRAFT);
  v1::GetSessionRequest get;
  get.set_name(draft->name());
  EXPECT_EQ(desk.Ask<v1::Session>("GetSession", get, Nobody()).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(desk.Ask<v1::Session>("GetSession", get, Staff("venues/other")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_TRUE(desk.Ask<v1::Session>("GetSession", get, kStaff).ok());
  v1::ListSessionsRequest list;
  list.set_parent("events/-");
  list.set_place("venues/cqstm");
  EXPECT_THAT(desk.Ask<v1::ListSessionsResponse>("ListSessions", list, Nobody())->sessions(), SizeIs(1));
  list.set_drafts(true);
  EXPECT_THAT(desk.Ask<v1::ListSessionsResponse>("ListSessions", list, kStaff)->sessions(), SizeIs(1));
  EXPECT_EQ(desk.Ask<v1::ListSessionsResponse>("ListSessions", list, Nobody()).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(Book(draft->name(), "a").status()), "SESSION_NOT_PUBLISHED");
  auto publish = desk.Named<v1::PublishSessionRequest>(draft->name());
  EXPECT_EQ(desk.Ask<v1::Session>("PublishSession", publish, Staff("venues/other")).status().code(),
            absl::StatusCode::kNotFound);
  ASSERT_TRUE(desk.Ask<v1::Session>("PublishSession", publish, kStaff).ok());
  EXPECT_TRUE(Book(draft->name(), "a").ok());
  EXPECT_TRUE(desk.Ask<v1::Session>("GetSession", get, Nobody()).ok());
  list.set_drafts(false);
  EXPECT_THAT(desk.Ask<v1::ListSessionsResponse>("ListSessions", list, Nobody())->sessions(), SizeIs(2));
}

// Knows two schools: one in the countryside, one in the town.
class TwoSchools final : public rpc::Peer {
 public:
  explicit TwoSchools(executor::Executor& executor) : executor_(executor) {}
  void Call(absl::string_view, const rpc::Context&, std::string bytes,
            absl::AnyInvocable<void(absl::StatusOr<rpc::PeerAnswer>)> done) override {
    ++asked;
    identity::v1::GetSchoolRequest request;
    EXPECT_TRUE(request.ParseFromString(bytes));
    identity::v1::School school;
    school.set_name(request.name());
    school.set_district("districts/wushan");
    school.set_stage(identity::v1::School::PRIMARY);
    if (request.name() == "schools/hill") school.add_traits(identity::v1::School::RURAL);
    absl::StatusOr<rpc::PeerAnswer> answer = rpc::PeerAnswer{school.SerializeAsString(), {}};
    if (down) answer = absl::UnavailableError("down");
    executor_.Post(
        [done = std::move(done), answer = std::move(answer)]() mutable { done(std::move(answer)); });
  }
  int asked = 0;
  bool down = false;

 private:
  executor::Executor& executor_;
};

TEST_F(EventSessionTest, AllotmentsAreForSchoolsAsIdentityKnowsThem) {
  TwoSchools schools(desk.executor);
  desk.identity = &schools;
  desk.Restart();
  const std::string session = desk.MakeSession(60).name();
  v1::UpdateSessionRequest update = Update(session, {"allotments"});
  v1::Allotment* allotment = update.mutable_session()->add_allotments();
  allotment->set_id("rural");
  allotment->set_pool("hall");
  allotment->set_places(40);
  allotment->add_beneficiaries("traits/RURAL");
  allotment->mutable_release_time()->set_seconds(absl::ToUnixSeconds(desk.clock.Now() + absl::Minutes(2)));
  ASSERT_TRUE(Send(update).ok());
  EXPECT_EQ(desk.Look(session).pools(0).set_aside(), 40);
  auto book = [&](const std::string& school) {
    v1::CreateBookingRequest request = desk.Booking(session, 2);
    request.mutable_booking()->set_kind(v1::Booking::SCHOOL);
    request.mutable_booking()->mutable_party()->set_pupils(28);
    const rpc::Principal teacher = {absl::StrCat("users/", school), "", {{"teacher", "schools/" + school}}};
    return desk.Ask<v1::Booking>("CreateBooking", request, teacher);
  };
  EXPECT_EQ(Reason(book("town").status()), "PLACES_SET_ASIDE");
  schools.down = true;
  EXPECT_EQ(Reason(book("hill").status()), "PLACES_SET_ASIDE") << "nobody says that it is rural";
  schools.down = false;
  auto booked = book("hill");
  ASSERT_TRUE(booked.ok()) << booked.status();
  const v1::Session shown = desk.Look(session);
  EXPECT_EQ(shown.allotments(0).taken(), 30);
  EXPECT_EQ(shown.pools(0).set_aside(), 10);
  v1::JoinWaitListRequest join;
  join.set_parent(session);
  join.mutable_wait_entry()->set_kind(v1::Booking::SCHOOL);
  join.mutable_wait_entry()->mutable_party()->set_pupils(28);
  join.mutable_wait_entry()->mutable_party()->set_adults(2);
  join.set_request_id(desk.NextRequestId());
  const rpc::Principal teacher = {"users/t", "", {{"teacher", "schools/town"}}};
  ASSERT_TRUE(desk.Ask<v1::WaitEntry>("JoinWaitList", join, teacher).ok());
  EXPECT_EQ(desk.Look(session).waiting(), 1);
  desk.Skip(absl::Minutes(3));
  EXPECT_EQ(desk.Look(session).offered(), 1) << "what was left went to who waited";
}

}  // namespace
}  // namespace kepu::event
