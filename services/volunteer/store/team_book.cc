#include "services/volunteer/store/team_book.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/domain/membership.h"

namespace kepu::volunteer {
namespace {

using domain::record::PersonHead;
using domain::record::TeamPlace;

// Whose lists the person stands in.
std::set<std::string> ListedIn(const PersonHead& head) {
  std::set<std::string> teams;
  for (const TeamPlace& place : head.teams()) teams.insert(place.team());
  if (head.transfer().released()) teams.insert(head.transfer().to());
  return teams;
}

}  // namespace

v1::TeamMember MemberOf(const PersonHead& head, absl::string_view team) {
  v1::TeamMember member;
  member.set_name(absl::StrCat(team, "/members/", head.id()));
  member.set_team(std::string(team));
  member.set_volunteer(absl::StrCat("volunteers/", head.id()));
  member.set_state(v1::TeamMember::GONE);
  if (const TeamPlace* place = domain::FindTeam(head, team)) {
    member.set_state(place->member() ? v1::TeamMember::MEMBER : v1::TeamMember::APPLIED);
    calendar::SetMicros(place->since_us(), member.mutable_since_time());
  }
  const auto& transfer = head.transfer();
  if (head.has_transfer() && (transfer.from() == team || transfer.to() == team)) {
    member.set_transfer_from(transfer.from());
    member.set_transfer_to(transfer.to());
    member.set_transfer_state(transfer.released() ? v1::TeamMember::RELEASED : v1::TeamMember::REQUESTED);
  }
  return member;
}

const PersonHead& TeamBook::PlacesOf(const Row& row) {
  return row.head == nullptr ? PersonHead::default_instance() : *row.head;
}

void TeamBook::See(const v1::Team& team) {
  std::set<std::string> released;
  {
    absl::MutexLock lock(&mutex_);
    teams_[team.name()] = team;
    if (team.state() == v1::Team::DISSOLVED) {
      released = MembersOf(team.name(), true);
      released.merge(MembersOf(team.name(), false));
    }
  }
  for (const std::string& person : released) release_(team.name(), person, true);
}

void TeamBook::See(const std::string& person, const PersonHead& head) {
  std::vector<std::pair<std::string, bool>> releases;
  {
    absl::MutexLock lock(&mutex_);
    auto it = persons_.find(person);
    // Most volunteers are in no team and are not kept here.
    if (it == persons_.end() && head.teams().empty()) return;
    Row& row = persons_[person];
    const PersonHead before = PlacesOf(row);
    for (const std::string& team : ListedIn(before)) {
      auto list = members_.find(team);
      if (list == members_.end()) continue;
      list->second.erase(person);
      if (list->second.empty()) members_.erase(list);
    }
    row.head.reset();
    if (!head.teams().empty()) {
      row.head = std::make_unique<PersonHead>();
      row.head->set_id(person);
      *row.head->mutable_teams() = head.teams();
      if (head.has_transfer()) *row.head->mutable_transfer() = head.transfer();
    }
    row.verified = head.verified();
    row.adult = head.adult();
    row.minutes.clear();
    for (const auto& one : head.minutes_by_year()) row.minutes.emplace_back(one.year(), one.minutes());
    for (const std::string& team : ListedIn(PlacesOf(row))) members_[team].insert(person);
    for (const TeamPlace& place : before.teams())
      if (domain::FindTeam(head, place.team()) == nullptr) releases.emplace_back(place.team(), false);
    for (const TeamPlace& place : head.teams()) {
      auto team = teams_.find(place.team());
      if (team != teams_.end() && team->second.state() == v1::Team::DISSOLVED)
        releases.emplace_back(place.team(), true);
    }
  }
  for (const auto& [team, wanted] : releases) release_(team, person, wanted);
}

std::optional<v1::Team> TeamBook::Find(absl::string_view team) const {
  absl::MutexLock lock(&mutex_);
  const auto it = teams_.find(team);
  return it == teams_.end() ? std::nullopt : std::optional(it->second);
}

std::vector<v1::Team> TeamBook::Chain(absl::string_view team) const {
  absl::MutexLock lock(&mutex_);
  std::vector<v1::Team> chain;
  // Levels descend, so there are at most three.
  for (auto it = teams_.find(team); it != teams_.end(); it = teams_.find(it->second.parent())) {
    chain.push_back(it->second);
    if (it->second.parent().empty()) break;
  }
  return chain;
}

std::vector<v1::TeamMember> TeamBook::Members(const std::string& team, const std::string& after,
                                              size_t limit) const {
  absl::MutexLock lock(&mutex_);
  std::vector<v1::TeamMember> page;
  const auto list = members_.find(team);
  if (list == members_.end()) return page;
  for (auto it = list->second.upper_bound(after); it != list->second.end() && page.size() < limit; ++it)
    page.push_back(MemberOf(PlacesOf(persons_.at(*it)), team));
  return page;
}

int32_t TeamBook::SizeOf(const std::string& team) const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int32_t>(MembersOf(team, true).size() + MembersOf(team, false).size());
}

