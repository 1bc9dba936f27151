// Friends who sign up together: a group that each of them joined, and one reservation over all of them.
#include <algorithm>

#include "kepu/volunteer/v1/signup.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/reservation/driver.h"
#include "services/volunteer/api/entry.h"
#include "services/volunteer/api/shift_change.h"

namespace kepu::volunteer {
namespace {

constexpr char kGroup[] = "shifts/*/groups/*";

using TogetherCall = CallOf<v1::SignUpTogetherRequest, v1::SignUpTogetherResponse>;

std::string GroupName(absl::string_view shift, absl::string_view group) {
  return absl::StrCat("shifts/", shift, "/groups/", group);
}

auto ShowGroupOf(const std::string& group) {
  return [group](const domain::Shift& shift, v1::SignupGroup* answer) -> absl::Status {
    auto found = domain::FindGroup(shift, group);
    if (!found.ok()) return found.status();
    answer->Clear();
    answer->set_name(GroupName(shift.head().id(), group));
    answer->set_shift(domain::ShiftName(shift.head().id()));
    if (*found == nullptr) return absl::OkStatus();
    for (const std::string& person : (*found)->persons())
      answer->add_volunteers(absl::StrCat("volunteers/", person));
    answer->set_signed_up((*found)->done());
    calendar::SetMicros((*found)->until_us(), answer->mutable_expire_time());
    return absl::OkStatus();
  };
}

auto Anybody() {
  return [](const domain::record::ShiftHead&) { return true; };
}

// Of whom nobody knows there is no group, whatever it is called.
absl::StatusOr<domain::Facts> Named(absl::StatusOr<domain::Facts> facts, const std::string& name) {
  if (absl::IsNotFound(facts.status())) return refusal::NotFound(name);
  return facts;
}

absl::Status NotRegistered(const std::string& person) {
  return refusal::Refuse(refusal::kNo, "NOT_REGISTERED", {{"name", absl::StrCat("volunteers/", person)}});
}

void CreateSignupGroup(const Context& context, CallOf<v1::CreateSignupGroupRequest, v1::SignupGroup> call) {
  auto ids = names::Parse("parent", "shifts/*", call.request().parent());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string person = SelfOf(context, call.principal());
  const std::string group =
      context.keys.MakeId(ShiftPlace((*ids)[0]).partition, handler::KeyOf(context.keys, call), "group");
  const std::string name = call.request().parent();
  const bool known = IsVolunteer(context, person);
  ChangeShift(
      context, std::move(call), (*ids)[0], name, Anybody(),
      [group, person, known](const domain::Shift& shift, absl::Time now) -> absl::StatusOr<domain::Facts> {
        if (!known) return NotRegistered(person);
        return domain::DecideMakeGroup(shift, group, person, now);
      },
      ShowGroupOf(group));
}

void JoinSignupGroup(const Context& context, CallOf<v1::JoinSignupGroupRequest, v1::SignupGroup> call) {
  auto ids = names::Parse("name", kGroup, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string person = SelfOf(context, call.principal()), name = call.request().name();
  const bool known = IsVolunteer(context, person);
  ChangeShift(
      context, std::move(call), (*ids)[0], name, Anybody(),
      [group = (*ids)[1], person, known, name](const domain::Shift& shift,
                                               absl::Time now) -> absl::StatusOr<domain::Facts> {
        auto facts = Named(domain::DecideJoinGroup(shift, group, person, now), name);
        return facts.ok() && !known ? NotRegistered(person) : facts;
      },
      ShowGroupOf((*ids)[1]));
}

void LeaveSignupGroup(const Context& context, CallOf<v1::LeaveSignupGroupRequest, v1::SignupGroup> call) {
  auto ids = names::Parse("name", kGroup, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string person = SelfOf(context, call.principal()), name = call.request().name();
  ChangeShift(
      context, std::move(call), (*ids)[0], name, Anybody(),
      [group = (*ids)[1], person, name](const domain::Shift& shift, absl::Time now) {
        return Named(domain::DecideLeaveGroup(shift, group, person, now), name);
      },
      // Who has left sees no more of it than its name.
      [group = (*ids)[1]](const domain::Shift& shift, v1::SignupGroup* answer) {
        answer->Clear();
        answer->set_name(GroupName(shift.head().id(), group));
        answer->set_shift(domain::ShiftName(shift.head().id()));
        return absl::OkStatus();
      });
}

void GetSignupGroup(const Context& context, CallOf<v1::GetSignupGroupRequest, v1::SignupGroup> call) {
  auto ids = names::Parse("name", kGroup, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string person = SelfOf(context, call.principal());
  auto read = [group = (*ids)[1], person, name = call.request().name()](
                  const domain::Shift& shift, v1::SignupGroup* answer) -> absl::Status {
    if (!shift.Exists()) return refusal::NotFound(name);
    auto found = domain::FindGroup(shift, group);
    if (!found.ok()) return found.status();
    if (*found == nullptr || !domain::IsIn(**found, person)) return refusal::NotFound(name);
    return ShowGroupOf(group)(shift, answer);
  };
  ReadShift(context, std::move(call), (*ids)[0], std::move(read));
}

// All of them under way: what the steps share.
struct TogetherFlow {
  explicit TogetherFlow(TogetherCall given) : call(std::move(given)) {}
  TogetherCall call;
  std::string shift, group, self;
  reservation::Place pivot;
  store::RequestKey key;
  std::string reservation;
  std::vector<domain::EntryCommand> members;
  domain::record::ShiftHead head;
  reservation::Look look;
  absl::Time begun;
  v1::SignUpTogetherResponse answer;
};
using TogetherPtr = std::shared_ptr<TogetherFlow>;

// Those of the group, as long as it is shown; later on the caller's own.
absl::Status EncodeAll(const Context& context, const domain::Shift& shift, TogetherFlow& flow) {
  auto group = domain::FindGroup(shift, flow.group);
  if (!group.ok()) return group.status();
  std::vector<std::string> persons = {flow.self};
  if (*group != nullptr) persons.assign((*group)->persons().begin(), (*group)->persons().end());
  flow.answer.Clear();
  absl::Status status;
  for (const std::string& person : persons) {
    v1::Signup signup;
    status.Update(ShowSignup(context, shift, person, &signup));
    if (!signup.name().empty()) *flow.answer.add_signups() = std::move(signup);
  }
  return status;
}

absl::Status ReadPivot(const Context& context, store::View& view, TogetherFlow& flow) {
  const domain::Shift& shift = ShiftIn(view, flow.pivot.key);
  const std::string& name = flow.call.request().name();
  if (!shift.Exists()) return refusal::NotFound(name);
  auto record = domain::FindRecordIfAny(shift, flow.reservation);
  if (!record.ok()) return record.status();
  if (absl::Status status = EncodeAll(context, shift, flow); !status.ok()) return status;
  auto group = domain::FindGroup(shift, flow.group);
  if (!group.ok()) return group.status();
  flow.look.record.Clear();
  if (*record != nullptr) flow.look.record = **record;
  const bool member = *group != nullptr && domain::IsIn(**group, flow.self);
  if (!member && *record == nullptr) return refusal::NotFound(name);
  flow.begun = context.clock.Now();
  flow.head = shift.head();
  flow.look.full = domain::CheckTogether(shift, flow.group, flow.self, flow.begun);
  // Not known yet is no refusal.
  if (absl::IsUnavailable(flow.look.full)) return flow.look.full;
  if (absl::IsNotFound(flow.look.full)) flow.look.full = refusal::NotFound(name);
  flow.members.clear();
  if (*group == nullptr) return absl::OkStatus();
  for (const std::string& person : (*group)->persons()) {
    // Each is a reservation of its own, decided by the same commit, so that each may withdraw alone.
    const std::string own = person == flow.self ? flow.reservation
                                                : context.keys.MakeId(flow.pivot.partition, flow.key,
                                                                      absl::StrCat("reservation/", person));
    flow.members.push_back({.person = person, .reservation = own});
  }
  return absl::OkStatus();
}

reservation::Plan PlanOf(const Context& context, const TogetherFlow& flow) {
  reservation::Plan plan;
  plan.reservation = flow.reservation;
  plan.pivot_service = kSelf;
  plan.pivot = domain::ShiftName(flow.shift);
  plan.pivot_kind = reservation::v1::SHIFT;
  plan.repeat = flow.call.context().repeat;
  plan.resolve_only = flow.call.context().resolve_only;
  plan.begun = flow.begun;
  std::vector<domain::EntryCommand> members = flow.members;
  std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.person < b.person; });
  for (const domain::EntryCommand& member : members)
    plan.steps.push_back({{{TimeOf(flow.head, member.person), kSelf, &context.desk}}, member.reservation});
  return plan;
}

void Finish(const Context& context, TogetherFlow& flow,
            const absl::StatusOr<reservation::Standing>& standing) {
  absl::Status status = standing.ok() ? reservation::StatusOf(standing->record) : standing.status();
  if (!status.ok()) return flow.call.Fail(WithAlternatives(status, flow.head, context.reads));
  flow.call.Answer(flow.answer, {standing->position, standing->replayed});
}

void Begin(const Context& context, const TogetherPtr& flow) {
  reservation::Desk::Pivot pivot;
  pivot.place = flow->pivot;
  pivot.reservation = flow->reservation;
  pivot.actor = flow->call.principal().name;
  pivot.look = flow->look;
  pivot.begun = flow->begun;
  pivot.decide = [flow](store::View& view, absl::Time now) {
    const std::string& key = flow->pivot.key;
    return EmitAll(view, key, domain::DecideTogether(ShiftIn(view, key), flow->group, flow->members, now));
  };
  pivot.encode = [&context, flow](store::View& view) {
    return EncodeAll(context, ShiftIn(view, flow->pivot.key), *flow);
  };
  reservation::Drive(
      {context.executor, context.random}, PlanOf(context, *flow),
      reservation::MakePivotPort(context.desk, context.settler, std::move(pivot)),
      [&context, flow](absl::StatusOr<reservation::Standing> standing) { Finish(context, *flow, standing); });
}

void SignUpTogether(const Context& context, TogetherCall call) {
  auto ids = names::Parse("name", kGroup, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  auto flow = std::make_shared<TogetherFlow>(std::move(call));
  flow->shift = (*ids)[0];
  flow->group = (*ids)[1];
  flow->self = SelfOf(context, flow->call.principal());
  flow->pivot = ShiftPlace(flow->shift);
  flow->key = context.keys.MakeKey(flow->call.principal().name,
                                   absl::StrCat("SignUpTogether/", flow->shift, "/", flow->group),
                                   flow->call.request().request_id());
  flow->reservation = context.keys.MakeId(flow->pivot.partition, flow->key, "reservation");
  context.engine.Read(
      flow->pivot.partition, {flow->pivot.key},
      [&context, flow](store::View& view) { return ReadPivot(context, view, *flow); },
      [&context, flow](absl::Status status) {
        if (!status.ok()) return flow->call.Fail(status);
        Begin(context, flow);
      });
}

}  // namespace

void AddSignupGroupHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kSignupGroupService, "CreateSignupGroup", CreateSignupGroup);
  Handle(service, context, kSignupGroupService, "JoinSignupGroup", JoinSignupGroup);
  Handle(service, context, kSignupGroupService, "LeaveSignupGroup", LeaveSignupGroup);
  Handle(service, context, kSignupGroupService, "GetSignupGroup", GetSignupGroup);
  Handle(service, context, kSignupGroupService, "SignUpTogether", SignUpTogether);
}

}  // namespace kepu::volunteer
