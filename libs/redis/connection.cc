#include "libs/redis/connection.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/redis/backoff.h"
#include "libs/redis/outcome.h"

namespace kepu::redis {
namespace {

using executor::EventLoop;

// Read at once; Redis writes at most 64 KB to one connection per turn of its own.
constexpr size_t kReadBytes = size_t{64} * 1024;

// Read in one turn before other connections and tasks get theirs.
constexpr size_t kReadBytesPerTurn = size_t{1024} * 1024;

// An output buffer that grew beyond this is given back once it is empty.
constexpr size_t kOutBytesKept = size_t{1024} * 1024;

// More attempts than change anything.
constexpr int kAttemptsCounted = 30;

absl::Status Errno(absl::string_view what, int error) {
  char text[128];
  return absl::UnavailableError(absl::StrCat("redis: ", what, ": ", strerror_r(error, text, sizeof text)));
}

}  // namespace

Connection::Connection(EventLoop& loop, executor::Random& random, const Options& options,
                       const Address& address, Owner& owner)
    : loop_(loop), random_(random), options_(options), address_(address), owner_(owner) {}

Connection::~Connection() { Close(); }

void Connection::Connect() {
  attempt_timer_ = 0;
  if (state_ == State::kClosed) return;
  if (down_since_ns_ == 0) down_since_ns_ = EventLoop::SteadyNanos();
  const absl::StatusOr<int> fd = BeginConnect(address_);
  if (!fd.ok()) return Break(fd.status());
  fd_ = *fd;
  state_ = State::kConnecting;
  loop_.Watch(fd_, EventLoop::kReadable | EventLoop::kWritable,
              [this](uint32_t events) { OnEvents(events); });
  attempt_timer_ = loop_.PostAfter(options_.connect_timeout, [this] {
    attempt_timer_ = 0;
    Break(absl::UnavailableError("redis: no connection within the time for it"));
  });
}

void Connection::OnEvents(uint32_t events) {
  if (state_ == State::kConnecting) {
    if (const absl::Status status = ConnectResult(fd_); !status.ok()) return Break(status);
    loop_.ChangeWatch(fd_, EventLoop::kReadable);
    return Greet();
  }
  const uint64_t serial = serial_;
  if (blocked_ && (events & EventLoop::kWritable) != 0) {
    blocked_ = false;
    loop_.ChangeWatch(fd_, EventLoop::kReadable);
    Flush();
  }
  if (serial == serial_ && (events & EventLoop::kReadable) != 0) Read();
}

// AUTH first, and a PING that tells a Redis which is there from one that still loads its data.
void Connection::Greet() {
  state_ = State::kGreeting;
  greetings_left_ = 1;
  if (!options_.password.empty()) {
    Command auth("AUTH");
    if (!options_.user.empty()) auth.Add(options_.user);
    auth.Add(options_.password).AppendTo(&out_);
    ++greetings_left_;
  }
  Command("PING").AppendTo(&out_);
  Flush();
}

void Connection::OnGreeting(const Reply& reply) {
  if (reply.is_error()) return Break(absl::UnavailableError(absl::StrCat("redis: refused us: ", reply.text)));
  if (--greetings_left_ > 0) return;
  loop_.Cancel(attempt_timer_);
  attempt_timer_ = 0;
  state_ = State::kGreeted;
  open_since_ns_ = EventLoop::SteadyNanos();
  owner_.OnGreeted();
}

void Connection::Enqueue(Command command, absl::Duration timeout, Done done) {
  const int64_t now_ns = EventLoop::SteadyNanos();
  const int64_t timeout_ns = std::max<int64_t>(0, absl::ToInt64Nanoseconds(timeout));
  if (state_ == State::kClosed) return FailLater(std::move(done), NotRun("the client is shut down"));
  if (state_ == State::kOpen) {
    if (pending_.size() >= options_.calls_max ||
        out_.size() - out_sent_ + command.bytes() > options_.unsent_bytes_max) {
      return FailLater(std::move(done), NotRun("too many calls wait"));
    }
    return Send(command, now_ns, timeout_ns, std::move(done));
  }
  if (now_ns >= GraceEnd()) {
    return FailLater(std::move(done), NotRun(absl::StrCat("not connected (", last_trouble_.message(), ")")));
  }
  if (waiting_.size() >= options_.calls_max || waiting_bytes_ + command.bytes() > options_.unsent_bytes_max) {
    return FailLater(std::move(done), NotRun("too many calls wait"));
  }
  waiting_bytes_ += command.bytes();
  const int64_t deadline_ns = now_ns + timeout_ns;
  waiting_.push_back({std::move(command), std::move(done), deadline_ns});
  CheckBy(std::min(deadline_ns, GraceEnd()));
}

void Connection::Send(const Command& command, int64_t now_ns, int64_t timeout_ns, Done done) {
  command.AppendTo(&out_);
  const int64_t limit_ns = std::max(timeout_ns, absl::ToInt64Nanoseconds(options_.operation_limit));
  pending_.Push({.done = std::move(done),
                 .deadline_ns = now_ns + timeout_ns,
                 .late_ns = now_ns + limit_ns,
                 .stream_end = stream_begin_ + out_.size()});
  CheckBy(now_ns + timeout_ns);
  if (dirty_) return;
  dirty_ = true;
  owner_.OnDirty(*this);
}

void Connection::SendWaiting() {
  if (state_ != State::kOpen) return;
  const int64_t now_ns = EventLoop::SteadyNanos();
  waiting_bytes_ = 0;
  for (Waiting& call : std::exchange(waiting_, {})) {
    if (call.deadline_ns <= now_ns) {
      FailLater(std::move(call.done), absl::DeadlineExceededError("redis: no connection in time"));
    } else {
      Send(call.command, now_ns, call.deadline_ns - now_ns, std::move(call.done));
    }
  }
}

void Connection::Flush() {
  dirty_ = false;
  if (fd_ < 0 || blocked_) return;
  while (out_sent_ < out_.size()) {
    const ssize_t sent = send(fd_, out_.data() + out_sent_, out_.size() - out_sent_, MSG_NOSIGNAL);
    if (sent >= 0) {
      out_sent_ += static_cast<size_t>(sent);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      blocked_ = true;
      loop_.ChangeWatch(fd_, EventLoop::kReadable | EventLoop::kWritable);
      if (out_sent_ > out_.size() / 2) {
        out_.erase(0, out_sent_);
        stream_begin_ += out_sent_;
        out_sent_ = 0;
      }
      return;
    } else if (errno != EINTR) {
      // Replies that came before the other end closed are still there, and turn "unknown" into answers.
      const absl::Status status = Errno("send", errno);
      const uint64_t serial = serial_;
      Read();
      if (serial == serial_) Break(status);
      return;
    }
  }
  stream_begin_ += out_.size();
  out_sent_ = 0;
  out_.clear();
  if (out_.capacity() > kOutBytesKept) out_.shrink_to_fit();
}

void Connection::Read() {
  char buffer[kReadBytes];
  for (size_t total = 0; total < kReadBytesPerTurn;) {
    const ssize_t received = recv(fd_, buffer, sizeof buffer, 0);
    if (received == 0) return Break(absl::UnavailableError("redis: closed by the server"));
    if (received < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return;
      return Break(Errno("receive", errno));
    }
    const size_t size = static_cast<size_t>(received);
    total += size;
    if (const absl::Status status = reader_.Feed({buffer, size}); !status.ok()) return Break(status);
    if (!TakeReplies()) return;
    if (size < sizeof buffer) return;
  }
}

bool Connection::TakeReplies() {
  const uint64_t serial = serial_;
  Reply reply;
  while (true) {
    const absl::StatusOr<bool> complete = reader_.Next(&reply);
    if (!complete.ok()) {
      Break(complete.status());
      return false;
    }
    if (!*complete) return true;
    if (state_ == State::kGreeting) {
      OnGreeting(reply);
    } else if (pending_.empty()) {
      Break(absl::UnavailableError(
          absl::StrCat("redis: a reply that nobody asked for: ", reply.text.substr(0, 80))));
    } else {
      Pending::Call call = pending_.PopOldest();
      if (call.done != nullptr) call.done(std::move(reply));
    }
    if (serial != serial_) return false;
  }
}

void Connection::FailLater(Done done, absl::Status status) {
  loop_.Post([done = std::move(done), status = std::move(status)]() mutable { done(std::move(status)); });
}

void Connection::Break(const absl::Status& why) {
  const int64_t now_ns = EventLoop::SteadyNanos();
  if (state_ == State::kOpen || state_ == State::kGreeted) {
    // Only one that has stayed for a while is a success: otherwise a server that takes us and drops us would
    // see us come back without pause.
    if (now_ns - open_since_ns_ >= absl::ToInt64Nanoseconds(options_.backoff_max)) attempts_ = 0;
    if (state_ == State::kOpen) down_since_ns_ = now_ns;
  }
  state_ = State::kDown;
  last_trouble_ = why;
  ScheduleAttempt();
  owner_.OnTrouble(why);
  Abandon(why);
}

void Connection::ScheduleAttempt() {
  loop_.Cancel(attempt_timer_);
  const absl::Duration pause = BackoffPause(attempts_, options_.backoff_min, options_.backoff_max, random_);
  attempts_ = std::min(attempts_ + 1, kAttemptsCounted);
  attempt_timer_ = loop_.PostAfter(pause, [this] { Connect(); });
}

void Connection::Abandon(const absl::Status& why) {
  ++serial_;
  if (fd_ >= 0) {
    loop_.Unwatch(fd_);
    close(fd_);
    fd_ = -1;
  }
  reader_ = ReplyReader();
  blocked_ = false;
  const uint64_t sent = stream_begin_ + out_sent_;
  out_.clear();
  out_sent_ = 0;
  stream_begin_ = 0;
  if (pending_.empty()) return;
  const absl::Status not_run = absl::UnavailableError(why.message());
  const absl::Status unknown = OutcomeUnknown(not_run);
  // Last, because a completion may call again or close everything.
  for (Pending::Call& call : pending_.TakeAll()) {
    if (call.done != nullptr) call.done(call.stream_end <= sent ? unknown : not_run);
  }
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  loop_.Cancel(attempt_timer_);
  loop_.Cancel(check_timer_);
  Abandon(absl::UnavailableError("redis: the client is shut down"));
  for (Waiting& call : std::exchange(waiting_, {})) call.done(NotRun("the client is shut down"));
}

int64_t Connection::GraceEnd() const { return down_since_ns_ + absl::ToInt64Nanoseconds(options_.grace); }

void Connection::CheckBy(int64_t at_ns) {
  if (at_ns >= check_at_ns_) return;
  loop_.Cancel(check_timer_);
  check_at_ns_ = at_ns;
  const int64_t delay_ns = std::max<int64_t>(0, at_ns - EventLoop::SteadyNanos());
  check_timer_ = loop_.PostAfter(absl::Nanoseconds(delay_ns), [this] { Check(); });
}

void Connection::Check() {
  check_at_ns_ = Pending::kNever;
  const int64_t now_ns = EventLoop::SteadyNanos();
  if (pending_.OldestIsLate(now_ns)) Break(absl::UnavailableError("redis: the oldest reply is too late"));
  if (state_ == State::kClosed) return;
  std::vector<Failure> failures;
  for (Done& done : pending_.Expire(now_ns)) {
    failures.push_back(
        {std::move(done), OutcomeUnknown(absl::DeadlineExceededError("redis: no reply in time"))});
  }
  TakeOverdueWaiting(now_ns, &failures);
  int64_t next_ns = pending_.NextCheck();
  for (const Waiting& call : waiting_) next_ns = std::min({next_ns, call.deadline_ns, GraceEnd()});
  if (next_ns != Pending::kNever) CheckBy(next_ns);
  for (Failure& failure : failures) failure.done(std::move(failure.status));
}

void Connection::TakeOverdueWaiting(int64_t now_ns, std::vector<Failure>* failures) {
  const bool grace_over = now_ns >= GraceEnd();
  std::vector<Waiting> left;
  waiting_bytes_ = 0;
  for (Waiting& call : std::exchange(waiting_, {})) {
    if (call.deadline_ns <= now_ns) {
      failures->push_back(
          {std::move(call.done), absl::DeadlineExceededError("redis: no connection in time")});
    } else if (grace_over) {
      failures->push_back(
          {std::move(call.done), NotRun(absl::StrCat("not connected (", last_trouble_.message(), ")"))});
    } else {
      waiting_bytes_ += call.command.bytes();
      left.push_back(std::move(call));
    }
  }
  waiting_ = std::move(left);
}

}  // namespace kepu::redis
