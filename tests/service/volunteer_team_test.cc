// Teams and their members at the desk: who may, what is refused, transfers, dissolving, figures, a restart.
#include "google/protobuf/empty.pb.h"
#include "kepu/volunteer/v1/people.pb.h"
#include "tests/service/volunteer_team_desk.h"

namespace kepu::volunteer::team_test {
namespace {

using v1::Team;
using v1::TeamMember;

absl::StatusCode CodeOf(const absl::Status& status) { return status.code(); }
constexpr auto kHidden = absl::StatusCode::kNotFound;

class TeamServiceTest : public VolunteerTeamTest {
 protected:
  absl::StatusOr<Team> Get(const std::string& name, const rpc::Principal& who) {
    v1::GetTeamRequest request;
    request.set_name(name);
    return Call<Team>("TeamService", "GetTeam", request, who);
  }
  absl::StatusOr<Team> Update(const Team& team, const std::string& path, const rpc::Principal& who) {
    v1::UpdateTeamRequest request;
    request.set_request_id(desk.NextRequestId());
    *request.mutable_team() = team;
    request.mutable_update_mask()->add_paths(path);
    return Call<Team>("TeamService", "UpdateTeam", request, who);
  }
  absl::StatusOr<Team> Dissolve(const std::string& name, bool release, const rpc::Principal& who = City()) {
    auto request = desk.Named<v1::DissolveTeamRequest>(name);
    request.set_release_members(release);
    return Call<Team>("TeamService", "DissolveTeam", request, who);
  }
  absl::StatusOr<v1::ListTeamMembersResponse> List(const std::string& team, const rpc::Principal& who,
                                                   int size = 0, const std::string& token = "") {
    v1::ListTeamMembersRequest request;
    request.set_parent(team);
    request.set_page_size(size);
    request.set_page_token(token);
    return Call<v1::ListTeamMembersResponse>("TeamService", "ListTeamMembers", request, who);
  }
  absl::StatusOr<v1::TeamSummary> Summary(const std::string& team, const rpc::Principal& who) {
    v1::GetTeamSummaryRequest request;
    request.set_name(team);
    return Call<v1::TeamSummary>("TeamService", "GetTeamSummary", request, who);
  }
  absl::StatusOr<TeamMember> Transfer(const std::string& member, const std::string& to,
                                      const rpc::Principal& who) {
    auto request = desk.Named<v1::RequestTransferRequest>(member);
    request.set_to(to);
    return Call<TeamMember>("TeamService", "RequestTransfer", request, who);
  }
  v1::TeamHistory History(absl::string_view user) {
    v1::GetTeamHistoryRequest request;
    request.set_name("volunteers/me");
    auto history = Call<v1::TeamHistory>("TeamService", "GetTeamHistory", request, User(user));
    EXPECT_TRUE(history.ok()) << history.status();
    return history.ok() ? *history : v1::TeamHistory();
  }
};

TEST_F(TeamServiceTest, ATreeIsMadeByWhoRunsIt) {
  MakeTree();
  const auto again = Make(TeamRequest("", Team::CORPS, Team::GENERAL, ""), City());
  EXPECT_EQ(CodeOf(again.status()), absl::StatusCode::kAlreadyExists) << "there is one corps";
  EXPECT_EQ(CodeOf(Make(TeamRequest("", Team::CORPS, Team::GENERAL, ""), Coordinator()).status()), kHidden);
  EXPECT_FALSE(Make(TeamRequest("corps", Team::TEAM, Team::BASE, "teams/yuzhong"), City()).ok());
  // A coordinator of another district, and the leader, who leads but does not build.
  const auto third = TeamRequest("c", Team::TEAM, Team::SCHOOL, "teams/yuzhong");
  EXPECT_EQ(CodeOf(Make(third, Coordinator("districts/kaizhou")).status()), kHidden);
  EXPECT_EQ(CodeOf(Make(third, User("leader")).status()), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(CodeOf(Make(third, Nobody()).status()), absl::StatusCode::kUnauthenticated);
  // Held on the detachment itself.
  auto made = Make(third, Coordinator("teams/yuzhong"));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->district(), "districts/yuzhong");
  Settle();
  EXPECT_EQ(Get("teams/yuzhong", User("li"))->child_teams(), 3);
  EXPECT_EQ(Get("teams/yuzhong", User("li"))->leaders_size(), 0) << "users are for those who run it";
  EXPECT_EQ(Get("teams/yuzhong", Coordinator())->leaders_size(), 1);
  EXPECT_EQ(Get("teams/a", User("leader"))->leaders_size(), 1) << "who leads the detachment";
  EXPECT_EQ(CodeOf(Get("teams/none", City()).status()), kHidden);
  // An id that was made, and the same call again.
  auto unnamed = TeamRequest("", Team::TEAM, Team::TEACHER_STUDIO, "teams/yuzhong");
  auto first = Make(unnamed, Coordinator());
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Make(unnamed, Coordinator())->name(), first->name());
  EXPECT_TRUE(desk.last->info.replayed);
  unnamed.set_request_id("other");
  unnamed.mutable_team()->set_parent("teams/none");
  EXPECT_EQ(CodeOf(Make(unnamed, City()).status()), absl::StatusCode::kInvalidArgument);
}

TEST_F(TeamServiceTest, TeamsMoveAndAreListed) {
  MakeTree();
  ASSERT_TRUE(
      Make(TeamRequest("kaizhou", Team::DETACHMENT, Team::GENERAL, "teams/corps", "districts/kaizhou"),
           City())
          .ok());
  Settle();
  Team team = *Get("teams/a", City());
  team.set_parent("teams/kaizhou");
  EXPECT_EQ(CodeOf(Update(team, "parent", Coordinator()).status()), kHidden) << "runs only where it stands";
  auto moved = Update(team, "parent", City());
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->district(), "districts/kaizhou");
  EXPECT_EQ(Reason(Update(team, "parent", City()).status()), "ETAG_MISMATCH");
  Settle();
  EXPECT_EQ(Get("teams/yuzhong", City())->child_teams(), 1);
  EXPECT_EQ(Get("teams/kaizhou", City())->child_teams(), 1);
  moved->set_parent("teams/b");
  EXPECT_EQ(CodeOf(Update(*moved, "parent", City()).status()), absl::StatusCode::kInvalidArgument);
  moved->set_level(Team::DETACHMENT);
  EXPECT_EQ(CodeOf(Update(*moved, "level", City()).status()), absl::StatusCode::kInvalidArgument);
  v1::ListTeamsRequest list;
  list.set_parent("teams/corps");
  list.set_page_size(1);
  auto page = Call<v1::ListTeamsResponse>("TeamService", "ListTeams", list, User("li"));
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->teams(0).name(), "teams/kaizhou");
  list.set_page_token(page->next_page_token());
  page = Call<v1::ListTeamsResponse>("TeamService", "ListTeams", list, User("li"));
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->teams(0).name(), "teams/yuzhong");
  v1::ListTeamsRequest led;
  led.set_led_by_me(true);
  const auto of = [&](const rpc::Principal& who) {
    std::vector<std::string> names;
    auto teams = Call<v1::ListTeamsResponse>("TeamService", "ListTeams", led, who);
    EXPECT_TRUE(teams.ok()) << teams.status();
    if (teams.ok())
      for (const Team& one : teams->teams()) names.push_back(one.name());
    return names;
  };
  EXPECT_THAT(of(User("lead-a")), ElementsAre("teams/a"));
  EXPECT_THAT(of(User("li")), ::testing::IsEmpty());
  // Both stand in it once more after a restart.
  desk.Restart();
  EXPECT_EQ(Get("teams/a", City())->parent(), "teams/kaizhou");
}

