#include "services/venue/domain/spaces.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "libs/handler/merge.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/listing.h"

namespace kepu::venue {
namespace {

using CreateSpaceCall = rpc::TypedCall<v1::CreateSpaceRequest, v1::Space>;
using GetSpaceCall = rpc::TypedCall<v1::GetSpaceRequest, v1::Space>;
using ListSpacesCall = rpc::TypedCall<v1::ListSpacesRequest, v1::ListSpacesResponse>;
using UpdateSpaceCall = rpc::TypedCall<v1::UpdateSpaceRequest, v1::Space>;

void CreateSpace(const CallContext& context, CreateSpaceCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "venues/*", call.request().parent(), &ids)) return;
  const std::string venue = ids[0];
  std::string id = call.request().space_id();
  if (id.empty()) {
    id = context.keys.MakeId(names::PartitionOf(venue), handler::KeyOf(context.keys, call));
  } else if (!names::IsGivenId(id)) {
    return call.Fail(refusal::BadField("space_id", "must be 1 to 40 lower case letters, digits and dashes"));
  }
  const v1::Space space = call.request().space();
  ChangeVenue(
      context, venue, std::move(call),
      [venue, id, space](const VenueState& state, absl::Time now) {
        return DecideCreateSpace(state, venue, id, space, now);
      },
      [venue, id](const VenueState& state, v1::Space* answer) {
        return Copy(FindSpace(state, venue, id), answer);
      });
}

void GetSpace(const CallContext& context, GetSpaceCall call) {
  AnswerNamed(context, std::move(call), "venues/*/spaces/*");
}

void ListSpaces(const CallContext& context, ListSpacesCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "venues/*", call.request().parent(), &ids)) return;
  AnswerScope(context, std::move(call), ReadModel::SpacesScope(ids[0]));
}

void UpdateSpace(const CallContext& context, UpdateSpaceCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "space.name", "venues/*/spaces/*", call.request().space().name(), &ids)) return;
  const v1::Space update = call.request().space();
  const handler::Paths paths(call.request().update_mask().paths().begin(),
                             call.request().update_mask().paths().end());
  ChangeVenue(
      context, ids[0], std::move(call),
      [ids, update, paths](const VenueState& state, absl::Time now) {
        return DecideUpdateSpace(
            state, ids[0], ids[1], update.etag(),
            [&](const v1::Space& base) { return handler::Merged(base, update, paths); }, now);
      },
      [ids](const VenueState& state, v1::Space* answer) {
        return Copy(FindSpace(state, ids[0], ids[1]), answer);
      });
}

}  // namespace

void AddSpaceHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::CreateSpaceRequest, v1::Space>(
      kVenueService, "CreateSpace",
      [&context](CreateSpaceCall call) { CreateSpace(context, std::move(call)); });
  service.Handle<v1::GetSpaceRequest, v1::Space>(
      kVenueService, "GetSpace", [&context](GetSpaceCall call) { GetSpace(context, std::move(call)); });
  service.Handle<v1::ListSpacesRequest, v1::ListSpacesResponse>(
      kVenueService, "ListSpaces", [&context](ListSpacesCall call) { ListSpaces(context, std::move(call)); });
  service.Handle<v1::UpdateSpaceRequest, v1::Space>(
      kVenueService, "UpdateSpace",
      [&context](UpdateSpaceCall call) { UpdateSpace(context, std::move(call)); });
}

}  // namespace kepu::venue
