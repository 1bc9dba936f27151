// What a city plans by, as rules of values: events fit to be published, campaigns, other years, courses and
// contracts.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/campaign.h"
#include "services/event/domain/event.h"
#include "services/event/domain/fields.h"
#include "services/event/domain/other_year.h"
#include "services/event/domain/programme.h"
#include "services/event/domain/school_offer.h"
#include "tests/support/event_to_publish.h"

namespace kepu::event::domain {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const absl::Time kNow = calendar::At(absl::CivilDay(2026, 3, 1), 600);

v1::Event Sound(v1::Event::Kind kind = v1::Event::LECTURE) {
  v1::Event event = EventToPublish("星空", kind, "venues/a").event();
  event.set_name("events/x");
  return event;
}

void SetHours(v1::Event& event, absl::CivilDay day, int hours) {
  event.mutable_start_time()->set_seconds(absl::ToUnixSeconds(calendar::At(day, 600)));
  event.mutable_end_time()->set_seconds(event.start_time().seconds() + hours * 3600);
}

TEST(EventRulesTest, WhatIsMissingToPublishIsNamed) {
  struct Case {
    const char* missing;  // nullptr: it can be published
    std::function<void(v1::Event&)> change;
  };
  const Case cases[] = {
      {nullptr, [](v1::Event&) {}},
      {"themes", [](v1::Event& e) { e.clear_themes(); }},
      {"target_groups", [](v1::Event& e) { e.clear_target_groups(); }},
      {"subject", [](v1::Event& e) { e.clear_subject(); }},
      {"form", [](v1::Event& e) { e.clear_form(); }},
      {"topics", [](v1::Event& e) { e.clear_topics(); }},
      {"district", [](v1::Event& e) { e.clear_district(); }},
      {"lead_unit", [](v1::Event& e) { e.clear_lead_unit(); }},
      {"place", [](v1::Event& e) { e.clear_place(), e.set_mode(v1::EVENT_MODE_HYBRID); }},
      {nullptr, [](v1::Event& e) { e.clear_place(); }},
      {"a day apart", [](v1::Event& e) { e.set_kind(v1::Event::CAMP), SetHours(e, {}, 0); }},
      {"a day apart", [](v1::Event& e) { e.set_kind(v1::Event::CAMP), SetHours(e, {}, 24); }},
      {nullptr, [](v1::Event& e) { e.set_kind(v1::Event::CAMP), SetHours(e, {}, 60); }},
      {"safety_rules", [](v1::Event& e) { e.set_kind(v1::Event::OPEN_DAY), SetHours(e, {}, 8); }},
      {"start_time", [](v1::Event& e) { e.set_kind(v1::Event::PRESS_MEETUP); }},
      {"a caravan", [](v1::Event& e) { e.set_kind(v1::Event::CARAVAN_STOP); }},
      {nullptr, [](v1::Event& e) { e.set_kind(v1::Event::CARAVAN_STOP), e.set_place("caravans/a"); }},
      {"ONLINE or HYBRID", [](v1::Event& e) { e.set_form(v1::EVENT_FORM_ONLINE_INTERVIEW); }},
  };
  for (size_t i = 0; i < std::size(cases); ++i) {
    v1::Event event = Sound();
    cases[i].change(event);
    const absl::Status made = MakeEvent(event, true, kNow);
    if (cases[i].missing == nullptr) {
      EXPECT_EQ(made, absl::OkStatus()) << i;
      EXPECT_EQ(event.state(), v1::Event::PUBLISHED) << i;
      EXPECT_EQ(CheckUpdatedEvent(event), absl::OkStatus()) << i;
      continue;
    }
    EXPECT_EQ(refusal::ReasonOf(made), "NOT_PUBLISHABLE") << i << made;
    EXPECT_THAT(refusal::ParamOf(made, "missing"), HasSubstr(cases[i].missing)) << i;
    EXPECT_EQ(MakeEvent(event, false, kNow), absl::OkStatus()) << i << " is good enough for a draft";
    EXPECT_EQ(event.state(), v1::Event::DRAFT);
    EXPECT_EQ(refusal::ReasonOf(PublishEvent(event, kNow)), "NOT_PUBLISHABLE") << i;
    event.set_state(v1::Event::PUBLISHED);
    EXPECT_EQ(refusal::ReasonOf(CheckUpdatedEvent(event)), "NOT_PUBLISHABLE") << i << " stays fit";
  }
}

TEST(EventRulesTest, WrongFieldsAreNamedEvenInADraft) {
  const std::pair<const char*, std::function<void(v1::Event&)>> wrong[] = {
      {"display_name.zh", [](v1::Event& e) { e.clear_display_name(); }},
      {"description.zh", [](v1::Event& e) { e.mutable_description()->set_en("x"); }},
      {"kind", [](v1::Event& e) { e.set_kind(static_cast<v1::Event::Kind>(99)); }},
      {"form", [](v1::Event& e) { e.set_form(static_cast<v1::EventForm>(99)); }},
      {"mode", [](v1::Event& e) { e.set_mode(static_cast<v1::EventMode>(9)); }},
      {"subject", [](v1::Event& e) { e.set_subject(static_cast<v1::Subject>(9)); }},
      {"interaction", [](v1::Event& e) { e.set_interaction(static_cast<v1::Interaction>(9)); }},
      {"themes[1]", [](v1::Event& e) { e.add_themes(v1::THEME_INNOVATION); }},
      {"target_groups[1]", [](v1::Event& e) { e.add_target_groups(static_cast<v1::TargetGroup>(9)); }},
      {"sub_groups[0]", [](v1::Event& e) { e.add_sub_groups(v1::SUB_GROUP_UNSPECIFIED); }},
      {"topics[1]", [](v1::Event& e) { e.add_topics("Gas Safety"); }},
      {"online_capacity", [](v1::Event& e) { e.set_online_capacity(5); }},
      {"onsite_capacity", [](v1::Event& e) { e.set_mode(v1::EVENT_MODE_ONLINE), e.set_onsite_capacity(5); }},
      {"online_url", [](v1::Event& e) { e.set_online_url("http://example.org"); }},
      {"district", [](v1::Event& e) { e.set_district("yubei"); }},
      {"lead_unit", [](v1::Event& e) { e.set_lead_unit("schools/a"); }},
      {"participating_units[0]", [](v1::Event& e) { e.add_participating_units(""); }},
      {"campaign", [](v1::Event& e) { e.set_campaign("events/a"); }},
      {"task", [](v1::Event& e) { e.set_task("A 1"); }},
      {"sponsors[0].form", [](v1::Event& e) { e.add_sponsors()->mutable_display_name()->set_zh("某公司"); }},
      {"sponsors[0].display_name.zh", [](v1::Event& e) { e.add_sponsors()->set_form(v1::Sponsor::NAMING); }},
      {"grants[0]", [](v1::Event& e) { e.add_grants(""); }},
      {"project_numbers[1]", [](v1::Event& e) { e.add_project_numbers("p"), e.add_project_numbers("p"); }},
      {"end_time", [](v1::Event& e) { e.mutable_start_time()->set_seconds(1); }},
      {"end_time", [](v1::Event& e) { SetHours(e, absl::CivilDay(2026, 5, 1), -1); }}};
  for (const auto& [field, change] : wrong) {
    v1::Event event = Sound();
    change(event);
    const absl::Status status = MakeEvent(event, false, kNow);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << field;
    EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("event.", field)));
  }
}

