#include "services/venue/domain/exhibitions.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "libs/auth/access.h"
#include "libs/calendar/dates.h"
#include "libs/handler/merge.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/listing.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using ScheduleExhibitionCall = rpc::TypedCall<v1::ScheduleExhibitionRequest, v1::Exhibition>;
using GetExhibitionCall = rpc::TypedCall<v1::GetExhibitionRequest, v1::Exhibition>;
using ListExhibitionsCall = rpc::TypedCall<v1::ListExhibitionsRequest, v1::ListExhibitionsResponse>;
using CancelExhibitionCall = rpc::TypedCall<v1::CancelExhibitionRequest, v1::Exhibition>;
using CreateExhibitionCall = rpc::TypedCall<v1::CreateExhibitionRequest, v1::Exhibition>;
using UpdateExhibitionCall = rpc::TypedCall<v1::UpdateExhibitionRequest, v1::Exhibition>;
using CheckExhibitionCall = rpc::TypedCall<v1::CheckExhibitionRequest, v1::CheckExhibitionResponse>;
using PublishExhibitionCall = rpc::TypedCall<v1::PublishExhibitionRequest, v1::Exhibition>;
using CopyExhibitionCall = rpc::TypedCall<v1::CopyExhibitionRequest, v1::Exhibition>;

constexpr char kExhibitionPattern[] = "venues/*/exhibitions/*";

bool IsPlanner(const CallContext& context, const rpc::Principal& caller, const std::string& venue) {
  return auth::HoldsAnyOn(caller, {"venue_staff", "venue_admin", "district_admin", "city_admin"},
                          VenueName(venue), &context.model);
}

// The exhibition `id` of the venue, as the answer to a change of it.
auto ShownExhibition(const std::string& venue, const std::string& id) {
  return [venue, id](const VenueState& state, v1::Exhibition* answer) {
    return Copy(FindExhibition(state, venue, id), answer);
  };
}

void CreateExhibition(const CallContext& context, CreateExhibitionCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "venues/*", call.request().parent(), &ids)) return;
  const std::string id = context.keys.MakeId(names::PartitionOf(ids[0]), handler::KeyOf(context.keys, call));
  const v1::Exhibition exhibition = call.request().exhibition();
  ChangeVenue(
      context, ids[0], std::move(call),
      [venue = ids[0], id, exhibition](const VenueState& state, absl::Time now) {
        return DecideDraft(state, venue, id, exhibition, now);
      },
      ShownExhibition(ids[0], id));
}

void UpdateExhibition(const CallContext& context, UpdateExhibitionCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "exhibition.name", kExhibitionPattern, call.request().exhibition().name(), &ids))
    return;
  const v1::Exhibition update = call.request().exhibition();
  const handler::Paths paths(call.request().update_mask().paths().begin(),
                             call.request().update_mask().paths().end());
  ChangeVenue(
      context, ids[0], std::move(call),
      [&context, ids, update, paths](const VenueState& state, absl::Time now) {
        return DecideUpdateExhibition(
            state, ids[0], ids[1], update.etag(),
            [&](const v1::Exhibition& base) { return handler::Merged(base, update, paths); },
            *context.model.holidays(), now);
      },
      ShownExhibition(ids[0], ids[1]));
}

void PublishExhibition(const CallContext& context, PublishExhibitionCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", kExhibitionPattern, call.request().name(), &ids)) return;
  ChangeVenue(
      context, ids[0], std::move(call),
      [&context, ids](const VenueState& state, absl::Time now) {
        return DecidePublish(state, ids[0], ids[1], *context.model.holidays(), now);
      },
      ShownExhibition(ids[0], ids[1]));
}

void CopyPlan(const CallContext& context, CopyExhibitionCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", kExhibitionPattern, call.request().name(), &ids)) return;
  const auto first = ToDay("first_date", call.request().first_date());
  if (!first.ok()) return call.Fail(first.status());
  const std::string id = context.keys.MakeId(names::PartitionOf(ids[0]), handler::KeyOf(context.keys, call));
  ChangeVenue(
      context, ids[0], std::move(call),
      [ids, id, first = *first](const VenueState& state, absl::Time now) {
        return DecideCopy(state, ids[0], ids[1], id, first, now);
      },
      ShownExhibition(ids[0], id));
}

