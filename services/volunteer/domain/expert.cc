#include "services/volunteer/domain/expert.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

using v1::Expert;

bool IsCode(absl::string_view code) {
  return !code.empty() && std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

void CheckSubjects(const google::protobuf::RepeatedPtrField<Expert::Subject>& subjects, const char* field,
                   refusal::FieldErrors& errors) {
  std::set<std::string> codes;
  for (const Expert::Subject& subject : subjects) {
    if (!IsCode(subject.code()) || subject.title().zh().empty())
      errors.Add(field, "must each have a code of a-z, 0-9, - and ., and a title in Chinese");
    if (!codes.insert(subject.code()).second) errors.Add(field, "must not have a code twice");
  }
}

void CheckTimes(const Expert& expert, refusal::FieldErrors& errors) {
  for (const Expert::Window& window : expert.windows()) {
    if (window.weekday() < 1 || window.weekday() > 7 || window.from_minute() < 0 ||
        window.to_minute() > calendar::kMinutesPerDay || window.to_minute() <= window.from_minute())
      errors.Add("expert.windows", "must each be of a weekday from 1 to 7 and end after their start");
  }
  for (const std::string& date : expert.dates_off())
    if (!calendar::ParseDate("", date).ok()) errors.Add("expert.dates_off", "must be dates like 2026-12-24");
}

void CheckLinks(const Expert& expert, refusal::FieldErrors& errors) {
  const auto check = [&](const char* field, const char* pattern, const std::string& name) {
    if (!name.empty() && !names::Parse("", pattern, name).ok())
      errors.Add(field, absl::StrCat("must be like ", pattern));
  };
  check("expert.team", "teams/*", expert.team());
  check("expert.workstation", "venues/*", expert.workstation());
  check("expert.training_base", "venues/*", expert.training_base());
}

bool Has(const google::protobuf::RepeatedPtrField<Expert::Subject>& subjects, absl::string_view code) {
  return std::any_of(subjects.begin(), subjects.end(),
                     [&](const Expert::Subject& subject) { return subject.code() == code; });
}

absl::StatusOr<bool> IsConfirmed(const Person& person, absl::string_view purpose) {
  auto child = person.Find(InvitationField(purpose));
  if (!child.ok()) return child.status();
  return *child != nullptr;
}

}  // namespace

absl::Status CheckExpert(Expert& expert, const Expert* before, const record::PersonHead& person) {
  refusal::FieldErrors errors;
  if (expert.fields().empty()) errors.Add("expert.fields", "at least one is required");
  CheckSubjects(expert.fields(), "expert.fields", errors);
  CheckSubjects(expert.topics(), "expert.topics", errors);
  CheckTimes(expert, errors);
  CheckLinks(expert, errors);
  if (expert.level() == Expert::LEVEL_UNSPECIFIED) expert.set_level(Expert::OTHER);
  if (expert.home_city() == Expert::HOME_CITY_UNSPECIFIED) expert.set_home_city(Expert::CHONGQING);
  if (expert.travel() == Expert::TRAVEL_UNSPECIFIED) expert.set_travel(Expert::CITY);
  expert.set_from_elsewhere(expert.home_city() != Expert::CHONGQING);
  expert.set_volunteer(absl::StrCat("volunteers/", person.id()));
  expert.set_district(person.district());
  expert.set_state(before == nullptr ? Expert::DRAFT : before->state());
  expert.set_level_confirmed(before != nullptr && before->level() == expert.level() &&
                             before->level_confirmed());
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  // Who is listed stays fit to be.
  return expert.state() == Expert::LISTED ? CheckListing(expert) : absl::OkStatus();
}

absl::Status CheckListing(const Expert& expert) {
  if (expert.level() != Expert::ACADEMICIAN || expert.level_confirmed()) return absl::OkStatus();
  return refusal::Refuse(refusal::kNo, "LEVEL_NOT_CONFIRMED", {{"name", expert.name()}});
}

bool IsAvailable(const Expert& expert, absl::Time start, absl::Time end) {
  const absl::CivilDay first = calendar::DayOf(start);
  const absl::CivilDay last = calendar::DayOf(end - absl::Microseconds(1));
  for (const std::string& date : expert.dates_off()) {
    const auto off = calendar::ParseDate("", date);
    if (off.ok() && *off >= first && *off <= last) return false;
  }
  if (expert.windows().empty()) return true;
  return std::any_of(expert.windows().begin(), expert.windows().end(), [&](const Expert::Window& window) {
    return window.weekday() == calendar::WeekdayIndex(first) + 1 &&
           calendar::At(first, window.from_minute()) <= start &&
           end <= calendar::At(first, window.to_minute());
  });
}

bool Offers(const Expert& expert, absl::string_view field, absl::string_view topic) {
  return (field.empty() || Has(expert.fields(), field)) && (topic.empty() || Has(expert.topics(), topic));
}

Facts DecideStanding(const Person& person, const Expert& expert, absl::Time now) {
  record::ExpertStanding standing;
  standing.set_listed(expert.state() == Expert::LISTED);
  standing.set_academician(expert.level() == Expert::ACADEMICIAN && expert.level_confirmed());
  if (person.head().has_expert() &&
      person.head().expert().SerializeAsString() == standing.SerializeAsString())
    return {};
  record::Fact fact = At(now);
  *fact.mutable_expert_stood()->mutable_standing() = standing;
  return {fact};
}

absl::StatusOr<Facts> DecideInvitation(const Person& person, absl::string_view purpose, absl::Time now) {
  constexpr const char* kPatterns[] = {"events/*/sessions/*", "shifts/*", "lectureRequests/*"};
  const bool known = std::any_of(std::begin(kPatterns), std::end(kPatterns), [&](const char* pattern) {
    return names::Parse("", pattern, purpose).ok();
  });
  if (!known) return refusal::BadField("purpose", "must be a session, a shift or a lecture request");
  auto confirmed = IsConfirmed(person, purpose);
  if (!confirmed.ok()) return confirmed.status();
  if (*confirmed) return Facts{};
  record::Fact fact = At(now);
  fact.mutable_invitation_confirmed()->set_purpose(std::string(purpose));
  return Facts{fact};
}

absl::Status CheckInvitation(const Person& person, absl::string_view purpose) {
  if (!person.head().expert().academician()) return absl::OkStatus();
  auto confirmed = IsConfirmed(person, purpose);
  if (!confirmed.ok()) return confirmed.status();
  if (*confirmed) return absl::OkStatus();
  return refusal::Refuse(
      refusal::kNo, "INVITATION_NOT_CONFIRMED",
      {{"name", absl::StrCat("experts/", person.head().id())}, {"purpose", std::string(purpose)}});
}

std::string InvitationField(absl::string_view purpose) { return absl::StrCat("i/", purpose); }

bool ApplyExpertHead(record::PersonHead& head, const record::Fact& fact) {
  if (fact.has_expert_stood()) *head.mutable_expert() = fact.expert_stood().standing();
  return fact.has_expert_stood() || fact.has_invitation_confirmed();
}

bool ApplyExpertChildren(Person& person, const record::Fact& fact) {
  if (!fact.has_invitation_confirmed()) return fact.has_expert_stood();
  record::PersonChild child;
  child.mutable_invitation()->set_purpose(fact.invitation_confirmed().purpose());
  child.mutable_invitation()->set_confirm_us(fact.time_us());
  person.Put(InvitationField(fact.invitation_confirmed().purpose()), std::move(child));
  return true;
}

}  // namespace kepu::volunteer::domain