TEST_F(TeamServiceTest, MembersApplyAreTakenInAndLeave) {
  MakeTree();
  EXPECT_EQ(Reason(Apply("teams/a", "stranger").status()), "NOT_REGISTERED");
  desk.Register("li");
  EXPECT_EQ(CodeOf(Apply("teams/none", "li").status()), kHidden);
  const auto applied = Apply("teams/a", "li");
  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_EQ(applied->state(), TeamMember::APPLIED);
  const std::string name = applied->name();
  // Neither the volunteer, nor another team's leader, nor another district's coordinator.
  for (const rpc::Principal& who : {User("li"), User("lead-b"), Coordinator("districts/kaizhou")}) {
    EXPECT_EQ(CodeOf(Member<v1::ApproveMemberRequest>("ApproveMember", name, who).status()), kHidden);
    EXPECT_EQ(CodeOf(Member<v1::DeclineMemberRequest>("DeclineMember", name, who).status()), kHidden);
    EXPECT_EQ(CodeOf(List("teams/a", who).status()), kHidden);
    EXPECT_EQ(CodeOf(Summary("teams/a", who).status()), kHidden);
  }
  EXPECT_EQ(Member<v1::DeclineMemberRequest>("DeclineMember", name, User("lead-a"))->state(),
            TeamMember::GONE);
  EXPECT_EQ(CodeOf(Member<v1::ApproveMemberRequest>("ApproveMember", name, User("lead-a")).status()),
            kHidden);
  ASSERT_TRUE(Apply("teams/a", "li").ok());
  EXPECT_EQ(Member<v1::ApproveMemberRequest>("ApproveMember", name, User("leader"))->state(),
            TeamMember::MEMBER)
      << "who leads the detachment";
  EXPECT_EQ(Reason(Apply("teams/b", "li").status()), "ALREADY_IN_TEAM");
  EXPECT_EQ(CodeOf(Member<v1::LeaveTeamRequest>("LeaveTeam", name, User("wang")).status()), kHidden);
  EXPECT_EQ(CodeOf(Member<v1::ReleaseMemberRequest>("ReleaseMember", name, User("li")).status()), kHidden);
  EXPECT_EQ(Member<v1::LeaveTeamRequest>("LeaveTeam", "teams/a/members/me", User("li"))->state(),
            TeamMember::GONE);
  Join("teams/b", "li");
  EXPECT_EQ(Member<v1::ReleaseMemberRequest>("ReleaseMember", History("li").members(0).name(), User("lead-b"))
                ->state(),
            TeamMember::GONE);
  desk.Restart();
  const v1::TeamHistory history = History("li");
  ASSERT_EQ(history.periods_size(), 2);
  EXPECT_EQ(history.periods(0).end(), v1::TeamPeriod::LEFT);
  EXPECT_EQ(history.periods(1).end(), v1::TeamPeriod::RELEASED);
  EXPECT_EQ(history.members_size(), 0);
  v1::GetTeamHistoryRequest foreign;
  foreign.set_name(desk.Register("wang").name());
  EXPECT_EQ(CodeOf(Call<v1::TeamHistory>("TeamService", "GetTeamHistory", foreign, User("li")).status()),
            kHidden);
  EXPECT_TRUE(Call<v1::TeamHistory>("TeamService", "GetTeamHistory", foreign, Coordinator()).ok());
}

