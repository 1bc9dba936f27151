// Texts that are said of volunteers, sealed under the key of their user before they go into a fact. Templates
// over the call, included by handlers only; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "libs/refusal/refusal.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/context.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {

// Seals what is said of a user, then goes on with `next(call, sealed)` off the executor; answers the call
// when that cannot be done. Of somebody who was erased nothing is written any more, and it was said all the
// same.
template <class Call, class Next>
void SealOf(const Context& context, Call call, const std::string& user, const char* field,
            const std::string& text, Next next) {
  auto shared = std::make_shared<Call>(std::move(call));
  const absl::Status status = context.personal.Run([&context, shared, user, field, text, next] {
    absl::StatusOr<std::string> sealed = context.personal.Seal(user, field, text);
    if (refusal::ReasonOf(sealed.status()) == "PERSON_ERASED") sealed = Personal::kErased;
    if (!sealed.ok()) return shared->Fail(sealed.status());
    next(std::move(*shared), *std::move(sealed));
  });
  if (!status.ok()) shared->Fail(status);
}

// The same of a person, whose user the store tells; `missing` when there is no such volunteer. Of nothing
// said nothing is sealed, and nobody is looked up.
template <class Call, class Next>
void SealAbout(const Context& context, Call call, const std::string& person, absl::Status missing,
               const char* field, const std::string& text, Next next) {
  if (text.empty()) return next(std::move(call), std::string());
  auto shared = std::make_shared<Call>(std::move(call));
  auto user = std::make_shared<std::string>();
  const reservation::Place place = PersonPlace(person);
  auto read = [user, missing = std::move(missing), key = place.key](store::View& view) -> absl::Status {
    const domain::Person& whose = PersonIn(view, key);
    if (!whose.Exists()) return missing;
    *user = whose.head().user();
    return absl::OkStatus();
  };
  context.engine.Read(place.partition, {place.key}, std::move(read),
                      [&context, shared, user, field, text, next](const absl::Status& status) {
                        if (!status.ok()) return shared->Fail(status);
                        SealOf(context, std::move(*shared), *user, field, text, next);
                      });
}

}  // namespace kepu::volunteer
