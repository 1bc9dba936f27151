#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/listing.h"
#include "services/venue/domain/occupancy.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using CreateAllocationCall = rpc::TypedCall<v1::CreateAllocationRequest, v1::Allocation>;
using GetAllocationCall = rpc::TypedCall<v1::GetAllocationRequest, v1::Allocation>;
using ListAllocationsCall = rpc::TypedCall<v1::ListAllocationsRequest, v1::ListAllocationsResponse>;
using ReleaseAllocationCall = rpc::TypedCall<v1::ReleaseAllocationRequest, v1::Allocation>;

constexpr absl::Duration kDefaultRange = absl::Hours(24 * 31);
// Longest range of one list: as long as an exhibition may be.
constexpr absl::Duration kMaxRange = absl::Hours(24 * 400);

void CreateAllocation(const CallContext& context, CreateAllocationCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "venues/*/spaces/*", call.request().parent(), &ids)) return;
  const std::string id = context.keys.MakeId(names::PartitionOf(ids[0]), handler::KeyOf(context.keys, call));
  AllocateCommand command{ids[0], ids[1], id, call.request().allocation(), call.principal().name};
  ChangeVenue(
      context, ids[0], std::move(call),
      [&context, command](const VenueState& state, absl::Time now) {
        return DecideAllocate(state, command, *context.model.holidays(), now);
      },
      [command](const VenueState& state, v1::Allocation* answer) {
        return Copy(FindAllocation(state, command.venue, command.space, command.id), answer);
      });
}

void GetAllocation(const CallContext& context, GetAllocationCall call) {
  AnswerNamed(context, std::move(call), "venues/*/spaces/*/allocations/*");
}

void ReleaseAllocation(const CallContext& context, ReleaseAllocationCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "venues/*/spaces/*/allocations/*", call.request().name(), &ids)) return;
  ChangeVenue(
      context, ids[0], std::move(call),
      [ids](const VenueState& state, absl::Time now) {
        return DecideRelease(state, ids[0], ids[1], ids[2], now);
      },
      [ids](const VenueState& state, v1::Allocation* answer) {
        return Copy(FindAllocation(state, ids[0], ids[1], ids[2]), answer);
      });
}

absl::StatusOr<calendar::Interval> RangeAsked(const v1::ListAllocationsRequest& request, absl::Time now) {
  const absl::Time start = request.has_start_time() ? ToTime(request.start_time()) : now;
  const absl::Time end = request.has_end_time() ? ToTime(request.end_time()) : start + kDefaultRange;
  if (end <= start || end - start > kMaxRange)
    return refusal::BadField("end_time", "must be after the start, at most 400 days");
  return calendar::Interval{start, end};
}

// Items of the range by start, after the one that the last page ended with.
absl::StatusOr<v1::ListAllocationsResponse> PageOfAllocations(
    const CallContext& context, const VenueState& state, const std::vector<std::string>& ids,
    const std::string& filter, const calendar::Interval& range, const v1::ListAllocationsRequest& request) {
  auto limit = paging::PageSize(request.page_size());
  if (!limit.ok()) return limit.status();
  auto after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return after.status();
  if (auto space = FindSpace(state, ids[0], ids[1]); !space.ok()) return space.status();
  auto taken = TakenIn(state, {ids[1]}, range);
  if (!taken.ok()) return taken.status();
  v1::ListAllocationsResponse response;
  std::string last;
  for (const Taken& item : *taken) {
    const std::string key = absl::StrFormat("%016d/%s", absl::ToUnixMicros(item.interval.start), item.id);
    if (key <= *after) continue;
    if (static_cast<size_t>(response.allocations_size()) == *limit) {
      response.set_next_page_token(context.pager.Encode(filter, last));
      break;
    }
    auto allocation = FindAllocation(state, ids[0], item.space, item.id);
    if (!allocation.ok()) return allocation.status();
    *response.add_allocations() = **allocation;
    last = key;
  }
  return response;
}

void ListAllocations(const CallContext& context, ListAllocationsCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "venues/*/spaces/*", call.request().parent(), &ids)) return;
  auto range = RangeAsked(call.request(), context.clock.Now());
  if (!range.ok()) return call.Fail(range.status());
  // A range that begins now moves from page to page; the token goes on in the same list all the same.
  const std::string filter = paging::FilterDigest({"allocations", call.request().parent(),
                                                   absl::StrCat(call.request().start_time().seconds()),
                                                   absl::StrCat(call.request().end_time().seconds())});
  ComputeOnVenue(context, ids[0], std::move(call),
                 [&context, ids, filter, range = *range](const VenueState& state, const auto& request) {
                   return PageOfAllocations(context, state, ids, filter, range, request);
                 });
}

}  // namespace

void AddAllocationHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::CreateAllocationRequest, v1::Allocation>(
      kVenueService, "CreateAllocation",
      [&context](CreateAllocationCall call) { CreateAllocation(context, std::move(call)); });
  service.Handle<v1::GetAllocationRequest, v1::Allocation>(
      kVenueService, "GetAllocation",
      [&context](GetAllocationCall call) { GetAllocation(context, std::move(call)); });
  service.Handle<v1::ListAllocationsRequest, v1::ListAllocationsResponse>(
      kVenueService, "ListAllocations",
      [&context](ListAllocationsCall call) { ListAllocations(context, std::move(call)); });
  service.Handle<v1::ReleaseAllocationRequest, v1::Allocation>(
      kVenueService, "ReleaseAllocation",
      [&context](ReleaseAllocationCall call) { ReleaseAllocation(context, std::move(call)); });
}

}  // namespace kepu::venue
