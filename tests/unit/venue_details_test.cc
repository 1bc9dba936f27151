// What is recorded of a venue beside what it is: checklists and upgrades, and what is wrong with them.
#include "google/rpc/status.pb.h"
#include "tests/unit/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::HasSubstr;
using Upgrade = v1::Venue::Upgrade;

v1::Venue MakeDetailed() {
  v1::Venue venue = MakeVenue();
  auto& item = *venue.add_checklist();
  item.set_code("SIGNS_BILINGUAL");
  item.set_passed(true);
  *item.mutable_checked_date() = ToDate(D("2026-03-02"));
  venue.add_checklist()->set_code("RAMP");
  auto& upgrade = *venue.add_upgrades();
  upgrade.set_stage(Upgrade::FINISHED);
  upgrade.set_batch(2);
  upgrade.set_planned_year(2024);
  upgrade.set_finished_year(2026);
  return venue;
}

TEST(VenueDetails, WhatIsWrongIsNamed) {
  const struct {
    const char* field;
    std::function<void(v1::Venue&)> spoil;
  } cases[] = {
      {"venue.checklist[0].code", [](v1::Venue& venue) { venue.mutable_checklist(0)->set_code("signs"); }},
      {"venue.checklist[1].code", [](v1::Venue& venue) { venue.mutable_checklist(1)->clear_code(); }},
      {"venue.checklist[1].code",
       [](v1::Venue& venue) { venue.mutable_checklist(1)->set_code("SIGNS_BILINGUAL"); }},
      {"venue.checklist[0].checked_date",
       [](v1::Venue& venue) { venue.mutable_checklist(0)->clear_checked_date(); }},
      {"venue.checklist[0].checked_date",
       [](v1::Venue& venue) {
         *venue.mutable_checklist(0)->mutable_checked_date() = ToDate(D("2026-03-03"));
       }},
      {"venue.checklist[1].checked_date",
       [](v1::Venue& venue) { venue.mutable_checklist(1)->mutable_checked_date()->set_year(2026); }},
      {"venue.upgrades[0].stage", [](v1::Venue& venue) { venue.mutable_upgrades(0)->clear_stage(); }},
      {"venue.upgrades[0].planned_year",
       [](v1::Venue& venue) { venue.mutable_upgrades(0)->clear_planned_year(); }},
      {"venue.upgrades[0].finished_year",
       [](v1::Venue& venue) { venue.mutable_upgrades(0)->clear_finished_year(); }},
      {"venue.upgrades[0].finished_year",
       [](v1::Venue& venue) { venue.mutable_upgrades(0)->set_finished_year(2027); }},
      {"venue.upgrades[0].finished_year",
       [](v1::Venue& venue) { venue.mutable_upgrades(0)->set_stage(Upgrade::UNDER_WAY); }},
  };
  VenueState fresh;
  fresh.set_complete(true);
  const auto decide = [&](const v1::Venue& venue) {
    return DecideCreateVenue(fresh, "x", venue, T("2026-03-02", 8)).status();
  };
  EXPECT_TRUE(decide(MakeDetailed()).ok());
  for (const auto& row : cases) {
    v1::Venue venue = MakeDetailed();
    row.spoil(venue);
    const absl::Status status = decide(venue);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row.field;
    EXPECT_THAT(refusal::ToWire(status).SerializeAsString(), HasSubstr(row.field));
  }
}

}  // namespace
}  // namespace kepu::venue
