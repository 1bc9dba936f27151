#include "libs/executor/sim_executor.h"

#include <algorithm>
#include <utility>

namespace kepu::executor {

void SimExecutor::Post(Task task) {
  const int64_t delay_max_ns = absl::ToInt64Nanoseconds(options_.post_delay_max);
  const uint64_t delay_ns = delay_max_ns > 0 ? random_.Below(static_cast<uint64_t>(delay_max_ns) + 1) : 0;
  Add(now_ns_ + static_cast<int64_t>(delay_ns), std::move(task));
}

TimerId SimExecutor::PostAfter(absl::Duration delay, Task task) {
  return Add(now_ns_ + std::max<int64_t>(0, absl::ToInt64Nanoseconds(delay)), std::move(task));
}

TimerId SimExecutor::Add(int64_t due_ns, Task task) {
  const TimerId id = next_id_++;
  items_[due_ns].push_back({.id = id, .task = std::move(task)});
  due_[id] = due_ns;
  return id;
}

void SimExecutor::Cancel(TimerId timer) {
  const auto due = due_.find(timer);
  if (due == due_.end()) return;
  const auto bucket = items_.find(due->second);
  due_.erase(due);
  auto& waiting = bucket->second;
  const auto item =
      std::find_if(waiting.begin(), waiting.end(), [&](const Item& i) { return i.id == timer; });
  // The task is destroyed last: its destructor may cancel others.
  const Task cancelled = std::move(item->task);
  waiting.erase(item);
  if (waiting.empty()) items_.erase(bucket);
}

bool SimExecutor::Step() {
  if (items_.empty()) return false;
  const auto bucket = items_.begin();
  auto& waiting = bucket->second;
  now_ns_ = std::max(now_ns_, bucket->first);
  if (options_.shuffle && waiting.size() > 1) {
    std::swap(waiting.front(), waiting[static_cast<size_t>(random_.Below(waiting.size()))]);
  }
  Item item = std::move(waiting.front());
  waiting.pop_front();
  if (waiting.empty()) items_.erase(bucket);
  due_.erase(item.id);
  ++steps_;
  Note(static_cast<uint64_t>(now_ns_));
  Note(item.id);
  item.task();
  return true;
}

bool SimExecutor::RunUntilIdle(size_t steps_max) {
  for (size_t i = 0; i < steps_max; ++i) {
    if (!Step()) return true;
  }
  return items_.empty();
}

void SimExecutor::RunFor(absl::Duration span) {
  const int64_t end_ns = now_ns_ + absl::ToInt64Nanoseconds(span);
  while (!items_.empty() && items_.begin()->first <= end_ns) Step();
  now_ns_ = std::max(now_ns_, end_ns);
}

bool SimExecutor::RunUntil(const std::function<bool()>& done, absl::Duration span) {
  const int64_t end_ns = now_ns_ + absl::ToInt64Nanoseconds(span);
  while (!done()) {
    if (items_.empty() || items_.begin()->first > end_ns) return false;
    Step();
  }
  return true;
}

void SimExecutor::Note(absl::string_view text) {
  Note(text.size());
  for (const char c : text) Note(static_cast<uint64_t>(static_cast<unsigned char>(c)));
}

uint64_t SimExecutor::Mix(uint64_t value) {
  SeededRandom mixer(value);
  return mixer.Next();
}

}  // namespace kepu::executor
