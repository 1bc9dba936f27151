// Tours: planning, checking, changing and reporting them, and their calendar.
#include "services/venue/domain/tours.h"

#include <algorithm>

#include "libs/calendar/dates.h"
#include "libs/handler/merge.h"
#include "services/venue/api/fleet_call.h"
#include "services/venue/api/handlers.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

constexpr int kListDays = 92;
constexpr char kAllCaravans[] = "caravans/-";

using CreateTourCall = rpc::TypedCall<v1::CreateTourRequest, v1::Tour>;
using CheckTourCall = rpc::TypedCall<v1::CheckTourRequest, v1::CheckTourResponse>;
using GetTourCall = rpc::TypedCall<v1::GetTourRequest, v1::Tour>;
using ListToursCall = rpc::TypedCall<v1::ListToursRequest, v1::ListToursResponse>;
using UpdateTourCall = rpc::TypedCall<v1::UpdateTourRequest, v1::Tour>;
using CancelTourCall = rpc::TypedCall<v1::CancelTourRequest, v1::Tour>;
using ReportStopCall = rpc::TypedCall<v1::ReportStopRequest, v1::Tour>;
using AdoptToursCall = rpc::TypedCall<v1::AdoptToursRequest, v1::AdoptToursResponse>;

absl::Status AnswerTour(const FleetState& state, const std::string& caravan, const std::string& id,
                        v1::Tour* answer) {
  auto found = FindTour(state, caravan, id);
  if (!found.ok()) return found.status();
  *answer = ShownTour((*found)->tour());
  return absl::OkStatus();
}

void CreateTour(const CallContext& context, CreateTourCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "caravans/*", call.request().parent(), &ids)) return;
  if (absl::Status status = CheckPartners(context, call.principal(), call.request().tour()); !status.ok())
    return call.Fail(status);
  const TourCommand command{ids[0], MakeFleetId(context, call), call.request().tour(), call.principal().name};
  const MayAnswer may_answer = MayAnswerFor(context, call.principal(), call.request().parent());
  ChangeFleet(
      context, std::move(call),
      [command, may_answer](const FleetState& state, absl::Time now) {
        return DecideCreateTour(state, command, may_answer, now);
      },
      [command](const FleetState& state, v1::Tour* answer) {
        return AnswerTour(state, command.caravan, command.id, answer);
      });
}

absl::StatusOr<v1::CheckTourResponse> CheckPlanned(const CallContext& context, const FleetState& state,
                                                   const TourCommand& command, const CheckTourCall& call) {
  if (absl::Status status = CheckPartners(context, call.principal(), command.tour); !status.ok())
    return status;
  const log::v1::TourPlanned* replaced = nullptr;
  if (!call.request().replaces().empty()) {
    auto found = FindTour(state, command.caravan, command.id);
    if (!found.ok()) return found.status();
    replaced = *found;
  }
  auto check =
      venue::CheckTour(state, command, MayAnswerFor(context, call.principal(), call.request().parent()), {},
                       replaced, context.clock.Now());
  if (!check.ok()) return check.status();
  v1::CheckTourResponse response;
  response.set_feasible(check->problems.empty());
  for (const Problem& problem : check->problems) {
    auto& told = *response.add_problems();
    told.set_field(problem.field);
    told.set_rule(problem.rule);
    for (const auto& [name, value] : problem.params) (*told.mutable_params())[name] = value;
    told.mutable_text()->set_zh(refusal::Sentence(problem.rule, "zh-CN", problem.params));
    told.mutable_text()->set_en(refusal::Sentence(problem.rule, "en", problem.params));
  }
  *response.mutable_tour() = check->planned.tour();
  // What is not there has no name.
  if (replaced == nullptr) response.mutable_tour()->clear_name();
  return response;
}

void AnswerTourCheck(const CallContext& context, CheckTourCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "caravans/*", call.request().parent(), &ids)) return;
  TourCommand command{ids[0], "check", call.request().tour(), call.principal().name};
  if (const std::string& replaces = call.request().replaces(); !replaces.empty()) {
    std::vector<std::string> stands;
    if (!ParseName(call, "replaces", "caravans/*/tours/*", replaces, &stands)) return;
    if (stands[0] != ids[0])
      return call.Fail(refusal::BadField("replaces", "must be a tour of this caravan"));
    command.id = stands[1];
  }
  ComputeOnFleet(context, std::move(call),
                 [&context, command](const FleetState& state, const CheckTourCall& asked) {
                   return CheckPlanned(context, state, command, asked);
                 });
}

