// Divisible halls, what a use asks of its space, rules that staff set aside, and the other halls that are
// named when one is taken.
#include "gmock/gmock.h"
#include "services/venue/domain/spaces.h"
#include "tests/unit/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class VenueSpaces : public VenueDomain {
 protected:
  v1::Space Part(const std::string& whole) {
    v1::Space space = MakeSpace();
    space.set_part_of(SpaceName(kVenue, whole));
    return space;
  }
  void Allow(std::vector<v1::Override::Rule> rules) {
    v1::Venue update;
    update.set_name(VenueName(kVenue));
    for (const auto rule : rules) update.add_overrides_allowed(rule);
    ASSERT_TRUE(desk_
                    .Do([&](const VenueState& state) {
                      return UpdateVenue(state, update, {"overrides_allowed"}, now_);
                    })
                    .ok());
  }
  AllocateCommand Session(const std::string& space, const std::string& id, absl::Time start, absl::Time end) {
    AllocateCommand command{kVenue, space, id, {}, "users/staff"};
    command.allocation.set_purpose(v1::Allocation::SESSION);
    *command.allocation.mutable_start_time() = ToTimestamp(start);
    *command.allocation.mutable_end_time() = ToTimestamp(end);
    return command;
  }
  absl::Status Do(const AllocateCommand& command) {
    return desk_.Do([&](const VenueState& state) { return DecideAllocate(state, command, holidays_, now_); });
  }
};

TEST_F(VenueSpaces, AHallAndItsPartsKeepApart) {
  ASSERT_TRUE(CreateSpace("left", Part("hall")).ok());
  ASSERT_TRUE(CreateSpace("right", Part("hall")).ok());
  EXPECT_THAT(WithParts(desk_.state().head(), {"hall"}), UnorderedElementsAre("hall", "left", "right"));
  EXPECT_THAT(WithParts(desk_.state().head(), {"left"}), UnorderedElementsAre("hall", "left"));
  ASSERT_TRUE(Allocate("left", "a", T("2026-03-10", 9), T("2026-03-10", 12)).ok());
  const absl::Status whole = Allocate("hall", "b", T("2026-03-10", 11), T("2026-03-10", 13));
  EXPECT_EQ(Reason(whole), "SPACE_TAKEN");
  EXPECT_EQ(Param(whole, "in_the_way"), "venues/cqstm/spaces/left/allocations/a");
  EXPECT_TRUE(Allocate("right", "c", T("2026-03-10", 9), T("2026-03-10", 12)).ok())
      << "parts go side by side";
  EXPECT_TRUE(Allocate("hall", "d", T("2026-03-10", 13), T("2026-03-10", 15)).ok());
  EXPECT_EQ(Param(Allocate("left", "e", T("2026-03-10", 14), T("2026-03-10", 16)), "in_the_way"),
            "venues/cqstm/spaces/hall/allocations/d");
}

TEST_F(VenueSpaces, AClosedPartLeavesNoWholeHall) {
  ASSERT_TRUE(CreateSpace("left", Part("hall")).ok());
  ASSERT_TRUE(CreateSpace("right", Part("hall")).ok());
  ASSERT_TRUE(Close("k", T("2026-03-10"), T("2026-03-11"), {"left"}).ok());
  EXPECT_EQ(Reason(Allocate("hall", "a", T("2026-03-10", 9), T("2026-03-10", 10))), "VENUE_CLOSED");
  EXPECT_TRUE(Allocate("right", "b", T("2026-03-10", 9), T("2026-03-10", 10)).ok());
  const auto hits = HitsOf(desk_.state(), kVenue, {{"hall"}, {T("2026-03-10"), T("2026-03-11")}});
  EXPECT_THAT(hits->names, ElementsAre("venues/cqstm/spaces/right/allocations/b"));
}

