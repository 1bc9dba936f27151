#include "services/volunteer/api/attendance.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "services/volunteer/domain/presence.h"
#include "services/volunteer/store/resources.h"

namespace kepu::volunteer {
namespace {

void ShowPresence(const domain::record::SignupRecord& signup, v1::Signup* answer) {
  const domain::record::AttendanceRecord attendance = domain::AttendanceOf(signup);
  for (const domain::record::PresenceMark& mark : attendance.marks()) {
    v1::PresenceNote& note = *answer->add_presence();
    note.set_act(mark.act());
    note.set_by(mark.by());
    note.set_offline(mark.offline());
    note.set_clock_off(mark.clock_off());
    calendar::SetMicros(mark.at_us(), note.mutable_time());
  }
}

}  // namespace

absl::StatusOr<std::string> OpenReason(const Context& context, const std::string& volunteer,
                                       const std::string& sealed) {
  v1::Volunteer whose;
  auto bytes = sealed.empty() ? nullptr : context.reads.volunteers().Get(volunteer);
  if (bytes == nullptr || !whose.ParseFromString(*bytes)) return std::string();
  return context.personal.Open(whose.user(), Personal::kReason, sealed);
}

absl::Status RevealCorrection(const Context& context, const std::string& sealed, v1::Signup* signup) {
  auto reason = OpenReason(context, signup->volunteer(), sealed);
  if (!reason.ok()) return reason.status();
  if (signup->has_correction()) signup->mutable_correction()->set_reason(*std::move(reason));
  return absl::OkStatus();
}

absl::Status ShowSignup(const Context& context, const domain::Shift& shift, const std::string& person,
                        v1::Signup* answer) {
  auto signup = domain::FindSignup(shift, person);
  if (!signup.ok()) return signup.status();
  if (*signup == nullptr) return absl::InternalError("a sign-up that was changed is not there");
  ToResource(shift.head(), person, **signup, answer);
  ShowPresence(**signup, answer);
  const std::string& correction = (*signup)->attendance().correction().sealed_reason();
  if (absl::Status status = RevealCorrection(context, correction, answer); !status.ok()) return status;
  auto reason = OpenReason(context, answer->volunteer(), (*signup)->sealed_reason());
  if (!reason.ok()) return reason.status();
  answer->set_reason(*std::move(reason));
  return absl::OkStatus();
}

void SealReason(const Context& context, const std::string& person, const std::string& text,
                std::function<void(absl::StatusOr<std::string> sealed)> done) {
  auto user = std::make_shared<std::string>();
  const reservation::Place place = PersonPlace(person);
  auto read = [user, person, key = place.key](store::View& view) -> absl::Status {
    const domain::Person& whose = PersonIn(view, key);
    if (!whose.Exists())
      return refusal::Refuse(refusal::kNo, "NOT_REGISTERED", {{"name", absl::StrCat("volunteers/", person)}});
    *user = whose.head().user();
    return absl::OkStatus();
  };
  auto seal = [&context, user, text, done] {
    auto sealed = context.personal.Seal(*user, Personal::kReason, text);
    // Of somebody who was erased nothing is written any more, and the reason was given all the same.
    if (refusal::ReasonOf(sealed.status()) == "PERSON_ERASED") sealed = Personal::kErased;
    done(std::move(sealed));
  };
  context.engine.Read(place.partition, {place.key}, std::move(read),
                      [&context, seal, done](absl::Status status) {
                        if (status.ok()) status = context.personal.Run(seal);
                        if (!status.ok()) done(status);
                      });
}

std::string SelfOf(const Context& context, const rpc::Principal& principal) {
  return PersonIdOfUser(context.keys, principal.name);
}

domain::Decider DeciderOf(const Context& context, const rpc::Principal& principal, absl::string_view place) {
  return {principal.name, StaffRoleAt(principal, place), SelfOf(context, principal)};
}

absl::StatusOr<std::string> VisiblePerson(const Context& context, absl::string_view name,
                                          const rpc::Principal& principal) {
  auto ids = names::Parse("parent", "volunteers/*", name);
  if (!ids.ok()) return ids.status();
  const std::string self = SelfOf(context, principal);
  if ((*ids)[0] == "me") return self;
  if ((*ids)[0] != self && !SeesVolunteers(principal)) return refusal::NotFound(name);
  return (*ids)[0];
}

}  // namespace kepu::volunteer