void GetTour(const CallContext& context, GetTourCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "caravans/*/tours/*", call.request().name(), &ids)) return;
  ComputeOnFleet(context, std::move(call),
                 [ids](const FleetState& state, const GetTourCall&) -> absl::StatusOr<v1::Tour> {
                   v1::Tour answer;
                   if (absl::Status status = AnswerTour(state, ids[0], ids[1], &answer); !status.ok())
                     return status;
                   return answer;
                 });
}

absl::StatusOr<v1::ListToursResponse> PageOfTours(const CallContext& context, const FleetState& state,
                                                  const v1::ListToursRequest& request) {
  absl::CivilDay first = calendar::DayOf(context.clock.Now()), last = first + kListDays - 1;
  if (request.has_first_date() || request.has_last_date()) {
    auto from = ToDay("first_date", request.first_date()), to = ToDay("last_date", request.last_date());
    if (!from.ok()) return from.status();
    if (!to.ok()) return to.status();
    if (*to < *from) return refusal::BadField("last_date", "must not be before the first day");
    first = *from;
    last = *to;
  }
  const bool all = request.parent() == kAllCaravans;
  if (!all)
    if (auto found = FindCaravan(state, IdOf(request.parent())); !found.ok()) return found.status();
  const calendar::Interval range{calendar::At(first), calendar::At(last + 1)};
  // Without days the range moves with the clock, and a token must not break at midnight.
  const std::string days = request.has_first_date()
                               ? absl::StrCat(calendar::FormatDate(first), calendar::FormatDate(last))
                               : std::string("-");
  v1::ListToursResponse response;
  auto token = PageOfRows(
      context, state, context.model.fleet().tours(), paging::FilterDigest({"tours", request.parent(), days}),
      request,
      [&](const log::v1::FleetChild& child) {
        const auto& shares = child.tour().shares();
        return std::any_of(shares.begin(), shares.end(), [&](const auto& share) {
          return (all || share.caravan() == request.parent()) && IntervalOf(share).Overlaps(range);
        });
      },
      [&](const log::v1::FleetChild& child) { *response.add_tours() = ShownTour(child.tour().tour()); });
  if (!token.ok()) return token.status();
  response.set_next_page_token(*token);
  return response;
}

void ListTours(const CallContext& context, ListToursCall call) {
  std::vector<std::string> ids;
  if (call.request().parent() != kAllCaravans &&
      !ParseName(call, "parent", "caravans/*", call.request().parent(), &ids))
    return;
  ComputeOnFleet(context, std::move(call), [&context](const FleetState& state, const ListToursCall& asked) {
    return PageOfTours(context, state, asked.request());
  });
}

void UpdateTour(const CallContext& context, UpdateTourCall call) {
  std::vector<std::string> ids;
  const v1::Tour update = call.request().tour();
  if (!ParseName(call, "tour.name", "caravans/*/tours/*", update.name(), &ids)) return;
  if (absl::Status status = CheckPartners(context, call.principal(), update); !status.ok())
    return call.Fail(status);
  const auto& mask = call.request().update_mask().paths();
  const handler::Paths paths(mask.begin(), mask.end());
  const TourCommand command{ids[0], ids[1], {}, call.principal().name};
  const MayAnswer may_answer = MayAnswerFor(context, call.principal(), CaravanName(ids[0]));
  ChangeFleet(
      context, std::move(call),
      [command, update, paths, may_answer](const FleetState& state, absl::Time now) {
        return DecideUpdateTour(
            state, command, update.etag(),
            [&](const v1::Tour& base) { return handler::Merged(base, update, paths); }, may_answer, now);
      },
      [ids](const FleetState& state, v1::Tour* answer) { return AnswerTour(state, ids[0], ids[1], answer); });
}

void CancelTour(const CallContext& context, CancelTourCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "caravans/*/tours/*", call.request().name(), &ids)) return;
  const v1::Text reason = call.request().reason();
  ChangeFleet(
      context, std::move(call),
      [ids, reason](const FleetState& state, absl::Time now) {
        return DecideCancelTour(state, ids[0], ids[1], reason, now);
      },
      [ids](const FleetState& state, v1::Tour* answer) { return AnswerTour(state, ids[0], ids[1], answer); });
}

