// Waiting rooms: what staff may set, who comes in, the draw that anybody can repeat, and that nobody is let
// in before the rate allows it; tables, and random sequences against a model.
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/lottery.h"
#include "services/event/domain/opening.h"

namespace kepu::event::domain {
namespace {

using ::testing::HasSubstr;
using E = v1::OpeningEntry;
using Ask = std::function<absl::StatusOr<Facts>(const Opening&)>;

const absl::Time kNow = absl::FromUnixSeconds(1780000000);
const absl::Time kSecond = kNow + absl::Hours(1);
constexpr char kSecret[] = "the secret of the room";

record::OpeningTerms Terms(int rate = 60) {
  record::OpeningTerms terms;
  terms.mutable_display_name()->set_zh("科技周");
  terms.set_place("venues/v");
  terms.set_event("events/e");
  terms.set_open_us(absl::ToUnixMicros(kSecond));
  terms.set_room_before_us(absl::ToInt64Microseconds(absl::Minutes(15)));
  terms.set_rate_per_minute(rate);
  terms.set_school_limit(2);
  terms.set_turn_us(absl::ToInt64Microseconds(absl::Minutes(10)));
  return terms;
}

// An opening as the engine and a read model would drive it. Every decision is made twice, on the whole and on
// a head that loads what it asks for or took for absent.
class Room {
 public:
  explicit Room(record::OpeningTerms terms = Terms()) : now(kNow) {
    opening.set_complete(true);
    EXPECT_EQ(Run([&](const Opening& o) {
                return DecideCreateOpening(o, "o", terms, Commitment(kSecret), "users/staff", now);
              }),
              absl::OkStatus());
  }

  absl::Status Run(const Ask& ask) {
    absl::StatusOr<Facts> facts = ask(opening);
    if (opening.Exists()) {
      Opening lazy;
      EXPECT_TRUE(lazy.ParseHead(opening.SerializeHead()));
      absl::StatusOr<Facts> again = ask(lazy);
      for (auto missing = Missing(lazy); !missing.empty(); missing = Missing(lazy)) {
        for (const std::string& field : missing) {
          auto child = opening.SerializeChild(field);
          lazy.ParseChild(field, child ? std::optional<absl::string_view>(*child) : std::nullopt);
        }
        again = ask(lazy);
      }
      EXPECT_EQ(again.status().message(), facts.status().message());
      if (facts.ok() && again.ok()) {
        EXPECT_EQ(again->size(), facts->size());
        for (const record::Fact& fact : *again) EXPECT_EQ(Apply(lazy, fact), absl::OkStatus());
        EXPECT_LE(lazy.SerializeHead().size(), 4000U);
      }
    }
    if (!facts.ok()) return facts.status();
    for (const record::Fact& fact : *facts) {
      EXPECT_EQ(Apply(opening, fact), absl::OkStatus());
      log.push_back(fact);
      if (fact.opening().has_drawn()) Draw();
    }
    return absl::OkStatus();
  }
  std::set<std::string> Missing(Opening& lazy) const {
    std::set<std::string> missing = lazy.TakeMissing();
    for (const std::string& field : lazy.TakeAssumedAbsent())
      if (opening.SerializeChild(field)) missing.insert(field);
    return missing;
  }
  void Draw() {
    std::vector<std::string> ids;
    for (const auto& [field, child] : opening.children()) {
      if (child && child->has_entry() && WasPresent(opening.head(), child->entry()))
        ids.emplace_back(OpeningEntryIdOf(field));
    }
    order = DrawnOrder(opening.head().seed(), ids);
    for (size_t i = 0; i < order.size(); ++i) turns[order[i]] = static_cast<int64_t>(i);
  }
  std::optional<int64_t> DrawnTurn(const std::string& id) const {
    auto it = turns.find(id);
    return it == turns.end() ? std::nullopt : std::optional<int64_t>(it->second);
  }
  absl::Status Enter(const std::string& id, const std::string& school = "") {
    EnterCommand command{id, "users/" + id, school, kSecret, DrawnTurn(id)};
    return Run([&](const Opening& o) { return DecideEnter(o, command, now); });
  }
  absl::Status Leave(const std::string& id) {
    return Run([&](const Opening& o) { return DecideLeaveRoom(o, id, now); });
  }
  absl::Status Change(const record::OpeningTerms& terms) {
    return Run([&](const Opening& o) { return DecideChangeOpening(o, terms, "users/staff", now); });
  }
  absl::Status Cancel() {
    return Run([&](const Opening& o) { return DecideCancelOpening(o, "storm", "users/staff", now); });
  }
  absl::Status DrawNow() {
    return Run([&](const Opening& o) { return DecideDrawOpening(o, kSecret, now); });
  }
  Standing Look(const std::string& id) const {
    auto entry = FindEntry(opening, id);
    return *entry == nullptr ? Standing() : StandingOf(opening.head(), **entry, DrawnTurn(id), now);
  }
  void CheckWhole() {
    EXPECT_EQ(CheckInvariants(opening), absl::OkStatus());
    Opening folded;
    folded.set_complete(true);
    record::OpeningHead head;
    for (const record::Fact& fact : log) {
      EXPECT_EQ(Apply(folded, fact), absl::OkStatus());
      ApplyHead(head, fact);
    }
    EXPECT_EQ(folded.SerializeHead(), opening.SerializeHead());
    EXPECT_EQ(head.SerializeAsString(), opening.SerializeHead()) << "the head folds without children";
    for (const auto& [field, child] : opening.children())
      EXPECT_EQ(folded.SerializeChild(field), opening.SerializeChild(field)) << field;
  }

