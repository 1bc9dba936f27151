#include "services/volunteer/domain/absence.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

using record::AbsenceMark;
using record::AbsenceSource;
using v1::Absence;

constexpr absl::Duration kDay = absl::Hours(24);

bool Counts(const AbsenceMark& mark) {
  return mark.state() == Absence::MARKED || mark.state() == Absence::APPEALED ||
         mark.state() == Absence::UPHELD;
}

// Live halves of the other marks.
int32_t HalvesBeside(const record::PersonHead& head, absl::string_view shift, absl::Time now) {
  int32_t halves = 0;
  for (const record::LiveMark& mark : head.live_marks())
    if (mark.shift() != shift && mark.expire_us() > absl::ToUnixMicros(now)) halves += mark.halves();
  return halves;
}

// The fact of a mark as it is now, with what it does to the stop: enough marks begin one when a new one
// counts, and one that no longer counts ends it when too few are left. A mark that has run out ends nothing.
record::Fact Changed(const record::PersonHead& head, AbsenceMark mark, bool counted,
                     const AbsenceTerms& terms, absl::Time now) {
  const bool live = mark.expire_us() > absl::ToUnixMicros(now);
  const int32_t enough = 2 * terms.marks;
  int32_t halves = HalvesBeside(head, mark.source().shift(), now);
  int64_t stop = head.marks_stop_until_us();
  if (Counts(mark) && live) {
    halves += HalvesOf(mark.source().kind());
    if (!counted && halves >= enough) stop = std::max(stop, absl::ToUnixMicros(now + terms.stop_days * kDay));
  } else if (counted && live && halves < enough) {
    stop = 0;
  }
  record::Fact fact = At(now);
  *fact.mutable_absence_changed()->mutable_mark() = std::move(mark);
  fact.mutable_absence_changed()->set_stopped_until_us(stop);
  return fact;
}

// NOT_FOUND where there is no mark.
absl::StatusOr<const AbsenceMark*> MarkOrRefuse(const Person& person, absl::string_view shift) {
  auto mark = FindMark(person, shift);
  if (!mark.ok()) return mark.status();
  if (*mark == nullptr)
    return refusal::NotFound(absl::StrCat("volunteers/", person.head().id(), "/absences/", shift));
  return mark;
}

absl::Status Settled(const AbsenceMark& mark) {
  return refusal::Refuse(refusal::kNo, "ABSENCE_SETTLED", {{"state", Absence::State_Name(mark.state())}});
}

void FoldChanged(record::PersonHead& head, const record::AbsenceChanged& changed, int64_t time_us) {
  const AbsenceMark& mark = changed.mark();
  auto& list = *head.mutable_live_marks();
  list.erase(std::remove_if(list.begin(), list.end(),
                            [&](const record::LiveMark& one) {
                              return one.shift() == mark.source().shift() || one.expire_us() <= time_us;
                            }),
             list.end());
  if (Counts(mark) && mark.expire_us() > time_us) {
    record::LiveMark& live = *list.Add();
    live.set_shift(mark.source().shift());
    live.set_halves(HalvesOf(mark.source().kind()));
    live.set_expire_us(mark.expire_us());
    if (list.size() > kLiveMarksMax) list.DeleteSubrange(0, 1);
  }
}

// Stops for other reasons are left alone.
void SetStop(record::PersonHead& head, int64_t until_us) {
  const bool only_marks = head.stopped_until_us() == head.marks_stop_until_us();
  head.set_marks_stop_until_us(until_us);
  head.set_stopped_until_us(only_marks ? until_us : std::max(head.stopped_until_us(), until_us));
  if (head.stopped_until_us() != 0 && head.state() == v1::Volunteer::ACTIVE)
    head.set_state(v1::Volunteer::STOPPED);
  if (head.stopped_until_us() == 0 && head.state() == v1::Volunteer::STOPPED)
    head.set_state(v1::Volunteer::ACTIVE);
}

}  // namespace

AbsenceTerms TermsOn(const RuleSets& sets, absl::string_view district, absl::CivilDay day) {
  AbsenceTerms terms;
  if (const auto* rules = InForce(sets, v1::RecognitionRules::ABSENCE, district, day)) {
    const v1::AbsenceRules& absence = rules->absence();
    terms = {absence.live_days(), absence.marks(), absence.stop_days(), absence.appeal_days()};
  }
  return terms;
}

std::string AbsenceField(absl::string_view shift) { return absl::StrCat("k/", shift); }

int32_t HalvesOf(Absence::Kind kind) { return kind == Absence::LATE_WITHDRAWAL ? 1 : 2; }

int32_t LiveHalves(const record::PersonHead& head, absl::Time now) { return HalvesBeside(head, "", now); }

