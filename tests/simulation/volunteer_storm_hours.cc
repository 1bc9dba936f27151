// Hours under the storm: what shifts counted and places approved stands in ledgers, each attendance once, in
// chains that nothing broke.
#include "absl/strings/str_cat.h"
#include "services/volunteer/domain/ledger.h"
#include "services/volunteer/store/schema.h"
#include "tests/simulation/stored.h"
#include "tests/simulation/volunteer_storm.h"

namespace kepu::simulation {
namespace {

using volunteer::v1::Signup;
namespace domain = volunteer::domain;

}  // namespace

void VolunteerStorm::CheckHours(StormReport* report) {
  int64_t served = 0, posted = 0, counted = 0, rows = 0, recorded = 0;
  for (const auto& [key, shift] : loaded_) {
    const domain::record::HoursTally& hours = shift.head().hours();
    posted += hours.posted_minutes();
    if (hours.approved() != 0) report->problems.push_back(key + " has hours that never came to a ledger");
    int64_t minutes = 0, proposed = 0;
    for (const auto& [field, child] : shift.children()) {
      if (!child || !child->has_signup()) continue;
      const domain::record::AttendanceView view = domain::ViewOf(child->signup());
      minutes += view.minutes();
      proposed += view.hours_state() == Signup::PROPOSED ? 1 : 0;
      if (view.hours_state() == Signup::RECORDED) {
        served += view.minutes();
        ++recorded;
        const std::string name = domain::SignupName(shift.head().id(), field.substr(2));
        if (!WasAsked(name, "ApproveHours")) report->problems.push_back("nobody approved " + name);
      }
    }
    if (minutes != shift.head().served_minutes() || proposed != hours.proposed())
      report->problems.push_back(key + " has other hours than its sign-ups");
  }
  for (const auto& [key, person] : people_) counted += person.head().total_minutes();
  ForEachStored(data_, [&](const std::string& key, const store::Loaded& loaded) {
    if (!volunteer::IsLedger(key)) return;
    const auto ledger = Parse<domain::Ledger>(key, loaded, &report->problems);
    if (absl::Status status = domain::CheckLedger(ledger); !status.ok())
      report->problems.push_back(absl::StrCat(key, ": ", status.message()));
    for (const auto& [field, child] : ledger.children())
      if (child && child->has_row()) rows += child->row().minutes();
  });
  report->shown = served;
  if (served != posted || served != counted || served != rows) {
    report->problems.push_back(absl::StrCat("hours: ", served, " served, ", posted, " posted, ", counted,
                                            " counted, ", rows, " in rows"));
  }
}

}  // namespace kepu::simulation
