#include "services/volunteer/domain/qualification.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

// For ever sorts last.
int64_t LastsUntil(int64_t valid_until_us) {
  return valid_until_us == 0 ? std::numeric_limits<int64_t>::max() : valid_until_us;
}

// What stands after all these awards. The level is the highest of what is valid now, and it is valid as long
// as anything lasts: renewing at a lower level takes nothing away.
record::Standing StandingOf(const record::QualificationRecord& known, const std::string& course,
                            int64_t now_us) {
  record::Standing standing;
  standing.set_course(course);
  const record::Award* longest = nullptr;
  for (const record::Award& award : known.awards()) {
    if (award.revoked_us() != 0) continue;
    if (longest == nullptr || LastsUntil(award.valid_until_us()) > LastsUntil(longest->valid_until_us()))
      longest = &award;
    if (LastsUntil(award.valid_until_us()) >= now_us && award.level() > standing.level())
      standing.set_level(award.level());
  }
  if (longest != nullptr) {
    standing.set_awarded_us(longest->awarded_us());
    standing.set_valid_until_us(longest->valid_until_us());
    if (standing.level() == 0) standing.set_level(longest->level());
    return standing;
  }
  const record::Award& last = *known.awards().rbegin();
  standing.set_level(last.level());
  standing.set_awarded_us(last.awarded_us());
  standing.set_valid_until_us(last.revoked_us());
  standing.set_revoked(true);
  return standing;
}

// Revoked ones keep the word that was given first.
void Revoke(const record::QualificationRevoked& revoked, int64_t time_us,
            record::QualificationRecord* record) {
  for (record::Award& award : *record->mutable_awards()) {
    if (award.revoked_us() != 0) continue;
    award.set_revoked_us(time_us);
    award.set_sealed_reason(revoked.sealed_reason());
    award.set_revoked_by(revoked.by());
  }
}

void Add(const record::Award& award, record::QualificationRecord* record) {
  *record->add_awards() = award;
  if (record->awards_size() > kAwardsMax) record->mutable_awards()->DeleteSubrange(0, 1);
}

absl::StatusOr<record::QualificationRecord> RecordOf(const Person& person, absl::string_view course) {
  auto child = person.Find(QualificationField(course));
  if (!child.ok()) return child.status();
  return *child == nullptr ? record::QualificationRecord() : (*child)->qualification();
}

}  // namespace

std::string QualificationField(absl::string_view course) {
  absl::ConsumePrefix(&course, "courses/");
  return absl::StrCat("q/", course);
}

int64_t ValidUntilUs(absl::CivilDay awarded, int32_t months) {
  if (months == 0) return 0;
  const absl::CivilMonth month = absl::CivilMonth(awarded) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  const absl::CivilDay same = absl::CivilDay(month) + (awarded.day() - 1);
  return absl::ToUnixMicros(calendar::At(std::min(same, last) + 1));
}

bool IsValid(const record::Qualification& qualification, absl::Time until) {
  return LastsUntil(qualification.valid_until_us()) >= absl::ToUnixMicros(until);
}

absl::StatusOr<Facts> DecideAward(const Person& person, const record::Award& award, absl::Time now) {
  if (!person.Exists()) return refusal::NotFound("volunteer");
  auto known = RecordOf(person, award.course());
  if (!known.ok()) return known.status();
  const auto& awards = known->awards();
  if (std::any_of(awards.begin(), awards.end(), [&](const auto& one) { return one.id() == award.id(); }))
    return Facts{};
  Add(award, &*known);
  record::Fact fact = At(now);
  *fact.mutable_qualification()->mutable_awarded() = award;
  *fact.mutable_qualification()->mutable_standing() =
      StandingOf(*known, award.course(), absl::ToUnixMicros(now));
  return Facts{fact};
}

absl::StatusOr<Facts> DecideRevoke(const Person& person, absl::string_view course, absl::string_view by,
                                   absl::string_view sealed_reason, absl::Time now) {
  const std::string name(course);
  if (!person.Exists()) return refusal::NotFound(name);
  auto known = RecordOf(person, course);
  if (!known.ok()) return known.status();
  const auto& awards = known->awards();
  if (awards.empty()) return refusal::NotFound(name);
  if (std::all_of(awards.begin(), awards.end(), [](const auto& one) { return one.revoked_us() != 0; }))
    return Facts{};
  record::Fact fact = At(now);
  record::QualificationRevoked& revoked = *fact.mutable_qualification()->mutable_revoked();
  revoked.set_course(name);
  revoked.set_by(std::string(by));
  revoked.set_sealed_reason(std::string(sealed_reason));
  Revoke(revoked, absl::ToUnixMicros(now), &*known);
  *fact.mutable_qualification()->mutable_standing() = StandingOf(*known, name, absl::ToUnixMicros(now));
  return Facts{fact};
}

absl::StatusOr<const record::Award*> ShownAward(const Person& person, absl::string_view course) {
  auto child = person.Find(QualificationField(course));
  if (!child.ok()) return child.status();
  if (*child == nullptr) return nullptr;
  const record::Award* shown = nullptr;
  for (const record::Award& award : (*child)->qualification().awards()) {
    const bool stands = award.revoked_us() == 0, shown_stands = shown != nullptr && shown->revoked_us() == 0;
    const bool longer =
        shown == nullptr || LastsUntil(award.valid_until_us()) > LastsUntil(shown->valid_until_us());
    if (stands ? !shown_stands || longer : !shown_stands) shown = &award;
  }
  return shown;
}

void ApplyStanding(record::PersonHead& head, const record::Standing& standing) {
  auto& list = *head.mutable_qualifications();
  auto it = std::find_if(list.begin(), list.end(),
                         [&](const auto& one) { return one.course() == standing.course(); });
  if (it == list.end() && list.size() >= kQualificationsMax) {
    list.erase(std::min_element(list.begin(), list.end(), [](const auto& a, const auto& b) {
      return LastsUntil(a.valid_until_us()) < LastsUntil(b.valid_until_us());
    }));
    it = list.end();
  }
  record::Qualification& one = it == list.end() ? *list.Add() : *it;
  if (one.valid_until_us() != standing.valid_until_us()) one.clear_noted_us();
  one.set_course(standing.course());
  one.set_level(standing.level());
  one.set_awarded_us(standing.awarded_us());
  one.set_valid_until_us(standing.valid_until_us());
  one.set_revoked(standing.revoked());
}

void ApplyQualification(Person& person, const record::QualificationFact& fact, int64_t time_us) {
  const std::string field = QualificationField(fact.standing().course());
  const record::PersonChild* known = person.Mutable(field);
  record::PersonChild child = known != nullptr ? *known : record::PersonChild();
  if (fact.has_awarded()) Add(fact.awarded(), child.mutable_qualification());
  if (fact.has_revoked()) Revoke(fact.revoked(), time_us, child.mutable_qualification());
  person.Put(field, std::move(child));
}

}  // namespace kepu::volunteer::domain
