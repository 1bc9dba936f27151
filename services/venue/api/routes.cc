#include "services/venue/domain/routes.h"

#include "absl/strings/str_cat.h"
#include "kepu/venue/v1/route.pb.h"
#include "libs/auth/access.h"
#include "libs/handler/merge.h"
#include "services/venue/api/handlers.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/route_plan.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

constexpr char kRouteService[] = "kepu.venue.v1.RouteService";

using CreateRouteCall = rpc::TypedCall<v1::CreateRouteRequest, v1::Route>;
using GetRouteCall = rpc::TypedCall<v1::GetRouteRequest, v1::Route>;
using ListRoutesCall = rpc::TypedCall<v1::ListRoutesRequest, v1::ListRoutesResponse>;
using UpdateRouteCall = rpc::TypedCall<v1::UpdateRouteRequest, v1::Route>;
using PublishRouteCall = rpc::TypedCall<v1::PublishRouteRequest, v1::Route>;
using RetireRouteCall = rpc::TypedCall<v1::RetireRouteRequest, v1::Route>;
using CheckRouteCall = rpc::TypedCall<v1::CheckRouteRequest, v1::CheckRouteResponse>;

// On the executor.
VenueLookup VenuesOf(const CallContext& context) {
  return [&context](absl::string_view venue) { return context.model.Find(venue); };
}

// Who may change a route may see it as a draft.
bool MaySeeDraft(const CallContext& context, const rpc::Principal& caller, const v1::Route& route) {
  return auth::HoldsAnyOn(caller, {"venue_admin", "district_admin", "city_admin"}, route.name(),
                          &context.model);
}

// `decide(state, now)` on the route; answers it as it is shown.
template <class Request, class Decide>
void ChangeRoute(const CallContext& context, const std::string& id, rpc::TypedCall<Request, v1::Route> call,
                 Decide decide) {
  ChangeOne<RouteState>(context, names::PartitionOf(id), RouteKey(id), std::move(call), std::move(decide),
                        [&context, id](const RouteState& state, v1::Route* answer) -> absl::Status {
                          auto route = FindRoute(state, id);
                          if (!route.ok()) return route.status();
                          *answer = ShowRoute(**route, VenuesOf(context), context.clock.Now());
                          return absl::OkStatus();
                        });
}

void CreateRoute(const CallContext& context, CreateRouteCall call) {
  std::string id = call.request().route_id();
  if (id.empty()) {
    const store::RequestKey key = handler::KeyOf(context.keys, call);
    id = context.keys.MakeId(names::PartitionOfText(key), key);
  } else if (!names::IsGivenId(id)) {
    return call.Fail(refusal::BadField("route_id", "must be 1 to 40 lower case letters, digits and dashes"));
  }
  const v1::Route route = call.request().route();
  ChangeRoute(context, id, std::move(call), [&context, id, route](const RouteState& state, absl::Time now) {
    return DecideCreateRoute(state, id, route, VenuesOf(context), now);
  });
}

void UpdateRoute(const CallContext& context, UpdateRouteCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "route.name", "routes/*", call.request().route().name(), &ids)) return;
  const v1::Route update = call.request().route();
  const handler::Paths paths(call.request().update_mask().paths().begin(),
                             call.request().update_mask().paths().end());
  ChangeRoute(context, ids[0], std::move(call),
              [&context, id = ids[0], update, paths](const RouteState& state, absl::Time now) {
                return DecideUpdateRoute(
                    state, id, update.etag(),
                    [&](const v1::Route& base) { return handler::Merged(base, update, paths); },
                    VenuesOf(context), now);
              });
}

void PublishRoute(const CallContext& context, PublishRouteCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "routes/*", call.request().name(), &ids)) return;
  ChangeRoute(context, ids[0], std::move(call),
              [&context, id = ids[0]](const RouteState& state, absl::Time now) {
                return DecidePublishRoute(state, id, VenuesOf(context), now);
              });
}

void RetireRoute(const CallContext& context, RetireRouteCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "routes/*", call.request().name(), &ids)) return;
  ChangeRoute(context, ids[0], std::move(call), [id = ids[0]](const RouteState& state, absl::Time now) {
    return DecideRetireRoute(state, id, now);
  });
}

// `compute(route) -> StatusOr<Response>` on a route that the caller may see; on the executor.
template <class Request, class Response, class Compute>
void ComputeOnRoute(const CallContext& context, rpc::TypedCall<Request, Response> call, Compute compute) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "routes/*", call.request().name(), &ids)) return;
  ComputeOnModel(context, std::move(call),
                 [&context, id = ids[0], compute](const auto& shared) -> absl::StatusOr<Response> {
                   const v1::Route* route = context.model.routes().Find(id);
                   if (route == nullptr || (route->state() == v1::Route::DRAFT &&
                                            !MaySeeDraft(context, shared.principal(), *route)))
                     return refusal::NotFound(RouteName(id));
                   return compute(*route, shared.request());
                 });
}

