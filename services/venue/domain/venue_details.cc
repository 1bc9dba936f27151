#include "services/venue/domain/venue_details.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

// Upgrades of places that stand today.
constexpr int kFirstYear = 2000;
constexpr int kLastYear = 2100;

bool IsCode(const std::string& code) {
  return !code.empty() && std::all_of(code.begin(), code.end(), [](unsigned char c) {
    return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
  });
}

void CheckItem(const v1::Venue::ChecklistItem& item, const std::string& at, absl::CivilDay today,
               refusal::FieldErrors& errors) {
  if (!IsCode(item.code())) errors.Add(at + ".code", "must be capital letters, digits and underscores");
  if (!item.has_checked_date()) {
    if (item.passed()) errors.Add(at + ".checked_date", "is required where the item has passed");
    return;
  }
  const auto day = ToDay(at, item.checked_date());
  if (!day.ok() || *day > today) errors.Add(at + ".checked_date", "must be a day that has come");
}

void CheckUpgrade(const v1::Venue::Upgrade& upgrade, const std::string& at, int this_year,
                  refusal::FieldErrors& errors) {
  const bool finished = upgrade.stage() == v1::Venue::Upgrade::FINISHED;
  if (upgrade.stage() == v1::Venue::Upgrade::STAGE_UNSPECIFIED) errors.Add(at + ".stage", "is required");
  if (upgrade.planned_year() < kFirstYear || upgrade.planned_year() > kLastYear)
    errors.Add(at + ".planned_year", absl::StrCat("must be a year from ", kFirstYear, " to ", kLastYear));
  if (!finished && upgrade.finished_year() != 0)
    errors.Add(at + ".finished_year", "must be empty until the stage is FINISHED");
  if (finished && (upgrade.finished_year() < kFirstYear || upgrade.finished_year() > this_year))
    errors.Add(at + ".finished_year", absl::StrCat("must be a year from ", kFirstYear, " to ", this_year));
}

}  // namespace

void CheckDetails(const v1::Venue& venue, absl::CivilDay today, refusal::FieldErrors& errors) {
  std::set<std::string> codes;
  for (int i = 0; i < venue.checklist_size(); ++i) {
    const std::string at = absl::StrCat("venue.checklist[", i, "]");
    CheckItem(venue.checklist(i), at, today, errors);
    if (!codes.insert(venue.checklist(i).code()).second)
      errors.Add(at + ".code", "must stand there once only");
  }
  for (int i = 0; i < venue.upgrades_size(); ++i)
    CheckUpgrade(venue.upgrades(i), absl::StrCat("venue.upgrades[", i, "]"), static_cast<int>(today.year()),
                 errors);
}

}  // namespace kepu::venue
