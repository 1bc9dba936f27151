#include "services/volunteer/api/shift_place.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer {

absl::Status CheckShiftPlace(const std::string& prefix, const std::string& place, const std::string& stop) {
  const bool caravan = names::Parse("", "caravans/*", place).ok();
  if (!caravan && !names::Parse("", "venues/*", place).ok())
    return refusal::BadField(absl::StrCat(prefix, "place"), "must be like venues/* or caravans/*");
  if (stop.empty()) return absl::OkStatus();
  const absl::Status named =
      names::Parse(absl::StrCat(prefix, "stop"), "caravans/*/tours/*/stops/*", stop).status();
  if (!named.ok()) return named;
  if (absl::StartsWith(stop, absl::StrCat(place, "/"))) return absl::OkStatus();
  return refusal::BadField(absl::StrCat(prefix, "stop"), "must be one of the caravan that is the place");
}

void FindPlace(const Context& context, const std::string& place, absl::Time deadline,
               std::function<void(absl::StatusOr<std::optional<v1::Whereabouts>>)> done) {
  if (absl::StartsWith(place, "caravans/")) return done(std::optional<v1::Whereabouts>());
  context.venues.Find(place, deadline, std::move(done));
}

}  // namespace kepu::volunteer
