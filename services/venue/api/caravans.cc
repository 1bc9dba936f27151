// Caravans and their maintenance.
#include "services/venue/domain/caravans.h"

#include <algorithm>

#include "libs/calendar/dates.h"
#include "libs/handler/merge.h"
#include "services/venue/api/fleet_call.h"
#include "services/venue/api/handlers.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

constexpr int kCalendarDays = 31;
constexpr int kCalendarDaysMax = 92;

using CreateCaravanCall = rpc::TypedCall<v1::CreateCaravanRequest, v1::Caravan>;
using GetCaravanCall = rpc::TypedCall<v1::GetCaravanRequest, v1::Caravan>;
using ListCaravansCall = rpc::TypedCall<v1::ListCaravansRequest, v1::ListCaravansResponse>;
using UpdateCaravanCall = rpc::TypedCall<v1::UpdateCaravanRequest, v1::Caravan>;
using ChangeCaravanStateCall = rpc::TypedCall<v1::ChangeCaravanStateRequest, v1::Caravan>;
using ReportMileageCall = rpc::TypedCall<v1::ReportMileageRequest, v1::Caravan>;
using GetCaravanCalendarCall = rpc::TypedCall<v1::GetCaravanCalendarRequest, v1::GetCaravanCalendarResponse>;
using CreateMaintenanceCall = rpc::TypedCall<v1::CreateMaintenanceRequest, v1::Maintenance>;
using GetMaintenanceCall = rpc::TypedCall<v1::GetMaintenanceRequest, v1::Maintenance>;
using CompleteMaintenanceCall = rpc::TypedCall<v1::CompleteMaintenanceRequest, v1::Maintenance>;
using CancelMaintenanceCall = rpc::TypedCall<v1::CancelMaintenanceRequest, v1::Maintenance>;

// Who drives is shown to those who look after the caravan.
v1::Caravan ShownTo(const CallContext& context, const rpc::Principal& principal, const v1::Caravan& caravan) {
  static const auto& roles = *new std::vector<std::string>{"caravan_crew", "venue_staff", "venue_admin",
                                                           "district_admin", "city_admin"};
  v1::Caravan shown = Shown(caravan, context.clock.Now());
  if (!auth::HoldsAnyOn(principal, roles, caravan.name(), &context.model)) shown.clear_crew();
  return shown;
}

absl::Status AnswerCaravan(const CallContext& context, const FleetState& state, const std::string& id,
                           v1::Caravan* answer) {
  auto found = FindCaravan(state, id);
  if (!found.ok()) return found.status();
  *answer = Shown(**found, context.clock.Now());
  return absl::OkStatus();
}

void CreateCaravan(const CallContext& context, CreateCaravanCall call) {
  std::string id = call.request().caravan_id();
  if (id.empty()) id = MakeFleetId(context, call);
  if (!names::IsGivenId(id) && !names::IsMadeId(id))
    return call.Fail(refusal::BadField(
        "caravan_id", "must be 1 to 40 lower case letters, digits and dashes, beginning with a letter"));
  const v1::Caravan caravan = call.request().caravan();
  ChangeFleet(
      context, std::move(call),
      [id, caravan](const FleetState& state, absl::Time now) {
        return DecideCreateCaravan(state, id, caravan, now);
      },
      [&context, id](const FleetState& state, v1::Caravan* answer) {
        return AnswerCaravan(context, state, id, answer);
      });
}

void GetCaravan(const CallContext& context, GetCaravanCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "caravans/*", call.request().name(), &ids)) return;
  ComputeOnFleet(context, std::move(call),
                 [&context, id = ids[0]](const FleetState& state,
                                         const GetCaravanCall& asked) -> absl::StatusOr<v1::Caravan> {
                   auto found = FindCaravan(state, id);
                   if (!found.ok()) return found.status();
                   return ShownTo(context, asked.principal(), **found);
                 });
}

