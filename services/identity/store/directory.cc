#include "services/identity/store/directory.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kepu::identity::store {
namespace {

using domain::record::Fact;

std::string MemberKey(absl::string_view id, absl::string_view role) {
  return absl::StrCat("users/", id, " ", role);
}

}  // namespace

void SetEtag(domain::record::RegisterRecord& entry) {
  auto& resource = domain::MutableResourceOf(entry);
  resource.GetReflection()->SetString(&resource, resource.GetDescriptor()->FindFieldByName("etag"),
                                      domain::EtagOf(entry));
}

void Directory::Load(uint32_t, const std::string& key, const kepu::store::Loaded& loaded) {
  const std::vector<std::string> parts = absl::StrSplit(key, absl::MaxSplits('/', 1));
  if (parts.size() != 2) return;
  const std::string& bytes = loaded.head.head;
  if (parts[0] == "user") {
    domain::record::UserRecord head;
    if (!head.ParseFromString(bytes)) return;
    const bool erased = head.state() == v1::User::ERASED;
    PutUser(parts[1], {head.state(), domain::GrantsOf(head), head.sealed_display_name()});
    // The key may have outlived the commit that ended its person.
    if (erased && hooks_.erased) hooks_.erased("users/" + parts[1]);
  } else if (parts[0] == "invitation") {
    domain::record::InvitationRecord head;
    if (!head.ParseFromString(bytes) || head.fulfilled()) return;
    absl::MutexLock lock(&mutex_);
    invitations_[parts[1]] = head;
  } else if (parts[0] != "inbox" && parts[0] != "bootstrap") {
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
    } else if (parts[0] == "invitation") {
      FoldInvitation(parts[1], fact);
    } else if (fact.has_register_put()) {
      PutEntry(fact.register_put());
    }
  }
}

void Directory::PutEntry(const domain::record::RegisterRecord& entry) {
  const std::string name = domain::NameOf(entry);
  const std::string collection = name.substr(0, name.find('/'));
  const std::string district = domain::DistrictOf(entry);
  std::vector<std::string> scopes = {collection};
  if (!district.empty()) scopes.push_back(absl::StrCat(collection, "@", district));
  std::vector<std::string> containers;
  if (!district.empty()) containers.push_back(district);
  if (entry.has_school() && !entry.school().town().empty()) containers.push_back(entry.school().town());
  if (entry.has_district() && !entry.district().merged_into().empty()) {
    containers.push_back(entry.district().merged_into());
  }
  domain::record::RegisterRecord shown = entry;
  SetEtag(shown);
  entries_.Put(name, domain::ResourceOf(shown), std::move(scopes), "");
  absl::MutexLock lock(&mutex_);
  containers_[name] = std::move(containers);
  if (shown.has_district()) districts_[name] = shown.district();
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
  if (!domain::ApplyToUser(user, fact).ok()) return;
  PutUser(id, {user.head().state(), domain::GrantsOf(user.head()), user.head().sealed_display_name()});
  if (fact.has_profile_changed() || fact.has_user_registered()) return;
  if (hooks_.access_changed) hooks_.access_changed(name);
  if (user.head().state() == v1::User::ERASED && hooks_.erased) hooks_.erased(name);
}

void Directory::FoldInvitation(const std::string& id, const Fact& fact) {
  absl::MutexLock lock(&mutex_);
  if (fact.has_invitation_made()) invitations_[id] = fact.invitation_made().invitation();
  if (fact.has_invitation_accepted()) invitations_[id].set_accepted_by(fact.invitation_accepted().user());
  if (fact.has_invitation_fulfilled()) invitations_.erase(id);
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
