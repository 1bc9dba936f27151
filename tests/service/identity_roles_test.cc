// What somebody may: roles, invitations, erasure, notices and registers.
#include "tests/service/identity_fixture.h"

namespace kepu::identity {
namespace {

using refusal::ReasonOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(IdentityServiceTest, RolesAreGivenWithinReach) {
  MakeSchool("one", "kaizhou");
  MakeSchool("two", "beibei");
  const std::string somebody = Register("somebody");
  const rpc::Principal office{"users/cccccccccccccccccccccc", "", {{"district_admin", "districts/kaizhou"}}};
  ASSERT_TRUE(ChangeRole(office, "GrantRole", somebody, "school_admin", "schools/one").ok());
  EXPECT_EQ(ChangeRole(office, "GrantRole", somebody, "school_admin", "schools/two").status(),
            refusal::NotFound("schools/two"));
  EXPECT_EQ(ChangeRole(office, "GrantRole", somebody, "school_admin", "schools/absent").status(),
            refusal::NotFound("schools/absent"));
  EXPECT_EQ(
      ReasonOf(ChangeRole(office, "GrantRole", somebody, "district_admin", "districts/kaizhou").status()),
      "ROLE_NOT_GRANTABLE");
  EXPECT_EQ(ReasonOf(ChangeRole({somebody, "", {{"city_admin", "city"}}}, "GrantRole", somebody, "city_admin",
                                "city")
                         .status()),
            "SELF_GRANT");
  v1::ListMembersRequest list;
  list.set_on("schools/one");
  executor_.RunFor(absl::Seconds(1));
  const auto members = Ask<v1::ListMembersResponse>(office, At("ListMembers"), list, 1);
  ASSERT_TRUE(members.ok()) << members.status();
  ASSERT_THAT(members->members(), SizeIs(1));
  EXPECT_EQ(members->members(0).display_name(), "canary name of somebody");
  ASSERT_TRUE(ChangeRole(office, "RevokeRole", somebody, "school_admin", "schools/one").ok());
  EXPECT_THAT(Ask<v1::ListMembersResponse>(office, At("ListMembers"), list)->members(), SizeIs(0));
}

TEST_F(IdentityServiceTest, ChangesOfAccessAreTold) {
  const std::string name = Register("somebody");
  auto watch = Send(gateway_, At("WatchAccess"), v1::WatchAccessRequest(), 1);
  ASSERT_TRUE(executor_.RunUntil([&] { return !watch->stream.empty(); }, kPatience));
  EXPECT_EQ(watch->stream[0], "");
  const std::string token = Login("somebody")->token();
  executor_.RunFor(absl::Seconds(1));
  EXPECT_THAT(watch->stream, SizeIs(1)) << "a new login is no change";
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", name, "volunteer", "city").ok());
  executor_.RunFor(absl::Milliseconds(900));
  ASSERT_THAT(watch->stream, SizeIs(2));
  v1::AccessChange change;
  ASSERT_TRUE(change.ParseFromString(watch->stream[1]));
  EXPECT_EQ(change.user(), name);
  v1::DisableUserRequest disable;
  disable.set_name(name);
  disable.set_request_id(NextId());
  ASSERT_TRUE(Ask<v1::User>(admin_, At("DisableUser"), disable).ok());
  EXPECT_FALSE(Resolve(token, 1).ok());
  executor_.RunFor(absl::Milliseconds(900));
  EXPECT_THAT(watch->stream, SizeIs(3));
  EXPECT_FALSE(Login("somebody").ok());
}

TEST_F(IdentityServiceTest, AnInvitationIsTakenOnce) {
  MakeSchool("one", "kaizhou");
  const std::string teacher = Register("teacher"), late = Register("late");
  v1::InviteUserRequest invite;
  invite.set_role("teacher");
  invite.set_on("schools/one");
  invite.set_request_id(NextId());
  const auto invitation = Ask<v1::Invitation>(admin_, At("InviteUser"), invite);
  ASSERT_TRUE(invitation.ok()) << invitation.status();
  EXPECT_EQ(Ask<v1::Invitation>(admin_, At("InviteUser"), invite)->code(), invitation->code());
  v1::AcceptInvitationRequest accept;
  accept.set_code("aaaa-bbbb-cccc-dddd");
  accept.set_request_id(NextId());
  const absl::Status unknown = Ask<v1::User>({teacher, "", {}}, At("AcceptInvitation"), accept).status();
  accept.set_code(invitation->code());
  accept.set_request_id(NextId());
  const auto accepted = Ask<v1::User>({teacher, "", {}}, At("AcceptInvitation"), accept);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  ASSERT_THAT(accepted->grants(), SizeIs(1));
  EXPECT_EQ(accepted->grants(0).on(), "schools/one");
  EXPECT_TRUE(Ask<v1::User>({teacher, "", {}}, At("AcceptInvitation"), accept, 1).ok()) << "a repeat";
  accept.set_request_id(NextId());
  EXPECT_EQ(Ask<v1::User>({late, "", {}}, At("AcceptInvitation"), accept).status(), unknown);
  const rpc::Principal head{late, "", {{"school_admin", "schools/one"}}};
  invite.set_role("school_admin");
  invite.set_request_id(NextId());
  EXPECT_EQ(ReasonOf(Ask<v1::Invitation>(head, At("InviteUser"), invite).status()), "ROLE_NOT_GRANTABLE");
}

TEST_F(IdentityServiceTest, ARoleFollowsItsInvitationThoughTheProcessStopped) {
  const std::string teacher = Register("volunteer1");
  v1::InviteUserRequest invite;
  invite.set_role("volunteer");
  invite.set_on("city");
  invite.set_request_id(NextId());
  const auto invitation = Ask<v1::Invitation>(admin_, At("InviteUser"), invite);
  ASSERT_TRUE(invitation.ok());
  v1::AcceptInvitationRequest accept;
  accept.set_code(invitation->code());
  accept.set_request_id(NextId());
  // The first commit goes through, then the store of that process is gone.
  int commits = 0;
  stores_[0].set_fate([&](const kepu::store::Commit& commit) {
    const bool writes = !commit.groups.empty() && !commit.groups[0].facts.empty();
    return writes && ++commits > 1 ? kepu::store::Fate::kNotApplied : kepu::store::Fate::kNormal;
  });
  auto outcome = Send({teacher, "", {}}, At("AcceptInvitation"), accept);
  executor_.RunFor(absl::Seconds(8));
  EXPECT_GE(commits, 2);
  replicas_[0].reset();
  executor_.RunFor(absl::Seconds(30));
  const auto user = Ask<v1::User>({teacher, "", {}}, At("GetMe"), v1::GetMeRequest(), 1);
  ASSERT_TRUE(user.ok()) << user.status();
  ASSERT_THAT(user->grants(), SizeIs(1)) << "the other replica made up for it";
  EXPECT_TRUE(replicas_[1]->directory().PendingInvitations().empty());
}

TEST_F(IdentityServiceTest, ErasureDestroysTheKeyBeforeItAnswers) {
  const std::string name = Register("somebody"), stranger = Register("stranger");
  v1::EraseUserRequest erase;
  erase.set_name(name);
  erase.set_request_id(NextId());
  EXPECT_EQ(Ask<google::protobuf::Empty>({stranger, "", {}}, At("EraseUser"), erase).status(),
            refusal::NotFound(name));
  ASSERT_TRUE(Ask<google::protobuf::Empty>({name, "", {}}, At("EraseUser"), erase).ok());
  EXPECT_EQ(ReasonOf(vault_->Seal(name, "phone", "1").status()), "PERSON_ERASED");
  EXPECT_FALSE(Login("somebody").ok());
  EXPECT_EQ(ReasonOf(Ask<v1::User>({}, At("RegisterUser"), Application("somebody")).status()),
            "USER_NAME_TAKEN");
  v1::GetUserRequest get;
  get.set_name(name);
  const auto gone = Ask<v1::User>(admin_, At("GetUser"), get);
  ASSERT_TRUE(gone.ok()) << gone.status();
  EXPECT_EQ(gone->state(), v1::User::ERASED);
  EXPECT_EQ(gone->display_name(), "");
  std::ostringstream keys;
  keys << std::ifstream(folder_ + "/vault/keys", std::ios::binary).rdbuf();
  EXPECT_THAT(keys.str(), Not(HasSubstr("canary")));
}

TEST_F(IdentityServiceTest, PersonalFieldsAreShownToWhoNeedsThem) {
  MakeSchool("one", "kaizhou");
  const std::string teacher = Register("teacher"), stranger = Register("stranger");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "teacher", "schools/one").ok());
  v1::GetUserRequest get;
  get.set_name(teacher);
  EXPECT_EQ(Ask<v1::User>({stranger, "", {}}, At("GetUser"), get).status(), refusal::NotFound(teacher));
  const rpc::Principal office{stranger, "", {{"district_admin", "districts/kaizhou"}}};
  const auto seen = Ask<v1::User>(office, At("GetUser"), get);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->display_name(), "canary name of teacher");
  EXPECT_EQ(seen->phone(), "") << "the user alone";
  v1::UpdateMeRequest update;
  update.set_display_name("新名字");
  update.set_request_id(NextId());
  const auto updated = Ask<v1::User>({teacher, "", {}}, At("UpdateMe"), update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->display_name(), "新名字");
  EXPECT_EQ(updated->phone(), "13812345678") << "what is not set stays";
}

