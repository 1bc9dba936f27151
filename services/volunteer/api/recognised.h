// What the handlers of recognition share: who may see whom, a volunteer's hours as rows, and the texts that
// are sealed under a volunteer's key. Functions of the context; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/volunteer/api/attendance.h"
#include "services/volunteer/api/context.h"
#include "services/volunteer/domain/certificate.h"

namespace kepu::volunteer {

// The id in a name of the pattern, whose first star is a volunteer; "me" is the caller. NOT_FOUND for others
// but to those who may see volunteers.
absl::StatusOr<std::string> VisiblePerson(const Context& context, absl::string_view field,
                                          absl::string_view pattern, absl::string_view name,
                                          const rpc::Principal& principal);
// The caller holds one of the roles on the resource, on what contains it by name, or on the city.
bool HoldsOn(const rpc::Principal& principal, const std::vector<std::string>& roles,
             absl::string_view resource);

// The hour ledger as recognition takes it: the one place that knows how its rows are kept. Of a view that has
// it ("LedgerKey(person)"); NotLoaded after asking for all rows.
absl::StatusOr<domain::LedgerRows> LedgerOf(const ReadModel& reads, store::View& view,
                                            const std::string& person);
// The same from the store; `then` runs on the executor.
void ReadLedger(const Context& context, const std::string& person,
                std::function<void(absl::StatusOr<domain::LedgerRows> rows)> then);

// Of a registered volunteer; empty: there is none of that id.
std::string UserOf(const Context& context, absl::string_view person);

// Seals a text that is said of a user, then goes on with the call, off the executor. Of somebody who was
// erased nothing is written any more, and the text was given all the same.
template <class Call>
void WithSealed(const Context& context, Call call, const std::string& user, const char* field,
                const std::string& text, std::function<void(Call, std::string sealed)> next) {
  auto shared = std::make_shared<Call>(std::move(call));
  const absl::Status status = context.personal.Run([&context, shared, user, field, text, next] {
    absl::StatusOr<std::string> sealed = context.personal.Seal(user, field, text);
    if (refusal::ReasonOf(sealed.status()) == "PERSON_ERASED") sealed = Personal::kErased;
    if (!sealed.ok()) return shared->Fail(sealed.status());
    next(std::move(*shared), *std::move(sealed));
  });
  if (!status.ok()) shared->Fail(status);
}

// Names under which texts are sealed.
inline constexpr char kAppealField[] = "volunteer.appeal";
inline constexpr char kDecisionField[] = "volunteer.appeal_decision";
inline constexpr char kNameField[] = "volunteer.certified_name";
inline constexpr char kCloseField[] = "volunteer.certificate_reason";

}  // namespace kepu::volunteer
