// The rules of people and shifts: tables of decisions, and random sequences against a plain model.
#include <map>
#include <random>
#include <set>

#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/record.h"
#include "services/volunteer/domain/person.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {
namespace {

using refusal::ParamOf;
using refusal::ReasonOf;
using reservation::v1::Claim;
using reservation::v1::ClaimFact;
using reservation::v1::Demand;

// A Monday.
const absl::Time kMonday = calendar::At(absl::CivilDay(2026, 11, 16));
absl::Time At(int day, double hour) { return kMonday + absl::Hours(24) * day + absl::Hours(1) * hour; }

// An aggregate that is folded from its first fact, as the engine does it.
template <class Aggregate>
struct Folded {
  Folded() { state.set_complete(true); }
  void Do(const absl::StatusOr<Facts>& facts) {
    ASSERT_TRUE(facts.ok()) << facts.status();
    for (const record::Fact& fact : *facts) Do(fact);
  }
  void Do(const record::Fact& fact) {
    absl::Status status = Apply(state, fact);
    ASSERT_TRUE(status.ok()) << status << fact.DebugString();
    log.push_back(fact);
  }
  Aggregate state;
  std::vector<record::Fact> log;
};

template <class Aggregate>
void ExpectFoldGives(const Folded<Aggregate>& folded) {
  Folded<Aggregate> again;
  auto head = folded.state.head();
  head.Clear();
  for (const record::Fact& fact : folded.log) {
    ASSERT_TRUE(Apply(again.state, fact).ok());
    ApplyHead(head, fact);
  }
  EXPECT_EQ(again.state.SerializeHead(), folded.state.SerializeHead());
  EXPECT_EQ(head.SerializeAsString(), folded.state.SerializeHead()) << "the head folds alone";
  for (const auto& [field, child] : folded.state.children()) {
    EXPECT_EQ(again.state.SerializeChild(field), folded.state.SerializeChild(field)) << field;
  }
}

RegisterCommand MakeRegister(absl::string_view id = "p1") {
  return {.id = std::string(id),
          .user = "users/u",
          .birth_year_band = 1990,
          .district = "districts/yuzhong",
          .languages = {"zh"}};
}

Demand MakeDemand(absl::Time start, absl::Time end, absl::string_view place = "venues/a",
                  absl::string_view purpose = "shifts/x") {
  Demand demand;
  demand.set_thing("volunteers/p1");
  demand.set_kind(reservation::v1::PERSON);
  demand.mutable_start_time()->set_seconds(absl::ToUnixSeconds(start));
  demand.mutable_end_time()->set_seconds(absl::ToUnixSeconds(end));
  demand.set_place(std::string(place));
  demand.set_purpose(std::string(purpose));
  return demand;
}

ClaimFact Tried(const Demand& demand, absl::string_view reservation) {
  reservation::v1::TryRequest request;
  *request.mutable_demand() = demand;
  request.set_reservation(std::string(reservation));
  request.set_request_id(reservation::ClaimId(reservation, demand));
  return reservation::TriedFact(request, kMonday);
}

ClaimFact Ended(absl::string_view claim_id) {
  ClaimFact fact;
  fact.set_claim_id(std::string(claim_id));
  fact.mutable_ended();
  return fact;
}

class PersonTest : public ::testing::Test {
 protected:
  PersonTest() { person_.Do(DecideRegister(person_.state, MakeRegister(), rules_, kMonday)); }
  std::string Claim(const Demand& demand, absl::string_view reservation) {
    const ClaimFact fact = Tried(demand, reservation);
    person_.Do(*ClaimedFact(person_.state, fact));
    return fact.claim_id();
  }
  absl::Status Room(const Demand& demand) { return CheckRoom(person_.state, demand, rules_, kMonday); }

