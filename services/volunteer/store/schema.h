// Where the aggregates of the volunteer service lie and how they are made, changed and fall due. A person
// lies in the partition of the user, a shift with its sign-ups in the partition of its place. Immutable;
// thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "libs/reservation/settler.h"
#include "libs/store/kinds.h"
#include "libs/store/request_key.h"
#include "services/volunteer/domain/rules.h"

namespace kepu::volunteer {

// What the other services call this one.
inline constexpr char kSelf[] = "volunteer";

std::string PersonKey(absl::string_view id);
std::string ShiftKey(absl::string_view id);
// The ledger of a person, beside the person.
std::string LedgerKey(absl::string_view person);
// The id in a key of that kind; empty for another kind.
absl::string_view PersonIdOf(absl::string_view key);
absl::string_view ShiftIdOf(absl::string_view key);
// Recognition: the book of a kind and scope of rule sets, which all lie in one partition with the sets; a
// certificate; and the issuer that numbers them, in one partition with them.
std::string RulebookKey(absl::string_view id);
std::string CertificateKey(absl::string_view id);
std::string IssuerKey(absl::string_view issuer);
bool KeepsCertificate(absl::string_view key);
absl::string_view CertificateIdOf(absl::string_view key);
uint32_t PartitionOfRules();
// A ledger lies there: what is listed of it is read from the store.
bool IsLedger(absl::string_view key);
absl::string_view LectureIdOf(absl::string_view key);
// A resource that is kept whole lies there.
bool KeepsDocument(absl::string_view key);

reservation::Place PersonPlace(absl::string_view id);
reservation::Place ShiftPlace(absl::string_view id);
reservation::Place LecturePlace(absl::string_view id);
// All teams lie together, so that the tree changes in one commit; and all posts with their holders. Some
// thousands of each, changed seldom.
uint32_t TeamsPartition();
uint32_t PostsPartition();

// The one volunteer that a user is or would be: derived, so that nobody registers twice.
std::string PersonIdOfUser(const store::KeyMaker& keys, absl::string_view user);
// Shifts lie where their place lies.
uint32_t PartitionOfPlace(absl::string_view place);

class VolunteerSchema final : public store::KindSchema {
 public:
  explicit VolunteerSchema(const domain::Rules& rules);
};

}  // namespace kepu::volunteer
