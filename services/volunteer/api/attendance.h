// What the handlers of presence and of hours share: how an attendance is changed and shown, who decides, and
// reasons sealed under the key of whom they are about. Stateless; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "libs/handler/change.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/context.h"
#include "services/volunteer/api/sealing.h"
#include "services/volunteer/api/signup_view.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/domain/absence.h"
#include "services/volunteer/domain/hours.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {

domain::Decider DeciderOf(const Context& context, const rpc::Principal& principal, absl::string_view place);
// All rows of a ledger that the view has ("LedgerKey(person)"). NotLoaded after asking for all.
absl::StatusOr<std::vector<const domain::record::HourRow*>> WholeLedger(store::View& view,
                                                                        const std::string& person);
// As its owner sees them.
absl::Status ShowLedger(const Context& context, store::View& view, const std::string& person,
                        google::protobuf::RepeatedPtrField<v1::HourRecord>* records);
void ListLedgerRows(const Context& context,
                    CallOf<v1::ListHourRecordsRequest, v1::ListHourRecordsResponse> call);

// Changes the sign-up of a person, which is answered. `may(principal, head)`: who may not touch it is not
// told whether it is there. `decide(shift, principal, now)` gives the facts.
template <class Request, class May, class Decide>
void ChangeAttendance(const Context& context, CallOf<Request, v1::Signup> call, const std::string& shift_id,
                      const std::string& person, May may, Decide decide) {
  const reservation::Place place = ShiftPlace(shift_id);
  auto guarded = [key = place.key, name = domain::SignupName(shift_id, person), principal = call.principal(),
                  rules = context.rules, may = std::move(may),
                  decide = std::move(decide)](store::View& view, absl::Time now) -> absl::Status {
    const domain::Shift& shift = ShiftIn(view, key);
    if (!shift.Exists() || !may(principal, shift.head())) return refusal::NotFound(name);
    return EmitAll(view, key,
                   domain::WithAbsences(decide(shift, principal, now), shift, principal.name, rules, now));
  };
  auto encode = [&context, key = place.key, person](store::View& view, v1::Signup* answer) {
    return ShowSignup(context, ShiftIn(view, key), person, answer);
  };
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(context.engine, place.partition, store::Lane::kCheckIn, std::move(request_key), {place.key},
                  std::move(call), std::move(guarded), std::move(encode));
}

// Changes a shift, which is answered; for staff of its place.
template <class Request, class Decide>
void ChangeShiftHours(const Context& context, CallOf<Request, v1::Shift> call, const std::string& shift_id,
                      void (*show)(const domain::record::ShiftHead&, v1::Shift*), Decide decide) {
  const reservation::Place place = ShiftPlace(shift_id);
  auto guarded = [key = place.key, shift_id, principal = call.principal(), decide = std::move(decide)](
                     store::View& view, absl::Time now) -> absl::Status {
    const domain::Shift& shift = ShiftIn(view, key);
    if (!shift.Exists() || !IsStaffOf(principal, shift.head().place()))
      return refusal::NotFound(domain::ShiftName(shift_id));
    return EmitAll(view, key, decide(shift, now));
  };
  auto encode = [key = place.key, show](store::View& view, v1::Shift* answer) {
    show(ShiftIn(view, key).head(), answer);
    return absl::OkStatus();
  };
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(context.engine, place.partition, store::Lane::kRest, std::move(request_key), {place.key},
                  std::move(call), std::move(guarded), std::move(encode));
}

}  // namespace kepu::volunteer
