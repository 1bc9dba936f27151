// The rules of people: who may register, and when their time may be claimed.
#include <set>

#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::person_test {
namespace {

class PersonTest : public ::testing::Test {
 protected:
  PersonTest() { person_.Do(DecideRegister(person_.state, MakeRegister(), rules_, kMonday)); }
  std::string Claim(const Demand& demand, absl::string_view reservation) {
    const ClaimFact fact = Tried(demand, reservation);
    person_.Do(*ClaimedFact(person_.state, fact));
    return fact.claim_id();
  }
  absl::Status Room(const Demand& demand) {
    return CheckRoom(person_.state, demand, Adult(), rules_, kMonday);
  }

  Rules rules_;
  Folded<Person> person_;
};

TEST_F(PersonTest, RegistersOnceAndChangesWhatMayChange) {
  RegisterCommand again = MakeRegister();
  again.district = "districts/kaizhou";
  person_.Do(DecideRegister(person_.state, again, rules_, kMonday));
  EXPECT_EQ(person_.state.head().district(), "districts/kaizhou");
  again.birth_year_band = 0;
  again.sealed_birth_year_band = "";
  again.languages = {"en"};
  person_.Do(DecideRegister(person_.state, again, rules_, kMonday));
  EXPECT_EQ(person_.state.head().sealed_birth_year_band(), "sealed band") << "set once";
  ASSERT_EQ(person_.state.head().languages_size(), 1);
  EXPECT_EQ(person_.state.head().languages(0), "en");
  again.birth_year_band = 1980;
  EXPECT_EQ(DecideRegister(person_.state, again, rules_, kMonday).status().code(),
            absl::StatusCode::kInvalidArgument);
  ExpectFoldGives(person_);
}

TEST(RegisterTest, WhoMayBeUnderAgeSaysTheDayOfBirth) {
  // In November 2026: the youngest of the band 2000-2004 is 21 or 22, of 2005-2009 it is 16 or 17.
  const std::pair<int, const char*> rows[] = {{1990, ""},
                                              {2000, ""},
                                              {2005, "BAD_REQUEST"},
                                              {2015, "BAD_REQUEST"},
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
  rules_.known_ways.Set("venues/a", "venues/far", absl::Hours(3));
  rules_.known_ways.Set("venues/far", "venues/a", absl::Minutes(20));
  rules_.known_ways.Set("venues/a", "venues/b", absl::Minutes(20));
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
  EXPECT_EQ(
      ReasonOf(CheckRoom(Folded<Person>().state, MakeDemand(At(1, 1), At(1, 2)), Adult(), rules_, kMonday)),
      "NOT_REGISTERED");
  EXPECT_EQ(Room(MakeDemand(At(1, 2), At(1, 2))).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Room(MakeDemand(At(1, 2), At(2, 3))).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Room(Demand()).code(), absl::StatusCode::kInvalidArgument);
  person_.state.mutable_head().set_stopped_until_us(absl::ToUnixMicros(At(1, 0)));
  EXPECT_EQ(ReasonOf(Room(MakeDemand(At(1, 1), At(1, 2)))), "VOLUNTEER_STOPPED");
}

TEST_F(PersonTest, SumsFollowTheLedger) {
  record::Fact counted = domain::At(kMonday);
  counted.mutable_hours_counted()->set_minutes(150);
  counted.mutable_hours_counted()->set_shifts(1);
  person_.Do(counted);
  counted.mutable_hours_counted()->set_minutes(-30);
  counted.mutable_hours_counted()->clear_shifts();
  person_.Do(counted);
  EXPECT_EQ(person_.state.head().total_minutes(), 120);
  EXPECT_EQ(person_.state.head().served_shifts(), 1);
  ExpectFoldGives(person_);
}

// Rows from before ledgers fold as they did.
TEST_F(PersonTest, OldRowsStay) {
  record::Fact old = domain::At(kMonday);
  old.mutable_hours_recorded()->mutable_entry()->set_shift("s1");
  old.mutable_hours_recorded()->mutable_entry()->set_minutes(150);
  person_.Do(old);
  EXPECT_EQ(person_.state.head().total_minutes(), 150);
  EXPECT_EQ((*person_.state.Find(HoursField("s1")))->hours().minutes(), 150);
  ExpectFoldGives(person_);
}

TEST_F(PersonTest, AsksForAllItNeedsAtOnce) {
  person_.state.set_complete(false);
  person_.state.ForgetChildren();
  EXPECT_EQ(Room(MakeDemand(At(6, 23), At(7, 1))).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(person_.state.TakeMissing(), (std::set<std::string>{"w/2026-11-16", "w/2026-11-23"}));
}

}  // namespace
}  // namespace kepu::volunteer::domain::person_test
