#include <memory>

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/volunteer/api/api.h"
#include "services/volunteer/api/entry.h"

namespace kepu::volunteer {
namespace {

// Other shifts named in a refusal: as many as fit on a phone.
constexpr size_t kAlternatives = 3;
constexpr size_t kAlternativesLookedAt = 20;

// One sign-up under way: what its steps share.
struct Flow {
  explicit Flow(CallOf<v1::SignUpRequest, v1::Signup> given) : call(std::move(given)) {}
  CallOf<v1::SignUpRequest, v1::Signup> call;
  std::string person;
  std::string reservation;
  reservation::Place pivot;
  domain::record::ShiftHead head;
  reservation::Look look;
  v1::Signup answer;
  absl::Time begun;
};

absl::Status EncodeSignup(store::View& view, Flow& flow) {
  const domain::Shift& shift = ShiftIn(view, flow.pivot.key);
  auto signup = domain::FindSignup(shift, flow.person);
  if (!signup.ok()) return signup.status();
  flow.answer.Clear();
  if (*signup != nullptr) ToResource(shift.head(), flow.person, **signup, &flow.answer);
  return absl::OkStatus();
}

// The record, the head and whether there is plainly no room, in one validated read.
absl::Status ReadPivot(store::View& view, Flow& flow, absl::Time now) {
  const domain::Shift& shift = ShiftIn(view, flow.pivot.key);
  if (!shift.Exists() || shift.head().unpublished()) return refusal::NotFound(flow.call.request().shift());
  auto record = domain::FindRecordIfAny(shift, flow.reservation);
  if (absl::Status status = EncodeSignup(view, flow); !status.ok()) return status;
  if (!record.ok()) return record.status();
  auto signup = domain::FindSignup(shift, flow.person);
  // The sign-up of this very call is there and its record is not: it was given back and forgotten long ago.
  if (signup.ok() && *signup != nullptr && *record == nullptr &&
      (*signup)->reservation() == flow.reservation) {
    return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "REQUEST_TOO_OLD");
  }
  flow.begun = now;
  flow.head = shift.head();
  flow.look.record.Clear();
  if (*record != nullptr) flow.look.record = **record;
  flow.look.full = domain::CheckSignUp(shift, flow.person, now);
  return absl::OkStatus();
}

// Names open shifts of the same place, nearest in time first.
absl::Status WithAlternatives(const absl::Status& status, const Flow& flow, const ReadModel& reads) {
  const std::string reason = refusal::ReasonOf(status);
  if (reason != "SHIFT_FULL" && reason != "SHIFT_HELD") return status;
  constexpr int64_t kWeekUs = 7 * 24 * 3'600'000'000;
  projection::Catalogue::Page page = reads.shifts().List(
      OpenScope(flow.head.place()), TimeKey(std::max<int64_t>(0, flow.head.start_us() - kWeekUs)),
      kAlternativesLookedAt);
  v1::ListShiftsResponse parsed;
  if (!parsed.ParseFromString(page.bytes)) return status;
  std::vector<std::pair<absl::Duration, std::string>> near;
  for (const v1::Shift& shift : parsed.shifts()) {
    if (shift.name() == flow.call.request().shift()) continue;
    near.emplace_back(
        absl::AbsDuration(TimeOf(shift.start_time()) - absl::FromUnixMicros(flow.head.start_us())),
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

void Finish(const Context& context, Flow& flow, const absl::StatusOr<reservation::Standing>& standing) {
  if (!standing.ok()) return flow.call.Fail(WithAlternatives(standing.status(), flow, context.reads));
  if (absl::Status status = reservation::StatusOf(standing->record); !status.ok()) {
    return flow.call.Fail(WithAlternatives(status, flow, context.reads));
  }
  flow.call.Answer(flow.answer, {standing->position, standing->replayed});
}

void Begin(const Context& context, const std::shared_ptr<Flow>& flow) {
  reservation::Desk::Pivot pivot;
  pivot.place = flow->pivot;
  pivot.reservation = flow->reservation;
  pivot.look = flow->look;
  pivot.begun = flow->begun;
  pivot.decide = [flow](store::View& view, absl::Time now) {
    const std::string& key = flow->pivot.key;
    return EmitAll(view, key, domain::DecideSignUp(ShiftIn(view, key), flow->person, flow->reservation, now));
  };
  pivot.encode = [flow](store::View& view) { return EncodeSignup(view, *flow); };
  reservation::Plan plan;
  plan.reservation = flow->reservation;
  plan.pivot_service = kSelf;
  plan.pivot = domain::ShiftName(flow->head.id());
  plan.pivot_kind = reservation::v1::SHIFT;
  plan.repeat = flow->call.context().repeat;
  plan.resolve_only = flow->call.context().resolve_only;
  plan.begun = flow->begun;
  plan.steps.push_back({{{domain::DemandOf(flow->head, flow->person), kSelf, &context.desk}}});
  reservation::Drive(
      {context.executor, context.random}, std::move(plan),
      reservation::MakePivotPort(context.desk, context.settler, std::move(pivot)),
      [&context, flow](absl::StatusOr<reservation::Standing> standing) { Finish(context, *flow, standing); });
}

}  // namespace

void Api::SignUp(CallOf<v1::SignUpRequest, v1::Signup> call) {
  auto ids = names::Parse("shift", "shifts/*", call.request().shift());
  if (!ids.ok()) return call.Fail(ids.status());
  auto shared = std::make_shared<CallOf<v1::SignUpRequest, v1::Signup>>(std::move(call));
  Entering entering;
  entering.context = shared->context();
  entering.shift = (*ids)[0];
  entering.command.person = Self(shared->principal());
  entering.method = absl::StrCat("SignUp/", (*ids)[0]);
  entering.request_id = shared->request().request_id();
  entering.done = [shared](const auto& signup, rpc::AnswerInfo info) { shared->Finish(signup, info); };
  Enter(context_, std::move(entering));
}

}  // namespace kepu::volunteer
