// What other services may claim of people and shifts.
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer::claims_test {
namespace {

TEST_F(VolunteerServiceTest, OtherServicesClaimGuidesAndPlaces) {
  const std::string guide = desk.Register("li").name();
  const auto request = Guide(guide, 72, 2);
  rpc::Context outside;
  outside.principal = User("li");
  EXPECT_EQ(
      desk.Ask<reservation::v1::TryResponse>("Try", request, outside, "ParticipantService").status().code(),
      absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(AsPeer<reservation::v1::TryResponse>("Try", request)->outcome(),
            reservation::v1::TryResponse::GRANTED);
  EXPECT_EQ(AsPeer<reservation::v1::TryResponse>("Try", request)->outcome(),
            reservation::v1::TryResponse::GRANTED);
  auto rival = Guide(guide, 73, 2);
  auto refused = AsPeer<reservation::v1::TryResponse>("Try", rival);
  EXPECT_EQ(refused->outcome(), reservation::v1::TryResponse::REFUSED);
  EXPECT_EQ(Reason(reservation::UnpackRefusal(refused->refusal())), "OVERLAPS");
  const v1::Shift shift = desk.MakeShift(2, 72, 2, "venues/b");
  EXPECT_EQ(refusal::ParamOf(desk.SignUp(shift.name(), "li").status(), "with"), "events/e/sessions/s");
  EXPECT_TRUE(AsPeer<reservation::v1::StepResponse>("Confirm", StepOf(request)).ok());
  EXPECT_TRUE(AsPeer<reservation::v1::StepResponse>("Confirm", StepOf(request)).ok());
  EXPECT_TRUE(AsPeer<reservation::v1::StepResponse>("Release", StepOf(request)).ok());
  EXPECT_EQ(Reason(AsPeer<reservation::v1::StepResponse>("Confirm", StepOf(request)).status()),
            "CLAIM_NOT_HELD");
  EXPECT_EQ(AsPeer<reservation::v1::TryResponse>("Try", request)->outcome(),
            reservation::v1::TryResponse::OVER);
  EXPECT_TRUE(desk.SignUp(shift.name(), "li").ok());

  auto place = Guide(shift.name(), 72, 2, reservation::v1::SHIFT);
  EXPECT_EQ(AsPeer<reservation::v1::TryResponse>("Try", place)->outcome(),
            reservation::v1::TryResponse::GRANTED);
  EXPECT_EQ(desk.Look(shift.name()).held(), 1);
  desk.Register("wang");
  EXPECT_EQ(Reason(desk.SignUp(shift.name(), "wang").status()), "SHIFT_HELD");
  EXPECT_TRUE(AsPeer<reservation::v1::StepResponse>("Cancel", StepOf(place)).ok());
  EXPECT_TRUE(desk.SignUp(shift.name(), "wang").ok());
  auto nothing = Guide("spaces/x", 72, 2);
  EXPECT_EQ(AsPeer<reservation::v1::TryResponse>("Try", nothing)->outcome(),
            reservation::v1::TryResponse::REFUSED);
}

TEST_F(VolunteerServiceTest, AskingForAReservationNobodyKnowsCancelsIt) {
  const v1::Shift shift = desk.MakeShift(2);
  reservation::v1::ResolveRequest request;
  request.set_request_id("claim");
  request.set_reservation("unknown");
  request.set_pivot(shift.name());
  EXPECT_EQ(AsPeer<reservation::v1::ResolveResponse>("Resolve", request)->outcome(),
            reservation::v1::ResolveResponse::CANCELLED);
  request.set_pivot("volunteers/aaaaaaaaaaaaaaaaaaaaaa");
  EXPECT_FALSE(AsPeer<reservation::v1::ResolveResponse>("Resolve", request).ok());
}

}  // namespace
}  // namespace kepu::volunteer::claims_test
