// A rush through a waiting room, by the API: what staff set, who is let in when, every refusal, and that
// anybody can draw again.
#include <algorithm>
#include <set>

#include "absl/strings/escaping.h"
#include "kepu/event/v1/opening.pb.h"
#include "services/event/domain/lottery.h"
#include "services/event/domain/opening.h"
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/event_service_fixture.h"

namespace kepu::event {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using E = v1::OpeningEntry;

rpc::Principal TeacherNamed(const std::string& who, const std::string& school) {
  return {absl::StrCat("users/", who), "", {{"teacher", school}}};
}

class OpeningServiceTest : public EventServiceTest {
 protected:
  void SetUp() override {
    EventServiceTest::SetUp();
    session_ = desk.MakeSession(30).name();
    begin_ = desk.clock.Now();
  }

  // Opens 60 s after the beginning of the test, its room 40 s before; one person a second.
  v1::CreateOpeningRequest NewOpening(const std::string& id = "rush") {
    v1::CreateOpeningRequest request;
    request.set_opening_id(id);
    request.set_request_id(desk.NextRequestId());
    v1::Opening& opening = *request.mutable_opening();
    opening.mutable_display_name()->set_zh("科技周开放预约");
    opening.set_place("venues/cqstm");
    opening.add_sessions(session_);
    opening.mutable_open_time()->set_seconds(absl::ToUnixSeconds(begin_) + 60);
    opening.mutable_room_before()->set_seconds(40);
    opening.set_rate_per_minute(60);
    opening.mutable_turn_duration()->set_seconds(60);
    opening.set_school_limit(2);
    return request;
  }
  v1::Opening Make(const v1::CreateOpeningRequest& request) {
    auto opening = desk.Ask<v1::Opening>("OpeningService/CreateOpening", request, kStaff);
    EXPECT_TRUE(opening.ok()) << opening.status();
    return opening.ok() ? *opening : v1::Opening();
  }
  absl::StatusOr<v1::OpeningEntry> Enter(const rpc::Principal& who, const std::string& school = "",
                                         const std::string& opening = "openings/rush") {
    v1::EnterOpeningRequest request;
    request.set_parent(opening);
    request.set_school(school);
    request.set_request_id(desk.NextRequestId());
    return desk.Ask<v1::OpeningEntry>("OpeningService/EnterOpening", request, who);
  }
  absl::StatusOr<v1::OpeningEntry> Leave(const std::string& name, const rpc::Principal& who) {
    return desk.Ask<v1::OpeningEntry>("OpeningService/LeaveOpening",
                                      desk.Named<v1::LeaveOpeningRequest>(name), who);
  }
  v1::LookAtOpeningResponse Look(const rpc::Principal& who) {
    v1::LookAtOpeningRequest request;
    request.set_name("openings/rush");
    auto seen = desk.Ask<v1::LookAtOpeningResponse>("OpeningService/LookAtOpening", request, who);
    EXPECT_TRUE(seen.ok()) << seen.status();
    return seen.ok() ? *seen : v1::LookAtOpeningResponse();
  }
  v1::OpeningEntry LookAtOwn(const rpc::Principal& who) {
    const v1::LookAtOpeningResponse seen = Look(who);
    return seen.entries().empty() ? v1::OpeningEntry() : seen.entries(0);
  }
  absl::StatusOr<std::vector<v1::OpeningPlace>> Places() {
    std::vector<v1::OpeningPlace> all;
    v1::ListOpeningPlacesRequest request;
    request.set_parent("openings/rush");
    request.set_page_size(7);
    do {
      auto page =
          desk.Ask<v1::ListOpeningPlacesResponse>("OpeningService/ListOpeningPlaces", request, Nobody());
      if (!page.ok()) return page.status();
      all.insert(all.end(), page->places().begin(), page->places().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
  void Until(absl::Duration since_begin) {
    desk.executor.RunFor(std::max(absl::ZeroDuration(), begin_ + since_begin - desk.clock.Now()));
  }
  // `count` people in the room, drawn.
  std::vector<rpc::Principal> Drawn(int count) {
    std::vector<rpc::Principal> people;
    Until(absl::Seconds(30));
    for (int i = 0; i < count; ++i) {
      people.push_back(User(absl::StrCat("p", i)));
      EXPECT_TRUE(Enter(people.back()).ok());
    }
    Until(absl::Seconds(60.5));
    std::sort(people.begin(), people.end(),
              [this](const auto& a, const auto& b) { return LookAtOwn(a).place() < LookAtOwn(b).place(); });
    return people;
  }

  std::string session_;
  absl::Time begin_;
};

TEST_F(OpeningServiceTest, GoesFromTheRoomToBookings) {
  const v1::Opening made = Make(NewOpening());
  EXPECT_EQ(made.state(), v1::Opening::PLANNED);
  EXPECT_THAT(made.commitment(), SizeIs(64));
  EXPECT_EQ(made.secret(), "");
  EXPECT_EQ(Reason(Enter(User("early")).status()), "ROOM_NOT_OPEN");
  EXPECT_EQ(Reason(Book(session_, "early").status()), "ENTER_FIRST");
  Until(absl::Seconds(30));
  auto entry = Enter(User("p0"));
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->state(), E::IN_ROOM);
  EXPECT_EQ(entry->place(), 0);
  EXPECT_EQ(Enter(User("p0"))->name(), entry->name()) << "twice is once";
  EXPECT_EQ(Look(User("p0")).opening().present(), 1);
  EXPECT_EQ(Reason(Book(session_, "p0").status()), "NOT_DRAWN_YET");
  EXPECT_EQ(Reason(Places().status()), "NOT_DRAWN_YET");

  const std::vector<rpc::Principal> people = Drawn(20);
  EXPECT_EQ(Look(people[0]).opening().state(), v1::Opening::LETTING_IN);
  for (size_t i = 0; i < people.size(); ++i) {
    const v1::OpeningEntry own = LookAtOwn(people[i]);
    EXPECT_EQ(own.place(), static_cast<int>(i) + 1);
    EXPECT_EQ(own.turn_time().seconds(), absl::ToUnixSeconds(begin_) + 60 + static_cast<int64_t>(i));
  }
  EXPECT_TRUE(Book(session_, people[0].name.substr(6)).ok());
  const absl::Status early = Book(session_, people[5].name.substr(6)).status();
  EXPECT_EQ(Reason(early), "NOT_YET_YOUR_TURN");
  EXPECT_EQ(refusal::ParamOf(early, "place"), "6");
  EXPECT_EQ(refusal::ParamOf(early, "ahead"), "4");
  EXPECT_EQ(Reason(Hold(session_, people[5].name.substr(6)).status()), "NOT_YET_YOUR_TURN");
  EXPECT_EQ(Reason(Join(session_, people[5].name.substr(6)).status()), "NOT_YET_YOUR_TURN");
  EXPECT_EQ(Reason(Book(session_, "stranger").status()), "ENTER_FIRST");
  EXPECT_TRUE(desk.Ask<v1::Booking>("CreateBooking", desk.Booking(session_, 1), kStaff).ok())
      << "staff of the place book as ever";
  const std::string other = desk.MakeSession(30).name();
  EXPECT_TRUE(Book(other, "stranger").ok()) << "another session is nobody's line";
  auto late = Enter(User("late"));
  ASSERT_TRUE(late.ok());
  EXPECT_EQ(late->place(), 21);
  EXPECT_EQ(late->state(), E::IN_LINE);
  Until(absl::Seconds(66));
  EXPECT_TRUE(Book(session_, people[5].name.substr(6)).ok());
}

TEST_F(OpeningServiceTest, AnybodyCanDrawAgainAndARestartChangesNothing) {
  const std::string commitment = Make(NewOpening()).commitment();
  Drawn(40);
  const auto places = Places();
  ASSERT_TRUE(places.ok()) << places.status();
  ASSERT_THAT(*places, SizeIs(40));
  const v1::Opening opening = Look(User("p0")).opening();
  EXPECT_EQ(domain::Commitment(opening.secret()), commitment);
  EXPECT_EQ(domain::SeedOf(opening.secret(), opening.entries_digest()), opening.seed());
  std::string digest(32, '\0');
  std::vector<std::string> listed, lots;
  for (const v1::OpeningPlace& place : *places) {
    const std::string hash = absl::HexStringToBytes(domain::HexDigest(place.entry_id()));
    for (size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<char>(digest[i] ^ hash[i]);
    listed.push_back(place.entry_id());
    lots.push_back(domain::HexDigest(absl::StrCat(opening.seed(), "\n", place.entry_id())));
    EXPECT_EQ(place.lot(), lots.back());
  }
  EXPECT_EQ(absl::BytesToHexString(digest), opening.entries_digest()) << "nobody is missing from the list";
  EXPECT_TRUE(std::is_sorted(lots.begin(), lots.end()));
  std::vector<std::string> sorted = listed;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(domain::DrawnOrder(opening.seed(), sorted), listed);

  ASSERT_TRUE(Enter(User("late")).ok());
  const v1::OpeningEntry before = LookAtOwn(User("p7")), late = LookAtOwn(User("late"));
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(1));
  EXPECT_EQ(LookAtOwn(User("p7")).place(), before.place());
  EXPECT_EQ(LookAtOwn(User("late")).place(), late.place());
  const auto again = Places();
  ASSERT_TRUE(again.ok());
  for (size_t i = 0; i < listed.size(); ++i) EXPECT_EQ((*again)[i].entry_id(), listed[i]);
}

TEST_F(OpeningServiceTest, ReplicasDrawAtTheSameSecondAndAgree) {
  Make(NewOpening());
  auto made = MakeService({desk.store, desk.executor, desk.clock, desk.random, desk.keys, desk.authorizer,
                           std::string(32, 'p'), Options()});
  ASSERT_TRUE(made.ok()) << made.status();
  std::unique_ptr<EventService> other = *std::move(made);
  other->Start([](const absl::Status& status) { EXPECT_EQ(status, absl::OkStatus()); });
  ASSERT_TRUE(desk.executor.RunUntil([&] { return other->Ready(); }, absl::Seconds(5)));
  const std::vector<rpc::Principal> people = Drawn(20);
  Until(absl::Seconds(65));
  const auto here = Places();
  EXPECT_TRUE(Book(session_, people[1].name.substr(6)).ok());
  std::swap(desk.service, other);
  const auto there = Places();
  EXPECT_TRUE(Book(session_, people[2].name.substr(6)).ok());
  EXPECT_EQ(Reason(Book(session_, people[15].name.substr(6)).status()), "NOT_YET_YOUR_TURN");
  ASSERT_TRUE(here.ok() && there.ok()) << here.status() << there.status();
  ASSERT_THAT(*there, SizeIs(20));
  for (size_t i = 0; i < here->size(); ++i) EXPECT_EQ((*there)[i].entry_id(), (*here)[i].entry_id());
  std::swap(desk.service, other);
}

TEST_F(OpeningServiceTest, ATurnEndsAndOneComesInAgainBehind) {
  v1::CreateOpeningRequest request = NewOpening();
  request.mutable_opening()->set_rate_per_minute(6);
  Make(request);
  const std::vector<rpc::Principal> people = Drawn(20);
  const std::string first = people[0].name.substr(6);
  Until(absl::Seconds(119));
  const v1::CreateBookingRequest in_time = desk.Booking(session_, 1);
  EXPECT_TRUE(desk.Ask<v1::Booking>("CreateBooking", in_time, people[0]).ok());
  Until(absl::Seconds(121));
  EXPECT_EQ(LookAtOwn(people[0]).state(), E::OVER);
  EXPECT_TRUE(desk.Ask<v1::Booking>("CreateBooking", in_time, people[0]).ok())
      << "a repeat hears what became of it, also after the turn";
  EXPECT_EQ(Reason(Join(session_, first).status()), "ENTRY_OVER");
  auto again = Enter(people[0]);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->place(), 21);
  EXPECT_EQ(Reason(Join(session_, first).status()), "NOT_YET_YOUR_TURN");
  EXPECT_EQ((*Places())[0].entry_id(), again->name().substr(again->name().rfind('/') + 1))
      << "the draw stays as it was";

  // Leaving the line: nobody moves, and one has to enter anew.
  const std::string name = LookAtOwn(people[15]).name();
  const int after = LookAtOwn(people[16]).place();
  EXPECT_EQ(Reason(Leave(name, User("stranger")).status()), "NOT_FOUND");
  EXPECT_EQ(Leave(name, people[15])->state(), E::LEFT);
  EXPECT_EQ(Leave(name, people[15])->state(), E::LEFT);
  EXPECT_EQ(Reason(Book(session_, people[15].name.substr(6)).status()), "ENTER_FIRST");
  EXPECT_EQ(LookAtOwn(people[16]).place(), after);
  EXPECT_EQ(Enter(people[15])->place(), 22);
  // When all were let in, the sessions are everybody's.
  Until(absl::Seconds(60 + 22 * 10));
  EXPECT_EQ(Look(people[0]).opening().state(), v1::Opening::ENDED);
  EXPECT_EQ(Look(people[0]).opening().let_in(), 22);
  EXPECT_TRUE(Book(session_, "stranger").ok());
  EXPECT_EQ(Reason(Enter(User("stranger")).status()), "OPENING_ENDED");
}

TEST_F(OpeningServiceTest, WhoLeavesTheRoomIsNotDrawn) {
  Make(NewOpening());
  Until(absl::Seconds(30));
  auto entry = Enter(User("a"));
  ASSERT_TRUE(entry.ok() && Enter(User("b")).ok());
  EXPECT_EQ(Leave(entry->name(), User("a"))->state(), E::LEFT);
  Until(absl::Seconds(61));
  ASSERT_TRUE(Places().ok());
  EXPECT_THAT(*Places(), SizeIs(1));
  EXPECT_EQ(Reason(Book(session_, "a").status()), "ENTER_FIRST");
}

TEST_F(OpeningServiceTest, ASchoolHasItsOwnEntriesAndALimit) {
  Make(NewOpening());
  Until(absl::Seconds(30));
  const rpc::Principal one = TeacherNamed("t1", "schools/x"), two = TeacherNamed("t2", "schools/x");
  auto entry = Enter(one, "schools/x");
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->school(), "schools/x");
  ASSERT_TRUE(Enter(one).ok()) << "for oneself is another entry";
  ASSERT_TRUE(Enter(two, "schools/x").ok());
  EXPECT_EQ(Reason(Enter(TeacherNamed("t3", "schools/x"), "schools/x").status()), "OPENING_SCHOOL_LIMIT");
  EXPECT_EQ(Reason(Enter(one, "schools/y").status()), "NOT_FOUND");
  EXPECT_EQ(Reason(Enter(User("v"), "schools/x").status()), "PERMISSION_DENIED");
  EXPECT_THAT(Enter(one, "school x").status().message(), HasSubstr("school"));
  Until(absl::Seconds(64));
  EXPECT_THAT(Look(one).entries(), SizeIs(2));
  v1::CreateBookingRequest visit;
  visit.set_parent(session_);
  visit.mutable_booking()->set_kind(v1::Booking::SCHOOL);
  visit.mutable_booking()->set_school("schools/x");
  visit.mutable_booking()->set_school_class("3-1");
  visit.mutable_booking()->set_grade("3");
  visit.mutable_booking()->mutable_party()->set_pupils(10);
  visit.mutable_booking()->mutable_party()->set_adults(1);
  visit.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Reason(desk.Ask<v1::Booking>("CreateBooking", visit, TeacherNamed("t3", "schools/x")).status()),
            "ENTER_FIRST");
  const auto booked = desk.Ask<v1::Booking>("CreateBooking", visit, one);
  ASSERT_TRUE(booked.ok()) << booked.status();

