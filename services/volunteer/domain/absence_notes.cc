#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/domain/absence.h"

namespace kepu::volunteer::domain {
namespace {

using record::AbsenceNote;
using record::AbsenceSource;

record::Fact Noted(const Shift& shift, const std::string& person, v1::Absence::Kind kind,
                   const std::string& sealed_reason, absl::string_view by, absl::Time now) {
  record::Fact fact = At(now);
  fact.mutable_absence_noted()->set_person(person);
  AbsenceSource& source = *fact.mutable_absence_noted()->mutable_source();
  source.set_shift(shift.head().id());
  source.set_place(shift.head().place());
  source.set_kind(kind);
  source.set_state(AbsenceSource::LIVE);
  source.set_noted_us(absl::ToUnixMicros(now));
  source.set_sealed_reason(sealed_reason);
  source.set_by(std::string(by));
  return fact;
}

absl::StatusOr<const AbsenceNote*> FindNote(const Shift& shift, absl::string_view person) {
  auto child = shift.Find(NoteField(person));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->absence();
}

// What one fact says of an absence; nothing for most.
absl::StatusOr<std::optional<record::Fact>> NoteOf(const record::Fact& fact, const Shift& shift,
                                                   absl::string_view by, const Rules& rules, absl::Time now) {
  const absl::Time limit = absl::FromUnixMicros(shift.head().start_us()) - rules.leave_limit;
  std::optional<record::Fact> note;
  std::string person;
  if (fact.has_marked_no_show()) {
    const record::MarkedNoShow& marked = fact.marked_no_show();
    person = marked.person();
    note = Noted(shift, person, v1::Absence::NO_SHOW, marked.sealed_reason(), by, now);
  } else if (fact.has_withdrawn() && now > limit) {
    const record::Withdrawn& withdrawn = fact.withdrawn();
    person = withdrawn.person();
    note = Noted(shift, person, v1::Absence::LATE_WITHDRAWAL, withdrawn.sealed_reason(), by, now);
  } else if (fact.has_attendance() && fact.attendance().before().state() == v1::Signup::NO_SHOW &&
             fact.attendance().after().state() != v1::Signup::NO_SHOW) {
    person = fact.attendance().person();
  } else {
    return note;
  }
  // Apply changes the note that is there.
  auto known = FindNote(shift, person);
  if (!known.ok()) return known.status();
  if (!note && *known != nullptr && (*known)->source().state() == AbsenceSource::LIVE) {
    note = At(now);
    note->mutable_absence_retracted()->set_person(person);
  }
  return note;
}

}  // namespace

std::string NoteField(absl::string_view person) { return absl::StrCat("a/", person); }

absl::StatusOr<Facts> WithAbsences(absl::StatusOr<Facts> facts, const Shift& shift, absl::string_view by,
                                   const Rules& rules, absl::Time now) {
  if (!facts.ok()) return facts;
  Facts notes;
  for (const record::Fact& fact : *facts) {
    auto note = NoteOf(fact, shift, by, rules, now);
    if (!note.ok()) return note.status();
    if (*note) notes.push_back(**std::move(note));
  }
  for (record::Fact& note : notes) facts->push_back(std::move(note));
  return facts;
}

absl::StatusOr<Facts> DecideWaive(const Shift& shift, v1::WaiverGround ground, absl::string_view by,
                                  absl::Time now) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  if (shift.head().waived() != v1::WAIVER_GROUND_UNSPECIFIED) return Facts{};
  record::Fact fact = At(now);
  fact.mutable_absences_waived()->set_ground(ground);
  fact.mutable_absences_waived()->set_by(std::string(by));
  return Facts{fact};
}

std::optional<AbsenceSource> ToPost(const record::ShiftHead& head, const AbsenceNote& note) {
  AbsenceSource source = note.source();
  if (head.waived() != v1::WAIVER_GROUND_UNSPECIFIED && source.state() == AbsenceSource::LIVE)
    source.set_state(AbsenceSource::WAIVED);
  if (source.state() == note.posted() && source.noted_us() == note.posted_noted_us()) return std::nullopt;
  return source;
}

absl::StatusOr<Facts> DecideAbsencePosted(const Shift& shift, absl::string_view person,
                                          const AbsenceSource& source, absl::Time now) {
  auto note = FindNote(shift, person);
  if (!note.ok()) return note.status();
  if (*note == nullptr) return absl::InternalError("an absence that was posted is not there");
  // Only what it says now is done by this; an earlier word is followed by a later one.
  const auto due = ToPost(shift.head(), **note);
  if (!due || due->state() != source.state() || due->noted_us() != source.noted_us()) return Facts{};
  record::Fact fact = At(now);
  fact.mutable_absence_posted()->set_person(std::string(person));
  fact.mutable_absence_posted()->set_state(source.state());
  fact.mutable_absence_posted()->set_noted_us(source.noted_us());
  return Facts{fact};
}

void ApplyNote(AbsenceNote& note, const record::Fact& fact) {
  if (fact.has_absence_noted()) {
    *note.mutable_source() = fact.absence_noted().source();
  } else if (fact.has_absence_retracted()) {
    note.mutable_source()->set_state(AbsenceSource::RETRACTED);
  } else if (fact.has_absence_posted()) {
    note.set_posted(fact.absence_posted().state());
    note.set_posted_noted_us(fact.absence_posted().noted_us());
  }
}

absl::Status ApplyAbsence(Shift& shift, const record::Fact& fact) {
  if (fact.has_absences_waived()) return absl::OkStatus();
  const std::string& person = fact.has_absence_noted()       ? fact.absence_noted().person()
                              : fact.has_absence_retracted() ? fact.absence_retracted().person()
                                                             : fact.absence_posted().person();
  const std::string field = NoteField(person);
  record::ShiftChild* known = shift.Mutable(field);
  if (known == nullptr && !fact.has_absence_noted())
    return absl::InternalError(absl::StrCat("an absence that is not there: ", field));
  record::ShiftChild child = known == nullptr ? record::ShiftChild() : *known;
  ApplyNote(*child.mutable_absence(), fact);
  shift.Put(field, std::move(child));
  return absl::OkStatus();
}

}  // namespace kepu::volunteer::domain