  Rules rules_;
  Folded<Person> person_;
};

TEST_F(PersonTest, RegistersOnceAndChangesWhatMayChange) {
  RegisterCommand again = MakeRegister();
  again.district = "districts/kaizhou";
  person_.Do(DecideRegister(person_.state, again, rules_, kMonday));
  EXPECT_EQ(person_.state.head().district(), "districts/kaizhou");
  again.birth_year_band = 1980;
  EXPECT_EQ(DecideRegister(person_.state, again, rules_, kMonday).status().code(),
            absl::StatusCode::kInvalidArgument);
  ExpectFoldGives(person_);
}

TEST(RegisterTest, WhoMayBeUnderAgeNeedsAGuardian) {
  // In November 2026: the youngest of the band 2000-2004 is 21 or 22, of 2005-2009 it is 16 or 17.
  const std::pair<int, const char*> rows[] = {{1990, ""},
                                              {2000, ""},
                                              {2005, "GUARDIAN_CONSENT_NEEDED"},
                                              {2015, "GUARDIAN_CONSENT_NEEDED"},
                                              {1991, "BAD_REQUEST"},
                                              {0, "BAD_REQUEST"},
                                              {2030, "BAD_REQUEST"}};
  for (const auto& [band, reason] : rows) {
    RegisterCommand command = MakeRegister();
    command.birth_year_band = band;
    auto facts = DecideRegister(Folded<Person>().state, command, Rules(), kMonday);
    EXPECT_EQ(ReasonOf(facts.status()), reason) << band;
    EXPECT_EQ(facts.ok(), reason[0] == '\0') << band;
  }
}

TEST_F(PersonTest, NeverOverlapsAndLeavesTimeToRestAndTravel) {
  Claim(MakeDemand(At(1, 10), At(1, 12)), "r1");
  rules_.travel = [](absl::string_view from, absl::string_view to) {
    return from == "venues/a" && to == "venues/far" ? absl::Hours(3) : absl::Minutes(20);
  };
  struct Row {
    double start, end;
    const char* place;
    const char* gap;  // "": there is room
  };
  const Row rows[] = {{9, 10.5, "venues/a", "30"},   {10, 12, "venues/a", "30"},
                      {10.5, 11, "venues/a", "30"},  {12, 13, "venues/a", "30"},
                      {12.5, 13, "venues/a", ""},    {8, 9.5, "venues/a", ""},
                      {8, 9.75, "venues/a", "30"},   {12.5, 13, "venues/b", "50"},
                      {12.9, 13, "venues/b", ""},    {14, 15, "venues/far", "210"},
                      {15.5, 16, "venues/far", ""},  {8, 9.16, "venues/far", ""},
                      {8, 9.25, "venues/far", "50"}, {13, 14, "", ""}};
  for (const Row& row : rows) {
    const absl::Status status = Room(MakeDemand(At(1, row.start), At(1, row.end), row.place));
    EXPECT_EQ(ParamOf(status, "gap_minutes"), row.gap) << row.start << " " << row.place << status;
    EXPECT_EQ(ReasonOf(status), row.gap[0] == '\0' ? "" : "OVERLAPS");
    if (!status.ok()) {
      EXPECT_EQ(ParamOf(status, "with"), "shifts/x");
    }
  }
}

TEST_F(PersonTest, SeesWhatLiesInTheWeeksBesideIt) {
  Claim(MakeDemand(At(6, 23), At(7, 3)), "r1");  // Sunday into Monday
  EXPECT_EQ(ReasonOf(Room(MakeDemand(At(7, 2), At(7, 4)))), "OVERLAPS");
  EXPECT_EQ(ReasonOf(Room(MakeDemand(At(6, 20), At(6, 22.75)))), "OVERLAPS");
  EXPECT_TRUE(Room(MakeDemand(At(7, 4), At(7, 6))).ok());
  Claim(MakeDemand(At(-1, 1), At(0, 0.5)), "r2");  // a whole day before the Monday
  EXPECT_EQ(ReasonOf(Room(MakeDemand(At(0, 0.75), At(0, 2)))), "OVERLAPS");
}

TEST_F(PersonTest, ServesAtMostEightHoursADayAndFortyAWeek) {
  Claim(MakeDemand(At(0, 8), At(0, 12)), "r0");
  EXPECT_TRUE(Room(MakeDemand(At(0, 13), At(0, 17))).ok());
  const absl::Status day = Room(MakeDemand(At(0, 13), At(0, 17.5)));
  EXPECT_EQ(ReasonOf(day), "TOO_MANY_HOURS");
  EXPECT_EQ(ParamOf(day, "span"), "DAY");
  EXPECT_EQ(ParamOf(day, "have"), "4");
  Claim(MakeDemand(At(0, 13), At(0, 17)), "r1");
  for (int i = 1; i < 5; ++i) Claim(MakeDemand(At(i, 8), At(i, 16)), absl::StrCat("d", i));
  const absl::Status week = Room(MakeDemand(At(6, 8), At(6, 9)));
  EXPECT_EQ(ParamOf(week, "span"), "WEEK");
  EXPECT_EQ(ParamOf(week, "have"), "40");
  EXPECT_TRUE(Room(MakeDemand(At(7, 8), At(7, 16))).ok()) << "the next week";
}

TEST_F(PersonTest, EndedClaimsGiveTheTimeBackAndAreRemembered) {
  const Demand demand = MakeDemand(At(1, 10), At(1, 12));
  const std::string claim = Claim(demand, "r1");
  EXPECT_FALSE(Room(demand).ok());
  person_.Do(*ClaimedFact(person_.state, Ended(claim)));
  EXPECT_TRUE(Room(demand).ok());
  EXPECT_EQ((*FindClaim(person_.state, claim))->state(), Claim::ENDED);
  person_.Do(*ClaimedFact(person_.state, Ended("0123")));  // never tried: a tombstone
  EXPECT_EQ((*FindClaim(person_.state, "0123"))->state(), Claim::ENDED);
  ExpectFoldGives(person_);
}

TEST_F(PersonTest, RefusesTheUnknownTheStoppedAndNonsense) {
  EXPECT_EQ(ReasonOf(CheckRoom(Folded<Person>().state, MakeDemand(At(1, 1), At(1, 2)), rules_, kMonday)),
            "NOT_REGISTERED");
  EXPECT_EQ(Room(MakeDemand(At(1, 2), At(1, 2))).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Room(MakeDemand(At(1, 2), At(2, 3))).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Room(Demand()).code(), absl::StatusCode::kInvalidArgument);
  person_.state.mutable_head().set_stopped_until_us(absl::ToUnixMicros(At(1, 0)));
  EXPECT_EQ(ReasonOf(Room(MakeDemand(At(1, 1), At(1, 2)))), "VOLUNTEER_STOPPED");
}

TEST_F(PersonTest, HoursAreCountedOncePerShift) {
  record::HourEntry entry;
  entry.set_shift("s1");
  entry.set_minutes(90);
  person_.Do(DecideHours(person_.state, entry, kMonday));
  EXPECT_TRUE(DecideHours(person_.state, entry, kMonday)->empty());
  EXPECT_EQ(person_.state.head().total_minutes(), 90);
  EXPECT_EQ(person_.state.head().served_shifts(), 1);
  EXPECT_FALSE(DecideHours(Folded<Person>().state, entry, kMonday).ok());
  ExpectFoldGives(person_);
}

TEST_F(PersonTest, AsksForAllItNeedsAtOnce) {
  person_.state.set_complete(false);
  person_.state.ForgetChildren();
  EXPECT_EQ(Room(MakeDemand(At(6, 23), At(7, 1))).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(person_.state.TakeMissing(), (std::set<std::string>{"w/2026-11-16", "w/2026-11-23"}));
}

ShiftCommand MakeShift(int32_t needed = 2) {
  ShiftCommand command{.id = "s1",
                       .place = "venues/a",
                       .session = "",
                       .start = At(3, 10),
                       .end = At(3, 14),
                       .needed = needed,
                       .role = {}};
  command.role.set_zh("讲解");
  return command;
}

class ShiftTest : public ::testing::Test {
 protected:
  ShiftTest() { shift_.Do(DecideCreate(shift_.state, MakeShift(), kMonday)); }
  void SignUp(absl::string_view person, absl::Time now = kMonday) {
    const std::string reservation = absl::StrCat("r-", person, "-", shift_.log.size());
    shift_.Do(DecideSignUp(shift_.state, person, reservation, now));
    reservation::v1::ClaimRef ref;
    ref.set_claim_id(absl::StrCat("c-", reservation));
    shift_.Do(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {ref}, now)));
  }
  v1::Signup::State StateOf(absl::string_view person) {
    return ShownState(shift_.state.head(), **FindSignup(shift_.state, person));
  }

