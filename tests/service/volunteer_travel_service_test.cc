// The way between venues: known from the venue service when a shift is made, guessed when it was silent.
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer::travel_service_test {
namespace {

class VolunteerTravelTest : public VolunteerServiceTest {
 protected:
  VolunteerTravelTest() {
    venues_.Add("venues/museum", 29.57, 106.58, "districts/liangjiang");
    venues_.Add("venues/near", 29.59, 106.56, "districts/yuzhong");     // 3 km: 19 minutes
    venues_.Add("venues/across", 29.81, 106.38, "districts/beibei");    // 33 km of town: 109 minutes
    venues_.Add("venues/kaizhou", 31.17, 108.40, "districts/kaizhou");  // 249 km of country: 509 minutes
    desk.venues = &venues_;
    desk.Restart();
    desk.Register("li");
  }
  // A sign-up that begins so long after the first one, which ends at hour 76, ended.
  absl::Status After(const std::string& place, double minutes) {
    const v1::Shift shift = desk.MakeShift(5, 76 + minutes / 60, 1, place);
    auto signup = desk.SignUp(shift.name(), "li");
    if (!signup.ok()) return signup.status();
    EXPECT_TRUE(desk.Withdraw(signup->name(), "li").ok());
    desk.executor.RunFor(absl::Seconds(10));  // the time is given back
    return absl::OkStatus();
  }

  FakeVenues venues_{desk.executor};
};

TEST_F(VolunteerTravelTest, NearAndFarVenues) {
  ASSERT_TRUE(desk.SignUp(desk.MakeShift(5, 72, 4, "venues/museum").name(), "li").ok());
  struct Row {
    const char* place;
    double needed;
  };
  for (const Row& row : {Row{"venues/museum", 30}, Row{"venues/near", 49}, Row{"venues/across", 139},
                         Row{"venues/kaizhou", 539}}) {
    const absl::Status soon = After(row.place, row.needed - 1);
    EXPECT_EQ(Reason(soon), "OVERLAPS") << row.place;
    EXPECT_EQ(refusal::ParamOf(soon, "gap_minutes"), absl::StrCat(row.needed));
    EXPECT_EQ(After(row.place, row.needed), absl::OkStatus()) << row.place;
  }
}

TEST_F(VolunteerTravelTest, TheShiftBeforeAndTheShiftAfterBothCount) {
  ASSERT_TRUE(desk.SignUp(desk.MakeShift(5, 72, 2, "venues/across").name(), "li").ok());
  ASSERT_TRUE(desk.SignUp(desk.MakeShift(5, 79, 2, "venues/near").name(), "li").ok());
  // Between them lie five hours: 139 minutes from one, 49 to the other, so that 112 are left.
  EXPECT_EQ(Reason(desk.SignUp(desk.MakeShift(5, 76.3, 1, "venues/museum").name(), "li").status()),
            "OVERLAPS");
  EXPECT_EQ(Reason(desk.SignUp(desk.MakeShift(5, 76.4, 1.9, "venues/museum").name(), "li").status()),
            "OVERLAPS");
  EXPECT_TRUE(desk.SignUp(desk.MakeShift(5, 76.4, 1.7, "venues/museum").name(), "li").ok());
}

TEST_F(VolunteerTravelTest, AShiftMadeWhileTheVenueServiceWasSilentIsAnHourAway) {
  venues_.silent = true;
  const v1::Shift near = desk.MakeShift(5, 72, 4, "venues/near");
  venues_.silent = false;
  ASSERT_TRUE(desk.SignUp(near.name(), "li").ok());
  EXPECT_EQ(refusal::ParamOf(After("venues/museum", 80), "gap_minutes"), "90");
  EXPECT_EQ(After("venues/museum", 90), absl::OkStatus());
}

TEST_F(VolunteerTravelTest, ShiftsAreMadeInVenuesThatExist) {
  EXPECT_EQ(desk.Ask<v1::Shift>(
                    "CreateShift",
                    desk.ShiftRequest(kDeskStart + absl::Hours(72), absl::Hours(2), 1, "venues/nowhere"),
                    Staff("venues/nowhere"))
                .status()
                .code(),
            absl::StatusCode::kNotFound);
}

// What other services claim says itself where it is.
TEST_F(VolunteerTravelTest, ClaimsOfOtherServicesSayWhereTheyAre) {
  ASSERT_TRUE(desk.SignUp(desk.MakeShift(5, 72, 4, "venues/museum").name(), "li").ok());
  const v1::Volunteer li = desk.Register("li");
  auto guide = Guide(li.name(), 76.9, 1);
  guide.mutable_demand()->set_place("venues/near");
  auto ask = [&] { return AsPeer<reservation::v1::TryResponse>("Try", guide); };
  EXPECT_EQ(ask()->outcome(), reservation::v1::TryResponse::REFUSED)
      << "an hour and a half, not knowing better";
  v1::Duty duty;
  v1::Whereabouts& where = *duty.mutable_whereabouts();
  where.mutable_location()->set_latitude(29.59);
  where.mutable_location()->set_longitude(106.56);
  where.set_main_urban(true);
  guide.mutable_demand()->set_detail(duty.SerializeAsString());
  EXPECT_EQ(ask()->outcome(), reservation::v1::TryResponse::GRANTED);
  EXPECT_TRUE(AsPeer<reservation::v1::StepResponse>("Cancel", StepOf(guide)).ok());
}

}  // namespace
}  // namespace kepu::volunteer::travel_service_test
