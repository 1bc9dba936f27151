#include "services/venue/domain/alliances.h"

#include "kepu/venue/v1/collections.pb.h"
#include "libs/handler/merge.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/listing.h"

namespace kepu::venue {
namespace {

using CreateAllianceCall = rpc::TypedCall<v1::CreateAllianceRequest, v1::Alliance>;
using GetAllianceCall = rpc::TypedCall<v1::GetAllianceRequest, v1::Alliance>;
using ListAlliancesCall = rpc::TypedCall<v1::ListAlliancesRequest, v1::ListAlliancesResponse>;
using UpdateAllianceCall = rpc::TypedCall<v1::UpdateAllianceRequest, v1::Alliance>;

// Venues are never deleted: one that is known stays so.
absl::Status CheckVenues(const CallContext& context, const v1::Alliance& alliance) {
  const auto known = [&](const std::string& venue) {
    return context.model.catalogue().Get(venue) != nullptr;
  };
  refusal::FieldErrors errors;
  if (!alliance.lead().empty() && !known(alliance.lead()))
    errors.Add("alliance.lead", "there is no such venue");
  for (int i = 0; i < alliance.members_size(); ++i) {
    if (!known(alliance.members(i)))
      errors.Add(absl::StrCat("alliance.members[", i, "]"), "there is no such venue");
  }
  return errors.ToStatus();
}

auto ShownAlliance(const std::string& id) {
  return [id](const AllianceState& state, v1::Alliance* answer) {
    return Copy(FindAlliance(state, id), answer);
  };
}

void CreateKnown(const CallContext& context, const std::string& id, CreateAllianceCall call) {
  const v1::Alliance alliance = call.request().alliance();
  if (absl::Status status = CheckVenues(context, alliance); !status.ok()) return call.Fail(status);
  ChangeOne<AllianceState>(
      context, names::PartitionOf(id), AllianceKey(id), std::move(call),
      [id, alliance](const AllianceState& state, absl::Time now) {
        return DecideCreateAlliance(state, id, alliance, now);
      },
      ShownAlliance(id));
}

void CreateAlliance(const CallContext& context, CreateAllianceCall call) {
  std::string id;
  if (!GivenOrMadeId(context, call, "alliance_id", call.request().alliance_id(), &id)) return;
  AfterPosition(context, std::move(call),
                [&context, id](CreateAllianceCall ready) { CreateKnown(context, id, std::move(ready)); });
}

void GetAlliance(const CallContext& context, GetAllianceCall call) {
  AnswerNamed(context, std::move(call), "alliances/*");
}

void ListAlliances(const CallContext& context, ListAlliancesCall call) {
  AnswerScope(context, std::move(call), CollectionShelf::AlliancesScope());
}

void UpdateKnown(const CallContext& context, const std::string& id, UpdateAllianceCall call) {
  const v1::Alliance update = call.request().alliance();
  if (absl::Status status = CheckVenues(context, update); !status.ok()) return call.Fail(status);
  const handler::Paths paths(call.request().update_mask().paths().begin(),
                             call.request().update_mask().paths().end());
  ChangeOne<AllianceState>(
      context, names::PartitionOf(id), AllianceKey(id), std::move(call),
      [id, update, paths](const AllianceState& state, absl::Time now) {
        return DecideUpdateAlliance(
            state, id, update.etag(),
            [&](const v1::Alliance& base) { return handler::Merged(base, update, paths); }, now);
      },
      ShownAlliance(id));
}

void UpdateAlliance(const CallContext& context, UpdateAllianceCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "alliance.name", "alliances/*", call.request().alliance().name(), &ids)) return;
  AfterPosition(context, std::move(call), [&context, id = ids[0]](UpdateAllianceCall ready) {
    UpdateKnown(context, id, std::move(ready));
  });
}

}  // namespace

void AddAllianceHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::CreateAllianceRequest, v1::Alliance>(
      kCollectionService, "CreateAlliance",
      [&context](CreateAllianceCall call) { CreateAlliance(context, std::move(call)); });
  service.Handle<v1::GetAllianceRequest, v1::Alliance>(
      kCollectionService, "GetAlliance",
      [&context](GetAllianceCall call) { GetAlliance(context, std::move(call)); });
  service.Handle<v1::ListAlliancesRequest, v1::ListAlliancesResponse>(
      kCollectionService, "ListAlliances",
      [&context](ListAlliancesCall call) { ListAlliances(context, std::move(call)); });
  service.Handle<v1::UpdateAllianceRequest, v1::Alliance>(
      kCollectionService, "UpdateAlliance",
      [&context](UpdateAllianceCall call) { UpdateAlliance(context, std::move(call)); });
}

}  // namespace kepu::venue
