#include "libs/executor/event_loop.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace kepu::executor {
namespace {

// Tasks and timers run in one turn before sockets are looked at and what was gathered is sent, so that a long
// queue of small tasks does not keep Redis idle.
constexpr size_t kTasksPerTurn = 256;

// Descriptors reported in one turn; a process has a handful, the rest come in the next turn.
constexpr int kEventsPerTurn = 64;

// Turns that Stop gives to tasks which post further tasks; beyond, they are taken to go on for ever.
constexpr int kDrainTurns = 10000;

// Tasks that have run are cleared away when they are this many, so that a queue which never runs empty does
// not grow.
constexpr size_t kRunTasksKept = 4096;

constexpr TimerId kRemoteBit = uint64_t{1} << 63;

// The process cannot work without these; there is nobody to report to.
void Require(bool ok, const char* what) {
  if (ok) return;
  fprintf(stderr, "event loop: %s: %s\n", what, strerror(errno));
  abort();
}

int64_t DueNanos(int64_t now_ns, absl::Duration delay) {
  const int64_t delay_ns = std::max<int64_t>(0, absl::ToInt64Nanoseconds(delay));
  return delay_ns > TimerHeap::kNever - 1 - now_ns ? TimerHeap::kNever - 1 : now_ns + delay_ns;
}

uint32_t ToEpoll(uint32_t events) {
  return ((events & EventLoop::kReadable) != 0 ? uint32_t{EPOLLIN} | EPOLLRDHUP : 0) |
         ((events & EventLoop::kWritable) != 0 ? uint32_t{EPOLLOUT} : 0);
}

}  // namespace

EventLoop::EventLoop() : turn_ns_(SteadyNanos()) {
  epoll_fd_ = epoll_create1(EPOLL_CLOEXEC);
  Require(epoll_fd_ >= 0, "epoll_create1");
  wake_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  Require(wake_fd_ >= 0, "eventfd");
  // Edge-triggered, so that the loop never has to read the descriptor: each write is an event of its own.
  epoll_event event = {};
  event.events = uint32_t{EPOLLIN} | EPOLLET;
  event.data.u64 = static_cast<uint32_t>(wake_fd_);
  Require(epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event) == 0, "epoll_ctl");
}

EventLoop::~EventLoop() {
  Stop();
  close(wake_fd_);
  close(epoll_fd_);
}

void EventLoop::Start() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (running_ || closed_) return;
    running_ = true;
  }
  thread_ = std::thread([this] { Run(); });
}

void EventLoop::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    if (!running_) closed_ = true;
  }
  Wake();
  if (thread_.joinable()) thread_.join();
  // What is left was posted too late or is a timer. It is destroyed here, where destructors may still post.
  TakeIncoming();
  ready_.clear();
  ready_begin_ = 0;
  turn_end_.clear();
  remote_timers_.clear();
  while (timers_.PopDue(TimerHeap::kNever) != nullptr) {
  }
}

