#include "services/venue/api/assessment_call.h"
#include "services/venue/api/handlers.h"
#include "services/venue/domain/open_days.h"

namespace kepu::venue {
namespace {

using CountCall = rpc::TypedCall<v1::GetOpenDayCountRequest, v1::OpenDayCount>;

void CountDays(const CallContext& context, CountCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "venues/*", call.request().name(), &ids)) return;
  ComputeOnVenue(context, ids[0], std::move(call),
                 [&context, venue = ids[0]](const VenueState& state,
                                            const auto& request) -> absl::StatusOr<v1::OpenDayCount> {
                   const absl::Time now = context.clock.Now();
                   auto year = YearAsked(request.year(), now);
                   if (!year.ok()) return year.status();
                   auto days = DaysOfYear(state, venue, *context.model.holidays(), *year);
                   if (!days.ok()) return days.status();
                   return CountOpenDays(venue, *days, calendar::DayOf(now));
                 });
}

}  // namespace

void AddDutyHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::GetOpenDayCountRequest, v1::OpenDayCount>(
      kAssessmentService, "GetOpenDayCount",
      [&context](CountCall call) { CountDays(context, std::move(call)); });
}

}  // namespace kepu::venue
