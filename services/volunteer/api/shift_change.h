// What handlers of sign-ups share: a change of one shift by somebody who may, and a reason that is given
// about a person sealed before it goes into a fact. Templates over the context, included by handlers only.
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
#include "services/volunteer/store/resources.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {

inline std::string SelfOf(const Context& context, const rpc::Principal& principal) {
  return PersonIdOfUser(context.keys, principal.name);
}

// Registered, as far as is known here; what is decided claims their time and is sure.
inline bool IsVolunteer(const Context& context, absl::string_view person) {
  return context.reads.volunteers().Get(absl::StrCat("volunteers/", person)) != nullptr;
}

// What was said about a person; empty when they were erased.
inline absl::StatusOr<std::string> OpenReason(const Context& context, absl::string_view person,
                                              const std::string& sealed) {
  v1::Volunteer volunteer;
  auto whose = context.reads.volunteers().Get(absl::StrCat("volunteers/", person));
  if (sealed.empty() || whose == nullptr || !volunteer.ParseFromString(*whose)) return std::string();
  return context.personal.Open(volunteer.user(), Personal::kReason, sealed);
}

// Encodes somebody's sign-up, with the reasons that are sealed in it.
inline absl::Status EncodeSignup(const Context& context, const domain::Shift& shift,
                                 const std::string& person, v1::Signup* answer) {
  auto signup = domain::FindSignup(shift, person);
  if (!signup.ok()) return signup.status();
  answer->Clear();
  if (*signup == nullptr) return absl::OkStatus();
  ToResource(shift.head(), person, **signup, answer);
  auto reason = OpenReason(context, person, (*signup)->sealed_reason());
  if (!reason.ok()) return reason.status();
  answer->set_reason(*std::move(reason));
  if ((*signup)->overrides().empty()) return absl::OkStatus();
  auto why = OpenReason(context, person, (*signup)->overrides().rbegin()->sealed_reason());
  if (why.ok()) answer->mutable_override()->set_reason(*std::move(why));
  return why.status();
}

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

// Seals what is said about a person under the key of their user, then goes on with `next(call, sealed)`.
// NOT_FOUND for `name` when there is no such volunteer.
template <class Request, class Response, class Next>
void WithSealed(const Context& context, CallOf<Request, Response> call, const std::string& person,
                const std::string& name, const std::string& reason, Next next) {
  auto shared = std::make_shared<CallOf<Request, Response>>(std::move(call));
  auto user = std::make_shared<std::string>();
  const reservation::Place place = PersonPlace(person);
  auto read = [user, name, key = place.key](store::View& view) -> absl::Status {
    const domain::Person& whose = PersonIn(view, key);
    if (!whose.Exists()) return refusal::NotFound(name);
    *user = whose.head().user();
    return absl::OkStatus();
  };
  auto seal = [&context, shared, user, reason, next = std::move(next)] {
    auto sealed = context.personal.Seal(*user, Personal::kReason, reason);
    // Of somebody who was erased nothing is written any more, and the reason was given all the same.
    if (refusal::ReasonOf(sealed.status()) == "PERSON_ERASED") sealed = Personal::kErased;
    if (!sealed.ok()) return shared->Fail(sealed.status());
    next(std::move(*shared), *std::move(sealed));
  };
  context.engine.Read(place.partition, {place.key}, std::move(read),
                      [&context, shared, seal = std::move(seal)](absl::Status status) {
                        if (status.ok()) status = context.personal.Run(seal);
                        if (!status.ok()) shared->Fail(status);
                      });
}

}  // namespace kepu::volunteer
