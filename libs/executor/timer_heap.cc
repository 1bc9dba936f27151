#include "libs/executor/timer_heap.h"

#include <utility>

namespace kepu::executor {
namespace {

constexpr uint32_t kGenerationMask = 0x7fffffff;

TimerId MakeId(uint32_t generation, uint32_t slot) { return uint64_t{generation} << 32 | slot; }

}  // namespace

TimerId TimerHeap::Add(int64_t due_ns, Task task) {
  uint32_t index;
  if (free_slots_.empty()) {
    index = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = free_slots_.back();
    free_slots_.pop_back();
  }
  Slot& slot = slots_[index];
  slot.task = std::move(task);
  slot.used = true;
  heap_.push_back({.due_ns = due_ns, .order = next_order_++, .slot = index});
  slot.place = static_cast<uint32_t>(heap_.size() - 1);
  SiftUp(heap_.size() - 1);
  return MakeId(slot.generation, index);
}

Task TimerHeap::Remove(TimerId id) {
  const uint32_t index = static_cast<uint32_t>(id);
  if (index >= slots_.size()) return nullptr;
  const Slot& slot = slots_[index];
  if (!slot.used || MakeId(slot.generation, index) != id) return nullptr;
  return Take(slot.place);
}

Task TimerHeap::PopDue(int64_t now_ns) {
  if (heap_.empty() || heap_.front().due_ns > now_ns) return nullptr;
  return Take(0);
}

Task TimerHeap::Take(size_t place) {
  const uint32_t index = heap_[place].slot;
  Slot& slot = slots_[index];
  Task task = std::move(slot.task);
  slot.task = nullptr;
  slot.used = false;
  slot.generation = (slot.generation + 1) & kGenerationMask;
  if (slot.generation == 0) slot.generation = 1;  // so that no id is ever 0
  free_slots_.push_back(index);

  const Entry last = heap_.back();
  heap_.pop_back();
  if (place < heap_.size()) {
    Put(place, last);
    SiftUp(place);
    SiftDown(slots_[last.slot].place);
  }
  return task;
}

void TimerHeap::Put(size_t place, const Entry& entry) {
  heap_[place] = entry;
  slots_[entry.slot].place = static_cast<uint32_t>(place);
}

void TimerHeap::SiftUp(size_t place) {
  const Entry entry = heap_[place];
  while (place > 0) {
    const size_t parent = (place - 1) / 2;
    if (!entry.Before(heap_[parent])) break;
    Put(place, heap_[parent]);
    place = parent;
  }
  Put(place, entry);
}

void TimerHeap::SiftDown(size_t place) {
  const Entry entry = heap_[place];
  for (size_t child = 2 * place + 1; child < heap_.size(); child = 2 * place + 1) {
    if (child + 1 < heap_.size() && heap_[child + 1].Before(heap_[child])) ++child;
    if (!heap_[child].Before(entry)) break;
    Put(place, heap_[child]);
    place = child;
  }
  Put(place, entry);
}

}  // namespace kepu::executor
