#include "services/volunteer/api/recognised.h"

#include "absl/strings/str_cat.h"
#include "libs/auth/access.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {

std::string SelfOf(const Context& context, const rpc::Principal& principal) {
  return PersonIdOfUser(context.keys, principal.name);
}

absl::StatusOr<std::string> VisiblePerson(const Context& context, absl::string_view field,
                                          absl::string_view pattern, absl::string_view name,
                                          const rpc::Principal& principal) {
  auto ids = names::Parse(field, pattern, name);
  if (!ids.ok()) return ids.status();
  const std::string self = SelfOf(context, principal);
  if ((*ids)[0] == "me") return self;
  if ((*ids)[0] != self && !SeesVolunteers(principal)) return refusal::NotFound(name);
  return (*ids)[0];
}

bool HoldsOn(const rpc::Principal& principal, const std::vector<std::string>& roles,
             absl::string_view resource) {
  return auth::HoldsAnyOn(principal, roles, resource, nullptr);
}

domain::LedgerRows LedgerOf(const ReadModel& reads, absl::string_view person) {
  constexpr size_t kPage = 1000;
  domain::LedgerRows rows;
  std::string after;
  do {
    const auto page = reads.hours().List(absl::StrCat("volunteers/", person), after, kPage);
    v1::ListHourRecordsResponse parsed;
    if (!parsed.ParseFromString(page.bytes)) break;
    for (const v1::HourRecord& record : parsed.hour_records()) {
      v1::Shift shift;
      const auto bytes = reads.shifts().Get(record.shift());
      const bool known = bytes != nullptr && shift.ParseFromString(*bytes);
      rows.push_back({record.shift().substr(record.shift().rfind('/') + 1), record.place(),
                      calendar::FromProto(record.start_time()), calendar::FromProto(record.end_time()),
                      record.minutes(), calendar::FromProto(record.create_time()),
                      known ? shift.role_name() : ""});
    }
    after = page.next_after;
  } while (!after.empty());
  return rows;
}

std::string UserOf(const Context& context, absl::string_view person) {
  v1::Volunteer volunteer;
  const auto bytes = context.reads.volunteers().Get(absl::StrCat("volunteers/", person));
  return bytes != nullptr && volunteer.ParseFromString(*bytes) ? volunteer.user() : "";
}

}  // namespace kepu::volunteer
