#include "services/volunteer/store/schema.h"

#include <algorithm>
#include <typeinfo>

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

using aggregate::AnyAggregate;
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

// One kind of aggregate, whose keys begin alike.
struct Kind {
  absl::string_view prefix;
  const std::type_info* state;
  std::unique_ptr<AnyAggregate> (*make)();
  absl::Status (*apply)(AnyAggregate& state, const domain::record::Fact& fact);
  // Null where nothing comes due by itself.
  absl::StatusOr<domain::Facts> (*due)(const AnyAggregate& state, const Rules& rules, absl::Time now);
  absl::Time (*next_due)(const AnyAggregate& state, const Rules& rules);
};

template <class State>
Kind Still(absl::string_view prefix) {
  return {prefix,
          &typeid(State),
          []() -> std::unique_ptr<AnyAggregate> { return std::make_unique<State>(); },
          [](AnyAggregate& state, const domain::record::Fact& fact) {
            return domain::Apply(static_cast<State&>(state), fact);
          },
          nullptr,
          nullptr};
}

Kind Persons() {
  Kind kind = Still<domain::Person>(kPerson);
  kind.due = [](const AnyAggregate& state, const Rules&, absl::Time now) {
    return domain::Due(static_cast<const domain::Person&>(state), now);
  };
  kind.next_due = [](const AnyAggregate& state, const Rules&) {
    return domain::NextDue(static_cast<const domain::Person&>(state).head());
  };
  return kind;
}

Kind Shifts() {
  Kind kind = Still<domain::Shift>(kShift);
  kind.due = [](const AnyAggregate& state, const Rules& rules, absl::Time now) {
    const auto& shift = static_cast<const domain::Shift&>(state);
    absl::StatusOr<domain::Facts> facts = domain::Due(shift, now);
    return facts.ok() && facts->empty() ? domain::DueOfHours(shift, rules, now) : facts;
  };
  kind.next_due = [](const AnyAggregate& state, const Rules&) {
    const domain::record::ShiftHead& head = static_cast<const domain::Shift&>(state).head();
    return std::min(domain::NextDue(head), domain::NextDueOfHours(head));
  };
  return kind;
}

Kind Lectures() {
  Kind kind = Still<domain::Lecture>(kLecture);
  kind.due = [](const AnyAggregate& state, const Rules&, absl::Time now) {
    return domain::Due(static_cast<const domain::Lecture&>(state), now);
  };
  kind.next_due = [](const AnyAggregate& state, const Rules&) {
    return domain::NextDue(static_cast<const domain::Lecture&>(state).head());
  };
  return kind;
}

Kind Documents() {
  Kind kind = Still<domain::Document>(kDocument);
  kind.due = [](const AnyAggregate& state, const Rules&, absl::Time now) {
    return domain::Due(static_cast<const domain::Document&>(state), now);
  };
  kind.next_due = [](const AnyAggregate& state, const Rules&) {
    return domain::NextDue(static_cast<const domain::Document&>(state).head());
  };
  return kind;
}

// Persons and shifts first: they are asked for most.
const std::vector<Kind>& Kinds() {
  static const auto& kinds = *new std::vector<Kind>{Persons(),
                                                    Shifts(),
                                                    Still<domain::Ledger>(kLedger),
                                                    Documents(),
                                                    Still<domain::IdNumberEntry>(domain::kIdNumberKey),
                                                    Still<domain::Training>(kTraining),
                                                    Still<domain::Rulebook>(kRulebook),
                                                    Still<domain::Certificate>(kCertificate),
                                                    Still<domain::Issuer>(kIssuer),
                                                    Lectures()};
  return kinds;
}

// Null for what is not of this service. Kinds are few.
const Kind* KindOf(const AnyAggregate& state) {
  for (const Kind& kind : Kinds())
    if (*kind.state == typeid(state)) return &kind;
  return nullptr;
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

std::unique_ptr<AnyAggregate> VolunteerSchema::Make(absl::string_view key) const {
  for (const Kind& kind : Kinds())
    if (absl::StartsWith(key, kind.prefix)) return kind.make();
  return nullptr;
}

absl::Status VolunteerSchema::Apply(AnyAggregate& state, absl::string_view bytes) const {
  domain::record::Fact fact;
  if (!fact.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError("a fact that cannot be read");
  }
  return ApplyMessage(state, fact);
}

absl::Status VolunteerSchema::ApplyMessage(AnyAggregate& state,
                                           const google::protobuf::Message& message) const {
  const Kind* kind = KindOf(state);
  if (kind == nullptr) return absl::InternalError("no aggregate of the volunteer service");
  return kind->apply(state, dynamic_cast<const domain::record::Fact&>(message));
}

absl::StatusOr<std::vector<std::string>> VolunteerSchema::Due(const AnyAggregate& state,
                                                              absl::Time now) const {
  std::vector<std::string> bodies;
  const Kind* kind = KindOf(state);
  if (kind == nullptr || kind->due == nullptr) return bodies;
  const absl::StatusOr<domain::Facts> facts = kind->due(state, rules_, now);
  if (!facts.ok()) return facts.status();
  for (const domain::record::Fact& fact : *facts) bodies.push_back(fact.SerializeAsString());
  return bodies;
}

absl::Time VolunteerSchema::NextDue(const AnyAggregate& state) const {
  const Kind* kind = state.Exists() ? KindOf(state) : nullptr;
  return kind == nullptr || kind->next_due == nullptr ? absl::InfiniteFuture()
                                                      : kind->next_due(state, rules_);
}

}  // namespace kepu::volunteer
