// The shapes that calls on the fleet come in: a change of it, a read that computes on the executor, a page of
// its rows, and who may do what to which caravan. Stateless; thread-safe as far as the context is.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kepu/venue/v1/fleet_service.pb.h"
#include "libs/auth/access.h"
#include "services/venue/api/call_context.h"
#include "services/venue/domain/tours.h"
#include "services/venue/store/fleet_shelf.h"

namespace kepu::venue {

inline constexpr char kFleetService[] = "kepu.venue.v1.FleetService";

// `decide(state, now) -> StatusOr<FleetFacts>`, `encode(state, answer) -> Status`.
template <class Request, class Response, class Decide, class Encode>
void ChangeFleet(const CallContext& context, rpc::TypedCall<Request, Response> call, Decide decide,
                 Encode encode) {
  ChangeOne<FleetState>(context, FleetPartition(), FleetKey(), std::move(call), std::move(decide),
                        std::move(encode));
}

template <class Call>
std::string MakeFleetId(const CallContext& context, const Call& call, absl::string_view salt = "") {
  return context.keys.MakeId(FleetPartition(), handler::KeyOf(context.keys, call), salt);
}

// The fleet; an empty one before the first caravan. On the executor.
inline const FleetState& FleetOf(const CallContext& context) {
  static const FleetState& none = *new FleetState();
  const FleetState* state = context.model.fleet().state();
  return state == nullptr ? none : *state;
}

// `compute(state, call) -> StatusOr<Response>` on the folded fleet; on the executor.
template <class Request, class Response, class Compute>
void ComputeOnFleet(const CallContext& context, rpc::TypedCall<Request, Response> call, Compute compute) {
  ComputeOnModel(context, std::move(call),
                 [&context, compute = std::move(compute)](const auto& ready) -> absl::StatusOr<Response> {
                   return compute(FleetOf(context), ready);
                 });
}

// The rows after the token for which `match(child)`, each put into the response by `add(child)`; the token of
// the next page, empty at the end.
template <class Request, class Match, class Add>
absl::StatusOr<std::string> PageOfRows(const CallContext& context, const FleetState& state,
                                       const FleetShelf::Rows& rows, const std::string& filter,
                                       const Request& request, Match match, Add add) {
  auto limit = paging::PageSize(request.page_size());
  if (!limit.ok()) return limit.status();
  auto after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return after.status();
  size_t shown = 0;
  std::string last;
  for (auto row = rows.upper_bound(*after); row != rows.end(); ++row) {
    auto child = state.Find(row->second);
    if (!child.ok() || *child == nullptr || !match(**child)) continue;
    if (shown == *limit) return context.pager.Encode(filter, last);
    add(**child);
    ++shown;
    last = row->first;
  }
  return std::string();
}

// Who plans with a caravan.
inline const std::vector<std::string>& PlannerRoles() {
  static const auto& roles =
      *new std::vector<std::string>{"venue_staff", "venue_admin", "district_admin", "city_admin"};
  return roles;
}

// The partners of a convoy must be the caller's to plan as well: else they are not there.
inline absl::Status CheckPartners(const CallContext& context, const rpc::Principal& principal,
                                  const v1::Tour& tour) {
  for (const std::string& partner : tour.partners())
    if (!auth::HoldsAnyOn(principal, PlannerRoles(), partner, &context.model))
      return refusal::NotFound(partner);
  return absl::OkStatus();
}

// Requests of the caravan's own district, those that hope for it, and those of a district that the caller
// looks after.
inline MayAnswer MayAnswerFor(const CallContext& context, const rpc::Principal& principal,
                              const std::string& caravan) {
  return [&context, principal, caravan,
          near = context.model.ContainersOf(caravan)](const v1::StopRequest& request) {
    return request.caravan() == caravan ||
           std::find(near.begin(), near.end(), request.district()) != near.end() ||
           auth::HoldsAnyOn(principal, {"district_admin", "city_admin"}, request.district(), &context.model);
  };
}

}  // namespace kepu::venue
