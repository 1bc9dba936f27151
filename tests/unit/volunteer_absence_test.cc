// Marks of absence: from the shift to the person, appeals, waivers and the stop that follows from too many.
#include <random>

#include "services/volunteer/domain/absence.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::absence_test {
namespace {

using record::AbsenceSource;
using v1::Absence;

constexpr absl::Duration kDay = absl::Hours(24);

AbsenceSource Source(const std::string& shift, absl::Time noted, Absence::Kind kind = Absence::NO_SHOW,
                     AbsenceSource::State state = AbsenceSource::LIVE) {
  AbsenceSource source;
  source.set_shift(shift);
  source.set_place("venues/a");
  source.set_kind(kind);
  source.set_state(state);
  source.set_noted_us(absl::ToUnixMicros(noted));
  source.set_by("users/staff");
  return source;
}

class AbsenceTest : public ::testing::Test {
 protected:
  AbsenceTest() { person.Do(DecideRegister(person.state, MakeRegister(), rules, kMonday)); }
  ~AbsenceTest() override { ExpectFoldGives(person); }

  void Mark(const std::string& shift, absl::Time at, Absence::Kind kind = Absence::NO_SHOW,
            AbsenceSource::State state = AbsenceSource::LIVE) {
    person.Do(DecideAbsence(person.state, Source(shift, at, kind, state), {}, at));
  }
  bool Stopped(absl::Time at) {
    const Demand demand = MakeDemand(at + absl::Hours(30), at + absl::Hours(31));
    return ReasonOf(CheckRoom(person.state, demand, Adult(), rules, at)) == "VOLUNTEER_STOPPED";
  }
  Absence::State StateOf(const std::string& shift) { return (*FindMark(person.state, shift))->state(); }
  void Due(absl::Time at) { person.Do(domain::Due(person.state, at)); }

