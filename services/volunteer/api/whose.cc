#include "services/volunteer/api/whose.h"

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/store/resources.h"
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

bool IsVolunteer(const Context& context, absl::string_view person) {
  return context.reads.volunteers().Get(absl::StrCat("volunteers/", person)) != nullptr;
}

std::string UserOf(const Context& context, absl::string_view person) {
  v1::Volunteer volunteer;
  const auto bytes = context.reads.volunteers().Get(absl::StrCat("volunteers/", person));
  return bytes != nullptr && volunteer.ParseFromString(*bytes) ? volunteer.user() : "";
}

absl::StatusOr<std::string> OpenReason(const Context& context, absl::string_view person,
                                       absl::string_view sealed) {
  if (sealed.empty()) return std::string();
  const std::string user = UserOf(context, person);
  if (user.empty()) return std::string();
  return context.personal.Open(user, Personal::kReason, sealed);
}

}  // namespace kepu::volunteer