TEST(EventRulesTest, StatesGoOneWay) {
  v1::Event event = Sound();
  ASSERT_EQ(MakeEvent(event, true, kNow), absl::OkStatus());
  const std::string before = event.SerializeAsString();
  EXPECT_EQ(PublishEvent(event, kNow + absl::Hours(1)), absl::OkStatus());
  EXPECT_EQ(event.SerializeAsString(), before) << "published once";
  EXPECT_EQ(RetireEvent(event, kNow), absl::OkStatus());
  EXPECT_EQ(refusal::ReasonOf(PublishEvent(event, kNow)), "WRONG_STATE");
  EXPECT_EQ(refusal::ReasonOf(CheckUpdatedEvent(event)), "WRONG_STATE");
}

TEST(EventRulesTest, ACopyIsADraftInItsYear) {
  v1::Event event = Sound();
  SetHours(event, absl::CivilDay(2026, 5, 23), 48);
  event.set_campaign("campaigns/stw-2026");
  event.add_grants("g1");
  ASSERT_EQ(MakeEvent(event, true, kNow), absl::OkStatus());
  auto copy = CopyOfEvent(event, 2027, true);
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ(copy->state(), v1::Event::DRAFT);
  EXPECT_EQ(copy->copied_from(), "events/x");
  EXPECT_EQ(copy->campaign(), "");
  EXPECT_THAT(copy->grants(), IsEmpty());
  EXPECT_FALSE(copy->has_publish_time());
  EXPECT_EQ(calendar::DayOf(calendar::FromProto(copy->start_time())), absl::CivilDay(2027, 5, 22));
  EXPECT_EQ(copy->end_time().seconds() - copy->start_time().seconds(), 48 * 3600);
  EXPECT_EQ(CopyOfEvent(event, 2026, false).status().code(), absl::StatusCode::kInvalidArgument);
  event.clear_start_time();
  event.clear_end_time();
  EXPECT_TRUE(CopyOfEvent(event, 2026, false).ok()) << "without dates";
}

