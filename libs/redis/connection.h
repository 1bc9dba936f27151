// One pipelined connection: connects and greets, sends the commands of a turn together, matches replies to
// calls, watches deadlines, and begins anew after a pause when it breaks. Owned by the client; lives on the
// loop's thread. Completions run from the loop, never from inside Enqueue.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/executor/event_loop.h"
#include "libs/redis/address.h"
#include "libs/redis/client.h"
#include "libs/redis/connect.h"
#include "libs/redis/pending.h"
#include "libs/redis/reply_reader.h"

namespace kepu::redis {

class Connection {
 public:
  // What its owner is told.
  class Owner {
   public:
    virtual ~Owner() = default;
    // It is connected and greeted, and sends nothing until it is released.
    virtual void OnGreeted() = 0;
    // An attempt failed, or the connection broke.
    virtual void OnTrouble(const absl::Status& status) = 0;
    // It has something to send at the end of this turn.
    virtual void OnDirty(Connection& connection) = 0;
  };

  Connection(executor::EventLoop& loop, executor::Random& random, const Options& options,
             const Address& address, Owner& owner);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Connect();
  bool greeted() const { return state_ == State::kGreeted; }
  bool open() const { return state_ == State::kOpen; }

  // Lets calls through; those that waited follow with SendWaiting, so that what is checked in between goes
  // first.
  void Release() { state_ = State::kOpen; }
  void SendWaiting();

  void Enqueue(Command command, absl::Duration timeout, Done done);

  // Sends what was gathered, as far as the socket takes it.
  void Flush();

  // For good: completes every call.
  void Close();

 private:
  enum class State { kDown, kConnecting, kGreeting, kGreeted, kOpen, kClosed };
  struct Waiting {
    Command command;
    Done done;
    int64_t deadline_ns = 0;
  };
  struct Failure {
    Done done;
    absl::Status status;
  };

  void OnEvents(uint32_t events);
  void Greet();
  void OnGreeting(const Reply& reply);
  void Send(const Command& command, int64_t now_ns, int64_t timeout_ns, Done done);
  void Read();
  // False when the connection broke or was closed meanwhile.
  bool TakeReplies();
  void FailLater(Done done, absl::Status status);
  void Break(const absl::Status& why);
  // Closes the socket and completes what is unanswered, as failed by `why`.
  void Abandon(const absl::Status& why);
  void ScheduleAttempt();
  // Looks at deadlines no later than `at_ns`.
  void CheckBy(int64_t at_ns);
  void Check();
  void TakeOverdueWaiting(int64_t now_ns, std::vector<Failure>* failures);
  int64_t GraceEnd() const;

  executor::EventLoop& loop_;
  executor::Random& random_;
  const Options& options_;
  const Address& address_;
  Owner& owner_;

  State state_ = State::kDown;
  int fd_ = -1;
  uint64_t serial_ = 0;  // counts sockets: tells a callback's caller that the one it works on is gone
  absl::Status last_trouble_;
  int attempts_ = 0;  // since the connection was last up for a while
  int64_t open_since_ns_ = 0;
  int64_t down_since_ns_ = 0;
  executor::TimerId attempt_timer_ = 0;

  std::string out_;
  size_t out_sent_ = 0;        // bytes of out_ handed to the system
  uint64_t stream_begin_ = 0;  // position of out_'s first byte in all that was written on this socket
  bool dirty_ = false;
  bool blocked_ = false;  // the socket takes no more for now

  ReplyReader reader_;
  int greetings_left_ = 0;
  Pending pending_;
  std::vector<Waiting> waiting_;
  size_t waiting_bytes_ = 0;
  executor::TimerId check_timer_ = 0;
  int64_t check_at_ns_ = Pending::kNever;
};

}  // namespace kepu::redis
