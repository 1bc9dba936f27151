// The draw is fair, random sequences agree with a plain model of a room, and a room of the largest size.
#include "tests/unit/event_opening_room.h"

namespace kepu::event::domain::opening_test {
namespace {

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
}  // namespace kepu::event::domain::opening_test