TEST(OtherYearTest, DaysKeepTheirDateOrTheirWeekday) {
  struct Case {
    absl::CivilDay day;
    int year;
    bool keep_weekday;
    absl::CivilDay there;
  };
  const Case cases[] = {
      {absl::CivilDay(2026, 5, 23), 2027, false, absl::CivilDay(2027, 5, 23)},
      {absl::CivilDay(2026, 5, 23), 2027, true, absl::CivilDay(2027, 5, 22)},
      {absl::CivilDay(2026, 5, 23), 2025, true, absl::CivilDay(2025, 5, 24)},
      {absl::CivilDay(2024, 2, 29), 2025, false, absl::CivilDay(2025, 2, 28)},
      {absl::CivilDay(2024, 2, 29), 2028, false, absl::CivilDay(2028, 2, 29)},
      {absl::CivilDay(2026, 1, 1), 2031, true, absl::CivilDay(2031, 1, 2)},
      {absl::CivilDay(2027, 1, 1), 2028, true, absl::CivilDay(2027, 12, 31)},
  };
  for (const Case& c : cases) {
    auto days = DaysToYear(c.day, c.year, c.keep_weekday);
    ASSERT_TRUE(days.ok()) << days.status();
    EXPECT_EQ(c.day + *days, c.there) << c.day << " to " << c.year;
    if (c.keep_weekday) {
      EXPECT_EQ(absl::GetWeekday(c.there), absl::GetWeekday(c.day));
    }
  }
  EXPECT_EQ(DaysToYear(absl::CivilDay(2026, 5, 23), 2026, false).status().code(),
            absl::StatusCode::kInvalidArgument);
}

v1::Campaign Week() {
  v1::Campaign campaign;
  campaign.set_name("campaigns/stw-2026");
  campaign.mutable_display_name()->set_zh("科技活动周");
  campaign.set_kind(v1::Campaign::BRAND);
  campaign.set_year(2026);
  SetDay(absl::CivilDay(2026, 5, 23), campaign.mutable_first_date());
  SetDay(absl::CivilDay(2026, 5, 30), campaign.mutable_last_date());
  campaign.add_themes(v1::THEME_INNOVATION);
  campaign.add_target_groups(v1::TARGET_GROUP_MINORS);
  campaign.add_lead_units("organizations/science-technology-commission");
  return campaign;
}

