#include "services/event/api/target.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/event/api/access.h"
#include "services/event/store/resources.h"
#include "services/event/store/schema.h"

namespace kepu::event {

absl::StatusOr<Target> ParseTarget(absl::string_view field, absl::string_view pattern,
                                   absl::string_view name) {
  absl::StatusOr<std::vector<std::string>> ids = names::Parse(field, pattern, name);
  if (!ids.ok()) return ids.status();
  // Sessions and what lies in them have ids that were made here: another one names nothing.
  for (size_t i = 1; i < ids->size(); ++i) {
    if (!names::IsMadeId((*ids)[i])) return refusal::NotFound(name);
  }
  Target target;
  target.name = std::string(name);
  target.event = (*ids)[0];
  target.session = (*ids)[1];
  if (ids->size() > 2) target.id = (*ids)[2];
  target.key = SessionKey(target.session);
  target.partition = names::PartitionOf(target.session);
  return target;
}

absl::StatusOr<domain::Session*> OpenSession(store::View& view, const Target& target) {
  auto& session = dynamic_cast<domain::Session&>(view.Get(target.key));
  if (!session.Exists() || session.head().event() != target.event) return refusal::NotFound(target.name);
  return &session;
}

bool IsStaff(const rpc::Principal& caller, const domain::record::SessionHead& head) {
  return IsStaff(caller, head.place(), absl::StrCat("events/", head.event()));
}

bool IsStaff(const rpc::Principal& caller, absl::string_view of_session, absl::string_view event) {
  const absl::string_view place = of_session.empty() ? event : of_session;
  return std::any_of(caller.grants.begin(), caller.grants.end(), [&](const rpc::Grant& grant) {
    if (grant.role != "venue_staff" && grant.role != "venue_admin" && grant.role != "caravan_crew" &&
        grant.role != "city_admin") {
      return false;
    }
    return grant.on == "city" || grant.on == place || absl::StartsWith(place, absl::StrCat(grant.on, "/"));
  });
}

absl::Status CheckOwner(const rpc::Principal& caller, const domain::record::SessionHead& head,
                        absl::string_view booker, absl::string_view school, const Target& target) {
  if (OwnsOrActsFor(caller, booker, school)) return absl::OkStatus();
  return IsStaff(caller, head) ? absl::OkStatus() : refusal::NotFound(target.name);
}

absl::StatusOr<OpenedBooking> OpenBooking(store::View& view, const Target& target,
                                          const rpc::Principal& caller, absl::string_view etag,
                                          bool staff_only) {
  absl::StatusOr<domain::Session*> session = OpenSession(view, target);
  if (!session.ok()) return session.status();
  absl::StatusOr<const domain::record::BookingRecord*> found = domain::FindBooking(**session, target.id);
  if (!found.ok()) return found.status();
  if (*found == nullptr) return refusal::NotFound(target.name);
  const domain::record::SessionHead& head = (*session)->head();
  const domain::record::BookingRecord& booking = **found;
  const OpenedBooking opened{*session, &booking, IsStaff(caller, head)};
  if (absl::Status status = CheckOwner(caller, head, booking.booker(), booking.school(), target);
      !status.ok()) {
    return status;
  }
  if (staff_only && !opened.staff) {
    return refusal::Refuse(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                           {{"needed", "venue_staff, venue_admin, caravan_crew, city_admin"}});
  }
  const std::string current = etag.empty() ? "" : EtagOf(booking, domain::ShownState(head, booking));
  if (absl::Status status = CheckEtag(etag, current, target.name); !status.ok()) return status;
  return opened;
}

bool IsPlace(absl::string_view place) {
  return place.empty() || names::Parse("", "venues/*", place).ok() ||
         names::Parse("", "caravans/*", place).ok() ||
         names::Parse("", "caravans/*/tours/*/stops/*", place).ok();
}

absl::Status EmitAll(store::View& view, const std::string& key, const absl::StatusOr<domain::Facts>& facts) {
  if (!facts.ok()) return facts.status();
  for (const domain::record::Fact& fact : *facts) {
    if (absl::Status status = view.Emit(key, fact); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace kepu::event
