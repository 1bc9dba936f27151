#include "libs/chores/chores.h"

#include <utility>

namespace kepu::chores {
namespace {

constexpr uint64_t kFirstPauseMs = 1000;
constexpr absl::Duration kPauseMin = absl::Seconds(2);
constexpr uint64_t kPauseSpreadMs = 3000;

absl::Duration Below(executor::Random& random, uint64_t ms) {
  return absl::Milliseconds(static_cast<int64_t>(random.Below(ms)));
}

}  // namespace

void Chores::Want(const std::string& id, std::function<void()> attempt) {
  auto [it, added] = attempts_.try_emplace(id, nullptr);
  if (!added) return;
  it->second = std::make_shared<std::function<void()>>(std::move(attempt));
  Later(id, Below(random_, kFirstPauseMs));
}

void Chores::Attempt(const std::string& id) {
  auto it = attempts_.find(id);
  if (it == attempts_.end()) return;
  Later(id, kPauseMin + Below(random_, kPauseSpreadMs));
  const auto attempt = it->second;  // may be erased by what it does
  (*attempt)();
}

void Chores::Later(const std::string& id, absl::Duration pause) {
  executor_.PostAfter(pause, [this, id, alive = std::weak_ptr<bool>(alive_)] {
    if (!alive.expired()) Attempt(id);
  });
}

}  // namespace kepu::chores
