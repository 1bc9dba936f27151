// A term round at the event service's desk: a programme with sessions, a window of a minute, schools that
// wish. Owned by a test; one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kepu/event/v1/round.pb.h"
#include "kepu/identity/v1/directory.pb.h"
#include "tests/service/event_desk.h"

namespace kepu::event {

inline rpc::Principal CityAdmin() { return {"users/city", "", {{"city_admin", "city"}}}; }
inline rpc::Principal Teacher(const std::string& school) {
  return {absl::StrCat("users/t-", school.substr(8)), "", {{"teacher", school}}};
}

// What identity says of schools.
class FakeSchools final : public rpc::Peer {
 public:
  void Call(absl::string_view, const rpc::Context&, std::string request,
            absl::AnyInvocable<void(absl::StatusOr<rpc::PeerAnswer>)> done) override {
    identity::v1::GetSchoolRequest asked;
    EXPECT_TRUE(asked.ParseFromString(request));
    if (!reachable) return done(absl::UnavailableError("away"));
    auto it = schools.find(asked.name());
    if (it == schools.end()) return done(refusal::NotFound(asked.name()));
    done(rpc::PeerAnswer{it->second.SerializeAsString(), {}});
  }
  bool reachable = true;
  std::map<std::string, identity::v1::School> schools;
};

class RoundDesk : public EventDesk {
 public:
  RoundDesk() {
    v1::CreateProgrammeRequest programme;
    programme.set_programme_id("magnets");
    programme.set_request_id(NextRequestId());
    programme.mutable_programme()->mutable_display_name()->set_zh("磁铁");
    programme.mutable_programme()->set_kind(v1::Programme::MUSEUM_SCHOOL);
    programme.mutable_programme()->set_place("venues/cqstm");
    programme.mutable_programme()->set_first_grade("3");
    programme.mutable_programme()->set_last_grade("6");
    programme.mutable_programme()->mutable_duration()->set_seconds(3600);
    EXPECT_TRUE(Ask<v1::Programme>("CreateProgramme", programme, Staff("venues/cqstm")).ok());
    v1::CreateEventRequest event = EventToPublish("磁铁课", v1::Event::WORKSHOP, "venues/cqstm");
    event.mutable_event()->set_programme("programmes/magnets");
    event.set_event_id("class");
    event.set_request_id(NextRequestId());
    EXPECT_TRUE(Ask<v1::Event>("CreateEvent", event, Staff("venues/cqstm")).ok());
    opened_ = clock.Now();
  }

  // A session of the programme, so many hours from the beginning of the test.
  std::string Session(int hour, int places) {
    v1::CreateSessionRequest request;
    request.set_parent("events/class");
    request.mutable_session()->set_place("venues/cqstm");
    const int64_t start = absl::ToUnixSeconds(opened_ + absl::Hours(240 + hour));
    request.mutable_session()->mutable_start_time()->set_seconds(start);
    request.mutable_session()->mutable_end_time()->set_seconds(start + 3600);
    v1::Pool* pool = request.mutable_session()->add_pools();
    pool->set_id("seats");
    pool->set_capacity(places);
    request.set_request_id(NextRequestId());
    auto session = Ask<v1::Session>("CreateSession", request, Staff("venues/cqstm"));
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? session->name() : "";
  }

  // Wishes from 10 to 60 seconds after the beginning.
  v1::CreateRoundRequest NewRound(const std::string& id = "autumn") {
    v1::CreateRoundRequest request;
    request.set_round_id(id);
    request.set_request_id(NextRequestId());
    v1::Round& round = *request.mutable_round();
    round.mutable_display_name()->set_zh("秋季学期");
    round.add_programmes("programmes/magnets");
    const int64_t now = absl::ToUnixSeconds(opened_);
    round.mutable_start_time()->set_seconds(now + 3600);
    round.mutable_end_time()->set_seconds(now + 1000 * 3600);
    round.mutable_wish_open_time()->set_seconds(now + 10);
    round.mutable_wish_close_time()->set_seconds(now + 60);
    return request;
  }
  v1::Round MakeRound(const v1::CreateRoundRequest& request) {
    auto round = Ask<v1::Round>("RoundService/CreateRound", request, CityAdmin());
    EXPECT_TRUE(round.ok()) << round.status();
    return round.ok() ? *round : v1::Round();
  }
  void MakeOpenRound() {
    MakeRound(NewRound());
    ASSERT_TRUE(Do<v1::OpenRoundRequest>("OpenRound").ok());
    Reach(v1::Round::OPEN);
    Until(absl::Seconds(11));
  }