bool EventLoop::InLoop() const {
  return thread_id_.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

void EventLoop::Post(Task task) {
  if (InLoop()) {
    ready_.push_back(std::move(task));
    return;
  }
  PushIncoming({.task = std::move(task)});
}

TimerId EventLoop::PostAfter(absl::Duration delay, Task task) {
  const int64_t due_ns = DueNanos(SteadyNanos(), delay);
  if (InLoop()) return timers_.Add(due_ns, std::move(task));
  const TimerId id = kRemoteBit | next_remote_timer_.fetch_add(1, std::memory_order_relaxed);
  PushIncoming({.task = std::move(task), .due_ns = due_ns, .timer = id});
  return id;
}

void EventLoop::Cancel(TimerId timer) {
  if ((timer & kRemoteBit) == 0) {
    timers_.Remove(timer);
    return;
  }
  if (auto it = remote_timers_.find(timer); it != remote_timers_.end()) {
    const TimerId id = it->second;
    remote_timers_.erase(it);
    timers_.Remove(id);
    return;
  }
  // Posted elsewhere and not taken over yet.
  Task cancelled;
  std::lock_guard<std::mutex> lock(mutex_);
  auto it =
      std::find_if(incoming_.begin(), incoming_.end(), [&](const Incoming& i) { return i.timer == timer; });
  if (it == incoming_.end()) return;
  cancelled = std::move(it->task);
  incoming_.erase(it);
}

int64_t EventLoop::SteadyNanos() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

absl::Time EventLoop::SteadyNow() const { return absl::FromUnixNanos(SteadyNanos()); }

void EventLoop::RunAndWait(Task task) {
  bool has_thread;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    has_thread = running_ && !closed_;
  }
  if (InLoop() || !has_thread) return task();
  struct Latch {
    std::mutex mutex;
    std::condition_variable condition;
    bool done = false;
  } latch;
  const bool taken = PushIncoming({.task = [&task, &latch] {
    task();
    std::lock_guard<std::mutex> lock(latch.mutex);
    latch.done = true;
    latch.condition.notify_one();
  }});
  // Closed meanwhile: no task runs there any more.
  if (!taken) return task();
  std::unique_lock<std::mutex> lock(latch.mutex);
  latch.condition.wait(lock, [&] { return latch.done; });
}

bool EventLoop::PushIncoming(Incoming&& item) {
  bool wake;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closed_) return false;
    incoming_.push_back(std::move(item));
    wake = asleep_;
    asleep_ = false;
  }
  if (wake) Wake();
  return true;
}

void EventLoop::Wake() {
  const uint64_t one = 1;
  // Fails only when the counter is full, and then the loop has been woken often enough.
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof one);
}

void EventLoop::Run() {
  thread_id_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  pthread_setname_np(pthread_self(), "executor");
  for (int drain_turns = 0;;) {
    RunTurn();
    bool stopping;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopping = stopping_;
    }
    if (!stopping) continue;
    if (TryClose()) break;
    if (++drain_turns > kDrainTurns) {
      fprintf(stderr, "event loop: tasks post tasks without end; stopping all the same\n");
      std::lock_guard<std::mutex> lock(mutex_);
      closed_ = true;
      break;
    }
  }
  thread_id_.store({}, std::memory_order_relaxed);
}

bool EventLoop::TryClose() {
  if (ready_begin_ < ready_.size() || !turn_end_.empty()) return false;
  std::lock_guard<std::mutex> lock(mutex_);
  const bool tasks_left =
      std::any_of(incoming_.begin(), incoming_.end(), [](const Incoming& item) { return item.timer == 0; });
  if (tasks_left) return false;
  closed_ = true;
  return true;
}

void EventLoop::RunTurn() {
  epoll_event events[kEventsPerTurn];
  const int count = epoll_wait(epoll_fd_, events, kEventsPerTurn, PrepareToWait());
  Require(count >= 0 || errno == EINTR, "epoll_wait");
  turn_ns_ = SteadyNanos();
  for (int i = 0; i < count; ++i) {
    const uint64_t data = events[i].data.u64;
    Dispatch(static_cast<int>(data & 0xffffffff), static_cast<uint32_t>(data >> 32), events[i].events);
  }
  TakeIncoming();
  RunTimers();
  RunTasks();
  turn_end_running_.swap(turn_end_);
  for (Task& task : turn_end_running_) task();
  turn_end_running_.clear();
  unwatched_.clear();
}

int EventLoop::PrepareToWait() {
  if (ready_begin_ < ready_.size() || !turn_end_.empty()) return 0;
  int timeout_ms = -1;
  if (const int64_t due_ns = timers_.EarliestDue(); due_ns != TimerHeap::kNever) {
    // Rounded up: a timer that wakes the loop too early would make it spin.
    const int64_t wait_ms = (std::max<int64_t>(0, due_ns - SteadyNanos()) + 999999) / 1000000;
    constexpr int64_t kWaitMsMax = 60 * 60 * 1000;
    timeout_ms = static_cast<int>(std::min(wait_ms, kWaitMsMax));
    if (timeout_ms == 0) return 0;
  }
  std::lock_guard<std::mutex> lock(mutex_);
  if (!incoming_.empty() || stopping_) return 0;
  asleep_ = true;
  return timeout_ms;
}

