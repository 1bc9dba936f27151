#include "services/venue/domain/closures.h"

#include "kepu/venue/v1/venue_service.pb.h"
#include "libs/handler/merge.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/surroundings.h"
#include "services/venue/domain/consequences.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using CreateClosureCall = rpc::TypedCall<v1::CreateClosureRequest, v1::Closure>;
using GetClosureCall = rpc::TypedCall<v1::GetClosureRequest, v1::Closure>;
using ListClosuresCall = rpc::TypedCall<v1::ListClosuresRequest, v1::ListClosuresResponse>;
using UpdateClosureCall = rpc::TypedCall<v1::UpdateClosureRequest, v1::Closure>;
using EndClosureCall = rpc::TypedCall<v1::EndClosureRequest, v1::Closure>;

absl::Status FillClosure(const CallContext& context, const VenueState& state, const std::string& venue,
                         v1::Closure* closure) {
  return FillConsequences(state, venue, LookAroundVenue(context, venue), *closure);
}

absl::Status AnswerClosure(const CallContext& context, const VenueState& state,
                           const std::vector<std::string>& ids, v1::Closure* answer) {
  if (absl::Status status = Copy(FindClosure(state, ids[0], ids[1]), answer); !status.ok()) return status;
  return FillClosure(context, state, ids[0], answer);
}

// The closure that `decide(state)` would make, with what it would hit. Changes nothing and remembers nothing:
// the request id is still free for the call that means it.
template <class Request, class Decide>
void PreviewClosure(const CallContext& context, const std::string& venue,
                    rpc::TypedCall<Request, v1::Closure> call, Decide decide) {
  ComputeOnVenue(
      context, venue, std::move(call),
      [&context, venue, decide](const VenueState& state, const auto&) -> absl::StatusOr<v1::Closure> {
        const absl::StatusOr<Facts> facts = decide(state, context.clock.Now());
        if (!facts.ok()) return facts.status();
        const log::v1::VenueFact& fact = facts->front();
        v1::Closure closure = fact.has_closure_created() ? fact.closure_created() : fact.closure_updated();
        // Nothing of it stands yet.
        if (fact.has_closure_created()) closure.clear_name();
        if (absl::Status status = FillClosure(context, state, venue, &closure); !status.ok()) return status;
        return closure;
      });
}

// Previews or does what `decide(state, now)` says of the closure `ids`.
template <class Request, class Decide>
void PreviewOrChange(const CallContext& context, const std::vector<std::string>& ids,
                     rpc::TypedCall<Request, v1::Closure> call, Decide decide) {
  if (call.request().validate_only())
    return PreviewClosure(context, ids[0], std::move(call), std::move(decide));
  ChangeVenue(context, ids[0], std::move(call), std::move(decide),
              [&context, ids](const VenueState& state, v1::Closure* answer) {
                return AnswerClosure(context, state, ids, answer);
              });
}

void CreateClosure(const CallContext& context, CreateClosureCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "venues/*", call.request().parent(), &ids)) return;
  ids.push_back(context.keys.MakeId(names::PartitionOf(ids[0]), handler::KeyOf(context.keys, call)));
  const v1::Closure closure = call.request().closure();
  PreviewOrChange(context, ids, std::move(call), [ids, closure](const VenueState& state, absl::Time now) {
    return DecideCreateClosure(state, ids[0], ids[1], closure, now);
  });
}

void UpdateClosure(const CallContext& context, UpdateClosureCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "closure.name", "venues/*/closures/*", call.request().closure().name(), &ids)) return;
  const v1::Closure update = call.request().closure();
  const handler::Paths paths(call.request().update_mask().paths().begin(),
                             call.request().update_mask().paths().end());
  PreviewOrChange(context, ids, std::move(call),
                  [ids, update, paths](const VenueState& state, absl::Time now) {
                    return DecideUpdateClosure(
                        state, ids[0], ids[1], update.etag(),
                        [&](const v1::Closure& base) { return handler::Merged(base, update, paths); }, now);
                  });
}

void GetClosure(const CallContext& context, GetClosureCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "venues/*/closures/*", call.request().name(), &ids)) return;
  ComputeOnVenue(context, ids[0], std::move(call),
                 [&context, ids](const VenueState& state, const auto&) -> absl::StatusOr<v1::Closure> {
                   v1::Closure closure;
                   if (absl::Status status = AnswerClosure(context, state, ids, &closure); !status.ok())
                     return status;
                   return closure;
                 });
}

absl::StatusOr<v1::ListClosuresResponse> PageOfClosures(const CallContext& context, const VenueState& state,
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
    if (absl::Status status = FillClosure(context, state, venue, &closure); !status.ok()) return status;
  response.set_next_page_token(context.pager.Encode(filter, page.next_after));
  return response;
}

void ListClosures(const CallContext& context, ListClosuresCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "venues/*", call.request().parent(), &ids)) return;
  ComputeOnVenue(context, ids[0], std::move(call),
                 [&context, venue = ids[0]](const VenueState& state, const auto& request) {
                   return PageOfClosures(context, state, venue, request);
                 });
}

void EndClosure(const CallContext& context, EndClosureCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "venues/*/closures/*", call.request().name(), &ids)) return;
  std::optional<absl::Time> end;
  if (call.request().has_end_time()) end = ToTime(call.request().end_time());
  ChangeVenue(
      context, ids[0], std::move(call),
      [ids, end](const VenueState& state, absl::Time now) {
        return DecideEndClosure(state, ids[0], ids[1], end, now);
      },
      [&context, ids](const VenueState& state, v1::Closure* answer) {
        return AnswerClosure(context, state, ids, answer);
      });
}

}  // namespace

void AddClosureHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::CreateClosureRequest, v1::Closure>(
      kVenueService, "CreateClosure",
      [&context](CreateClosureCall call) { CreateClosure(context, std::move(call)); });
  service.Handle<v1::GetClosureRequest, v1::Closure>(
      kVenueService, "GetClosure", [&context](GetClosureCall call) { GetClosure(context, std::move(call)); });
  service.Handle<v1::ListClosuresRequest, v1::ListClosuresResponse>(
      kVenueService, "ListClosures",
      [&context](ListClosuresCall call) { ListClosures(context, std::move(call)); });
  service.Handle<v1::UpdateClosureRequest, v1::Closure>(
      kVenueService, "UpdateClosure",
      [&context](UpdateClosureCall call) { UpdateClosure(context, std::move(call)); });
  service.Handle<v1::EndClosureRequest, v1::Closure>(
      kVenueService, "EndClosure", [&context](EndClosureCall call) { EndClosure(context, std::move(call)); });
}

}  // namespace kepu::venue