// Of fields that are wrong, one for each of them.
void AddProblem(const absl::Status& refused, v1::CheckExhibitionResponse& response) {
  v1::CheckExhibitionResponse::Problem problem;
  const google::rpc::Status wire = refusal::ToWire(refused);
  google::rpc::ErrorInfo info;
  google::rpc::LocalizedMessage sentence;
  google::rpc::BadRequest bad;
  for (const auto& detail : wire.details()) {
    if (detail.UnpackTo(&info)) {
      problem.set_reason(info.reason());
      for (const auto& [name, value] : info.metadata()) (*problem.mutable_params())[name] = value;
    } else if (detail.UnpackTo(&sentence)) {
      v1::Text& text = *problem.mutable_message();
      (sentence.locale() == "en" ? *text.mutable_en() : *text.mutable_zh()) = sentence.message();
    } else {
      detail.UnpackTo(&bad);
    }
  }
  if (problem.message().en().empty()) problem.mutable_message()->set_en(std::string(refused.message()));
  for (const auto& violation : bad.field_violations()) {
    auto& each = *response.add_problems();
    each = problem;
    (*each.mutable_params())["field"] = violation.field();
    (*each.mutable_params())["rule"] = violation.description();
  }
  if (bad.field_violations().empty()) *response.add_problems() = std::move(problem);
}

// What it shows has to be in the house for all its days. They lie elsewhere, so publishing does not decide on
// them.
void CheckExhibits(const CallContext& context, const std::string& venue, const v1::Exhibition& plan,
                   v1::CheckExhibitionResponse& response) {
  const auto first = ToDay("first_date", plan.first_date());
  const auto last = plan.has_last_date() ? ToDay("last_date", plan.last_date()) : first;
  if (!first.ok() || !last.ok()) return;
  const calendar::Interval shown{calendar::At(*first), calendar::At(*last + 1)};
  for (const std::string& name : plan.exhibits()) {
    const ExhibitState* exhibit = context.model.collections().FindExhibit(IdOf(name));
    const absl::Status status =
        exhibit == nullptr ? refusal::NotFound(name) : CheckPlaced(*exhibit, venue, shown);
    if (!status.ok()) AddProblem(status, response);
  }
}

absl::StatusOr<v1::CheckExhibitionResponse> AnswerPlanCheck(const CallContext& context,
                                                            const VenueState& state,
                                                            const std::vector<std::string>& ids,
                                                            const v1::CheckExhibitionRequest& request) {
  auto found = FindExhibition(state, ids[0], ids[1]);
  if (!found.ok()) return found.status();
  v1::Exhibition plan = **found;
  if (request.has_exhibition()) {
    const auto& mask = request.update_mask().paths();
    plan = handler::Merged(plan, request.exhibition(), handler::Paths(mask.begin(), mask.end()));
  }
  if (request.has_first_date()) *plan.mutable_first_date() = request.first_date();
  if (request.has_last_date()) *plan.mutable_last_date() = request.last_date();
  if (!request.spaces().empty()) *plan.mutable_spaces() = request.spaces();
  auto check = CheckPlan(state, ids[0], ids[1], plan, *context.model.holidays(), context.clock.Now());
  if (!check.ok()) return check.status();
  v1::CheckExhibitionResponse response;
  for (const absl::Status& problem : check->problems) AddProblem(problem, response);
  CheckExhibits(context, ids[0], plan, response);
  for (const v1::Allocation& allocation : check->taken) *response.add_taken() = allocation;
  for (const v1::Allocation& allocation : check->freed) *response.add_freed() = allocation;
  response.set_open_days(check->open_days);
  return response;
}

