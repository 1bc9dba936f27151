// People in teams: what the rules say, and random sequences against a plain model.
#include "services/volunteer/domain/membership.h"

#include <algorithm>
#include <map>
#include <random>

#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::membership_test {
namespace {

using v1::Team;
using v1::TeamPeriod;

Team MakeTeam(const std::string& name, Team::Type type) {
  Team team;
  team.set_name(name);
  team.set_type(type);
  team.set_state(Team::ACTIVE);
  return team;
}

class MembershipTest : public ::testing::Test {
 protected:
  MembershipTest() { person.Do(DecideRegister(person.state, MakeRegister(), Rules(), kMonday)); }
  void Join(const Team& team) {
    person.Do(DecideApply(person.state, team, kMonday));
    person.Do(DecideJoin(person.state, team, kMonday));
  }
  bool IsMember(const Team& team) const {
    const auto* place = FindTeam(person.state.head(), team.name());
    return place != nullptr && place->member();
  }
  std::vector<std::pair<std::string, TeamPeriod::End>> Periods() const {
    std::vector<std::pair<std::string, TeamPeriod::End>> all;
    const auto child = person.state.Find(kPeriodsField);
    if (!child.ok() || *child == nullptr) return all;
    for (const auto& one : (*child)->team_periods().periods()) all.emplace_back(one.team(), one.end());
    return all;
  }

