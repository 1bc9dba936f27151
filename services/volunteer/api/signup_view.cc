#include "services/volunteer/api/signup_view.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/domain/hours.h"
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

// What is sealed in a sign-up, by where it stands.
struct SealedReasons {
  std::string own, correction, override;
};

absl::Status Reveal(const Context& context, absl::string_view person, const SealedReasons& sealed,
                    v1::Signup* answer) {
  auto own = OpenReason(context, person, sealed.own);
  if (!own.ok()) return own.status();
  answer->set_reason(*std::move(own));
  auto correction = OpenReason(context, person, sealed.correction);
  if (!correction.ok()) return correction.status();
  if (answer->has_correction()) answer->mutable_correction()->set_reason(*std::move(correction));
  auto why = OpenReason(context, person, sealed.override);
  if (why.ok() && answer->has_override()) answer->mutable_override()->set_reason(*std::move(why));
  return why.status();
}

}  // namespace

absl::Status ShowSignup(const Context& context, const domain::Shift& shift, const std::string& person,
                        v1::Signup* answer) {
  auto signup = domain::FindSignup(shift, person);
  if (!signup.ok()) return signup.status();
  answer->Clear();
  if (*signup == nullptr) return absl::OkStatus();
  ToResource(shift.head(), person, **signup, answer);
  ShowPresence(**signup, answer);
  const auto& overrides = (*signup)->overrides();
  return Reveal(context, person,
                {(*signup)->sealed_reason(), (*signup)->attendance().correction().sealed_reason(),
                 overrides.empty() ? "" : overrides.rbegin()->sealed_reason()},
                answer);
}

absl::Status RevealReasons(const Context& context, v1::Signup* signup) {
  auto bytes = context.reads.sealed().Get(signup->name());
  domain::record::Sealed sealed;
  if (bytes == nullptr || !sealed.ParseFromString(*bytes)) return absl::OkStatus();
  return Reveal(context, absl::StripPrefix(signup->volunteer(), "volunteers/"),
                {sealed.reason(), sealed.correction(), ""}, signup);
}

}  // namespace kepu::volunteer
