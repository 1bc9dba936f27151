// The executor of production: one thread that runs posted tasks, timers and the callbacks of watched sockets,
// in turns. Posting from the loop itself takes no lock and no system call; posting from elsewhere wakes the
// loop only when it sleeps. Owned by the composition root, and outlives everything that posts to it. Post,
// PostAfter, SteadyNow, InLoop and RunAndWait are thread-safe; the rest belongs to the loop's thread, or to
// anyone while the loop does not run.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/executor/timer_heap.h"

namespace kepu::executor {

class EventLoop final : public Executor {
 public:
  // What a watched descriptor is ready for. A broken or closed one is reported as ready for everything
  // watched.
  static constexpr uint32_t kReadable = 1;
  static constexpr uint32_t kWritable = 2;
  using WatchCallback = absl::AnyInvocable<void(uint32_t events)>;

  EventLoop();
  // Stops first.
  ~EventLoop() override;
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Starts the thread; once.
  void Start();

  // Runs what is posted, forgets timers, and joins. What is posted later is destroyed unrun. Not from the
  // loop's thread.
  void Stop();

  void Post(Task task) override;
  TimerId PostAfter(absl::Duration delay, Task task) override;
  void Cancel(TimerId timer) override;
  absl::Time SteadyNow() const override;

  // True on the loop's thread.
  bool InLoop() const;

  // Runs `task` on the loop and returns when it has run; directly when this is the loop's thread, or when the
  // loop has not been started or was stopped.
  void RunAndWait(Task task);

  // Runs `task` once at the end of this turn, after everything else of it: the place to send what a turn has
  // gathered.
  void AtTurnEnd(Task task) { turn_end_.push_back(std::move(task)); }

  // SteadyNow as a bare number, for what asks at every command.
  static int64_t SteadyNanos();

  // Calls `callback` in each turn in which `fd` is ready for one of `events`. One watch per descriptor. The
  // callback may unwatch any descriptor, its own too.
  void Watch(int fd, uint32_t events, WatchCallback callback);
  void ChangeWatch(int fd, uint32_t events);
  void Unwatch(int fd);

 private:
  struct Incoming {
    Task task;
    int64_t due_ns = 0;  // of timers
    TimerId timer = 0;   // 0: a task
  };
  struct Watcher {
    WatchCallback callback;
    uint32_t serial = 0;
  };

  void Run();
  void RunTurn();
  // Milliseconds epoll may wait; announces to posters that the loop sleeps when that is not 0.
  int PrepareToWait();
  void Dispatch(int fd, uint32_t serial, uint32_t epoll_events);
  void TakeIncoming();
  void RunTimers();
  void RunTasks();
  // True when nothing posted is left; from then on nothing is taken.
  bool TryClose();
  // False, with the item untouched, when the loop is closed.
  bool PushIncoming(Incoming&& item);
  void Wake();

  int epoll_fd_ = -1;
  int wake_fd_ = -1;
  std::thread thread_;
  std::atomic<std::thread::id> thread_id_{};
  std::atomic<uint64_t> next_remote_timer_{1};

  // Guarded by mutex_: what other threads leave for the loop.
  std::mutex mutex_;
  std::vector<Incoming> incoming_;
  bool asleep_ = false;
  bool stopping_ = false;
  bool running_ = false;
  bool closed_ = false;

  // Of the loop's thread.
  std::vector<Incoming> taken_;
  std::vector<Task> ready_;
  size_t ready_begin_ = 0;  // tasks before it have run
  std::vector<Task> turn_end_;
  std::vector<Task> turn_end_running_;
  TimerHeap timers_;
  absl::flat_hash_map<TimerId, TimerId> remote_timers_;  // ids given to other threads -> ids of the heap
  std::vector<std::unique_ptr<Watcher>> watchers_;       // by descriptor
  std::vector<std::unique_ptr<Watcher>> unwatched_;      // kept until the turn ends: one may be running
  uint32_t next_serial_ = 1;
  int64_t turn_ns_ = 0;
};

}  // namespace kepu::executor
