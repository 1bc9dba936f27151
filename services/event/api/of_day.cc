#include "services/event/api/of_day.h"

#include <algorithm>

#include "services/event/store/schema.h"

namespace kepu::event {

std::string RulesKeyOf(const Context& context, absl::string_view session) {
  const std::string place = context.read_model.places().SharingPlaceOf(session);
  return place.empty() ? std::string() : PlaceKey(place);
}

std::string RulesKeyOfMove(const Context& context, absl::string_view from, absl::string_view to) {
  std::string key = RulesKeyOf(context, to);
  return key.empty() ? RulesKeyOf(context, from) : key;
}

absl::StatusOr<domain::DayLedger::Shares> CreditOfMove(const domain::Session& from, absl::string_view id,
                                                       const domain::record::SessionHead& to) {
  if (!domain::TakesOfDay(from.head()) || domain::QuotaDayOf(from.head()) != domain::QuotaDayOf(to))
    return domain::DayLedger::Shares();
  const auto booking = domain::FindBooking(from, id);
  if (!booking.ok()) return booking.status();
  if (*booking == nullptr) return domain::DayLedger::Shares();
  return domain::SharesOf(from.head(), **booking);
}

std::vector<std::string> WithRules(std::vector<std::string> keys, const std::string& rules_key) {
  if (!rules_key.empty()) keys.push_back(rules_key);
  return keys;
}

OfDay::OfDay(store::View& view, const std::string& rules_key) : view_(&view), rules_key_(rules_key) {
  if (rules_key_.empty()) return;
  place_ = &dynamic_cast<const domain::Place&>(view.Get(rules_key_));
  ledger_.emplace(*place_);
}

absl::Status OfDay::EmitPlace(absl::Time now) {
  return ledger_ ? EmitAll(*view_, rules_key_, ledger_->TakeFacts(now)) : absl::OkStatus();
}

absl::StatusOr<domain::Facts> OfDay::Checked(const domain::Session& session,
                                             absl::StatusOr<domain::Facts> facts) {
  if (facts.ok() || !domain::TakesOfDay(session.head())) return facts;
  if (refusal::ReasonOf(facts.status()) != "DAY_QUOTA_USED_UP") return facts;
  // This replica has not heard yet that the session shares its day, or bookings are being counted.
  const bool ready =
      place_ != nullptr && std::all_of(place_->head().limits().begin(), place_->head().limits().end(),
                                       [](const auto& limit) { return limit.ready(); });
  if (ready) return facts;
  return refusal::TryLater(absl::StatusCode::kUnavailable, "NOT_READY", absl::Seconds(1));
}

}  // namespace kepu::event
