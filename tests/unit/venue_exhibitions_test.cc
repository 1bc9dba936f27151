// Exhibitions as plans: drafts that take nothing, phases in their order, publishing and later changes that
// take all or nothing, copies of last year's.
#include "gmock/gmock.h"
#include "tests/unit/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Phase = v1::Exhibition::Phase;

class VenueExhibitions : public VenueDomain {
 protected:
  absl::Status Draft(const std::string& id, const v1::Exhibition& exhibition) {
    return desk_.Do(
        [&](const VenueState& state) { return DecideDraft(state, kVenue, id, exhibition, now_); });
  }
  absl::Status Publish(const std::string& id) {
    return desk_.Do(
        [&](const VenueState& state) { return DecidePublish(state, kVenue, id, holidays_, now_); });
  }
  absl::Status Update(const std::string& id, const std::function<void(v1::Exhibition&)>& change,
                      const std::string& etag = "") {
    return desk_.Do([&](const VenueState& state) {
      return DecideUpdateExhibition(
          state, kVenue, id, etag,
          [&](v1::Exhibition base) {
            change(base);
            return base;
          },
          holidays_, now_);
    });
  }
  absl::Status Cancel(const std::string& id) {
    return desk_.Do([&](const VenueState& state) { return DecideCancel(state, kVenue, id, "经费", now_); });
  }
  absl::Status CopyTo(const std::string& id, const std::string& new_id, absl::string_view first) {
    return desk_.Do(
        [&](const VenueState& state) { return DecideCopy(state, kVenue, id, new_id, D(first), now_); });
  }
  static Phase& Add(v1::Exhibition& exhibition, Phase::Kind kind, absl::string_view first,
                    absl::string_view last) {
    Phase& phase = *exhibition.add_phases();
    phase.set_kind(kind);
    *phase.mutable_first_date() = ToDate(D(first));
    *phase.mutable_last_date() = ToDate(D(last));
    return phase;
  }
  v1::Exhibition Read(const std::string& id) {
    const auto found = FindExhibition(desk_.state(), kVenue, id);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? **found : v1::Exhibition();
  }
  std::vector<std::string> Taken(const std::string& space = "hall") {
    return TakenIds(space, T("2026-01-01"), T("2027-12-31"));
  }
};

TEST_F(VenueExhibitions, ADraftTakesNothingUntilItIsPublished) {
  ASSERT_TRUE(Draft("x", MakeExhibition({"hall", "dome"}, "2026-06-01", "2026-06-30")).ok());
  EXPECT_EQ(Read("x").state(), v1::Exhibition::DRAFT);
  EXPECT_THAT(Taken(), IsEmpty());
  ASSERT_TRUE(Update("x", [](auto& x) { *x.mutable_last_date() = ToDate(D("2026-06-20")); }).ok());
  ASSERT_TRUE(Publish("x").ok());
  EXPECT_EQ(Read("x").state(), v1::Exhibition::SCHEDULED);
  EXPECT_THAT(Taken(), ElementsAre("x"));
  EXPECT_THAT(Taken("dome"), ElementsAre("x"));
  EXPECT_EQ(Reason(Publish("x")), "EXHIBITION_PUBLISHED");
  EXPECT_EQ(Read("x").etag(), "3");
}

TEST_F(VenueExhibitions, PublishingTakesAllOrNothing) {
  ASSERT_TRUE(Draft("x", MakeExhibition({"hall", "dome"}, "2026-06-01", "2026-06-30")).ok());
  ASSERT_TRUE(Allocate("dome", "a", T("2026-06-10", 9), T("2026-06-10", 10)).ok());
  const absl::Status taken = Publish("x");
  EXPECT_EQ(Param(taken, "in_the_way"), "venues/cqstm/spaces/dome/allocations/a");
  EXPECT_THAT(Taken(), IsEmpty());
  EXPECT_EQ(Read("x").state(), v1::Exhibition::DRAFT);
}

