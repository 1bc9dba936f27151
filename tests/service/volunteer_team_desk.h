// A volunteer desk with teams, experts, lectures and posts, and the calls that their tests make. Owned by a
// test.
#pragma once

#include <string>

#include "kepu/volunteer/v1/expert.pb.h"
#include "kepu/volunteer/v1/post.pb.h"
#include "kepu/volunteer/v1/team.pb.h"
#include "libs/calendar/timestamps.h"
#include "tests/service/volunteer_fixture.h"

namespace kepu::volunteer {

inline rpc::Principal Coordinator(const std::string& on = "districts/yuzhong") {
  return {"users/coordinator", "", {{"coordinator", on}}};
}
inline rpc::Principal Teacher(const std::string& on = "schools/one") {
  return {"users/teacher", "", {{"teacher", on}}};
}
inline rpc::Principal Nobody() { return {}; }

class VolunteerTeamTest : public VolunteerServiceTest {
 protected:
  template <class Response>
  absl::StatusOr<Response> Call(const char* service, const char* method,
                                const google::protobuf::Message& request, const rpc::Principal& caller) {
    rpc::Context context;
    context.principal = caller;
    return desk.Ask<Response>(method, request, std::move(context), service);
  }
  // A method on something that is named, and nothing else.
  template <class Response, class Request>
  absl::StatusOr<Response> On(const char* service, const char* method, const std::string& name,
                              const rpc::Principal& caller) {
    return Call<Response>(service, method, desk.Named<Request>(name), caller);
  }

  v1::CreateTeamRequest TeamRequest(const std::string& id, v1::Team::Level level, v1::Team::Type type,
                                    const std::string& parent, const std::string& district = "") {
    v1::CreateTeamRequest request;
    request.set_request_id(desk.NextRequestId());
    request.set_team_id(id);
    v1::Team& team = *request.mutable_team();
    team.mutable_display_name()->set_zh("志愿者队");
    team.set_level(level);
    team.set_type(type);
    team.set_parent(parent);
    team.set_district(district);
    return request;
  }
  absl::StatusOr<v1::Team> Make(const v1::CreateTeamRequest& request, const rpc::Principal& who) {
    return Call<v1::Team>("TeamService", "CreateTeam", request, who);
  }
  // teams/corps, teams/yuzhong (led by users/leader), teams/a and teams/b of bases below it (led by
  // users/lead-a and users/lead-b).
  void MakeTree() {
    ASSERT_TRUE(Make(TeamRequest("", v1::Team::CORPS, v1::Team::GENERAL, ""), City()).ok());
    auto detachment =
        TeamRequest("yuzhong", v1::Team::DETACHMENT, v1::Team::GENERAL, "teams/corps", "districts/yuzhong");
    detachment.mutable_team()->add_leaders("users/leader");
    ASSERT_TRUE(Make(detachment, City()).ok()) << desk.last->status;
    for (const char* id : {"a", "b"}) {
      auto request = TeamRequest(id, v1::Team::TEAM, v1::Team::BASE, "teams/yuzhong");
      request.mutable_team()->add_leaders(absl::StrCat("users/lead-", id));
      ASSERT_TRUE(Make(request, Coordinator()).ok()) << desk.last->status;
    }
    Settle();
  }
  void Settle() { desk.executor.RunFor(absl::Seconds(1)); }

  absl::StatusOr<v1::TeamMember> Apply(const std::string& team, absl::string_view user) {
    return On<v1::TeamMember, v1::ApplyToTeamRequest>("TeamService", "ApplyToTeam", team, User(user));
  }
  template <class Request>
  absl::StatusOr<v1::TeamMember> Member(const char* method, const std::string& name,
                                        const rpc::Principal& who) {
    return On<v1::TeamMember, Request>("TeamService", method, name, who);
  }
  // A volunteer who is in the team.
  std::string Join(const std::string& team, absl::string_view user) {
    desk.Register(user);
    const auto applied = Apply(team, user);
    EXPECT_TRUE(applied.ok()) << applied.status();
    if (!applied.ok()) return "";
    const auto member = Member<v1::ApproveMemberRequest>("ApproveMember", applied->name(), Coordinator());
    EXPECT_TRUE(member.ok()) << member.status();
    Settle();
    return applied->name();
  }

