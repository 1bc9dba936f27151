#include "services/volunteer/api/shift_mover.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/driver.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

// Enough to fill a commit's wait, few enough not to be in the way of other callers.
constexpr size_t kAtOnce = 8;

std::string MoveChore(const std::string& id) { return absl::StrCat("move/", id); }

}  // namespace

// Some people of one shift: what the steps share.
struct ShiftMover::Batch {
  struct One {
    domain::LeftBehind left;
    std::string reservation;
    reservation::Look look;
  };
  std::string shift;
  reservation::Place place;
  domain::record::ShiftHead head;
  std::vector<One> people;
  absl::Time begun;
  size_t waiting = 0;
  bool progress = false;
};

void ShiftMover::See(const domain::record::ShiftHead& head) {
  const std::string& id = head.id();
  if (!domain::NeedsMoving(head)) return context_.chores.Done(MoveChore(id));
  context_.chores.Want(MoveChore(id), [this, id] {
    if (going_.insert(id).second) Go(id);
  });
}

void ShiftMover::Go(const std::string& shift) {
  auto batch = std::make_shared<Batch>();
  batch->shift = shift;
  batch->place = ShiftPlace(shift);
  auto read = [this, batch](store::View& view) -> absl::Status {
    const domain::Shift& state = ShiftIn(view, batch->place.key);
    auto left = domain::NextLeftBehind(state);
    if (!left.ok()) return left.status();
    batch->begun = context_.clock.Now();
    batch->head = state.head();
    batch->people.clear();
    // Who was tried before waits for something: they must not keep the others waiting.
    std::stable_sort(left->begin(), left->end(),
                     [](const auto& a, const auto& b) { return a.tries < b.tries; });
    if (left->size() > kAtOnce) left->resize(kAtOnce);
    absl::Status missing;
    for (domain::LeftBehind& one : *left) {
      // All replicas drive the same reservation.
      const store::RequestKey key = context_.keys.MakeKey(
          kSelf, "MoveSignup", absl::StrCat(batch->shift, "/", one.person, "/", one.move, "/", one.tries));
      Batch::One& person = batch->people.emplace_back();
      person.reservation = context_.keys.MakeId(batch->place.partition, key, "reservation");
      person.left = std::move(one);
      auto record = domain::FindRecordIfAny(state, person.reservation);
      if (!record.ok()) missing = record.status();
      if (record.ok() && *record != nullptr) person.look.record = **record;
    }
    return missing;
  };
  context_.engine.Read(batch->place.partition, {batch->place.key}, std::move(read),
                       [this, batch, alive = alive_](const absl::Status& status) {
                         if (!*alive) return;
                         if (!status.ok() || !domain::NeedsMoving(batch->head)) {
                           going_.erase(batch->shift);
                           return;
                         }
                         if (batch->people.empty()) return CloseChunk(batch);
                         batch->waiting = batch->people.size();
                         for (size_t i = 0; i < batch->people.size(); ++i) Drive(batch, i);
                       });
}

void ShiftMover::Drive(const BatchPtr& batch, size_t number) {
  const Batch::One& one = batch->people[number];
  reservation::Desk::Pivot pivot;
  pivot.place = batch->place;
  pivot.reservation = one.reservation;
  pivot.look = one.look;
  pivot.begun = batch->begun;
  pivot.decide = [this, key = batch->place.key, left = one.left, reservation = one.reservation](
                     store::View& view, absl::Time now) {
    return EmitAll(view, key,
                   domain::DecidePersonMoved(ShiftIn(view, key), left, reservation, context_.rules, now));
  };
  reservation::Plan plan;
  plan.reservation = one.reservation;
  plan.pivot_service = kSelf;
  plan.pivot = domain::ShiftName(batch->shift);
  plan.pivot_kind = reservation::v1::SHIFT;
  plan.begun = batch->begun;
  plan.steps.push_back({{{domain::MoveDemand(batch->head, one.left), kSelf, &context_.desk}}});
  reservation::Drive(
      {context_.executor, context_.random}, std::move(plan),
      reservation::MakePivotPort(context_.desk, context_.settler, std::move(pivot)),
      [this, batch, number, alive = alive_](const absl::StatusOr<reservation::Standing>& standing) {
        if (!*alive) return;
        const absl::Status status =
            standing.ok() ? reservation::StatusOf(standing->record) : standing.status();
        if (!status.ok()) return Settle(batch, number, status);
        batch->progress = true;
        Finish(batch);
      });
}

// What is in the way moves itself, or has moved and its old time is free in a moment.
bool ShiftMover::MovesToo(const absl::Status& why) const {
  if (refusal::ReasonOf(why) != "OVERLAPS") return false;
  const std::string with = refusal::ParamOf(why, "with");
  absl::string_view id = with;
  if (!absl::ConsumePrefix(&id, "shifts/")) return false;
  const domain::record::ShiftHead* other = context_.reads.FindShift(id);
  if (other == nullptr) return false;
  const std::string start = absl::FormatTime(absl::FromUnixMicros(other->start_us()), absl::UTCTimeZone());
  return other->state() == v1::Shift::CANCELLED || domain::NeedsMoving(*other) ||
         refusal::ParamOf(why, "start") != start || about_to_move_(*other);
}

void ShiftMover::Settle(const BatchPtr& batch, size_t number, const absl::Status& why) {
  const domain::LeftBehind& left = batch->people[number].left;
  auto changed = std::make_shared<bool>(false);
  context_.desk.Submit(
      batch->place,
      [key = batch->place.key, left, why, moves_too = MovesToo(why), changed](store::View& view,
                                                                              absl::Time now) {
        const auto facts = domain::DecideNotMoved(ShiftIn(view, key), left, why, moves_too, now);
        *changed = facts.ok() && !facts->empty() && !facts->front().consequence().has_move_retried();
        return EmitAll(view, key, facts);
      },
      [](store::View&) { return absl::OkStatus(); },
      [this, batch, changed, alive = alive_](const store::Outcome& outcome) {
        if (!*alive) return;
        batch->progress |= outcome.status.ok() && *changed;
        Finish(batch);
      });
}

void ShiftMover::CloseChunk(const BatchPtr& batch) {
  context_.desk.Submit(
      batch->place,
      [key = batch->place.key](store::View& view, absl::Time now) {
        return EmitAll(view, key, domain::DecideChunkMoved(ShiftIn(view, key), now));
      },
      [](store::View&) { return absl::OkStatus(); },
      [this, batch, alive = alive_](const store::Outcome& outcome) {
        if (!*alive) return;
        batch->waiting = 1;
        batch->progress = outcome.status.ok();
        Finish(batch);
      });
}

// Goes on at once as long as it gets somewhere; otherwise when the chore comes round again.
void ShiftMover::Finish(const BatchPtr& batch) {
  if (--batch->waiting > 0) return;
  if (batch->progress) return Go(batch->shift);
  going_.erase(batch->shift);
}

}  // namespace kepu::volunteer