TEST_F(TeamServiceTest, ATransferIsAnsweredByTheNameThatIsListed) {
  MakeTree();
  const std::string li = Join("teams/a", "li"), wang = Join("teams/a", "wang");
  for (const auto& [name, user] : {std::pair(li, "li"), {wang, "wang"}}) {
    ASSERT_TRUE(Transfer(name, "teams/b", User(user)).ok());
    ASSERT_TRUE(Member<v1::ReleaseTransferRequest>("ReleaseTransfer", name, User("lead-a")).ok());
  }
  Settle();
  const auto coming = List("teams/b", User("lead-b"));
  ASSERT_EQ(coming->members_size(), 2);
  const std::string first = coming->members(0).name(), second = coming->members(1).name();
  EXPECT_TRUE(absl::StartsWith(first, "teams/b/members/"));
  EXPECT_EQ(CodeOf(Member<v1::AcceptTransferRequest>("AcceptTransfer", first, User("lead-a")).status()),
            kHidden);
  auto taken = Member<v1::AcceptTransferRequest>("AcceptTransfer", first, User("lead-b"));
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->state(), TeamMember::MEMBER);
  EXPECT_TRUE(Member<v1::DeclineTransferRequest>("DeclineTransfer", second, User("lead-b")).ok());
  Settle();
  EXPECT_EQ(List("teams/b", User("lead-b"))->members_size(), 1);
  EXPECT_EQ(List("teams/a", User("lead-a"))->members_size(), 1);
}

