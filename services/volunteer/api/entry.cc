#include "services/volunteer/api/entry.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/driver.h"
#include "services/volunteer/api/shift_change.h"
#include "services/volunteer/domain/shift_wait.h"

namespace kepu::volunteer {
namespace {

// Other shifts named in a refusal: as many as fit on a phone.
constexpr size_t kAlternatives = 3;
constexpr size_t kAlternativesLookedAt = 20;

// One entry under way: what its steps share.
struct Flow {
  explicit Flow(Entering given) : entering(std::move(given)) {}
  Entering entering;
  reservation::Place pivot;
  domain::record::ShiftHead head;
  reservation::Look look;
  // Id of the claim that sets limits aside; empty: none does.
  std::string over_claim;
  v1::Signup answer;
  absl::Time begun;
  domain::EntryCommand& command() { return entering.command; }
};
using FlowPtr = std::shared_ptr<Flow>;

// The record, the head and whether there is plainly no room, in one validated read.
absl::Status ReadPivot(const Context& context, store::View& view, Flow& flow) {
  const absl::Time now = context.clock.Now();
  const domain::Shift& shift = ShiftIn(view, flow.pivot.key);
  const bool seen = shift.Exists() && (!flow.entering.allowed || flow.entering.allowed(shift.head()));
  if (!seen) return refusal::NotFound(domain::ShiftName(flow.entering.shift));
  auto record = domain::FindRecordIfAny(shift, flow.command().reservation);
  if (absl::Status status = ShowSignup(context, shift, flow.command().person, &flow.answer); !status.ok())
    return status;
  if (!record.ok()) return record.status();
  auto signup = domain::FindSignup(shift, flow.command().person);
  // The sign-up of this very call is there and its record is not: it was given back and forgotten long ago.
  if (signup.ok() && *signup != nullptr && *record == nullptr &&
      (*signup)->reservation() == flow.command().reservation) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "REQUEST_TOO_OLD");
  }
  flow.begun = now;
  flow.head = shift.head();
  flow.look.record.Clear();
  if (*record != nullptr) flow.look.record = **record;
  flow.look.full = domain::CheckEntry(shift, flow.command(), now);
  // Not known yet is no refusal.
  return absl::IsUnavailable(flow.look.full) ? flow.look.full : absl::OkStatus();
}

void Fail(const Context& context, const FlowPtr& flow, const absl::Status& status) {
  const std::string reason = refusal::ReasonOf(status);
  const bool busy = reason == "OVERLAPS" || reason == "TOO_MANY_HOURS";
  if (flow->command().way != domain::Way::kOffer || !busy)
    return flow->entering.done(WithAlternatives(status, flow->head, context.reads), {});
  // They cannot come: the offer goes on to the next. When this is lost it ends by itself.
  auto pass = [flow](store::View& view, absl::Time now) {
    return EmitAll(view, flow->pivot.key,
                   domain::DecideLeaveWait(ShiftIn(view, flow->pivot.key), flow->command().person,
                                           domain::record::WaitChanged::PASSED, now));
  };
  context.desk.Submit(
      flow->pivot, std::move(pass), [](store::View&) { return absl::OkStatus(); },
      [flow, status](const store::Outcome&) { flow->entering.done(status, {}); });
}

void Finish(const Context& context, const FlowPtr& flow,
            const absl::StatusOr<reservation::Standing>& standing) {
  if (!standing.ok()) return Fail(context, flow, standing.status());
  if (absl::Status status = reservation::StatusOf(standing->record); !status.ok())
    return Fail(context, flow, status);
  flow->entering.done(flow->answer, {standing->position, standing->replayed});
}

reservation::Plan PlanOf(const Context& context, Flow& flow) {
  reservation::Plan plan;
  plan.reservation = flow.command().reservation;
  plan.pivot_service = kSelf;
  plan.pivot = domain::ShiftName(flow.head.id());
  plan.pivot_kind = reservation::v1::SHIFT;
  plan.repeat = flow.entering.context.repeat;
  plan.resolve_only = flow.entering.context.resolve_only;
  plan.begun = flow.begun;
  const std::string& person = flow.command().person;
  reservation::Step step{{{TimeOf(flow.head, person, "", flow.command().trainee), kSelf, &context.desk}}};
  if (flow.entering.over_limits) {
    const auto over = TimeOf(flow.head, person, flow.entering.context.principal.name);
    flow.over_claim = reservation::ClaimId(plan.reservation, over);
    step.proposals.push_back({over, kSelf, &context.desk});
  }
  plan.steps.push_back(std::move(step));
  return plan;
}