TEST_F(IdentityServiceTest, NoticesReachOneInbox) {
  const std::string name = Register("somebody"), stranger = Register("stranger");
  v1::PostNoticeRequest post;
  post.set_parent(name);
  post.mutable_notice()->set_kind("BOOKING_CONFIRMED");
  post.mutable_notice()->set_about("events/e/sessions/s");
  for (int i = 0; i < 7; ++i) {
    post.set_request_id(absl::StrCat("fact-", i / 2));  // most come twice
    ASSERT_TRUE(Ask<v1::Notice>(gateway_, At("PostNotice"), post).ok());
  }
  v1::ListNoticesRequest list;
  list.set_parent(name);
  list.set_page_size(3);
  EXPECT_EQ(Ask<v1::ListNoticesResponse>({stranger, "", {}}, At("ListNotices"), list).status(),
            refusal::NotFound(name));
  auto page = Ask<v1::ListNoticesResponse>({name, "", {}}, At("ListNotices"), list, 1);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->notices(), SizeIs(3));
  EXPECT_EQ(page->notices(0).name(), name + "/notices/n4");
  EXPECT_EQ(page->unread(), 4);
  list.set_page_token(page->next_page_token());
  page = Ask<v1::ListNoticesResponse>({name, "", {}}, At("ListNotices"), list);
  ASSERT_THAT(page->notices(), SizeIs(1));
  EXPECT_EQ(page->next_page_token(), "");
  v1::MarkNoticesReadRequest mark;
  mark.set_parent(name);
  mark.add_names(name + "/notices/n2");
  mark.set_request_id(NextId());
  ASSERT_TRUE(Ask<google::protobuf::Empty>({name, "", {}}, At("MarkNoticesRead"), mark).ok());
  EXPECT_EQ(Ask<v1::User>({name, "", {}}, At("GetMe"), v1::GetMeRequest())->unread_notices(), 3);
  mark.clear_names();
  mark.set_request_id(NextId());
  ASSERT_TRUE(Ask<google::protobuf::Empty>({name, "", {}}, At("MarkNoticesRead"), mark).ok());
  EXPECT_EQ(Ask<v1::User>({name, "", {}}, At("GetMe"), v1::GetMeRequest())->unread_notices(), 0);
  post.set_parent("users/abzzzzzzzzzzzzzzzzzzzz");
  post.set_request_id(NextId());
  EXPECT_EQ(Ask<v1::Notice>(gateway_, At("PostNotice"), post).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(IdentityServiceTest, TheDistrictsOfADay) {
  const auto make = [this](const std::string& id, int established_year) {
    v1::CreateDistrictRequest request;
    request.set_district_id(id);
    request.mutable_district()->mutable_display_name()->set_zh(id);
    request.mutable_district()->set_kind(v1::District::DISTRICT);
    request.mutable_district()->set_region(v1::District::MU);
    if (established_year > 0) {
      google::type::Date& day = *request.mutable_district()->mutable_established_date();
      day.set_year(established_year);
      day.set_month(11);
      day.set_day(6);
    }
    request.set_request_id(NextId());
    const auto made = Ask<v1::District>(admin_, Dir("CreateDistrict"), request);
    ASSERT_TRUE(made.ok()) << made.status();
  };
  for (int i = 0; i < 36; ++i) make(absl::StrCat("district-", i), 0);
  make("jiangbei", 0);
  make("yubei", 0);
  make("liangjiang", 2025);
  for (const char* ended : {"districts/jiangbei", "districts/yubei"}) {
    v1::MergeDistrictRequest merge;
    merge.set_name(ended);
    merge.set_into("districts/liangjiang");
    merge.mutable_effective_date()->set_year(2025);
    merge.mutable_effective_date()->set_month(11);
    merge.mutable_effective_date()->set_day(6);
    merge.set_request_id(NextId());
    const auto merged = Ask<v1::District>(admin_, Dir("MergeDistrict"), merge);
    ASSERT_TRUE(merged.ok()) << merged.status();
    EXPECT_EQ(merged->merged_into(), "districts/liangjiang");
  }
  v1::ListDistrictsRequest list;
  list.set_page_size(100);
  EXPECT_THAT(Ask<v1::ListDistrictsResponse>({}, Dir("ListDistricts"), list)->districts(), SizeIs(37))
      << "today";
  list.mutable_as_of()->set_year(2020);
  list.mutable_as_of()->set_month(1);
  list.mutable_as_of()->set_day(1);
  EXPECT_THAT(Ask<v1::ListDistrictsResponse>({}, Dir("ListDistricts"), list)->districts(), SizeIs(38));
  list.set_show_historical(true);
  EXPECT_THAT(Ask<v1::ListDistrictsResponse>({}, Dir("ListDistricts"), list)->districts(), SizeIs(39));
  // Pages neither lose nor repeat, and a token is good for its own list only.
  list.set_page_size(10);
  std::set<std::string> seen;
  std::string foreign_token;
  do {
    const auto page = Ask<v1::ListDistrictsResponse>({}, Dir("ListDistricts"), list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& district : page->districts()) EXPECT_TRUE(seen.insert(district.name()).second);
    list.set_page_token(page->next_page_token());
    if (foreign_token.empty()) foreign_token = page->next_page_token();
  } while (!list.page_token().empty());
  EXPECT_THAT(seen, SizeIs(39));
  list.set_show_historical(false);
  list.set_page_token(foreign_token);
  EXPECT_EQ(Ask<v1::ListDistrictsResponse>({}, Dir("ListDistricts"), list).status().code(),
            absl::StatusCode::kInvalidArgument);
  v1::GetDistrictRequest get;
  get.set_name("districts/yubei");
  EXPECT_TRUE(Ask<v1::District>({}, Dir("GetDistrict"), get).ok()) << "the old id keeps answering";
}

TEST_F(IdentityServiceTest, ASchoolsOwnAdminChangesWhatIsTheirs) {
  MakeSchool("one", "kaizhou");
  MakeSchool("two", "beibei");
  const rpc::Principal head{"users/cccccccccccccccccccccc", "", {{"school_admin", "schools/one"}}};
  const rpc::Principal office{"users/cccccccccccccccccccccc", "", {{"district_admin", "districts/kaizhou"}}};
  const auto update = [&](const rpc::Principal& who, std::vector<std::string> mask,
                          void (*set)(v1::School&)) {
    v1::UpdateSchoolRequest request;
    request.mutable_school()->set_name("schools/one");
    set(*request.mutable_school());
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(NextId());
    return Ask<v1::School>(who, Dir("UpdateSchool"), request);
  };
  const auto pupils = update(head, {"pupils_by_grade"}, [](v1::School& school) {
    auto& row = *school.add_pupils_by_grade();
    row.set_grade("3");
    row.set_pupils(120);
  });
  ASSERT_TRUE(pupils.ok()) << pupils.status();
  EXPECT_EQ(pupils->pupils_by_grade(0).pupils(), 120);
  EXPECT_EQ(pupils->etag(), "r2");
  const auto remote = [](v1::School& school) { school.add_traits(v1::School::REMOTE); };
  EXPECT_EQ(ReasonOf(update(head, {"traits"}, remote).status()), "FIELD_NOT_YOURS") << "it gives priority";
  EXPECT_TRUE(update(office, {"traits"}, remote).ok());
  const auto move = [](v1::School& school) { school.set_district("districts/beibei"); };
  EXPECT_EQ(update(office, {"district"}, move).status(), refusal::NotFound("districts/beibei"));
  EXPECT_TRUE(update(admin_, {"district"}, move).ok());
  EXPECT_EQ(update(office, {"traits"}, remote).status(), refusal::NotFound("schools/one"))
      << "no longer theirs";
  EXPECT_FALSE(update(admin_, {"no_such_field"}, remote).ok());
  v1::ListSchoolsRequest list;
  list.set_district("districts/beibei");
  EXPECT_THAT(Ask<v1::ListSchoolsResponse>({}, Dir("ListSchools"), list)->schools(), SizeIs(2));
}

}  // namespace
}  // namespace kepu::identity
