// Requests, invitations, and what coordinators put in by hand.
#include "kepu/volunteer/v1/signup.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/visible.h"
#include "services/volunteer/api/entry.h"
#include "services/volunteer/api/shift_change.h"
#include "services/volunteer/api/signup_view.h"
#include "services/volunteer/domain/shift_wait.h"

namespace kepu::volunteer {
namespace {

auto StaffOnly(const rpc::Principal& principal) {
  return [principal](const domain::record::ShiftHead& head) { return IsStaffOf(principal, head.place()); };
}

auto ShowSignupOf(const Context& context, const std::string& person) {
  return [&context, person](const domain::Shift& shift, v1::Signup* answer) {
    return ShowSignup(context, shift, person, answer);
  };
}

void ApproveSignup(const Context& context, CallOf<v1::ApproveSignupRequest, v1::Signup> call) {
  auto ids = names::Parse("name", kSignupPattern, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string name = call.request().name();
  auto allowed = StaffOnly(call.principal());
  ChangeShift(
      context, std::move(call), (*ids)[0], name, std::move(allowed),
      [person = (*ids)[1]](const domain::Shift& shift, absl::Time now) {
        return domain::DecideApprove(shift, person, now);
      },
      ShowSignupOf(context, (*ids)[1]));
}

// The volunteer needs no reason to stay away.
void Decline(const Context& context, CallOf<v1::DeclineSignupRequest, v1::Signup> call,
             const std::vector<std::string>& ids, bool own, const std::string& sealed) {
  const std::string name = call.request().name();
  auto allowed = [own, principal = call.principal()](const domain::record::ShiftHead& head) {
    return own || IsStaffOf(principal, head.place());
  };
  const bool told = !call.request().reason().empty();
  ChangeShift(
      context, std::move(call), ids[0], name, std::move(allowed),
      [person = ids[1], own, told, sealed](const domain::Shift& shift,
                                           absl::Time now) -> absl::StatusOr<domain::Facts> {
        if (!own && !told) return refusal::BadField("reason", "is required");
        return domain::DecideDecline(shift, person, !own, sealed, now);
      },
      ShowSignupOf(context, ids[1]));
}

void DeclineSignup(const Context& context, CallOf<v1::DeclineSignupRequest, v1::Signup> call) {
  auto ids = names::Parse("name", kSignupPattern, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const bool own = (*ids)[1] == SelfOf(context, call.principal());
  if (call.request().reason().empty()) return Decline(context, std::move(call), *ids, own, "");
  const std::string name = call.request().name(), reason = call.request().reason();
  SealAbout(context, std::move(call), (*ids)[1], refusal::NotFound(name), Personal::kReason, reason,
            [&context, ids = *ids, own](auto sealed_call, const std::string& sealed) {
              Decline(context, std::move(sealed_call), ids, own, sealed);
            });
}

absl::Time InvitedUntil(bool given, const google::protobuf::Timestamp& time,
                        const domain::record::ShiftHead& head, absl::Time now) {
  if (given) return TimeOf(time);
  return std::min(now + domain::kInvitation, absl::FromUnixMicros(head.start_us()));
}

void InviteVolunteer(const Context& context, CallOf<v1::InviteVolunteerRequest, v1::Signup> call) {
  auto shift = names::Parse("shift", "shifts/*", call.request().shift());
  if (!shift.ok()) return call.Fail(shift.status());
  auto whom = names::Parse("volunteer", "volunteers/*", call.request().volunteer());
  if (!whom.ok()) return call.Fail(whom.status());
  const std::string name = call.request().shift();
  const bool known = IsVolunteer(context, (*whom)[0]);
  auto allowed = StaffOnly(call.principal());
  ChangeShift(
      context, std::move(call), (*shift)[0], name, std::move(allowed),
      [request = call.request(), person = (*whom)[0], known](
          const domain::Shift& state, absl::Time now) -> absl::StatusOr<domain::Facts> {
        if (!known) return refusal::NotFound(request.volunteer());
        return domain::DecideInvite(
            state, person, InvitedUntil(request.has_expire_time(), request.expire_time(), state.head(), now),
            now);
      },
      ShowSignupOf(context, (*whom)[0]));
}

void Assign(const Context& context, CallOf<v1::AssignVolunteerRequest, v1::Signup> call,
            const std::string& shift, const std::string& person, const std::string& sealed) {
  auto shared = std::make_shared<CallOf<v1::AssignVolunteerRequest, v1::Signup>>(std::move(call));
  Entering entering;
  entering.context = shared->context();
  entering.shift = shift;
  entering.command.person = person;
  entering.command.way = domain::Way::kAssigned;
  entering.command.over_needed = shared->request().over_needed();
  domain::record::Override& override = entering.command.override.emplace();
  override.set_by(shared->principal().name);
  override.set_sealed_reason(sealed);
  entering.over_limits = shared->request().over_limits();
  entering.method = absl::StrCat("Assign/", shift, "/", person);
  entering.request_id = shared->request().request_id();
  entering.allowed = StaffOnly(shared->principal());
  entering.done = [shared](const auto& signup, rpc::AnswerInfo info) { shared->Finish(signup, info); };
  Enter(context, std::move(entering));
}

void AssignVolunteer(const Context& context, CallOf<v1::AssignVolunteerRequest, v1::Signup> call) {
  auto shift = names::Parse("shift", "shifts/*", call.request().shift());
  if (!shift.ok()) return call.Fail(shift.status());
  auto whom = names::Parse("volunteer", "volunteers/*", call.request().volunteer());
  if (!whom.ok()) return call.Fail(whom.status());
  // Who has no right there learns neither of shifts nor of volunteers.
  v1::Shift known;
  auto bytes = context.reads.shifts().Get(call.request().shift());
  if (bytes == nullptr || !known.ParseFromString(*bytes) || !IsStaffOf(call.principal(), known.place()))
    return call.Fail(refusal::NotFound(call.request().shift()));
  const std::string name = call.request().volunteer(), reason = call.request().reason();
  SealAbout(context, std::move(call), (*whom)[0], refusal::NotFound(name), Personal::kReason, reason,
            [&context, shift = (*shift)[0], person = (*whom)[0]](auto next, const std::string& sealed) {
              Assign(context, std::move(next), shift, person, sealed);
            });
}

void CallStandBy(const Context& context, CallOf<v1::CallStandByRequest, v1::Signup> call) {
  auto ids = names::Parse("shift", "shifts/*", call.request().shift());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string name = call.request().shift();
  auto allowed = StaffOnly(call.principal());
  auto last = std::make_shared<std::string>();
  auto decide = [request = call.request(), last](const domain::Shift& shift, absl::Time now) {
    return domain::DecideCallStandBy(
        shift, InvitedUntil(request.has_expire_time(), request.expire_time(), shift.head(), now), now,
        last.get());
  };
  // Whom an earlier copy called nobody knows any more but the shift: a replay shows its latest invitation.
  auto encode = [&context, last](const domain::Shift& shift, v1::Signup* answer) -> absl::Status {
    if (!last->empty()) return ShowSignup(context, shift, *last, answer);
    auto lapses = shift.Find(domain::kLapseField);
    if (!lapses.ok()) return lapses.status();
    std::string called;
    const domain::record::Lapses known = *lapses == nullptr ? domain::record::Lapses() : (*lapses)->lapses();
    for (const auto& entry : known.entries())
      if (entry.id().rfind("g/", 0) != 0) called = entry.id();
    return called.empty() ? absl::OkStatus() : ShowSignup(context, shift, called, answer);
  };
  ChangeShift(context, std::move(call), (*ids)[0], name, std::move(allowed), std::move(decide),
              std::move(encode));
}

void ListOverrides(const Context& context, CallOf<v1::ListOverridesRequest, v1::ListOverridesResponse> call) {
  handler::WhenVisible(context.follower, nullptr, std::move(call), [&context](auto fresh) {
    const std::string& place = fresh.request().parent();
    if (!IsStaffOf(fresh.principal(), place)) return fresh.Fail(refusal::NotFound(place));
    const std::string digest = paging::FilterDigest({"overrides", place});
    const auto size = paging::PageSize(fresh.request().page_size());
    const auto after = context.pager.Decode(fresh.request().page_token(), digest);
    if (!size.ok()) return fresh.Fail(size.status());
    if (!after.ok()) return fresh.Fail(after.status());
    v1::ListOverridesResponse page;
    const auto rows = context.reads.signup_book().OverridesOf(place, *after, *size);
    for (const SignupBook::OverrideRow& row : rows) {
      v1::OverrideEntry& entry = *page.add_overrides();
      entry.set_signup(domain::SignupName(row.shift, row.person));
      entry.set_volunteer(absl::StrCat("volunteers/", row.person));
      calendar::SetMicros(row.start_us, entry.mutable_start_time());
      ToResource(row.override, entry.mutable_override());
      auto reason = OpenReason(context, row.person, row.override.sealed_reason());
      if (!reason.ok()) return fresh.Fail(reason.status());
      entry.mutable_override()->set_reason(*std::move(reason));
    }
    if (rows.size() == *size) page.set_next_page_token(context.pager.Encode(digest, rows.back().key));
    fresh.Answer(page);
  });
}

}  // namespace

void AddSignupHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kSignupService, "ApproveSignup", ApproveSignup);
  Handle(service, context, kSignupService, "DeclineSignup", DeclineSignup);
  Handle(service, context, kSignupService, "InviteVolunteer", InviteVolunteer);
  Handle(service, context, kSignupService, "AssignVolunteer", AssignVolunteer);
  Handle(service, context, kSignupService, "ListOverrides", ListOverrides);
  Handle(service, context, kWaitListService, "CallStandBy", CallStandBy);
}

}  // namespace kepu::volunteer
