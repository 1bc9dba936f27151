// The way between two places that a person must have time for: by coordinates that claims carry, by a table
// of known ways, and by a guess where neither is known.
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::travel_test {
namespace {

std::optional<v1::Whereabouts> Where(double latitude, double longitude, bool main_urban) {
  v1::Whereabouts where;
  where.mutable_location()->set_latitude(latitude);
  where.mutable_location()->set_longitude(longitude);
  where.set_main_urban(main_urban);
  return where;
}

// The science museum; a museum across the river, 3 km; the natural history museum, 33 km; Kaizhou, 260 km.
const std::optional<v1::Whereabouts> kHere = Where(29.57, 106.58, true), kNear = Where(29.59, 106.56, true),
                                     kAcross = Where(29.81, 106.38, true), kFar = Where(31.17, 108.40, false),
                                     kNowhere;

class TravelTest : public ::testing::Test {
 protected:
  TravelTest() { person_.Do(DecideRegister(person_.state, MakeRegister(), rules_, kMonday)); }
  Demand Of(double from, double to, absl::string_view place, const std::optional<v1::Whereabouts>& where) {
    Demand demand = MakeDemand(At(1, from), At(1, to), place);
    v1::Duty duty;
    if (where) *duty.mutable_whereabouts() = *where;
    demand.set_detail(duty.SerializeAsString());
    return demand;
  }
  std::string Gap(const Demand& demand) {
    return ParamOf(CheckRoom(person_.state, demand, Adult(), rules_, kMonday), "gap_minutes");
  }

  Rules rules_;
  Folded<Person> person_;
};

// The wish begins as the other assignment ends, so that the refusal says how much time must lie between.
TEST_F(TravelTest, TheGapIsRestAndTheWay) {
  struct Row {
    const char* place;
    const std::optional<v1::Whereabouts>& where;
    const char* gap;
  };
  const Row rows[] = {
      {"venues/here", kHere, "30"},       // no way at all
      {"venues/near", kNear, "49"},       // 3 km x 1.5 at 30 km/h and the doors
      {"venues/across", kAcross, "139"},  // 33 km in the main urban area
      {"venues/nowhere", kNowhere, "90"}  // an hour where nothing is known
  };
  person_.Do(*ClaimedFact(person_.state, Tried(Of(10, 12, "venues/here", kHere), "r1")));
  for (const Row& row : rows) {
    EXPECT_EQ(Gap(Of(12, 13, row.place, row.where)), row.gap) << "after, " << row.place;
    EXPECT_EQ(Gap(Of(9, 10, row.place, row.where)), row.gap) << "before, " << row.place;
    double minutes = 0;
    ASSERT_TRUE(absl::SimpleAtod(row.gap, &minutes));
    EXPECT_EQ(Gap(Of(12 + minutes / 60, 16, row.place, row.where)), "") << "just in time, " << row.place;
  }
  EXPECT_EQ(Gap(Of(17, 18, "venues/far", kFar)), "539") << "more than eight hours of hills";
  EXPECT_EQ(Gap(Of(12, 13, "venues/here", kFar)), "30") << "one name is one place";
  EXPECT_EQ(Gap(Of(12, 13, "", kHere)), "30") << "a demand without a place";
}

TEST_F(TravelTest, WhatIsNotKnownOfTheOtherPlaceIsGuessedToo) {
  person_.Do(*ClaimedFact(person_.state, Tried(Of(10, 12, "venues/here", kNowhere), "r1")));
  EXPECT_EQ(Gap(Of(12, 13, "venues/near", kNear)), "90");
  rules_.unknown_way = absl::Minutes(20);
  EXPECT_EQ(Gap(Of(12, 13, "venues/near", kNear)), "50");
  rules_.known_ways.Set("venues/near", "venues/here", absl::Minutes(5));
  EXPECT_EQ(Gap(Of(12, 13, "venues/near", kNear)), "35") << "a known way needs no coordinates";
}

TEST_F(TravelTest, NoWayIsLongerThanWhatIsLookedFor) {
  rules_.known_ways.Set("venues/here", "venues/moon", absl::Hours(100));
  person_.Do(*ClaimedFact(person_.state, Tried(Of(10, 12, "venues/here", kHere), "r1")));
  EXPECT_EQ(Gap(Of(12, 13, "venues/moon", kNowhere)), "750");
}

TEST_F(TravelTest, CoordinatesStandInTheClaimAndFoldFromIt) {
  person_.Do(*ClaimedFact(person_.state, Tried(Of(10, 12, "venues/here", kHere), "r1")));
  const auto week = person_.state.Find(WeekField("2026-11-16"));
  ASSERT_TRUE(week.ok() && *week != nullptr);
  EXPECT_EQ((*week)->week().assignments(0).whereabouts().SerializeAsString(), kHere->SerializeAsString());
  ExpectFoldGives(person_);
}

TEST_F(TravelTest, NonsenseIsRefused) {
  Demand demand = Of(10, 12, "venues/here", kNowhere);
  person_.Do(*ClaimedFact(person_.state, Tried(Of(6, 7, "venues/here", kHere), "r1")));
  const std::optional<v1::Whereabouts> nowhere[] = {Where(91, 0, true), Where(0, -181, true),
                                                    Where(std::nan(""), 0, true), v1::Whereabouts()};
  for (const auto& where : nowhere) {
    v1::Duty duty;
    *duty.mutable_whereabouts() = *where;
    demand.set_detail(duty.SerializeAsString());
    EXPECT_EQ(CheckRoom(person_.state, demand, Adult(), rules_, kMonday).code(),
              absl::StatusCode::kInvalidArgument);
  }
  demand.set_detail("\xff");
  EXPECT_EQ(CheckRoom(person_.state, demand, Adult(), rules_, kMonday).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ShiftTravelTest, AShiftTellsItsClaimsWhereItLies) {
  Folded<Shift> shift;
  ShiftCommand command = MakeShift();
  command.whereabouts = kAcross;
  shift.Do(DecideCreate(shift.state, command, kMonday));
  const auto duty = DutyOf(DemandOf(shift.state.head(), "p1"));
  ASSERT_TRUE(duty.ok());
  EXPECT_EQ(duty->whereabouts().SerializeAsString(), kAcross->SerializeAsString());
  Folded<Shift> unknown;
  unknown.Do(DecideCreate(unknown.state, MakeShift(), kMonday));
  EXPECT_TRUE(DemandOf(unknown.state.head(), "p1").detail().empty());
  ExpectFoldGives(shift);
}

}  // namespace
}  // namespace kepu::volunteer::domain::travel_test
