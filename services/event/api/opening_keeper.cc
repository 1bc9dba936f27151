#include "services/event/api/opening_keeper.h"

#include <algorithm>

#include "libs/names/names.h"
#include "services/event/api/target.h"
#include "services/event/api/turn.h"
#include "services/event/domain/opening.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

// The store's clock may be set, and an opening be moved: the second is looked for at least so often.
constexpr absl::Duration kLook = absl::Seconds(5);
// After a commit that failed, or with the workers busy.
constexpr absl::Duration kAgain = absl::Milliseconds(500);

}  // namespace

void OpeningKeeper::See(const std::string& id) {
  const auto head = context_.read_model.openings().Find(id);
  if (!head || head->cancelled()) return;
  if (domain::IsDrawn(*head)) return Order(id);
  Wake(id, std::clamp(domain::OpensAt(*head) - context_.clock.Now(), absl::ZeroDuration(), kLook));
}

void OpeningKeeper::Wake(const std::string& id, absl::Duration delay) {
  if (!waiting_.insert(id).second) return;
  context_.executor.PostAfter(delay, [this, alive = alive_, id] {
    if (!*alive) return;
    waiting_.erase(id);
    const auto head = context_.read_model.openings().Find(id);
    const bool due = head && !head->cancelled() && !domain::IsDrawn(*head) && context_.ready &&
                     context_.clock.Now() >= domain::OpensAt(*head);
    if (due) return Draw(id);
    if (head && !context_.ready) return Wake(id, kAgain);
    See(id);
  });
}

void OpeningKeeper::Draw(const std::string& id) {
  const std::string key = OpeningKey(id);
  context_.desk.Submit(
      {names::PartitionOf(id), key},
      [key, secret = OpeningSecret(context_.keys, id)](store::View& view, absl::Time now) {
        const auto& opening = dynamic_cast<const domain::Opening&>(view.Get(key));
        return EmitAll(view, key, domain::DecideDrawOpening(opening, secret, now));
      },
      [](store::View&) { return absl::OkStatus(); },
      [this, alive = alive_, id](const store::Outcome&) {
        // Whatever came of it: when the log tells of the draw, there is nothing left to do.
        if (*alive) Wake(id, kAgain);
      });
}

void OpeningKeeper::Order(const std::string& id) {
  if (!ordering_.insert(id).second) return;
  auto draw = context_.read_model.openings().ToOrder(id);
  if (!draw) {
    ordering_.erase(id);
    return;
  }
  const absl::Status status =
      workers_.Run([this, alive = alive_, &executor = context_.executor, id, work = *std::move(draw)] {
        auto order = std::make_shared<std::vector<std::string>>(domain::DrawnOrder(work.seed, work.ids));
        executor.Post([this, alive, id, order] {
          if (!*alive) return;
          ordering_.erase(id);
          context_.read_model.openings().SetOrder(id, std::move(*order));
        });
      });
  if (status.ok()) return;
  ordering_.erase(id);
  Wake(id, kAgain);
}

}  // namespace kepu::event