void ReportStop(const CallContext& context, ReportStopCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "caravans/*/tours/*/stops/*", call.request().name(), &ids)) return;
  const v1::ReportStopRequest& request = call.request();
  const ReportCommand command{ids[0], ids[1], ids[2], request.report(), request.missed(), request.reason()};
  ChangeFleet(
      context, std::move(call),
      [command](const FleetState& state, absl::Time now) { return DecideReportStop(state, command, now); },
      [ids](const FleetState& state, v1::Tour* answer) { return AnswerTour(state, ids[0], ids[1], answer); });
}

// The tours that are to be written, or why not.
absl::StatusOr<std::vector<TourCommand>> CommandsOf(const CallContext& context, const AdoptToursCall& call) {
  std::vector<TourCommand> commands;
  for (int i = 0; i < call.request().tours_size(); ++i) {
    const auto& chosen = call.request().tours(i);
    auto ids = names::Parse(absl::StrCat("tours[", i, "].parent"), "caravans/*", chosen.parent());
    if (!ids.ok()) return ids.status();
    if (!auth::HoldsAnyOn(call.principal(), PlannerRoles(), chosen.parent(), &context.model))
      return refusal::NotFound(chosen.parent());
    if (absl::Status status = CheckPartners(context, call.principal(), chosen.tour()); !status.ok())
      return status;
    commands.push_back(
        {(*ids)[0], MakeFleetId(context, call, absl::StrCat(i)), chosen.tour(), call.principal().name});
  }
  return commands;
}

void AdoptTours(const CallContext& context, AdoptToursCall call) {
  auto commands = CommandsOf(context, call);
  if (!commands.ok()) return call.Fail(commands.status());
  // What one of the caravans may answer, the plan may: it is looked at as a whole.
  std::vector<MayAnswer> each;
  for (const TourCommand& command : *commands)
    each.push_back(MayAnswerFor(context, call.principal(), CaravanName(command.caravan)));
  const MayAnswer may_answer = [each](const v1::StopRequest& request) {
    return std::any_of(each.begin(), each.end(), [&](const MayAnswer& one) { return one(request); });
  };
  ChangeFleet(
      context, std::move(call),
      [commands = *commands, may_answer](const FleetState& state, absl::Time now) {
        return DecideAdopt(state, commands, may_answer, now);
      },
      [commands = *commands](const FleetState& state, v1::AdoptToursResponse* answer) {
        absl::Status missing;
        for (const TourCommand& command : commands)
          if (absl::Status status = AnswerTour(state, command.caravan, command.id, answer->add_tours());
              !status.ok())
            missing = status;
        return missing;
      });
}

}  // namespace

void AddTourHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::CreateTourRequest, v1::Tour>(
      kFleetService, "CreateTour", [&context](CreateTourCall call) { CreateTour(context, std::move(call)); });
  service.Handle<v1::CheckTourRequest, v1::CheckTourResponse>(
      kFleetService, "CheckTour",
      [&context](CheckTourCall call) { AnswerTourCheck(context, std::move(call)); });
  service.Handle<v1::GetTourRequest, v1::Tour>(
      kFleetService, "GetTour", [&context](GetTourCall call) { GetTour(context, std::move(call)); });
  service.Handle<v1::ListToursRequest, v1::ListToursResponse>(
      kFleetService, "ListTours", [&context](ListToursCall call) { ListTours(context, std::move(call)); });
  service.Handle<v1::UpdateTourRequest, v1::Tour>(
      kFleetService, "UpdateTour", [&context](UpdateTourCall call) { UpdateTour(context, std::move(call)); });
  service.Handle<v1::CancelTourRequest, v1::Tour>(
      kFleetService, "CancelTour", [&context](CancelTourCall call) { CancelTour(context, std::move(call)); });
  service.Handle<v1::ReportStopRequest, v1::Tour>(
      kFleetService, "ReportStop", [&context](ReportStopCall call) { ReportStop(context, std::move(call)); });
  service.Handle<v1::AdoptToursRequest, v1::AdoptToursResponse>(
      kFleetService, "AdoptTours", [&context](AdoptToursCall call) { AdoptTours(context, std::move(call)); });
}

}  // namespace kepu::venue