void GetRoute(const CallContext& context, GetRouteCall call) {
  ComputeOnRoute(context, std::move(call),
                 [&context](const v1::Route& route, const auto&) -> absl::StatusOr<v1::Route> {
                   return ShowRoute(route, VenuesOf(context), context.clock.Now());
                 });
}

void CheckRoute(const CallContext& context, CheckRouteCall call) {
  ComputeOnRoute(
      context, std::move(call),
      [&context](const v1::Route& route, const auto& request) -> absl::StatusOr<v1::CheckRouteResponse> {
        auto day = ToDay("date", request.date());
        if (!day.ok()) return day.status();
        if (!request.has_start_time() && !route.has_start_hint())
          return refusal::BadField("start_time", "is required: the route has no hour of its own");
        const auto minute = MinuteOf(request.has_start_time() ? request.start_time() : route.start_hint());
        if (!minute) return refusal::BadField("start_time", "must be whole minutes from 00:00 to 23:59");
        return CheckRouteOn(route, VenuesOf(context), *context.model.holidays(), *day, *minute);
      });
}

bool Stops(const v1::Route& route, const std::string& venue) {
  for (const v1::Route::Stop& stop : route.stops())
    if (stop.venue() == venue) return true;
  return false;
}

absl::StatusOr<v1::ListRoutesResponse> PageOfRoutes(const CallContext& context, const ListRoutesCall& call) {
  const v1::ListRoutesRequest& request = call.request();
  const auto state = request.state() == v1::Route::STATE_UNSPECIFIED ? v1::Route::PUBLISHED : request.state();
  const std::string filter = paging::FilterDigest(
      {"routes", request.district(), request.venue(), absl::StrCat(static_cast<int>(request.category())),
       absl::StrCat(static_cast<int>(state)), state == v1::Route::DRAFT ? call.principal().name : ""});
  auto limit = paging::PageSize(request.page_size());
  if (!limit.ok()) return limit.status();
  auto after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return after.status();
  const RouteShelf::Page page = context.model.routes().List(
      [&](const v1::Route& route) {
        return route.state() == state &&
               (request.district().empty() || route.district() == request.district()) &&
               (request.category() == v1::Route::CATEGORY_UNSPECIFIED ||
                route.category() == request.category()) &&
               (request.venue().empty() || Stops(route, request.venue())) &&
               (state != v1::Route::DRAFT || MaySeeDraft(context, call.principal(), route));
      },
      *after, *limit);
  v1::ListRoutesResponse response;
  for (const v1::Route* route : page.routes)
    *response.add_routes() = ShowRoute(*route, VenuesOf(context), context.clock.Now());
  response.set_next_page_token(context.pager.Encode(filter, page.next_after));
  return response;
}

void ListRoutes(const CallContext& context, ListRoutesCall call) {
  ComputeOnModel(context, std::move(call),
                 [&context](const ListRoutesCall& ready) { return PageOfRoutes(context, ready); });
}

}  // namespace

void AddRouteHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::CreateRouteRequest, v1::Route>(
      kRouteService, "CreateRoute",
      [&context](CreateRouteCall call) { CreateRoute(context, std::move(call)); });
  service.Handle<v1::GetRouteRequest, v1::Route>(
      kRouteService, "GetRoute", [&context](GetRouteCall call) { GetRoute(context, std::move(call)); });
  service.Handle<v1::ListRoutesRequest, v1::ListRoutesResponse>(
      kRouteService, "ListRoutes", [&context](ListRoutesCall call) { ListRoutes(context, std::move(call)); });
  service.Handle<v1::UpdateRouteRequest, v1::Route>(
      kRouteService, "UpdateRoute",
      [&context](UpdateRouteCall call) { UpdateRoute(context, std::move(call)); });
  service.Handle<v1::PublishRouteRequest, v1::Route>(
      kRouteService, "PublishRoute",
      [&context](PublishRouteCall call) { PublishRoute(context, std::move(call)); });
  service.Handle<v1::RetireRouteRequest, v1::Route>(
      kRouteService, "RetireRoute",
      [&context](RetireRouteCall call) { RetireRoute(context, std::move(call)); });
  service.Handle<v1::CheckRouteRequest, v1::CheckRouteResponse>(
      kRouteService, "CheckRoute", [&context](CheckRouteCall call) { CheckRoute(context, std::move(call)); });
}

}  // namespace kepu::venue
