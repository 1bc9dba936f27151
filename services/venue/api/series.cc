#include "services/venue/domain/series.h"

#include "kepu/venue/v1/venue_service.pb.h"
#include "libs/handler/merge.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/listing.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using CreateSeriesCall = rpc::TypedCall<v1::CreateSeriesRequest, v1::Series>;
using GetSeriesCall = rpc::TypedCall<v1::GetSeriesRequest, v1::Series>;
using ListSeriesCall = rpc::TypedCall<v1::ListSeriesRequest, v1::ListSeriesResponse>;
using UpdateSeriesCall = rpc::TypedCall<v1::UpdateSeriesRequest, v1::Series>;
using CancelSeriesCall = rpc::TypedCall<v1::CancelSeriesRequest, v1::Series>;

constexpr char kSeriesPattern[] = "venues/*/spaces/*/series/*";

absl::StatusOr<std::optional<absl::CivilDay>> ReadDay(absl::string_view field, bool given,
                                                      const google::type::Date& date) {
  if (!given) return std::nullopt;
  auto day = ToDay(field, date);
  if (!day.ok()) return day.status();
  return std::optional<absl::CivilDay>(*day);
}

void CreateSeries(const CallContext& context, CreateSeriesCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "venues/*/spaces/*", call.request().parent(), &ids)) return;
  const SeriesPlace place{
      ids[0], ids[1], context.keys.MakeId(names::PartitionOf(ids[0]), handler::KeyOf(context.keys, call))};
  const v1::Series series = call.request().series();
  const bool skip_taken = call.request().skip_taken();
  ChangeVenue(
      context, place.venue, std::move(call),
      [&context, place, series, skip_taken](const VenueState& state, absl::Time now) {
        return DecideCreateSeries(state, place, series, skip_taken, *context.model.holidays(), now);
      },
      [place](const VenueState& state, v1::Series* answer) {
        return Copy(FindSeries(state, place.venue, place.space, place.id), answer);
      });
}

void GetSeries(const CallContext& context, GetSeriesCall call) {
  AnswerNamed(context, std::move(call), kSeriesPattern);
}

void ListSeries(const CallContext& context, ListSeriesCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "venues/*/spaces/*", call.request().parent(), &ids)) return;
  AnswerScope(context, std::move(call), ReadModel::SeriesScope(ids[0], ids[1]));
}

// The answer is the series that holds the changed occurrences: a new one after a cut.
void UpdateSeries(const CallContext& context, UpdateSeriesCall call) {
  std::vector<std::string> ids;
  const v1::UpdateSeriesRequest& request = call.request();
  if (!ParseName(call, "series.name", kSeriesPattern, request.series().name(), &ids)) return;
  auto date = ReadDay("date", request.has_date(), request.date());
  if (!date.ok()) return call.Fail(date.status());
  auto new_date = ReadDay("new_date", request.has_new_date(), request.new_date());
  if (!new_date.ok()) return call.Fail(new_date.status());
  if (*new_date && request.scope() != v1::Series::THIS)
    return call.Fail(refusal::BadField("new_date", "is for the scope THIS; others change the recurrence"));
  const SeriesPlace place{ids[0], ids[1], ids[2]};
  const handler::Paths paths(request.update_mask().paths().begin(), request.update_mask().paths().end());
  const SeriesChange change{
      .scope = request.scope(),
      .date = *date,
      .new_date = *new_date,
      .skip_taken = request.skip_taken(),
      .etag = request.series().etag(),
      .edit = [update = request.series(),
               paths](const v1::Series& base) { return handler::Merged(base, update, paths); },
      .new_id = context.keys.MakeId(names::PartitionOf(ids[0]), handler::KeyOf(context.keys, call))};
  const std::string shown = change.scope == v1::Series::FOLLOWING ? change.new_id : place.id;
  ChangeVenue(
      context, place.venue, std::move(call),
      [&context, place, change](const VenueState& state, absl::Time now) {
        return DecideChangeSeries(state, place, change, *context.model.holidays(), now);
      },
      [place, shown](const VenueState& state, v1::Series* answer) {
        return Copy(FindSeries(state, place.venue, place.space, shown), answer);
      });
}

void CancelSeries(const CallContext& context, CancelSeriesCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", kSeriesPattern, call.request().name(), &ids)) return;
  auto date = ReadDay("date", call.request().has_date(), call.request().date());
  if (!date.ok()) return call.Fail(date.status());
  const SeriesPlace place{ids[0], ids[1], ids[2]};
  ChangeVenue(
      context, place.venue, std::move(call),
      [place, scope = call.request().scope(), date = *date](const VenueState& state, absl::Time now) {
        return DecideCancelSeries(state, place, scope, date, now);
      },
      [place](const VenueState& state, v1::Series* answer) {
        return Copy(FindSeries(state, place.venue, place.space, place.id), answer);
      });
}

}  // namespace

void AddSeriesHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::CreateSeriesRequest, v1::Series>(
      kVenueService, "CreateSeries",
      [&context](CreateSeriesCall call) { CreateSeries(context, std::move(call)); });
  service.Handle<v1::GetSeriesRequest, v1::Series>(
      kVenueService, "GetSeries", [&context](GetSeriesCall call) { GetSeries(context, std::move(call)); });
  service.Handle<v1::ListSeriesRequest, v1::ListSeriesResponse>(
      kVenueService, "ListSeries", [&context](ListSeriesCall call) { ListSeries(context, std::move(call)); });
  service.Handle<v1::UpdateSeriesRequest, v1::Series>(
      kVenueService, "UpdateSeries",
      [&context](UpdateSeriesCall call) { UpdateSeries(context, std::move(call)); });
  service.Handle<v1::CancelSeriesRequest, v1::Series>(
      kVenueService, "CancelSeries",
      [&context](CancelSeriesCall call) { CancelSeries(context, std::move(call)); });
}

}  // namespace kepu::venue