  // Nor can a booking of another session be moved in past the line.
  const std::string other = desk.MakeSession(30).name();
  auto elsewhere = Book(other, "stranger");
  ASSERT_TRUE(elsewhere.ok());
  v1::MoveBookingRequest move = desk.Named<v1::MoveBookingRequest>(elsewhere->name());
  move.set_session(session_);
  EXPECT_EQ(Reason(desk.Ask<v1::Booking>("MoveBooking", move, User("stranger")).status()), "ENTER_FIRST");
  EXPECT_TRUE(desk.Ask<v1::Booking>("MoveBooking", move, kStaff).ok());
}

TEST_F(OpeningServiceTest, RefusesWhatIsWrongInAPlan) {
  const auto refused = [this](const std::function<void(v1::Opening&)>& spoil) {
    v1::CreateOpeningRequest request = NewOpening();
    spoil(*request.mutable_opening());
    return desk.Ask<v1::Opening>("OpeningService/CreateOpening", request, kStaff).status();
  };
  using O = v1::Opening;
  EXPECT_THAT(refused([](O& o) { o.mutable_open_time()->set_seconds(1); }).message(),
              HasSubstr("opening.open_time"));
  EXPECT_THAT(refused([](O& o) { o.clear_sessions(); }).message(), HasSubstr("opening.sessions"));
  EXPECT_THAT(refused([](O& o) { o.clear_rate_per_minute(); }).message(), HasSubstr("rate_per_minute"));
  EXPECT_THAT(refused([](O& o) { o.set_rate_per_minute(-1); }).message(), HasSubstr("rate_per_minute"));
  EXPECT_THAT(refused([](O& o) { o.mutable_turn_duration()->set_seconds(5); }).message(),
              HasSubstr("opening.turn_duration"));
  EXPECT_THAT(refused([](O& o) { o.add_sessions(o.sessions(0)); }).message(), HasSubstr("twice"));
  EXPECT_EQ(Reason(refused([](O& o) { o.set_sessions(0, "events/night-of-stars/sessions/none"); })),
            "NOT_FOUND");
  EXPECT_THAT(
      refused([](O& o) { o.mutable_open_time()->set_seconds(o.open_time().seconds() + 864000); }).message(),
      HasSubstr("must start after"));
  const auto of_event = [](O& o) {
    o.clear_sessions();
    o.set_event("events/none");
  };
  EXPECT_EQ(Reason(refused(of_event)), "NOT_FOUND");
  Make(NewOpening());
  EXPECT_EQ(Reason(desk.Ask<O>("OpeningService/CreateOpening", NewOpening(), kStaff).status()),
            "ALREADY_EXISTS");
  EXPECT_EQ(Reason(desk.Ask<O>("OpeningService/CreateOpening", NewOpening("second"), kStaff).status()),
            "SESSION_HAS_OPENING");
  EXPECT_EQ(Reason(Enter(User("a"), "", "openings/none").status()), "NOT_FOUND");
}

