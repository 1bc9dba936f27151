// Waiting rooms: what staff may set, who comes in, the draw that anybody can repeat, and that nobody is let
// in before the rate allows it.
#include "tests/unit/event_opening_room.h"

namespace kepu::event::domain::opening_test {
namespace {

using ::testing::HasSubstr;

TEST(Opening, RefusesTermsThatCannotBe) {
  const auto refused = [](const std::function<void(record::OpeningTerms&)>& spoil) {
    record::OpeningTerms terms = Terms();
    spoil(terms);
    return std::string(CompleteTerms(&terms, kNow).message());
  };
  using T = record::OpeningTerms;
  EXPECT_EQ(refused([](T&) {}), "");
  EXPECT_THAT(refused([](T& t) { t.set_open_us(absl::ToUnixMicros(kNow)); }), HasSubstr("open_time"));
  EXPECT_THAT(refused([](T& t) { t.set_open_us(absl::ToUnixMicros(kNow + absl::Hours(9000))); }),
              HasSubstr("366 days"));
  EXPECT_THAT(refused([](T& t) { t.clear_event(); }), HasSubstr("sessions"));
  EXPECT_THAT(refused([](T& t) { t.add_sessions("events/e/sessions/s"); }), HasSubstr("one of both"));
  EXPECT_THAT(refused([](T& t) { t.set_room_before_us(-1); }), HasSubstr("room_before"));
  EXPECT_THAT(refused([](T& t) { t.set_room_before_us(90'000'000'000); }), HasSubstr("room_before"));
  EXPECT_THAT(refused([](T& t) { t.set_turn_us(1'000'000); }), HasSubstr("turn_duration"));
  EXPECT_THAT(refused([](T& t) { t.set_rate_per_minute(-3); }), HasSubstr("rate_per_minute"));
  EXPECT_THAT(refused([](T& t) { t.set_end_us(t.open_us()); }), HasSubstr("end_time"));
  T terms = Terms();
  terms.clear_room_before_us();
  terms.clear_turn_us();
  terms.clear_school_limit();
  EXPECT_EQ(CompleteTerms(&terms, kNow), absl::OkStatus());
  EXPECT_EQ(terms.room_before_us(), 900'000'000);
  EXPECT_EQ(terms.turn_us(), 600'000'000);
  EXPECT_EQ(terms.school_limit(), 3);
}

TEST(Opening, TurnsKeepToTheRateToTheMicrosecond) {
  for (int rate : {1, 7, 60, 59999, 60000}) {
    record::OpeningHead head;
    *head.mutable_terms() = Terms(rate);
    EXPECT_EQ(TurnsBy(head, kSecond - absl::Microseconds(1)), 0);
    EXPECT_EQ(TurnsBy(head, kSecond), 1);
    for (int64_t turn = 0; turn < 3000; turn += 1 + turn / 50) {
      EXPECT_EQ(TurnsBy(head, TurnTime(head, turn)), turn + 1) << rate;
      EXPECT_EQ(TurnsBy(head, TurnTime(head, turn) - absl::Microseconds(1)), turn) << rate;
    }
    EXPECT_EQ(TurnTime(head, rate), kSecond + absl::Minutes(1));
  }
}

TEST(Opening, TheRoomOpensAndEveryoneThereIsDrawn) {
  Room room;
  EXPECT_EQ(Why(room.Enter("a")), "ROOM_NOT_OPEN");
  room.now = kSecond - absl::Minutes(15);
  EXPECT_EQ(StateAt(room.opening.head(), room.now), v1::Opening::ROOM_OPEN);
  for (const char* id : {"a", "b", "c", "d"}) EXPECT_EQ(room.Enter(id), absl::OkStatus());
  EXPECT_EQ(room.Enter("a"), absl::OkStatus()) << "twice is once";
  EXPECT_EQ(room.opening.head().entries(), 4U);
  EXPECT_EQ(room.Leave("b"), absl::OkStatus());
  EXPECT_EQ(Why(room.Leave("b")), "NOT_FOUND");
  EXPECT_EQ(room.Look("a").state, E::IN_ROOM);
  EXPECT_EQ(room.DrawNow(), absl::OkStatus());
  EXPECT_FALSE(IsDrawn(room.opening.head())) << "before the second";
  room.now = kSecond;
  EXPECT_EQ(StateAt(room.opening.head(), room.now), v1::Opening::DRAWING);
  EXPECT_EQ(room.Look("a").state, E::DRAWING);
  EXPECT_EQ(room.DrawNow(), absl::OkStatus());
  EXPECT_THAT(room.order, ::testing::UnorderedElementsAre("a", "c", "d"));
  EXPECT_EQ(room.Look(room.order[0]).state, E::YOUR_TURN);
  EXPECT_EQ(room.Look(room.order[2]).state, E::IN_LINE);
  EXPECT_EQ(room.Look(room.order[2]).ahead, 1);
  EXPECT_EQ(room.Look(room.order[2]).from, kSecond + absl::Seconds(2));
  // Who comes now is behind them, also who left before.
  EXPECT_EQ(room.Enter("b"), absl::OkStatus());
  EXPECT_EQ(room.Look("b").turn, 3);
  room.now += absl::Minutes(10) - absl::Microseconds(1);
  EXPECT_EQ(room.Look(room.order[0]).state, E::YOUR_TURN);
  room.now += absl::Microseconds(1);
  EXPECT_EQ(room.Look(room.order[0]).state, E::OVER);
  EXPECT_TRUE(IsOver(room.opening.head(), room.now)) << "all were let in and the first turn is over";
  EXPECT_EQ(Why(room.Enter("e")), "OPENING_ENDED");
  room.CheckWhole();
}

TEST(Opening, WhoComesAfterTheSecondBringsTheDrawAbout) {
  Room room;
  room.now = kSecond - absl::Seconds(1);
  EXPECT_EQ(room.Enter("a"), absl::OkStatus());
  room.now = kSecond;
  EXPECT_EQ(room.Enter("b"), absl::OkStatus());
  EXPECT_TRUE(IsDrawn(room.opening.head()));
  EXPECT_EQ(room.Look("a").turn, 0);
  EXPECT_EQ(room.Look("b").turn, 1);
  // Turns that nobody was there for do not pile up.
  room.now = kSecond + absl::Seconds(100);
  EXPECT_EQ(room.Enter("c"), absl::OkStatus());
  EXPECT_EQ(room.Enter("d"), absl::OkStatus());
  EXPECT_EQ(room.Look("c").turn, 100);
  EXPECT_EQ(room.Look("c").state, E::YOUR_TURN);
  EXPECT_EQ(room.Look("d").state, E::IN_LINE);
  EXPECT_EQ(room.Look("d").turn, 101);
  room.CheckWhole();
}

TEST(Opening, WhoseTurnIsOverComesInAgainBehind) {
  Room room(Terms(1));
  room.now = kSecond - absl::Minutes(1);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(room.Enter(absl::StrCat("p", i)), absl::OkStatus());
  room.now = kSecond + absl::Minutes(12);
  EXPECT_EQ(room.DrawNow(), absl::OkStatus());
  const std::string first = room.order[0], later = room.order[20];
  EXPECT_EQ(room.Look(first).state, E::OVER);
  EXPECT_EQ(room.Enter(first), absl::OkStatus());
  EXPECT_EQ(room.Look(first).turn, 30);
  EXPECT_EQ(room.Enter(first), absl::OkStatus()) << "waits already";
  EXPECT_EQ(room.Look(first).turn, 30);
  // Who leaves the line keeps nobody's turn from anybody, and comes in again behind.
  EXPECT_EQ(room.Leave(later), absl::OkStatus());
  EXPECT_EQ(room.Leave(later), absl::OkStatus());
  EXPECT_EQ(room.Look(later).state, E::LEFT);
  EXPECT_EQ(room.Look(room.order[21]).turn, 21);
  EXPECT_EQ(room.Enter(later), absl::OkStatus());
  EXPECT_EQ(room.Look(later).turn, 31);
  EXPECT_EQ(room.opening.head().entries(), 30U);
  // The draw stays what it was.
  const std::vector<std::string> drawn = room.order;
  room.Draw();
  EXPECT_EQ(room.order, drawn);
  room.CheckWhole();
}

TEST(Opening, ASchoolHasSoManyEntries) {
  Room room;
  room.now = kSecond - absl::Minutes(1);
  EXPECT_EQ(room.Enter("a", "schools/x"), absl::OkStatus());
  EXPECT_EQ(room.Enter("b", "schools/x"), absl::OkStatus());
  EXPECT_EQ(Why(room.Enter("c", "schools/x")), "OPENING_SCHOOL_LIMIT");
  EXPECT_EQ(room.Enter("c", "schools/y"), absl::OkStatus());
  EXPECT_EQ(room.Enter("a", "schools/x"), absl::OkStatus());
  EXPECT_EQ(room.Leave("a"), absl::OkStatus());
  EXPECT_EQ(room.Enter("d", "schools/x"), absl::OkStatus()) << "before the draw a place is given back";
  room.now = kSecond;
  EXPECT_EQ(room.DrawNow(), absl::OkStatus());
  EXPECT_EQ(room.Leave("d"), absl::OkStatus());
  EXPECT_EQ(Why(room.Enter("e", "schools/x")), "OPENING_SCHOOL_LIMIT") << "afterwards it was used";
  EXPECT_EQ(room.Enter("d", "schools/x"), absl::OkStatus());
  room.CheckWhole();
}

TEST(Opening, ARoomIsFullAtItsBound) {
  Room room;
  room.now = kSecond - absl::Minutes(1);
  EXPECT_EQ(room.Enter("a"), absl::OkStatus());
  room.opening.mutable_head().set_entries(kMaxOpeningEntries);
  EXPECT_EQ(Why(room.Enter("b")), "OPENING_FULL");
  EXPECT_EQ(room.Enter("a"), absl::OkStatus()) << "who is in it stays";
}

TEST(Opening, StaffChangeItUntilTurnsAreTold) {
  Room room;
  record::OpeningTerms terms = Terms(120);
  terms.set_open_us(terms.open_us() + 60'000'000);
  EXPECT_EQ(room.Change(terms), absl::OkStatus());
  EXPECT_EQ(room.Change(terms), absl::OkStatus());
  EXPECT_EQ(room.log.size(), 2U) << "nothing new, no fact";
  terms.set_open_us(absl::ToUnixMicros(kNow));
  EXPECT_THAT(room.Change(terms).message(), HasSubstr("open_time"));
  room.now = OpensAt(room.opening.head());
  terms = room.opening.head().terms();
  terms.set_rate_per_minute(600);
  EXPECT_EQ(Why(room.Change(terms)), "OPENING_DRAWN");
  terms = room.opening.head().terms();
  terms.set_end_us(terms.open_us());
  EXPECT_THAT(room.Change(terms).message(), HasSubstr("end_time"));
  terms.set_end_us(terms.open_us() + 60'000'000);
  EXPECT_EQ(room.Change(terms), absl::OkStatus());
  room.now += absl::Minutes(1);
  EXPECT_EQ(StateAt(room.opening.head(), room.now), v1::Opening::ENDED);
  EXPECT_EQ(room.Cancel(), absl::OkStatus());
  EXPECT_EQ(room.Cancel(), absl::OkStatus());
  EXPECT_EQ(Why(room.Change(terms)), "OPENING_CANCELLED");
  EXPECT_EQ(Why(room.Enter("a")), "OPENING_CANCELLED");
  EXPECT_EQ(StateAt(room.opening.head(), room.now), v1::Opening::CANCELLED);
  room.CheckWhole();
}

TEST(Opening, OnlyTheSecretThatWasCommittedToDraws) {
  Room room;
  room.now = kSecond;
  EXPECT_EQ(room.Run([&](const Opening& o) { return DecideDrawOpening(o, "another", room.now); }).code(),
            absl::StatusCode::kInternal);
  EXPECT_EQ(room.DrawNow(), absl::OkStatus());
  EXPECT_EQ(Commitment(room.opening.head().secret()), room.opening.head().commitment());
  EXPECT_EQ(SeedOf(kSecret, EntriesDigest(room.opening.head())), room.opening.head().seed());
}

}  // namespace
}  // namespace kepu::event::domain::opening_test
