#include "services/event/api/place_keeper.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/event/api/target.h"
#include "services/event/domain/day_quota.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

std::string ChoreOfSession(const std::string& session) { return absl::StrCat("day/", session); }
std::string ChoreOfPlace(const std::string& place) { return absl::StrCat("limits/", place); }

// The next step of a session: it joins, or is settled.
absl::Status Step(store::View& view, const std::string& key, const std::string& rules_key,
                  const domain::Rules& rules, absl::Time now, bool* wrote) {
  const auto& session = dynamic_cast<const domain::Session&>(view.Get(key));
  const auto& place = dynamic_cast<const domain::Place&>(view.Get(rules_key));
  *wrote = false;
  if (session.head().id().empty()) return absl::OkStatus();
  if (session.head().state() != v1::Session::CANCELLED) {
    const domain::Facts joined = domain::JoinLimits(place.head(), session.head(), now);
    *wrote = !joined.empty();
    if (*wrote) return EmitAll(view, key, joined);
  }
  domain::DayLedger ledger(place);
  const absl::StatusOr<domain::Facts> facts = ledger.Settle(session, rules, now);
  if (!facts.ok()) return facts.status();
  *wrote = !facts->empty();
  if (absl::Status status = EmitAll(view, key, facts); !status.ok()) return status;
  return EmitAll(view, rules_key, ledger.TakeFacts(now));
}

}  // namespace

void PlaceKeeper::Settle(const std::string& session) {
  if (auto it = under_way_.find(session); it != under_way_.end()) it->second = true;
  chores_.Want(ChoreOfSession(session), [this, alive = alive_, session] {
    if (*alive && context_.ready) SettleNow(session);
  });
}

void PlaceKeeper::SettleNow(const std::string& session) {
  const domain::record::SessionHead* head = context_.read_model.FindSession(session, nullptr);
  if (head == nullptr) return chores_.Done(ChoreOfSession(session));
  const std::string key = SessionKey(session);
  const std::string rules_key = PlaceKey(head->place());
  if (!under_way_.try_emplace(session, false).second) return;
  auto wrote = std::make_shared<bool>(false);
  store::Command command;
  command.aggregates = {key, rules_key};
  command.decide = [key, rules_key, wrote, rules = context_.rules](store::View& view, absl::Time now) {
    return Step(view, key, rules_key, rules, now, wrote.get());
  };
  command.done = [this, alive = alive_, session, wrote](const store::Outcome& outcome) {
    if (!*alive) return;
    const bool more = under_way_.extract(session).mapped();
    if (!outcome.status.ok()) return;
    // Bookings are counted some at a time.
    if (more || (*wrote && context_.read_model.places().IsUnsettled(session))) return SettleNow(session);
    chores_.Done(ChoreOfSession(session));
  };
  context_.engine.Submit(names::PartitionOf(session), std::move(command));
}

void PlaceKeeper::MakeReady(const std::string& place) {
  chores_.Want(ChoreOfPlace(place), [this, alive = alive_, place] {
    if (*alive && context_.ready) MakeReadyNow(place);
  });
}

// All sessions of the place lie in its partition: those that were there before a limit were folded before it,
// and those that came later joined it as they were made. So what this replica has seen to join are all.
void PlaceKeeper::MakeReadyNow(const std::string& place) {
  const auto rules = context_.read_model.places().RulesOf(place);
  if (rules == nullptr || !context_.read_model.places().AllJoined(place)) return;
  std::vector<std::string> limits;
  for (const domain::record::PlaceLimit& limit : rules->limits())
    if (!limit.ready()) limits.push_back(limit.id());
  if (limits.empty()) return chores_.Done(ChoreOfPlace(place));
  const std::string key = PlaceKey(place);
  store::Command command;
  command.aggregates = {key};
  command.decide = [key, limits](store::View& view, absl::Time now) {
    const auto& state = dynamic_cast<const domain::Place&>(view.Get(key));
    return EmitAll(view, key, domain::DecideLimitsReady(state, limits, now));
  };
  command.done = [this, alive = alive_, place](const store::Outcome& outcome) {
    if (!*alive || !outcome.status.ok()) return;
    // Limits that came meanwhile are seen by the next attempt.
    const auto after = context_.read_model.places().RulesOf(place);
    for (const domain::record::PlaceLimit& limit : after->limits())
      if (!limit.ready()) return;
    chores_.Done(ChoreOfPlace(place));
  };
  context_.engine.Submit(names::PartitionOfText(place), std::move(command));
}

}  // namespace kepu::event