TEST_F(OpeningServiceTest, StaffChangeAndCancelIt) {
  v1::CreateOpeningRequest request = NewOpening();
  request.mutable_opening()->clear_sessions();
  request.mutable_opening()->set_event("events/night-of-stars");
  const v1::Opening made = Make(request);
  EXPECT_EQ(Reason(Book(session_, "a").status()), "ENTER_FIRST") << "all sessions of the event";
  v1::UpdateOpeningRequest update;
  update.mutable_opening()->set_name(made.name());
  update.mutable_opening()->set_rate_per_minute(120);
  update.mutable_opening()->set_etag("other");
  update.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Reason(desk.Ask<v1::Opening>("OpeningService/UpdateOpening", update, kStaff).status()),
            "ETAG_MISMATCH");
  update.mutable_opening()->set_etag(made.etag());
  auto changed = desk.Ask<v1::Opening>("OpeningService/UpdateOpening", update, kStaff);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->rate_per_minute(), 120);
  EXPECT_EQ(changed->display_name().zh(), made.display_name().zh());
  update.mutable_opening()->set_place("venues/other");
  update.mutable_opening()->set_etag("");
  update.set_request_id(desk.NextRequestId());
  EXPECT_THAT(desk.Ask<v1::Opening>("OpeningService/UpdateOpening", update, kStaff).status().message(),
              HasSubstr("opening.place"));
  update.mutable_opening()->clear_place();
  Until(absl::Seconds(61));
  update.mutable_opening()->set_rate_per_minute(240);
  update.set_request_id(desk.NextRequestId());
  EXPECT_EQ(Reason(desk.Ask<v1::Opening>("OpeningService/UpdateOpening", update, kStaff).status()),
            "OPENING_DRAWN");

  v1::ListOpeningsRequest list;
  list.set_session(session_);
  auto page = desk.Ask<v1::ListOpeningsResponse>("OpeningService/ListOpenings", list, Nobody());
  ASSERT_TRUE(page.ok() && page->openings_size() == 1) << page.status();
  list.set_place("venues/other");
  EXPECT_THAT(desk.Ask<v1::ListOpeningsResponse>("OpeningService/ListOpenings", list, Nobody())->openings(),
              IsEmpty());
  v1::CancelOpeningRequest cancel = desk.Named<v1::CancelOpeningRequest>(made.name());
  cancel.set_reason("storm");
  EXPECT_EQ(desk.Ask<v1::Opening>("OpeningService/CancelOpening", cancel, kStaff)->state(),
            v1::Opening::CANCELLED);
  EXPECT_TRUE(Book(session_, "a").ok());
  EXPECT_EQ(Reason(Enter(User("a")).status()), "OPENING_CANCELLED");
}

