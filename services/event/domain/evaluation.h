// The rules of the record that an event ends with: what it needs before it is filed, what is frozen into it
// then, and that declared figures say where they come from. Pure functions on the message; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "kepu/event/v1/evaluation.pb.h"
#include "services/event/domain/rules.h"

namespace kepu::event::domain {

// "evaluations/x" of "events/x".
std::string EvaluationName(absl::string_view event);

// Fills in what defaults; refuses what is wrong.
absl::Status MakeEvaluation(v1::Evaluation& evaluation);
// Of a record as an update would leave it. Who changes one that was filed files it again.
absl::Status CheckUpdatedEvaluation(v1::Evaluation& evaluation);

// When an event is over: the end of its last session or of itself, whichever is later.
struct EventEnd {
  absl::Time end = absl::InfinitePast();  // InfinitePast: nothing of it was held
  int sessions_held = 0;
  int sessions_cancelled = 0;
};

// Puts what was counted into the record and sets it FILED. Refusals: EVENT_NOT_OVER, EVALUATION_INCOMPLETE.
absl::Status FileEvaluation(v1::Evaluation& evaluation, const EventEnd& end,
                            const v1::Evaluation::Counted& counted, const std::string& by, absl::Time now);
// Names of the fields that it lacks before it can be filed.
std::vector<std::string> MissingToFile(const v1::Evaluation& evaluation);

// A large event that was held has its record before it is retired: EVALUATION_NEEDED.
absl::Status CheckEvaluated(const v1::Event& event, const EventEnd& end);

// Nothing for an event that needs none, or is not over.
struct AwaitedEvaluation {
  absl::Time end;
  absl::Time due;
};
std::optional<AwaitedEvaluation> AwaitsEvaluation(const v1::Event& event, const EventEnd& end,
                                                  const Rules& rules, absl::Time now);

}  // namespace kepu::event::domain