void EventLoop::Dispatch(int fd, uint32_t serial, uint32_t epoll_events) {
  if (fd == wake_fd_) return;
  // A callback that ran before may have unwatched the descriptor, or closed it and opened another of the same
  // number.
  if (static_cast<size_t>(fd) >= watchers_.size()) return;
  Watcher* watcher = watchers_[static_cast<size_t>(fd)].get();
  if (watcher == nullptr || watcher->serial != serial) return;
  const bool broken = (epoll_events & (uint32_t{EPOLLERR} | EPOLLHUP)) != 0;
  const uint32_t ready = ((epoll_events & (uint32_t{EPOLLIN} | EPOLLRDHUP)) != 0 || broken ? kReadable : 0) |
                         ((epoll_events & EPOLLOUT) != 0 || broken ? kWritable : 0);
  watcher->callback(ready);
}

void EventLoop::TakeIncoming() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    asleep_ = false;
    taken_.swap(incoming_);
  }
  for (Incoming& item : taken_) {
    if (item.timer == 0) {
      ready_.push_back(std::move(item.task));
      continue;
    }
    const TimerId id = item.timer;
    remote_timers_[id] = timers_.Add(item.due_ns, [this, id, task = std::move(item.task)]() mutable {
      remote_timers_.erase(id);
      task();
    });
  }
  taken_.clear();
}

void EventLoop::RunTimers() {
  for (size_t i = 0; i < kTasksPerTurn; ++i) {
    Task task = timers_.PopDue(turn_ns_);
    if (task == nullptr) return;
    task();
  }
}

void EventLoop::RunTasks() {
  // Tasks posted meanwhile wait for the next turn.
  const size_t end = std::min(ready_.size(), ready_begin_ + kTasksPerTurn);
  while (ready_begin_ < end) {
    Task task = std::move(ready_[ready_begin_++]);
    task();
  }
  if (ready_begin_ == ready_.size()) {
    ready_.clear();
    ready_begin_ = 0;
  } else if (ready_begin_ >= kRunTasksKept) {
    ready_.erase(ready_.begin(), std::next(ready_.begin(), static_cast<ptrdiff_t>(ready_begin_)));
    ready_begin_ = 0;
  }
}

void EventLoop::Watch(int fd, uint32_t events, WatchCallback callback) {
  const size_t index = static_cast<size_t>(fd);
  if (watchers_.size() <= index) watchers_.resize(index + 1);
  if (watchers_[index] != nullptr) Unwatch(fd);
  watchers_[index] = std::make_unique<Watcher>();
  watchers_[index]->callback = std::move(callback);
  watchers_[index]->serial = next_serial_++;
  epoll_event event = {};
  event.events = ToEpoll(events);
  event.data.u64 = uint64_t{watchers_[index]->serial} << 32 | static_cast<uint32_t>(fd);
  Require(epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl add");
}

void EventLoop::ChangeWatch(int fd, uint32_t events) {
  epoll_event event = {};
  event.events = ToEpoll(events);
  event.data.u64 = uint64_t{watchers_[static_cast<size_t>(fd)]->serial} << 32 | static_cast<uint32_t>(fd);
  Require(epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event) == 0, "epoll_ctl modify");
}

void EventLoop::Unwatch(int fd) {
  const size_t index = static_cast<size_t>(fd);
  if (index >= watchers_.size() || watchers_[index] == nullptr) return;
  Require(epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr) == 0, "epoll_ctl remove");
  unwatched_.push_back(std::move(watchers_[index]));
}

}  // namespace kepu::executor