// Three hundred for thirty places, everybody trying all the time.
TEST_F(OpeningServiceTest, ARushThroughTheRoomSellsEveryPlaceOnceInTurn) {
  v1::CreateOpeningRequest request = NewOpening();
  request.mutable_opening()->set_rate_per_minute(600);
  Make(request);
  const std::vector<rpc::Principal> people = Drawn(100);
  std::set<std::string> booked;
  for (int tick = 0; tick < 12; ++tick) {
    std::vector<std::pair<size_t, std::shared_ptr<Answer>>> answers;
    const double minutes =
        absl::ToDoubleMinutes(desk.clock.Now() + absl::Seconds(1) - begin_ - absl::Seconds(60));
    for (size_t i = 0; i < people.size(); ++i) {
      if (booked.contains(people[i].name)) continue;
      rpc::Context context;
      context.principal = people[i];
      answers.emplace_back(i, desk.Send("CreateBooking", desk.Booking(session_, 1), context));
    }
    desk.executor.RunFor(absl::Seconds(1));
    for (const auto& [i, answer] : answers) {
      ASSERT_TRUE(answer->finished);
      if (!answer->status.ok()) continue;
      booked.insert(people[i].name);
      EXPECT_LT(static_cast<double>(i), minutes * 600 + 1) << "before the rate let anybody in";
    }
  }
  EXPECT_THAT(booked, SizeIs(30));
  const v1::Session session = desk.Look(session_);
  EXPECT_EQ(session.pools(0).confirmed(), 30);
  EXPECT_EQ(session.pools(0).free(), 0);
}

