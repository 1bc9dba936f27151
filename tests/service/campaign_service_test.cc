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

TEST_F(CampaignServiceTest, TheHandlersDoWhatTheAnnotationsSay) {
  const auto row = Row("a1-youth", "organizations/b", v1::Responsibility::LEAD);
  ASSERT_TRUE(row.ok()) << row.status();
  const auth::AccessScene scene{
      .rpc = desk.service->rpc(),
      .executor = desk.executor,
      .services = {v1::Responsibility::descriptor()->file()->FindServiceByName("CampaignService")},
      .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
      .subjects = {{"responsibilities/*", {row->name(), "responsibilities/absent"}}},
      .own = {{"", {"city"}}},
      .foreign = "venues/other",
      .owner = ""};
  EXPECT_THAT(auth::CheckAccess(scene), IsEmpty());
}

}  // namespace
}  // namespace kepu::event
