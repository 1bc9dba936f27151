#include "services/venue/domain/venues.h"

#include "absl/strings/str_cat.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/merge.h"
#include "services/venue/api/existing_names.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/listing.h"
#include "services/venue/api/surroundings.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using CreateVenueCall = rpc::TypedCall<v1::CreateVenueRequest, v1::Venue>;
using GetVenueCall = rpc::TypedCall<v1::GetVenueRequest, v1::Venue>;
using ListVenuesCall = rpc::TypedCall<v1::ListVenuesRequest, v1::ListVenuesResponse>;
using UpdateVenueCall = rpc::TypedCall<v1::UpdateVenueRequest, v1::Venue>;
using RetireVenueCall = rpc::TypedCall<v1::RetireVenueRequest, v1::RetireVenueResponse>;
using RestoreVenueCall = rpc::TypedCall<v1::RestoreVenueRequest, v1::Venue>;

// `then(call)` when all that is named exists, as far as anybody can say.
template <class Call, class Then>
void AfterNames(const CallContext& context, std::vector<NamedField> names, Call call, Then then) {
  if (names.empty()) return then(std::move(call));
  auto shared = std::make_shared<Call>(std::move(call));
  CheckNames(context, std::move(names), [shared, then = std::move(then)](const absl::Status& status) {
    if (!status.ok()) return shared->Fail(status);
    then(std::move(*shared));
  });
}

// As it is shown: with the level that its titles give it.
absl::Status AnswerVenue(const CallContext& context, const VenueState& state, const std::string& id,
                         v1::Venue* answer) {
  if (absl::Status status = Copy(FindVenue(state, id), answer); !status.ok()) return status;
  context.model.PutStanding(answer);
  return absl::OkStatus();
}

void CreateVenue(const CallContext& context, CreateVenueCall call) {
  std::string id;
  if (!GivenOrMadeId(context, call, "venue_id", call.request().venue_id(), &id)) return;
  const v1::Venue venue = call.request().venue();
  AfterNames(context, NamesIn(venue, {}), std::move(call), [&context, id, venue](CreateVenueCall ready) {
    ChangeVenue(
        context, id, std::move(ready),
        [id, venue](const VenueState& state, absl::Time now) {
          return DecideCreateVenue(state, id, venue, now);
        },
        [&context, id](const VenueState& state, v1::Venue* answer) {
          return AnswerVenue(context, state, id, answer);
        });
  });
}

void GetVenue(const CallContext& context, GetVenueCall call) {
  AnswerNamed(context, std::move(call), "venues/*");
}

absl::StatusOr<VenueFilter> FilterOf(const v1::ListVenuesRequest& request) {
  VenueFilter filter;
  filter.district = request.district();
  filter.kind = request.kind();
  filter.text = request.text();
  filter.base_level = request.base_level();
  filter.base_category = request.base_category();
  filter.system_role = request.system_role();
  filter.community = request.community();
  if (request.has_near()) filter.near = request.near();
  filter.radius_m = request.radius_m();
  if (request.has_open_at()) filter.open_at = calendar::FromProto(request.open_at());
  if (filter.radius_m > 0 && !filter.near)
    return refusal::BadField("radius_m", "is around near, which is missing");
  if (filter.near && !IsPlace(*filter.near))
    return refusal::BadField("near", "must be a latitude from -90 to 90 and a longitude from -180 to 180");
  return filter;
}

void ListVenues(const CallContext& context, ListVenuesCall call) {
  const absl::StatusOr<VenueFilter> filter = FilterOf(call.request());
  if (!filter.ok()) return call.Fail(filter.status());
  AnswerPage(context, std::move(call), paging::FilterDigest({"venues", filter->Digest()}),
             [&context, filter = *filter](const std::string& after, size_t limit) {
               return context.model.ListVenues(filter, after, limit);
             });
}