  // A listed expert of physics; the name "experts/…".
  std::string MakeExpert(absl::string_view user, v1::Expert::Level level = v1::Expert::SENIOR) {
    desk.Register(user);
    v1::CreateExpertRequest request;
    request.set_request_id(desk.NextRequestId());
    v1::Expert& expert = *request.mutable_expert();
    expert.set_name("experts/me");
    auto& field = *expert.add_fields();
    field.set_code("physics");
    field.mutable_title()->set_zh("物理");
    expert.set_level(level);
    expert.add_audiences(v1::Expert::PUPILS);
    auto made = Call<v1::Expert>("ExpertService", "CreateExpert", request, User(user));
    EXPECT_TRUE(made.ok()) << made.status();
    if (!made.ok()) return "";
    if (level == v1::Expert::ACADEMICIAN) {
      auto confirmed = On<v1::Expert, v1::ConfirmExpertLevelRequest>("ExpertService", "ConfirmExpertLevel",
                                                                     made->name(), Coordinator());
      EXPECT_TRUE(confirmed.ok()) << confirmed.status();
    }
    auto listed = On<v1::Expert, v1::PublishExpertRequest>("ExpertService", "PublishExpert", made->name(),
                                                           Coordinator());
    EXPECT_TRUE(listed.ok()) << listed.status();
    Settle();
    return made->name();
  }

  v1::CreateLectureRequestRequest LectureRequestOf(const std::string& requester = "schools/one") {
    v1::CreateLectureRequestRequest request;
    request.set_request_id(desk.NextRequestId());
    v1::LectureRequest& lecture = *request.mutable_lecture_request();
    lecture.set_requester(requester);
    lecture.set_district("districts/yuzhong");
    lecture.set_series(v1::LectureRequest::CAMPUS);
    lecture.set_field("physics");
    lecture.add_audiences(v1::Expert::LEFT_BEHIND_CHILDREN);
    lecture.add_dates("2026-11-20");
    lecture.set_expected_heads(120);
    lecture.mutable_place()->set_zh("礼堂");
    lecture.mutable_whereabouts()->mutable_location()->set_latitude(29.56);
    lecture.mutable_whereabouts()->mutable_location()->set_longitude(106.57);
    return request;
  }
  std::string AskFor(const rpc::Principal& who = Teacher(), const std::string& requester = "schools/one") {
    auto lecture =
        Call<v1::LectureRequest>("LectureService", "CreateLectureRequest", LectureRequestOf(requester), who);
    EXPECT_TRUE(lecture.ok()) << lecture.status();
    return lecture.ok() ? lecture->name() : "";
  }
  // By hours from the start of the desk.
  absl::StatusOr<v1::LectureRequest> Offer(const std::string& lecture, const std::string& expert,
                                           const rpc::Principal& who, double from_hours = 100,
                                           double hours = 2) {
    auto request = desk.Named<v1::OfferLectureRequest>(lecture);
    request.set_expert(expert);
    calendar::SetMicros(absl::ToUnixMicros(kDeskStart + absl::Hours(1) * from_hours),
                        request.mutable_start_time());
    calendar::SetMicros(absl::ToUnixMicros(kDeskStart + absl::Hours(1) * (from_hours + hours)),
                        request.mutable_end_time());
    return Call<v1::LectureRequest>("LectureService", "OfferLecture", request, who);
  }
  v1::ConfirmLectureRequest ConfirmOf(const v1::LectureRequest& offered,
                                      v1::ConfirmLectureRequest::Side side) {
    auto request = desk.Named<v1::ConfirmLectureRequest>(offered.name());
    request.set_side(side);
    *request.mutable_offer_time() = offered.offer().offer_time();
    return request;
  }
  absl::StatusOr<v1::LectureRequest> Confirm(const v1::LectureRequest& offered,
                                             v1::ConfirmLectureRequest::Side side,
                                             const rpc::Principal& who) {
    return Call<v1::LectureRequest>("LectureService", "ConfirmLecture", ConfirmOf(offered, side), who);
  }
  v1::LectureRequest Look(const std::string& lecture, const rpc::Principal& who = Teacher()) {
    v1::GetLectureRequestRequest request;
    request.set_name(lecture);
    auto seen = Call<v1::LectureRequest>("LectureService", "GetLectureRequest", request, who);
    EXPECT_TRUE(seen.ok()) << seen.status();
    return seen.ok() ? *seen : v1::LectureRequest();
  }
};

}  // namespace kepu::volunteer