  Folded<Person> person;
  const Team base_ = MakeTeam("teams/a", Team::BASE);
  const Team other_base_ = MakeTeam("teams/b", Team::BASE);
  const Team youth_ = MakeTeam("teams/y", Team::YOUTH);
};

TEST_F(MembershipTest, AppliesAndIsTakenInOncePerType) {
  Folded<Person> nobody;
  EXPECT_EQ(ReasonOf(DecideApply(nobody.state, base_, kMonday).status()), "NOT_REGISTERED");
  EXPECT_EQ(DecideJoin(person.state, base_, kMonday).status().code(), absl::StatusCode::kNotFound);
  person.Do(DecideApply(person.state, base_, kMonday));
  EXPECT_TRUE(DecideApply(person.state, base_, kMonday)->empty()) << "twice is once";
  EXPECT_FALSE(IsMember(base_));
  person.Do(DecideApply(person.state, other_base_, kMonday));
  person.Do(DecideJoin(person.state, base_, kMonday));
  EXPECT_TRUE(IsMember(base_));
  EXPECT_TRUE(DecideJoin(person.state, base_, kMonday)->empty());
  EXPECT_EQ(FindTeam(person.state.head(), "teams/b"), nullptr) << "the other application is of no use";
  EXPECT_EQ(ReasonOf(DecideApply(person.state, other_base_, kMonday).status()), "ALREADY_IN_TEAM");
  EXPECT_EQ(ReasonOf(DecideDeclineMember(person.state, base_.name(), kMonday).status()), "ALREADY_MEMBER");
  Join(youth_);
  EXPECT_TRUE(IsMember(base_) && IsMember(youth_));
  person.Do(DecideLeave(person.state, base_.name(), TeamPeriod::LEFT, kMonday));
  EXPECT_TRUE(DecideLeave(person.state, base_.name(), TeamPeriod::LEFT, kMonday)->empty());
  Join(other_base_);
  EXPECT_EQ(Periods(),
            (std::vector<std::pair<std::string, TeamPeriod::End>>{{"teams/a", TeamPeriod::LEFT},
                                                                  {"teams/y", TeamPeriod::RUNNING},
                                                                  {"teams/b", TeamPeriod::RUNNING}}));
  ExpectFoldGives(person);
}

TEST_F(MembershipTest, NobodyIsLetIntoADissolvedTeam) {
  person.Do(DecideApply(person.state, base_, kMonday));
  Team gone = base_;
  gone.set_state(Team::DISSOLVED);
  EXPECT_EQ(ReasonOf(DecideJoin(person.state, gone, kMonday).status()), "TEAM_DISSOLVED");
  Team gone_too = youth_;
  gone_too.set_state(Team::DISSOLVED);
  EXPECT_EQ(ReasonOf(DecideApply(person.state, gone_too, kMonday).status()), "TEAM_DISSOLVED");
  Join(youth_);
  EXPECT_EQ(ReasonOf(DecideTransfer(person.state, youth_.name(), gone, kMonday).status()), "TEAM_DISSOLVED");
}

TEST_F(MembershipTest, ATransferTakesBothTeams) {
  EXPECT_EQ(ReasonOf(DecideTransfer(person.state, base_.name(), other_base_, kMonday).status()),
            "NOT_A_MEMBER");
  Join(base_);
  EXPECT_EQ(ReasonOf(DecideReleaseTransfer(person.state, base_.name(), kMonday).status()), "NO_TRANSFER");
  EXPECT_FALSE(DecideTransfer(person.state, base_.name(), base_, kMonday).ok());
  person.Do(DecideTransfer(person.state, base_.name(), other_base_, kMonday));
  EXPECT_TRUE(DecideTransfer(person.state, base_.name(), other_base_, kMonday)->empty());
  EXPECT_EQ(ReasonOf(DecideTransfer(person.state, base_.name(), youth_, kMonday).status()), "TRANSFER_OPEN");
  EXPECT_EQ(ReasonOf(DecideAcceptTransfer(person.state, base_.name(), other_base_, kMonday).status()),
            "TRANSFER_NOT_RELEASED");
  person.Do(DecideReleaseTransfer(person.state, base_.name(), kMonday));
  EXPECT_TRUE(DecideReleaseTransfer(person.state, base_.name(), kMonday)->empty());
  EXPECT_TRUE(IsMember(base_)) << "until it is accepted";
  EXPECT_EQ(ReasonOf(DecideAcceptTransfer(person.state, base_.name(), youth_, kMonday).status()),
            "NO_TRANSFER");
  person.Do(DecideAcceptTransfer(person.state, base_.name(), other_base_, kMonday));
  EXPECT_TRUE(!IsMember(base_) && IsMember(other_base_));
  EXPECT_EQ(ReasonOf(DecideAcceptTransfer(person.state, base_.name(), other_base_, kMonday).status()),
            "NO_TRANSFER");
  ExpectFoldGives(person);
}

TEST_F(MembershipTest, WhoLeavesIsNotTransferred) {
  Join(base_);
  person.Do(DecideTransfer(person.state, base_.name(), other_base_, kMonday));
  person.Do(DecideReleaseTransfer(person.state, base_.name(), kMonday));
  person.Do(DecideLeave(person.state, base_.name(), TeamPeriod::RELEASED, kMonday));
  EXPECT_FALSE(person.state.head().has_transfer());
  EXPECT_EQ(ReasonOf(DecideAcceptTransfer(person.state, base_.name(), other_base_, kMonday).status()),
            "NO_TRANSFER");
}

TEST_F(MembershipTest, ApplicationsAreBounded) {
  for (int i = 0; i < kApplicationsMax; ++i)
    person.Do(DecideApply(person.state, MakeTeam(absl::StrCat("teams/n", i), Team::OTHER), kMonday));
  EXPECT_EQ(ReasonOf(DecideApply(person.state, base_, kMonday).status()), "TOO_MANY_APPLICATIONS");
  EXPECT_LT(person.state.SerializeHead().size(), 4096u);
}

TEST_F(MembershipTest, OldTimesGoAndRunningOnesStay) {
  Join(youth_);
  for (int i = 0; i < kPeriodsMax + 5; ++i) {
    Join(base_);
    person.Do(DecideLeave(person.state, base_.name(), TeamPeriod::LEFT, kMonday));
  }
  EXPECT_EQ(Periods().size(), static_cast<size_t>(kPeriodsMax));
  EXPECT_EQ(Periods().front(), (std::pair<std::string, TeamPeriod::End>{"teams/y", TeamPeriod::RUNNING}));
  ExpectFoldGives(person);
}

// One person, six teams of three types, everything that can be asked at random.
class RandomMember {
 public:
  explicit RandomMember(uint32_t seed) : random_(seed) {
    person_.Do(DecideRegister(person_.state, MakeRegister(), Rules(), kMonday));
    const Team::Type types[] = {Team::BASE, Team::YOUTH, Team::COMMUNITY};
    for (int i = 0; i < 6; ++i) teams_.push_back(MakeTeam(absl::StrCat("teams/t", i), types[i % 3]));
  }

  void Run(int steps) {
    for (int i = 0; i < steps; ++i) {
      Step();
      Check();
      if (::testing::Test::HasFailure()) return;
    }
    ExpectFoldGives(person_);
  }

  int accepted() const { return accepted_; }

 private:
  // The plain model: member or not by team, and the transfer.
  std::map<std::string, bool> in_;
  std::string from_, to_;
  bool released_ = false;

