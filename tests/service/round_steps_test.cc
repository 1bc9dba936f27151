// What a round does by itself under bad luck: grants that cannot be booked any more, processes that end in
// the middle of a step, rounds that are given up, and what identity says of schools.
#include "gmock/gmock.h"
#include "tests/service/round_desk.h"

namespace kepu::event {
namespace {

using R = v1::Wish::Result;

TEST(RoundSteps, ToldWhyAGrantCannotBeBookedAnyMore) {
  RoundDesk desk;
  const std::string gone = desk.Session(1, 100), busy = desk.Session(10, 100), fine = desk.Session(20, 100);
  v1::CreateRoundRequest request = desk.NewRound();
  request.mutable_round()->mutable_rules()->set_visits_per_class(3);
  desk.MakeRound(request);
  ASSERT_TRUE(desk.Do<v1::OpenRoundRequest>("OpenRound").ok());
  desk.Reach(v1::Round::OPEN);
  // Made after the opening, so it is in no round.
  const std::string other = desk.Session(10, 100);
  desk.Until(absl::Seconds(11));
  auto wish = desk.Submit(desk.Wish("schools/a", "4-1", {gone, busy, fine}));
  ASSERT_TRUE(wish.ok()) << wish.status();
  desk.DrawAll();
  EXPECT_EQ(desk.Look().granted(), 3);
  v1::CancelSessionRequest cancel = desk.Named<v1::CancelSessionRequest>(gone);
  cancel.set_reason("storm");
  ASSERT_TRUE(desk.Ask<v1::Session>("CancelSession", cancel, Staff("venues/cqstm")).ok());
  ASSERT_TRUE(desk.Book(other, "schools/a", "4-1").ok());
  ASSERT_TRUE(desk.Do<v1::ApplyRoundRequest>("ApplyRound").ok());
  desk.Reach(v1::Round::APPLIED);
  const v1::Wish after = desk.LookAtWish(*wish);
  EXPECT_EQ(after.results(0).refusal(), "SESSION_CANCELLED");
  EXPECT_EQ(after.results(1).refusal(), "CLASS_BUSY");
  EXPECT_NE(after.results(2).booking(), "");
  EXPECT_THAT(after.results(0).explanation().en(), ::testing::HasSubstr("could not be booked"));
  EXPECT_EQ(desk.Look().booked(), 1);
  EXPECT_EQ(desk.Look().failed(), 2);
  EXPECT_EQ(desk.LookAt(fine).pools(0).confirmed(), 40);
  EXPECT_EQ(desk.LookAt(fine).round(), "");
}

TEST(RoundSteps, ASessionCancelledBeforeTheDrawIsGrantedToNobody) {
  RoundDesk desk;
  const std::string gone = desk.Session(1, 100), fine = desk.Session(20, 100);
  desk.MakeOpenRound();
  auto wish = desk.Submit(desk.Wish("schools/a", "4-1", {gone, fine}));
  ASSERT_TRUE(wish.ok()) << wish.status();
  v1::CancelSessionRequest cancel = desk.Named<v1::CancelSessionRequest>(gone);
  cancel.set_reason("storm");
  ASSERT_TRUE(desk.Ask<v1::Session>("CancelSession", cancel, Staff("venues/cqstm")).ok());
  desk.DrawAll();
  const v1::Wish after = desk.LookAtWish(*wish);
  EXPECT_EQ(after.results(0).outcome(), R::NOT_SERVED);
  EXPECT_EQ(after.results(0).rule(), "SESSION_CANCELLED");
  EXPECT_EQ(after.results(1).outcome(), R::GRANTED);
}

// The process ends again and again, whatever it is at.
TEST(RoundSteps, GoesOnAfterEveryRestart) {
  for (int pause_ms : {150, 400, 900}) {
    RoundDesk desk;
    std::vector<std::string> sessions;
    for (int i = 0; i < 40; ++i) sessions.push_back(desk.Session(i * 3, 45));
    desk.MakeRound(desk.NewRound());
    const auto through = [&](v1::Round::State state) {
      for (int i = 0; i < 6; ++i) {
        desk.executor.RunFor(absl::Milliseconds(pause_ms));
        desk.Restart();
      }
      desk.Reach(state);
    };
    ASSERT_TRUE(desk.Do<v1::OpenRoundRequest>("OpenRound").ok());
    through(v1::Round::OPEN);
    EXPECT_EQ(desk.Look().sessions(), 40);
    desk.Until(absl::Seconds(20));
    for (size_t i = 0; i < 60; ++i) {
      auto wish =
          desk.Submit(desk.Wish(absl::StrCat("schools/s", i), "1", {sessions[i % 40], sessions[i * 7 % 40]}));
      if (i * 6 % 40 == 0) continue;  // the same session twice
      ASSERT_TRUE(wish.ok()) << wish.status();
    }
    desk.Until(absl::Seconds(61));
    ASSERT_TRUE(desk.Do<v1::DrawRoundRequest>("DrawRound").ok());
    through(v1::Round::DRAWN);
    const int granted = desk.Look().granted();
    EXPECT_GT(granted, 20);
    ASSERT_TRUE(desk.Do<v1::ApplyRoundRequest>("ApplyRound").ok());
    through(v1::Round::APPLIED);
    EXPECT_EQ(desk.Look().booked(), granted);
    int confirmed = 0;
    for (const std::string& session : sessions) {
      confirmed += desk.LookAt(session).pools(0).confirmed();
      EXPECT_EQ(desk.LookAt(session).round(), "");
    }
    EXPECT_EQ(confirmed, granted * 40);
  }
}

TEST(RoundSteps, ARoundThatIsGivenUpLetsItsSessionsGo) {
  RoundDesk desk;
  const std::string session = desk.Session(1, 100);
  desk.MakeOpenRound();
  // A second round finds nothing that is not taken.
  desk.MakeRound(desk.NewRound("second"));
  ASSERT_TRUE(desk.Do<v1::OpenRoundRequest>("OpenRound", "rounds/second").ok());
  desk.executor.RunFor(absl::Seconds(8));
  EXPECT_EQ(desk.Look("rounds/second").state(), v1::Round::OPEN);
  EXPECT_EQ(desk.Look("rounds/second").sessions(), 0);
  v1::JoinWaitListRequest join;
  join.set_parent(session);
  join.mutable_wait_entry()->set_kind(v1::Booking::FAMILY);
  join.mutable_wait_entry()->mutable_party()->set_adults(1);
  join.set_request_id("join");
  EXPECT_EQ(refusal::ReasonOf(desk.Ask<v1::WaitEntry>("JoinWaitList", join, User("visitor")).status()),
            "HELD_FOR_ROUND");
  ASSERT_TRUE(desk.Do<v1::CancelRoundRequest>("CancelRound").ok());
  desk.Reach(v1::Round::CANCELLED);
  EXPECT_EQ(desk.LookAt(session).round(), "");
  EXPECT_TRUE(desk.Book(session, "schools/a", "4-1").ok());
}

TEST(RoundSteps, RemoteAndNeverServedSchoolsComeFirst) {
  FakeSchools schools;
  for (const char* name : {"schools/city", "schools/remote"}) {
    schools.schools[name].set_district(absl::StrCat("districts/", std::string(name).substr(8)));
  }
  schools.schools["schools/remote"].add_traits(identity::v1::School::REMOTE);
  RoundDesk desk;
  desk.identity = &schools;
  desk.Restart();
  // Both have been there before.
  const std::string before = desk.Session(-239, 100), session = desk.Session(1, 100);
  for (const char* school : {"schools/city", "schools/remote"}) {
    auto booking = desk.Book(before, school, "1");
    ASSERT_TRUE(booking.ok()) << booking.status();
    ASSERT_TRUE(desk.Ask<v1::Booking>("CheckInBooking",
                                      desk.Named<v1::CheckInBookingRequest>(booking->name()),
                                      Staff("venues/cqstm"))
                    .ok())
        << desk.last->status;
  }
  desk.Restart();
  desk.MakeOpenRound();
  auto city = desk.Submit(desk.Wish("schools/city", "4-1", {session}));
  auto remote = desk.Submit(desk.Wish("schools/remote", "4-1", {session}));
  ASSERT_TRUE(city.ok() && remote.ok()) << city.status() << remote.status();
  EXPECT_EQ(city->priority(), 2);
  EXPECT_FALSE(city->never_served());
  EXPECT_EQ(remote->priority(), 1);
  EXPECT_EQ(remote->district(), "districts/remote");
  EXPECT_EQ(refusal::ReasonOf(desk.Submit(desk.Wish("schools/none", "4-1", {session})).status()),
            "NOT_FOUND");
  schools.reachable = false;
  EXPECT_EQ(desk.Submit(desk.Wish("schools/city", "4-2", {session})).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace kepu::event
