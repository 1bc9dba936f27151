#include "services/event/api/occupancy.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/event/domain/occupancy.h"

namespace kepu::event {

absl::Status RoomInside(const Context& context, const std::string& place, absl::Time from, absl::Time until,
                        int64_t heads) {
  const auto rules = context.read_model.places().RulesOf(place);
  const absl::Time now = context.clock.Now();
  if (rules == nullptr || rules->inside_max() == 0 || from > now + context.rules.crowded_ahead)
    return absl::OkStatus();
  until = std::max(until, now + context.rules.overstay);
  const auto visitors = context.read_model.places().VisitorsOf(place, now, until);
  const int32_t most = domain::MostExpected(visitors, from, until, context.rules.overstay, now);
  if (most + heads <= rules->inside_max()) return absl::OkStatus();
  return refusal::Refuse(refusal::kNo, "PLACE_CROWDED",
                         {{"place", place},
                          {"expected", absl::StrCat(most)},
                          {"late", absl::StrCat(domain::Overstaying(visitors, now))},
                          {"most", absl::StrCat(rules->inside_max())}});
}

void WarnIfCrowded(const Context& context, const domain::record::SessionHead& head, v1::Booking* answer) {
  const auto rules = context.read_model.places().RulesOf(head.place());
  if (rules == nullptr || rules->inside_max() == 0) return;
  const int32_t inside =
      context.read_model.places().InsideBeside(head.place(), head.id(), context.clock.Now()) +
      domain::InsideNow(head);
  answer->set_place_over(std::max(0, inside - rules->inside_max()));
}

}  // namespace kepu::event
