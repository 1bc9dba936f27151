#include "libs/store/guard.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "libs/refusal/refusal.h"
#include "libs/store/anchor.h"

namespace kepu::store {
namespace {

// Writes the newest record it was given; older ones that wait are skipped.
class AnchorWriter {
 public:
  explicit AnchorWriter(AnchorFile file) : file_(std::move(file)), thread_([this] { Loop(); }) {}
  ~AnchorWriter() { Close(); }

  void Save(AnchorRecord record) {
    const std::lock_guard lock(mutex_);
    next_ = std::move(record);
    wake_.notify_one();
  }
  // What was given last is on disk afterwards.
  void Close() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
      wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
  }

 private:
  void Loop() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return closing_ || next_; });
      if (!next_) return;
      const AnchorRecord record = *std::exchange(next_, std::nullopt);
      lock.unlock();
      // A failed write leaves the older anchor in place, which only makes the check weaker; the next second
      // tries again.
      file_.Save(record).IgnoreError();
      lock.lock();
    }
  }

  AnchorFile file_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<AnchorRecord> next_;
  bool closing_ = false;
  std::thread thread_;
};

class GuardImpl final : public Guard {
 public:
  GuardImpl(RedisStore& store, executor::Executor& executor, GuardOptions options)
      : store_(store),
        executor_(executor),
        options_(std::move(options)),
        file_(options_.anchor_path),
        writer_(AnchorFile(options_.anchor_path)) {}
  ~GuardImpl() override { *alive_ = false; }

  void Start(std::function<void(const absl::Status&)> on_state) override {
    on_state_ = std::move(on_state);
    absl::StatusOr<std::optional<AnchorRecord>> known = file_.Load();
    if (!known.ok()) return Report(known.status());
    if (*known) known_ = **known;
    Open();
  }

  void Recheck() override {
    if (!on_state_) return;
    store_.Refuse(refusal::TryLater(absl::StatusCode::kUnavailable, "STORE_NOT_READY", options_.every));
    Open();
  }

  void LookOnceMore(std::function<void()> done) override {
    if (!state_.ok()) return done();
    store_.Heads([this, alive = alive_, done = std::move(done)](auto heads) {
      if (*alive && heads.ok()) {
        AnchorRecord now{heads->first, std::move(heads->second)};
        if (!known_ || CheckAgainst(*known_, now).ok()) writer_.Save(std::move(now));
      }
      done();
    });
  }

  void Close() override { writer_.Close(); }

 private:
  void Open() {
    if (opening_) return;
    opening_ = true;
    store_.Open([this, alive = alive_](absl::StatusOr<DataSet> opened) {
      if (!*alive) return;
      opening_ = false;
      if (!opened.ok()) return Report(opened.status());
      // Open let commits through; not before the heads were compared.
      store_.Refuse(refusal::TryLater(absl::StatusCode::kUnavailable, "STORE_NOT_READY", options_.every));
      // The clock has its first sample before anything is decided by it.
      store_.Time([this, alive](const absl::StatusOr<absl::Time>& time) {
        if (!*alive) return;
        if (!time.ok()) return Report(time.status());
        Compare(/*first=*/true);
      });
    });
  }

  void Compare(bool first) {
    store_.Heads([this, alive = alive_, first](auto heads) {
      if (!*alive) return;
      if (!heads.ok()) return first ? Report(heads.status()) : Tick();
      AnchorRecord now{heads->first, std::move(heads->second)};
      if (known_) {
        if (absl::Status status = CheckAgainst(*known_, now); !status.ok()) return Report(status);
      }
      writer_.Save(now);
      known_ = std::move(now);
      if (first || !state_.ok()) Report(absl::OkStatus());
      if (!first) Tick();
    });
  }

  // Tells of a change, and keeps looking: most states pass (a Redis that loads, a restore that is under way).
  void Report(absl::Status state) {
    store_.Refuse(state);
    const bool changed = !reported_ || state != state_;
    reported_ = true;
    state_ = std::move(state);
    if (changed) on_state_(state_);
    Tick();
  }

  void Tick() {
    if (ticking_) return;
    ticking_ = true;
    executor_.PostAfter(options_.every, [this, alive = alive_] {
      if (!*alive) return;
      ticking_ = false;
      if (!state_.ok() || !store_.refusal().ok()) return Open();
      store_.Time([](const absl::StatusOr<absl::Time>&) {});
      Compare(/*first=*/false);
    });
  }

  RedisStore& store_;
  executor::Executor& executor_;
  const GuardOptions options_;
  AnchorFile file_;
  AnchorWriter writer_;
  std::function<void(const absl::Status&)> on_state_;
  std::optional<AnchorRecord> known_;
  absl::Status state_ = absl::UnavailableError("not opened yet");
  bool reported_ = false;
  bool opening_ = false;
  bool ticking_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

std::unique_ptr<Guard> MakeGuard(RedisStore& store, executor::Executor& executor, GuardOptions options) {
  return std::make_unique<GuardImpl>(store, executor, std::move(options));
}

}  // namespace kepu::store