absl::StatusOr<const AbsenceMark*> FindMark(const Person& person, absl::string_view shift) {
  auto child = person.Find(AbsenceField(shift));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->absence();
}

absl::StatusOr<Facts> DecideAbsence(const Person& person, const AbsenceSource& source,
                                    const AbsenceTerms& terms, absl::Time now) {
  if (!person.Exists()) return absl::InternalError("an absence of nobody");
  auto known = FindMark(person, source.shift());
  if (!known.ok()) return known.status();
  AbsenceMark mark;
  bool counted = false;
  if (*known != nullptr) {
    const AbsenceSource& before = (*known)->source();
    // A late copy of what a shift said earlier must not undo what it says now.
    if (std::make_pair(source.noted_us(), static_cast<int>(source.state())) <=
        std::make_pair(before.noted_us(), static_cast<int>(before.state())))
      return Facts{};
    counted = Counts(**known);
    if (before.noted_us() == source.noted_us()) mark = **known;
  }
  *mark.mutable_source() = source;
  mark.set_person(person.head().id());
  if (mark.expire_us() == 0) {
    mark.set_state(Absence::MARKED);
    mark.set_expire_us(source.noted_us() + absl::ToInt64Microseconds(terms.live_days * kDay));
    mark.set_appeal_until_us(absl::ToUnixMicros(now + terms.appeal_days * kDay));
  }
  if (source.state() == AbsenceSource::RETRACTED) mark.set_state(Absence::LIFTED);
  if (source.state() == AbsenceSource::WAIVED) mark.set_state(Absence::WAIVED);
  return Facts{Changed(person.head(), std::move(mark), counted, terms, now)};
}

absl::StatusOr<Facts> DecideAppealing(const Person& person, absl::string_view shift,
                                      absl::string_view sealed_reason, absl::Time now) {
  auto known = MarkOrRefuse(person, shift);
  if (!known.ok()) return known.status();
  if ((*known)->state() != Absence::MARKED) return Settled(**known);
  if (absl::ToUnixMicros(now) > (*known)->appeal_until_us()) {
    return refusal::Refuse(refusal::kNo, "APPEAL_TOO_LATE",
                           {{"until", calendar::UtcText((*known)->appeal_until_us())}});
  }
  AbsenceMark mark = **known;
  mark.set_state(Absence::APPEALED);
  mark.set_sealed_appeal(std::string(sealed_reason));
  // It counts as before, so nothing stops or ends by it.
  return Facts{Changed(person.head(), std::move(mark), true, {}, now)};
}

absl::StatusOr<Facts> DecideAppeal(const Person& person, absl::string_view shift, bool granted,
                                   absl::string_view by, absl::string_view sealed_reason,
                                   const AbsenceTerms& terms, absl::Time now) {
  auto known = MarkOrRefuse(person, shift);
  if (!known.ok()) return known.status();
  if ((*known)->state() != Absence::APPEALED) return Settled(**known);
  if ((*known)->source().by() == by || person.head().user() == by)
    return refusal::Refuse(refusal::kNo, "OWN_CASE", {});
  AbsenceMark mark = **known;
  mark.set_state(granted ? Absence::LIFTED : Absence::UPHELD);
  mark.set_sealed_decision(std::string(sealed_reason));
  mark.set_decided_by(std::string(by));
  return Facts{Changed(person.head(), std::move(mark), true, terms, now)};
}

absl::Time NextStopEnd(const record::PersonHead& head) {
  return head.marks_stop_until_us() == 0 ? absl::InfiniteFuture()
                                         : absl::FromUnixMicros(head.marks_stop_until_us());
}

std::optional<record::Fact> DueStopEnd(const record::PersonHead& head, absl::Time now) {
  if (NextStopEnd(head) > now) return std::nullopt;
  record::Fact fact = At(now);
  fact.mutable_stop_ended();
  return fact;
}

void ApplyRecognition(record::PersonHead& head, const record::Fact& fact) {
  auto& stars = *head.mutable_stars();
  switch (fact.kind_case()) {
    case record::Fact::kStarReached:
      *stars.Add() = fact.star_reached();
      std::sort(stars.begin(), stars.end(), [](const record::StarReached& a, const record::StarReached& b) {
        return a.star() < b.star();
      });
      return;
    case record::Fact::kStarDropped:
      stars.erase(std::remove_if(stars.begin(), stars.end(),
                                 [&](const record::StarReached& star) {
                                   return star.star() == fact.star_dropped().star();
                                 }),
                  stars.end());
      return;
    case record::Fact::kAbsenceChanged:
      FoldChanged(head, fact.absence_changed(), fact.time_us());
      return SetStop(head, fact.absence_changed().stopped_until_us());
    case record::Fact::kStopEnded:
      return SetStop(head, 0);
    default:
      return;
  }
}

}  // namespace kepu::volunteer::domain
