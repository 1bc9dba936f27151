// The registers through their handlers: who keeps which, what follows a town to its new district, and how two
// entries become one.
#include "gmock/gmock.h"
#include "tests/service/identity_fixture.h"

namespace kepu::identity {
namespace {

using refusal::ReasonOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class RegistersServiceTest : public IdentityServiceTest {
 protected:
  RegistersServiceTest() {
    MakeSchool("one", "kaizhou");
    MakeSchool("two", "kaizhou");
    MakeSchool("far", "beibei");
    MakeTown("t");
  }

  void MakeTown(const std::string& id) {
    v1::CreateTownRequest request;
    request.set_town_id(id);
    request.mutable_town()->mutable_display_name()->set_zh("镇");
    request.mutable_town()->set_kind(v1::Town::TOWN);
    request.mutable_town()->set_district("districts/kaizhou");
    request.set_request_id(NextId());
    const auto made = Ask<v1::Town>(admin_, Dir("CreateTown"), request);
    ASSERT_TRUE(made.ok()) << made.status();
  }
  absl::StatusOr<v1::Community> MakeCommunity(const rpc::Principal& who, const std::string& id,
                                              v1::Community::Kind kind, const std::string& town = "towns/t") {
    v1::CreateCommunityRequest request;
    request.set_community_id(id);
    request.mutable_community()->mutable_display_name()->set_zh(id);
    request.mutable_community()->set_kind(kind);
    request.mutable_community()->set_town(town);
    request.set_request_id(NextId());
    return Settled(Ask<v1::Community>(who, Dir("CreateCommunity"), request));
  }
  absl::StatusOr<v1::School> UpdateSchool(const rpc::Principal& who, const v1::School& school,
                                          const std::vector<std::string>& mask) {
    v1::UpdateSchoolRequest request;
    *request.mutable_school() = school;
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(NextId());
    return Settled(Ask<v1::School>(who, Dir("UpdateSchool"), request));
  }
  absl::StatusOr<v1::School> Merge(const rpc::Principal& who, const std::string& name,
                                   const std::string& into) {
    v1::MergeSchoolRequest request;
    request.set_name(name);
    request.set_into(into);
    request.set_request_id(NextId());
    return Settled(Ask<v1::School>(who, Dir("MergeSchool"), request));
  }
  v1::School Get(const std::string& name) {
    v1::GetSchoolRequest request;
    request.set_name(name);
    const auto school = Ask<v1::School>({}, Dir("GetSchool"), request);
    EXPECT_TRUE(school.ok()) << school.status();
    return school.value_or(v1::School());
  }
  absl::StatusOr<std::vector<std::string>> List(const v1::ListSchoolsRequest& request) {
    const auto page = Ask<v1::ListSchoolsResponse>({}, Dir("ListSchools"), request);
    if (!page.ok()) return page.status();
    std::vector<std::string> names;
    for (const v1::School& school : page->schools()) names.push_back(school.name());
    return names;
  }
  absl::StatusOr<std::vector<std::string>> List(const v1::ListCommunitiesRequest& request) {
    const auto page = Ask<v1::ListCommunitiesResponse>({}, Dir("ListCommunities"), request);
    if (!page.ok()) return page.status();
    std::vector<std::string> names;
    for (const v1::Community& community : page->communities()) names.push_back(community.name());
    return names;
  }
  // Lists see what was answered.
  template <class Answer>
  Answer Settled(Answer answer) {
    executor_.RunFor(absl::Milliseconds(200));
    return answer;
  }

  const rpc::Principal office_{"users/town", "", {{"town_office", "towns/t"}}};
  const rpc::Principal kaizhou_{"users/kz", "", {{"district_admin", "districts/kaizhou"}}};
  const rpc::Principal beibei_{"users/bb", "", {{"district_admin", "districts/beibei"}}};
};

TEST_F(RegistersServiceTest, ATownOfficeKeepsItsCommunities) {
  const auto made = MakeCommunity(office_, "c1", v1::Community::URBAN_COMMUNITY);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->district(), "districts/kaizhou") << "that of its town";
  ASSERT_TRUE(MakeCommunity(kaizhou_, "v1", v1::Community::ADMINISTRATIVE_VILLAGE).ok());
  EXPECT_EQ(MakeCommunity(beibei_, "c2", v1::Community::URBAN_COMMUNITY).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(MakeCommunity(admin_, "c3", v1::Community::URBAN_COMMUNITY, "towns/none").status().code(),
            absl::StatusCode::kInvalidArgument);
  v1::ListCommunitiesRequest list;
  list.set_town("towns/t");
  EXPECT_THAT(*List(list), ElementsAre("communities/c1", "communities/v1"));
  list.set_kind(v1::Community::ADMINISTRATIVE_VILLAGE);
  EXPECT_THAT(*List(list), ElementsAre("communities/v1"));
  list.clear_town();
  list.set_district("districts/kaizhou");
  EXPECT_THAT(*List(list), ElementsAre("communities/v1"));
  list.set_town("towns/t");
  EXPECT_THAT(List(list).status().ToString(), HasSubstr("town"));
  // Moving one to where the office has no say is refused as if the town were not there.
  MakeTown("other");
  v1::UpdateCommunityRequest move;
  *move.mutable_community() = *made;
  move.mutable_community()->clear_etag();
  move.mutable_community()->set_town("towns/other");
  move.mutable_update_mask()->add_paths("town");
  move.set_request_id(NextId());
  EXPECT_EQ(Ask<v1::Community>(office_, Dir("UpdateCommunity"), move).status(),
            refusal::NotFound("towns/other"));
  move.set_request_id(NextId());
  EXPECT_TRUE(Settled(Ask<v1::Community>(kaizhou_, Dir("UpdateCommunity"), move)).ok());
}

TEST_F(RegistersServiceTest, WhatLiesInATownMovesWithIt) {
  ASSERT_TRUE(MakeCommunity(office_, "c1", v1::Community::URBAN_COMMUNITY).ok());
  v1::School school;
  school.set_name("schools/one");
  school.set_town("towns/t");
  ASSERT_TRUE(UpdateSchool(kaizhou_, school, {"town"}).ok());
  school.set_name("schools/far");
  EXPECT_EQ(UpdateSchool(beibei_, school, {"town"}).status(), refusal::NotFound("districts/kaizhou"))
      << "nobody pushes a school into a district that is not theirs";
  school.set_district("districts/beibei");
  school.mutable_display_name()->set_zh("far");
  school.set_stage(v1::School::PRIMARY);
  EXPECT_EQ(UpdateSchool(admin_, school, {"town"})->district(), "districts/kaizhou")
      << "it goes with its town";
  EXPECT_THAT(UpdateSchool(admin_, school, {"district"}).status().ToString(), HasSubstr("school.town"))
      << "the town is not there";
  school.clear_town();
  EXPECT_EQ(UpdateSchool(admin_, school, {"district", "town"})->district(), "districts/beibei");
  v1::MoveTownRequest move;
  move.set_name("towns/t");
  move.set_into("districts/beibei");
  move.mutable_effective_date()->set_year(2026);
  move.mutable_effective_date()->set_month(12);
  move.mutable_effective_date()->set_day(1);
  move.set_request_id(NextId());
  EXPECT_EQ(ReasonOf(Ask<v1::Town>(kaizhou_, Dir("MoveTown"), move).status()), "PERMISSION_DENIED");
  const auto moved = Settled(Ask<v1::Town>(admin_, Dir("MoveTown"), move));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->former_districts(0).district(), "districts/kaizhou");
  EXPECT_EQ(Get("schools/one").district(), "districts/beibei");
  v1::ListSchoolsRequest list;
  list.set_district("districts/beibei");
  EXPECT_THAT(*List(list), ElementsAre("schools/far", "schools/one"));
  list.set_district("districts/kaizhou");
  EXPECT_THAT(*List(list), ElementsAre("schools/two"));
  v1::ListCommunitiesRequest communities;
  communities.set_district("districts/beibei");
  EXPECT_THAT(*List(communities), ElementsAre("communities/c1"));
  // Work follows the district.
  school = v1::School();
  school.set_name("schools/one");
  school.add_traits(v1::School::RURAL);
  EXPECT_EQ(UpdateSchool(kaizhou_, school, {"traits"}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(UpdateSchool(beibei_, school, {"traits"})->district(), "districts/beibei")
      << "also in the answer";
  EXPECT_EQ(Get("schools/one").district(), "districts/beibei") << "also after a change";
  const rpc::Principal head{"users/head", "", {{"school_admin", "schools/one"}}};
  school.mutable_display_name()->set_zh("一小");
  EXPECT_EQ(UpdateSchool(head, school, {"display_name.zh"}).status(), absl::OkStatus())
      << "the school's own word, wherever it lies";
}

TEST_F(RegistersServiceTest, SchoolsWithoutARoomAreAList) {
  v1::School school;
  school.set_name("schools/one");
  school.add_marks()->set_kind(v1::School::Mark::ACTIVITY_ROOM);
  ASSERT_TRUE(UpdateSchool(kaizhou_, school, {"marks"}).ok());
  v1::ListSchoolsRequest list;
  list.set_without_mark(v1::School::Mark::ACTIVITY_ROOM);
  EXPECT_THAT(*List(list), ElementsAre("schools/far", "schools/two"));
  list.set_district("districts/kaizhou");
  EXPECT_THAT(*List(list), ElementsAre("schools/two"));
  list.set_mark(v1::School::Mark::ACTIVITY_ROOM);
  EXPECT_THAT(List(list).status().ToString(), HasSubstr("without_mark"));
  list.clear_without_mark();
  EXPECT_THAT(*List(list), ElementsAre("schools/one"));
  const rpc::Principal head{"users/head", "", {{"school_admin", "schools/one"}}};
  school.clear_marks();
  EXPECT_EQ(ReasonOf(UpdateSchool(head, school, {"marks"}).status()), "FIELD_NOT_YOURS");
}

TEST_F(RegistersServiceTest, TwoEntriesBecomeOne) {
  const std::string teacher = Register("teacher");
  ASSERT_TRUE(ChangeRole(admin_, "GrantRole", teacher, "teacher", "schools/two").ok());
  const std::string token = Login("teacher")->token();
  EXPECT_EQ(Merge(beibei_, "schools/two", "schools/one").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Merge(kaizhou_, "schools/two", "schools/far").status(), refusal::NotFound("schools/far"))
      << "who merges looks after both";
  EXPECT_EQ(Merge(admin_, "schools/none", "schools/one").status(), refusal::NotFound("schools/none"));
  const auto merged = Merge(kaizhou_, "schools/two", "schools/one");
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_EQ(merged->merged_into(), "schools/one");
  EXPECT_EQ(ReasonOf(Merge(kaizhou_, "schools/one", "schools/two").status()), "ENTRY_MERGED");
  EXPECT_EQ(Get("schools/two").merged_into(), "schools/one") << "the old id goes on answering";
  EXPECT_THAT(*List(v1::ListSchoolsRequest()), ElementsAre("schools/far", "schools/one"));
  ASSERT_TRUE(Merge(admin_, "schools/one", "schools/far").ok());
  EXPECT_EQ(Get("schools/two").merged_into(), "schools/far") << "what remains";
  v1::School school;
  school.set_name("schools/two");
  school.add_traits(v1::School::RURAL);
  EXPECT_EQ(refusal::ParamOf(UpdateSchool(admin_, school, {"traits"}).status(), "into"), "schools/far");
  // Who teaches at the one teaches at all.
  const auto resolved = Resolve(token);
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  std::vector<std::string> on;
  for (const v1::RoleGrant& grant : resolved->grants()) on.push_back(grant.on());
  EXPECT_THAT(on, UnorderedElementsAre("schools/one", "schools/two", "schools/far"));
}

TEST_F(RegistersServiceTest, AReplicaThatStartsLaterShowsTheSame) {
  ASSERT_TRUE(MakeCommunity(office_, "c1", v1::Community::URBAN_COMMUNITY).ok());
  ASSERT_TRUE(Merge(admin_, "schools/two", "schools/one").ok());
  kepu::store::MemoryStore store{data_, executor_, [this] { return clock_.Now(); }};
  auto late = MakeReplica(store);
  const auto& directory = late->directory();
  EXPECT_EQ(directory.SurvivorOf("schools/two"), "schools/one");
  v1::Community community;
  ASSERT_TRUE(community.ParseFromString(*directory.entries().Get("communities/c1")));
  EXPECT_EQ(community.district(), "districts/kaizhou");
  EXPECT_EQ(directory.Counted().schools.size(), 2u);
}

TEST_F(RegistersServiceTest, TheRegistersAreCounted) {
  ASSERT_TRUE(MakeCommunity(office_, "c1", v1::Community::URBAN_COMMUNITY).ok());
  const auto summary = [this](int year) {
    v1::SummarizeRegistersRequest request;
    if (year != 0) {
      request.mutable_as_of()->set_year(year);
      request.mutable_as_of()->set_month(1);
      request.mutable_as_of()->set_day(1);
    }
    return Ask<v1::SummarizeRegistersResponse>({}, Dir("SummarizeRegisters"), request);
  };
  const auto now = summary(0);
  ASSERT_TRUE(now.ok()) << now.status();
  EXPECT_EQ(now->rows(0).schools(), 3);
  EXPECT_EQ(now->rows(0).urban_communities(), 1);
  ASSERT_TRUE(Merge(admin_, "schools/two", "schools/one").ok());
  EXPECT_EQ(summary(0)->rows(0).schools(), 2) << "once";
  v1::SummarizeRegistersRequest bad;
  bad.mutable_as_of()->set_year(2026);
  bad.mutable_as_of()->set_month(13);
  EXPECT_THAT(Ask<v1::SummarizeRegistersResponse>({}, Dir("SummarizeRegisters"), bad).status().ToString(),
              HasSubstr("as_of"));
}

}  // namespace
}  // namespace kepu::identity
