// What the service knows by heart: the registers as ready bytes, who holds which role where, and what lies in
// what. Folded from the log on the executor; read from any thread.
#pragma once

#include <map>
#include <memory>
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

  // Of a school, a town or a venue its district, of a venue its operator, of a district what it was merged
  // into, of a user what they hold roles on. Of teams and caravans nothing is known yet: roles on them are
  // the city's to give.
  std::vector<std::string> ContainersOf(absl::string_view resource) const override;

  // Entries by name, listed under their collection ("schools") and under "schools@districts/x".
  const projection::Catalogue& entries() const { return entries_; }
  std::vector<v1::District> Districts() const;
  bool HasEntry(absl::string_view name) const { return entries_.Get(name) != nullptr; }

  bool HasCityAdmin() const;
  // At most `limit` members of exactly this resource after `after` ("user role"), in order.
  std::vector<Member> MembersOn(absl::string_view on, absl::string_view after, size_t limit) const;
  std::vector<PendingInvitation> PendingInvitations() const;

 private:
  struct UserRow {
    v1::User::State state = v1::User::STATE_UNSPECIFIED;
    domain::Grants grants;
    std::string sealed_display_name;
  };

  void PutEntry(const domain::record::RegisterRecord& entry);
  void PutUser(const std::string& id, UserRow row);
  void FoldUser(const std::string& id, const domain::record::Fact& fact);
  void FoldInvitation(const std::string& id, const domain::record::Fact& fact);

  Hooks hooks_;
  const auth::Containment* venues_ = nullptr;
  projection::Catalogue entries_;
  mutable absl::Mutex mutex_;
  std::map<std::string, v1::District> districts_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::vector<std::string>> containers_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, UserRow> users_ ABSL_GUARDED_BY(mutex_);  // by id
  // By resource: "users/… role" of its members.
  absl::flat_hash_map<std::string, std::set<std::string>> members_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, domain::record::InvitationRecord> invitations_ ABSL_GUARDED_BY(mutex_);
};

// "r3" of an entry in the resource's own etag field: as it is shown.
void SetEtag(domain::record::RegisterRecord& entry);

}  // namespace kepu::identity::store
