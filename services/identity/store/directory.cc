#include "services/identity/store/directory.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kepu::identity::store {
namespace {

using domain::record::Fact;

// A list that holds all there is.
constexpr size_t kAll = std::numeric_limits<size_t>::max();

std::string CollectionOf(absl::string_view name) { return std::string(name.substr(0, name.find('/'))); }

void SetText(domain::record::RegisterRecord& entry, const char* field, const std::string& text) {
  auto& resource = domain::MutableResourceOf(entry);
  const auto* descriptor = resource.GetDescriptor()->FindFieldByName(field);
  if (descriptor != nullptr) resource.GetReflection()->SetString(&resource, descriptor, text);
}

std::vector<std::string> AttributesOf(const domain::record::RegisterRecord& entry) {
  std::vector<std::string> attributes = {""};
  if (entry.has_community()) attributes.push_back(v1::Community::Kind_Name(entry.community().kind()));
  if (!entry.has_school()) return attributes;
  for (int kind = 1; kind <= v1::School::Mark::Kind_MAX; ++kind) {
    const auto mark = static_cast<v1::School::Mark::Kind>(kind);
    const auto& marks = entry.school().marks();
    const bool held = std::any_of(marks.begin(), marks.end(), [&](const v1::School::Mark& held_mark) {
      return held_mark.kind() == mark && !held_mark.has_until();
    });
    attributes.push_back(held ? WithMark(mark) : WithoutMark(mark));
  }
  return attributes;
}

// The lists of the entry that has this district.
std::vector<std::string> ScopesOf(const domain::record::RegisterRecord& entry) {
  const std::string collection = CollectionOf(domain::NameOf(entry));
  std::vector<std::string> scopes;
  for (const std::string& attribute : AttributesOf(entry)) {
    for (const std::string& within : {std::string(), domain::DistrictOf(entry), domain::TownOf(entry)}) {
      scopes.push_back(ListScope(collection, within, attribute));
    }
  }
  std::sort(scopes.begin(), scopes.end());
  scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
  return scopes;
}

template <class Response>
Response AllOf(const projection::Catalogue& entries, absl::string_view collection) {
  Response response;
  response.ParseFromString(entries.List(ListScope(collection, "", ""), "", kAll).bytes);
  return response;
}

std::string MemberKey(absl::string_view id, absl::string_view role) {
  return absl::StrCat("users/", id, " ", role);
}

}  // namespace

std::string ListScope(absl::string_view collection, absl::string_view within, absl::string_view attribute) {
  return absl::StrCat(collection, within.empty() ? "" : "@", within, attribute.empty() ? "" : "#", attribute);
}

std::string WithMark(v1::School::Mark::Kind kind) {
  return absl::StrCat("+", v1::School::Mark::Kind_Name(kind));
}

std::string WithoutMark(v1::School::Mark::Kind kind) {
  return absl::StrCat("-", v1::School::Mark::Kind_Name(kind));
}

void SetEtag(domain::record::RegisterRecord& entry) { SetText(entry, "etag", domain::EtagOf(entry)); }

void Directory::Load(uint32_t, const std::string& key, const kepu::store::Loaded& loaded) {
  const std::vector<std::string> parts = absl::StrSplit(key, absl::MaxSplits('/', 1));
  if (parts.size() != 2) return;
  const std::string& bytes = loaded.head.head;
  if (parts[0] == "user") {
    domain::record::UserRecord head;
    if (!head.ParseFromString(bytes)) return;
    const bool erased = head.state() == v1::User::ERASED;
    PutUser(parts[1], {head.state(), domain::GrantsOf(head), head.sealed_display_name(), head.service_of()});
    // The key may have outlived the commit that ended its person.
    if (erased && hooks_.erased) hooks_.erased("users/" + parts[1]);
  } else if (parts[0] == "invitation") {
    domain::record::InvitationRecord head;
    if (!head.ParseFromString(bytes) || head.fulfilled()) return;
    absl::MutexLock lock(&mutex_);
    invitations_[parts[1]] = head;
  } else if (parts[0] == "merges") {
    for (const auto& [field, child] : loaded.children) {
      domain::record::MergeRecord merge;
      if (child && merge.ParseFromString(*child)) PutMerge(field, merge.into());
    }
  } else if (parts[0] == "external") {
    domain::record::ExternalRecord head;
    if (!head.ParseFromString(bytes) || head.user().empty()) return;
    absl::MutexLock lock(&mutex_);
    externals_[head.user()][parts[1]] = head;
  } else if (parts[0] != "inbox" && parts[0] != "feeds" && parts[0] != "bootstrap" && parts[0] != "access") {
    domain::record::RegisterRecord head;
    if (head.ParseFromString(bytes)) PutEntry(head);
  }
}