TEST_F(VenueExhibitions, PhasesSayHowLongTheSpacesAreTaken) {
  v1::Exhibition plan = MakeExhibition({"hall"}, "2026-06-10", "2026-06-30");
  Add(plan, Phase::TRANSPORT, "2026-06-01", "2026-06-03");
  Add(plan, Phase::INSTALL, "2026-06-04", "2026-06-07");
  Add(plan, Phase::INSTALL, "2026-06-08", "2026-06-09");
  Add(plan, Phase::OPEN, "2026-06-10", "2026-06-30");
  Add(plan, Phase::MAINTAIN, "2026-06-15", "2026-06-15");
  Add(plan, Phase::DEINSTALL, "2026-07-01", "2026-07-02");
  ASSERT_TRUE(Schedule("x", plan).ok());
  const auto allocation = FindAllocation(desk_.state(), kVenue, "hall", "x");
  EXPECT_EQ(ToTime((*allocation)->taken_start_time()), T("2026-06-04"));
  EXPECT_EQ(ToTime((*allocation)->taken_end_time()), T("2026-07-03"));
}

TEST_F(VenueExhibitions, PhasesMustLieWell) {
  const std::tuple<Phase::Kind, const char*, const char*, const char*> kBad[] = {
      {Phase::INSTALL, "2026-06-09", "2026-06-10", "must end before the first day"},
      {Phase::DEINSTALL, "2026-06-30", "2026-07-01", "must begin after the last day"},
      {Phase::OPEN, "2026-06-11", "2026-06-30", "must be the days"},
      {Phase::MAINTAIN, "2026-06-30", "2026-07-01", "must lie within"},
      {Phase::TRANSPORT, "2026-06-09", "2026-06-10", "before or after"},
      {Phase::INSTALL, "2026-06-05", "2026-06-04", "phases[0].last_date"},
      {Phase::INSTALL, "2026-03-05", "2026-06-09", "60 days"}};
  for (const auto& [kind, first, last, error] : kBad) {
    v1::Exhibition plan = MakeExhibition({"hall"}, "2026-06-10", "2026-06-30");
    Add(plan, kind, first, last);
    EXPECT_THAT(Draft("x", plan).ToString(), HasSubstr(error));
  }
}

TEST_F(VenueExhibitions, SpacesTogetherMeetTheNeedsOfEachPhase) {
  for (const char* id : {"a", "b"}) {
    v1::Space space = MakeSpace();
    space.set_area_m2(100);
    space.set_floor_load_kg_m2(id[0] == 'a' ? 400 : 800);
    space.add_equipment(id[0] == 'a' ? "hoist" : "water");
    ASSERT_TRUE(CreateSpace(id, space).ok());
  }
  v1::Exhibition plan = MakeExhibition({"a", "b"}, "2026-06-10", "2026-06-30");
  Phase& open = Add(plan, Phase::OPEN, "2026-06-10", "2026-06-30");
  open.mutable_needs()->set_area_m2(200);
  open.mutable_needs()->add_equipment("hoist");
  open.mutable_needs()->add_equipment("water");
  Phase& install = Add(plan, Phase::INSTALL, "2026-06-08", "2026-06-09");
  install.mutable_needs()->set_floor_load_kg_m2(500);
  const absl::Status weak = Schedule("x", plan);
  EXPECT_EQ(Reason(weak), "SPACE_UNSUITABLE");
  EXPECT_EQ(Param(weak, "need"), "floor_load_kg_m2");
  EXPECT_EQ(Param(weak, "has"), "400") << "each floor bears its load";
  plan.mutable_phases(1)->mutable_needs()->set_floor_load_kg_m2(400);
  EXPECT_TRUE(Schedule("x", plan).ok());
  EXPECT_EQ(
      Param(Update("x", [](auto& x) { x.mutable_phases(0)->mutable_needs()->set_area_m2(201); }), "need"),
      "area_m2");
}

