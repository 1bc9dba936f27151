#include "libs/calendar/timestamps.h"
#include "services/volunteer/domain/ledger.h"

namespace kepu::volunteer::domain {
namespace {

using v1::HoursExplanation;
using Step = HoursExplanation::Step;

Step& Add(HoursExplanation* explanation, Step::Kind kind, int64_t minutes) {
  Step& step = *explanation->add_steps();
  step.set_kind(kind);
  step.set_minutes(static_cast<int32_t>(minutes));
  return step;
}

void AddSpans(HoursExplanation* explanation, Step::Kind kind, const Spans& spans) {
  for (const Span& span : spans) {
    Step& step = Add(explanation, kind, WholeMinutes({span}));
    calendar::SetMicros(span.first, step.mutable_start_time());
    calendar::SetMicros(span.second, step.mutable_end_time());
  }
}

// From presence to what was proposed.
void ExplainCounting(const record::HourRow& row, HoursExplanation* explanation) {
  Spans presence;
  for (const record::TimeSpan& span : row.presence()) presence.emplace_back(span.start_us(), span.end_us());
  const Reckoning reckoning = Reckon(row);
  AddSpans(explanation, Step::PRESENT, presence);
  if ((row.marks() & kForgotten) != 0) Add(explanation, Step::CHECK_OUT_FORGOTTEN, WholeMinutes(presence));
  if (reckoning.cut != Joined(presence)) AddSpans(explanation, Step::CUT, reckoning.cut);
  if (reckoning.rest > 0) Add(explanation, Step::BREAK, reckoning.present - reckoning.rest);
  if (reckoning.rounded != reckoning.present - reckoning.rest)
    Add(explanation, Step::ROUNDED, reckoning.rounded);
  if (reckoning.counted != reckoning.rounded) Add(explanation, Step::CAPPED, reckoning.counted);
}

}  // namespace

void Explain(const record::HourRow& row, HoursExplanation* explanation) {
  const bool corrects = row.kind() == v1::HourRecord::CORRECTION;
  if (!corrects) ExplainCounting(row, explanation);
  if (!corrects && row.asked_minutes() != row.proposed_minutes())
    Add(explanation, Step::CHANGED, row.asked_minutes());
  Step& agreed = Add(explanation, corrects ? Step::CORRECTED : Step::APPROVED, row.asked_minutes());
  agreed.set_role(row.approved_as());
  calendar::SetMicros(row.approve_us(), agreed.mutable_start_time());
  if (row.total_minutes() != row.asked_minutes()) Add(explanation, Step::ELSEWHERE, row.total_minutes());
}

}  // namespace kepu::volunteer::domain
