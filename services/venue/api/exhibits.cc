#include "services/venue/domain/exhibits.h"

#include "absl/strings/str_cat.h"
#include "kepu/venue/v1/collections.pb.h"
#include "libs/handler/merge.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/listing.h"
#include "services/venue/domain/exhibit_claims.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using CreateExhibitCall = rpc::TypedCall<v1::CreateExhibitRequest, v1::Exhibit>;
using GetExhibitCall = rpc::TypedCall<v1::GetExhibitRequest, v1::Exhibit>;
using ListExhibitsCall = rpc::TypedCall<v1::ListExhibitsRequest, v1::ListExhibitsResponse>;
using UpdateExhibitCall = rpc::TypedCall<v1::UpdateExhibitRequest, v1::Exhibit>;
using CreateCustodyCall = rpc::TypedCall<v1::CreateCustodyRequest, v1::Custody>;
using EndCustodyCall = rpc::TypedCall<v1::EndCustodyRequest, v1::Custody>;
using ListCustodiesCall = rpc::TypedCall<v1::ListCustodiesRequest, v1::ListCustodiesResponse>;
using ListKitReservationsCall =
    rpc::TypedCall<v1::ListKitReservationsRequest, v1::ListKitReservationsResponse>;
using LocateExhibitCall = rpc::TypedCall<v1::LocateExhibitRequest, v1::LocateExhibitResponse>;

template <class Request, class Response, class Decide, class Encode>
void ChangeExhibit(const CallContext& context, const std::string& exhibit,
                   rpc::TypedCall<Request, Response> call, Decide decide, Encode encode) {
  ChangeOne<ExhibitState>(context, names::PartitionOf(exhibit), ExhibitKey(exhibit), std::move(call),
                          std::move(decide), std::move(encode));
}

auto ShownExhibit(const std::string& exhibit) {
  return [exhibit](const ExhibitState& state, v1::Exhibit* answer) {
    return Copy(FindExhibit(state, exhibit), answer);
  };
}

auto ShownCustody(const std::string& exhibit, const std::string& custody) {
  return [exhibit, custody](const ExhibitState& state, v1::Custody* answer) {
    return Copy(FindCustody(state, exhibit, custody), answer);
  };
}

void CreateOwned(const CallContext& context, const std::string& id, CreateExhibitCall call) {
  const v1::Exhibit exhibit = call.request().exhibit();
  if (context.model.catalogue().Get(exhibit.owner()) == nullptr)
    return call.Fail(refusal::BadField("exhibit.owner", "there is no such venue"));
  ChangeExhibit(
      context, id, std::move(call),
      [id, exhibit](const ExhibitState& state, absl::Time now) {
        return DecideCreateExhibit(state, id, exhibit, now);
      },
      ShownExhibit(id));
}

void CreateExhibit(const CallContext& context, CreateExhibitCall call) {
  std::string id;
  if (!GivenOrMadeId(context, call, "exhibit_id", call.request().exhibit_id(), &id)) return;
  AfterPosition(context, std::move(call),
                [&context, id](CreateExhibitCall ready) { CreateOwned(context, id, std::move(ready)); });
}

void GetExhibit(const CallContext& context, GetExhibitCall call) {
  AnswerNamed(context, std::move(call), "exhibits/*");
}

void ListExhibits(const CallContext& context, ListExhibitsCall call) {
  const v1::ListExhibitsRequest& request = call.request();
  if (!request.owner().empty() && !request.alliance().empty())
    return call.Fail(refusal::BadField("alliance", "is asked for instead of an owner, not with one"));
  AnswerScope(context, std::move(call), CollectionShelf::ExhibitsScope(request.owner(), request.alliance()));
}

void UpdateExhibit(const CallContext& context, UpdateExhibitCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "exhibit.name", "exhibits/*", call.request().exhibit().name(), &ids)) return;
  const v1::Exhibit update = call.request().exhibit();
  const handler::Paths paths(call.request().update_mask().paths().begin(),
                             call.request().update_mask().paths().end());
  ChangeExhibit(
      context, ids[0], std::move(call),
      [id = ids[0], update, paths](const ExhibitState& state, absl::Time now) {
        return DecideUpdateExhibit(
            state, id, update.etag(),
            [&](const v1::Exhibit& base) { return handler::Merged(base, update, paths); }, now);
      },
      ShownExhibit(ids[0]));
}

void PlaceIt(const CallContext& context, CreateCustodyCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "exhibits/*", call.request().parent(), &ids)) return;
  const std::string id = context.keys.MakeId(names::PartitionOf(ids[0]), handler::KeyOf(context.keys, call));
  const v1::Custody custody = call.request().custody();
  ChangeExhibit(
      context, ids[0], std::move(call),
      [exhibit = ids[0], id, custody](const ExhibitState& state, absl::Time now) {
        return DecideCreateCustody(state, exhibit, id, custody, now);
      },
      ShownCustody(ids[0], id));
}