void Directory::Fold(uint32_t, uint64_t, absl::Time, const kepu::log::v1::AggregateFacts& facts) {
  const std::vector<std::string> parts = absl::StrSplit(facts.key(), absl::MaxSplits('/', 1));
  if (parts.size() != 2) return;
  for (const kepu::log::v1::Fact& one : facts.facts()) {
    Fact fact;
    if (!fact.ParseFromString(one.body())) continue;
    if (parts[0] == "user") {
      FoldUser(parts[1], fact);
    } else if (parts[0] == "access") {
      FoldAccess(parts[1], fact);
    } else if (parts[0] == "invitation") {
      FoldInvitation(parts[1], fact);
    } else if (parts[0] == "external") {
      FoldExternal(parts[1], fact.external());
    } else if (fact.has_entries_merged()) {
      PutMerge(fact.entries_merged().name(), fact.entries_merged().into());
    } else if (fact.has_register_put()) {
      PutEntry(fact.register_put());
    }
  }
}

void Directory::PutEntry(const domain::record::RegisterRecord& entry) {
  domain::record::RegisterRecord shown = entry;
  SetEtag(shown);
  Show(std::move(shown));
  if (!entry.has_town()) return;
  std::set<std::string> moved;
  {
    absl::MutexLock lock(&mutex_);
    std::string& district = town_districts_[entry.town().name()];
    if (district == entry.town().district()) return;
    district = entry.town().district();
    moved = in_town_[entry.town().name()];
  }
  for (const std::string& name : moved) {
    if (auto again = Shown(name)) Show(*std::move(again));
  }
}

void Directory::Show(domain::record::RegisterRecord shown) {
  ++generation_;
  const std::string name = domain::NameOf(shown);
  const std::string town = domain::TownOf(shown);
  {
    absl::MutexLock lock(&mutex_);
    std::string& known_town = town_of_[name];
    if (known_town != town && !known_town.empty()) in_town_[known_town].erase(name);
    known_town = town;
    if (!town.empty()) in_town_[town].insert(name);
  }
  Complete(shown);
  const std::string survivor = SurvivorOf(name);
  entries_.Put(name, domain::ResourceOf(shown),
               survivor.empty() ? ScopesOf(shown) : std::vector<std::string>(), "");
  std::vector<std::string> containers;
  for (const std::string& container :
       {domain::DistrictOf(shown), town, survivor, shown.district().merged_into()}) {
    if (!container.empty()) containers.push_back(container);
  }
  absl::MutexLock lock(&mutex_);
  containers_[name] = std::move(containers);
  if (shown.has_district()) districts_[name] = shown.district();
}

void Directory::Complete(domain::record::RegisterRecord& entry) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto district = town_districts_.find(domain::TownOf(entry));
  if (district != town_districts_.end()) SetText(entry, "district", district->second);
  if (const std::string survivor = SurvivorLocked(domain::NameOf(entry)); !survivor.empty())
    SetText(entry, "merged_into", survivor);
}

std::optional<domain::record::RegisterRecord> Directory::Shown(const std::string& name) const {
  const auto bytes = entries_.Get(name);
  if (bytes == nullptr) return std::nullopt;
  domain::record::RegisterRecord record;
  const std::string collection = CollectionOf(name);
  if (collection == "organizations") record.mutable_organization();
  if (collection == "districts") record.mutable_district();
  if (collection == "towns") record.mutable_town();
  if (collection == "communities") record.mutable_community();
  if (collection == "schools") record.mutable_school();
  if (!domain::MutableResourceOf(record).ParseFromString(*bytes)) return std::nullopt;
  return record;
}

