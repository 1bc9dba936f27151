// What facts of a venue tell those who watch its calendar.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/venue/store/live_events.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<live::v1::Event> OfVenue(const log::v1::VenueFact& fact) {
  return LiveEventsOf("v", fact, [](const std::string& claim) {
    return claim == "known" ? std::string("venues/v/spaces/hall") : std::string();
  });
}

TEST(VenueLiveEvents, ByFact) {
  log::v1::VenueFact fact;
  fact.mutable_venue_updated()->set_etag("7");
  ASSERT_THAT(OfVenue(fact), SizeIs(1));
  EXPECT_EQ(OfVenue(fact)[0].kind(), "venue.changed");
  EXPECT_EQ(OfVenue(fact)[0].etag(), "7");
  EXPECT_THAT(OfVenue(fact)[0].topics(), ElementsAre("venues/v/calendar"));
  fact.mutable_allocation_made()->set_name("venues/v/spaces/hall/allocations/a");
  EXPECT_EQ(OfVenue(fact)[0].kind(), "space.occupancy");
  EXPECT_EQ(OfVenue(fact)[0].name(), "venues/v/spaces/hall");
  fact.mutable_claim_changed()->mutable_fact()->set_claim_id("known");
  EXPECT_EQ(OfVenue(fact)[0].name(), "venues/v/spaces/hall");
  fact.mutable_claim_changed()->mutable_fact()->set_claim_id("forgotten");
  EXPECT_EQ(OfVenue(fact)[0].name(), "venues/v");
  fact.mutable_closure_created()->set_name("venues/v/closures/c");
  EXPECT_EQ(OfVenue(fact)[0].kind(), "closure.changed");
  fact.mutable_closure_ended()->set_id("c");
  EXPECT_EQ(OfVenue(fact)[0].name(), "venues/v/closures/c");
  fact.mutable_claims_forgotten();
  EXPECT_THAT(OfVenue(fact), IsEmpty());
}

TEST(VenueLiveEvents, PlansAreForThoseWhoPlan) {
  log::v1::VenueFact fact;
  v1::Exhibition* exhibition = fact.mutable_exhibition_put()->mutable_exhibition();
  exhibition->set_name("venues/v/exhibitions/x");
  exhibition->set_state(v1::Exhibition::DRAFT);
  EXPECT_THAT(OfVenue(fact)[0].audience(), SizeIs(3));
  exhibition->set_state(v1::Exhibition::SCHEDULED);
  EXPECT_THAT(OfVenue(fact)[0].audience(), IsEmpty());
}

}  // namespace
}  // namespace kepu::venue