  Rules rules_;
  Folded<Shift> shift_;
};

TEST(CreateShiftTest, SaysAllThatIsWrong) {
  const std::function<void(ShiftCommand&)> rows[] = {
      [](ShiftCommand& c) { c.end = c.start; }, [](ShiftCommand& c) { c.end = c.start + absl::Hours(9); },
      [](ShiftCommand& c) { c.start = kMonday - absl::Hours(1); },
      [](ShiftCommand& c) { c.start = At(400, 1), c.end = At(400, 2); },
      [](ShiftCommand& c) { c.role.clear_zh(); }};
  for (const auto& row : rows) {
    ShiftCommand command = MakeShift();
    row(command);
    EXPECT_EQ(DecideCreate(Folded<Shift>().state, command, kMonday).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(ShiftTest, TakesSoManyAndNoMore) {
  SignUp("p1");
  EXPECT_EQ(ReasonOf(CheckSignUp(shift_.state, "p1", kMonday)), "ALREADY_SIGNED_UP");
  SignUp("p2");
  const absl::Status full = CheckSignUp(shift_.state, "p3", kMonday);
  EXPECT_EQ(ReasonOf(full), "SHIFT_FULL");
  EXPECT_EQ(ParamOf(full, "name"), "shifts/s1");
  EXPECT_EQ(ReasonOf(DecideSignUp(shift_.state, "p3", "r", kMonday).status()), "SHIFT_FULL");
  EXPECT_EQ(ReasonOf(CheckSignUp(shift_.state, "p1", kMonday)), "ALREADY_SIGNED_UP") << "rather than full";
  EXPECT_EQ(CheckSignUp(Folded<Shift>().state, "p1", kMonday).code(), absl::StatusCode::kNotFound);
}

TEST_F(ShiftTest, NobodySignsUpAfterTheStart) {
  EXPECT_TRUE(CheckSignUp(shift_.state, "p1", At(3, 9.99)).ok());
  EXPECT_EQ(ReasonOf(CheckSignUp(shift_.state, "p1", At(3, 10))), "SHIFT_STARTED");
}

TEST_F(ShiftTest, HeldIsNotFull) {
  SignUp("p1");
  Demand demand = MakeDemand(At(3, 10), At(3, 14));
  demand.set_thing("shifts/s1");
  demand.set_amount(1);
  const ClaimFact tried = Tried(demand, "rx");
  ASSERT_TRUE(CheckPlaces(shift_.state, demand, kMonday).ok());
  shift_.Do(*ClaimedFact(shift_.state, tried));
  EXPECT_EQ(ReasonOf(CheckSignUp(shift_.state, "p2", kMonday)), "SHIFT_HELD");
  EXPECT_EQ(ReasonOf(CheckPlaces(shift_.state, demand, kMonday)), "SHIFT_HELD");
  EXPECT_EQ(ReasonOf(DecideCancel(shift_.state, "x", kMonday).status()), "SHIFT_CLAIMED");
  ClaimFact confirmed;
  confirmed.set_claim_id(tried.claim_id());
  confirmed.mutable_confirmed();
  shift_.Do(*ClaimedFact(shift_.state, confirmed));
  EXPECT_EQ(ReasonOf(CheckSignUp(shift_.state, "p2", kMonday)), "SHIFT_FULL");
  shift_.Do(*ClaimedFact(shift_.state, Ended(tried.claim_id())));
  EXPECT_TRUE(CheckSignUp(shift_.state, "p2", kMonday).ok());
  EXPECT_EQ(Taken(shift_.state.head()), 1);
  demand.set_amount(0);
  EXPECT_EQ(CheckPlaces(shift_.state, demand, kMonday).code(), absl::StatusCode::kInvalidArgument);
  ExpectFoldGives(shift_);
}

TEST_F(ShiftTest, WithdrawsFreelyThenWithAReasonThenNotAtAll) {
  SignUp("p1");
  struct Row {
    absl::Time now;
    const char* why;
    const char* reason;
  };
  const Row rows[] = {{At(2, 10), "", ""},
                      {At(2, 10.1), "", "TOO_LATE_TO_WITHDRAW"},
                      {At(2, 10.1), "ill", ""},
                      {At(3, 10), "ill", "SHIFT_STARTED"}};
  for (const Row& row : rows) {
    EXPECT_EQ(ReasonOf(DecideWithdraw(shift_.state, "p1", row.why, rules_, row.now).status()), row.reason);
  }
  shift_.Do(DecideWithdraw(shift_.state, "p1", "", rules_, kMonday));
  EXPECT_EQ(StateOf("p1"), v1::Signup::WITHDRAWN);
  EXPECT_EQ(Taken(shift_.state.head()), 0);
  EXPECT_TRUE((*FindRecord(shift_.state, shift_.log.back().reservation().reservation()))->given_back());
  EXPECT_TRUE(DecideWithdraw(shift_.state, "p1", "", rules_, kMonday)->empty()) << "twice is once";
  SignUp("p1");
  EXPECT_EQ(StateOf("p1"), v1::Signup::SIGNED_UP);
  EXPECT_EQ(shift_.state.head().indexed(), 1u);
  EXPECT_EQ(DecideWithdraw(shift_.state, "p9", "", rules_, kMonday).status().code(),
            absl::StatusCode::kNotFound);
  ExpectFoldGives(shift_);
}

TEST_F(ShiftTest, HoursAreCutToThePlanAndRoundedDown) {
  const absl::Time start = At(3, 10), end = At(3, 14);
  const std::tuple<double, double, int> rows[] = {
      {10, 14, 240},  {9.5, 14, 240}, {9.75, 14.25, 270}, {9, 20, 270},    {10.1, 14, 210}, {10, 10.4, 0},
      {10, 10.5, 30}, {14.5, 15, 0},  {13.9, 15, 0},      {13.75, 15, 30}, {9, 9.5, 0}};
  for (const auto& [in, out, minutes] : rows) {
    EXPECT_EQ(absl::ToInt64Minutes(Counted(start, end, At(3, in), At(3, out), rules_)), minutes)
        << in << " " << out;
  }
}

TEST_F(ShiftTest, AttendanceGoesItsWay) {
  SignUp("p1");
  SignUp("p2");
  EXPECT_EQ(ReasonOf(DecideCheckIn(shift_.state, "p1", rules_, At(3, 8.9)).status()),
            "TOO_EARLY_TO_CHECK_IN");
  EXPECT_EQ(ReasonOf(DecideCheckIn(shift_.state, "p1", rules_, At(3, 14)).status()), "SHIFT_ENDED");
  EXPECT_EQ(ReasonOf(DecideCheckOut(shift_.state, "p1", rules_, At(3, 12)).status()), "NOT_CHECKED_IN");
  EXPECT_EQ(ReasonOf(DecideNoShow(shift_.state, "p1", "x", At(3, 9)).status()), "SHIFT_NOT_STARTED");
  shift_.Do(DecideCheckIn(shift_.state, "p1", rules_, At(3, 9.9)));
  EXPECT_TRUE(DecideCheckIn(shift_.state, "p1", rules_, At(3, 10))->empty());
  EXPECT_EQ(ReasonOf(DecideWithdraw(shift_.state, "p1", "x", rules_, At(3, 9.95)).status()),
            "ALREADY_ATTENDED");
  shift_.Do(DecideNoShow(shift_.state, "p2", "not there", At(3, 11)));
  EXPECT_EQ(shift_.state.head().no_shows(), 1);
  shift_.Do(DecideCheckIn(shift_.state, "p2", rules_, At(3, 12)));  // came late after all
  EXPECT_EQ(shift_.state.head().no_shows(), 0);
  shift_.Do(DecideCheckOut(shift_.state, "p1", rules_, At(3, 14)));
  EXPECT_TRUE(DecideCheckOut(shift_.state, "p1", rules_, At(3, 15))->empty());
  shift_.Do(DecideCheckOut(shift_.state, "p2", rules_, At(3, 14)));
  EXPECT_EQ(shift_.state.head().served_minutes(), 240 + 120);
  EXPECT_EQ(ReasonOf(DecideCheckIn(shift_.state, "p1", rules_, At(3, 13)).status()), "NOT_SIGNED_UP");
  shift_.Do(DecidePosted(shift_.state, "p1", At(3, 15)));
  EXPECT_TRUE(DecidePosted(shift_.state, "p1", At(3, 15))->empty());
  EXPECT_EQ(Taken(shift_.state.head()), 2);
  ExpectFoldGives(shift_);
}

TEST(CancelShiftTest, TakesEffectAtOnceAndSweepsChunkByChunk) {
  Folded<Shift> shift;
  const int people = 2 * static_cast<int>(kIndexChunk) + 7;
  shift.Do(DecideCreate(shift.state, MakeShift(people), kMonday));
  for (int i = 0; i < people; ++i) {
    const std::string person = absl::StrCat("p", i), reservation = absl::StrCat("r", i);
    shift.Do(DecideSignUp(shift.state, person, reservation, kMonday));
    shift.Do(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {}, kMonday)));
  }
  shift.Do(DecideWithdraw(shift.state, "p3", "", Rules(), kMonday));
  EXPECT_EQ(NextDue(shift.state.head()), absl::InfiniteFuture());
  shift.Do(DecideCancel(shift.state, "storm", kMonday));
  EXPECT_EQ(ReasonOf(CheckSignUp(shift.state, "q", kMonday)), "SHIFT_CANCELLED");
  EXPECT_EQ(ShownState(shift.state.head(), **FindSignup(shift.state, "p50")), v1::Signup::SHIFT_CANCELLED);
  EXPECT_EQ(ShownState(shift.state.head(), **FindSignup(shift.state, "p3")), v1::Signup::WITHDRAWN);
  EXPECT_TRUE(DecideCancel(shift.state, "again", kMonday)->empty());
  int rounds = 0;
  while (NextDue(shift.state.head()) <= kMonday && rounds < 10) {
    auto facts = Due(shift.state, kMonday);
    ASSERT_LE(facts->size(), 1 + kIndexChunk);
    shift.Do(facts);
    ++rounds;
  }
  EXPECT_EQ(rounds, 3);
  EXPECT_EQ(Taken(shift.state.head()), 0);
  EXPECT_TRUE(Due(shift.state, kMonday)->empty());
  for (int i = 0; i < people; ++i) {
    EXPECT_TRUE((*FindRecord(shift.state, absl::StrCat("r", i)))->given_back()) << i;
  }
  ExpectFoldGives(shift);
}

// A head's size must not depend on how many signed up.
TEST(ShiftHeadTest, StaysSmall) {
  Folded<Shift> shift;
  ShiftCommand command = MakeShift(500);
  command.role.set_zh(std::string(600, 'x'));
  command.role.set_en(std::string(600, 'x'));
  shift.Do(DecideCreate(shift.state, command, kMonday));
  for (int i = 0; i < 500; ++i) shift.Do(DecideSignUp(shift.state, absl::StrCat("p", i), "r", kMonday));
  shift.Do(DecideCancel(shift.state, std::string(300, 'x'), kMonday));
  EXPECT_LT(shift.state.SerializeHead().size(), 2000u);
}

// Random sequences: people sign up for shifts as the driver does it (person first, then the pivot), withdraw,
// come and go. After each step nobody overlaps and no shift is overfull; at the end hours of people are hours
// of shifts.
class RandomWalk {
 public:
  explicit RandomWalk(uint32_t seed) : random_(seed) {
    rules_.travel = [](absl::string_view, absl::string_view) { return absl::Minutes(45); };
    for (size_t i = 0; i < kPeople; ++i) {
      people_[i].Do(DecideRegister(people_[i].state, MakeRegister(PersonId(i)), rules_, kMonday));
    }
    for (size_t i = 0; i < kShifts; ++i) {
      ShiftCommand command = MakeShift(1 + static_cast<int>(random_() % 3));
      command.id = absl::StrCat("s", i);
      command.place = i % 2 == 0 ? "venues/a" : "venues/b";
      command.start = At(1 + static_cast<int>(random_() % 4), 8 + static_cast<int>(random_() % 8));
      command.end = command.start + absl::Hours(1 + random_() % 4);
      shifts_[i].Do(DecideCreate(shifts_[i].state, command, kMonday));
    }
  }

  void Run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFatalFailure(); ++i) {
      now_ += absl::Minutes(random_() % 40);
      Step();
      Check();
    }
    Post();
    int64_t served = 0, counted = 0;
    for (const auto& shift : shifts_) served += shift.state.head().served_minutes();
    for (const auto& person : people_) counted += person.state.head().total_minutes();
    EXPECT_EQ(served, counted);
    for (const auto& shift : shifts_) ExpectFoldGives(shift);
    for (const auto& person : people_) ExpectFoldGives(person);
  }
  int signed_up_ = 0, refused_ = 0, checked_out_ = 0;

 private:
  static constexpr size_t kPeople = 4, kShifts = 10;
  static std::string PersonId(size_t i) { return absl::StrCat("p", i); }

  void Step() {
    const size_t who = random_() % kPeople, what = random_() % kShifts;
    Folded<Shift>& shift = shifts_[what];
    switch (random_() % 6) {
      case 0:
      case 1:
      case 2:
        return SignUp(who, what);
      case 3:
        if (auto facts = DecideWithdraw(shift.state, PersonId(who), random_() % 2 ? "ill" : "", rules_, now_);
            facts.ok() && !facts->empty()) {
          shift.Do(facts);
          const auto& back = facts->back().reservation();
          EndClaim(who, back.given_back().claims(0).claim_id());
        }
        return;
      case 4:
        for (auto& each : shifts_) {
          if (auto facts = DecideCheckIn(each.state, PersonId(who), rules_, now_); facts.ok()) each.Do(facts);
        }
        return;
      default:
        for (auto& each : shifts_) {
          auto facts = DecideCheckOut(each.state, PersonId(who), rules_, now_);
          if (!facts.ok()) continue;
          checked_out_ += static_cast<int>(facts->size());
          each.Do(facts);
        }
    }
  }

  void SignUp(size_t who, size_t what) {
    Folded<Shift>& shift = shifts_[what];
    const Demand demand = DemandOf(shift.state.head(), PersonId(who));
    const std::string reservation = absl::StrCat("r", ++reservations_);
    if (!CheckRoom(people_[who].state, demand, rules_, now_).ok()) {
      ++refused_;
      return;
    }
    const ClaimFact tried = Tried(demand, reservation);
    people_[who].Do(*ClaimedFact(people_[who].state, tried));
    auto facts = DecideSignUp(shift.state, PersonId(who), reservation, now_);
    if (!facts.ok()) return EndClaim(who, tried.claim_id());
    shift.Do(facts);
    reservation::v1::ClaimRef ref;
    ref.set_claim_id(tried.claim_id());
    shift.Do(RecordFact(*reservation::DecideConfirmed(nullptr, reservation, {ref}, now_)));
    ++signed_up_;
  }

  void EndClaim(size_t who, const std::string& claim) {
    people_[who].Do(*ClaimedFact(people_[who].state, Ended(claim)));
  }

  void Post() {
    for (auto& shift : shifts_) {
      for (size_t who = 0; who < kPeople; ++who) {
        auto signup = FindSignup(shift.state, PersonId(who));
        if (*signup == nullptr || (*signup)->state() != v1::Signup::CHECKED_OUT) continue;
        for (int twice = 0; twice < 2; ++twice) {
          people_[who].Do(DecideHours(people_[who].state, HoursOf(shift.state.head(), **signup), now_));
        }
      }
    }
  }

  void Check() {
    for (size_t who = 0; who < kPeople; ++who) {
      std::vector<std::pair<int64_t, int64_t>> times;
      std::map<absl::CivilDay, int64_t> day_us;
      for (const auto& shift : shifts_) {
        auto signup = FindSignup(shift.state, PersonId(who));
        if (*signup == nullptr || (*signup)->state() == v1::Signup::WITHDRAWN) continue;
        const record::ShiftHead& head = shift.state.head();
        times.emplace_back(head.start_us(), head.end_us());
        day_us[calendar::DayOf(absl::FromUnixMicros(head.start_us()))] += head.end_us() - head.start_us();
      }
      std::sort(times.begin(), times.end());
      for (size_t i = 1; i < times.size(); ++i) {
        ASSERT_LE(times[i - 1].second + absl::ToInt64Microseconds(rules_.rest), times[i].first);
      }
      for (const auto& [day, us] : day_us) ASSERT_LE(us, absl::ToInt64Microseconds(rules_.day_max));
    }
    for (const auto& shift : shifts_) {
      int live = 0;
      for (size_t who = 0; who < kPeople; ++who) {
        auto signup = FindSignup(shift.state, PersonId(who));
        if (*signup != nullptr && (*signup)->state() != v1::Signup::WITHDRAWN) ++live;
      }
      ASSERT_EQ(Taken(shift.state.head()), live);
      ASSERT_LE(live, shift.state.head().needed());
    }
  }

  std::mt19937 random_;
  Rules rules_;
  absl::Time now_ = kMonday;
  Folded<Person> people_[kPeople];
  Folded<Shift> shifts_[kShifts];
  int reservations_ = 0;
};

TEST(RandomWalkTest, NobodyOverlapsNothingIsOverfullHoursAgree) {
  int signed_up = 0, refused = 0, checked_out = 0;
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    RandomWalk walk(seed);
    walk.Run(300);
    signed_up += walk.signed_up_;
    refused += walk.refused_;
    checked_out += walk.checked_out_;
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(signed_up, 200);
  EXPECT_GT(refused, 200);
  EXPECT_GT(checked_out, 20) << "the walk no longer reaches attendance";
}

}  // namespace
}  // namespace kepu::volunteer::domain