void Directory::PutMerge(const std::string& name, const std::string& into) {
  std::vector<std::string> changed;
  std::set<std::string> users;
  {
    absl::MutexLock lock(&mutex_);
    merged_[name] = into;
    const std::string survivor = SurvivorLocked(name);
    for (const auto& [gone, next] : merged_) {
      if (SurvivorLocked(gone) == survivor) changed.push_back(gone);
    }
    changed.push_back(survivor);
    for (const std::string& one : changed) {
      const auto members = members_.find(one);
      if (members == members_.end()) continue;
      for (const std::string& member : members->second) users.insert(member.substr(0, member.find(' ')));
    }
  }
  for (const std::string& one : changed) {
    if (auto again = Shown(one)) Show(*std::move(again));
  }
  // What they hold reaches further now.
  for (const std::string& user : users) {
    if (hooks_.access_changed) hooks_.access_changed(user);
  }
}

std::string Directory::SurvivorLocked(absl::string_view name) const {
  std::string survivor;
  for (auto it = merged_.find(name); it != merged_.end(); it = merged_.find(survivor)) survivor = it->second;
  return survivor;
}

std::string Directory::SurvivorOf(absl::string_view name) const {
  absl::ReaderMutexLock lock(&mutex_);
  return SurvivorLocked(name);
}

domain::Grants Directory::Reached(const domain::Grants& grants) const {
  absl::ReaderMutexLock lock(&mutex_);
  domain::Grants reached = grants;
  if (merged_.empty()) return reached;
  for (const v1::RoleGrant& grant : grants) {
    const std::string own = SurvivorLocked(grant.on());
    const std::string& survivor = own.empty() ? grant.on() : own;
    std::vector<std::string> names = {survivor};
    for (const auto& [gone, into] : merged_) {
      if (SurvivorLocked(gone) == survivor) names.push_back(gone);
    }
    for (const std::string& name : names) {
      if (name == grant.on()) continue;
      reached.push_back(grant);
      reached.back().set_on(name);
    }
  }
  return reached;
}

domain::RegisterEntries Directory::Counted() const {
  domain::RegisterEntries counted;
  counted.districts = Districts();
  auto towns = AllOf<v1::ListTownsResponse>(entries_, "towns");
  auto communities = AllOf<v1::ListCommunitiesResponse>(entries_, "communities");
  auto schools = AllOf<v1::ListSchoolsResponse>(entries_, "schools");
  counted.towns.assign(towns.towns().begin(), towns.towns().end());
  counted.communities.assign(communities.communities().begin(), communities.communities().end());
  counted.schools.assign(schools.schools().begin(), schools.schools().end());
  return counted;
}

void Directory::PutUser(const std::string& id, UserRow row) {
  absl::MutexLock lock(&mutex_);
  UserRow& user = users_[id];
  for (const v1::RoleGrant& grant : user.grants) {
    auto members = members_.find(grant.on());
    if (members == members_.end()) continue;
    members->second.erase(MemberKey(id, grant.role()));
    if (members->second.empty()) members_.erase(members);
  }
  user = std::move(row);
  for (const v1::RoleGrant& grant : user.grants) members_[grant.on()].insert(MemberKey(id, grant.role()));
}

void Directory::FoldUser(const std::string& id, const Fact& fact) {
  const std::string name = absl::StrCat("users/", id);
  if (fact.has_login_started() || fact.has_login_used() || fact.has_password_rehashed() ||
      fact.has_reset_code_issued()) {
    return;
  }
  UserRow row;
  {
    absl::MutexLock lock(&mutex_);
    row = users_[id];
  }
  // The rules of change are those of the aggregate: it is asked, with what is known here.
  domain::User user;
  user.mutable_head().set_state(row.state);
  for (const v1::RoleGrant& grant : row.grants) *user.mutable_head().add_grants() = grant;
  user.mutable_head().set_sealed_display_name(row.sealed_display_name);
  user.mutable_head().set_service_of(row.service_of);
  if (!domain::ApplyToUser(user, fact).ok()) return;
  PutUser(id, {user.head().state(), domain::GrantsOf(user.head()), user.head().sealed_display_name(),
               user.head().service_of()});
  if (fact.has_profile_changed() || fact.has_user_registered()) return;
  if (hooks_.access_changed) hooks_.access_changed(name);
  if (user.head().state() == v1::User::ERASED && hooks_.erased) hooks_.erased(name);
}

void Directory::FoldAccess(const std::string& id, const Fact& fact) {
  // What only adds, or was only used, leaves every answer that is known elsewhere as it is.
  const bool takes = fact.access().has_api_key_revoked() || fact.access().has_factor_confirmed() ||
                     fact.access().has_factor_removed();
  if (takes && hooks_.access_changed) hooks_.access_changed(absl::StrCat("users/", id));
}

