#include "services/venue/domain/occupancy.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "libs/calendar/dates.h"
#include "services/venue/api/handlers.h"
#include "services/venue/domain/spaces.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using ListOccupancyCall = rpc::TypedCall<v1::ListOccupancyRequest, v1::ListOccupancyResponse>;
using SpaceDays = v1::ListOccupancyResponse::SpaceDays;

constexpr int kMaxDays = 31;
// A district has some hundreds of spaces; a month of them is one answer.
constexpr int kMaxSpacesOfAPage = 500;

absl::StatusOr<calendar::Interval> DaysAsked(const v1::ListOccupancyRequest& request) {
  auto first = ToDay("first_date", request.first_date());
  if (!first.ok()) return first.status();
  auto last = request.has_last_date() ? ToDay("last_date", request.last_date()) : first;
  if (!last.ok()) return last.status();
  if (*last < *first || *last - *first >= kMaxDays)
    return refusal::BadField("last_date", "must not be before the first, at most 31 days");
  return calendar::Interval{calendar::At(*first), calendar::At(*last + 1)};
}

void AddTaken(const std::vector<Taken>& taken, SpaceDays& days) {
  for (const Taken& item : taken) {
    auto& shown = *days.add_taken();
    *shown.mutable_start_time() = ToTimestamp(item.interval.start);
    *shown.mutable_end_time() = ToTimestamp(item.interval.end);
    shown.set_allocation(item.id);
  }
}

bool Wanted(const v1::Space& space, const v1::ListOccupancyRequest& request) {
  return space.state() != v1::Space::RETIRED && space.capacity() >= request.min_capacity() &&
         (request.kind() == v1::Space::KIND_UNSPECIFIED || space.kind() == request.kind());
}

// The venue of a space's name; empty of an empty one.
absl::string_view VenueOf(absl::string_view space) {
  const std::vector<absl::string_view> parts = absl::StrSplit(space, '/');
  return parts.size() > 1 ? parts[1] : absl::string_view();
}

// Venues by id, spaces as they were made; the token is the last space that was shown.
absl::StatusOr<v1::ListOccupancyResponse> PageOfOccupancy(const CallContext& context,
                                                          const v1::ListOccupancyRequest& request,
                                                          const calendar::Interval& range) {
  const std::string filter = paging::FilterDigest(
      {"occupancy", request.district(), request.venue(), request.first_date().ShortDebugString(),
       request.last_date().ShortDebugString(), absl::StrCat(request.kind(), "/", request.min_capacity())});
  auto after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return after.status();
  const int limit = request.page_size() == 0 ? kMaxSpacesOfAPage : request.page_size();
  if (limit < 0 || limit > kMaxSpacesOfAPage)
    return refusal::BadField("page_size",
                             absl::StrCat("must be 1 to ", kMaxSpacesOfAPage, ", 0 is the most"));
  const std::set<std::string> venues = request.venue().empty()
                                           ? context.model.VenuesIn(request.district())
                                           : std::set<std::string>{std::string(IdOf(request.venue()))};
  v1::ListOccupancyResponse response;
  // The venue of the last space may have left the district since: those behind it still come.
  const std::string last_venue(VenueOf(*after));
  for (auto at = venues.lower_bound(last_venue); at != venues.end(); ++at) {
    const std::string& venue = *at;
    const VenueState* state = context.model.Find(venue);
    if (state == nullptr) continue;
    bool reached = venue != last_venue;
    for (const std::string& id : state->head().spaces()) {
      auto space = FindSpace(*state, venue, id);
      if (!space.ok()) return space.status();
      if (!reached) {
        reached = (*space)->name() == *after;
        continue;
      }
      if (!Wanted(**space, request)) continue;
      if (response.spaces_size() == limit) {
        response.set_next_page_token(context.pager.Encode(filter, response.spaces(limit - 1).space()));
        return response;
      }
      auto taken = TakenIn(*state, WithParts(state->head(), {id}), range);
      if (!taken.ok()) return taken.status();
      SpaceDays& days = *response.add_spaces();
      days.set_space((*space)->name());
      days.set_capacity((*space)->capacity());
      days.set_kind((*space)->kind());
      AddTaken(*taken, days);
    }
  }
  return response;
}

void ListOccupancy(const CallContext& context, ListOccupancyCall call) {
  const v1::ListOccupancyRequest& request = call.request();
  if (request.district().empty() == request.venue().empty())
    return call.Fail(refusal::BadField("district", "give a district or a venue, one of the two"));
  auto range = DaysAsked(request);
  if (!range.ok()) return call.Fail(range.status());
  if (!request.venue().empty()) {
    std::vector<std::string> ids;
    if (!ParseName(call, "venue", "venues/*", request.venue(), &ids)) return;
  }
  ComputeOnModel(context, std::move(call),
                 [&context, range = *range](
                     const ListOccupancyCall& ready) -> absl::StatusOr<v1::ListOccupancyResponse> {
                   const std::string& venue = ready.request().venue();
                   if (!venue.empty() && context.model.Find(IdOf(venue)) == nullptr)
                     return refusal::NotFound(venue);
                   return PageOfOccupancy(context, ready.request(), range);
                 });
}

}  // namespace

void AddOccupancyHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::ListOccupancyRequest, v1::ListOccupancyResponse>(
      kVenueService, "ListOccupancy",
      [&context](ListOccupancyCall call) { ListOccupancy(context, std::move(call)); });
}

}  // namespace kepu::venue
