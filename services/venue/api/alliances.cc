#include "services/venue/domain/alliances.h"

#include "kepu/venue/v1/collections.pb.h"
#include "libs/handler/merge.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/listing.h"

namespace kepu::venue {
namespace {

using CreateCall = rpc::TypedCall<v1::CreateAllianceRequest, v1::Alliance>;
using GetCall = rpc::TypedCall<v1::GetAllianceRequest, v1::Alliance>;
using ListCall = rpc::TypedCall<v1::ListAlliancesRequest, v1::ListAlliancesResponse>;
using UpdateCall = rpc::TypedCall<v1::UpdateAllianceRequest, v1::Alliance>;

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

auto Shown(const std::string& id) {
  return [id](const AllianceState& state, v1::Alliance* answer) {
    return Copy(FindAlliance(state, id), answer);
  };
}

void CreateOf(const CallContext& context, const std::string& id, CreateCall call) {
  const v1::Alliance alliance = call.request().alliance();
  if (absl::Status status = CheckVenues(context, alliance); !status.ok()) return call.Fail(status);
  ChangeOne<AllianceState>(
      context, names::PartitionOf(id), AllianceKey(id), std::move(call),
      [id, alliance](const AllianceState& state, absl::Time now) {
        return DecideCreateAlliance(state, id, alliance, now);
      },
      Shown(id));
}

void Create(const CallContext& context, CreateCall call) {
  std::string id;
  if (!GivenOrMadeId(context, call, "alliance_id", call.request().alliance_id(), &id)) return;
  AfterPosition(context, std::move(call),
                [&context, id](CreateCall ready) { CreateOf(context, id, std::move(ready)); });
}

void Get(const CallContext& context, GetCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "alliances/*", call.request().name(), &ids)) return;
  const std::string name = call.request().name();
  AnswerReady(context, std::move(call), name);
}

void List(const CallContext& context, ListCall call) {
  const std::string scope = Collections::AlliancesScope();
  AnswerPage(context, std::move(call), paging::FilterDigest({scope}),
             [&context, scope](const std::string& after, size_t limit) {
               return context.model.catalogue().List(scope, after, limit);
             });
}

void UpdateOf(const CallContext& context, const std::string& id, UpdateCall call) {
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
      Shown(id));
}

void Update(const CallContext& context, UpdateCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "alliance.name", "alliances/*", call.request().alliance().name(), &ids)) return;
  AfterPosition(context, std::move(call),
                [&context, id = ids[0]](UpdateCall ready) { UpdateOf(context, id, std::move(ready)); });
}

}  // namespace

void AddAllianceHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::CreateAllianceRequest, v1::Alliance>(
      kCollectionService, "CreateAlliance",
      [&context](CreateCall call) { Create(context, std::move(call)); });
  service.Handle<v1::GetAllianceRequest, v1::Alliance>(
      kCollectionService, "GetAlliance", [&context](GetCall call) { Get(context, std::move(call)); });
  service.Handle<v1::ListAlliancesRequest, v1::ListAlliancesResponse>(
      kCollectionService, "ListAlliances", [&context](ListCall call) { List(context, std::move(call)); });
  service.Handle<v1::UpdateAllianceRequest, v1::Alliance>(
      kCollectionService, "UpdateAlliance",
      [&context](UpdateCall call) { Update(context, std::move(call)); });
}

}  // namespace kepu::venue