TEST_F(VenueSpaces, APartIsOfAnotherSpaceInUse) {
  ASSERT_TRUE(CreateSpace("left", Part("hall")).ok());
  EXPECT_THAT(CreateSpace("x", Part("x")).ToString(), HasSubstr("another space"));
  EXPECT_THAT(CreateSpace("x", Part("absent")).ToString(), HasSubstr("no such space"));
  EXPECT_THAT(CreateSpace("x", Part("left")).ToString(), HasSubstr("is a part itself"));
  v1::Space foreign = MakeSpace();
  foreign.set_part_of("venues/other/spaces/hall");
  EXPECT_THAT(CreateSpace("x", foreign).ToString(), HasSubstr("another space of this venue"));
  EXPECT_THAT(desk_
                  .Do([&](const VenueState& state) {
                    return DecideUpdateSpace(
                        state, kVenue, "dome", "",
                        [&](v1::Space base) {
                          base.set_part_of(SpaceName(kVenue, "hall"));
                          return base;
                        },
                        now_);
                  })
                  .ToString(),
              HasSubstr("space.part_of"));
  ASSERT_TRUE(desk_
                  .Do([&](const VenueState& state) {
                    return DecideUpdateSpace(
                        state, kVenue, "dome", "",
                        [](v1::Space base) {
                          base.set_state(v1::Space::RETIRED);
                          return base;
                        },
                        now_);
                  })
                  .ok());
  EXPECT_THAT(CreateSpace("x", Part("dome")).ToString(), HasSubstr("no longer in use"));
}

TEST_F(VenueSpaces, NeedsAreCheckedAgainstWhatWasEntered) {
  v1::Space space = MakeSpace();
  space.set_capacity(40);
  space.set_power_kw(20);
  space.add_equipment("hoist");
  ASSERT_TRUE(CreateSpace("lab", space).ok());
  AllocateCommand command = Session("lab", "a", T("2026-03-10", 9), T("2026-03-10", 10));
  v1::SpaceNeeds& needs = *command.allocation.mutable_needs();
  needs.set_heads(41);
  EXPECT_EQ(Reason(Do(command)), "SPACE_UNSUITABLE");
  EXPECT_EQ(Param(Do(command), "need"), "heads");
  EXPECT_EQ(Param(Do(command), "has"), "40");
  needs.set_heads(40);
  needs.set_floor_load_kg_m2(500);
  EXPECT_EQ(Param(Do(command), "has"), "?") << "nobody has entered it";
  needs.clear_floor_load_kg_m2();
  needs.set_power_kw(21);
  EXPECT_EQ(Param(Do(command), "need"), "power_kw");
  needs.set_power_kw(20);
  needs.set_area_m2(1);
  EXPECT_EQ(Param(Do(command), "need"), "area_m2");
  needs.clear_area_m2();
  needs.add_equipment("water");
  EXPECT_EQ(Param(Do(command), "asked"), "water");
  needs.clear_equipment();
  needs.add_equipment("hoist");
  EXPECT_TRUE(Do(command).ok());
}

TEST_F(VenueSpaces, OtherHallsOfTheKindAreNamed) {
  v1::Space small = MakeSpace();
  small.set_capacity(10);
  v1::Space big = MakeSpace();
  big.set_capacity(60);
  v1::Space yard = big;
  yard.set_kind(v1::Space::YARD);
  ASSERT_TRUE(CreateSpace("small", small).ok());
  ASSERT_TRUE(CreateSpace("big", big).ok());
  ASSERT_TRUE(CreateSpace("yard", yard).ok());
  ASSERT_TRUE(CreateSpace("busy", big).ok());
  ASSERT_TRUE(CreateSpace("mine", big).ok());
  ASSERT_TRUE(Allocate("mine", "a", T("2026-03-10", 9), T("2026-03-10", 12)).ok());
  ASSERT_TRUE(Allocate("busy", "b", T("2026-03-10", 9), T("2026-03-10", 12)).ok());
  AllocateCommand command = Session("mine", "c", T("2026-03-10", 9), T("2026-03-10", 12));
  command.allocation.mutable_needs()->set_heads(50);
  EXPECT_EQ(Param(Do(command), "others"), "venues/cqstm/spaces/big");
}

