// What a city plans by, through the handlers on a store in memory: made, updated, listed and refused.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kepu/event/v1/campaign.pb.h"
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/event_desk.h"

namespace kepu::event {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const rpc::Principal kCity = {"users/office", "", {{"city_admin", "city"}}};

class CampaignServiceTest : public ::testing::Test {
 protected:
  absl::StatusOr<v1::Responsibility> Row(const std::string& task, const std::string& unit,
                                         v1::Responsibility::Role role) {
    v1::CreateResponsibilityRequest request;
    request.mutable_responsibility()->set_task(task);
    request.mutable_responsibility()->set_unit(unit);
    request.mutable_responsibility()->set_role(role);
    request.set_request_id(desk.NextRequestId());
    return desk.Ask<v1::Responsibility>("CampaignService/CreateResponsibility", request, kCity);
  }
  std::vector<std::string> Units(const v1::ListResponsibilitiesRequest& request) {
    auto page =
        desk.Ask<v1::ListResponsibilitiesResponse>("CampaignService/ListResponsibilities", request, Nobody());
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> units;
    if (!page.ok()) return units;
    for (const auto& row : page->responsibilities()) units.push_back(row.unit());
    next = page->next_page_token();
    return units;
  }

  EventDesk desk;
  std::string next;
};

TEST_F(CampaignServiceTest, ResponsibilitiesAreListedByTaskAndUnit) {
  using Role = v1::Responsibility;
  ASSERT_TRUE(Row("a1-youth", "organizations/b", Role::PARTICIPANT).ok());
  ASSERT_TRUE(Row("a1-youth", "organizations/z", Role::LEAD).ok());
  const auto lead = Row("a1-youth", "organizations/c", Role::LEAD);
  ASSERT_TRUE(lead.ok()) << lead.status();
  ASSERT_TRUE(Row("a2-farmers", "organizations/b", Role::LEAD).ok());
  EXPECT_EQ(Row("a1-youth", "organizations/c", Role::PARTICIPANT).status().code(),
            absl::StatusCode::kAlreadyExists)
      << "a unit stands once beside a task";
  v1::ListResponsibilitiesRequest list;
  list.set_task("a1-youth");
  EXPECT_THAT(Units(list), ElementsAre("organizations/c", "organizations/z", "organizations/b"));
  list.set_role(Role::LEAD);
  list.set_page_size(1);
  EXPECT_THAT(Units(list), ElementsAre("organizations/c"));
  list.set_page_token(next);
  EXPECT_THAT(Units(list), ElementsAre("organizations/z"));
  EXPECT_EQ(next, "");
  list.set_unit("organizations/z");
  EXPECT_EQ(desk.Ask<v1::ListResponsibilitiesResponse>("CampaignService/ListResponsibilities", list, Nobody())
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument)
      << "a token of another question";
  v1::ListResponsibilitiesRequest unit;
  unit.set_unit("organizations/b");
  EXPECT_THAT(Units(unit), ElementsAre("organizations/b", "organizations/b"));
}

TEST_F(CampaignServiceTest, ADocumentIsUpdatedUnderItsEtagAndOutlivesTheProcess) {
  const auto row = Row("a1-youth", "organizations/b", v1::Responsibility::LEAD);
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_EQ(row->etag(), "1");
  v1::UpdateResponsibilityRequest update;
  update.mutable_responsibility()->set_name(row->name());
  update.mutable_responsibility()->set_role(v1::Responsibility::PARTICIPANT);
  update.mutable_responsibility()->set_etag("9");
  update.set_request_id(desk.NextRequestId());
  const char* method = "CampaignService/UpdateResponsibility";
  EXPECT_EQ(refusal::ReasonOf(desk.Ask<v1::Responsibility>(method, update, kCity).status()), "ETAG_MISMATCH");
  update.mutable_responsibility()->set_etag("1");
  update.set_request_id(desk.NextRequestId());
  auto changed = desk.Ask<v1::Responsibility>(method, update, kCity);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->etag(), "2");
  EXPECT_EQ(changed->role(), v1::Responsibility::PARTICIPANT);
  EXPECT_EQ(changed->unit(), "organizations/b");
  EXPECT_EQ(changed->create_time().seconds(), row->create_time().seconds());
  update.mutable_responsibility()->clear_etag();
  update.set_request_id(desk.NextRequestId());
  changed = desk.Ask<v1::Responsibility>(method, update, kCity);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->etag(), "2") << "nothing changed, so nothing was written";
  update.mutable_responsibility()->set_unit("organizations/other");
  update.set_request_id(desk.NextRequestId());
  EXPECT_THAT(desk.Ask<v1::Responsibility>(method, update, kCity).status().message(),
              HasSubstr("responsibility.unit"));

  const auto shown = [&] {
    v1::GetResponsibilityRequest get;
    get.set_name(row->name());
    auto found = desk.Ask<v1::Responsibility>("CampaignService/GetResponsibility", get, Nobody());
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? found->SerializeAsString() : "";
  };
  const std::string before = shown();
  desk.Restart();
  EXPECT_EQ(shown(), before);
  EXPECT_EQ(shown(), changed->SerializeAsString());
}