void Begin(const Context& context, const FlowPtr& flow) {
  reservation::Desk::Pivot pivot;
  pivot.place = flow->pivot;
  pivot.reservation = flow->command().reservation;
  pivot.actor = flow->entering.context.principal.name;
  pivot.look = flow->look;
  pivot.begun = flow->begun;
  pivot.decide = [flow](store::View& view, absl::Time now) {
    const std::string& key = flow->pivot.key;
    return EmitAll(view, key, domain::DecideEntry(ShiftIn(view, key), flow->command(), now));
  };
  pivot.encode = [&context, flow](store::View& view) {
    return ShowSignup(context, ShiftIn(view, flow->pivot.key), flow->command().person, &flow->answer);
  };
  reservation::Plan plan = PlanOf(context, *flow);
  reservation::PivotPort port = reservation::MakePivotPort(context.desk, context.settler, std::move(pivot));
  // Which of the claims was granted says whether limits were set aside.
  port.commit = [flow, commit = std::move(port.commit)](const std::vector<reservation::v1::ClaimRef>& claims,
                                                        reservation::Done<reservation::Standing> done) {
    if (flow->command().override && !claims.empty())
      flow->command().override->set_over_limits(claims[0].claim_id() == flow->over_claim);
    commit(claims, std::move(done));
  };
  reservation::Drive(
      {context.executor, context.random}, std::move(plan), std::move(port),
      [&context, flow](absl::StatusOr<reservation::Standing> standing) { Finish(context, flow, standing); });
}

}  // namespace

// Names open shifts of the same place, nearest in time first.
absl::Status WithAlternatives(const absl::Status& status, const domain::record::ShiftHead& head,
                              const ReadModel& reads) {
  const std::string reason = refusal::ReasonOf(status);
  if (reason != "SHIFT_FULL" && reason != "SHIFT_HELD") return status;
  constexpr int64_t kWeekUs = 7 * 24 * 3'600'000'000;
  projection::Catalogue::Page page =
      reads.shifts().List(OpenScope(head.place()), TimeKey(std::max<int64_t>(0, head.start_us() - kWeekUs)),
                          kAlternativesLookedAt);
  v1::ListShiftsResponse parsed;
  if (!parsed.ParseFromString(page.bytes)) return status;
  std::vector<std::pair<absl::Duration, std::string>> near;
  for (const v1::Shift& shift : parsed.shifts()) {
    if (shift.name() == domain::ShiftName(head.id())) continue;
    near.emplace_back(absl::AbsDuration(TimeOf(shift.start_time()) - absl::FromUnixMicros(head.start_us())),
                      shift.name());
  }
  std::sort(near.begin(), near.end());
  if (near.size() > kAlternatives) near.resize(kAlternatives);
  const std::string names = absl::StrJoin(
      near, ", ", [](std::string* out, const auto& entry) { absl::StrAppend(out, entry.second); });
  return refusal::Refuse(status.code(), reason,
                         {{"name", refusal::ParamOf(status, "name")},
                          {"needed", refusal::ParamOf(status, "needed")},
                          {"alternatives", names}});
}

reservation::v1::Demand TimeOf(const domain::record::ShiftHead& head, absl::string_view person,
                               absl::string_view by, bool trainee) {
  reservation::v1::Demand demand = domain::DemandOf(head, person, trainee);
  if (by.empty()) return demand;
  v1::Duty duty;
  duty.ParseFromString(demand.detail());
  duty.mutable_override()->set_limits(true);
  duty.mutable_override()->set_by(std::string(by));
  demand.set_detail(duty.SerializeAsString());
  // Another claim than the one within the limits.
  demand.set_part("override");
  return demand;
}

void Enter(const Context& context, Entering entering) {
  auto flow = std::make_shared<Flow>(std::move(entering));
  flow->pivot = ShiftPlace(flow->entering.shift);
  // The name of the shift is part of the key: the same request id for another shift is another reservation.
  const store::RequestKey key = context.keys.MakeKey(flow->entering.context.principal.name,
                                                     flow->entering.method, flow->entering.request_id);
  flow->command().reservation = context.keys.MakeId(flow->pivot.partition, key, "reservation");
  context.engine.Read(
      flow->pivot.partition, {flow->pivot.key},
      [&context, flow](store::View& view) { return ReadPivot(context, view, *flow); },
      [&context, flow](absl::Status status) {
        if (!status.ok()) return flow->entering.done(status, {});
        Begin(context, flow);
      });
}

}  // namespace kepu::volunteer