TEST_F(VenueSpaces, RulesAreSetAsideOnlyWhereTheVenueLets) {
  ASSERT_TRUE(Do(Session("dome", "a", T("2026-03-10", 9), T("2026-03-10", 10))).ok());
  AllocateCommand near = Session("dome", "b", T("2026-03-10", 10), T("2026-03-10", 11));
  EXPECT_EQ(Reason(Do(near)), "SPACE_TAKEN") << "30 minutes before and 15 after are kept free";
  near.allocation.mutable_override()->add_rules(v1::Override::TURNOVER);
  EXPECT_THAT(Do(near).ToString(), HasSubstr("override.reason"));
  near.allocation.mutable_override()->set_reason("同一班级连上两节");
  const absl::Status refused = Do(near);
  EXPECT_EQ(Reason(refused), "OVERRIDE_NOT_ALLOWED");
  EXPECT_EQ(Param(refused, "rule"), "TURNOVER");
  Allow({v1::Override::TURNOVER, v1::Override::CLOSURE});
  ASSERT_TRUE(Do(near).ok());
  const auto made = FindAllocation(desk_.state(), kVenue, "dome", "b");
  EXPECT_EQ((*made)->override().user(), "users/staff");
  EXPECT_EQ(ToTime((*made)->override().time()), now_);
  EXPECT_EQ(ToTime((*made)->taken_start_time()), T("2026-03-10", 10)) << "it keeps no time free itself";

  AllocateCommand over = Session("dome", "c", T("2026-03-10", 10, 30), T("2026-03-10", 11, 30));
  *over.allocation.mutable_override() = near.allocation.override();
  EXPECT_EQ(Reason(Do(over)), "SPACE_TAKEN") << "what another use has is never set aside";
  over.allocation.mutable_override()->clear_rules();
  EXPECT_THAT(Do(over).ToString(), HasSubstr("override.rules"));
}

TEST_F(VenueSpaces, AClosureAndHeadsAreSetAsideButNeverAFloor) {
  v1::Space space = MakeSpace();
  space.set_capacity(40);
  space.set_floor_load_kg_m2(400);
  ASSERT_TRUE(CreateSpace("lab", space).ok());
  Allow({v1::Override::CLOSURE, v1::Override::HEADS});
  ASSERT_TRUE(Close("k", T("2026-03-10"), T("2026-03-11")).ok());
  AllocateCommand command = Session("lab", "a", T("2026-03-10", 9), T("2026-03-10", 10));
  command.allocation.mutable_needs()->set_heads(45);
  v1::Override& made = *command.allocation.mutable_override();
  made.set_reason("闭馆日专场");
  made.add_rules(v1::Override::HEADS);
  EXPECT_EQ(Reason(Do(command)), "VENUE_CLOSED");
  made.add_rules(v1::Override::CLOSURE);
  command.allocation.mutable_needs()->set_floor_load_kg_m2(401);
  EXPECT_EQ(Param(Do(command), "need"), "floor_load_kg_m2");
  command.allocation.mutable_needs()->set_floor_load_kg_m2(400);
  EXPECT_TRUE(Do(command).ok());
}

TEST_F(VenueSpaces, AMonthTakesOnlySoManyEntries) {
  VenueState state = desk_.state();
  log::v1::VenueChild month;
  for (int i = 0; i < kMaxTakenPerMonth; ++i) {
    auto& taken = *month.mutable_month()->add_taken();
    taken.set_id(absl::StrCat("a", i));
    taken.set_start_us(absl::ToUnixMicros(T("2026-04-01") + absl::Minutes(i)));
    taken.set_end_us(absl::ToUnixMicros(T("2026-04-01") + absl::Minutes(i + 1)));
  }
  state.Put(MonthField("hall", absl::CivilMonth(2026, 4)), month);
  const auto use = Session("hall", "b", T("2026-04-21", 10), T("2026-04-21", 11));
  EXPECT_EQ(Reason(DecideAllocate(state, use, holidays_, now_).status()), "SPACE_CALENDAR_FULL");
  const auto later = Session("hall", "b", T("2026-05-12", 10), T("2026-05-12", 11));
  EXPECT_TRUE(DecideAllocate(state, later, holidays_, now_).ok());
}

TEST_F(VenueSpaces, NothingIsTakenFurtherAheadThanAYear) {
  EXPECT_THAT(Allocate("hall", "a", T("2027-03-10", 9), T("2027-03-10", 10)).ToString(),
              HasSubstr("allocation.start_time"));
}

}  // namespace
}  // namespace kepu::venue
