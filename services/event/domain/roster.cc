#include "services/event/domain/roster.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"

namespace kepu::event::domain {
namespace {

using refusal::kNo;

// Pupils erased in one step at the end: each writes a child.
constexpr uint32_t kErasedPerStep = 50;

std::string RosterName(const record::RosterHead& head) {
  return absl::StrCat(head.session(), "/bookings/", head.id(), "/roster");
}
std::string PupilName(const record::RosterHead& head, uint32_t number) {
  return absl::StrCat(head.session(), "/bookings/", head.id(), "/pupils/p", number);
}

// As FindPupil, but for NOT_FOUND.
absl::StatusOr<const record::PupilRecord*> FindPresent(const Roster& roster, uint32_t number) {
  auto found = FindPupil(roster, number);
  if (found.ok() && *found == nullptr) return refusal::NotFound(PupilName(roster.head(), number));
  return found;
}

record::Fact Erased(uint32_t number, const record::PupilRecord& pupil, absl::string_view by, absl::Time now) {
  record::Fact fact = At(now);
  record::PupilErased* erased = fact.mutable_roster()->mutable_pupil_erased();
  erased->set_number(number);
  erased->set_by(std::string(by));
  erased->set_had_consent(HasConsent(pupil));
  erased->set_was_handed_over(pupil.hand_over_us() != 0);
  return fact;
}

record::PupilRecord* MutablePupil(Roster& roster, uint32_t number) {
  record::RosterChild* child = roster.Mutable(PupilField(number));
  return child == nullptr ? nullptr : child->mutable_pupil();
}

absl::Status Missing(uint32_t number) {
  return absl::InternalError(absl::StrCat("a fact changes a pupil that is not there: ", number));
}

// What says who it is goes; the key is known until the vault has destroyed it.
absl::Status Empty(Roster& roster, uint32_t number) {
  record::PupilRecord* pupil = MutablePupil(roster, number);
  if (pupil == nullptr) return Missing(number);
  const std::string key = pupil->key();
  pupil->Clear();
  pupil->set_key(key);
  pupil->set_erased(true);
  return absl::OkStatus();
}

void Added(Roster& roster, const record::PupilsAdded& added, int64_t time_us) {
  record::RosterHead& head = roster.mutable_head();
  if (head.id().empty()) head.set_create_us(time_us);
  head.set_id(added.id());
  head.set_session(added.session());
  head.set_erase_us(added.erase_us());
  for (const record::PupilsAdded::Pupil& pupil : added.pupils()) {
    record::RosterChild child;
    child.mutable_pupil()->set_key(pupil.key());
    child.mutable_pupil()->set_sealed(pupil.sealed());
    *child.mutable_pupil()->mutable_relations() = pupil.relations();
    head.set_added(head.added() + 1);
    head.set_pupils(head.pupils() + 1);
    roster.Put(PupilField(head.added()), std::move(child));
  }
}

absl::Status Apply(Roster& roster, const record::PupilErased& erased) {
  record::RosterHead& head = roster.mutable_head();
  head.set_pupils(head.pupils() - 1);
  if (erased.had_consent()) head.set_consents(head.consents() - 1);
  if (erased.was_handed_over()) head.set_handed_over(head.handed_over() - 1);
  head.set_keys_left(head.keys_left() + 1);
  return Empty(roster, erased.number());
}

absl::Status Apply(Roster& roster, const record::ConsentGiven& given) {
  record::PupilRecord* pupil = MutablePupil(roster, given.number());
  if (pupil == nullptr) return Missing(given.number());
  *pupil->mutable_consent() = given.consent();
  if (given.first()) roster.mutable_head().set_consents(roster.head().consents() + 1);
  return absl::OkStatus();
}

absl::Status Apply(Roster& roster, const record::ConsentWithdrawn& withdrawn, int64_t time_us) {
  record::PupilRecord* pupil = MutablePupil(roster, withdrawn.number());
  if (pupil == nullptr) return Missing(withdrawn.number());
  calendar::SetMicros(time_us, pupil->mutable_consent()->mutable_withdraw_time());
  pupil->mutable_consent()->set_withdrawn_by(withdrawn.by());
  roster.mutable_head().set_consents(roster.head().consents() - 1);
  return absl::OkStatus();
}

absl::Status Apply(Roster& roster, const record::PupilHandedOver& handed, int64_t time_us) {
  record::PupilRecord* pupil = MutablePupil(roster, handed.number());
  if (pupil == nullptr) return Missing(handed.number());
  pupil->set_handed_to(handed.relation());
  pupil->set_hand_over_us(time_us);
  pupil->set_handed_by(handed.by());
  roster.mutable_head().set_handed_over(roster.head().handed_over() + 1);
  return absl::OkStatus();
}

void Apply(Roster& roster, const record::RosterRead& read) {
  record::RosterChild child;
  *child.mutable_reading() = read;
  roster.Put(ReadingField(roster.head().readings()), std::move(child));
  roster.mutable_head().set_readings(roster.head().readings() + 1);
}

absl::Status Apply(Roster& roster, const record::RosterEnded& ended) {
  for (const uint32_t number : ended.numbers())
    if (absl::Status status = Empty(roster, number); !status.ok()) return status;
  record::RosterHead& head = roster.mutable_head();
  head.set_keys_left(head.keys_left() + ended.numbers_size());
  head.set_ended_to(ended.next());
  if (!ended.last()) return absl::OkStatus();
  head.set_erased(true);
  head.set_pupils(0);
  head.set_consents(0);
  head.set_handed_over(0);
  return absl::OkStatus();
}

}  // namespace

std::string PupilField(uint32_t number) { return absl::StrCat("p/", number); }
std::string ReadingField(uint32_t number) { return absl::StrCat("a/", number); }

absl::StatusOr<const record::PupilRecord*> FindPupil(const Roster& roster, uint32_t number) {
  if (number < 1 || number > roster.head().added()) return nullptr;
  auto child = roster.Find(PupilField(number));
  if (!child.ok()) return child.status();
  return *child == nullptr || (*child)->pupil().erased() ? nullptr : &(*child)->pupil();
}

bool HasConsent(const record::PupilRecord& pupil) {
  return pupil.has_consent() && !pupil.consent().has_withdraw_time();
}

absl::StatusOr<Facts> DecideAddPupils(const Roster& roster, const AddPupils& command, const Rules& rules,
                                      absl::Time now) {
  const record::RosterHead& head = roster.head();
  const absl::Time erase = command.end + rules.roster_kept;
  const std::string name = absl::StrCat(command.session, "/bookings/", command.id, "/roster");
  if (head.erased() || head.ended_to() > 0 || now >= erase)
    return refusal::Refuse(kNo, "ROSTER_ERASED", {{"name", name}});
  const auto more = static_cast<uint32_t>(command.pupils.size());
  if (head.pupils() + static_cast<int64_t>(more) > command.booked || head.added() + more > kMaxPupilsEver) {
    return refusal::Refuse(
        kNo, "ROSTER_FULL",
        {{"name", name}, {"roster", absl::StrCat(head.pupils())}, {"pupils", absl::StrCat(command.booked)}});
  }
  Facts facts = {At(now)};
  record::PupilsAdded* added = facts.back().mutable_roster()->mutable_pupils_added();
  added->set_id(command.id);
  added->set_session(command.session);
  added->set_erase_us(absl::ToUnixMicros(erase));
  *added->mutable_pupils() = {command.pupils.begin(), command.pupils.end()};
  added->set_by(command.by);
  return facts;
}

absl::StatusOr<Facts> DecideRemovePupil(const Roster& roster, uint32_t number, bool there,
                                        absl::string_view by, absl::Time now) {
  auto found = FindPresent(roster, number);
  if (!found.ok()) return found.status();
  if (there) return refusal::Refuse(kNo, "PUPIL_IS_THERE", {{"name", PupilName(roster.head(), number)}});
  return Facts{Erased(number, **found, by, now)};
}

absl::StatusOr<Facts> DecideConsent(const Roster& roster, uint32_t number, const v1::Pupil::Consent& consent,
                                    absl::string_view by, absl::Time now) {
  auto found = FindPresent(roster, number);
  if (!found.ok()) return found.status();
  refusal::FieldErrors errors;
  const auto& scopes = consent.scopes();
  if (std::count(scopes.begin(), scopes.end(), v1::Pupil::Consent::TAKING_PART) != 1)
    errors.Add("consent.scopes", "must say TAKING_PART, once; the other scopes are the guardian's choice");
  for (const int scope : scopes)
    if (scope == 0 || !v1::Pupil::Consent::Scope_IsValid(scope))
      errors.Add("consent.scopes", "must be TAKING_PART, PHOTOGRAPHS or FIRST_AID");
  if (!v1::Relation_IsValid(consent.relation()) || consent.relation() == v1::RELATION_TEACHER ||
      consent.relation() == v1::RELATION_OTHER)
    errors.Add("consent.relation", "must be who has the care of the child, like RELATION_MOTHER");
  if (!v1::Pupil::Consent::Method_IsValid(consent.method()))
    errors.Add("consent.method", "must be ON_PAPER, BY_PHONE or BY_ACCOUNT");
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  Facts facts = {At(now)};
  record::ConsentGiven* given = facts.back().mutable_roster()->mutable_consent_given();
  given->set_number(number);
  *given->mutable_consent() = consent;
  given->mutable_consent()->set_noted_by(std::string(by));
  calendar::SetMicros(absl::ToUnixMicros(now), given->mutable_consent()->mutable_time());
  given->set_first(!HasConsent(**found));
  return facts;
}

absl::StatusOr<Facts> DecideWithdraw(const Roster& roster, uint32_t number, bool there, absl::string_view by,
                                     absl::Time now) {
  auto found = FindPresent(roster, number);
  if (!found.ok()) return found.status();
  // Until somebody has fetched it, staff have to know whom to call.
  if (!there || (*found)->hand_over_us() != 0) return Facts{Erased(number, **found, by, now)};
  if (!HasConsent(**found)) return Facts{};
  Facts facts = {At(now)};
  facts.back().mutable_roster()->mutable_consent_withdrawn()->set_number(number);
  facts.back().mutable_roster()->mutable_consent_withdrawn()->set_by(std::string(by));
  return facts;
}

absl::StatusOr<Facts> DecideHandOver(const Roster& roster, uint32_t number, v1::Relation relation,
                                     absl::string_view by, absl::Time now) {
  auto found = FindPresent(roster, number);
  if (!found.ok()) return found.status();
  const record::PupilRecord& pupil = **found;
  if (pupil.hand_over_us() != 0 && pupil.handed_to() == relation) return Facts{};
  const std::string name = PupilName(roster.head(), number);
  if (pupil.hand_over_us() != 0) {
    return refusal::Refuse(kNo, "HANDED_OVER",
                           {{"name", name},
                            {"relation", v1::Relation_Name(pupil.handed_to())},
                            {"time", calendar::UtcText(pupil.hand_over_us())}});
  }
  if (std::count(pupil.relations().begin(), pupil.relations().end(), relation) == 0)
    return refusal::Refuse(kNo, "MAY_NOT_PICK_UP",
                           {{"name", name}, {"relation", v1::Relation_Name(relation)}});
  Facts facts = {At(now)};
  record::PupilHandedOver* handed = facts.back().mutable_roster()->mutable_handed_over();
  handed->set_number(number);
  handed->set_relation(relation);
  handed->set_by(std::string(by));
  // The guardian took the consent back while it was there: the time for that has come.
  if (pupil.has_consent() && !HasConsent(pupil)) {
    facts.push_back(Erased(number, pupil, "", now));
    facts.back().mutable_roster()->mutable_pupil_erased()->set_was_handed_over(true);
  }
  return facts;
}

absl::StatusOr<Facts> DecideRead(const Roster& roster, absl::string_view by, absl::string_view purpose,
                                 absl::Time now) {
  if (roster.head().readings() >= kMaxReadings) {
    return refusal::Refuse(kNo, "TOO_MANY_READINGS",
                           {{"name", RosterName(roster.head())}, {"most", absl::StrCat(kMaxReadings)}});
  }
  Facts facts = {At(now)};
  record::RosterRead* read = facts.back().mutable_roster()->mutable_read();
  read->set_by(std::string(by));
  read->set_purpose(std::string(purpose));
  read->set_time_us(absl::ToUnixMicros(now));
  return facts;
}

absl::StatusOr<Facts> DecideCallOff(const Roster& roster, absl::Time now) {
  const record::RosterHead& head = roster.head();
  if (head.id().empty() || head.erased() || head.erase_us() <= absl::ToUnixMicros(now)) return Facts{};
  Facts facts = {At(now)};
  facts.back().mutable_roster()->mutable_called_off()->set_erase_us(absl::ToUnixMicros(now));
  return facts;
}

absl::StatusOr<Facts> DecideKeysDestroyed(const Roster& roster, const std::vector<uint32_t>& numbers,
                                          absl::Time now) {
  Facts facts = {At(now)};
  record::PupilKeysDestroyed* destroyed = facts.back().mutable_roster()->mutable_keys_destroyed();
  absl::Status missing;
  for (const uint32_t number : numbers) {
    auto child = roster.Find(PupilField(number));
    if (!child.ok()) missing = child.status();
    if (child.ok() && *child != nullptr && (*child)->pupil().erased()) destroyed->add_numbers(number);
  }
  if (!missing.ok()) return missing;
  return destroyed->numbers().empty() ? Facts{} : facts;
}

absl::StatusOr<Facts> Due(const Roster& roster, absl::Time now) {
  const record::RosterHead& head = roster.head();
  if (NextDue(head) > now) return Facts{};
  Facts facts = {At(now)};
  record::RosterEnded* ended = facts.back().mutable_roster()->mutable_ended();
  ended->set_first(std::max(head.ended_to(), 1U));
  ended->set_next(std::min(head.added() + 1, ended->first() + kErasedPerStep));
  ended->set_last(ended->next() > head.added());
  absl::Status missing;
  for (uint32_t number = ended->first(); number < ended->next(); ++number) {
    auto found = FindPupil(roster, number);
    if (!found.ok()) missing = found.status();
    if (found.ok() && *found != nullptr) ended->add_numbers(number);
  }
  if (!missing.ok()) return missing;
  return facts;
}

absl::Time NextDue(const record::RosterHead& head) {
  if (head.id().empty() || head.erased()) return absl::InfiniteFuture();
  return absl::FromUnixMicros(head.erase_us());
}

absl::Status Apply(Roster& roster, const record::Fact& fact) {
  using Kind = record::RosterFact::KindCase;
  const record::RosterFact& what = fact.roster();
  absl::Status status;
  switch (what.kind_case()) {
    case Kind::kPupilsAdded:
      Added(roster, what.pupils_added(), fact.time_us());
      break;
    case Kind::kPupilErased:
      status = Apply(roster, what.pupil_erased());
      break;
    case Kind::kConsentGiven:
      status = Apply(roster, what.consent_given());
      break;
    case Kind::kConsentWithdrawn:
      status = Apply(roster, what.consent_withdrawn(), fact.time_us());
      break;
    case Kind::kHandedOver:
      status = Apply(roster, what.handed_over(), fact.time_us());
      break;
    case Kind::kRead:
      Apply(roster, what.read());
      break;
    case Kind::kEnded:
      status = Apply(roster, what.ended());
      break;
    case Kind::kKeysDestroyed:
      for (const uint32_t number : what.keys_destroyed().numbers()) roster.Erase(PupilField(number));
      roster.mutable_head().set_keys_left(roster.head().keys_left() - what.keys_destroyed().numbers_size());
      break;
    case Kind::kCalledOff:
      roster.mutable_head().set_erase_us(what.called_off().erase_us());
      break;
    default:
      return absl::OkStatus();
  }
  if (!status.ok()) return status;
  roster.mutable_head().set_update_us(fact.time_us());
  roster.mutable_head().set_revision(roster.head().revision() + 1);
  return absl::OkStatus();
}

absl::Status CheckInvariants(const Roster& roster) {
  const record::RosterHead& head = roster.head();
  int32_t pupils = 0, consents = 0, handed_over = 0, keys_left = 0;
  uint32_t readings = 0;
  for (const auto& [field, child] : roster.children()) {
    if (!child) continue;
    readings += child->has_reading() ? 1U : 0U;
    if (!child->has_pupil()) continue;
    const record::PupilRecord& pupil = child->pupil();
    if (pupil.erased() != pupil.sealed().empty())
      return absl::InternalError(absl::StrCat(RosterName(head), ": ", field, " is half erased"));
    keys_left += pupil.erased() ? 1 : 0;
    pupils += pupil.erased() ? 0 : 1;
    consents += HasConsent(pupil) ? 1 : 0;
    handed_over += pupil.hand_over_us() != 0 ? 1 : 0;
  }
  // While the end is under way the head counts what was there when it began.
  const bool ending = head.ended_to() > 0 && !head.erased();
  if (keys_left != head.keys_left() || readings != head.readings() ||
      (!ending &&
       (pupils != head.pupils() || consents != head.consents() || handed_over != head.handed_over())))
    return absl::InternalError(absl::StrCat(RosterName(head), ": is miscounted"));
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