void CheckExhibition(const CallContext& context, CheckExhibitionCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", kExhibitionPattern, call.request().name(), &ids)) return;
  ComputeOnVenue(context, ids[0], std::move(call),
                 [&context, ids](const VenueState& state, const auto& request) {
                   return AnswerPlanCheck(context, state, ids, request);
                 });
}

void ScheduleExhibition(const CallContext& context, ScheduleExhibitionCall call) {
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
      ShownExhibition(venue, id));
}

void GetExhibition(const CallContext& context, GetExhibitionCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", kExhibitionPattern, call.request().name(), &ids)) return;
  AfterPosition(context, std::move(call), [&context, venue = ids[0]](GetExhibitionCall ready) {
    const std::string& name = ready.request().name();
    auto bytes = context.model.catalogue().Get(name);
    v1::Exhibition shown;
    const bool hidden = bytes != nullptr && shown.ParseFromString(*bytes) && !IsPublic(shown) &&
                        !IsPlanner(context, ready.principal(), venue);
    if (bytes == nullptr || hidden) return ready.Fail(refusal::NotFound(name));
    ready.AnswerBytes(std::move(bytes));
  });
}

void ListExhibitions(const CallContext& context, ListExhibitionsCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "venues/*", call.request().parent(), &ids)) return;
  const bool drafts = call.request().show_drafts() && IsPlanner(context, call.principal(), ids[0]);
  AnswerScope(context, std::move(call),
              drafts ? ReadModel::PlansScope(ids[0]) : ReadModel::ExhibitionsScope(ids[0]));
}

void CancelExhibition(const CallContext& context, CancelExhibitionCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", kExhibitionPattern, call.request().name(), &ids)) return;
  const std::string reason = call.request().reason();
  ChangeVenue(
      context, ids[0], std::move(call),
      [ids, reason](const VenueState& state, absl::Time now) {
        return DecideCancel(state, ids[0], ids[1], reason, now);
      },
      ShownExhibition(ids[0], ids[1]));
}

}  // namespace

void AddExhibitionHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::CreateExhibitionRequest, v1::Exhibition>(
      kVenueService, "CreateExhibition",
      [&context](CreateExhibitionCall call) { CreateExhibition(context, std::move(call)); });
  service.Handle<v1::UpdateExhibitionRequest, v1::Exhibition>(
      kVenueService, "UpdateExhibition",
      [&context](UpdateExhibitionCall call) { UpdateExhibition(context, std::move(call)); });
  service.Handle<v1::CheckExhibitionRequest, v1::CheckExhibitionResponse>(
      kVenueService, "CheckExhibition",
      [&context](CheckExhibitionCall call) { CheckExhibition(context, std::move(call)); });
  service.Handle<v1::PublishExhibitionRequest, v1::Exhibition>(
      kVenueService, "PublishExhibition",
      [&context](PublishExhibitionCall call) { PublishExhibition(context, std::move(call)); });
  service.Handle<v1::CopyExhibitionRequest, v1::Exhibition>(
      kVenueService, "CopyExhibition",
      [&context](CopyExhibitionCall call) { CopyPlan(context, std::move(call)); });
  service.Handle<v1::ScheduleExhibitionRequest, v1::Exhibition>(
      kVenueService, "ScheduleExhibition",
      [&context](ScheduleExhibitionCall call) { ScheduleExhibition(context, std::move(call)); });
  service.Handle<v1::GetExhibitionRequest, v1::Exhibition>(
      kVenueService, "GetExhibition",
      [&context](GetExhibitionCall call) { GetExhibition(context, std::move(call)); });
  service.Handle<v1::ListExhibitionsRequest, v1::ListExhibitionsResponse>(
      kVenueService, "ListExhibitions",
      [&context](ListExhibitionsCall call) { ListExhibitions(context, std::move(call)); });
  service.Handle<v1::CancelExhibitionRequest, v1::Exhibition>(
      kVenueService, "CancelExhibition",
      [&context](CancelExhibitionCall call) { CancelExhibition(context, std::move(call)); });
}

}  // namespace kepu::venue
