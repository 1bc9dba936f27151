#include "kepu/venue/v1/venue_service.pb.h"
#include "libs/calendar/dates.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/nearby.h"
#include "services/venue/domain/closures.h"
#include "services/venue/domain/occupancy.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using GetOpeningCall = rpc::TypedCall<v1::GetOpeningRequest, v1::GetOpeningResponse>;
using CheckAvailabilityCall = rpc::TypedCall<v1::CheckAvailabilityRequest, v1::CheckAvailabilityResponse>;

// A quarter of a year: what a calendar page shows, and some.
constexpr int kMaxOpeningDays = 92;

absl::StatusOr<calendar::OpeningRules> RulesOf(const VenueState& state, const std::string& venue) {
  auto found = FindVenue(state, venue);
  if (!found.ok()) return found.status();
  return ReadRules("opening", (*found)->opening());
}

absl::StatusOr<v1::GetOpeningResponse> Opening(const VenueState& state, const std::string& venue,
                                               const v1::GetOpeningRequest& request,
                                               const calendar::HolidayTable& holidays) {
  auto first = ToDay("first_date", request.first_date());
  if (!first.ok()) return first.status();
  auto last = request.has_last_date() ? ToDay("last_date", request.last_date()) : first;
  if (!last.ok()) return last.status();
  if (*last < *first || *last - *first >= kMaxOpeningDays)
    return refusal::BadField("last_date", "must not be before the first, at most 92 days");
  auto rules = RulesOf(state, venue);
  if (!rules.ok()) return rules.status();
  v1::GetOpeningResponse response;
  for (absl::CivilDay day = *first; day <= *last; ++day) {
    auto answer = OpeningOn(state, venue, *rules, holidays, day);
    if (!answer.ok()) return answer.status();
    *response.add_days() = *std::move(answer);
  }
  return response;
}

absl::StatusOr<v1::CheckAvailabilityResponse> CheckVenue(const VenueState& state, const std::string& venue,
                                                         const v1::CheckAvailabilityRequest& request,
                                                         const calendar::HolidayTable& holidays) {
  auto day = ToDay("date", request.date());
  if (!day.ok()) return day.status();
  auto rules = RulesOf(state, venue);
  if (!rules.ok()) return rules.status();
  auto answer = OpeningOn(state, venue, *rules, holidays, *day);
  if (!answer.ok()) return answer.status();
  v1::CheckAvailabilityResponse response;
  response.set_available(answer->open());
  if (!answer->open()) {
    response.set_reason(answer->rule() == "RETIRED" ? "VENUE_RETIRED" : "VENUE_CLOSED");
    if (answer->rule() != "RETIRED") {
      auto next = NextOpenDays(state, {}, *rules, holidays, *day, kNextOpenDaysNamed);
      if (!next.ok()) return next.status();
      for (const auto& open : *next) *response.add_next_open_days() = WriteDay(open);
    }
  }
  *response.mutable_opening() = *std::move(answer);
  return response;
}

void AddAlternative(const std::optional<calendar::Interval>& interval,
                    v1::CheckAvailabilityResponse& response) {
  if (!interval) return;
  auto* alternative = response.add_alternatives();
  *alternative->mutable_start_time() = ToTimestamp(interval->start);
  *alternative->mutable_end_time() = ToTimestamp(interval->end);
}

absl::StatusOr<v1::CheckAvailabilityResponse> CheckSpace(const CallContext& context, const VenueState& state,
                                                         const std::vector<std::string>& ids,
                                                         const v1::CheckAvailabilityRequest& request,
                                                         const calendar::HolidayTable& holidays,
                                                         absl::Time now) {
  Wish wish{ids[0], {ids[1]}, {ToTime(request.start_time()), ToTime(request.end_time())}, {}};
  if (!request.has_start_time() || !request.has_end_time() || wish.use.empty() || wish.use.length() > kMaxUse)
    return refusal::BadField(
        "end_time", "start_time and end_time are required; the end after the start, at most 31 days");
  auto space = FindSpace(state, ids[0], ids[1]);
  if (!space.ok()) return space.status();
  wish.buffers = BuffersOf(**space);
  wish.inside_opening = true;
  wish.needs = request.needs();
  auto assessment = Assess(state, wish, holidays, now);
  if (!assessment.ok()) return assessment.status();
  v1::CheckAvailabilityResponse response;
  response.set_available(assessment->refusal.ok());
  response.set_reason(refusal::ReasonOf(assessment->refusal));
  for (const auto& clash : assessment->clashes) *response.add_clashes() = clash;
  if (!assessment->refusal.ok()) {
    for (const std::string& other : assessment->others) response.add_other_spaces(other);
    for (const std::string& other : NearbyFree(context.model, state, wish)) response.add_other_spaces(other);
  }
  AddAlternative(assessment->alternatives.before, response);
  AddAlternative(assessment->alternatives.after, response);
  for (const auto& day : assessment->next_open) *response.add_next_open_days() = WriteDay(day);
  if (assessment->shut) {
    *response.mutable_opening() = *assessment->shut;
    return response;
  }
  auto rules = RulesOf(state, ids[0]);
  if (!rules.ok()) return rules.status();
  auto day = OpeningOn(state, ids[0], *rules, holidays, calendar::DayOf(wish.use.start));
  if (!day.ok()) return day.status();
  *response.mutable_opening() = *std::move(day);
  return response;
}

void GetOpening(const CallContext& context, GetOpeningCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "venues/*", call.request().name(), &ids)) return;
  ComputeOnVenue(context, ids[0], std::move(call),
                 [&context, venue = ids[0]](const VenueState& state, const auto& request) {
                   return Opening(state, venue, request, *context.model.holidays());
                 });
}

void CheckAvailability(const CallContext& context, CheckAvailabilityCall call) {
  auto space = names::Parse("name", "venues/*/spaces/*", call.request().name());
  if (space.ok()) {
    return ComputeOnVenue(context, (*space)[0], std::move(call),
                          [&context, ids = *space](const VenueState& state, const auto& request) {
                            return CheckSpace(context, state, ids, request, *context.model.holidays(),
                                              context.clock.Now());
                          });
  }
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "venues/*", call.request().name(), &ids)) return;
  ComputeOnVenue(context, ids[0], std::move(call),
                 [&context, venue = ids[0]](const VenueState& state, const auto& request) {
                   return CheckVenue(state, venue, request, *context.model.holidays());
                 });
}

}  // namespace

void AddOpeningHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::GetOpeningRequest, v1::GetOpeningResponse>(
      kVenueService, "GetOpening", [&context](GetOpeningCall call) { GetOpening(context, std::move(call)); });
  service.Handle<v1::CheckAvailabilityRequest, v1::CheckAvailabilityResponse>(
      kVenueService, "CheckAvailability",
      [&context](CheckAvailabilityCall call) { CheckAvailability(context, std::move(call)); });
}

}  // namespace kepu::venue
