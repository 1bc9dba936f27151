#include "services/volunteer/store/schema.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/names/names.h"
#include "services/volunteer/domain/certificate.h"
#include "services/volunteer/domain/document.h"
#include "services/volunteer/domain/id_number.h"
#include "services/volunteer/domain/lecture.h"
#include "services/volunteer/domain/ledger.h"
#include "services/volunteer/domain/person.h"
#include "services/volunteer/domain/shift.h"
#include "services/volunteer/domain/training.h"

namespace kepu::volunteer {
namespace {

using domain::Rules;

constexpr char kPerson[] = "person/";
constexpr char kShift[] = "shift/";
constexpr char kLecture[] = "lecture/";
constexpr char kDocument[] = "document/";
constexpr char kTraining[] = "training/";
constexpr char kRulebook[] = "rulebook/";
constexpr char kCertificate[] = "certificate/";
constexpr char kIssuer[] = "issuer/";
constexpr char kLedger[] = "ledger/";

template <class State>
store::Kind Still(absl::string_view prefix) {
  return store::StillKind<State, domain::record::Fact>(
      prefix, [](State& state, const domain::record::Fact& fact) { return domain::Apply(state, fact); });
}

store::Kind Shifts(const Rules& rules) {
  return store::WithDue<domain::Shift>(
      Still<domain::Shift>(kShift),
      [rules](const domain::Shift& shift, absl::Time now) {
        absl::StatusOr<domain::Facts> facts = domain::Due(shift, now);
        return facts.ok() && facts->empty() ? domain::DueOfHours(shift, rules, now) : facts;
      },
      [](const domain::Shift& shift) {
        return std::min(domain::NextDue(shift.head()), domain::NextDueOfHours(shift.head()));
      });
}

// Of what is due by its own time alone.
template <class State>
store::Kind Ticking(absl::string_view prefix) {
  return store::WithDue<State>(
      Still<State>(prefix), [](const State& state, absl::Time now) { return domain::Due(state, now); },
      [](const State& state) { return domain::NextDue(state.head()); });
}

}  // namespace

std::string PersonKey(absl::string_view id) { return absl::StrCat(kPerson, id); }
std::string ShiftKey(absl::string_view id) { return absl::StrCat(kShift, id); }
std::string LedgerKey(absl::string_view person) { return absl::StrCat(kLedger, person); }

absl::string_view PersonIdOf(absl::string_view key) {
  return absl::ConsumePrefix(&key, kPerson) ? key : absl::string_view();
}
absl::string_view ShiftIdOf(absl::string_view key) {
  return absl::ConsumePrefix(&key, kShift) ? key : absl::string_view();
}

absl::string_view LectureIdOf(absl::string_view key) {
  return absl::ConsumePrefix(&key, kLecture) ? key : absl::string_view();
}

reservation::Place PersonPlace(absl::string_view id) { return {names::PartitionOf(id), PersonKey(id)}; }
reservation::Place ShiftPlace(absl::string_view id) { return {names::PartitionOf(id), ShiftKey(id)}; }

reservation::Place LecturePlace(absl::string_view id) {
  return {names::PartitionOf(id), absl::StrCat(kLecture, id)};
}
uint32_t TeamsPartition() { return names::PartitionOfText("teams"); }
uint32_t PostsPartition() { return names::PartitionOfText("posts"); }

std::string PersonIdOfUser(const store::KeyMaker& keys, absl::string_view user) {
  return names::MakeId(names::PartitionOfText(user), keys.Digest("volunteer", user));
}

std::string RulebookKey(absl::string_view id) { return absl::StrCat(kRulebook, id); }
std::string CertificateKey(absl::string_view id) { return absl::StrCat(kCertificate, id); }
std::string IssuerKey(absl::string_view issuer) { return absl::StrCat(kIssuer, issuer); }
bool KeepsCertificate(absl::string_view key) { return absl::StartsWith(key, kCertificate); }
absl::string_view CertificateIdOf(absl::string_view key) {
  return absl::ConsumePrefix(&key, kCertificate) ? key : absl::string_view();
}
uint32_t PartitionOfRules() { return names::PartitionOfText("recognitionRules"); }

bool IsLedger(absl::string_view key) { return absl::StartsWith(key, kLedger); }
bool KeepsDocument(absl::string_view key) { return absl::StartsWith(key, kDocument); }

uint32_t PartitionOfPlace(absl::string_view place) {
  const size_t slash = place.rfind('/');
  return names::PartitionOf(slash == absl::string_view::npos ? place : place.substr(slash + 1));
}

// Persons and shifts first: they are asked for most.
VolunteerSchema::VolunteerSchema(const domain::Rules& rules)
    : KindSchema({Ticking<domain::Person>(kPerson), Shifts(rules), Still<domain::Ledger>(kLedger),
                  Ticking<domain::Document>(kDocument), Still<domain::IdNumberEntry>(domain::kIdNumberKey),
                  Still<domain::Training>(kTraining), Still<domain::Rulebook>(kRulebook),
                  Still<domain::Certificate>(kCertificate), Still<domain::Issuer>(kIssuer),
                  Ticking<domain::Lecture>(kLecture)}) {}

}  // namespace kepu::volunteer
