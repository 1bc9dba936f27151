// Who comes and goes, noted by their own phone, by the kiosk of a place or by the leader of a shift.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "kepu/volunteer/v1/presence.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/visible.h"
#include "libs/names/names.h"
#include "services/volunteer/api/attendance.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/presence_code.h"
#include "services/volunteer/api/signup_view.h"
#include "services/volunteer/domain/presence.h"
#include "services/volunteer/store/resources.h"

namespace kepu::volunteer {
namespace {

using OwnCall = CallOf<v1::OwnPresenceRequest, v1::Signup>;

// A screen that is offline shows codes for at most so long.
constexpr int kCodeMinutes = 10;
// A phone that is online has the right time; another's record is merged as one of a device that was offline.
constexpr absl::Duration kPhoneOff = absl::Minutes(2);
// Sign-ups of one person that a kiosk looks through.
constexpr size_t kSignupsLookedAt = 100;

absl::Status CheckAct(v1::PresenceAct act) {
  return act == v1::CAME || act == v1::WENT ? absl::OkStatus()
                                            : refusal::BadField("act", "must be CAME or WENT");
}

void GetPresenceCode(const Context& context,
                     CallOf<v1::GetPresenceCodeRequest, v1::GetPresenceCodeResponse> call) {
  const v1::GetPresenceCodeRequest& request = call.request();
  if (absl::Status status = names::Parse("place", "venues/*", request.place()).status(); !status.ok())
    return call.Fail(status);
  const int minutes = request.minutes() == 0 ? kCodeMinutes : request.minutes();
  v1::GetPresenceCodeResponse answer;
  const absl::Time now = context.clock.Now();
  for (absl::Time step = StepOf(now); step <= now + absl::Minutes(minutes); step += kCodeStep) {
    v1::PresenceCode& code = *answer.add_codes();
    code.set_code(PresenceCodeOf(context.keys, request.place(), step));
    calendar::SetMicros(absl::ToUnixMicros(step), code.mutable_start_time());
  }
  call.Answer(answer);
}

// A wrong code is counted before it is answered, so that trying is bounded whoever tries and wherever.
void CountWrongCode(const Context& context, const std::string& shift, const std::string& person,
                    std::shared_ptr<OwnCall> call) {
  const reservation::Place place = ShiftPlace(shift);
  store::Command command;
  command.aggregates = {place.key};
  command.lane = store::Lane::kCheckIn;
  command.deadline = call->deadline();
  command.actor = call->principal().name;
  command.decide = [&context, key = place.key, person](store::View& view, absl::Time now) {
    return EmitAll(view, key, domain::DecideWrongCode(ShiftIn(view, key), person, context.rules, now));
  };
  command.done = [call](const store::Outcome& outcome) {
    call->Fail(outcome.status.ok() ? refusal::Refuse(refusal::kNo, "WRONG_CODE") : outcome.status);
  };
  context.engine.Submit(place.partition, std::move(command));
}

void Own(const Context& context, OwnCall typed, v1::PresenceAct act) {
  auto ids = names::Parse("name", "shifts/*", typed.request().name());
  if (!ids.ok()) return typed.Fail(ids.status());
  const std::string shift = (*ids)[0], person = SelfOf(context, typed.principal());
  auto call = std::make_shared<OwnCall>(std::move(typed));
  auto place_name = std::make_shared<std::string>();
  const reservation::Place place = ShiftPlace(shift);
  auto read = [call, place_name, person, key = place.key](store::View& view) -> absl::Status {
    const domain::Shift& state = ShiftIn(view, key);
    if (!state.Exists()) return refusal::NotFound(call->request().name());
    *place_name = state.head().place();
    return domain::SignupOrRefuse(state, person).status();
  };
  context.engine.Read(
      place.partition, {place.key}, std::move(read),
      [&context, call, place_name, shift, person, act](const absl::Status& status) {
        if (!status.ok()) return call->Fail(status);
        const absl::Time at = calendar::FromProto(call->request().time());
        const absl::Time server = context.clock.Now();
        if (absl::AbsDuration(server - at) > kPhoneOff) {
          return call->Fail(refusal::Refuse(refusal::kNo, "DEVICE_CLOCK_OFF",
                                            {{"time", calendar::UtcText(absl::ToUnixMicros(server))},
                                             {"most", absl::FormatDuration(kPhoneOff)}}));
        }
        if (!IsPresenceCode(context.keys, *place_name, call->request().code(), at))
          return CountWrongCode(context, shift, person, call);
        ChangeAttendance(
            context, std::move(*call), shift, person,
            [](const rpc::Principal&, const domain::record::ShiftHead&) { return true; },
            [&context, person, act](const domain::Shift& state, const rpc::Principal&,
                                    absl::Time now) -> absl::StatusOr<domain::Facts> {
              if (absl::Status tried = domain::CheckAttempts(state, person, now); !tried.ok()) return tried;
              return domain::DecideMark(state, {person, act, v1::BY_OWN_CODE}, context.rules, now);
            });
      });
}

void OwnCheckIn(const Context& context, OwnCall call) { Own(context, std::move(call), v1::CAME); }
void OwnCheckOut(const Context& context, OwnCall call) { Own(context, std::move(call), v1::WENT); }

void GetBadge(const Context& context, CallOf<v1::GetBadgeRequest, v1::Badge> call) {
  const std::string self = SelfOf(context, call.principal());
  const std::string name = absl::StrCat("volunteers/", self);
  const bool own = call.request().name() == "volunteers/me" || call.request().name() == name;
  if (!own || context.reads.volunteers().Get(name) == nullptr)
    return call.Fail(refusal::NotFound(call.request().name()));
  v1::Badge badge;
  badge.set_name(name);
  badge.set_code(BadgeOf(context.keys, self));
  call.Answer(badge);
}

// The shift at the place that the person serves in now: the one that began last, or is about to begin.
std::optional<std::string> ShiftNow(const Context& context, const std::string& person,
                                    const std::string& place) {
  const absl::Time now = context.clock.Now();
  const int64_t from_us = absl::ToUnixMicros(now - absl::Hours(24));
  const projection::Catalogue::Page page = context.reads.signups().List(
      absl::StrCat("volunteers/", person), TimeKey(std::max<int64_t>(0, from_us)), kSignupsLookedAt);
  v1::ListPresenceResponse signups;
  std::optional<std::string> found;
  if (!signups.ParseFromString(page.bytes)) return found;
  for (const v1::Signup& signup : signups.signups()) {
    const bool there = signup.state() == v1::Signup::SIGNED_UP || signup.state() == v1::Signup::NO_SHOW ||
                       signup.state() == v1::Signup::CHECKED_IN || signup.state() == v1::Signup::CHECKED_OUT;
    const absl::Time opens = TimeOf(signup.start_time()) - context.rules.check_in_before;
    const absl::Time closes = TimeOf(signup.end_time()) + domain::kCloseAfter;
    if (there && signup.place() == place && opens <= now && now < closes)
      found = signup.shift().substr(signup.shift().find('/') + 1);
  }
  return found;
}

void KioskCheck(const Context& context, CallOf<v1::KioskCheckRequest, v1::Signup> typed) {
  if (absl::Status status = CheckAct(typed.request().act()); !status.ok()) return typed.Fail(status);
  handler::WhenVisible(context.follower, nullptr, std::move(typed), [&context](auto call) {
    const v1::KioskCheckRequest request = call.request();
    const auto person = PersonOfBadge(context.keys, request.code());
    if (!person) return call.Fail(refusal::Refuse(refusal::kNo, "WRONG_BADGE"));
    const auto shift = ShiftNow(context, *person, request.place());
    if (!shift) return call.Fail(refusal::Refuse(refusal::kNo, "NO_SHIFT_NOW", {{"place", request.place()}}));
    ChangeAttendance(
        context, std::move(call), *shift, *person,
        [](const rpc::Principal& principal, const domain::record::ShiftHead& head) {
          return IsStaffOf(principal, head.place());
        },
        [&context, person = *person, act = request.act()](const domain::Shift& state, const rpc::Principal&,
                                                          absl::Time now) {
          return domain::DecideMark(state, {person, act, v1::BY_KIOSK}, context.rules, now);
        });
  });
}

void SetShiftLeaders(const Context& context, CallOf<v1::SetShiftLeadersRequest, v1::Shift> call) {
  auto ids = names::Parse("name", "shifts/*", call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  std::vector<std::string> persons;
  for (const std::string& leader : call.request().leaders()) {
    auto person = names::Parse("leaders", "volunteers/*", leader);
    if (!person.ok()) return call.Fail(person.status());
    persons.push_back((*person)[0]);
  }
  ChangeShiftHours(context, std::move(call), (*ids)[0], &ToResource,
                   [persons](const domain::Shift& shift, absl::Time now) {
                     return domain::DecideLeaders(shift, persons, now);
                   });
}

void LeaderCheck(const Context& context, CallOf<v1::LeaderCheckRequest, v1::Signup> call) {
  auto ids = names::Parse("name", kSignupPattern, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  if (absl::Status status = CheckAct(call.request().act()); !status.ok()) return call.Fail(status);
  const std::string self = SelfOf(context, call.principal());
  const v1::PresenceAct act = call.request().act();
  ChangeAttendance(
      context, std::move(call), (*ids)[0], (*ids)[1],
      [self](const rpc::Principal&, const domain::record::ShiftHead& head) {
        return domain::IsLeader(head, self);
      },
      [&context, self, person = (*ids)[1], act](const domain::Shift& shift, const rpc::Principal&,
                                                absl::Time now) -> absl::StatusOr<domain::Facts> {
        if (self == person)
          return refusal::Refuse(refusal::kNo, "SELF_CHECK",
                                 {{"name", domain::SignupName(shift.head().id(), person)}});
        return domain::DecideMark(shift, {person, act, v1::BY_LEADER}, context.rules, now);
      });
}

void ListPresence(const Context& context, CallOf<v1::ListPresenceRequest, v1::ListPresenceResponse> typed) {
  handler::WhenVisible(context.follower, nullptr, std::move(typed), [&context](auto call) {
    const v1::ListPresenceRequest& request = call.request();
    v1::Shift shift;
    auto bytes = context.reads.shifts().Get(request.parent());
    const std::string self = absl::StrCat("volunteers/", SelfOf(context, call.principal()));
    const bool there = bytes != nullptr && shift.ParseFromString(*bytes);
    const auto& leaders = shift.leaders();
    const bool leads = there && std::find(leaders.begin(), leaders.end(), self) != leaders.end();
    if (!there || (!leads && !IsStaffOf(call.principal(), shift.place())))
      return call.Fail(refusal::NotFound(request.parent()));
    const std::string digest = paging::FilterDigest({"presence", request.parent()});
    const absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
    if (!size.ok()) return call.Fail(size.status());
    const absl::StatusOr<std::string> after = context.pager.Decode(request.page_token(), digest);
    if (!after.ok()) return call.Fail(after.status());
    projection::Catalogue::Page page = context.reads.signups().List(request.parent(), *after, *size);
    paging::AppendNextPageToken(context.pager.Encode(digest, page.next_after), &page.bytes);
    call.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
  });
}

}  // namespace

void AddPresenceHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kPresenceService, "GetPresenceCode", GetPresenceCode);
  Handle(service, context, kPresenceService, "OwnCheckIn", OwnCheckIn);
  Handle(service, context, kPresenceService, "OwnCheckOut", OwnCheckOut);
  Handle(service, context, kPresenceService, "GetBadge", GetBadge);
  Handle(service, context, kPresenceService, "KioskCheck", KioskCheck);
  Handle(service, context, kPresenceService, "SetShiftLeaders", SetShiftLeaders);
  Handle(service, context, kPresenceService, "LeaderCheck", LeaderCheck);
  Handle(service, context, kPresenceService, "ListPresence", ListPresence);
}

}  // namespace kepu::volunteer
