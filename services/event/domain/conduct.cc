#include "services/event/domain/conduct.h"

#include <algorithm>

#include "libs/calendar/dates.h"

namespace kepu::event::domain {
namespace {

int Halves(const ConductMark& mark) { return mark.no_show ? 2 : 1; }

// The term that ended last before `day`; null: none is known.
const Term* TermBefore(const SchoolRules& schools, absl::CivilDay day) {
  const Term* current = nullptr;
  const Term* last = nullptr;
  for (const Term& term : schools.terms) {
    if (term.first <= day && day <= term.last) current = &term;
    if (term.last < day && (last == nullptr || last->last < term.last)) last = &term;
  }
  return current == nullptr ? nullptr : last;
}

}  // namespace

absl::Time BarredUntil(const std::vector<ConductMark>& marks, const Rules& rules) {
  absl::Time until = absl::InfinitePast();
  for (size_t i = 0; i < marks.size(); ++i) {
    int halves = 0;
    for (size_t j = 0; j <= i; ++j)
      if (marks[j].time > marks[i].time - rules.marks_count) halves += Halves(marks[j]);
    if (halves >= rules.half_marks_to_bar) until = std::max(until, marks[i].time + rules.barred);
  }
  return until;
}

bool IsServedLast(const std::vector<ConductMark>& marks, const Rules& rules, const SchoolRules& schools,
                  absl::Time now) {
  const Term* term = TermBefore(schools, calendar::DayOf(now));
  if (term == nullptr) return false;
  int halves = 0;
  for (const ConductMark& mark : marks) {
    const absl::CivilDay day = calendar::DayOf(mark.time);
    if (term->first <= day && day <= term->last) halves += Halves(mark);
  }
  return halves >= rules.school_half_marks;
}

}  // namespace kepu::event::domain
