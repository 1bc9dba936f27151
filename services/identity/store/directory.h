// What the service knows by heart: the registers as ready bytes, who holds which role where, and what lies in
// what. Folded from the log on the executor; read from any thread.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "libs/auth/access.h"
#include "libs/projection/catalogue.h"
#include "libs/projection/follower.h"
#include "services/identity/domain/invitation.h"
#include "services/identity/domain/register_summary.h"
#include "services/identity/domain/registers.h"

namespace kepu::identity::store {

// A holder of a role on a resource.
struct Member {
  std::string user;  // "users/…"
  std::string role;
  std::string sealed_display_name;
};

// An invitation that was accepted and whose role has not been seen to follow.
struct PendingInvitation {
  std::string id;
  domain::record::InvitationRecord record;
};

// The list of a collection, of all or of those within a district or town, of all or of those with an
// attribute: "schools@districts/x#+ACTIVITY_ROOM".
std::string ListScope(absl::string_view collection, absl::string_view within, absl::string_view attribute);
// Of schools that have what the plans count, and of those that are still without it.
std::string WithMark(v1::School::Mark::Kind kind);
std::string WithoutMark(v1::School::Mark::Kind kind);

class Directory : public projection::Sink, public auth::Containment {
 public:
  // Learns of users whose roles or logins changed, and of users that were erased; both on the executor.
  struct Hooks {
    absl::AnyInvocable<void(const std::string& user)> access_changed;
    absl::AnyInvocable<void(const std::string& user)> erased;
  };
  void set_hooks(Hooks hooks) { hooks_ = std::move(hooks); }

  void Load(uint32_t partition, const std::string& key, const kepu::store::Loaded& loaded) override;
  void Fold(uint32_t partition, uint64_t seq, absl::Time time,
            const kepu::log::v1::AggregateFacts& facts) override;

  // What lies outside of the registers: venues. Not owned.
  void set_venues(const auth::Containment* venues) { venues_ = venues; }

  // Of a school, a community, a town or a venue its district, of the first two their town, of a venue its
  // operator, of an entry what it was merged into, of a user what they hold roles on or belong to. Of teams
  // and caravans nothing is known yet: roles on them are the city's to give.
  std::vector<std::string> ContainersOf(absl::string_view resource) const override;

  // Entries by name, listed by ListScope unless they were merged into another. What lies in a town is shown
  // in the district of the town.
  const projection::Catalogue& entries() const { return entries_; }
  // Puts in what an entry has from others: the district of its town, and what remains of it when it was
  // merged.
  void Complete(domain::record::RegisterRecord& entry) const;
  // The entry that remains of one that was merged; empty: it was not.
  std::string SurvivorOf(absl::string_view name) const;
  // The grants, and those they amount to on the other names of what was merged.
  domain::Grants Reached(const domain::Grants& grants) const;
  // All that is counted, and a number that changes with it.
  domain::RegisterEntries Counted() const;
  uint64_t generation() const { return generation_; }
  std::vector<v1::District> Districts() const;
  bool HasEntry(absl::string_view name) const { return entries_.Get(name) != nullptr; }

  bool KnowsUser(absl::string_view user_id) const;
  // Where a service account belongs; empty for people.
  std::string ServiceOf(absl::string_view user_id) const;
  bool HasCityAdmin() const;
  // At most `limit` members of exactly this resource after `after` ("user role"), in order.
  std::vector<Member> MembersOn(absl::string_view on, absl::string_view after, size_t limit) const;
  std::vector<PendingInvitation> PendingInvitations() const;
  // Accounts at another provider, by id: those of "users/…", and whose those are that outlived their user.
  std::map<std::string, domain::record::ExternalRecord> ExternalsOf(absl::string_view user) const;
  std::map<std::string, std::string> ExternalsOfErased() const;

 private:
  struct UserRow {
    v1::User::State state = v1::User::STATE_UNSPECIFIED;
    domain::Grants grants;
    std::string sealed_display_name;
    std::string service_of = {};
  };

  void PutEntry(const domain::record::RegisterRecord& entry);
  void Show(domain::record::RegisterRecord shown);
  // As it is shown now; nullopt for one that is not known yet.
  std::optional<domain::record::RegisterRecord> Shown(const std::string& name) const;
  void PutMerge(const std::string& name, const std::string& into);
  std::string SurvivorLocked(absl::string_view name) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  void PutUser(const std::string& id, UserRow row);
  void FoldUser(const std::string& id, const domain::record::Fact& fact);
  void FoldAccess(const std::string& id, const domain::record::Fact& fact);
  void FoldInvitation(const std::string& id, const domain::record::Fact& fact);
  void FoldExternal(const std::string& id, const domain::record::ExternalFact& fact);

  Hooks hooks_;
  const auth::Containment* venues_ = nullptr;
  projection::Catalogue entries_;
  mutable absl::Mutex mutex_;
  std::map<std::string, v1::District> districts_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::vector<std::string>> containers_ ABSL_GUARDED_BY(mutex_);
  // Of towns: their district and what lies in them; and the town of what does.
  absl::flat_hash_map<std::string, std::string> town_districts_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::set<std::string>> in_town_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::string> town_of_ ABSL_GUARDED_BY(mutex_);
  // Entries that were merged, and into what: a few hundred in a city.
  std::map<std::string, std::string, std::less<>> merged_ ABSL_GUARDED_BY(mutex_);
  std::atomic<uint64_t> generation_ = 0;
  absl::flat_hash_map<std::string, UserRow> users_ ABSL_GUARDED_BY(mutex_);  // by id
  // By resource: "users/… role" of its members.
  absl::flat_hash_map<std::string, std::set<std::string>> members_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, domain::record::InvitationRecord> invitations_ ABSL_GUARDED_BY(mutex_);
  // By "users/…", then by id.
  absl::flat_hash_map<std::string, std::map<std::string, domain::record::ExternalRecord>> externals_
      ABSL_GUARDED_BY(mutex_);
};

// "r3" of an entry in the resource's own etag field: as it is shown.
void SetEtag(domain::record::RegisterRecord& entry);

}  // namespace kepu::identity::store