TEST(CampaignRulesTest, WhatIsMissingOrWrongIsNamed) {
  v1::Campaign sound = Week();
  ASSERT_EQ(MakeCampaign(sound), absl::OkStatus());
  ASSERT_EQ(PublishCampaign(sound, kNow), absl::OkStatus());
  const std::pair<const char*, std::function<void(v1::Campaign&)>> missing[] = {
      {"themes", [](v1::Campaign& c) { c.clear_themes(); }},
      {"target_groups", [](v1::Campaign& c) { c.clear_target_groups(); }},
      {"lead_units", [](v1::Campaign& c) { c.clear_lead_units(); }},
      {"first_date", [](v1::Campaign& c) { c.clear_first_date(), c.clear_last_date(); }}};
  for (const auto& [field, change] : missing) {
    v1::Campaign campaign = Week();
    change(campaign);
    ASSERT_EQ(MakeCampaign(campaign), absl::OkStatus()) << field;
    EXPECT_THAT(refusal::ParamOf(PublishCampaign(campaign, kNow), "missing"), HasSubstr(field));
    v1::Campaign published = sound;
    change(published);
    EXPECT_EQ(refusal::ReasonOf(CheckUpdatedCampaign(published)), "NOT_PUBLISHABLE") << field;
  }
  const std::pair<const char*, std::function<void(v1::Campaign&)>> wrong[] = {
      {"display_name.zh", [](v1::Campaign& c) { c.clear_display_name(); }},
      {"kind", [](v1::Campaign& c) { c.clear_kind(); }},
      {"last_date", [](v1::Campaign& c) { c.clear_last_date(); }},
      {"last_date", [](v1::Campaign& c) { c.mutable_last_date()->set_day(1); }},
      {"first_date", [](v1::Campaign& c) { c.mutable_first_date()->set_month(13); }},
      {"first_date", [](v1::Campaign& c) { c.set_year(2027); }},
      {"main_venue", [](v1::Campaign& c) { c.set_main_venue("districts/a"); }},
      {"branches[0].district", [](v1::Campaign& c) { c.add_branches()->set_district("a"); }},
      {"branches[1].district",
       [](v1::Campaign& c) {
         c.add_branches()->set_district("districts/a"), c.add_branches()->set_district("districts/a");
       }},
      {"lead_units[1]", [](v1::Campaign& c) { c.add_lead_units(c.lead_units(0)); }},
      {"district",
       [](v1::Campaign& c) { c.set_kind(v1::Campaign::ANNUAL_THEME), c.set_district("districts/a"); }}};
  for (const auto& [field, change] : wrong) {
    v1::Campaign campaign = Week();
    change(campaign);
    EXPECT_THAT(MakeCampaign(campaign).message(), HasSubstr(absl::StrCat("campaign.", field)));
  }
  EXPECT_EQ(CloseCampaign(sound, kNow), absl::OkStatus());
  EXPECT_EQ(refusal::ReasonOf(PublishCampaign(sound, kNow)), "WRONG_STATE");
  EXPECT_EQ(refusal::ReasonOf(CheckUpdatedCampaign(sound)), "WRONG_STATE");
}

TEST(CampaignRulesTest, AYearHasOneTheme) {
  v1::Campaign theme = Week();
  theme.set_kind(v1::Campaign::ANNUAL_THEME);
  EXPECT_EQ(AnnualThemeId(2026), "theme-2026");
  EXPECT_EQ(CheckCampaignId(theme, ""), absl::OkStatus());
  EXPECT_EQ(CheckCampaignId(theme, "theme-2026"), absl::OkStatus());
  EXPECT_THAT(CheckCampaignId(theme, "theme-2027").message(), HasSubstr("theme-2026"));
  EXPECT_THAT(CheckCampaignId(theme, "water").message(), HasSubstr("campaign_id"));
  EXPECT_THAT(CheckCampaignId(Week(), "theme-2026").message(), HasSubstr("campaign_id"));
  EXPECT_EQ(CheckCampaignId(Week(), "theme-park"), absl::OkStatus());
}

