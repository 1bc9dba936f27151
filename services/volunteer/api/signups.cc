#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/handler/change.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/api.h"
#include "services/volunteer/api/attendance.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/lists.h"
#include "services/volunteer/api/shift_change.h"
#include "services/volunteer/api/signup_view.h"
#include "services/volunteer/domain/absence.h"
#include "services/volunteer/store/resources.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

// The parent that stands for the caller's own sign-ups in any shift.
constexpr char kAnyShift[] = "shifts/-";

// Seals the reason that the request gives for whose sign-up it is.
template <class Call, class Next>
void SealedReason(const Context& context, Call call, Next next) {
  const std::string name = call.request().name(), reason = call.request().reason();
  auto ids = names::Parse("name", kSignupPattern, name);
  if (!ids.ok()) return call.Fail(ids.status());
  SealAbout(context, std::move(call), (*ids)[1], refusal::NotFound(name), Personal::kReason, reason,
            std::move(next));
}

}  // namespace

template <class Request, class Decide>
void Api::ChangeSignup(CallOf<Request, v1::Signup> call, store::Lane lane, bool own, Decide decide) {
  auto ids = names::Parse("name", kSignupPattern, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const reservation::Place place = ShiftPlace((*ids)[0]);
  const std::string person = (*ids)[1];
  const bool is_own = own && person == SelfOf(context_, call.principal());
  auto guarded = [this, key = place.key, person, is_own, request = call.request(),
                  principal = call.principal(),
                  decide = std::move(decide)](store::View& view, absl::Time now) -> absl::Status {
    const domain::Shift& shift = ShiftIn(view, key);
    // Who may not touch it is not told whether it is there.
    if (!shift.Exists() || (!is_own && !IsStaffOf(principal, shift.head().place()))) {
      return refusal::NotFound(request.name());
    }
    return EmitAll(view, key,
                   domain::WithAbsences(decide(shift, person, request, now), shift, principal.name,
                                        context_.rules, now));
  };
  auto encode = [this, key = place.key, person](store::View& view, v1::Signup* answer) {
    return ShowSignup(context_, ShiftIn(view, key), person, answer);
  };
  store::RequestKey request_key = handler::KeyOf(context_.keys, call);
  handler::Change(context_.engine, place.partition, lane, std::move(request_key), {place.key},
                  std::move(call), std::move(guarded), std::move(encode));
}

void Api::Withdraw(CallOf<v1::WithdrawRequest, v1::Signup> typed) {
  SealedReason(context_, std::move(typed), [this](auto call, const std::string& sealed) {
    ChangeSignup(std::move(call), store::Lane::kBooking, true,
                 [this, sealed](const domain::Shift& shift, const std::string& person,
                                const v1::WithdrawRequest&, absl::Time now) {
                   return domain::DecideWithdraw(shift, person, sealed, context_.rules, now);
                 });
  });
}

void Api::CheckIn(CallOf<v1::CheckInRequest, v1::Signup> call) {
  ChangeSignup(std::move(call), store::Lane::kCheckIn, false,
               [this](const domain::Shift& shift, const std::string& person, const v1::CheckInRequest&,
                      absl::Time now) { return domain::DecideCheckIn(shift, person, context_.rules, now); });
}

void Api::CheckOut(CallOf<v1::CheckOutRequest, v1::Signup> call) {
  ChangeSignup(std::move(call), store::Lane::kCheckIn, false,
               [this](const domain::Shift& shift, const std::string& person, const v1::CheckOutRequest&,
                      absl::Time now) { return domain::DecideCheckOut(shift, person, context_.rules, now); });
}

void Api::MarkNoShow(CallOf<v1::MarkNoShowRequest, v1::Signup> typed) {
  SealedReason(context_, std::move(typed), [this](auto call, const std::string& sealed) {
    ChangeSignup(std::move(call), store::Lane::kCheckIn, false,
                 [sealed](const domain::Shift& shift, const std::string& person, const v1::MarkNoShowRequest&,
                          absl::Time now) { return domain::DecideNoShow(shift, person, sealed, now); });
  });
}

void Api::GetSignup(CallOf<v1::GetSignupRequest, v1::Signup> call) {
  auto ids = names::Parse("name", kSignupPattern, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const reservation::Place place = ShiftPlace((*ids)[0]);
  auto shared = std::make_shared<CallOf<v1::GetSignupRequest, v1::Signup>>(std::move(call));
  auto answer = std::make_shared<v1::Signup>();
  const bool own = (*ids)[1] == SelfOf(context_, shared->principal());
  // From the store, not from the read model: a sign-up is shown as it is.
  auto read = [this, shared, answer, own, key = place.key,
               person = (*ids)[1]](store::View& view) -> absl::Status {
    const domain::Shift& shift = ShiftIn(view, key);
    if (!shift.Exists() || (!own && !IsStaffOf(shared->principal(), shift.head().place()))) {
      return refusal::NotFound(shared->request().name());
    }
    auto signup = domain::FindSignup(shift, person);
    if (!signup.ok()) return signup.status();
    if (*signup == nullptr) return refusal::NotFound(shared->request().name());
    answer->Clear();
    return ShowSignup(context_, shift, person, answer.get());
  };
  context_.engine.Read(place.partition, {place.key}, std::move(read), [shared, answer](absl::Status status) {
    if (!status.ok()) return shared->Fail(status);
    shared->Answer(*answer);
  });
}

void Api::ListSignups(CallOf<v1::ListSignupsRequest, v1::ListSignupsResponse> call) {
  WhenFresh<v1::ListSignupsRequest, v1::ListSignupsResponse>(std::move(call), [this](auto& fresh) {
    const std::string& parent = fresh.request().parent();
    auto reveal = [this](v1::ListSignupsResponse& page) {
      absl::Status status;
      for (v1::Signup& signup : *page.mutable_signups()) status.Update(RevealReasons(context_, &signup));
      return status;
    };
    if (parent == kAnyShift) {
      const std::string self = absl::StrCat("volunteers/", SelfOf(context_, fresh.principal()));
      return AnswerPage<v1::ListSignupsRequest, v1::ListSignupsResponse>(
          fresh, context_.reads.signups(), self, paging::FilterDigest({"signups", self}), "", reveal);
    }
    if (auto ids = names::Parse("parent", "shifts/*", parent); !ids.ok()) return fresh.Fail(ids.status());
    auto bytes = context_.reads.shifts().Get(parent);
    v1::Shift shift;
    if (bytes == nullptr || !shift.ParseFromString(*bytes) || !IsStaffOf(fresh.principal(), shift.place())) {
      return fresh.Fail(refusal::NotFound(parent));
    }
    AnswerPage<v1::ListSignupsRequest, v1::ListSignupsResponse>(
        fresh, context_.reads.signups(), parent, paging::FilterDigest({"signups", parent}), "", reveal);
  });
}

}  // namespace kepu::volunteer