  bool TypeTaken(const Team& team, const std::string& leaves) const {
    for (const Team& other : teams_) {
      const auto it = in_.find(other.name());
      if (other.type() == team.type() && other.name() != team.name() && other.name() != leaves &&
          it != in_.end() && it->second)
        return true;
    }
    return false;
  }
  const Team& Named(const std::string& name) const {
    return *std::find_if(teams_.begin(), teams_.end(), [&](const Team& team) { return team.name() == name; });
  }
  bool Member(const std::string& team) const { return in_.contains(team) && in_.at(team); }
  void Take(const Team& team) {
    for (const Team& other : teams_)
      if (other.type() == team.type() && other.name() != team.name() && !Member(other.name()))
        in_.erase(other.name());
    in_[team.name()] = true;
  }
  // What was decided must be what the model says; refusals change nothing.
  void Expect(bool may, const absl::StatusOr<Facts>& facts) {
    ASSERT_EQ(facts.ok(), may) << facts.status();
    if (may) person_.Do(facts);
  }
  void Step() {
    // What is under way is gone on with half of the time: by chance alone few transfers would end.
    const bool on = !from_.empty() && random_() % 2 == 0;
    const Team& one = on ? Named(from_) : teams_[random_() % teams_.size()];
    const Team& two = on ? Named(to_) : teams_[random_() % teams_.size()];
    const Person& state = person_.state;
    switch (random_() % 8) {
      case 0:
      case 1: {
        const bool may = in_.contains(one.name()) || !TypeTaken(one, "");
        Expect(may, DecideApply(state, one, kMonday));
        if (may) in_.emplace(one.name(), false);
        return;
      }
      case 2: {
        const bool known = in_.contains(one.name());
        const bool may = Member(one.name()) || (known && !TypeTaken(one, "") && to_ != one.name());
        Expect(may, DecideJoin(state, one, kMonday));
        if (may) Take(one);
        return;
      }
      case 3: {
        if (random_() % 4 != 0) return;
        Expect(true, DecideLeave(state, one.name(), TeamPeriod::LEFT, kMonday));
        in_.erase(one.name());
        if (from_ == one.name()) from_.clear(), to_.clear(), released_ = false;
        return;
      }
      case 4: {
        const bool same = !from_.empty() && from_ == one.name() && to_ == two.name();
        const bool may = Member(one.name()) && (same || (from_.empty() && one.name() != two.name() &&
                                                         !Member(two.name()) && !TypeTaken(two, one.name())));
        Expect(may, DecideTransfer(state, one.name(), two, kMonday));
        if (may && !same) from_ = one.name(), to_ = two.name();
        return;
      }
      case 5: {
        const bool may = !from_.empty() && from_ == one.name();
        Expect(may, DecideReleaseTransfer(state, one.name(), kMonday));
        if (may) released_ = true;
        return;
      }
      case 6: {
        const bool may = !from_.empty() && from_ == one.name() && to_ == two.name() && released_ &&
                         !TypeTaken(two, one.name());
        Expect(may, DecideAcceptTransfer(state, one.name(), two, kMonday));
        if (!may) return;
        ++accepted_;
        in_.erase(one.name());
        Take(two);
        from_.clear(), to_.clear(), released_ = false;
        return;
      }
      default: {
        if (random_() % 4 != 0) return;
        const bool may = !from_.empty() && from_ == one.name();
        Expect(may, DecideDeclineTransfer(state, one.name(), kMonday));
        if (may) from_.clear(), to_.clear(), released_ = false;
        return;
      }
    }
  }
  void Check() {
    std::map<std::string, bool> is;
    std::map<int, int> by_type;
    for (const auto& place : person_.state.head().teams()) {
      is[place.team()] = place.member();
      if (place.member()) ++by_type[place.type()];
    }
    EXPECT_EQ(is, in_);
    for (const auto& [type, count] : by_type) EXPECT_LE(count, 1);
    EXPECT_EQ(person_.state.head().transfer().from(), from_);
    EXPECT_EQ(person_.state.head().transfer().released(), released_);
    // A time runs for each membership, and for nothing else.
    std::map<std::string, int> running;
    const auto child = person_.state.Find(kPeriodsField);
    if (child.ok() && *child != nullptr)
      for (const auto& one : (*child)->team_periods().periods())
        if (one.end() == TeamPeriod::RUNNING) ++running[one.team()];
    for (const Team& team : teams_)
      EXPECT_EQ(running[team.name()], Member(team.name()) ? 1 : 0) << team.name();
  }

  std::mt19937 random_;
  Folded<Person> person_;
  std::vector<Team> teams_;
  int accepted_ = 0;
};

TEST(MembershipWalk, RandomSequencesAgreeWithTheModel) {
  int accepted = 0;
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    RandomMember member(seed);
    member.Run(600);
    if (::testing::Test::HasFailure()) return;
    accepted += member.accepted();
  }
  EXPECT_GT(accepted, 40) << "the walk hardly ever comes to the end of a transfer";
}

}  // namespace
}  // namespace kepu::volunteer::domain::membership_test
