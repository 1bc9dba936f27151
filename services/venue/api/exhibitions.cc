#include "services/venue/domain/exhibitions.h"

#include "kepu/venue/v1/venue_service.pb.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/listing.h"

namespace kepu::venue {
namespace {

using ScheduleCall = rpc::TypedCall<v1::ScheduleExhibitionRequest, v1::Exhibition>;
using GetCall = rpc::TypedCall<v1::GetExhibitionRequest, v1::Exhibition>;
using ListCall = rpc::TypedCall<v1::ListExhibitionsRequest, v1::ListExhibitionsResponse>;
using CancelCall = rpc::TypedCall<v1::CancelExhibitionRequest, v1::Exhibition>;

void Schedule(const CallContext& context, ScheduleCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "venues/*", call.request().parent(), &ids)) return;
  const std::string venue = ids[0];
  const std::string id = context.keys.MakeId(names::PartitionOf(venue), handler::KeyOf(context.keys, call));
  const v1::Exhibition exhibition = call.request().exhibition();
  ChangeVenue(
      context, venue, std::move(call),
      [&context, venue, id, exhibition](const VenueState& state, absl::Time now) {
        return DecideSchedule(state, venue, id, exhibition, *context.model.holidays(), now);
      },
      [venue, id](const VenueState& state, v1::Exhibition* answer) {
        return Copy(FindExhibition(state, venue, id), answer);
      });
}

void Get(const CallContext& context, GetCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "venues/*/exhibitions/*", call.request().name(), &ids)) return;
  const std::string name = call.request().name();
  AnswerReady(context, std::move(call), name);
}

void List(const CallContext& context, ListCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "venues/*", call.request().parent(), &ids)) return;
  const std::string scope = ReadModel::ExhibitionsScope(ids[0]);
  AnswerPage(context, std::move(call), paging::FilterDigest({scope}),
             [&context, scope](const std::string& after, size_t limit) {
               return context.model.catalogue().List(scope, after, limit);
             });
}

void Cancel(const CallContext& context, CancelCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "venues/*/exhibitions/*", call.request().name(), &ids)) return;
  const std::string reason = call.request().reason();
  ChangeVenue(
      context, ids[0], std::move(call),
      [ids, reason](const VenueState& state, absl::Time now) {
        return DecideCancel(state, ids[0], ids[1], reason, now);
      },
      [ids](const VenueState& state, v1::Exhibition* answer) {
        return Copy(FindExhibition(state, ids[0], ids[1]), answer);
      });
}

}  // namespace

void AddExhibitionHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::ScheduleExhibitionRequest, v1::Exhibition>(
      kVenueService, "ScheduleExhibition",
      [&context](ScheduleCall call) { Schedule(context, std::move(call)); });
  service.Handle<v1::GetExhibitionRequest, v1::Exhibition>(
      kVenueService, "GetExhibition", [&context](GetCall call) { Get(context, std::move(call)); });
  service.Handle<v1::ListExhibitionsRequest, v1::ListExhibitionsResponse>(
      kVenueService, "ListExhibitions", [&context](ListCall call) { List(context, std::move(call)); });
  service.Handle<v1::CancelExhibitionRequest, v1::Exhibition>(
      kVenueService, "CancelExhibition", [&context](CancelCall call) { Cancel(context, std::move(call)); });
}

}  // namespace kepu::venue