TEST_F(VenueExhibitions, AChangeOfAPublishedOneIsOneDecision) {
  ASSERT_TRUE(Schedule("x", MakeExhibition({"hall"}, "2026-06-01", "2026-06-30")).ok());
  ASSERT_TRUE(Allocate("dome", "a", T("2026-06-10", 9), T("2026-06-10", 10)).ok());
  const auto longer = [](auto& x) { *x.mutable_last_date() = ToDate(D("2026-07-05")); };
  ASSERT_TRUE(Update("x", longer).ok());
  EXPECT_THAT(TakenIds("hall", T("2026-07-05"), T("2026-07-06")), ElementsAre("x"));
  const auto too_wide = [](auto& x) { x.add_spaces(SpaceName(kVenue, "dome")); };
  EXPECT_EQ(Reason(Update("x", too_wide)), "SPACE_TAKEN");
  ASSERT_TRUE(Release("dome", "a").ok());
  ASSERT_TRUE(Update("x", too_wide).ok());
  EXPECT_THAT(Taken("dome"), ElementsAre("x"));
  ASSERT_TRUE(Update("x", [](auto& x) { x.mutable_spaces()->DeleteSubrange(0, 1); }).ok());
  EXPECT_THAT(Taken(), IsEmpty());
  const size_t facts = desk_.facts();
  ASSERT_TRUE(Update("x", [](auto& x) { x.mutable_title()->set_en("Dinosaurs"); }).ok());
  EXPECT_EQ(desk_.facts(), facts + 1);
  EXPECT_THAT(Taken("dome"), ElementsAre("x"));
  EXPECT_EQ(Reason(Update("x", longer, "1")), "ETAG_MISMATCH");
  ASSERT_TRUE(Cancel("x").ok());
  EXPECT_THAT(Taken("dome"), IsEmpty());
  EXPECT_EQ(Reason(Update("x", longer)), "EXHIBITION_CANCELLED");
}

TEST_F(VenueExhibitions, WhatHasBegunKeepsItsFirstDay) {
  ASSERT_TRUE(Schedule("x", MakeExhibition({"hall"}, "2026-03-01", "2026-03-30")).ok());
  EXPECT_THAT(Update("x", [](auto& x) { *x.mutable_first_date() = ToDate(D("2026-03-05")); }).ToString(),
              HasSubstr("first_date"));
  ASSERT_TRUE(Update("x", [](auto& x) { *x.mutable_last_date() = ToDate(D("2026-03-10")); }).ok());
  now_ = T("2026-03-11");
  EXPECT_EQ(Reason(Update("x", [](auto& x) { x.mutable_title()->set_en("x"); })), "EXHIBITION_OVER");
  EXPECT_EQ(Reason(Cancel("x")), "EXHIBITION_OVER");
}

TEST_F(VenueExhibitions, PermanentAndLentOnesTakeNoSpace) {
  v1::Exhibition permanent = MakeExhibition({"hall"}, "2020-06-01", "2020-06-02");
  permanent.set_kind(v1::Exhibition::PERMANENT);
  permanent.clear_last_date();
  EXPECT_TRUE(Schedule("p", permanent).ok());
  v1::Exhibition lent = MakeExhibition({}, "2026-06-01", "2026-06-30");
  lent.set_kind(v1::Exhibition::OUTGOING);
  EXPECT_THAT(Draft("o", lent).ToString(), HasSubstr("exhibition.partner.zh"));
  lent.mutable_partner()->set_zh("成都自然博物馆");
  ASSERT_TRUE(Draft("o", lent).ok());
  ASSERT_TRUE(Publish("o").ok());
  EXPECT_THAT(Taken(), IsEmpty());
  EXPECT_TRUE(Cancel("o").ok());
  EXPECT_TRUE(Cancel("p").ok()) << "it has no last day to be over";
  v1::Exhibition none = MakeExhibition({}, "2026-06-01", "2026-06-30");
  ASSERT_TRUE(Draft("n", none).ok()) << "a draft may not know yet where";
  EXPECT_THAT(Publish("n").ToString(), HasSubstr("exhibition.spaces"));
  ASSERT_TRUE(Cancel("n").ok());
  EXPECT_EQ(Read("n").state(), v1::Exhibition::DROPPED);
}

TEST_F(VenueExhibitions, OneThatBecomesPermanentFreesItsSpaces) {
  ASSERT_TRUE(Schedule("x", MakeExhibition({"hall", "dome"}, "2026-06-01", "2026-06-30")).ok());
  EXPECT_THAT(Taken("dome"), ElementsAre("x"));
  ASSERT_TRUE(Update("x", [](auto& x) { x.set_kind(v1::Exhibition::PERMANENT); }).ok());
  EXPECT_THAT(Taken(), IsEmpty());
  EXPECT_THAT(Taken("dome"), IsEmpty());
  EXPECT_TRUE(Allocate("hall", "a", T("2026-06-10", 9), T("2026-06-10", 10)).ok());
  const auto back = [](auto& x) { x.set_kind(v1::Exhibition::TEMPORARY); };
  EXPECT_EQ(Reason(Update("x", back)), "SPACE_TAKEN") << "it takes them anew";
  ASSERT_TRUE(Release("hall", "a").ok());
  ASSERT_TRUE(Update("x", back).ok());
  EXPECT_THAT(Taken("dome"), ElementsAre("x"));
}