TEST_F(TeamServiceTest, ATransferNeedsBothAndHasOneEnd) {
  MakeTree();
  const std::string name = Join("teams/a", "li");
  EXPECT_EQ(CodeOf(Transfer(name, "teams/b", User("lead-b")).status()), kHidden);
  EXPECT_EQ(CodeOf(Transfer(name, "teams/none", User("li")).status()), kHidden);
  EXPECT_EQ(Reason(Member<v1::AcceptTransferRequest>("AcceptTransfer", name, User("lead-a")).status()),
            "NO_TRANSFER");
  ASSERT_TRUE(Transfer(name, "teams/b", User("li")).ok());
  EXPECT_EQ(Reason(Transfer(name, "teams/corps", User("li")).status()), "TRANSFER_OPEN");
  EXPECT_EQ(Reason(Member<v1::AcceptTransferRequest>("AcceptTransfer", name, User("lead-b")).status()),
            "TRANSFER_NOT_RELEASED");
  EXPECT_EQ(CodeOf(Member<v1::ReleaseTransferRequest>("ReleaseTransfer", name, User("lead-b")).status()),
            kHidden);
  EXPECT_EQ(List("teams/b", User("lead-b"))->members_size(), 0) << "not theirs to see yet";
  auto released = Member<v1::ReleaseTransferRequest>("ReleaseTransfer", name, User("lead-a"));
  ASSERT_TRUE(released.ok()) << released.status();
  EXPECT_EQ(released->transfer_state(), TeamMember::RELEASED);
  Settle();
  EXPECT_EQ(List("teams/b", User("lead-b"))->members_size(), 1);
  EXPECT_EQ(CodeOf(Member<v1::AcceptTransferRequest>("AcceptTransfer", name, User("lead-a")).status()),
            kHidden);
  // Accepting and taking it back at the same moment: one of them.
  auto context = [](const rpc::Principal& who) {
    rpc::Context made;
    made.principal = who;
    return made;
  };
  auto accept = desk.Send("AcceptTransfer", desk.Named<v1::AcceptTransferRequest>(name),
                          context(User("lead-b")), "TeamService");
  auto decline = desk.Send("DeclineTransfer", desk.Named<v1::DeclineTransferRequest>(name),
                           context(User("li")), "TeamService");
  desk.executor.RunUntil([&] { return accept->finished && decline->finished; }, absl::Seconds(5));
  ASSERT_TRUE(accept->finished && decline->finished);
  EXPECT_NE(accept->status.ok(), decline->status.ok()) << accept->status << decline->status;
  EXPECT_EQ(History("li").members(0).team(), accept->status.ok() ? "teams/b" : "teams/a");
  EXPECT_EQ(History("li").members_size(), 1);
}

TEST_F(TeamServiceTest, ADissolvedTeamHasNobody) {
  MakeTree();
  const std::string name = Join("teams/a", "li");
  desk.Register("wang");
  ASSERT_TRUE(Apply("teams/a", "wang").ok());
  Settle();
  EXPECT_EQ(Reason(Dissolve("teams/yuzhong", true).status()), "TEAM_HAS_TEAMS");
  EXPECT_EQ(Reason(Dissolve("teams/corps", true).status()), "CORPS_STAYS");
  EXPECT_EQ(Reason(Dissolve("teams/a", false).status()), "TEAM_HAS_MEMBERS");
  EXPECT_EQ(CodeOf(Dissolve("teams/a", true, Coordinator("districts/kaizhou")).status()), kHidden);
  ASSERT_TRUE(Dissolve("teams/a", true, Coordinator()).ok());
  EXPECT_GT(desk.service->pending(), 0u) << "people are yet to be released";
  // Another process finds it still to be done.
  desk.Restart();
  desk.executor.RunFor(absl::Seconds(15));
  EXPECT_EQ(List("teams/a", City())->members_size(), 0);
  ASSERT_EQ(History("li").periods_size(), 1);
  EXPECT_EQ(History("li").periods(0).end(), v1::TeamPeriod::TEAM_DISSOLVED);
  EXPECT_EQ(History("wang").members_size(), 0);
  EXPECT_EQ(Reason(Apply("teams/a", "li").status()), "TEAM_DISSOLVED");
  EXPECT_EQ(Get("teams/yuzhong", City())->child_teams(), 1);
  EXPECT_EQ(CodeOf(Member<v1::ApproveMemberRequest>("ApproveMember", name, City()).status()), kHidden);
}