absl::StatusOr<v1::ListCaravansResponse> PageOfCaravans(const CallContext& context, const FleetState& state,
                                                        const ListCaravansCall& call) {
  const v1::ListCaravansRequest& request = call.request();
  const std::string filter = paging::FilterDigest({"caravans", request.district(), request.owner(),
                                                   absl::StrCat(request.kind(), request.replacement_due())});
  v1::ListCaravansResponse response;
  auto token = PageOfRows(
      context, state, context.model.fleet().caravans(), filter, request,
      [&](const log::v1::FleetChild& child) {
        const v1::Caravan& caravan = child.caravan();
        return (request.district().empty() || request.district() == caravan.district()) &&
               (request.owner().empty() || request.owner() == caravan.owner()) &&
               (request.kind() == v1::Caravan::KIND_UNSPECIFIED || request.kind() == caravan.kind()) &&
               (!request.replacement_due() || Shown(caravan, context.clock.Now()).replacement_due());
      },
      [&](const log::v1::FleetChild& child) {
        *response.add_caravans() = ShownTo(context, call.principal(), child.caravan());
      });
  if (!token.ok()) return token.status();
  response.set_next_page_token(*token);
  return response;
}

void ListCaravans(const CallContext& context, ListCaravansCall call) {
  ComputeOnFleet(context, std::move(call),
                 [&context](const FleetState& state, const ListCaravansCall& asked) {
                   return PageOfCaravans(context, state, asked);
                 });
}

void UpdateCaravan(const CallContext& context, UpdateCaravanCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "caravan.name", "caravans/*", call.request().caravan().name(), &ids)) return;
  const v1::Caravan update = call.request().caravan();
  const auto& mask = call.request().update_mask().paths();
  const handler::Paths paths(mask.begin(), mask.end());
  ChangeFleet(
      context, std::move(call),
      [id = ids[0], update, paths](const FleetState& state, absl::Time now) {
        return DecideUpdateCaravan(
            state, id, update.etag(),
            [&](const v1::Caravan& base) { return handler::Merged(base, update, paths); }, now);
      },
      [&context, id = ids[0]](const FleetState& state, v1::Caravan* answer) {
        return AnswerCaravan(context, state, id, answer);
      });
}

void ChangeState(const CallContext& context, ChangeCaravanStateCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "caravans/*", call.request().name(), &ids)) return;
  const v1::ChangeCaravanStateRequest request = call.request();
  ChangeFleet(
      context, std::move(call),
      [id = ids[0], request](const FleetState& state, absl::Time now) {
        return DecideChangeState(state, id, request.state(), request.reason(), now);
      },
      [&context, id = ids[0]](const FleetState& state, v1::Caravan* answer) {
        return AnswerCaravan(context, state, id, answer);
      });
}

void Mileage(const CallContext& context, ReportMileageCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "caravans/*", call.request().name(), &ids)) return;
  const int odometer_km = call.request().odometer_km();
  const std::vector<std::string> faults(call.request().faults().begin(), call.request().faults().end());
  ChangeFleet(
      context, std::move(call),
      [id = ids[0], odometer_km, faults](const FleetState& state, absl::Time now) {
        return DecideReportMileage(state, id, odometer_km, faults, now);
      },
      [&context, id = ids[0]](const FleetState& state, v1::Caravan* answer) {
        return AnswerCaravan(context, state, id, answer);
      });
}

absl::StatusOr<v1::GetCaravanCalendarResponse> CalendarOf(const FleetState& state, const std::string& id,
                                                          const v1::GetCaravanCalendarRequest& request) {
  if (auto found = FindCaravan(state, id); !found.ok()) return found.status();
  auto first = ToDay("first_date", request.first_date());
  if (!first.ok()) return first.status();
  absl::CivilDay last = *first + kCalendarDays - 1;
  if (request.has_last_date()) {
    auto given = ToDay("last_date", request.last_date());
    if (!given.ok()) return given.status();
    last = *given;
  }
  if (last < *first || last - *first >= kCalendarDaysMax)
    return refusal::BadField("last_date", "must not be before the first day, and at most 91 days later");
  auto taken = TakingsOf(state, id, {calendar::At(*first), calendar::At(last + 1)});
  if (!taken.ok()) return taken.status();
  v1::GetCaravanCalendarResponse response;
  for (const Taking& taking : *taken) {
    auto& entry = *response.add_entries();
    entry.set_name(taking.name());
    *entry.mutable_start_time() = ToTimestamp(IntervalOf(taking).start);
    *entry.mutable_end_time() = ToTimestamp(IntervalOf(taking).end);
  }
  return response;
}

void Calendar(const CallContext& context, GetCaravanCalendarCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "caravans/*", call.request().name(), &ids)) return;
  ComputeOnFleet(context, std::move(call),
                 [id = ids[0]](const FleetState& state, const GetCaravanCalendarCall& asked) {
                   return CalendarOf(state, id, asked.request());
                 });
}