  const Rules rules;
  Folded<Person> person;
};

TEST_F(AbsenceTest, ThreeInHalfAYearStopForSixtyDays) {
  Mark("s1", kMonday);
  Mark("s2", kMonday + 10 * kDay);
  EXPECT_FALSE(Stopped(kMonday + 11 * kDay));
  Mark("s3", kMonday + 20 * kDay);
  EXPECT_TRUE(Stopped(kMonday + 20 * kDay));
  EXPECT_EQ(person.state.head().state(), v1::Volunteer::STOPPED);
  EXPECT_TRUE(Stopped(kMonday + 79 * kDay));
  EXPECT_FALSE(Stopped(kMonday + 80 * kDay));
  EXPECT_EQ(NextDue(person.state.head()), kMonday + 80 * kDay);
  Due(kMonday + 80 * kDay);
  EXPECT_EQ(person.state.head().state(), v1::Volunteer::ACTIVE);
  EXPECT_EQ(person.state.head().stopped_until_us(), 0);
  // A fourth while three still count stops again.
  Mark("s4", kMonday + 90 * kDay);
  EXPECT_TRUE(Stopped(kMonday + 149 * kDay));
}

TEST_F(AbsenceTest, MarksRunOutAfterHalfAYear) {
  Mark("s1", kMonday);
  Mark("s2", kMonday + 10 * kDay);
  EXPECT_EQ(LiveHalves(person.state.head(), kMonday + 179 * kDay), 4);
  EXPECT_EQ(LiveHalves(person.state.head(), kMonday + 180 * kDay), 2);
  Mark("s3", kMonday + 180 * kDay);
  EXPECT_FALSE(Stopped(kMonday + 181 * kDay));
  EXPECT_EQ(person.state.head().live_marks_size(), 2);
}

TEST_F(AbsenceTest, LateWithdrawalsCountHalf) {
  for (int i = 0; i < 5; ++i) Mark(absl::StrCat("s", i), kMonday + i * kDay, Absence::LATE_WITHDRAWAL);
  EXPECT_FALSE(Stopped(kMonday + 5 * kDay));
  Mark("s9", kMonday + 6 * kDay, Absence::LATE_WITHDRAWAL);
  EXPECT_TRUE(Stopped(kMonday + 6 * kDay));
}

TEST_F(AbsenceTest, AnAppealThatMakesItTwoLiftsTheStop) {
  for (int i = 1; i <= 3; ++i) Mark(absl::StrCat("s", i), kMonday + i * kDay);
  person.Do(DecideAppealing(person.state, "s3", "sealed", kMonday + 4 * kDay));
  EXPECT_EQ(StateOf("s3"), Absence::APPEALED);
  EXPECT_TRUE(Stopped(kMonday + 4 * kDay)) << "it counts until it is decided";
  person.Do(DecideAppeal(person.state, "s3", true, "users/other", "granted", {}, kMonday + 5 * kDay));
  EXPECT_EQ(StateOf("s3"), Absence::LIFTED);
  EXPECT_FALSE(Stopped(kMonday + 5 * kDay));
  EXPECT_EQ(LiveHalves(person.state.head(), kMonday + 5 * kDay), 4);
}

TEST_F(AbsenceTest, AnAppealThatIsTurnedDownChangesNothing) {
  for (int i = 1; i <= 3; ++i) Mark(absl::StrCat("s", i), kMonday + i * kDay);
  const int64_t until = person.state.head().stopped_until_us();
  person.Do(DecideAppealing(person.state, "s3", "sealed", kMonday + 4 * kDay));
  person.Do(DecideAppeal(person.state, "s3", false, "users/other", "no", {}, kMonday + 30 * kDay));
  EXPECT_EQ(StateOf("s3"), Absence::UPHELD);
  EXPECT_EQ(person.state.head().stopped_until_us(), until);
  EXPECT_EQ(ReasonOf(DecideAppealing(person.state, "s3", "again", kMonday + 5 * kDay).status()),
            "ABSENCE_SETTLED");
}

TEST_F(AbsenceTest, AppealsAreInTimeAndDecidedByOthers) {
  Mark("s1", kMonday);
  EXPECT_EQ(
      ReasonOf(DecideAppealing(person.state, "s1", "x", kMonday + 7 * kDay + absl::Seconds(1)).status()),
      "APPEAL_TOO_LATE");
  EXPECT_EQ(DecideAppealing(person.state, "s7", "x", kMonday).status().code(), absl::StatusCode::kNotFound);
  auto decide = [&](const char* by) {
    return ReasonOf(DecideAppeal(person.state, "s1", true, by, "x", {}, kMonday + kDay).status());
  };
  EXPECT_EQ(decide("users/other"), "ABSENCE_SETTLED") << "nobody appealed";
  person.Do(DecideAppealing(person.state, "s1", "x", kMonday + 7 * kDay));
  EXPECT_EQ(decide("users/staff"), "OWN_CASE") << "who made the mark";
  EXPECT_EQ(decide("users/u"), "OWN_CASE") << "who is marked";
  EXPECT_EQ(decide("users/other"), "");
}

TEST_F(AbsenceTest, LateWordsOfAShiftChangeNothing) {
  const AbsenceSource live = Source("s1", kMonday);
  AbsenceSource back = live, waived = live;
  back.set_state(AbsenceSource::RETRACTED);
  waived.set_state(AbsenceSource::WAIVED);
  person.Do(DecideAbsence(person.state, back, {}, kMonday));
  EXPECT_EQ(StateOf("s1"), Absence::LIFTED);
  EXPECT_TRUE(DecideAbsence(person.state, live, {}, kMonday)->empty());
  EXPECT_TRUE(DecideAbsence(person.state, back, {}, kMonday)->empty());
  person.Do(DecideAbsence(person.state, waived, {}, kMonday));
  EXPECT_EQ(StateOf("s1"), Absence::WAIVED);
  EXPECT_TRUE(DecideAbsence(person.state, back, {}, kMonday)->empty());
  Mark("s1", kMonday + absl::Hours(1));
  EXPECT_EQ(StateOf("s1"), Absence::MARKED) << "marked anew";
}

TEST_F(AbsenceTest, StopsForOtherReasonsStay) {
  person.state.mutable_head().set_stopped_until_us(absl::ToUnixMicros(kMonday + 300 * kDay));
  Folded<Person> other;
  std::swap(other.state, person.state);
  for (int i = 1; i <= 3; ++i)
    other.Do(DecideAbsence(other.state, Source(absl::StrCat("s", i), kMonday), {}, kMonday));
  EXPECT_EQ(other.state.head().stopped_until_us(), absl::ToUnixMicros(kMonday + 300 * kDay));
  other.Do(domain::Due(other.state, kMonday + 60 * kDay));
  EXPECT_EQ(other.state.head().stopped_until_us(), absl::ToUnixMicros(kMonday + 300 * kDay));
  EXPECT_EQ(other.state.head().state(), v1::Volunteer::STOPPED);
  std::swap(other.state, person.state);
  person = Folded<Person>();
  person.Do(DecideRegister(person.state, MakeRegister(), rules, kMonday));
}

TEST_F(AbsenceTest, RandomMarksStopAsAPlainListSays) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    Folded<Person> one;
    one.Do(DecideRegister(one.state, MakeRegister(), rules, kMonday));
    struct Plain {
      absl::Time expire;
      int halves;
      bool counts;
    };
    std::map<std::string, Plain> marks;
    absl::Time now = kMonday, stop;
    for (int step = 0; step < 60; ++step) {
      now += absl::Hours(1 + random() % 300);
      one.Do(domain::Due(one.state, now));
      if (stop <= now) stop = absl::Time();
      const auto halves = [&] {
        int sum = 0;
        for (const auto& [shift, mark] : marks) sum += mark.counts && mark.expire > now ? mark.halves : 0;
        return sum;
      };
      const std::string shift = absl::StrCat("s", random() % 25);
      const auto it = marks.find(shift);
      if (it == marks.end()) {
        const auto kind = random() % 2 ? Absence::NO_SHOW : Absence::LATE_WITHDRAWAL;
        one.Do(DecideAbsence(one.state, Source(shift, now, kind), {}, now));
        marks[shift] = {now + 180 * kDay, kind == Absence::NO_SHOW ? 2 : 1, true};
        if (halves() >= 6) stop = std::max(stop, now + 60 * kDay);
      } else if (it->second.counts) {
        AbsenceSource source = (*FindMark(one.state, shift))->source();
        source.set_state(random() % 2 ? AbsenceSource::RETRACTED : AbsenceSource::WAIVED);
        one.Do(DecideAbsence(one.state, source, {}, now));
        it->second.counts = false;
        if (it->second.expire > now && halves() < 6) stop = absl::Time();
      }
      EXPECT_EQ(LiveHalves(one.state.head(), now), halves()) << seed << " " << step;
      EXPECT_EQ(one.state.head().stopped_until_us(), absl::ToUnixMicros(stop)) << seed << " " << step;
      EXPECT_EQ(one.state.head().total_minutes(), 0);
    }
    ExpectFoldGives(one);
  }
}