TEST_F(TeamServiceTest, FiguresAreOfTheTreeAndSurviveARestart) {
  MakeTree();
  ASSERT_TRUE(Make(TeamRequest("young", Team::TEAM, Team::YOUTH, "teams/yuzhong"), Coordinator()).ok());
  Settle();
  for (const char* user : {"li", "wang"}) Join("teams/a", user);
  Join("teams/b", "zhao");
  Join("teams/young", "li");
  const v1::Shift shift = desk.MakeShift(5, 72, 4);
  auto signup = desk.SignUp(shift.name(), "li");
  ASSERT_TRUE(signup.ok());
  desk.Advance(absl::Hours(72));
  ASSERT_TRUE(CheckIn(signup->name()).ok());
  desk.Advance(absl::Hours(4));
  ASSERT_TRUE(CheckOut(signup->name()).ok());
  RecordHours(signup->name());
  desk.executor.RunFor(absl::Seconds(10));
  for (int round = 0; round < 2; ++round) {
    const auto summary = Summary("teams/yuzhong", User("leader"));
    ASSERT_TRUE(summary.ok()) << summary.status();
    EXPECT_EQ(summary->figures().teams(), 4);
    EXPECT_EQ(summary->figures().members(), 3) << "who is in two counts once";
    EXPECT_EQ(summary->figures().minutes(), 240);
    EXPECT_EQ(summary->year(), 2026);
    std::map<int, int> members;
    for (const auto& row : summary->rows()) members[row.type()] += row.figures().members();
    EXPECT_EQ(members, (std::map<int, int>{{Team::GENERAL, 0}, {Team::BASE, 3}, {Team::YOUTH, 1}}));
    EXPECT_EQ(Summary("teams/a", User("lead-a"))->figures().members(), 2);
    EXPECT_EQ(Summary("teams/corps", City())->figures().members(), 3);
    desk.Restart();
  }
  v1::CountTeamsRequest count;
  (*count.mutable_targets())[Team::YOUTH] = 1;
  (*count.mutable_targets())[Team::TEACHER_STUDIO] = 50;
  const auto counted = Call<v1::CountTeamsResponse>("TeamService", "CountTeams", count, User("li"));
  ASSERT_TRUE(counted.ok());
  ASSERT_EQ(counted->targets_size(), 2);
  EXPECT_FALSE(counted->targets(0).met());
  EXPECT_EQ(counted->targets(0).target(), 50);
  EXPECT_TRUE(counted->targets(1).met());
  auto page = List("teams/a", User("lead-a"), 1);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->members_size(), 1);
  const std::string first = page->members(0).volunteer();
  page = List("teams/a", User("lead-a"), 1, page->next_page_token());
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->members_size(), 1);
  EXPECT_NE(page->members(0).volunteer(), first);
  EXPECT_TRUE(page->next_page_token().empty());
}

TEST_F(TeamServiceTest, FiguresTellMinorsAndWhoseIdentityWasVerified) {
  MakeTree();
  for (const char* user : {"li", "wang"}) Join("teams/a", user);
  v1::RegisterVolunteerRequest kid;
  kid.set_request_id("kid");
  kid.mutable_volunteer()->set_birth_date("2010-03-01");
  kid.mutable_volunteer()->set_district("districts/yuzhong");
  ASSERT_TRUE(desk.Ask<v1::Volunteer>("RegisterVolunteer", kid, User("kid")).ok()) << desk.last->status;
  const auto applied = Apply("teams/b", "kid");
  ASSERT_TRUE(applied.ok()) << applied.status();
  ASSERT_TRUE(Member<v1::ApproveMemberRequest>("ApproveMember", applied->name(), Coordinator()).ok())
      << desk.last->status;
  const auto of = [&](const char* method, const auto& request, const rpc::Principal& who) {
    EXPECT_TRUE(Call<v1::Volunteer>("PersonService", method, request, who).ok()) << desk.last->status;
  };
  const std::string li = GetVolunteer("volunteers/me", User("li"))->name();
  of("SubmitVerification", desk.Named<v1::SubmitVerificationRequest>(li), User("li"));
  of("VerifyVolunteer", desk.Named<v1::VerifyVolunteerRequest>(li), Coordinator());
  Settle();
  const auto expect = [&](const char* team, int members, int verified, int minors) {
    const auto summary = Summary(team, City());
    ASSERT_TRUE(summary.ok()) << summary.status();
    EXPECT_EQ(summary->figures().members(), members) << team;
    EXPECT_EQ(summary->figures().verified(), verified) << team;
    EXPECT_EQ(summary->figures().minors(), minors) << team;
  };
  for (int restarts = 0; restarts < 2; ++restarts) {
    expect("teams/a", 2, 1, 0);
    expect("teams/b", 1, 0, 1);
    expect("teams/corps", 3, 1, 1);
    desk.Restart();
  }
  // Who has their data erased is in no team any more.
  v1::EraseMyDataRequest erase;
  erase.set_request_id("erase");
  ASSERT_TRUE(Call<google::protobuf::Empty>("PersonService", "EraseMyData", erase, User("li")).ok())
      << desk.last->status;
  Settle();
  expect("teams/a", 1, 0, 0);
  expect("teams/corps", 2, 0, 1);
}

}  // namespace
}  // namespace kepu::volunteer::team_test