  // A step of the round as the office asks for it.
  template <class Request>
  absl::StatusOr<v1::Round> Do(const std::string& method, const std::string& round = "rounds/autumn") {
    return Ask<v1::Round>(absl::StrCat("RoundService/", method), Named<Request>(round), CityAdmin());
  }
  v1::Round Look(const std::string& name = "rounds/autumn") {
    v1::GetRoundRequest request;
    request.set_name(name);
    auto round = Ask<v1::Round>("RoundService/GetRound", request, Nobody());
    EXPECT_TRUE(round.ok()) << round.status();
    return round.ok() ? *round : v1::Round();
  }
  v1::Session LookAt(const std::string& session) { return EventDesk::Look(session); }
  // Waits for what follows by itself.
  void Reach(v1::Round::State state) {
    for (int i = 0; i < 200 && Look().state() != state; ++i) executor.RunFor(absl::Milliseconds(500));
    EXPECT_EQ(v1::Round::State_Name(Look().state()), v1::Round::State_Name(state));
  }
  void Until(absl::Duration since_start) {
    executor.RunFor(std::max(absl::ZeroDuration(), opened_ + since_start - clock.Now()));
  }
  void DrawAll() {
    Until(absl::Seconds(61));
    ASSERT_TRUE(Do<v1::DrawRoundRequest>("DrawRound").ok());
    Reach(v1::Round::DRAWN);
  }

  v1::SubmitWishRequest Wish(const std::string& school, const std::string& of_class,
                             const std::vector<std::string>& sessions, int pupils = 38) {
    v1::SubmitWishRequest request;
    request.set_parent("rounds/autumn");
    request.set_request_id(NextRequestId());
    v1::Wish& wish = *request.mutable_wish();
    wish.set_school(school);
    wish.set_school_class(of_class);
    wish.set_grade("4");
    wish.mutable_party()->set_pupils(pupils);
    wish.mutable_party()->set_adults(2);
    for (const std::string& session : sessions) wish.add_sessions(session);
    return request;
  }
  absl::StatusOr<v1::Wish> Submit(const v1::SubmitWishRequest& request) {
    return Ask<v1::Wish>("RoundService/SubmitWish", request, Teacher(request.wish().school()));
  }
  // As its school sees it.
  v1::Wish LookAtWish(const v1::Wish& wish) {
    v1::GetWishRequest request;
    request.set_name(wish.name());
    auto found = Ask<v1::Wish>("RoundService/GetWish", request, Teacher(wish.school()));
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *found : v1::Wish();
  }
  // A teacher's own booking.
  absl::StatusOr<v1::Booking> Book(const std::string& session, const std::string& school,
                                   const std::string& of_class) {
    v1::CreateBookingRequest request;
    request.set_parent(session);
    request.mutable_booking()->set_kind(v1::Booking::SCHOOL);
    request.mutable_booking()->set_school(school);
    request.mutable_booking()->set_school_class(of_class);
    request.mutable_booking()->set_grade("4");
    request.mutable_booking()->mutable_party()->set_pupils(38);
    request.mutable_booking()->mutable_party()->set_adults(2);
    request.set_request_id(NextRequestId());
    return Ask<v1::Booking>("CreateBooking", request, Teacher(school));
  }

 private:
  absl::Time opened_;
};

}  // namespace kepu::event