void UpdateVenue(const CallContext& context, UpdateVenueCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "venue.name", "venues/*", call.request().venue().name(), &ids)) return;
  const v1::Venue update = call.request().venue();
  const handler::Paths paths(call.request().update_mask().paths().begin(),
                             call.request().update_mask().paths().end());
  AfterNames(context, NamesIn(update, paths), std::move(call),
             [&context, id = ids[0], update, paths](UpdateVenueCall ready) {
               ChangeVenue(
                   context, id, std::move(ready),
                   [id, update, paths](const VenueState& state, absl::Time now) {
                     return DecideUpdateVenue(
                         state, id, update.etag(),
                         [&](const v1::Venue& base) { return handler::Merged(base, update, paths); }, now);
                   },
                   [&context, id](const VenueState& state, v1::Venue* answer) {
                     return AnswerVenue(context, state, id, answer);
                   });
             });
}

absl::Status AnswerRetire(const CallContext& context, const VenueState& state, const std::string& id,
                          const google::type::Date& date, v1::RetireVenueResponse* answer) {
  auto day = ToDay("retire_date", date);
  if (!day.ok()) return day.status();
  auto hits = HitsOfRetiring(state, id, *day, LookAroundVenue(context, id));
  if (!hits.ok()) return hits.status();
  answer->mutable_hits()->Add(hits->names.begin(), hits->names.end());
  answer->set_hit_count(hits->count);
  answer->mutable_unknown_of()->Add(hits->unknown_of.begin(), hits->unknown_of.end());
  return AnswerVenue(context, state, id, answer->mutable_venue());
}

// Changes nothing and remembers nothing: the request id is still free for the call that means it.
void PreviewRetire(const CallContext& context, const std::string& id, RetireVenueCall call) {
  ComputeOnVenue(
      context, id, std::move(call),
      [&context, id](const VenueState& state,
                     const v1::RetireVenueRequest& request) -> absl::StatusOr<v1::RetireVenueResponse> {
        auto facts = DecideRetire(state, id, request.retire_date(), context.clock.Now());
        if (!facts.ok()) return facts.status();
        v1::RetireVenueResponse answer;
        absl::Status status = AnswerRetire(context, state, id, request.retire_date(), &answer);
        if (!status.ok()) return status;
        return answer;
      });
}

void RetireVenue(const CallContext& context, RetireVenueCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "venues/*", call.request().name(), &ids)) return;
  const std::string id = ids[0];
  if (call.request().validate_only()) return PreviewRetire(context, id, std::move(call));
  const google::type::Date date = call.request().retire_date();
  ChangeVenue(
      context, id, std::move(call),
      [id, date](const VenueState& state, absl::Time now) { return DecideRetire(state, id, date, now); },
      [&context, id, date](const VenueState& state, v1::RetireVenueResponse* answer) {
        return AnswerRetire(context, state, id, date, answer);
      });
}

void RestoreVenue(const CallContext& context, RestoreVenueCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "venues/*", call.request().name(), &ids)) return;
  const std::string id = ids[0];
  ChangeVenue(
      context, id, std::move(call),
      [id](const VenueState& state, absl::Time now) { return DecideRestore(state, id, now); },
      [&context, id](const VenueState& state, v1::Venue* answer) {
        return AnswerVenue(context, state, id, answer);
      });
}

}  // namespace

void AddVenueHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::CreateVenueRequest, v1::Venue>(
      kVenueService, "CreateVenue",
      [&context](CreateVenueCall call) { CreateVenue(context, std::move(call)); });
  service.Handle<v1::GetVenueRequest, v1::Venue>(
      kVenueService, "GetVenue", [&context](GetVenueCall call) { GetVenue(context, std::move(call)); });
  service.Handle<v1::ListVenuesRequest, v1::ListVenuesResponse>(
      kVenueService, "ListVenues", [&context](ListVenuesCall call) { ListVenues(context, std::move(call)); });
  service.Handle<v1::UpdateVenueRequest, v1::Venue>(
      kVenueService, "UpdateVenue",
      [&context](UpdateVenueCall call) { UpdateVenue(context, std::move(call)); });
  service.Handle<v1::RetireVenueRequest, v1::RetireVenueResponse>(
      kVenueService, "RetireVenue",
      [&context](RetireVenueCall call) { RetireVenue(context, std::move(call)); });
  service.Handle<v1::RestoreVenueRequest, v1::Venue>(
      kVenueService, "RestoreVenue",
      [&context](RestoreVenueCall call) { RestoreVenue(context, std::move(call)); });
}

}  // namespace kepu::venue