TEST_F(VenueExhibitions, LastYearsOnceMore) {
  v1::Exhibition plan = MakeExhibition({"hall"}, "2026-06-10", "2026-06-30");
  Add(plan, Phase::INSTALL, "2026-06-08", "2026-06-09");
  ASSERT_TRUE(Schedule("x", plan).ok());
  ASSERT_TRUE(CopyTo("x", "y", "2027-06-09").ok());
  const v1::Exhibition copy = Read("y");
  EXPECT_EQ(copy.state(), v1::Exhibition::DRAFT);
  EXPECT_EQ(copy.copied_from(), "venues/cqstm/exhibitions/x");
  EXPECT_EQ(ToDay("", copy.last_date()).value(), D("2027-06-29"));
  EXPECT_EQ(ToDay("", copy.phases(0).first_date()).value(), D("2027-06-07"));
  EXPECT_THAT(Publish("y").ToString(), HasSubstr("366 days"));
  EXPECT_TRUE(absl::IsNotFound(CopyTo("absent", "z", "2027-06-09")));
}

TEST_F(VenueExhibitions, BadNamesAreRefusedByField) {
  const auto refused = [&](auto spoil) {
    v1::Exhibition plan = MakeExhibition({"hall"}, "2026-06-10", "2026-06-30");
    spoil(plan);
    return Draft("x", plan).ToString();
  };
  EXPECT_THAT(refused([](auto& x) { x.set_alliance("venues/x"); }), HasSubstr("exhibition.alliance"));
  EXPECT_THAT(refused([](auto& x) { x.add_exhibits("kit"); }), HasSubstr("exhibition.exhibits[0]"));
  EXPECT_THAT(refused([](auto& x) { x.clear_last_date(); }), HasSubstr("exhibition.last_date"));
  EXPECT_THAT(refused([](auto& x) { x.add_spaces("venues/other/spaces/hall"); }), HasSubstr("spaces[1]"));
}

TEST_F(VenueExhibitions, ACheckNamesAllThatStandsAgainstAPlan) {
  ASSERT_TRUE(Draft("x", MakeExhibition({"hall", "dome"}, "2026-06-01", "2026-06-07")).ok());
  ASSERT_TRUE(Allocate("hall", "a", T("2026-06-02", 9), T("2026-06-02", 10)).ok());
  ASSERT_TRUE(Close("k", T("2026-06-04"), T("2026-06-05"), {"dome"}).ok());
  const auto check = CheckPlan(desk_.state(), kVenue, "x", Read("x"), holidays_, now_);
  ASSERT_TRUE(check.ok()) << check.status();
  ASSERT_THAT(check->problems, SizeIs(2));
  EXPECT_EQ(Reason(check->problems[0]), "SPACE_TAKEN");
  EXPECT_EQ(Reason(check->problems[1]), "VENUE_CLOSED");
  EXPECT_EQ(check->open_days, 6) << "the first is a Monday";
  EXPECT_THAT(check->taken, SizeIs(2));
  EXPECT_THAT(check->freed, IsEmpty());
  ASSERT_TRUE(Schedule("y", MakeExhibition({"hall"}, "2026-08-01", "2026-08-07")).ok());
  v1::Exhibition moved = Read("y");
  *moved.mutable_last_date() = ToDate(D("2026-08-09"));
  const auto change = CheckPlan(desk_.state(), kVenue, "y", moved, holidays_, now_);
  EXPECT_THAT(change->problems, IsEmpty());
  EXPECT_THAT(change->taken, SizeIs(1));
  EXPECT_THAT(change->freed, SizeIs(1));
  moved.clear_title();
  EXPECT_THAT(CheckPlan(desk_.state(), kVenue, "y", moved, holidays_, now_)->problems, SizeIs(1));
}

}  // namespace
}  // namespace kepu::venue
