#include "absl/strings/match.h"
#include "services/venue/api/assessment_call.h"
#include "services/venue/api/handlers.h"
#include "services/venue/domain/open_days.h"

namespace kepu::venue {
namespace {

using GetOpenDayCountCall = rpc::TypedCall<v1::GetOpenDayCountRequest, v1::OpenDayCount>;
using GetDutiesCall = rpc::TypedCall<v1::GetDutiesRequest, v1::TitleDuties>;

// Windows of the year's calendar; a year without one has none.
std::vector<Campaign> CampaignsIn(const CallContext& context, int year) {
  v1::HolidayCalendar calendar;
  const auto bytes = context.model.catalogue().Get(absl::StrCat("calendars/", year));
  if (bytes == nullptr || !calendar.ParseFromString(*bytes)) return {};
  return CampaignsOf(calendar);
}

void CountDays(const CallContext& context, GetOpenDayCountCall call) {
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

void Duties(const CallContext& context, GetDutiesCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "titles/*", call.request().name(), &ids)) return;
  const rpc::Principal caller = call.principal();
  ComputeOnTitle(context, ids[0], std::move(call),
                 [&context, caller](const TitlesState&, const v1::Title& title,
                                    const auto& request) -> absl::StatusOr<v1::TitleDuties> {
                   if (!IsPublic(title.state()) && !IsInsider(context, caller, title))
                     return refusal::NotFound(title.name());
                   const absl::Time now = context.clock.Now();
                   auto year = YearAsked(request.year(), now);
                   if (!year.ok()) return year.status();
                   return CountDuties(context, title, *year, now);
                 });
}

}  // namespace

absl::StatusOr<v1::TitleDuties> CountDuties(const CallContext& context, const v1::Title& title, int year,
                                            absl::Time now) {
  const absl::string_view venue_id = IdOf(title.holder());
  const VenueState* state =
      absl::StartsWith(title.holder(), "venues/") ? context.model.Find(venue_id) : nullptr;
  if (state == nullptr) {
    v1::TitleDuties none;
    none.set_title(title.name());
    none.set_year(year);
    return none;
  }
  auto venue = FindVenue(*state, venue_id);
  if (!venue.ok()) return venue.status();
  auto days = DaysOfYear(*state, venue_id, *context.model.holidays(), year);
  if (!days.ok()) return days.status();
  return DutiesOf(title, **venue, *days, CampaignsIn(context, year), year, calendar::DayOf(now));
}

void AddDutyHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::GetOpenDayCountRequest, v1::OpenDayCount>(
      kAssessmentService, "GetOpenDayCount",
      [&context](GetOpenDayCountCall call) { CountDays(context, std::move(call)); });
  service.Handle<v1::GetDutiesRequest, v1::TitleDuties>(
      kAssessmentService, "GetDuties", [&context](GetDutiesCall call) { Duties(context, std::move(call)); });
}

}  // namespace kepu::venue
