#include "services/volunteer/domain/profile.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/domain/skills.h"

namespace kepu::volunteer::domain {
namespace {

using Volunteer = v1::Volunteer;

// A check is good for some years at most; more is a slip of the pen.
constexpr absl::Duration kCheckMax = absl::Hours(24 * 366 * 5);

absl::Status Refused(absl::string_view reason, refusal::Params params = {}) {
  return refusal::Refuse(refusal::kNo, reason, std::move(params));
}

absl::Status ConsentNeeded(const Rules& rules) {
  return Refused("GUARDIAN_CONSENT_NEEDED", {{"age", absl::StrCat(rules.age_min)}});
}

Facts Profiled(const record::PersonProfile& profile, absl::Time now) {
  record::Fact fact = At(now);
  *fact.mutable_person_profile() = profile;
  return Facts{fact};
}

void AddKind(Volunteer::Kind kind, record::PersonProfile* profile) {
  const auto& kinds = profile->kinds();
  if (std::count(kinds.begin(), kinds.end(), kind) == 0) profile->add_kinds(kind);
}

void AddNew(const std::vector<std::string>& more, google::protobuf::RepeatedPtrField<std::string>* list) {
  for (const std::string& one : more)
    if (std::count(list->begin(), list->end(), one) == 0) *list->Add() = one;
}

// How somebody comes as a volunteer, as far as they were never here.
struct Coming {
  bool minor = false;
  // Too young for anything personal to be kept.
  bool awaits_consent = false;
};

absl::StatusOr<Coming> ComingOf(const RegisterCommand& command, const Rules& rules, absl::CivilDay today) {
  if (!command.birth_date) {
    const int year = static_cast<int>(today.year());
    if (command.birth_year_band % 5 != 0 || command.birth_year_band < 1900 ||
        command.birth_year_band > year) {
      return refusal::BadField("volunteer.birth_year_band",
                               "must be the first year of a band of five, such as 1995");
    }
    // The youngest that the band allows, who may have the birthday still ahead.
    if (year - (command.birth_year_band + 4) <= rules.age_min) {
      return refusal::BadField("volunteer.birth_date", absl::StrCat("is required of who may be under ",
                                                                    rules.age_min, ", like 2012-03-01"));
    }
    return Coming{};
  }
  const absl::CivilDay born = *command.birth_date;
  if (born > today || born.year() < 1900)
    return refusal::BadField("volunteer.birth_date", "must be a day of the past");
  if (command.birth_year_band != 0 && command.birth_year_band != born.year() / 5 * 5)
    return refusal::BadField("volunteer.birth_year_band", "must be the band of birth_date");
  Age age;
  age.born = born;
  const int years = YearsOn(age, today, rules);
  const int youngest = YoungestOn(rules.minor_laws, today, rules.age_min);
  if (years < youngest) return Refused("TOO_YOUNG", {{"age", absl::StrCat(youngest)}});
  return Coming{years < rules.age_min, years < kDataConsentAge};
}

void Say(const RegisterCommand& command, record::PersonProfile* profile) {
  profile->clear_languages();
  profile->clear_skills();
  for (const std::string& language : command.languages) profile->add_languages(language);
  for (const std::string& skill : command.skills) profile->add_skills(skill);
  if (command.category != v1::CATEGORY_UNSPECIFIED) profile->set_category(command.category);
  if (command.source != v1::SOURCE_UNSPECIFIED) profile->set_source(command.source);
}

absl::Status CheckBirthStays(const RegisterCommand& command) {
  if (command.birth_year_band != 0 && command.birth_year_band != command.known_birth_year_band)
    return refusal::BadField("volunteer.birth_year_band", "was given at registration and cannot change");
  if (command.birth_date && command.birth_date != command.known_birth_date)
    return refusal::BadField("volunteer.birth_date", "was given at registration and cannot change");
  return absl::OkStatus();
}

record::Fact Registered(const std::string& id, const std::string& user, const std::string& district,
                        absl::Time now) {
  record::Fact fact = At(now);
  fact.mutable_volunteer_registered()->set_id(id);
  fact.mutable_volunteer_registered()->set_user(user);
  fact.mutable_volunteer_registered()->set_district(district);
  return fact;
}

absl::StatusOr<Facts> RegisteredAgain(const Person& person, const RegisterCommand& command,
                                      const Rules& rules, absl::Time now) {
  const record::PersonHead& head = person.head();
  record::PersonProfile profile = ProfileOf(head);
  const bool volunteers = IsOfKind(head, Volunteer::VOLUNTEER);
  // Staff said nothing of their birth, and need not.
  if (volunteers) {
    if (absl::Status status = CheckBirthStays(command); !status.ok()) return status;
  }
  if (AwaitsConsent(head) && (!command.languages.empty() || !command.skills.empty()))
    return ConsentNeeded(rules);
  Say(command, &profile);
  AddKind(Volunteer::VOLUNTEER, &profile);
  profile.set_district(command.district);
  record::Fact fact = Registered(command.id, command.user, command.district, now);
  fact.mutable_volunteer_registered()->set_sealed_birth_year_band(head.sealed_birth_year_band());
  Facts facts{fact};
  facts.push_back(Profiled(profile, now)[0]);
  return facts;
}

absl::StatusOr<Facts> Changed(const Person& person, Volunteer::Verification state, absl::string_view by,
                              absl::string_view sealed_reason, absl::Time now) {
  if (person.head().verification() == state) return Facts{};
  record::Fact fact = At(now);
  fact.mutable_verification_changed()->set_state(state);
  fact.mutable_verification_changed()->set_by(std::string(by));
  fact.mutable_verification_changed()->set_sealed_reason(std::string(sealed_reason));
  return Facts{fact};
}

absl::Status NotSubmitted(const Person& person) {
  return Refused("NOT_SUBMITTED", {{"name", absl::StrCat("volunteers/", person.head().id())}});
}

}  // namespace

bool IsOfKind(const record::PersonHead& head, Volunteer::Kind kind) {
  if (head.kinds().empty()) return kind == Volunteer::VOLUNTEER && !head.id().empty();
  return std::count(head.kinds().begin(), head.kinds().end(), kind) > 0;
}

bool AwaitsConsent(const record::PersonHead& head) {
  return head.minor() && head.sealed_birth_date().empty();
}

record::PersonProfile ProfileOf(const record::PersonHead& head) {
  record::PersonProfile profile;
  *profile.mutable_kinds() = head.kinds();
  if (head.kinds().empty() && !head.id().empty()) profile.add_kinds(Volunteer::VOLUNTEER);
  profile.set_category(head.category());
  profile.set_source(head.source());
  *profile.mutable_languages() = head.languages();
  *profile.mutable_skills() = head.skills();
  profile.set_minor(head.minor());
  // Nobody who was under age came before that was kept.
  profile.set_adult(!head.minor());
  profile.set_sealed_birth_date(head.sealed_birth_date());
  profile.set_venue(head.venue());
  profile.set_district(head.district());
  return profile;
}

absl::Status CheckThere(const Person& person, absl::string_view name) {
  if (!person.Exists()) return Refused("NOT_REGISTERED", {{"name", std::string(name)}});
  if (person.head().erased_us() != 0) return Refused("PERSON_ERASED");
  return absl::OkStatus();
}

absl::StatusOr<Facts> DecideRegister(const Person& person, const RegisterCommand& command, const Rules& rules,
                                     absl::Time now) {
  if (person.Exists()) {
    if (absl::Status status = CheckThere(person, command.id); !status.ok()) return status;
    return RegisteredAgain(person, command, rules, now);
  }
  auto coming = ComingOf(command, rules, calendar::DayOf(now));
  if (!coming.ok()) return coming.status();
  record::Fact fact = Registered(command.id, command.user, command.district, now);
  record::PersonProfile profile;
  AddKind(Volunteer::VOLUNTEER, &profile);
  profile.set_district(command.district);
  profile.set_minor(coming->minor);
  profile.set_adult(!coming->minor);
  if (!coming->awaits_consent) Say(command, &profile);
  if (!coming->minor)
    fact.mutable_volunteer_registered()->set_sealed_birth_year_band(command.sealed_birth_year_band);
  if (coming->minor && !coming->awaits_consent) profile.set_sealed_birth_date(command.sealed_birth_date);
  Facts facts{fact};
  facts.push_back(Profiled(profile, now)[0]);
  return facts;
}

absl::StatusOr<Facts> DecideRegisterStaff(const Person& person, const StaffCommand& command, absl::Time now) {
  if (command.kind != Volunteer::STAFF && command.kind != Volunteer::EXPERT)
    return refusal::BadField("kind", "must be STAFF or EXPERT");
  const record::PersonHead& head = person.head();
  if (person.Exists()) {
    if (absl::Status status = CheckThere(person, command.id); !status.ok()) return status;
    if (!head.venue().empty() && head.venue() != command.venue && !command.may_move)
      return Refused("STAFF_ELSEWHERE");
  }
  record::PersonProfile profile = ProfileOf(head);
  AddKind(command.kind, &profile);
  profile.set_venue(command.venue);
  if (!AwaitsConsent(head)) {
    AddNew(command.languages, profile.mutable_languages());
    AddNew(command.skills, profile.mutable_skills());
  }
  Facts facts;
  if (!person.Exists()) {
    facts.push_back(Registered(command.id, command.user, command.district, now));
    profile.set_district(command.district);
  }
  facts.push_back(Profiled(profile, now)[0]);
  return facts;
}

absl::StatusOr<Facts> DecideUpdate(const Person& person, const record::PersonProfile& given,
                                   const Rules& rules, absl::Time now) {
  if (absl::Status status = CheckThere(person, ""); !status.ok()) return status;
  record::PersonProfile profile = ProfileOf(person.head());
  const std::string before = profile.SerializeAsString();
  profile.set_district(given.district());
  *profile.mutable_languages() = given.languages();
  *profile.mutable_skills() = given.skills();
  profile.set_category(given.category());
  profile.set_source(given.source());
  if (absl::Status status = CheckSkillsAndLanguages("volunteer", profile.skills(), profile.languages());
      !status.ok()) {
    return status;
  }
  if (AwaitsConsent(person.head()) && (profile.skills_size() > 0 || profile.languages_size() > 0))
    return ConsentNeeded(rules);
  if (profile.SerializeAsString() == before) return Facts{};
  return Profiled(profile, now);
}

absl::StatusOr<Facts> DecideSubmitVerification(const Person& person, absl::string_view by, absl::Time now) {
  if (absl::Status status = CheckThere(person, ""); !status.ok()) return status;
  if (person.head().verification() == Volunteer::VERIFIED) return Facts{};
  return Changed(person, Volunteer::SUBMITTED, by, "", now);
}

absl::StatusOr<Facts> DecideVerify(const Person& person, absl::string_view by, absl::Time now) {
  if (absl::Status status = CheckThere(person, ""); !status.ok()) return status;
  const Volunteer::Verification state = person.head().verification();
  if (state != Volunteer::SUBMITTED && state != Volunteer::VERIFIED) return NotSubmitted(person);
  return Changed(person, Volunteer::VERIFIED, by, "", now);
}

absl::StatusOr<Facts> DecideReject(const Person& person, absl::string_view by,
                                   absl::string_view sealed_reason, absl::Time now) {
  if (absl::Status status = CheckThere(person, ""); !status.ok()) return status;
  const Volunteer::Verification state = person.head().verification();
  if (state == Volunteer::UNVERIFIED || state == Volunteer::VERIFICATION_UNSPECIFIED)
    return NotSubmitted(person);
  return Changed(person, Volunteer::REJECTED, by, sealed_reason, now);
}

absl::StatusOr<Facts> DecideBackground(const Person& person, absl::string_view by, absl::Time until,
                                       absl::Time now) {
  if (absl::Status status = CheckThere(person, ""); !status.ok()) return status;
  const bool withdrawn = until == absl::InfinitePast();
  if (!withdrawn && (until <= now || until > now + kCheckMax))
    return refusal::BadField("expire_time", "must be in the future, and within five years");
  const int64_t until_us = withdrawn ? 0 : absl::ToUnixMicros(until);
  if (until_us == person.head().background_check_until_us()) return Facts{};
  record::Fact fact = At(now);
  fact.mutable_background_checked()->set_until_us(until_us);
  fact.mutable_background_checked()->set_by(std::string(by));
  return Facts{fact};
}

absl::Status CheckBirth(absl::CivilDay born, const Age& said, const Rules& rules, absl::CivilDay today) {
  bool fits = true;
  if (said.born) {
    fits = born == *said.born;
  } else if (said.birth_year_band != 0) {
    fits = born.year() / 5 * 5 == said.birth_year_band;
  } else if (said.adult) {
    Age age;
    age.born = born;
    fits = YearsOn(age, today, rules) >= rules.age_min;
  }
  return fits ? absl::OkStatus() : Refused("ID_NUMBER_DIFFERS");
}

absl::Status CheckIdNumber(const record::PersonHead& head, absl::string_view id, absl::CivilDay born,
                           const Age& said, const Rules& rules, absl::CivilDay today) {
  if (head.erased_us() != 0) return Refused("PERSON_ERASED");
  if (AwaitsConsent(head)) return ConsentNeeded(rules);
  if (head.verification() == Volunteer::VERIFIED && head.has_id_number() && head.id_number().id() != id)
    return Refused("ALREADY_VERIFIED");
  return CheckBirth(born, said, rules, today);
}

bool HasIdNumber(const record::PersonHead& head, const record::IdNumberRef& number) {
  return head.has_id_number() && head.id_number().id() == number.id() &&
         head.id_number().taken_us() == number.taken_us();
}

Facts DecideIdNumber(const Person& person, const record::IdNumberRef& number, absl::string_view sealed,
                     absl::Time now) {
  const record::PersonHead& head = person.head();
  // Later ones win, whichever of two that were taken at once comes first.
  const bool late = head.has_id_number() && head.id_number().taken_us() >= number.taken_us();
  if (!person.Exists() || head.erased_us() != 0 || AwaitsConsent(head) || late) return {};
  record::Fact fact = At(now);
  *fact.mutable_id_number_set()->mutable_number() = number;
  fact.mutable_id_number_set()->set_sealed(std::string(sealed));
  return {fact};
}

Facts DecideLeft(const Person& person, const record::IdNumberRef& number, absl::Time now) {
  for (const record::IdNumberRef& left : person.head().id_numbers_left()) {
    if (left.id() != number.id() || left.taken_us() != number.taken_us()) continue;
    record::Fact fact = At(now);
    *fact.mutable_id_number_left()->mutable_number() = number;
    return {fact};
  }
  return {};
}

std::string ReadField(int32_t number) { return absl::StrCat("read/", number); }

absl::StatusOr<Facts> DecideIdRead(const Person& person, absl::string_view by,
                                   absl::string_view sealed_reason, absl::Time now) {
  if (absl::Status status = CheckThere(person, ""); !status.ok()) return status;
  if (!person.head().has_id_number())
    return Refused("NO_ID_NUMBER", {{"name", absl::StrCat("volunteers/", person.head().id())}});
  record::Fact fact = At(now);
  record::IdNumberReadRecord& read = *fact.mutable_id_number_was_read()->mutable_read();
  read.set_by(std::string(by));
  read.set_sealed_reason(std::string(sealed_reason));
  read.set_time_us(absl::ToUnixMicros(now));
  return Facts{fact};
}

absl::StatusOr<Facts> DecideErase(const Person& person, absl::Time now) {
  if (!person.Exists()) return CheckThere(person, "volunteers/me");
  if (person.head().erased_us() != 0) return Facts{};
  record::Fact fact = At(now);
  fact.mutable_person_erased()->set_whole(true);
  return Facts{fact};
}

}  // namespace kepu::volunteer::domain
