// What handlers of sign-ups share: a change of one shift by somebody who may, and a look at one. Templates
// over the context, included by handlers only.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "libs/handler/change.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/sealing.h"
#include "services/volunteer/api/signup_view.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/store/resources.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {

// `allowed(head)`: else there is no such thing as `name`. `decide(shift, now)` gives facts,
// `encode(shift, answer)` the answer.
template <class Request, class Response, class Allowed, class Decide, class Encode>
void ChangeShift(const Context& context, CallOf<Request, Response> call, const std::string& id,
                 const std::string& name, Allowed allowed, Decide decide, Encode encode) {
  const reservation::Place place = ShiftPlace(id);
  auto guarded = [key = place.key, name, allowed = std::move(allowed), decide = std::move(decide)](
                     store::View& view, absl::Time now) -> absl::Status {
    const domain::Shift& shift = ShiftIn(view, key);
    if (!shift.Exists() || !allowed(shift.head())) return refusal::NotFound(name);
    return EmitAll(view, key, decide(shift, now));
  };
  auto shown = [key = place.key, encode = std::move(encode)](store::View& view, Response* answer) {
    return encode(ShiftIn(view, key), answer);
  };
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(context.engine, place.partition, store::Lane::kBooking, std::move(request_key), {place.key},
                  std::move(call), std::move(guarded), std::move(shown));
}

// From the store. `read(shift, answer)` fills the answer.
template <class Request, class Response, class Read>
void ReadShift(const Context& context, CallOf<Request, Response> call, const std::string& id, Read read) {
  const reservation::Place place = ShiftPlace(id);
  auto shared = std::make_shared<CallOf<Request, Response>>(std::move(call));
  auto answer = std::make_shared<Response>();
  context.engine.Read(
      place.partition, {place.key},
      [read = std::move(read), answer, key = place.key](store::View& view) {
        answer->Clear();
        return read(ShiftIn(view, key), answer.get());
      },
      [shared, answer](absl::Status status) {
        if (!status.ok()) return shared->Fail(status);
        shared->Answer(*answer);
      });
}

}  // namespace kepu::volunteer