  absl::Time now;
  Opening opening;
  Facts log;
  std::vector<std::string> order;
  std::map<std::string, int64_t> turns;
};

std::string Why(const absl::Status& status) { return refusal::ReasonOf(status); }

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

// Over many seeds everybody's mean place is the middle of the line: neither who comes early, nor what an id
// looks like, counts.
TEST(Opening, TheDrawIsFair) {
  constexpr int kPeople = 40, kDraws = 4000;
  std::vector<std::string> ids;
  for (int i = 0; i < kPeople; ++i) ids.push_back(absl::StrCat("p", i));
  std::map<std::string, double> sums;
  std::map<std::string, int> firsts;
  for (int draw = 0; draw < kDraws; ++draw) {
    const std::vector<std::string> order = DrawnOrder(HexDigest(absl::StrCat("seed ", draw)), ids);
    ++firsts[order[0]];
    for (int i = 0; i < kPeople; ++i) sums[order[static_cast<size_t>(i)]] += i;
  }
  // The mean of a draw is 19.5 with a deviation of 11.5, of so many draws 0.18: five of these, for forty
  // people.
  for (const auto& [id, sum] : sums) EXPECT_NEAR(sum / kDraws, (kPeople - 1) / 2.0, 0.92) << id;
  for (const std::string& id : ids) EXPECT_NEAR(firsts[id], kDraws / kPeople, 50) << id;
}

// What a room is, as one would do it by hand: lists, and everything counted afresh.
class PlainRoom {
 public:
  explicit PlainRoom(record::OpeningTerms terms) : terms_(std::move(terms)) {}

  struct Person {
    std::string school;
    bool present = false, drawn = false, left = false;
    int64_t turn = -1;
  };

  bool Over(absl::Time now) const {
    if (!drawn_ || now < kSecond + absl::Minutes(10)) return false;
    for (int64_t turn : given_)
      if (Time(turn) > now) return false;
    return true;
  }
  absl::Time Time(int64_t turn) const {
    return absl::FromUnixMicros(absl::ToUnixMicros(kSecond) + turn * 60'000'000 / terms_.rate_per_minute());
  }
  bool Enter(const std::string& id, const std::string& school, absl::Time now) {
    if (now >= kSecond) drawn_ = true;
    if (now < kSecond - absl::Minutes(15) || Over(now)) return false;
    auto it = people_.find(id);
    if (it != people_.end()) {
      Person& person = it->second;
      const bool over = person.turn >= 0 && now >= Time(person.turn) + absl::Minutes(10);
      if (person.left || over) GiveTurn(person, now);
      return true;
    }
    int of_school = 0;
    for (const auto& [other, person] : people_) of_school += person.school == school ? 1 : 0;
    if (!school.empty() && of_school >= terms_.school_limit()) return false;
    Person& person = people_[id];
    person.school = school;
    person.present = !drawn_;
    if (drawn_) GiveTurn(person, now);
    return true;
  }
  bool Leave(const std::string& id) {
    auto it = people_.find(id);
    if (it == people_.end()) return false;
    if (!drawn_) {
      people_.erase(it);
    } else {
      it->second.left = true;
    }
    return true;
  }
  // What nobody can know before: the order comes from the draw.
  void Drawn(const std::vector<std::string>& order) {
    drawn_ = true;
    std::set<std::string> present;
    for (const auto& [id, person] : people_)
      if (person.present) present.insert(id);
    EXPECT_EQ(present, std::set<std::string>(order.begin(), order.end()));
    for (size_t i = 0; i < order.size(); ++i) {
      people_[order[i]].turn = static_cast<int64_t>(i);
      given_.push_back(static_cast<int64_t>(i));
    }
  }
  std::map<std::string, Person>& people() { return people_; }
  const std::vector<int64_t>& given() const { return given_; }