void EndCustody(const CallContext& context, EndCustodyCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "exhibits/*/custodies/*", call.request().name(), &ids)) return;
  std::optional<absl::Time> end;
  if (call.request().has_end_time()) end = ToTime(call.request().end_time());
  ChangeExhibit(
      context, ids[0], std::move(call),
      [ids, end](const ExhibitState& state, absl::Time now) {
        return DecideEndCustody(state, ids[0], ids[1], end, now);
      },
      ShownCustody(ids[0], ids[1]));
}

void Stays(const CallContext& context, ListCustodiesCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "exhibits/*", call.request().parent(), &ids)) return;
  AnswerScope(context, std::move(call), CollectionShelf::CustodiesScope(ids[0]));
}

void Reservations(const CallContext& context, ListKitReservationsCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "exhibits/*", call.request().parent(), &ids)) return;
  const std::string scope = CollectionShelf::ReservationsScope(ids[0]);
  const bool all = !call.request().has_end_after();
  const absl::Time from = ToTime(call.request().end_after());
  const auto ends_after = [all, from](const google::protobuf::Message& message) {
    return all || ToTime(static_cast<const v1::KitReservation&>(message).end_time()) > from;
  };
  AnswerPage(context, std::move(call),
             paging::FilterDigest({scope, all ? "" : absl::StrCat(absl::ToUnixMicros(from))}),
             [&context, scope, ends_after](const std::string& after, size_t limit) {
               return context.model.catalogue().List(scope, after, limit, ends_after);
             });
}

void LocateExhibit(const CallContext& context, LocateExhibitCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "exhibits/*", call.request().name(), &ids)) return;
  ComputeOnModel(
      context, std::move(call),
      [&context, id = ids[0]](const LocateExhibitCall& ready) -> absl::StatusOr<v1::LocateExhibitResponse> {
        const ExhibitState* state = context.model.collections().FindExhibit(id);
        if (state == nullptr) return refusal::NotFound(ExhibitName(id));
        auto exhibit = FindExhibit(*state, id);
        if (!exhibit.ok()) return exhibit.status();
        const auto& request = ready.request();
        const absl::Time time = request.has_time() ? ToTime(request.time()) : context.clock.Now();
        v1::LocateExhibitResponse response;
        if (const v1::Custody* custody = CustodyAt(*state, time)) *response.mutable_custody() = *custody;
        if (const reservation::v1::Claim* claim = ClaimAt(*state, time))
          *response.mutable_reservation() = KitReservationOf(id, *claim);
        response.set_owner((*exhibit)->owner());
        return response;
      });
}

}  // namespace

void AddExhibitHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::CreateExhibitRequest, v1::Exhibit>(
      kCollectionService, "CreateExhibit",
      [&context](CreateExhibitCall call) { CreateExhibit(context, std::move(call)); });
  service.Handle<v1::GetExhibitRequest, v1::Exhibit>(
      kCollectionService, "GetExhibit",
      [&context](GetExhibitCall call) { GetExhibit(context, std::move(call)); });
  service.Handle<v1::ListExhibitsRequest, v1::ListExhibitsResponse>(
      kCollectionService, "ListExhibits",
      [&context](ListExhibitsCall call) { ListExhibits(context, std::move(call)); });
  service.Handle<v1::UpdateExhibitRequest, v1::Exhibit>(
      kCollectionService, "UpdateExhibit",
      [&context](UpdateExhibitCall call) { UpdateExhibit(context, std::move(call)); });
  service.Handle<v1::CreateCustodyRequest, v1::Custody>(
      kCollectionService, "CreateCustody",
      [&context](CreateCustodyCall call) { PlaceIt(context, std::move(call)); });
  service.Handle<v1::EndCustodyRequest, v1::Custody>(
      kCollectionService, "EndCustody",
      [&context](EndCustodyCall call) { EndCustody(context, std::move(call)); });
  service.Handle<v1::ListCustodiesRequest, v1::ListCustodiesResponse>(
      kCollectionService, "ListCustodies",
      [&context](ListCustodiesCall call) { Stays(context, std::move(call)); });
  service.Handle<v1::ListKitReservationsRequest, v1::ListKitReservationsResponse>(
      kCollectionService, "ListKitReservations",
      [&context](ListKitReservationsCall call) { Reservations(context, std::move(call)); });
  service.Handle<v1::LocateExhibitRequest, v1::LocateExhibitResponse>(
      kCollectionService, "LocateExhibit",
      [&context](LocateExhibitCall call) { LocateExhibit(context, std::move(call)); });
}

}  // namespace kepu::venue