std::set<std::string> TeamBook::MembersOf(const std::string& team, bool member) const {
  std::set<std::string> found;
  const auto list = members_.find(team);
  if (list == members_.end()) return found;
  for (const std::string& person : list->second) {
    const TeamPlace* place = domain::FindTeam(PlacesOf(persons_.at(person)), team);
    if (place != nullptr && place->member() == member) found.insert(person);
  }
  return found;
}

std::vector<const v1::Team*> TeamBook::Below(const std::string& team) const {
  std::vector<const v1::Team*> all;
  for (const auto& [name, one] : teams_) {
    if (one.state() == v1::Team::DISSOLVED && name != team) continue;
    const auto above = teams_.find(one.parent());
    const bool below = one.parent() == team || (above != teams_.end() && above->second.parent() == team);
    if (name == team || below) all.push_back(&one);
  }
  return all;
}

void TeamBook::Add(const std::string& person, int32_t year, v1::TeamFigures* figures) const {
  const Row& row = persons_.at(person);
  figures->set_members(figures->members() + 1);
  if (row.verified) figures->set_verified(figures->verified() + 1);
  if (!row.adult) figures->set_minors(figures->minors() + 1);
  for (const auto& [of, minutes] : row.minutes)
    if (of == year) figures->set_minutes(figures->minutes() + minutes);
}

v1::TeamSummary TeamBook::Summary(const std::string& team, int32_t year) const {
  absl::MutexLock lock(&mutex_);
  v1::TeamSummary summary;
  summary.set_name(team);
  summary.set_year(year);
  std::map<std::pair<int, std::string>, v1::TeamFigures> rows;
  std::set<std::string> everybody;
  std::set<std::string> applied;
  for (const v1::Team* one : Below(team)) {
    v1::TeamFigures& row = rows[{one->type(), one->district()}];
    row.set_teams(row.teams() + 1);
    summary.mutable_figures()->set_teams(summary.figures().teams() + 1);
    for (const std::string& person : MembersOf(one->name(), true)) {
      Add(person, year, &row);
      if (everybody.insert(person).second) Add(person, year, summary.mutable_figures());
    }
    applied.merge(MembersOf(one->name(), false));
  }
  summary.set_applications(static_cast<int32_t>(applied.size()));
  for (const auto& [key, figures] : rows) {
    v1::TeamSummary::Row& row = *summary.add_rows();
    row.set_type(static_cast<v1::Team::Type>(key.first));
    row.set_district(key.second);
    *row.mutable_figures() = figures;
  }
  return summary;
}

v1::CountTeamsResponse TeamBook::Count(const v1::CountTeamsRequest& request) const {
  absl::MutexLock lock(&mutex_);
  v1::CountTeamsResponse counted;
  std::map<std::tuple<int, int, std::string>, std::pair<int32_t, int32_t>> rows;
  std::map<int32_t, int32_t> by_type;
  for (const auto& [name, team] : teams_) {
    const bool there = request.district().empty() || team.district() == request.district();
    if (team.state() == v1::Team::DISSOLVED || !there) continue;
    auto& [teams, members] = rows[{team.type(), team.level(), team.district()}];
    ++teams;
    members += static_cast<int32_t>(MembersOf(name, true).size());
    ++by_type[team.type()];
  }
  for (const auto& [key, count] : rows) {
    v1::CountTeamsResponse::Row& row = *counted.add_rows();
    row.set_type(static_cast<v1::Team::Type>(std::get<0>(key)));
    row.set_level(static_cast<v1::Team::Level>(std::get<1>(key)));
    row.set_district(std::get<2>(key));
    row.set_teams(count.first);
    row.set_members(count.second);
  }
  const std::map<int32_t, int32_t> targets(request.targets().begin(), request.targets().end());
  for (const auto& [type, wanted] : targets) {
    v1::CountTeamsResponse::Target& target = *counted.add_targets();
    target.set_type(static_cast<v1::Team::Type>(type));
    target.set_teams(by_type[type]);
    target.set_target(wanted);
    target.set_met(by_type[type] >= wanted);
  }
  return counted;
}

}  // namespace kepu::volunteer
