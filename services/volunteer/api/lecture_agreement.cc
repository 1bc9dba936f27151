// The agreement to a lecture. The first side's is a change of the lecture alone; the second side's is a
// reservation: the expert's time is tried, and the lecture, its pivot, decides. Which of them a call is, the
// commit says: of two sides that agree at the same moment the later takes the expert's time.
#include <memory>

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/driver.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/lectures.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using v1::ConfirmLectureRequest;

struct Agreeing {
  explicit Agreeing(CallOf<ConfirmLectureRequest, v1::LectureRequest> given) : call(std::move(given)) {}
  domain::LectureSide side() const { return call.request().side(); }
  CallOf<ConfirmLectureRequest, v1::LectureRequest> call;
  std::string reservation;
  reservation::Place pivot;
  domain::record::LectureHead head;
  int64_t offer_us = 0;
  reservation::Look look;
  absl::Time begun;
  bool completes = false;
  v1::LectureRequest answer;
};
using AgreeingPtr = std::shared_ptr<Agreeing>;

absl::Status Encode(store::View& view, Agreeing& flow) {
  flow.answer = LectureIn(view, flow.pivot.key).head().lecture();
  return absl::OkStatus();
}

// Somebody else's part answers like an absent lecture.
absl::Status CheckPart(const Context& context, Agreeing& flow, const domain::Lecture& lecture) {
  const std::string& name = flow.call.request().name();
  if (!lecture.Exists()) return refusal::NotFound(name);
  const LecturePart part = PartIn(context, flow.call.principal(), lecture.head());
  const bool may = flow.side() == ConfirmLectureRequest::REQUESTER ? part.requester : part.expert;
  return may ? absl::OkStatus() : refusal::NotFound(name);
}

absl::Status ReadPivot(const Context& context, store::View& view, Agreeing& flow) {
  const domain::Lecture& lecture = LectureIn(view, flow.pivot.key);
  if (absl::Status status = CheckPart(context, flow, lecture); !status.ok()) return status;
  auto record = domain::FindRecordIfAny(lecture, flow.reservation);
  if (!record.ok()) return record.status();
  flow.begun = context.clock.Now();
  flow.head = lecture.head();
  flow.look.record.Clear();
  if (*record != nullptr) flow.look.record = **record;
  flow.offer_us = calendar::MicrosOf(flow.call.request().offer_time());
  flow.look.full = domain::CheckAgree(lecture, flow.offer_us, flow.begun);
  flow.completes = domain::Completes(flow.head, flow.side());
  return Encode(view, flow);
}

void Finish(const AgreeingPtr& flow, const absl::StatusOr<reservation::Standing>& standing) {
  if (!standing.ok()) return flow->call.Fail(standing.status());
  if (absl::Status status = reservation::StatusOf(standing->record); !status.ok())
    return flow->call.Fail(status);
  flow->call.Answer(flow->answer, {standing->position, standing->replayed});
}

// The second side: the expert's time and the agreement, or neither.
void Take(const Context& context, const AgreeingPtr& flow) {
  reservation::Desk::Pivot pivot;
  pivot.place = flow->pivot;
  pivot.reservation = flow->reservation;
  pivot.actor = flow->call.principal().name;
  pivot.look = flow->look;
  pivot.begun = flow->begun;
  pivot.decide = [flow](store::View& view, absl::Time now) {
    const std::string& key = flow->pivot.key;
    return EmitAll(
        view, key,
        domain::DecideAgree(LectureIn(view, key), flow->side(), flow->reservation, flow->offer_us, now));
  };
  pivot.encode = [flow](store::View& view) { return Encode(view, *flow); };
  reservation::Plan plan;
  plan.reservation = flow->reservation;
  plan.pivot_service = kSelf;
  plan.pivot = domain::LectureName(flow->head.id());
  // Like a shift, it comes after people.
  plan.pivot_kind = reservation::v1::SHIFT;
  plan.repeat = flow->call.context().repeat;
  plan.resolve_only = flow->call.context().resolve_only;
  plan.begun = flow->begun;
  plan.steps.push_back({{{domain::DemandOf(flow->head), kSelf, &context.desk}}});
  reservation::Drive({context.executor, context.random}, std::move(plan),
                     reservation::MakePivotPort(context.desk, context.settler, std::move(pivot)),
                     [flow](absl::StatusOr<reservation::Standing> standing) { Finish(flow, standing); });
}

void Look(const Context& context, const AgreeingPtr& flow);

// The first side. The other one may have agreed meanwhile: then this is the second.
void Agree(const Context& context, const AgreeingPtr& flow) {
  auto second = std::make_shared<bool>(false);
  auto decide = [&context, flow, second](store::View& view, absl::Time now) -> absl::Status {
    const std::string& key = flow->pivot.key;
    const domain::Lecture& lecture = LectureIn(view, key);
    if (absl::Status status = CheckPart(context, *flow, lecture); !status.ok()) return status;
    *second = domain::Completes(lecture.head(), flow->side());
    if (*second) return absl::OkStatus();
    return EmitAll(view, key, domain::DecideAgree(lecture, flow->side(), "", flow->offer_us, now));
  };
  auto encode = [flow](store::View& view) { return Encode(view, *flow); };
  context.desk.Submit(flow->pivot, std::move(decide), std::move(encode),
                      [&context, flow, second](const store::Outcome& outcome) {
                        if (!outcome.status.ok()) return flow->call.Fail(outcome.status);
                        if (*second) return Look(context, flow);
                        flow->call.Answer(flow->answer, {outcome.position.Pack(), outcome.replayed});
                      });
}

void Look(const Context& context, const AgreeingPtr& flow) {
  context.engine.Read(
      flow->pivot.partition, {flow->pivot.key},
      [&context, flow](store::View& view) { return ReadPivot(context, view, *flow); },
      [&context, flow](absl::Status status) {
        if (!status.ok()) return flow->call.Fail(status);
        const bool known = reservation::IsDecided(&flow->look.record);
        if (known || flow->completes) return Take(context, flow);
        if (!flow->look.full.ok()) return flow->call.Fail(flow->look.full);
        Agree(context, flow);
      });
}

}  // namespace

void ConfirmLecture(const Context& context, CallOf<ConfirmLectureRequest, v1::LectureRequest> call) {
  auto ids = names::Parse("name", "lectureRequests/*", call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  if (call.request().side() == ConfirmLectureRequest::SIDE_UNSPECIFIED)
    return call.Fail(refusal::BadField("side", "is required"));
  auto flow = std::make_shared<Agreeing>(std::move(call));
  flow->pivot = LecturePlace((*ids)[0]);
  // The same request id for another lecture, or for the other side, is another reservation.
  const store::RequestKey key = context.keys.MakeKey(
      flow->call.principal().name, absl::StrCat("ConfirmLecture/", (*ids)[0], "/", flow->side()),
      flow->call.request().request_id());
  flow->reservation = context.keys.MakeId(flow->pivot.partition, key, "reservation");
  Look(context, flow);
}

}  // namespace kepu::volunteer
