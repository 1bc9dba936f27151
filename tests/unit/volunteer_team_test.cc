// The tree of teams: what may stand where, and random changes of it against a plain model.
#include "services/volunteer/domain/team.h"

#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::team_test {
namespace {

using v1::Team;

Team MakeTeam(const std::string& name, Team::Level level, Team::Type type, const std::string& parent,
              const std::string& district = "") {
  Team team;
  team.set_name(name);
  team.mutable_display_name()->set_zh("队");
  team.set_level(level);
  team.set_type(type);
  team.set_parent(parent);
  team.set_district(district);
  team.set_state(Team::ACTIVE);
  return team;
}
const Team kTheCorps = MakeTeam(kCorps, Team::CORPS, Team::GENERAL, "");
const Team kDetachment =
    MakeTeam("teams/yuzhong", Team::DETACHMENT, Team::GENERAL, kCorps, "districts/yuzhong");

TEST(TeamTest, EachLevelHasItsTypes) {
  using T = Team;
  const std::map<int, std::string> levels = {
      {T::GENERAL, "CD"},           {T::BASE, "T"},           {T::SCHOOL, "T"},
      {T::ENTERPRISE, "T"},         {T::COMMUNITY, "T"},      {T::ETHNIC_MINORITY, "DT"},
      {T::EXPERTS, "DT"},           {T::TEACHER_STUDIO, "T"}, {T::YOUTH, "DT"},
      {T::WOMENS_FEDERATION, "DT"}, {T::RURAL, "T"},          {T::OTHER, "T"},
      {T::TYPE_UNSPECIFIED, ""}};
  ASSERT_EQ(static_cast<int>(levels.size()), Team::Type_ARRAYSIZE) << "a type without a level";
  for (const auto& [type, where] : levels) {
    std::string may;
    for (const auto& [level, letter] : {std::pair{T::CORPS, 'C'}, {T::DETACHMENT, 'D'}, {T::TEAM, 'T'}})
      if (MayBeOf(level, static_cast<T::Type>(type))) may += letter;
    EXPECT_EQ(may, where) << T::Type_Name(type);
  }
}

TEST(TeamTest, StandsUnderAHigherLevelAndTakesItsDistrict) {
  const Team base = MakeTeam("teams/b", Team::TEAM, Team::BASE, kDetachment.name());
  auto made = DecideTeam(base, &kDetachment);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->team.district(), "districts/yuzhong");
  EXPECT_EQ(made->team.state(), Team::ACTIVE);
  EXPECT_EQ(made->parent->child_teams(), 1);
  EXPECT_TRUE(DecideTeam(kTheCorps, nullptr).ok());
  EXPECT_TRUE(DecideTeam(kDetachment, &kTheCorps).ok());
  // Right below the corps, of the whole city.
  EXPECT_TRUE(DecideTeam(MakeTeam("teams/e", Team::TEAM, Team::EXPERTS, kCorps), &kTheCorps).ok());

  struct Case {
    const char* what;
    Team team;
    const Team* parent;
  };
  Team dissolved = kDetachment;
  dissolved.set_state(Team::DISSOLVED);
  Team elsewhere = base;
  elsewhere.set_district("districts/kaizhou");
  Team unnamed = base;
  unnamed.mutable_display_name()->clear_zh();
  Team foreign = base;
  foreign.set_belongs_to("schools/one");
  Team led = base;
  led.add_leaders("volunteers/x");
  Team old = base;
  old.set_founded("2019-02-30");
  const std::vector<Case> cases = {
      {"a corps under something", MakeTeam(kCorps, Team::CORPS, Team::GENERAL, "teams/x"), &kTheCorps},
      {"a detachment under a detachment",
       MakeTeam("teams/d", Team::DETACHMENT, Team::YOUTH, kDetachment.name()), &kDetachment},
      {"a team under a team", base, &base},
      {"a team under nothing", base, nullptr},
      {"a detachment of all without a district", MakeTeam("teams/d", Team::DETACHMENT, Team::GENERAL, kCorps),
       &kTheCorps},
      {"a base's corps", MakeTeam(kCorps, Team::CORPS, Team::BASE, ""), nullptr},
      {"another district than the detachment's", elsewhere, &kDetachment},
      {"no name", unnamed, &kDetachment},
      {"a base's team of a school", foreign, &kDetachment},
      {"a leader who is no user", led, &kDetachment},
      {"founded on no day", old, &kDetachment},
  };
  for (const Case& one : cases)
    EXPECT_EQ(DecideTeam(one.team, one.parent).status().code(), absl::StatusCode::kInvalidArgument)
        << one.what;
  EXPECT_EQ(ReasonOf(DecideTeam(base, &dissolved).status()), "TEAM_DISSOLVED");
}