TEST_F(OpeningServiceTest, AnAccountHoldsSoMany) {
  std::vector<std::string> sessions;
  for (int i = 0; i < 4; ++i) sessions.push_back(desk.MakeSession(10).name());
  std::vector<v1::Booking> held;
  for (int i = 0; i < 3; ++i) {
    auto hold = Hold(sessions[static_cast<size_t>(i)], "a");
    ASSERT_TRUE(hold.ok()) << hold.status();
    held.push_back(*hold);
  }
  const absl::Status refused = Hold(sessions[3], "a").status();
  EXPECT_EQ(Reason(refused), "TOO_MANY_HOLDS");
  EXPECT_EQ(refusal::ParamOf(refused, "most"), "3");
  EXPECT_TRUE(Hold(sessions[3], "b").ok());
  EXPECT_TRUE(Book(sessions[3], "a").ok()) << "what is booked at once is no hold";
  desk.Restart();
  EXPECT_EQ(Reason(Hold(session_, "a").status()), "TOO_MANY_HOLDS");
  EXPECT_TRUE(desk.Ask<v1::Booking>("ConfirmBooking", desk.Named<v1::ConfirmBookingRequest>(held[0].name()),
                                    User("a"))
                  .ok());
  auto next = Hold(session_, "a");
  EXPECT_TRUE(next.ok()) << next.status();
  EXPECT_TRUE(
      desk.Ask<v1::Booking>("CancelBooking", desk.Named<v1::CancelBookingRequest>(held[1].name()), User("a"))
          .ok());
  EXPECT_TRUE(Hold(held[1].name().substr(0, held[1].name().find("/bookings")), "a").ok());
  const std::string more = desk.MakeSession(10).name();
  EXPECT_EQ(Reason(Hold(more, "a").status()), "TOO_MANY_HOLDS");
  desk.Skip(absl::Minutes(11));
  EXPECT_TRUE(Hold(more, "a").ok()) << "the others ran out";
}

