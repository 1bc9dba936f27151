// Who may call what of the event service: the handlers against the annotations, all of them.
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/event_desk.h"

namespace kepu::event {
namespace {

class EventAccessTest : public ::testing::Test {
 protected:
  EventAccessTest() {
    desk.MakeEvent();
    session_ = desk.MakeSession(50).name();
    other_session_ = desk.MakeSession(50).name();
    const auto booking = desk.Ask<v1::Booking>("CreateBooking", desk.Booking(session_, 2), User("visitor"));
    v1::JoinWaitListRequest join;
    join.set_parent(session_);
    join.mutable_wait_entry()->set_kind(v1::Booking::FAMILY);
    join.mutable_wait_entry()->mutable_party()->set_adults(1);
    join.mutable_wait_entry()->set_identity("another person");
    join.set_request_id("join");
    const auto entry = desk.Ask<v1::WaitEntry>("JoinWaitList", join, User("visitor"));
    EXPECT_TRUE(booking.ok() && entry.ok()) << booking.status() << entry.status();
    if (booking.ok() && entry.ok()) names_ = {booking->name(), entry->name()};
    desk.executor.RunFor(absl::Seconds(1));
  }

  // The same place in the store, and nothing there.
  static std::string Absent(std::string name) {
    name.back() = name.back() == 'a' ? 'b' : 'a';
    return name;
  }

  auth::AccessScene Scene() {
    const auto* file = v1::Event::descriptor()->file();
    const auth::Subject venue{"venues/cqstm"};
    return {
        .rpc = desk.service->rpc(),
        .executor = desk.executor,
        .services = {file->FindServiceByName("EventService"), file->FindServiceByName("ParticipantService")},
        .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
        .subjects = {{"programme.place", venue},
                     {"event.place", venue},
                     {"session.place", venue},
                     {"programmes/*", {"programmes/magnets", "programmes/absent"}},
                     {"GetConduct", {"users/visitor/conduct"}},
                     {"events/*", {"events/night-of-stars", "events/absent"}},
                     {"events/*/sessions/*", {session_, Absent(session_)}},
                     {"events/*/sessions/*/bookings/*", {names_[0], Absent(names_[0])}},
                     {"events/*/sessions/*/waitEntries/*", {names_[1], Absent(names_[1])}}},
        .own = {{"", {"venues/cqstm", "city"}}},
        .foreign = "venues/other",
        .owner = "users/visitor",
        // One's own is shown, whoever one is; a test of its own says so.
        .may_miss = {"GetConduct"},
        .samples = {{"MoveBooking", absl::StrCat("session: '", other_session_, "'")},
                    {"MoveBookings", absl::StrCat("session: '", other_session_, "'")},
                    {"UpdateEvent", "event { large: true }"},
                    {"UpdateProgramme", "programme { guides: 2 }"},
                    {"CopyEvent", "year: 2027"}}};
  }

  EventDesk desk;
  std::string session_, other_session_;
  std::vector<std::string> names_ = {"", ""};
};

TEST_F(EventAccessTest, TheHandlersDoWhatTheAnnotationsSay) {
  v1::CreateProgrammeRequest programme;
  programme.set_programme_id("magnets");
  programme.set_request_id("programme");
  programme.mutable_programme()->mutable_display_name()->set_zh("磁铁");
  programme.mutable_programme()->set_kind(v1::Programme::MUSEUM_SCHOOL);
  programme.mutable_programme()->set_place("venues/cqstm");
  programme.mutable_programme()->set_first_grade("3");
  programme.mutable_programme()->set_last_grade("6");
  programme.mutable_programme()->mutable_duration()->set_seconds(3600);
  ASSERT_TRUE(desk.Ask<v1::Programme>("CreateProgramme", programme, Staff("venues/cqstm")).ok());
  EXPECT_THAT(auth::CheckAccess(Scene()), ::testing::IsEmpty());
}

TEST_F(EventAccessTest, PlantedFaultsAreFound) {
  auth::AccessScene scene = Scene();
  scene.services.resize(1);
  for (const char* method :
       {"CreateSession", "CancelSession", "CancelBooking", "CheckInBooking", "GetBooking"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), ::testing::IsEmpty());
}

// What no annotation can say: whose a list of bookings is, is its parent.
TEST_F(EventAccessTest, ListsOfASchoolAreForItsTeachers) {
  const auto list = [this](const rpc::Principal& who) {
    v1::ListBookingsRequest bookings;
    bookings.set_parent("schools/one");
    v1::ListWaitEntriesRequest entries;
    entries.set_parent("schools/one");
    const absl::Status status = desk.Ask<v1::ListBookingsResponse>("ListBookings", bookings, who).status();
    EXPECT_EQ(desk.Ask<v1::ListWaitEntriesResponse>("ListWaitEntries", entries, who).status(), status);
    return auth::Meaning(status);
  };
  for (const char* role : identity::domain::kRoles) {
    const bool theirs = role == std::string("teacher") || role == std::string("school_admin");
    EXPECT_EQ(list({"users/a", "", {{role, "schools/one"}}}),
              theirs ? auth::Expected::kAllowed : auth::Expected::kHidden)
        << role;
    EXPECT_EQ(list({"users/a", "", {{role, "schools/two"}}}), auth::Expected::kHidden) << role;
  }
  EXPECT_EQ(list({"users/a", "", {{"city_admin", "city"}}}), auth::Expected::kAllowed);
  EXPECT_EQ(list(User("visitor")), auth::Expected::kHidden);
  EXPECT_EQ(list(Nobody()), auth::Expected::kUnauthenticated);
}

}  // namespace
}  // namespace kepu::event