void Directory::FoldInvitation(const std::string& id, const Fact& fact) {
  absl::MutexLock lock(&mutex_);
  if (fact.has_invitation_made()) invitations_[id] = fact.invitation_made().invitation();
  if (fact.has_invitation_accepted()) invitations_[id].set_accepted_by(fact.invitation_accepted().user());
  if (fact.has_invitation_fulfilled()) invitations_.erase(id);
}

void Directory::FoldExternal(const std::string& id, const domain::record::ExternalFact& fact) {
  absl::MutexLock lock(&mutex_);
  if (fact.has_external_linked()) {
    const domain::record::ExternalRecord& linked = fact.external_linked().external();
    externals_[linked.user()][id] = linked;
  }
  if (!fact.has_external_unlinked()) return;
  const auto of_user = externals_.find(fact.external_unlinked().user());
  if (of_user == externals_.end()) return;
  of_user->second.erase(id);
  if (of_user->second.empty()) externals_.erase(of_user);
}

std::map<std::string, domain::record::ExternalRecord> Directory::ExternalsOf(absl::string_view user) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto it = externals_.find(user);
  if (it == externals_.end()) return {};
  return it->second;
}

std::map<std::string, std::string> Directory::ExternalsOfErased() const {
  absl::ReaderMutexLock lock(&mutex_);
  std::map<std::string, std::string> out;
  for (const auto& [user, externals] : externals_) {
    const auto row = users_.find(user.substr(user.find('/') + 1));
    if (row == users_.end() || row->second.state != v1::User::ERASED) continue;
    for (const auto& [id, external] : externals) out[id] = user;
  }
  return out;
}

std::vector<std::string> Directory::ContainersOf(absl::string_view resource) const {
  if (venues_ != nullptr && absl::StartsWith(resource, "venues/")) return venues_->ContainersOf(resource);
  absl::ReaderMutexLock lock(&mutex_);
  constexpr absl::string_view kUsers = "users/";
  if (resource.substr(0, kUsers.size()) == kUsers) {
    const auto user = users_.find(resource.substr(kUsers.size()));
    if (user == users_.end()) return {};
    std::vector<std::string> out;
    for (const v1::RoleGrant& grant : user->second.grants) out.push_back(grant.on());
    if (!user->second.service_of.empty()) out.push_back(user->second.service_of);
    return out;
  }
  const auto it = containers_.find(resource);
  return it == containers_.end() ? std::vector<std::string>{} : it->second;
}

std::vector<v1::District> Directory::Districts() const {
  absl::ReaderMutexLock lock(&mutex_);
  std::vector<v1::District> out;
  for (const auto& [name, district] : districts_) out.push_back(district);
  return out;
}

bool Directory::KnowsUser(absl::string_view user_id) const {
  absl::ReaderMutexLock lock(&mutex_);
  return users_.contains(user_id);
}

std::string Directory::ServiceOf(absl::string_view user_id) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto user = users_.find(user_id);
  return user == users_.end() ? "" : user->second.service_of;
}

bool Directory::HasCityAdmin() const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto members = members_.find(domain::kTheCity);
  if (members == members_.end()) return false;
  const std::string suffix = absl::StrCat(" ", domain::kCityAdmin);
  return std::any_of(members->second.begin(), members->second.end(),
                     [&](const std::string& key) { return key.ends_with(suffix); });
}

std::vector<Member> Directory::MembersOn(absl::string_view on, absl::string_view after, size_t limit) const {
  absl::ReaderMutexLock lock(&mutex_);
  std::vector<Member> out;
  const auto members = members_.find(on);
  if (members == members_.end()) return out;
  for (auto it = members->second.upper_bound(std::string(after));
       it != members->second.end() && out.size() < limit; ++it) {
    const std::vector<std::string> parts = absl::StrSplit(*it, ' ');
    const auto user = users_.find(parts[0].substr(parts[0].find('/') + 1));
    if (user == users_.end()) continue;
    out.push_back({parts[0], parts[1], user->second.sealed_display_name});
  }
  return out;
}

std::vector<PendingInvitation> Directory::PendingInvitations() const {
  absl::ReaderMutexLock lock(&mutex_);
  std::vector<PendingInvitation> out;
  for (const auto& [id, record] : invitations_) {
    if (!record.accepted_by().empty()) out.push_back({id, record});
  }
  return out;
}

}  // namespace kepu::identity::store
