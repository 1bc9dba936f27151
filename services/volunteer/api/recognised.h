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

// Names under which texts are sealed.
inline constexpr char kAppealField[] = "volunteer.appeal";
inline constexpr char kDecisionField[] = "volunteer.appeal_decision";
inline constexpr char kNameField[] = "volunteer.certified_name";
inline constexpr char kCloseField[] = "volunteer.certificate_reason";

}  // namespace kepu::volunteer