 private:
  void GiveTurn(Person& person, absl::Time now) {
    int64_t turn = given_.empty() ? 0 : given_.back() + 1;
    while (Time(turn + 1) <= now) ++turn;
    given_.push_back(turn);
    person.turn = turn;
    person.left = false;
  }
  record::OpeningTerms terms_;
  bool drawn_ = false;
  std::map<std::string, Person> people_;
  std::vector<int64_t> given_;
};

void RunRandom(uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
  const int rates[] = {2, 13, 60, 240};
  Room room(Terms(rates[below(4)]));
  PlainRoom plain(Terms(room.opening.head().terms().rate_per_minute()));
  room.now = kSecond - absl::Minutes(16);
  bool drawn = false;
  for (int step = 0; step < 400; ++step) {
    room.now += absl::Milliseconds(below(below(20) == 0 ? 120000 : 6000));
    // Somebody is the first after the second; the draw is told to the model with its outcome.
    if (!drawn && room.now >= kSecond) {
      ASSERT_EQ(room.DrawNow(), absl::OkStatus());
      plain.Drawn(room.order);
      drawn = true;
    }
    const std::string id = absl::StrCat("p", below(60));
    const bool of_school = id.back() < '4';
    const std::string school = of_school ? absl::StrCat("schools/", id.substr(1, 1)) : "";
    if (below(4) == 0) {
      ASSERT_EQ(room.Leave(id).ok(), plain.Leave(id)) << seed << " " << step;
    } else {
      const absl::Status status = room.Enter(id, school);
      ASSERT_EQ(status.ok(), plain.Enter(id, school, room.now)) << seed << " " << step << status;
    }
    for (const auto& [other, person] : plain.people()) {
      const Standing standing = room.Look(other);
      ASSERT_EQ(standing.state == E::LEFT, person.left) << seed << " " << step << other;
      if (person.left || !drawn) continue;
      ASSERT_EQ(standing.turn, person.turn) << seed << " " << step << other;
      ASSERT_EQ(standing.state == E::IN_LINE, plain.Time(person.turn) > room.now) << seed << " " << step;
    }
    // Never more than the rate allows by now, whatever happened.
    int64_t let_in = 0;
    for (int64_t turn : plain.given()) let_in += plain.Time(turn) <= room.now ? 1 : 0;
    const double minutes = absl::ToDoubleMinutes(room.now - kSecond);
    ASSERT_LE(let_in, std::max(0.0, minutes) * room.opening.head().terms().rate_per_minute() + 1.001);
  }
  room.CheckWhole();
}

TEST(Opening, RandomSequencesAgreeWithAPlainRoom) {
  for (uint32_t seed = 1; seed <= 60 && !::testing::Test::HasFatalFailure(); ++seed) RunRandom(seed);
}

// A room of the largest size, folded and drawn: printed, as machines differ.
TEST(Opening, AHundredThousandAreFoldedAndDrawnQuickly) {
  constexpr int kPeople = 100000;
  Opening opening;
  opening.set_complete(true);
  absl::StatusOr<Facts> created =
      DecideCreateOpening(opening, "o", Terms(6000), Commitment(kSecret), "users/staff", kNow);
  ASSERT_TRUE(created.ok());
  ASSERT_EQ(Apply(opening, created->front()), absl::OkStatus());
  const absl::Time begin = absl::Now();
  std::vector<std::string> ids;
  for (int i = 0; i < kPeople; ++i) {
    EnterCommand command{absl::StrCat("abcdefghijklmnop", i), absl::StrCat("users/", i), "", kSecret, {}};
    absl::StatusOr<Facts> facts = DecideEnter(opening, command, kSecond - absl::Minutes(1));
    ASSERT_TRUE(facts.ok() && facts->size() == 1);
    ASSERT_EQ(Apply(opening, facts->front()), absl::OkStatus());
    ids.push_back(command.id);
  }
  const absl::Time entered = absl::Now();
  absl::StatusOr<Facts> drawn = DecideDrawOpening(opening, kSecret, kSecond);
  ASSERT_TRUE(drawn.ok());
  ASSERT_EQ(Apply(opening, drawn->front()), absl::OkStatus());
  const absl::Time before = absl::Now();
  EXPECT_EQ(DrawnOrder(opening.head().seed(), ids).size(), ids.size());
  const absl::Time ordered = absl::Now();
  std::printf("%d entered: decided and applied in %s, drawn in %s\n", kPeople,
              absl::FormatDuration(entered - begin).c_str(), absl::FormatDuration(ordered - before).c_str());
  EXPECT_EQ(CheckInvariants(opening), absl::OkStatus());
}

}  // namespace
}  // namespace kepu::event::domain
