#include "services/venue/domain/holidays.h"

#include "kepu/venue/v1/venue_service.pb.h"
#include "services/venue/api/handlers.h"

namespace kepu::venue {
namespace {

using GetHolidayCalendarCall = rpc::TypedCall<v1::GetHolidayCalendarRequest, v1::HolidayCalendar>;
using UpdateHolidayCalendarCall = rpc::TypedCall<v1::UpdateHolidayCalendarRequest, v1::HolidayCalendar>;

void GetHolidayCalendar(const CallContext& context, GetHolidayCalendarCall call) {
  const std::string name = call.request().name();
  if (auto year = YearOf("name", name); !year.ok()) return call.Fail(year.status());
  AnswerReady(context, std::move(call), name);
}

void UpdateHolidayCalendar(const CallContext& context, UpdateHolidayCalendarCall call) {
  const v1::HolidayCalendar calendar = call.request().holiday_calendar();
  auto year = YearOf("holiday_calendar.name", calendar.name());
  if (!year.ok()) return call.Fail(year.status());
  ChangeOne<CalendarState>(
      context, CalendarPartition(*year), CalendarKey(*year), std::move(call),
      [calendar](const CalendarState& state, absl::Time now) {
        return DecideSetCalendar(state, calendar, now);
      },
      [year = *year](const CalendarState& state, v1::HolidayCalendar* answer) {
        return Copy(FindCalendar(state, year), answer);
      });
}

}  // namespace

void AddHolidayHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::GetHolidayCalendarRequest, v1::HolidayCalendar>(
      kVenueService, "GetHolidayCalendar",
      [&context](GetHolidayCalendarCall call) { GetHolidayCalendar(context, std::move(call)); });
  service.Handle<v1::UpdateHolidayCalendarRequest, v1::HolidayCalendar>(
      kVenueService, "UpdateHolidayCalendar",
      [&context](UpdateHolidayCalendarCall call) { UpdateHolidayCalendar(context, std::move(call)); });
}

}  // namespace kepu::venue
