#include <algorithm>

#include "services/volunteer/domain/consents.h"
#include "services/volunteer/domain/membership.h"
#include "services/volunteer/domain/profile.h"

namespace kepu::volunteer::domain {
namespace {

void LeaveIdNumber(record::PersonHead& head) {
  if (head.has_id_number()) *head.add_id_numbers_left() = head.id_number();
  head.clear_id_number();
  head.clear_sealed_id_number();
}

// What a child's guardian no longer lets be kept.
void Forget(record::PersonHead& head) {
  LeaveIdNumber(head);
  head.clear_sealed_birth_date();
  head.clear_languages();
  head.clear_skills();
  head.clear_sealed_reject_reason();
}

// Of a head nothing else than what ledgers and the statistics of places rest on outlives its person: the
// fields that go, by number. What stays is listed by a test, with why.
using Head = record::PersonHead;
constexpr int kErased[] = {
    Head::kSealedBirthYearBandFieldNumber,
    Head::kSealedLanguagesFieldNumber,
    Head::kQualificationsFieldNumber,
    Head::kBackgroundCheckUntilUsFieldNumber,
    Head::kVerifiedFieldNumber,
    Head::kVerificationFieldNumber,
    Head::kCategoryFieldNumber,
    Head::kSourceFieldNumber,
    Head::kVenueFieldNumber,
    Head::kConsentsFieldNumber,
};
// Beside those, of who was erased whole.
constexpr int kErasedWhole[] = {
    Head::kKindsFieldNumber,    Head::kAvailabilityFieldNumber, Head::kTeamsFieldNumber,
    Head::kTransferFieldNumber, Head::kExpertFieldNumber,       Head::kCountedLatelyFieldNumber,
};

void EraseHead(record::PersonHead& head, bool whole) {
  Forget(head);
  head.set_state(v1::Volunteer::ERASED);
  const auto clear = [&head](int number) {
    head.GetReflection()->ClearField(&head, Head::descriptor()->FindFieldByNumber(number));
  };
  for (const int number : kErased) clear(number);
  if (!whole) return;
  for (const int number : kErasedWhole) clear(number);
}

void DropNumber(record::PersonHead& head, const std::string& id, int64_t taken_us) {
  auto& left = *head.mutable_id_numbers_left();
  left.erase(std::remove_if(left.begin(), left.end(),
                            [&](const record::IdNumberRef& one) {
                              return one.id() == id && (taken_us == 0 || one.taken_us() == taken_us);
                            }),
             left.end());
}

void SetIdNumber(record::PersonHead& head, const record::IdNumberSet& set) {
  if (head.has_id_number() && head.id_number().id() != set.number().id()) LeaveIdNumber(head);
  DropNumber(head, set.number().id(), 0);
  *head.mutable_id_number() = set.number();
  head.set_sealed_id_number(set.sealed());
}

void SetProfile(record::PersonHead& head, const record::PersonProfile& profile) {
  *head.mutable_kinds() = profile.kinds();
  head.set_category(profile.category());
  head.set_source(profile.source());
  *head.mutable_languages() = profile.languages();
  *head.mutable_skills() = profile.skills();
  head.set_minor(profile.minor());
  head.set_adult(profile.adult());
  head.set_sealed_birth_date(profile.sealed_birth_date());
  head.set_venue(profile.venue());
  head.set_district(profile.district());
  // They stand in clear now; as long as nobody said them anew, what was said before is kept as it was.
  if (profile.languages_size() > 0) head.clear_sealed_languages();
}

void AddConsent(record::PersonHead& head, const record::ConsentRecorded& recorded) {
  for (const std::string& id : recorded.over()) DropCover(head, id);
  *head.add_consents() = CoverOf(recorded.consent());
  head.set_consent_count(head.consent_count() + 1);
  if (!recorded.sealed_birth_date().empty()) head.set_sealed_birth_date(recorded.sealed_birth_date());
}

}  // namespace

bool ApplyProfileHead(record::PersonHead& head, const record::Fact& fact) {
  switch (fact.kind_case()) {
    case record::Fact::kPersonProfile:
      SetProfile(head, fact.person_profile());
      break;
    case record::Fact::kVerificationChanged:
      head.set_verification(fact.verification_changed().state());
      head.set_verified(head.verification() == v1::Volunteer::VERIFIED);
      head.set_sealed_reject_reason(fact.verification_changed().sealed_reason());
      break;
    case record::Fact::kBackgroundChecked:
      head.set_background_check_until_us(fact.background_checked().until_us());
      break;
    case record::Fact::kConsentRecorded:
      AddConsent(head, fact.consent_recorded());
      break;
    case record::Fact::kConsentWithdrawn:
      DropCover(head, fact.consent_withdrawn().id());
      head.set_review_asked_us(fact.time_us());
      if (fact.consent_withdrawn().forget()) Forget(head);
      break;
    case record::Fact::kSignupsReviewed:
      if (head.review_asked_us() != fact.signups_reviewed().asked_us()) return true;
      head.clear_review_asked_us();
      // Their key is gone, so the record need not tell whose it was.
      if (head.erased_us() != 0) head.clear_user();
      return true;
    case record::Fact::kIdNumberSet:
      SetIdNumber(head, fact.id_number_set());
      break;
    case record::Fact::kIdNumberLeft:
      DropNumber(head, fact.id_number_left().number().id(), fact.id_number_left().number().taken_us());
      return true;
    case record::Fact::kIdNumberWasRead:
      head.set_id_reads(head.id_reads() + 1);
      return true;
    case record::Fact::kPersonErased:
      EraseHead(head, fact.person_erased().whole());
      head.set_erased_us(fact.time_us());
      head.set_review_asked_us(fact.time_us());
      break;
    default:
      return false;
  }
  head.set_update_us(fact.time_us());
  return true;
}

void ApplyProfileChildren(Person& person, const record::Fact& fact) {
  if (fact.has_consent_recorded()) {
    record::PersonChild child;
    *child.mutable_consent() = fact.consent_recorded().consent();
    person.Put(ConsentField(fact.consent_recorded().consent().id()), std::move(child));
  } else if (fact.has_consent_withdrawn()) {
    record::PersonChild* child = person.Mutable(ConsentField(fact.consent_withdrawn().id()));
    if (child != nullptr) child->mutable_consent()->set_withdraw_us(fact.time_us());
  } else if (fact.has_id_number_was_read()) {
    record::PersonChild child;
    *child.mutable_id_read() = fact.id_number_was_read().read();
    person.Put(ReadField(person.head().id_reads() + 1), std::move(child));
  } else if (fact.has_person_erased()) {
    for (int32_t number = 1; number <= person.head().consent_count(); ++number)
      person.Erase(ConsentField(ConsentId(number)));
    if (fact.person_erased().whole()) person.Erase(kPeriodsField);
  }
}

}  // namespace kepu::volunteer::domain
