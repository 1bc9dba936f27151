// Who may call what of the identity service: the handlers against the annotations, all of them.
#include "kepu/identity/v1/access.pb.h"
#include "kepu/identity/v1/external.pb.h"
#include "tests/service/access_check.h"
#include "tests/service/identity_fixture.h"

namespace kepu::identity {
namespace {

class IdentityAccessTest : public IdentityServiceTest {
 protected:
  // What lies in the district of the scene.
  void MakeEntries() {
    v1::CreateOrganizationRequest organization;
    organization.set_organization_id("own");
    organization.set_request_id(NextId());
    organization.mutable_organization()->mutable_display_name()->set_zh("协会");
    organization.mutable_organization()->set_kind(v1::Organization::ASSOCIATION);
    organization.mutable_organization()->set_district("districts/kaizhou");
    EXPECT_TRUE(Ask<v1::Organization>(admin_, Dir("CreateOrganization"), organization).ok());
    v1::CreateTownRequest town;
    town.set_town_id("own");
    town.set_request_id(NextId());
    town.mutable_town()->mutable_display_name()->set_zh("镇");
    town.mutable_town()->set_kind(v1::Town::TOWN);
    town.mutable_town()->set_district("districts/kaizhou");
    const auto made = Ask<v1::Town>(admin_, Dir("CreateTown"), town);
    EXPECT_TRUE(made.ok()) << made.status();
    v1::CreateCommunityRequest community;
    community.set_community_id("own");
    community.set_request_id(NextId());
    community.mutable_community()->mutable_display_name()->set_zh("社区");
    community.mutable_community()->set_kind(v1::Community::URBAN_COMMUNITY);
    community.mutable_community()->set_town("towns/own");
    EXPECT_TRUE(Ask<v1::Community>(admin_, Dir("CreateCommunity"), community).ok());
  }

  auth::AccessScene Scene() {
    MakeSchool("own", "kaizhou");
    MakeSchool("foreign", "beibei");
    MakeEntries();
    const std::string teacher = Register("teacher"), leaver = Register("leaver");
    EXPECT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "teacher", "schools/own").ok());
    const auto login = Resolve(Login("teacher")->token());
    EXPECT_TRUE(login.ok()) << login.status();
    v1::CreateServiceAccountRequest account;
    account.set_on("schools/own");
    account.set_service_account_id("timetable");
    account.set_request_id(NextId());
    const auto program =
        Ask<v1::User>(admin_, "/kepu.identity.v1.AccessService/CreateServiceAccount", account);
    EXPECT_TRUE(program.ok()) << program.status();
    const std::string absent = "users/abzzzzzzzzzzzzzzzzzzzz";
    const auth::Subject keys{program->name(), absent, "", teacher};
    executor_.RunFor(absl::Seconds(1));
    const auth::Subject school{"schools/own", "schools/absent"};
    const auth::Subject district{"districts/kaizhou"};
    return {
        .rpc = replicas_[0]->rpc(),
        .executor = executor_,
        .services = {v1::School::descriptor()->file()->service(0),
                     v1::Session::descriptor()->file()->service(0),
                     v1::ExternalProvider::descriptor()->file()->service(0),
                     v1::User::descriptor()->file()->service(0)},
        .roles = {domain::kRoles.begin(), domain::kRoles.end()},
        .subjects = {{"organization.district", district},
                     {"town.district", district},
                     {"school.district", district},
                     {"community.town", {"towns/own", "towns/absent"}},
                     {"communities/*", {"communities/own", "communities/absent"}},
                     {"organizations/*", {"organizations/own", "organizations/absent"}},
                     {"districts/*", district},
                     {"towns/*", {"towns/own", "towns/absent"}},
                     {"schools/*", school},
                     {"on", school},
                     {"users/*", {teacher, "users/abzzzzzzzzzzzzzzzzzzzz"}},
                     {"EraseUser", {leaver, "users/abzzzzzzzzzzzzzzzzzzzz", leaver}},
                     {"CreateApiKey", keys},
                     {"ListApiKeys", keys},
                     {"users/*/apiKeys/*",
                      {program->name() + "/apiKeys/k1", absent + "/apiKeys/k1", "", teacher + "/apiKeys/k1"}},
                     {"users/*/externalIdentities/*",
                      {teacher + "/externalIdentities/x1", absent + "/externalIdentities/x1", "",
                       teacher + "/externalIdentities/x1"}},
                     {"users/*/logins/*", {login->login(), "users/abzzzzzzzzzzzzzzzzzzzz/logins/x"}}},
        .own = {{"", {"schools/own", "districts/kaizhou", "city"}},
                {"CreateOrganization", {"districts/kaizhou", "city"}},
                {"CreateTown", {"districts/kaizhou", "city"}},
                {"CreateSchool", {"districts/kaizhou", "city"}},
                {"UpdateOrganization", {"organizations/own", "districts/kaizhou", "city"}},
                {"UpdateTown", {"towns/own", "districts/kaizhou", "city"}},
                {"MergeCommunity", {"districts/kaizhou", "city"}},
                {"MergeOrganization", {"districts/kaizhou", "city"}},
                {"CreateCommunity", {"towns/own", "districts/kaizhou", "city"}},
                {"UpdateCommunity", {"towns/own", "districts/kaizhou", "city"}}},
        .foreign = "schools/foreign",
        .owner = teacher,
        // The callers of the matrix never registered, and hold no code; and without a provider nothing is
        // linked.
        .may_miss = {"GetMe", "UpdateMe", "ChangePassword", "AcceptInvitation", "EnrolFactor",
                     "UnlinkExternalIdentity"}};
  }
};

TEST_F(IdentityAccessTest, TheHandlersDoWhatTheAnnotationsSay) {
  EXPECT_THAT(auth::CheckAccess(Scene()), ::testing::IsEmpty());
}

TEST_F(IdentityAccessTest, PlantedFaultsAreFound) {
  const auth::AccessScene scene = Scene();
  for (const char* method : {"UpdateSchool", "GetUser", "GrantRole", "EndLogins", "CreateApiKey",
                             "IssueResetLink", "LinkExternalIdentity", "ListExternalIdentities"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), ::testing::IsEmpty());
}

}  // namespace
}  // namespace kepu::identity
