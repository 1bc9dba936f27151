// What a command takes of the days of its place. A session that has joined limits of its place is decided
// together with the place's rules, which the command names as well; for any other session nothing is looked
// at. Lives within one decision.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/event/api/context.h"
#include "services/event/api/target.h"
#include "services/event/domain/day_quota.h"

namespace kepu::event {

// Key of the rules of the session's place; empty for a session that takes nothing of its day.
std::string RulesKeyOf(const Context& context, absl::string_view session);

// The same of a booking that moves between sessions of one place.
std::string RulesKeyOfMove(const Context& context, absl::string_view from, absl::string_view to);

// What the booking `id` of `from` gives back to the day that `to` takes of; NotLoaded.
absl::StatusOr<domain::DayLedger::Shares> CreditOfMove(const domain::Session& from, absl::string_view id,
                                                       const domain::record::SessionHead& to);

// What a command names: `keys`, and the rules where there are any.
std::vector<std::string> WithRules(std::vector<std::string> keys, const std::string& rules_key);

class OfDay {
 public:
  // `rules_key` is named by the command, or empty.
  OfDay(store::View& view, const std::string& rules_key);

  // As the ledger of the place has it. UNAVAILABLE where its limits cannot grant anything yet.
  template <class Question>
  absl::StatusOr<domain::Facts> Decide(const domain::Session& session, const Question& question,
                                       absl::Time now, const domain::DayLedger::Shares& credit = {}) {
    if (!ledger_) return Checked(session, question(session));
    return Checked(session, ledger_->Decide(session, question, now, credit));
  }
  // Puts what was taken and given back into the commit; after the sessions' facts.
  absl::Status EmitPlace(absl::Time now);

 private:
  absl::StatusOr<domain::Facts> Checked(const domain::Session& session, absl::StatusOr<domain::Facts> facts);

  store::View* view_;
  std::string rules_key_;
  const domain::Place* place_ = nullptr;
  std::optional<domain::DayLedger> ledger_;
};

// One session decided and put into the commit, with what it takes of its day.
template <class Question>
absl::Status EmitOfDay(store::View& view, const std::string& key, const std::string& rules_key,
                       const domain::Session& session, const Question& question, absl::Time now) {
  OfDay day(view, rules_key);
  const absl::StatusOr<domain::Facts> facts = day.Decide(session, question, now);
  if (absl::Status status = EmitAll(view, key, facts); !status.ok()) return status;
  return day.EmitPlace(now);
}

}  // namespace kepu::event
