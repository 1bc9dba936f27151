#include "services/volunteer/api/chores.h"

#include <utility>

namespace kepu::volunteer {
namespace {

constexpr absl::Duration kPauseMin = absl::Seconds(2);
constexpr uint64_t kPauseSpreadMs = 3000;

}  // namespace

void Chores::Want(const std::string& id, std::function<void()> attempt) {
  auto [it, added] = attempts_.try_emplace(id, nullptr);
  if (!added) return;
  it->second = std::make_shared<std::function<void()>>(std::move(attempt));
  Later(id);
}

void Chores::Now(const std::string& id) {
  auto it = attempts_.find(id);
  if (it == attempts_.end()) return;
  const auto attempt = it->second;  // may be erased by what it does
  (*attempt)();
}

void Chores::Later(const std::string& id) {
  const absl::Duration pause =
      kPauseMin + absl::Milliseconds(static_cast<int64_t>(random_.Below(kPauseSpreadMs)));
  executor_.PostAfter(pause, [this, id, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.expired() || !attempts_.contains(id)) return;
    Now(id);
    if (attempts_.contains(id)) Later(id);
  });
}

}  // namespace kepu::volunteer
