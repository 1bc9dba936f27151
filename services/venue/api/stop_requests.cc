// Requests for stops: asking, changing, withdrawing, answering and listing them.
#include "services/venue/domain/stop_requests.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "libs/handler/merge.h"
#include "services/venue/api/fleet_call.h"
#include "services/venue/api/handlers.h"

namespace kepu::venue {
namespace {

using CreateStopRequestCall = rpc::TypedCall<v1::CreateStopRequestRequest, v1::StopRequest>;
using GetStopRequestCall = rpc::TypedCall<v1::GetStopRequestRequest, v1::StopRequest>;
using ListStopRequestsCall = rpc::TypedCall<v1::ListStopRequestsRequest, v1::ListStopRequestsResponse>;
using UpdateStopRequestCall = rpc::TypedCall<v1::UpdateStopRequestRequest, v1::StopRequest>;
using WithdrawStopRequestCall = rpc::TypedCall<v1::WithdrawStopRequestRequest, v1::StopRequest>;
using AnswerStopRequestCall = rpc::TypedCall<v1::AnswerStopRequestRequest, v1::StopRequest>;

void CreateStopRequest(const CallContext& context, CreateStopRequestCall call) {
  const std::string id = MakeFleetId(context, call);
  const v1::StopRequest request = call.request().stop_request();
  ChangeFleet(
      context, std::move(call),
      [id, request](const FleetState& state, absl::Time now) {
        return DecideCreateStopRequest(state, id, request, now);
      },
      [id](const FleetState& state, v1::StopRequest* answer) {
        return Copy(FindStopRequest(state, id), answer);
      });
}

void GetStopRequest(const CallContext& context, GetStopRequestCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "stopRequests/*", call.request().name(), &ids)) return;
  ComputeOnFleet(
      context, std::move(call),
      [id = ids[0]](const FleetState& state, const GetStopRequestCall&) -> absl::StatusOr<v1::StopRequest> {
        v1::StopRequest answer;
        if (absl::Status status = Copy(FindStopRequest(state, id), &answer); !status.ok()) return status;
        return answer;
      });
}

// What lies within a name: what was asked there or for it; of a caravan, what it may answer.
bool LiesWithin(const v1::StopRequest& request, const std::string& within,
                const std::vector<std::string>& containers) {
  if (within.empty() || within == auth::kCity) return true;
  if (request.requester() == within || request.host() == within || request.district() == within ||
      request.caravan() == within)
    return true;
  return absl::StartsWith(within, "caravans/") && IsPending(request) &&
         std::find(containers.begin(), containers.end(), request.district()) != containers.end();
}

absl::StatusOr<v1::ListStopRequestsResponse> PageOfStopRequests(const CallContext& context,
                                                                const FleetState& state,
                                                                const v1::ListStopRequestsRequest& request) {
  const std::vector<std::string> containers = context.model.ContainersOf(request.within());
  v1::ListStopRequestsResponse response;
  auto token = PageOfRows(
      context, state, context.model.fleet().requests(),
      paging::FilterDigest({"stopRequests", request.within(), absl::StrCat(request.state())}), request,
      [&](const log::v1::FleetChild& child) {
        return (request.state() == v1::StopRequest::STATE_UNSPECIFIED ||
                request.state() == child.request().state()) &&
               LiesWithin(child.request(), request.within(), containers);
      },
      [&](const log::v1::FleetChild& child) { *response.add_stop_requests() = child.request(); });
  if (!token.ok()) return token.status();
  response.set_next_page_token(*token);
  return response;
}

void ListStopRequests(const CallContext& context, ListStopRequestsCall call) {
  ComputeOnFleet(context, std::move(call),
                 [&context](const FleetState& state, const ListStopRequestsCall& asked) {
                   return PageOfStopRequests(context, state, asked.request());
                 });
}

void UpdateStopRequest(const CallContext& context, UpdateStopRequestCall call) {
  std::vector<std::string> ids;
  const v1::StopRequest update = call.request().stop_request();
  if (!ParseName(call, "stop_request.name", "stopRequests/*", update.name(), &ids)) return;
  const auto& mask = call.request().update_mask().paths();
  const handler::Paths paths(mask.begin(), mask.end());
  ChangeFleet(
      context, std::move(call),
      [id = ids[0], update, paths](const FleetState& state, absl::Time now) {
        return DecideUpdateStopRequest(
            state, id, update.etag(),
            [&](const v1::StopRequest& base) { return handler::Merged(base, update, paths); }, now);
      },
      [id = ids[0]](const FleetState& state, v1::StopRequest* answer) {
        return Copy(FindStopRequest(state, id), answer);
      });
}

void WithdrawStopRequest(const CallContext& context, WithdrawStopRequestCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "stopRequests/*", call.request().name(), &ids)) return;
  ChangeFleet(
      context, std::move(call),
      [id = ids[0]](const FleetState& state, absl::Time now) { return DecideWithdraw(state, id, now); },
      [id = ids[0]](const FleetState& state, v1::StopRequest* answer) {
        return Copy(FindStopRequest(state, id), answer);
      });
}

void AnswerStopRequest(const CallContext& context, AnswerStopRequestCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "stopRequests/*", call.request().name(), &ids)) return;
  const v1::AnswerStopRequestRequest request = call.request();
  ChangeFleet(
      context, std::move(call),
      [id = ids[0], request](const FleetState& state, absl::Time now) {
        return DecideAnswer(state, id, request.state(), request.reason(), now);
      },
      [id = ids[0]](const FleetState& state, v1::StopRequest* answer) {
        return Copy(FindStopRequest(state, id), answer);
      });
}

}  // namespace

void AddStopRequestHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::CreateStopRequestRequest, v1::StopRequest>(
      kFleetService, "CreateStopRequest",
      [&context](CreateStopRequestCall call) { CreateStopRequest(context, std::move(call)); });
  service.Handle<v1::GetStopRequestRequest, v1::StopRequest>(
      kFleetService, "GetStopRequest",
      [&context](GetStopRequestCall call) { GetStopRequest(context, std::move(call)); });
  service.Handle<v1::ListStopRequestsRequest, v1::ListStopRequestsResponse>(
      kFleetService, "ListStopRequests",
      [&context](ListStopRequestsCall call) { ListStopRequests(context, std::move(call)); });
  service.Handle<v1::UpdateStopRequestRequest, v1::StopRequest>(
      kFleetService, "UpdateStopRequest",
      [&context](UpdateStopRequestCall call) { UpdateStopRequest(context, std::move(call)); });
  service.Handle<v1::WithdrawStopRequestRequest, v1::StopRequest>(
      kFleetService, "WithdrawStopRequest",
      [&context](WithdrawStopRequestCall call) { WithdrawStopRequest(context, std::move(call)); });
  service.Handle<v1::AnswerStopRequestRequest, v1::StopRequest>(
      kFleetService, "AnswerStopRequest",
      [&context](AnswerStopRequestCall call) { AnswerStopRequest(context, std::move(call)); });
}

}  // namespace kepu::venue