TEST(TeamTest, WithTeamsBelowNeitherDissolvedNorGivenToAnotherDistrict) {
  Team parent = kDetachment;
  parent.set_child_teams(2);
  EXPECT_EQ(ReasonOf(DecideDissolve(parent, &kTheCorps, kMonday).status()), "TEAM_HAS_TEAMS");
  EXPECT_EQ(ReasonOf(DecideDissolve(kTheCorps, nullptr, kMonday).status()), "CORPS_STAYS");
  Team moved = parent;
  moved.set_district("districts/kaizhou");
  EXPECT_EQ(ReasonOf(DecideTeamChange(parent, moved, &kTheCorps, &kTheCorps).status()), "TEAM_HAS_TEAMS");
  parent.set_child_teams(0);
  EXPECT_TRUE(DecideTeamChange(parent, moved, &kTheCorps, &kTheCorps).ok());
  const auto gone = DecideDissolve(parent, &kTheCorps, kMonday);
  ASSERT_TRUE(gone.ok());
  EXPECT_EQ(gone->team.state(), Team::DISSOLVED);
  EXPECT_EQ(gone->parent->child_teams(), -1 + kTheCorps.child_teams());
  EXPECT_FALSE(DecideDissolve(gone->team, &kTheCorps, kMonday)->parent) << "twice is once";
  EXPECT_EQ(ReasonOf(DecideTeamChange(gone->team, gone->team, &kTheCorps, &kTheCorps).status()),
            "TEAM_DISSOLVED");
}

// Teams made, moved and dissolved at random: the tree stays one, and counts what it has.
class RandomTree {
 public:
  explicit RandomTree(uint32_t seed) : random_(seed) { Put(*DecideTeam(kTheCorps, nullptr)); }

  void Run(int steps) {
    for (int i = 0; i < steps; ++i) {
      Step();
      Check();
      if (::testing::Test::HasFailure()) return;
    }
  }
  int made() const { return made_; }
  int moved() const { return moved_; }
  int dissolved() const { return dissolved_; }

 private:
  void Put(const TreeChange& change) {
    for (const Team* team :
         {&change.team, change.former ? &*change.former : nullptr, change.parent ? &*change.parent : nullptr})
      if (team != nullptr) teams_[team->name()] = *team;
  }
  const Team& Any() {
    auto it = teams_.begin();
    std::advance(it, static_cast<int>(random_() % teams_.size()));
    return it->second;
  }
  void Step() {
    const std::string parent = Any().name();
    const Team team = Any();
    const Team& above = teams_[parent];
    if (random_() % 2 == 0) {
      const bool high = random_() % 3 == 0;
      const Team given = MakeTeam(absl::StrCat("teams/t", made_), high ? Team::DETACHMENT : Team::TEAM,
                                  high ? Team::YOUTH : Team::COMMUNITY, parent,
                                  random_() % 2 == 0 ? "" : "districts/yuzhong");
      // The model: levels descend, nothing grows on what is dissolved; no district but this one is given.
      const bool may = above.level() < given.level() && above.state() == Team::ACTIVE;
      auto made = DecideTeam(given, &above);
      ASSERT_EQ(made.ok(), may) << made.status() << given.DebugString() << above.DebugString();
      if (!may) return;
      ++made_;
      return Put(*made);
    }
    if (team.level() == Team::CORPS) return;
    const Team former = teams_[team.parent()];
    if (random_() % 2 == 0) {
      const bool may = team.state() == Team::DISSOLVED || Living(team.name()) == 0;
      auto gone = DecideDissolve(team, &former, kMonday);
      ASSERT_EQ(gone.ok(), may) << gone.status();
      if (!may) return;
      if (team.state() == Team::ACTIVE) ++dissolved_;
      return Put(*gone);
    }
    Team after = team;
    after.set_parent(parent);
    auto moved = DecideTeamChange(team, after, &former, &above);
    const bool district = !above.district().empty() && above.district() != team.district();
    const bool stays = parent == team.parent();
    const bool may = team.state() == Team::ACTIVE && above.level() < team.level() &&
                     above.state() == Team::ACTIVE && (!district || Living(team.name()) == 0);
    ASSERT_EQ(moved.ok(), may) << moved.status() << team.DebugString() << above.DebugString();
    if (!may) return;
    if (!stays) ++moved_;
    Put(*moved);
  }
  int Living(const std::string& parent) const {
    int living = 0;
    for (const auto& [name, team] : teams_)
      if (team.state() == Team::ACTIVE && team.parent() == parent) ++living;
    return living;
  }
  void Check() {
    for (const auto& [name, team] : teams_) {
      EXPECT_EQ(team.child_teams(), Living(name)) << name;
      int steps = 0;
      for (const Team* at = &team; at->level() != Team::CORPS; at = &teams_[at->parent()]) {
        ASSERT_LT(steps++, 3) << "a cycle at " << name;
        EXPECT_LT(teams_[at->parent()].level(), at->level());
      }
      const Team& above = teams_[team.parent()];
      if (team.state() == Team::ACTIVE && !above.district().empty()) {
        EXPECT_EQ(team.district(), above.district()) << name;
      }
      if (team.state() == Team::ACTIVE && team.level() != Team::CORPS) {
        EXPECT_EQ(above.state(), Team::ACTIVE) << name;
      }
    }
    // Of nothing.
    teams_.erase("");
  }

  std::mt19937 random_;
  std::map<std::string, Team> teams_;
  int made_ = 0, moved_ = 0, dissolved_ = 0;
};

TEST(TeamTest, RandomTreesStayTrees) {
  int made = 0, moved = 0, dissolved = 0;
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    RandomTree tree(seed);
    tree.Run(200);
    if (HasFailure()) return;
    made += tree.made();
    moved += tree.moved();
    dissolved += tree.dissolved();
  }
  EXPECT_GT(made, 600);
  EXPECT_GT(moved, 60);
  EXPECT_GT(dissolved, 60);
}

}  // namespace
}  // namespace kepu::volunteer::domain::team_test
