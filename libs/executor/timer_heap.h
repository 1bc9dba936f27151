// Timers ordered by due time, first in first out among equals. A cancelled timer gives its task back at once,
// and a steady state of timers allocates nothing. Owned by an EventLoop; not thread-safe.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "libs/executor/executor.h"

namespace kepu::executor {

class TimerHeap {
 public:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  // Ids never have their top bit set, which leaves room for another kind of id beside them.
  TimerId Add(int64_t due_ns, Task task);

  // The task of a timer that was still waiting, to be destroyed by the caller; empty otherwise.
  Task Remove(TimerId id);

  // The task of the earliest timer that is due at `now_ns`; empty when none is.
  Task PopDue(int64_t now_ns);

  int64_t EarliestDue() const { return heap_.empty() ? kNever : heap_.front().due_ns; }
  size_t size() const { return heap_.size(); }

 private:
  struct Entry {
    int64_t due_ns = 0;
    uint64_t order = 0;
    uint32_t slot = 0;
    bool Before(const Entry& other) const {
      return due_ns != other.due_ns ? due_ns < other.due_ns : order < other.order;
    }
  };
  // A slot is used again and again; its generation tells an old id from the present one.
  struct Slot {
    Task task;
    uint32_t generation = 1;
    uint32_t place = 0;  // in heap_, while `used`
    bool used = false;
  };

  Task Take(size_t place);
  void SiftUp(size_t place);
  void SiftDown(size_t place);
  void Put(size_t place, const Entry& entry);

  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_slots_;
  uint64_t next_order_ = 0;
};

}  // namespace kepu::executor
