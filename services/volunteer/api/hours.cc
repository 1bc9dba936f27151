// Hours: sessions that ran at other times, approval by the place, corrections by both sides, late entries.
#include <memory>

#include "absl/strings/str_cat.h"
#include "kepu/volunteer/v1/hours.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/visible.h"
#include "libs/names/names.h"
#include "services/volunteer/api/attendance.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/signup_view.h"
#include "services/volunteer/domain/hours.h"
#include "services/volunteer/store/resources.h"

namespace kepu::volunteer {
namespace {

absl::Status NotRegistered(const std::string& person) {
  return refusal::Refuse(refusal::kNo, "NOT_REGISTERED", {{"name", absl::StrCat("volunteers/", person)}});
}

bool MayStaff(const rpc::Principal& principal, const domain::record::ShiftHead& head) {
  return IsStaffOf(principal, head.place());
}

void SetActualTimes(const Context& context, CallOf<v1::SetActualTimesRequest, v1::Shift> call) {
  auto ids = names::Parse("name", "shifts/*", call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const absl::Time start = calendar::FromProto(call.request().start_time());
  const absl::Time end = calendar::FromProto(call.request().end_time());
  ChangeShiftHours(
      context, std::move(call), (*ids)[0], &ToResource,
      [start, end](const domain::Shift& shift, absl::Time now) -> absl::StatusOr<domain::Facts> {
        // What a session says of itself is not said twice.
        if (!shift.head().session().empty())
          return refusal::Refuse(refusal::kNo, "SESSION_SAYS", {{"session", shift.head().session()}});
        return domain::DecideActualTimes(shift, start, end, now);
      });
}

void ApproveHours(const Context& context, CallOf<v1::ApproveHoursRequest, v1::Signup> typed) {
  using Call = CallOf<v1::ApproveHoursRequest, v1::Signup>;
  auto ids = names::Parse("name", kSignupPattern, typed.request().name());
  if (!ids.ok()) return typed.Fail(ids.status());
  const std::string reason = typed.request().reason();
  SealAbout(context, std::move(typed), (*ids)[1], NotRegistered((*ids)[1]), Personal::kReason, reason,
            [&context, shift_id = (*ids)[0], person = (*ids)[1]](Call call, const std::string& sealed) {
              domain::ApproveCommand command;
              command.person = person;
              if (call.request().has_minutes()) command.minutes = call.request().minutes();
              command.sealed_reason = sealed;
              ChangeAttendance(context, std::move(call), shift_id, person, MayStaff,
                               [&context, command](const domain::Shift& shift,
                                                   const rpc::Principal& principal, absl::Time now) {
                                 domain::ApproveCommand whole = command;
                                 whole.by = DeciderOf(context, principal, shift.head().place());
                                 return domain::DecideApprove(shift, whole, context.rules, now);
                               });
            });
}

void ApproveShiftHours(const Context& context,
                       CallOf<v1::ApproveShiftHoursRequest, v1::ApproveShiftHoursResponse> call) {
  auto ids = names::Parse("name", "shifts/*", call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const reservation::Place place = ShiftPlace((*ids)[0]);
  auto all = std::make_shared<domain::Approvals>();
  auto decide = [&context, all, key = place.key, request = call.request(), principal = call.principal()](
                    store::View& view, absl::Time now) -> absl::Status {
    const domain::Shift& shift = ShiftIn(view, key);
    if (!shift.Exists() || !IsStaffOf(principal, shift.head().place()))
      return refusal::NotFound(request.name());
    const domain::Decider by = DeciderOf(context, principal, shift.head().place());
    auto approvals = domain::DecideApproveAll(shift, by, context.rules, now);
    if (!approvals.ok()) return approvals.status();
    *all = *std::move(approvals);
    return EmitAll(view, key, all->facts);
  };
  // A repeat is told nothing of what the first copy did, but what is left.
  auto encode = [&context, all, key = place.key, principal = call.principal()](
                    store::View& view, v1::ApproveShiftHoursResponse* answer) -> absl::Status {
    const domain::Shift& shift = ShiftIn(view, key);
    const domain::Decider by = DeciderOf(context, principal, shift.head().place());
    auto now_left = domain::DecideApproveAll(shift, by, context.rules, context.clock.Now());
    if (!now_left.ok()) return now_left.status();
    answer->set_approved(all->approved);
    answer->set_left(now_left->approved + now_left->left);
    for (const std::string& name : now_left->skipped) answer->add_skipped(name);
    return absl::OkStatus();
  };
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(context.engine, place.partition, store::Lane::kRest, std::move(request_key), {place.key},
                  std::move(call), std::move(decide), std::move(encode));
}

void ListPendingHours(const Context& context,
                      CallOf<v1::ListPendingHoursRequest, v1::ListPendingHoursResponse> typed) {
  handler::WhenVisible(context.follower, nullptr, std::move(typed), [&context](auto call) {
    const v1::ListPendingHoursRequest& request = call.request();
    const std::string digest = paging::FilterDigest({"pending hours", request.place()});
    const absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
    if (!size.ok()) return call.Fail(size.status());
    const absl::StatusOr<std::string> after = context.pager.Decode(request.page_token(), digest);
    if (!after.ok()) return call.Fail(after.status());
    const projection::Catalogue::Page page =
        context.reads.signups().List(PendingScope(request.place()), *after, *size);
    v1::ListPendingHoursResponse answer;
    if (!answer.ParseFromString(page.bytes)) return call.Fail(absl::InternalError("unreadable page"));
    for (v1::Signup& signup : *answer.mutable_signups()) {
      absl::Status status = RevealReasons(context, &signup);
      if (!status.ok()) return call.Fail(status);
    }
    answer.set_next_page_token(context.pager.Encode(digest, page.next_after));
    call.Answer(answer);
  });
}

void RequestCorrection(const Context& context, CallOf<v1::RequestCorrectionRequest, v1::Signup> typed) {
  using Call = CallOf<v1::RequestCorrectionRequest, v1::Signup>;
  auto ids = names::Parse("name", kSignupPattern, typed.request().name());
  if (!ids.ok()) return typed.Fail(ids.status());
  const bool own = SelfOf(context, typed.principal()) == (*ids)[1];
  const std::string reason = typed.request().reason();
  SealAbout(context, std::move(typed), (*ids)[1], NotRegistered((*ids)[1]), Personal::kReason, reason,
            [&context, own, shift_id = (*ids)[0], person = (*ids)[1]](Call call, const std::string& sealed) {
              domain::CorrectionCommand command;
              command.person = person;
              command.minutes = call.request().minutes();
              command.sealed_reason = sealed;
              // Staff who serve ask as the volunteers that they are.
              command.by_volunteer = own;
              command.by = call.principal().name;
              ChangeAttendance(
                  context, std::move(call), shift_id, person,
                  [own](const rpc::Principal& principal, const domain::record::ShiftHead& head) {
                    return own || IsStaffOf(principal, head.place());
                  },
                  [&context, command](const domain::Shift& shift, const rpc::Principal&, absl::Time now) {
                    return domain::DecideCorrectionAsked(shift, command, context.rules, now);
                  });
            });
}

void DecideCorrection(const Context& context, CallOf<v1::DecideCorrectionRequest, v1::Signup> call) {
  auto ids = names::Parse("name", kSignupPattern, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const bool own = SelfOf(context, call.principal()) == (*ids)[1];
  const bool agree = call.request().agree();
  ChangeAttendance(
      context, std::move(call), (*ids)[0], (*ids)[1],
      [own](const rpc::Principal& principal, const domain::record::ShiftHead& head) {
        return own || IsStaffOf(principal, head.place());
      },
      [&context, own, agree, person = (*ids)[1]](const domain::Shift& shift, const rpc::Principal& principal,
                                                 absl::Time now) {
        domain::Decider by = DeciderOf(context, principal, shift.head().place());
        if (own) by.role = "volunteer";
        return domain::DecideCorrection(shift, person, agree, own, by, context.rules, now);
      });
}

void EnterLateHours(const Context& context, CallOf<v1::EnterLateHoursRequest, v1::Signup> typed) {
  using Call = CallOf<v1::EnterLateHoursRequest, v1::Signup>;
  auto ids = names::Parse("name", "shifts/*", typed.request().name());
  if (!ids.ok()) return typed.Fail(ids.status());
  auto whose = names::Parse("volunteer", "volunteers/*", typed.request().volunteer());
  if (!whose.ok()) return typed.Fail(whose.status());
  const std::string reason = typed.request().reason();
  SealAbout(context, std::move(typed), (*whose)[0], NotRegistered((*whose)[0]), Personal::kReason, reason,
            [&context, shift_id = (*ids)[0], person = (*whose)[0]](Call call, const std::string& sealed) {
              domain::LateCommand command;
              command.person = person;
              command.start = calendar::FromProto(call.request().start_time());
              command.end = calendar::FromProto(call.request().end_time());
              command.sealed_reason = sealed;
              command.by = call.principal().name;
              command.by_person = SelfOf(context, call.principal());
              ChangeAttendance(
                  context, std::move(call), shift_id, person, MayStaff,
                  [&context, command](const domain::Shift& shift, const rpc::Principal&, absl::Time now) {
                    return domain::DecideLateEntry(shift, command, context.rules, now);
                  });
            });
}

}  // namespace

void AddHoursHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kHoursService, "SetActualTimes", SetActualTimes);
  Handle(service, context, kHoursService, "ApproveHours", ApproveHours);
  Handle(service, context, kHoursService, "ApproveShiftHours", ApproveShiftHours);
  Handle(service, context, kHoursService, "ListPendingHours", ListPendingHours);
  Handle(service, context, kHoursService, "RequestCorrection", RequestCorrection);
  Handle(service, context, kHoursService, "DecideCorrection", DecideCorrection);
  Handle(service, context, kHoursService, "EnterLateHours", EnterLateHours);
}

}  // namespace kepu::volunteer
