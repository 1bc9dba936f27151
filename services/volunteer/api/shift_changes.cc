#include "libs/calendar/timestamps.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/shift_change.h"
#include "services/volunteer/domain/consequence.h"
#include "services/volunteer/domain/role.h"
#include "services/volunteer/domain/shift_terms.h"
#include "services/volunteer/store/resources.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using UpdateCall = CallOf<v1::UpdateShiftRequest, v1::Shift>;

// The terms as they are to be: the update laid over what is shown, and what the role asks for never lowered.
absl::StatusOr<domain::record::ShiftChanged> Merge(const domain::record::ShiftHead& head,
                                                   const v1::UpdateShiftRequest& request,
                                                   const v1::Role* role) {
  v1::Shift shown;
  ToResource(head, &shown);
  const auto& mask = request.update_mask().paths();
  v1::Shift after = handler::Merged(shown, request.shift(), handler::Paths(mask.begin(), mask.end()));
  if (absl::Status status = document::KeepWhatIsKept("shift", shown, &after); !status.ok()) return status;
  domain::record::ShiftChanged terms = domain::TermsOf(head);
  terms.set_needed(after.needed());
  *terms.mutable_role() = after.role();
  const bool asks_otherwise =
      after.requirements().SerializeAsString() != shown.requirements().SerializeAsString();
  if (asks_otherwise)
    *terms.mutable_requirements() =
        role == nullptr ? after.requirements() : domain::Joined(role->requirements(), after.requirements());
  if (after.sign_up_mode() != v1::SIGN_UP_MODE_UNSPECIFIED) terms.set_sign_up_mode(after.sign_up_mode());
  terms.set_trainee_places(after.trainee_places());
  return terms;
}

absl::Status Decide(const Context& context, store::View& view, const std::string& key,
                    const v1::UpdateShiftRequest& request, const rpc::Principal& principal, absl::Time now) {
  const domain::Shift& shift = ShiftIn(view, key);
  const std::string& name = request.shift().name();
  if (!shift.Exists() || !IsStaffOf(principal, shift.head().place())) return refusal::NotFound(name);
  const domain::record::ShiftHead& head = shift.head();
  absl::Status status = document::CheckEtag(request.shift().etag(), domain::EtagOf(head), name);
  if (!status.ok()) return status;
  const auto role = context.reads.documents().Find<v1::Role>(head.role_name());
  auto terms = Merge(head, request, role.get());
  if (!terms.ok()) return terms.status();
  return EmitAll(view, key, domain::DecideUpdateShift(shift, *terms, now));
}

void UpdateShift(const Context& context, UpdateCall call) {
  const v1::UpdateShiftRequest request = call.request();
  auto ids = names::Parse("shift.name", "shifts/*", request.shift().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const reservation::Place place = ShiftPlace((*ids)[0]);
  const rpc::Principal principal = call.principal();
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, place.partition, store::Lane::kBooking, std::move(request_key), {place.key},
      std::move(call),
      [&context, key = place.key, request, principal](store::View& view, absl::Time now) {
        return Decide(context, view, key, request, principal, now);
      },
      [key = place.key](store::View& view, v1::Shift* answer) {
        ToResource(ShiftIn(view, key).head(), answer);
        return absl::OkStatus();
      });
}

void RescheduleShift(const Context& context, CallOf<v1::RescheduleShiftRequest, v1::Shift> call) {
  auto ids = names::Parse("name", "shifts/*", call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  domain::RescheduleCommand command;
  command.start = calendar::FromProto(call.request().start_time());
  command.end = calendar::FromProto(call.request().end_time());
  command.reason = call.request().reason();
  command.etag = call.request().etag();
  const std::string name = call.request().name();
  ChangeShift(
      context, std::move(call), (*ids)[0], name,
      [principal = call.principal()](const domain::record::ShiftHead& head) {
        return IsStaffOf(principal, head.place());
      },
      [command](const domain::Shift& shift, absl::Time now) {
        return domain::DecideReschedule(shift, command, now);
      },
      [](const domain::Shift& shift, v1::Shift* answer) {
        ToResource(shift.head(), answer);
        return absl::OkStatus();
      });
}

}  // namespace

void AddShiftChangeHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kNeedService, "UpdateShift", UpdateShift);
  Handle(service, context, kNeedService, "RescheduleShift", RescheduleShift);
}

}  // namespace kepu::volunteer
