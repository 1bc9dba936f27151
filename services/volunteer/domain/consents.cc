#include "services/volunteer/domain/consents.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/record.h"
#include "services/volunteer/domain/profile.h"
#include "services/volunteer/domain/shift_wait.h"
#include "services/volunteer/domain/signup.h"

namespace kepu::volunteer::domain {
namespace {

using reservation::v1::Claim;

// A paper is signed anew at least so often.
constexpr absl::Duration kConsentMax = absl::Hours(24 * 366 * 3);
constexpr absl::Duration kWeek = absl::Hours(24 * 7);

bool Says(const record::ConsentRecord& consent, v1::ConsentScope scope) {
  return std::count(consent.scopes().begin(), consent.scopes().end(), scope) > 0;
}

void CheckPaper(const record::ConsentRecord& consent, absl::Time now, refusal::FieldErrors* errors) {
  const absl::Time given = absl::FromUnixMicros(consent.give_us());
  const absl::Time expires = absl::FromUnixMicros(consent.expire_us());
  if (given > now) errors->Add("consent.give_time", "must not be in the future");
  if (expires <= now || expires > given + kConsentMax)
    errors->Add("consent.expire_time", "must be in the future, and within three years of give_time");
  if (consent.relation() == v1::RELATION_UNSPECIFIED) errors->Add("consent.relation", "is required");
  const std::set<int> scopes(consent.scopes().begin(), consent.scopes().end());
  if (scopes.count(v1::CONSENT_SCOPE_UNSPECIFIED) > 0 ||
      scopes.size() != static_cast<size_t>(consent.scopes_size())) {
    errors->Add("consent.scopes", "must be known, each once");
  }
}

// The date that the paper brings is the first that is known of the child.
void CheckNewDate(const ConsentCommand& command, const Rules& rules, absl::CivilDay today,
                  refusal::FieldErrors* errors) {
  if (!command.birth_date) return errors->Add("birth_date", "is required: none is on record yet");
  Age age;
  age.born = *command.birth_date;
  const int years = YearsOn(age, today, rules);
  if (years < YoungestOn(rules.minor_laws, today, rules.age_min) || years >= rules.age_min)
    errors->Add("birth_date", "must be of a minor who is old enough to serve");
  if (years < kDataConsentAge && !Says(command.consent, v1::CONSENT_TO_DATA)) {
    errors->Add("consent.scopes",
                absl::StrCat("must have CONSENT_TO_DATA for a child under ", kDataConsentAge));
  }
}

bool IsUncovered(const record::PersonHead& head, const Age& age, const v1::Requirements& needs,
                 absl::Time start, absl::Time end, const Rules& rules) {
  if (head.erased_us() != 0) return true;
  if (!IsMinorAt(age, start, rules)) return false;
  if (!age.born) return true;
  const absl::CivilDay day = calendar::DayOf(start);
  const MinorLaw* law = LawOn(rules.minor_laws, day);
  const MinorBand* band = law == nullptr ? nullptr : BandOf(*law, YearsOn(age, day, rules));
  return band == nullptr || !CheckConsents(head, *band, needs, start, end, rules.age_min).ok();
}

absl::Status LookAt(const Person& person, const record::Assignment& assignment, const Age& age,
                    const Rules& rules, absl::Time now, std::vector<Uncovered>* found) {
  const absl::Time end = absl::FromUnixMicros(assignment.end_us());
  if (end <= now) return absl::OkStatus();
  auto child = person.Find(reservation::ClaimField(assignment.claim_id()));
  if (!child.ok()) return child.status();
  if (*child == nullptr) return absl::InternalError("an assignment without its claim");
  const Claim& claim = (*child)->claim().claim();
  auto duty = DutyOf(claim.demand());
  const v1::Requirements needs = duty.ok() ? duty->requirements() : v1::Requirements();
  if (!IsUncovered(person.head(), age, needs, absl::FromUnixMicros(assignment.start_us()), end, rules))
    return absl::OkStatus();
  Uncovered& one = found->emplace_back();
  one.shift = assignment.purpose();
  one.reservation = claim.reservation();
  one.undecided = claim.state() == Claim::TRIED;
  if (!absl::StartsWith(assignment.purpose(), "shifts/")) one.elsewhere = claim;
  return absl::OkStatus();
}

}  // namespace

std::string ConsentId(int32_t number) { return absl::StrCat("c", number); }
std::string ConsentField(absl::string_view id) { return absl::StrCat("consent/", id); }

record::ConsentCover CoverOf(const record::ConsentRecord& consent) {
  record::ConsentCover cover;
  cover.set_id(consent.id());
  *cover.mutable_scopes() = consent.scopes();
  cover.set_from_us(consent.give_us());
  cover.set_until_us(consent.expire_us());
  cover.set_guardian_on_site(consent.guardian_on_site());
  return cover;
}

void DropCover(record::PersonHead& head, const std::string& id) {
  auto& covers = *head.mutable_consents();
  covers.erase(std::remove_if(covers.begin(), covers.end(),
                              [&](const record::ConsentCover& cover) { return cover.id() == id; }),
               covers.end());
}

absl::Time CoveredUntil(const google::protobuf::RepeatedPtrField<record::ConsentCover>& consents,
                        absl::Time now) {
  absl::Time until = absl::InfinitePast();
  for (const record::ConsentCover& cover : consents) {
    const bool service = std::count(cover.scopes().begin(), cover.scopes().end(), v1::CONSENT_TO_SERVICE) > 0;
    if (service && absl::FromUnixMicros(cover.until_us()) > now)
      until = std::max(until, absl::FromUnixMicros(cover.until_us()));
  }
  return until;
}

absl::StatusOr<Facts> DecideRecordConsent(const Person& person, const ConsentCommand& command, const Age& age,
                                          const Rules& rules, absl::Time now) {
  if (absl::Status status = CheckThere(person, ""); !status.ok()) return status;
  const record::PersonHead& head = person.head();
  if (!head.minor() || !IsMinorAt(age, now, rules)) {
    return refusal::Refuse(refusal::kNo, "NOT_A_MINOR", {{"name", absl::StrCat("volunteers/", head.id())}});
  }
  refusal::FieldErrors errors;
  CheckPaper(command.consent, now, &errors);
  if (AwaitsConsent(head)) CheckNewDate(command, rules, calendar::DayOf(now), &errors);
  if (age.born && command.birth_date && *age.born != *command.birth_date)
    errors.Add("birth_date", "is not the one on record");
  if (!errors.empty()) return errors.ToStatus();
  record::Fact fact = At(now);
  record::ConsentRecorded& recorded = *fact.mutable_consent_recorded();
  for (const record::ConsentCover& cover : head.consents())
    if (cover.until_us() <= absl::ToUnixMicros(now)) recorded.add_over(cover.id());
  if (head.consents_size() - recorded.over_size() >= kLiveConsentsMax || head.consent_count() >= kConsentsMax)
    return refusal::Refuse(refusal::kNo, "TOO_MANY_CONSENTS", {{"most", absl::StrCat(kLiveConsentsMax)}});
  *recorded.mutable_consent() = command.consent;
  recorded.mutable_consent()->set_id(ConsentId(head.consent_count() + 1));
  recorded.mutable_consent()->set_create_us(absl::ToUnixMicros(now));
  if (AwaitsConsent(head)) recorded.set_sealed_birth_date(command.sealed_birth_date);
  return Facts{fact};
}

absl::StatusOr<Facts> DecideWithdrawConsent(const Person& person, absl::string_view id, absl::string_view by,
                                            const Age& age, const Rules& rules, absl::Time now) {
  if (absl::Status status = CheckThere(person, ""); !status.ok()) return status;
  auto child = person.Find(ConsentField(id));
  if (!child.ok()) return child.status();
  if (*child == nullptr)
    return refusal::NotFound(absl::StrCat("volunteers/", person.head().id(), "/consents/", id));
  if ((*child)->consent().withdraw_us() != 0) return Facts{};
  record::Fact fact = At(now);
  fact.mutable_consent_withdrawn()->set_id(std::string(id));
  fact.mutable_consent_withdrawn()->set_by(std::string(by));
  const bool young = age.born && YearsOn(age, calendar::DayOf(now), rules) < kDataConsentAge;
  const auto& covers = person.head().consents();
  const bool kept = std::any_of(covers.begin(), covers.end(), [&](const record::ConsentCover& cover) {
    return cover.id() != id && cover.until_us() > absl::ToUnixMicros(now) &&
           std::count(cover.scopes().begin(), cover.scopes().end(), v1::CONSENT_TO_DATA) > 0;
  });
  fact.mutable_consent_withdrawn()->set_forget(young && !kept);
  return Facts{fact};
}

absl::StatusOr<std::vector<Uncovered>> UncoveredDuties(const Person& person, const Age& age,
                                                       const Rules& rules, absl::Time now) {
  std::vector<Uncovered> found;
  if (!person.Exists() || person.head().review_asked_us() == 0) return found;
  absl::Status missing;
  // What began yesterday may go on, and nothing is planned further ahead than shifts are.
  for (absl::Time at = now - kAssignmentMax; at < now + kHorizon + kWeek; at += kWeek) {
    auto week = person.Find(WeekField(WeekOf(at)));
    if (!week.ok()) missing = week.status();
    if (!week.ok() || *week == nullptr) continue;
    for (const record::Assignment& assignment : (*week)->week().assignments()) {
      if (absl::Status status = LookAt(person, assignment, age, rules, now, &found); !status.ok())
        missing = status;
    }
  }
  if (!missing.ok()) return missing;
  return found;
}

Facts DecideReviewed(const Person& person, int64_t asked_us, absl::Time now) {
  if (asked_us == 0 || person.head().review_asked_us() != asked_us) return {};
  record::Fact fact = At(now);
  fact.mutable_signups_reviewed()->set_asked_us(asked_us);
  return {fact};
}

absl::StatusOr<Facts> DecideRelease(const Shift& shift, absl::string_view person,
                                    absl::string_view reservation, absl::string_view sealed_reason,
                                    absl::Time now) {
  if (!shift.Exists()) return Facts{};
  auto signup = FindSignup(shift, person);
  if (!signup.ok()) return signup.status();
  if (*signup == nullptr || (*signup)->reservation() != reservation) return Facts{};
  const v1::Signup::State state = ShownState(shift.head(), **signup);
  if (state == v1::Signup::REQUESTED)
    return DecideLetGo(shift, person, v1::Signup::WITHDRAWN, sealed_reason, now);
  // Who counts as absent could still come.
  if (state != v1::Signup::SIGNED_UP && state != v1::Signup::NO_SHOW) return Facts{};
  auto held = FindRecord(shift, (*signup)->reservation());
  if (!held.ok()) return held.status();
  record::Fact fact = At(now);
  fact.mutable_withdrawn()->set_person(std::string(person));
  fact.mutable_withdrawn()->set_sealed_reason(std::string(sealed_reason));
  fact.mutable_withdrawn()->set_trainee((*signup)->trainee());
  fact.mutable_withdrawn()->set_was_no_show(state == v1::Signup::NO_SHOW);
  Facts facts{fact};
  if (auto back = reservation::DecideGiveBack(*held, now)) facts.push_back(RecordFact(*back));
  return ThenOffer(shift, std::move(facts), now);
}

}  // namespace kepu::volunteer::domain
