#include "services/venue/domain/closures.h"

#include "kepu/venue/v1/venue_service.pb.h"
#include "services/venue/api/handlers.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using CreateCall = rpc::TypedCall<v1::CreateClosureRequest, v1::Closure>;
using GetCall = rpc::TypedCall<v1::GetClosureRequest, v1::Closure>;
using ListCall = rpc::TypedCall<v1::ListClosuresRequest, v1::ListClosuresResponse>;
using EndCall = rpc::TypedCall<v1::EndClosureRequest, v1::Closure>;

// What it hits is found when it is asked for, so that it is true then.
absl::Status Fill(const VenueState& state, const std::string& venue, v1::Closure* closure) {
  auto hits = HitsOf(state, venue, *closure);
  if (!hits.ok()) return hits.status();
  closure->clear_hits();
  for (const std::string& name : hits->names) closure->add_hits(name);
  closure->set_hit_count(hits->count);
  return absl::OkStatus();
}

absl::Status Answer(const VenueState& state, const std::vector<std::string>& ids, v1::Closure* answer) {
  if (absl::Status status = Copy(FindClosure(state, ids[0], ids[1]), answer); !status.ok()) return status;
  return Fill(state, ids[0], answer);
}

void Create(const CallContext& context, CreateCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "venues/*", call.request().parent(), &ids)) return;
  ids.push_back(context.keys.MakeId(names::PartitionOf(ids[0]), handler::KeyOf(context.keys, call)));
  const v1::Closure closure = call.request().closure();
  ChangeVenue(
      context, ids[0], std::move(call),
      [ids, closure](const VenueState& state, absl::Time now) {
        return DecideCreateClosure(state, ids[0], ids[1], closure, now);
      },
      [ids](const VenueState& state, v1::Closure* answer) { return Answer(state, ids, answer); });
}

void Get(const CallContext& context, GetCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "venues/*/closures/*", call.request().name(), &ids)) return;
  ComputeOnVenue(context, ids[0], std::move(call),
                 [ids](const VenueState& state, const auto&) -> absl::StatusOr<v1::Closure> {
                   v1::Closure closure;
                   if (absl::Status status = Answer(state, ids, &closure); !status.ok()) return status;
                   return closure;
                 });
}

absl::StatusOr<v1::ListClosuresResponse> Page(const CallContext& context, const VenueState& state,
                                              const std::string& venue,
                                              const v1::ListClosuresRequest& request) {
  const std::string scope = ReadModel::ClosuresScope(venue);
  const std::string filter = paging::FilterDigest({scope});
  auto limit = paging::PageSize(request.page_size());
  if (!limit.ok()) return limit.status();
  auto after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return after.status();
  const projection::Catalogue::Page page = context.model.catalogue().List(scope, *after, *limit);
  v1::ListClosuresResponse response;
  if (!response.ParseFromString(page.bytes)) return absl::InternalError("unreadable page of closures");
  for (v1::Closure& closure : *response.mutable_closures())
    if (absl::Status status = Fill(state, venue, &closure); !status.ok()) return status;
  response.set_next_page_token(context.pager.Encode(filter, page.next_after));
  return response;
}

void List(const CallContext& context, ListCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "venues/*", call.request().parent(), &ids)) return;
  ComputeOnVenue(context, ids[0], std::move(call),
                 [&context, venue = ids[0]](const VenueState& state, const auto& request) {
                   return Page(context, state, venue, request);
                 });
}

void End(const CallContext& context, EndCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "venues/*/closures/*", call.request().name(), &ids)) return;
  std::optional<absl::Time> end;
  if (call.request().has_end_time()) end = ToTime(call.request().end_time());
  ChangeVenue(
      context, ids[0], std::move(call),
      [ids, end](const VenueState& state, absl::Time now) {
        return DecideEndClosure(state, ids[0], ids[1], end, now);
      },
      [ids](const VenueState& state, v1::Closure* answer) { return Answer(state, ids, answer); });
}

}  // namespace

void AddClosureHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::CreateClosureRequest, v1::Closure>(
      kVenueService, "CreateClosure", [&context](CreateCall call) { Create(context, std::move(call)); });
  service.Handle<v1::GetClosureRequest, v1::Closure>(
      kVenueService, "GetClosure", [&context](GetCall call) { Get(context, std::move(call)); });
  service.Handle<v1::ListClosuresRequest, v1::ListClosuresResponse>(
      kVenueService, "ListClosures", [&context](ListCall call) { List(context, std::move(call)); });
  service.Handle<v1::EndClosureRequest, v1::Closure>(
      kVenueService, "EndClosure", [&context](EndCall call) { End(context, std::move(call)); });
}

}  // namespace kepu::venue