TEST_F(OpeningServiceTest, WhoWaitsSeesTheirPlace) {
  const std::string session = desk.MakeSession(2).name();
  ASSERT_TRUE(Book(session, "first", 2).ok());
  std::vector<v1::WaitEntry> entries;
  for (int i = 0; i < 12; ++i) {
    auto entry = Join(session, absl::StrCat("w", i), 1);
    ASSERT_TRUE(entry.ok());
    EXPECT_EQ(entry->position(), i + 1);
    entries.push_back(*entry);
  }
  v1::LeaveWaitListRequest leave = desk.Named<v1::LeaveWaitListRequest>(entries[0].name());
  EXPECT_EQ(desk.Ask<v1::WaitEntry>("LeaveWaitList", leave, User("w0"))->position(), 0);
  desk.executor.RunFor(absl::Seconds(1));
  v1::GetWaitEntryRequest get;
  for (int i : {1, 7, 8, 11}) {
    get.set_name(entries[static_cast<size_t>(i)].name());
    EXPECT_EQ(desk.Ask<v1::WaitEntry>("GetWaitEntry", get, User(absl::StrCat("w", i)))->position(), i);
  }
}

TEST_F(OpeningServiceTest, TheHandlersDoWhatTheAnnotationsSay) {
  Make(NewOpening());
  Until(absl::Seconds(30));
  auto entry = Enter(User("visitor"));
  ASSERT_TRUE(entry.ok());
  // Whoever leaves before the draw was never there; afterwards it can be asked about again and again.
  Until(absl::Seconds(61));
  std::string absent = entry->name();
  absent.back() = absent.back() == 'a' ? 'b' : 'a';
  const auth::AccessScene scene = {
      .rpc = desk.service->rpc(),
      .executor = desk.executor,
      .services = {v1::Opening::descriptor()->file()->FindServiceByName("OpeningService")},
      .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
      .subjects = {{"opening.place", {"venues/cqstm"}},
                   {"openings/*", {"openings/rush", "openings/absent"}},
                   {"openings/*/entries/*", {entry->name(), absent}}},
      .own = {{"", {"venues/cqstm", "city"}}},
      .foreign = "venues/other",
      .owner = "users/visitor",
      .samples = {{"UpdateOpening", "opening { rate_per_minute: 90 }"}, {"EnterOpening", "school: ''"}}};
  EXPECT_THAT(auth::CheckAccess(scene), IsEmpty());
  for (const char* method : {"CreateOpening", "CancelOpening", "LeaveOpening", "GetOpeningEntry"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), IsEmpty());
}

}  // namespace
}  // namespace kepu::event
