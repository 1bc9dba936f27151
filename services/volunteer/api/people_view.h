// People as callers see them: what is sealed is opened, as far as it was not erased, and what depends on the
// day is reckoned. And how old somebody is, for decisions. Thread-safe.
#pragma once

#include "absl/status/statusor.h"
#include "kepu/volunteer/v1/volunteer.pb.h"
#include "libs/rpc/call.h"
#include "services/volunteer/api/personal.h"
#include "services/volunteer/domain/eligibility.h"

namespace kepu::volunteer {

// Opens the date of birth of who registered as a minor, and the band of others only where `needs` asks for an
// age. Who was erased is of no known age.
absl::StatusOr<domain::Age> AgeOf(const Personal& personal, const domain::record::PersonHead& head,
                                  const v1::Requirements& needs = {});

// Fills in what is sealed of a volunteer, and the state as it is `now`.
absl::Status FillSealed(const Personal& personal, const domain::record::Sealed& sealed,
                        const domain::Rules& rules, absl::Time now, v1::Volunteer* volunteer);
// All of it, of a head.
absl::Status ShowPerson(const Personal& personal, const domain::record::PersonHead& head,
                        const domain::Rules& rules, absl::Time now, v1::Volunteer* volunteer);

// Keeps people of the district: its coordinators, and the city's. Not those of a venue, which makes anybody
// its staff.
bool KeepsPeople(const rpc::Principal& principal, absl::string_view district);
// Takes away what only the person and those who keep people of their district see.
void HidePersonal(v1::Volunteer* volunteer);

}  // namespace kepu::volunteer
