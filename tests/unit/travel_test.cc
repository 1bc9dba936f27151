// Times between places: the table first, then the rule of thumb.
#include "libs/travel/travel.h"

namespace kepu::travel {
namespace {

const Place kScienceMuseum{"venues/cqstm", 29.57, 106.58, true};
const Place kNaturalHistory{"venues/cqnhm", 29.81, 106.38, true};
const Place kKaizhou{"venues/cqkzm", 31.17, 108.40, false};

TEST(Travel, GreatCircle) {
  Place pole{"", 90, 0, false}, south{"", -90, 50, false}, equator{"", 0, 0, false}, east{"", 0, 90, false};
  EXPECT_NEAR(GreatCircleKm(pole, equator), 10007.5, 1);
  EXPECT_NEAR(GreatCircleKm(pole, south), 20015, 1);
  EXPECT_NEAR(GreatCircleKm(equator, east), 10007.5, 1);
  EXPECT_NEAR(GreatCircleKm(kScienceMuseum, kNaturalHistory), 32.94, 0.05);
  EXPECT_DOUBLE_EQ(GreatCircleKm(kKaizhou, kKaizhou), 0);
}

TEST(Travel, UrbanAndRuralSpeeds) {
  const KnownTimes none;
  // 32.94 km x 1.5 at 30 km/h is 98.8 minutes.
  EXPECT_EQ(TravelTime(kScienceMuseum, kNaturalHistory, none), absl::Minutes(99 + 10));
  Place rural = kNaturalHistory;
  rural.main_urban = false;
  EXPECT_EQ(TravelTime(kScienceMuseum, rural, none), absl::Minutes(66 + 10)) << "one end outside";
  EXPECT_EQ(TravelTime(rural, kScienceMuseum, none), TravelTime(kScienceMuseum, rural, none));
}

TEST(Travel, SamePlaceTakesNoTimeAndSamePointTakesTheDoors) {
  const KnownTimes none;
  EXPECT_EQ(TravelTime(kKaizhou, kKaizhou, none), absl::ZeroDuration());
  Place next_door = kKaizhou;
  next_door.name = "venues/other";
  EXPECT_EQ(TravelTime(kKaizhou, next_door, none), kDoorToDoor);
  next_door.name.clear();
  EXPECT_EQ(TravelTime(next_door, next_door, none), kDoorToDoor) << "nameless places are not known to be one";
}

TEST(Travel, GroundsOfOneNameThatLieApartAreTwoPlaces) {
  const KnownTimes none;
  Place grounds = kKaizhou;
  grounds.latitude += 0.004;
  EXPECT_EQ(TravelTime(kKaizhou, grounds, none), absl::ZeroDuration()) << "445 m";
  grounds.latitude += 0.1;
  // 11.56 km x 1.5 at 45 km/h is 23.1 minutes.
  EXPECT_EQ(TravelTime(kKaizhou, grounds, none), absl::Minutes(24 + 10));
  grounds.latitude = grounds.longitude = 0;
  EXPECT_EQ(TravelTime(kKaizhou, grounds, none), absl::ZeroDuration()) << "nobody said where";
}

TEST(Travel, KnownTimesComeFirstAndServeBothWays) {
  KnownTimes known;
  known.Set("venues/cqstm", "venues/cqkzm", absl::Hours(4));
  EXPECT_EQ(TravelTime(kScienceMuseum, kKaizhou, known), absl::Hours(4));
  EXPECT_EQ(TravelTime(kKaizhou, kScienceMuseum, known), absl::Hours(4));
  known.Set("venues/cqkzm", "venues/cqstm", absl::Hours(5));
  EXPECT_EQ(TravelTime(kKaizhou, kScienceMuseum, known), absl::Hours(5));
  EXPECT_EQ(TravelTime(kScienceMuseum, kKaizhou, known), absl::Hours(4));
  EXPECT_EQ(TravelTime(kScienceMuseum, kNaturalHistory, known), absl::Minutes(109));
}

}  // namespace
}  // namespace kepu::travel