TEST_F(CampaignServiceTest, WrongResponsibilitiesAreRefusedByField) {
  using Role = v1::Responsibility;
  EXPECT_THAT(Row("A1 Youth", "organizations/b", Role::LEAD).status().message(),
              HasSubstr("responsibility.task"));
  EXPECT_THAT(Row("a1", "venues/b", Role::LEAD).status().message(), HasSubstr("responsibility.unit"));
  EXPECT_THAT(Row("a1", "organizations/b", static_cast<Role::Role>(7)).status().message(),
              HasSubstr("responsibility.role"));
  v1::UpdateResponsibilityRequest update;
  update.mutable_responsibility()->set_name("responsibilities/none");
  update.mutable_responsibility()->set_role(Role::LEAD);
  update.set_request_id("u");
  EXPECT_EQ(
      desk.Ask<v1::Responsibility>("CampaignService/UpdateResponsibility", update, kCity).status().code(),
      absl::StatusCode::kNotFound);
  update.mutable_responsibility()->set_name("none");
  EXPECT_EQ(
      desk.Ask<v1::Responsibility>("CampaignService/UpdateResponsibility", update, kCity).status().code(),
      absl::StatusCode::kInvalidArgument);
}

TEST_F(CampaignServiceTest, ACampaignIsPlannedPublishedCopiedAndClosed) {
  v1::CreateCampaignRequest request;
  request.set_campaign_id("stw-2026");
  request.set_request_id(desk.NextRequestId());
  v1::Campaign& campaign = *request.mutable_campaign();
  campaign.mutable_display_name()->set_zh("科技活动周");
  campaign.set_kind(v1::Campaign::BRAND);
  campaign.set_year(2026);
  ASSERT_TRUE(desk.Ask<v1::Campaign>("CampaignService/CreateCampaign", request, kCity).ok());
  const auto named = [this](const char* method, const google::protobuf::Message& asked,
                            const rpc::Principal& who = kCity) {
    return desk.Ask<v1::Campaign>(absl::StrCat("CampaignService/", method), asked, who);
  };
  const std::string name = "campaigns/stw-2026";
  EXPECT_EQ(named("GetCampaign", desk.Named<v1::GetCampaignRequest>(name), Nobody()).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(
      refusal::ReasonOf(named("PublishCampaign", desk.Named<v1::PublishCampaignRequest>(name)).status()),
      "NOT_PUBLISHABLE");
  v1::UpdateCampaignRequest update;
  update.mutable_campaign()->set_name(name);
  update.mutable_campaign()->add_themes(v1::THEME_INNOVATION);
  update.mutable_campaign()->add_target_groups(v1::TARGET_GROUP_RESIDENTS);
  update.mutable_campaign()->add_lead_units("organizations/science");
  for (auto* date :
       {update.mutable_campaign()->mutable_first_date(), update.mutable_campaign()->mutable_last_date()}) {
    date->set_year(2026);
    date->set_month(5);
    date->set_day(23);
  }
  update.set_request_id(desk.NextRequestId());
  ASSERT_TRUE(named("UpdateCampaign", update).ok());
  const rpc::Principal science = {"users/science", "", {{"department", "organizations/science"}}};
  const auto published = named("PublishCampaign", desk.Named<v1::PublishCampaignRequest>(name), science);
  ASSERT_TRUE(published.ok()) << published.status() << ": a department that leads it may";
  EXPECT_TRUE(named("GetCampaign", desk.Named<v1::GetCampaignRequest>(name), Nobody()).ok());
  auto copy = desk.Named<v1::CopyCampaignRequest>(name);
  copy.set_year(2027);
  copy.set_keep_weekdays(true);
  const auto next_year = named("CopyCampaign", copy);
  ASSERT_TRUE(next_year.ok()) << next_year.status();
  EXPECT_EQ(next_year->name(), "campaigns/stw-2027");
  EXPECT_EQ(next_year->first_date().day(), 22);
  EXPECT_EQ(next_year->state(), v1::Campaign::DRAFT);
  ASSERT_TRUE(named("CloseCampaign", desk.Named<v1::CloseCampaignRequest>(name)).ok());
  update.set_request_id(desk.NextRequestId());
  update.mutable_campaign()->set_task("a1-youth");
  EXPECT_EQ(refusal::ReasonOf(named("UpdateCampaign", update).status()), "WRONG_STATE");
  v1::ListCampaignsRequest list;
  const auto count = [&](const rpc::Principal& who) {
    return desk.Ask<v1::ListCampaignsResponse>("CampaignService/ListCampaigns", list, who)->campaigns_size();
  };
  EXPECT_EQ(count(Nobody()), 1);
  list.set_state(v1::Campaign::DRAFT);
  EXPECT_EQ(count(Nobody()), 0);
  EXPECT_EQ(count(kCity), 1);
  list.set_year(2026);
  EXPECT_EQ(count(kCity), 0);
}

TEST_F(CampaignServiceTest, AYearHasOneThemeAndEventsMayJoinIt) {
  v1::CreateCampaignRequest request;
  request.set_request_id(desk.NextRequestId());
  v1::Campaign& campaign = *request.mutable_campaign();
  campaign.mutable_display_name()->set_zh("水");
  campaign.set_kind(v1::Campaign::ANNUAL_THEME);
  campaign.set_year(2026);
  const auto make = [&] {
    request.set_request_id(desk.NextRequestId());
    return desk.Ask<v1::Campaign>("CampaignService/CreateCampaign", request, kCity);
  };
  EXPECT_EQ(make()->name(), "campaigns/theme-2026");
  EXPECT_EQ(make().status().code(), absl::StatusCode::kAlreadyExists);
  request.set_campaign_id("water");
  EXPECT_EQ(make().status().code(), absl::StatusCode::kInvalidArgument);
  campaign.set_kind(v1::Campaign::OBSERVANCE);
  EXPECT_TRUE(make().ok());
  v1::CreateEventRequest event = EventToPublish("水", v1::Event::LECTURE, "venues/cqstm");
  event.mutable_event()->set_annual_theme("campaigns/water");
  event.set_request_id(desk.NextRequestId());
  EXPECT_THAT(desk.Ask<v1::Event>("CreateEvent", event, kCity).status().message(),
              HasSubstr("event.annual_theme"));
  event.mutable_event()->set_annual_theme("campaigns/theme-2026");
  event.mutable_event()->set_campaign("campaigns/water");
  event.set_request_id(desk.NextRequestId());
  ASSERT_TRUE(desk.Ask<v1::Event>("CreateEvent", event, kCity).ok());
  v1::ListEventsRequest joined;
  joined.set_annual_theme("campaigns/theme-2026");
  EXPECT_EQ(desk.Ask<v1::ListEventsResponse>("ListEvents", joined, Nobody())->events_size(), 1);
}

TEST_F(CampaignServiceTest, TheHandlersDoWhatTheAnnotationsSay) {
  v1::CreateCampaignRequest draft;
  draft.set_campaign_id("fair");
  draft.set_request_id("fair");
  draft.mutable_campaign()->mutable_display_name()->set_zh("科技节");
  draft.mutable_campaign()->set_kind(v1::Campaign::BRAND);
  draft.mutable_campaign()->set_year(2026);
  draft.mutable_campaign()->set_district("districts/jiangbei");
  draft.mutable_campaign()->add_lead_units("organizations/kexie");
  draft.mutable_campaign()->add_themes(v1::THEME_INNOVATION);
  draft.mutable_campaign()->add_target_groups(v1::TARGET_GROUP_MINORS);
  for (auto* date :
       {draft.mutable_campaign()->mutable_first_date(), draft.mutable_campaign()->mutable_last_date()}) {
    date->set_year(2026);
    date->set_month(5);
    date->set_day(23);
  }
  ASSERT_TRUE(desk.Ask<v1::Campaign>("CampaignService/CreateCampaign", draft, kCity).ok());
  ASSERT_TRUE(desk.Ask<v1::Campaign>("CampaignService/PublishCampaign",
                                     desk.Named<v1::PublishCampaignRequest>("campaigns/fair"), kCity)
                  .ok());
  const auto row = Row("a1-youth", "organizations/b", v1::Responsibility::LEAD);
  ASSERT_TRUE(row.ok()) << row.status();
  const auth::AccessScene scene{
      .rpc = desk.service->rpc(),
      .executor = desk.executor,
      .services = {v1::Responsibility::descriptor()->file()->FindServiceByName("CampaignService")},
      .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
      .subjects = {{"campaign.district", {"districts/jiangbei"}},
                   {"campaigns/*", {"campaigns/fair", "campaigns/absent"}},
                   {"responsibilities/*", {row->name(), "responsibilities/absent"}}},
      .own = {{"", {"districts/jiangbei", "organizations/kexie", "city"}},
              {"CreateCampaign", {"districts/jiangbei", "city"}},
              {"CreateResponsibility", {"city"}},
              {"UpdateResponsibility", {"city"}}},
      .foreign = "venues/other",
      .owner = "",
      .samples = {{"UpdateCampaign", "campaign { task: 'a1-youth' }"},
                  {"UpdateResponsibility", "responsibility { role: LEAD }"},
                  {"CopyCampaign", "year: 2027"}}};
  EXPECT_THAT(auth::CheckAccess(scene), IsEmpty());
}

}  // namespace
}  // namespace kepu::event
