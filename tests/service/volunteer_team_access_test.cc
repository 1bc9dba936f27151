// Who may call what about teams, experts, lectures and posts: the handlers against the annotations, all of
// them.
#include "services/identity/domain/roles.h"
#include "tests/service/access_check.h"
#include "tests/service/volunteer_team_desk.h"

namespace kepu::volunteer::team_access_test {
namespace {

class TeamAccessTest : public VolunteerTeamTest {
 protected:
  auth::AccessScene Scene() {
    MakeTree();
    const std::string member = Join("teams/a", "li");
    const std::string volunteer = absl::StrCat("volunteers/", member.substr(member.rfind('/') + 1));
    const std::string expert = MakeExpert("chen");
    auto asked = Call<v1::LectureRequest>("LectureService", "CreateLectureRequest",
                                          LectureRequestOf("districts/yuzhong"), City());
    EXPECT_TRUE(asked.ok()) << asked.status();
    const std::string lecture = asked.ok() ? asked->name() : "";
    EXPECT_TRUE(Offer(lecture, expert, User("chen")).ok());
    v1::CreatePostRequest post;
    post.set_request_id("post");
    post.set_post_id("one");
    post.mutable_post()->set_kind(v1::Post::OFFICER);
    post.mutable_post()->set_community("villages/v1");
    post.mutable_post()->set_district("districts/yuzhong");
    EXPECT_TRUE(Call<v1::Post>("PostService", "CreatePost", post, City()).ok());
    Settle();
    const auto* teams = v1::Team::descriptor()->file();
    const auto* experts = v1::Expert::descriptor()->file();
    const auto absent = [](std::string name) {
      name.back() = name.back() == 'a' ? 'b' : 'a';
      return name;
    };
    return {
        .rpc = desk.service->rpc(),
        .executor = desk.executor,
        .services = {teams->FindServiceByName("TeamService"), experts->FindServiceByName("ExpertService"),
                     experts->FindServiceByName("LectureService"),
                     v1::Post::descriptor()->file()->FindServiceByName("PostService")},
        .roles = {identity::domain::kRoles.begin(), identity::domain::kRoles.end()},
        .subjects = {{"team.parent", {"teams/yuzhong", "teams/absent"}},
                     {"teams/*", {"teams/a", "teams/absent", "users/lead-a"}},
                     {"teams/*/members/*", {member, absent(member), "users/lead-a"}},
                     {"volunteers/*", {volunteer, absent(volunteer), "users/li"}},
                     {"CreateExpert",
                      {absl::StrCat("experts/", member.substr(member.rfind('/') + 1)), "", "users/li"}},
                     {"experts/*", {expert, absent(expert), "users/chen"}},
                     {"lecture_request.requester", {"districts/yuzhong"}},
                     {"ListLectureRequests", {"districts/yuzhong", "", "users/chen", "experts/me"}},
                     {"lectureRequests/*", {lecture, absent(lecture), "users/chen"}},
                     // Who offers is the expert who does; who records is who asked.
                     {"RecordLecture", {lecture, absent(lecture), "users/city"}},
                     {"post.district", {"districts/yuzhong"}},
                     {"posts/*", {"posts/one", "posts/absent"}}},
        .own = {{"", {"districts/yuzhong", "city"}}},
        .foreign = "districts/kaizhou",
        .owner = "users/li",
        // Each on one who is not there, or is somebody else's part: tests of their own say so.
        .may_miss = {"LeaveTeam", "OfferLecture", "ConfirmLecture", "WithdrawLectureRequest", "ApproveMember",
                     "DeclineMember", "AppointHolder", "ApplyToTeam", "RequestTransfer", "GetTeam"},
        .samples = {
            {"CreateTeam", "team_id: 'new' team { display_name { zh: 'x' } level: TEAM type: RURAL }"},
            {"UpdateTeam", "team { training_base: 'venues/x' }"},
            {"RequestTransfer", "to: 'teams/b'"},
            {"CreateExpert", "expert { fields { code: 'x' title { zh: 'x' } } }"},
            {"UpdateExpert", "expert { languages: 'zh' }"},
            {"ConfirmInvitation", "purpose: 'shifts/x'"},
            {"ListLectureRequests", "page_size: 1"},
            {"OfferLecture", absl::StrCat("expert: '", expert,
                                          "' start_time { seconds: 1796000000 } end_time { seconds: "
                                          "1796003600 }")},
            {"ConfirmLecture", "side: EXPERT offer_time { seconds: 1 }"},
            {"RecordLecture", "heads: 3"},
            {"UpdatePost", "post { terms_max: 2 }"},
            {"AppointHolder",
             absl::StrCat("volunteer: 'volunteers/", member.substr(member.rfind('/') + 1), "'")},
        }};
  }
};

TEST_F(TeamAccessTest, TheHandlersDoWhatTheAnnotationsSay) {
  EXPECT_THAT(auth::CheckAccess(Scene()), ::testing::IsEmpty());
}

TEST_F(TeamAccessTest, PlantedFaultsAreFound) {
  const auth::AccessScene scene = Scene();
  for (const char* method :
       {"UpdateTeam", "ReleaseMember", "ListTeamMembers", "PublishExpert", "OfferLecture", "RetirePost"})
    EXPECT_THAT(auth::FaultsNotFound(scene, method), ::testing::IsEmpty());
}

}  // namespace
}  // namespace kepu::volunteer::team_access_test