TEST(CampaignRulesTest, IdsMoveToAnotherYear) {
  EXPECT_EQ(IdInYear("stw-2025", 2026), "stw-2026");
  EXPECT_EQ(IdInYear("stw", 2026), "stw-2026");
  EXPECT_EQ(IdInYear("science-week", 2026), "science-week-2026");
  auto copy = CopyOfCampaign(Week(), 2027, true);
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ(copy->state(), v1::Campaign::DRAFT);
  EXPECT_EQ(DayIn(copy->first_date()), absl::CivilDay(2027, 5, 22));
  EXPECT_EQ(DayIn(copy->last_date()), absl::CivilDay(2027, 5, 29));
  EXPECT_EQ(copy->year(), 2027);
  EXPECT_EQ(copy->copied_from(), "campaigns/stw-2026");
  EXPECT_EQ(CopyOfCampaign(Week(), 2026, false).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(SchoolOfferTest, CoursesLieWithinTheirProgramme) {
  v1::Programme programme;
  programme.set_first_grade("3");
  programme.set_last_grade("6");
  v1::Course course;
  course.mutable_display_name()->set_zh("磁铁");
  course.set_first_grade("3");
  course.set_last_grade("4");
  course.set_subject_id("science");
  course.mutable_duration()->set_seconds(2400);
  ASSERT_EQ(MakeCourse(course, programme), absl::OkStatus());
  EXPECT_EQ(course.state(), v1::Course::ACTIVE);
  EXPECT_TRUE(ServesGrade(course, "4"));
  EXPECT_FALSE(ServesGrade(course, "5"));
  EXPECT_FALSE(ServesGrade(course, "x"));
  course.set_last_grade("7");
  course.set_subject_id("Natural Science");
  course.clear_duration();
  course.clear_display_name();
  const std::string message(MakeCourse(course, programme).message());
  for (const char* field : {"first_grade", "subject_id", "duration", "display_name.zh"})
    EXPECT_THAT(message, HasSubstr(absl::StrCat("course.", field)));
}

TEST(SchoolOfferTest, AContractIsProposedAgreedAndEnded) {
  v1::SchoolContract contract;
  contract.set_school("schools/a");
  contract.set_place("venues/a");
  contract.set_term("2026-autumn");
  contract.set_visits_agreed(3);
  SetDay(absl::CivilDay(2026, 9, 1), contract.mutable_first_date());
  SetDay(absl::CivilDay(2027, 1, 20), contract.mutable_last_date());
  ASSERT_EQ(MakeContract(contract), absl::OkStatus());
  EXPECT_EQ(contract.state(), v1::SchoolContract::PROPOSED);
  EXPECT_EQ(CheckUpdatedContract(contract), absl::OkStatus());
  EXPECT_EQ(AgreeContract(contract, kNow), absl::OkStatus());
  EXPECT_EQ(refusal::ReasonOf(CheckUpdatedContract(contract)), "WRONG_STATE");
  EXPECT_EQ(EndContract(contract, "moved", kNow), absl::OkStatus());
  EXPECT_EQ(contract.end_reason(), "moved");
  EXPECT_EQ(refusal::ReasonOf(AgreeContract(contract, kNow)), "WRONG_STATE");
  v1::SchoolContract later = contract;
  later.set_term("2027-spring");
  EXPECT_LT(OrderOf(later), OrderOf(contract)) << "the newest term comes first";
  for (const char* term : {"2026", "2026-summer", "26-autumn", "autumn-2026", "2026-autumn-x"}) {
    contract.set_term(term);
    EXPECT_THAT(MakeContract(contract).message(), HasSubstr("school_contract.term")) << term;
  }
  contract.set_term("2026-autumn");
  contract.mutable_last_date()->set_year(2025);
  EXPECT_THAT(MakeContract(contract).message(), HasSubstr("school_contract.last_date"));
}

// Data of the time when heads kept events and programmes is read as it was, and becomes a document with the
// first change.
TEST(DocumentTest, WhatAHeadKeptBecomesADocumentWhenItChanges) {
  record::Fact created = At(kNow);
  record::EventHead* head = created.mutable_event_created()->mutable_event();
  head->set_id("old");
  head->mutable_display_name()->set_zh("旧活动");
  head->set_kind(v1::Event::FAIR);
  head->set_state(v1::Event::PUBLISHED);
  Event state;
  state.set_complete(true);
  ASSERT_EQ(Apply(state, created), absl::OkStatus());
  EXPECT_TRUE(state.children().empty()) << "an old log folds into the records that an old release wrote";
  auto before = document::ResourceIn<DocumentLog, v1::Event>(state);
  ASSERT_TRUE(before.ok() && before->has_value());
  EXPECT_EQ((*before)->name(), "events/old");
  EXPECT_EQ((*before)->etag(), "1");
  v1::Event after = **before;
  after.mutable_description()->set_zh("新");
  const Facts facts =
      document::PutResource<DocumentLog, v1::Event>(state, "old", *before, after, kNow + absl::Hours(1));
  ASSERT_EQ(facts.size(), 1u);
  ASSERT_EQ(Apply(state, facts[0]), absl::OkStatus());
  auto now = document::ResourceIn<DocumentLog, v1::Event>(state);
  ASSERT_TRUE(now.ok() && now->has_value());
  EXPECT_EQ((*now)->etag(), "2");
  EXPECT_EQ((*now)->description().zh(), "新");
  EXPECT_EQ((*now)->create_time().seconds(), absl::ToUnixSeconds(kNow));
  EXPECT_EQ(state.head().revision(), 2u);
  const Facts none =
      document::PutResource<DocumentLog, v1::Event>(state, "old", *now, **now, kNow + absl::Hours(2));
  EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace kepu::event::domain