class NoteTest : public ::testing::Test {
 protected:
  NoteTest() {
    shift.Do(DecideCreate(shift.state, MakeShift(3), kMonday));
    for (const char* who : {"p1", "p2"}) {
      const std::string reservation = absl::StrCat("r", who);
      shift.Do(DecideSignUp(shift.state, who, reservation, kMonday));
      shift.Do(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {}, kMonday)));
    }
  }
  ~NoteTest() override { ExpectFoldGives(shift); }
  void Do(const absl::StatusOr<Facts>& facts, absl::Time now, const char* by = "users/staff") {
    shift.Do(WithAbsences(facts, shift.state, by, rules, now));
  }
  std::optional<AbsenceSource> Waiting(const char* person) {
    auto child = shift.state.Find(NoteField(person));
    return *child == nullptr ? std::nullopt : ToPost(shift.state.head(), (*child)->absence());
  }
  const Rules rules;
  Folded<Shift> shift;
};

TEST_F(NoteTest, AMarkIsPostedUntilThePersonHasIt) {
  Do(DecideNoShow(shift.state, "p1", "sealed", At(3, 11)), At(3, 11));
  const auto waiting = Waiting("p1");
  ASSERT_TRUE(waiting);
  EXPECT_EQ(waiting->kind(), Absence::NO_SHOW);
  EXPECT_EQ(waiting->by(), "users/staff");
  EXPECT_EQ(waiting->sealed_reason(), "sealed");
  shift.Do(DecideAbsencePosted(shift.state, "p1", *waiting, At(3, 12)));
  EXPECT_FALSE(Waiting("p1"));
  EXPECT_TRUE(DecideAbsencePosted(shift.state, "p1", *waiting, At(3, 12))->empty());
  // Comes after all: that has to be said as well, and the word before does not do for it.
  Do(DecideCheckIn(shift.state, "p1", rules, At(3, 12)), At(3, 12));
  ASSERT_TRUE(Waiting("p1"));
  EXPECT_EQ(Waiting("p1")->state(), AbsenceSource::RETRACTED);
  EXPECT_TRUE(DecideAbsencePosted(shift.state, "p1", *waiting, At(3, 12))->empty());
}

TEST_F(NoteTest, AWaiverTakesAllMarksAlsoLaterOnes) {
  Do(DecideNoShow(shift.state, "p1", "sealed", At(3, 11)), At(3, 11));
  shift.Do(DecideAbsencePosted(shift.state, "p1", *Waiting("p1"), At(3, 11)));
  shift.Do(DecideWaive(shift.state, v1::WEATHER, "users/boss", At(4, 9)));
  EXPECT_EQ(Waiting("p1")->state(), AbsenceSource::WAIVED);
  EXPECT_FALSE(Waiting("p2"));
  Do(DecideNoShow(shift.state, "p2", "sealed", At(4, 10)), At(4, 10));
  EXPECT_EQ(Waiting("p2")->state(), AbsenceSource::WAIVED);
  EXPECT_TRUE(DecideWaive(shift.state, v1::TRAFFIC, "users/boss", At(4, 11))->empty());
  EXPECT_EQ(shift.state.head().waived(), v1::WEATHER);
}

TEST_F(NoteTest, AWithdrawalWithinADayIsLate) {
  Do(DecideWithdraw(shift.state, "p1", "", rules, At(2, 10)), At(2, 10), "users/u1");
  EXPECT_FALSE(Waiting("p1")) << "a day before to the hour";
  Do(DecideWithdraw(shift.state, "p2", "sealed", rules, At(2, 10.1)), At(2, 10.1), "users/u2");
  ASSERT_TRUE(Waiting("p2"));
  EXPECT_EQ(Waiting("p2")->kind(), Absence::LATE_WITHDRAWAL);
}

TEST_F(NoteTest, RefusalsStayRefusals) {
  const auto refused = DecideNoShow(shift.state, "p1", "sealed", At(1, 11));
  EXPECT_EQ(ReasonOf(WithAbsences(refused, shift.state, "users/staff", rules, At(1, 11)).status()),
            "SHIFT_NOT_STARTED");
}

}  // namespace
}  // namespace kepu::volunteer::domain::absence_test