void CreateMaintenance(const CallContext& context, CreateMaintenanceCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "caravans/*", call.request().parent(), &ids)) return;
  ids.push_back(MakeFleetId(context, call));
  const v1::Maintenance maintenance = call.request().maintenance();
  const std::string planner = call.principal().name;
  ChangeFleet(
      context, std::move(call),
      [ids, maintenance, planner](const FleetState& state, absl::Time now) {
        return DecideCreateMaintenance(state, ids[0], ids[1], maintenance, planner, now);
      },
      [ids](const FleetState& state, v1::Maintenance* answer) {
        return Copy(FindMaintenance(state, ids[0], ids[1]), answer);
      });
}

void GetMaintenance(const CallContext& context, GetMaintenanceCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "caravans/*/maintenances/*", call.request().name(), &ids)) return;
  ComputeOnFleet(
      context, std::move(call),
      [ids](const FleetState& state, const GetMaintenanceCall&) -> absl::StatusOr<v1::Maintenance> {
        v1::Maintenance answer;
        absl::Status status = Copy(FindMaintenance(state, ids[0], ids[1]), &answer);
        if (!status.ok()) return status;
        return answer;
      });
}

template <class Call>
void EndMaintenance(const CallContext& context, Call call, v1::Maintenance::State end, int odometer_km) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "caravans/*/maintenances/*", call.request().name(), &ids)) return;
  ChangeFleet(
      context, std::move(call),
      [ids, end, odometer_km](const FleetState& state, absl::Time now) {
        return DecideEndMaintenance(state, ids[0], ids[1], end, odometer_km, now);
      },
      [ids](const FleetState& state, v1::Maintenance* answer) {
        return Copy(FindMaintenance(state, ids[0], ids[1]), answer);
      });
}

}  // namespace

void AddCaravanHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::CreateCaravanRequest, v1::Caravan>(
      kFleetService, "CreateCaravan",
      [&context](CreateCaravanCall call) { CreateCaravan(context, std::move(call)); });
  service.Handle<v1::GetCaravanRequest, v1::Caravan>(
      kFleetService, "GetCaravan", [&context](GetCaravanCall call) { GetCaravan(context, std::move(call)); });
  service.Handle<v1::ListCaravansRequest, v1::ListCaravansResponse>(
      kFleetService, "ListCaravans",
      [&context](ListCaravansCall call) { ListCaravans(context, std::move(call)); });
  service.Handle<v1::UpdateCaravanRequest, v1::Caravan>(
      kFleetService, "UpdateCaravan",
      [&context](UpdateCaravanCall call) { UpdateCaravan(context, std::move(call)); });
  service.Handle<v1::ChangeCaravanStateRequest, v1::Caravan>(
      kFleetService, "ChangeCaravanState",
      [&context](ChangeCaravanStateCall call) { ChangeState(context, std::move(call)); });
  service.Handle<v1::ReportMileageRequest, v1::Caravan>(
      kFleetService, "ReportMileage",
      [&context](ReportMileageCall call) { Mileage(context, std::move(call)); });
  service.Handle<v1::GetCaravanCalendarRequest, v1::GetCaravanCalendarResponse>(
      kFleetService, "GetCaravanCalendar",
      [&context](GetCaravanCalendarCall call) { Calendar(context, std::move(call)); });
  service.Handle<v1::CreateMaintenanceRequest, v1::Maintenance>(
      kFleetService, "CreateMaintenance",
      [&context](CreateMaintenanceCall call) { CreateMaintenance(context, std::move(call)); });
  service.Handle<v1::GetMaintenanceRequest, v1::Maintenance>(
      kFleetService, "GetMaintenance",
      [&context](GetMaintenanceCall call) { GetMaintenance(context, std::move(call)); });
  service.Handle<v1::CompleteMaintenanceRequest, v1::Maintenance>(
      kFleetService, "CompleteMaintenance", [&context](CompleteMaintenanceCall call) {
        const int odometer_km = call.request().odometer_km();
        EndMaintenance(context, std::move(call), v1::Maintenance::DONE, odometer_km);
      });
  service.Handle<v1::CancelMaintenanceRequest, v1::Maintenance>(
      kFleetService, "CancelMaintenance", [&context](CancelMaintenanceCall call) {
        EndMaintenance(context, std::move(call), v1::Maintenance::CANCELLED, 0);
      });
}

}  // namespace kepu::venue
