#include "services/event/domain/evaluation.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/fields.h"

namespace kepu::event::domain {
namespace {

using refusal::kNo;

bool DeclaresAnything(const v1::Declared& declared) {
  return declared.visits() != 0 || declared.online_views() != 0 || declared.media_reach() != 0 ||
         declared.volunteer_hours() != 0 || declared.cost_yuan() != 0;
}

absl::Status CheckEvaluation(const v1::Evaluation& evaluation) {
  refusal::FieldErrors errors;
  CheckName("evaluation.event", "events/*", evaluation.event(), &errors);
  const std::pair<const char*, const v1::Text*> texts[] = {{"evaluation.summary", &evaluation.summary()},
                                                           {"evaluation.problems", &evaluation.problems()},
                                                           {"evaluation.lessons", &evaluation.lessons()}};
  for (const auto& [field, text] : texts)
    if (!text->zh().empty() || !text->en().empty()) CheckText(field, *text, &errors);
  for (int i = 0; i < evaluation.reports_size(); ++i) {
    const std::string field = absl::StrCat("evaluation.reports[", i, "]");
    CheckText(absl::StrCat(field, ".title"), evaluation.reports(i).title(), &errors);
    CheckHttps(absl::StrCat(field, ".url"), evaluation.reports(i).url(), &errors);
  }
  if (DeclaresAnything(evaluation.declared()))
    CheckText("evaluation.declared.basis", evaluation.declared().basis(), &errors);
  return errors.ToStatus();
}

}  // namespace

std::string EvaluationName(absl::string_view event) {
  absl::ConsumePrefix(&event, "events/");
  return absl::StrCat("evaluations/", event);
}

absl::Status MakeEvaluation(v1::Evaluation& evaluation) {
  evaluation.set_state(v1::Evaluation::DRAFT);
  return CheckEvaluation(evaluation);
}

absl::Status CheckUpdatedEvaluation(v1::Evaluation& evaluation) {
  if (absl::Status status = CheckEvaluation(evaluation); !status.ok()) return status;
  if (evaluation.state() == v1::Evaluation::DRAFT || MissingToFile(evaluation).empty())
    return absl::OkStatus();
  return refusal::Refuse(
      kNo, "EVALUATION_INCOMPLETE",
      {{"name", evaluation.name()}, {"missing", absl::StrJoin(MissingToFile(evaluation), ", ")}});
}

std::vector<std::string> MissingToFile(const v1::Evaluation& evaluation) {
  std::vector<std::string> missing;
  if (evaluation.summary().zh().empty()) missing.push_back("summary");
  if (evaluation.problems().zh().empty()) missing.push_back("problems");
  if (evaluation.lessons().zh().empty()) missing.push_back("lessons");
  return missing;
}

absl::Status FileEvaluation(v1::Evaluation& evaluation, const EventEnd& end,
                            const v1::Evaluation::Counted& counted, const std::string& by, absl::Time now) {
  if (end.end == absl::InfinitePast() || now < end.end) {
    const bool held = end.end != absl::InfinitePast();
    return refusal::Refuse(
        kNo, "EVENT_NOT_OVER",
        {{"name", evaluation.event()}, {"end", held ? calendar::UtcText(absl::ToUnixMicros(end.end)) : "-"}});
  }
  const std::vector<std::string> missing = MissingToFile(evaluation);
  if (!missing.empty()) {
    return refusal::Refuse(kNo, "EVALUATION_INCOMPLETE",
                           {{"name", evaluation.name()}, {"missing", absl::StrJoin(missing, ", ")}});
  }
  evaluation.set_state(v1::Evaluation::FILED);
  *evaluation.mutable_counted() = counted;
  SetDay(calendar::DayOf(end.end - absl::Microseconds(1)), evaluation.mutable_end_date());
  calendar::SetMicros(absl::ToUnixMicros(now), evaluation.mutable_file_time());
  evaluation.set_filed_by(by);
  return absl::OkStatus();
}

absl::Status CheckEvaluated(const v1::Event& event, const EventEnd& end) {
  if (!event.large() || event.has_evaluate_time() || end.sessions_held == 0) return absl::OkStatus();
  return refusal::Refuse(kNo, "EVALUATION_NEEDED",
                         {{"name", event.name()}, {"evaluation", EvaluationName(event.name())}});
}

std::optional<AwaitedEvaluation> AwaitsEvaluation(const v1::Event& event, const EventEnd& end,
                                                  const Rules& rules, absl::Time now) {
  if (!event.large() || event.has_evaluate_time() || event.state() == v1::Event::DRAFT) return std::nullopt;
  // What never took place is no event that was held.
  if (end.sessions_held == 0 || now < end.end) return std::nullopt;
  return AwaitedEvaluation{end.end, end.end + rules.evaluation_within};
}

}  // namespace kepu::event::domain
