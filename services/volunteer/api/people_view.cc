#include "services/volunteer/api/people_view.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/domain/consents.h"
#include "services/volunteer/domain/id_number.h"
#include "services/volunteer/store/resources.h"

namespace kepu::volunteer {
namespace {

using domain::record::Sealed;

absl::StatusOr<domain::Age> AgeFrom(const Personal& personal, const std::string& user, bool minor,
                                    const std::string& sealed_birth_date) {
  domain::Age age;
  age.adult = !minor;
  if (!minor) return age;
  auto date = personal.Open(user, Personal::kBirthDate, sealed_birth_date);
  if (!date.ok()) return date.status();
  if (date->empty()) return age;
  auto born = calendar::ParseDate("birth_date", *date);
  if (!born.ok()) return absl::DataLossError("a date of birth that cannot be read");
  age.born = *born;
  return age;
}

absl::StatusOr<int> BandOf(const Personal& personal, const std::string& user, const std::string& sealed) {
  auto text = personal.Open(user, Personal::kBirthYearBand, sealed);
  if (!text.ok()) return text.status();
  int band = 0;
  if (!absl::SimpleAtoi(*text, &band)) band = 0;
  return band;
}

// What was said in clear goes with the key as well: nobody sees any of it then.
void Forgotten(v1::Volunteer* volunteer) {
  volunteer->clear_languages();
  volunteer->clear_skills();
  volunteer->clear_category();
  volunteer->clear_source();
}

absl::Status FillTexts(const Personal& personal, const Sealed& sealed, v1::Volunteer* volunteer) {
  const std::string& user = volunteer->user();
  auto reason = personal.Open(user, Personal::kReason, sealed.reject_reason());
  if (!reason.ok()) return reason.status();
  volunteer->set_reject_reason(*std::move(reason));
  auto number = personal.Open(user, Personal::kIdNumber, sealed.id_number());
  if (!number.ok()) return number.status();
  volunteer->set_id_number_masked(domain::MaskedIdNumber(*number));
  if (!volunteer->languages().empty()) return absl::OkStatus();
  // As they were kept once.
  auto languages = personal.Open(user, Personal::kLanguages, sealed.languages());
  if (!languages.ok()) return languages.status();
  for (absl::string_view language : absl::StrSplit(*languages, ',', absl::SkipEmpty()))
    volunteer->add_languages(std::string(language));
  return absl::OkStatus();
}

// Under age, as of now; whoever has no consent that holds may not sign up.
void FillMinor(const domain::Age& age, const Sealed& sealed, const domain::Rules& rules, absl::Time now,
               v1::Volunteer* volunteer) {
  if (age.born) volunteer->set_birth_date(calendar::FormatDate(*age.born));
  volunteer->set_minor(domain::IsMinorAt(age, now, rules));
  if (!volunteer->minor()) return;
  const absl::Time until = domain::CoveredUntil(sealed.consents(), now);
  if (until != absl::InfinitePast()) {
    calendar::SetMicros(absl::ToUnixMicros(until), volunteer->mutable_consent_until_time());
  } else if (volunteer->state() == v1::Volunteer::ACTIVE) {
    volunteer->set_state(v1::Volunteer::CONSENT_NEEDED);
  }
}

}  // namespace

absl::StatusOr<domain::Age> AgeOf(const Personal& personal, const domain::record::PersonHead& head,
                                  const v1::Requirements& needs) {
  auto age = AgeFrom(personal, head.user(), head.minor(), head.sealed_birth_date());
  if (!age.ok() || !age->adult || (needs.age_min() == 0 && needs.age_max() == 0)) return age;
  auto band = BandOf(personal, head.user(), head.sealed_birth_year_band());
  if (!band.ok()) return band.status();
  age->birth_year_band = *band;
  return age;
}

absl::Status FillSealed(const Personal& personal, const Sealed& sealed, const domain::Rules& rules,
                        absl::Time now, v1::Volunteer* volunteer) {
  auto age = AgeFrom(personal, volunteer->user(), sealed.minor(), sealed.birth_date());
  if (!age.ok()) return age.status();
  auto band = BandOf(personal, volunteer->user(), sealed.birth_year_band());
  if (!band.ok()) return band.status();
  volunteer->set_birth_year_band(*band);
  if (absl::Status status = FillTexts(personal, sealed, volunteer); !status.ok()) return status;
  const bool gone =
      (!sealed.birth_year_band().empty() && *band == 0) || (!sealed.birth_date().empty() && !age->born);
  if (gone) Forgotten(volunteer);
  if (volunteer->state() != v1::Volunteer::ERASED) FillMinor(*age, sealed, rules, now, volunteer);
  return absl::OkStatus();
}

absl::Status ShowPerson(const Personal& personal, const domain::record::PersonHead& head,
                        const domain::Rules& rules, absl::Time now, v1::Volunteer* volunteer) {
  ToResource(head, volunteer);
  return FillSealed(personal, SealedOf(head), rules, now, volunteer);
}

bool KeepsPeople(const rpc::Principal& principal, absl::string_view district) {
  return std::any_of(principal.grants.begin(), principal.grants.end(), [&](const rpc::Grant& grant) {
    const bool role = grant.role == "coordinator" || grant.role == "city_admin";
    return role && (grant.on == "city" || (!district.empty() && grant.on == district));
  });
}

void HidePersonal(v1::Volunteer* volunteer) {
  volunteer->clear_birth_date();
  volunteer->clear_reject_reason();
  volunteer->clear_id_number_masked();
}

}  // namespace kepu::volunteer
