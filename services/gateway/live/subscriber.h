// One open live stream: whose it is, what it watches, where it is, and its output, which never waits without
// bound. Made by the hub; everything runs on the hub's executor.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/executor/executor.h"
#include "libs/rpc/call.h"
#include "services/gateway/http/server.h"
#include "services/gateway/live/cursor.h"
#include "services/gateway/live/topics.h"

namespace kepu::gateway::live {

// What waits here for a slow reader, behind what the listener holds of it; a reader that needs more is sent
// away with a resync.
inline constexpr size_t kOutputBytesMax = 128 * 1024;

// What a stream was opened with, when it was found to be allowed.
struct Subscription {
  std::shared_ptr<http::Exchange> exchange;
  std::string request_id;
  std::string token;     // empty: nobody is logged in
  rpc::Context context;  // of the request, with its principal
  std::vector<Topic> topics;
  std::vector<std::string> keys;  // of the topics, as events name them
  std::string last_event_id;
};

class Subscriber : public std::enable_shared_from_this<Subscriber> {
 public:
  Subscriber(uint64_t id, Subscription subscription, executor::Executor& executor);

  // Sends it before anything that is held. False: more waits than may.
  bool Send(std::string text);
  // News: behind what is held while the stream catches up or its rights are looked at.
  bool SendNews(std::string text);
  void Hold() { ++held_by_; }
  // False as for Send.
  bool Release();
  // A last piece, which goes out whatever waits, and the end.
  void End(std::string last);
  // The reader has taken all of it.
  bool idle() const { return !writing_ && output_.empty() && held_by_ == 0; }
  // Runs once, when all that was sent is on its way.
  void WhenSent(absl::AnyInvocable<void()> then);
  bool ended() const { return ended_; }

  const uint64_t id;
  Subscription given;
  // By service: its partitions; nothing: all of them.
  std::map<std::string, std::optional<std::vector<uint32_t>>> places;
  // While it catches up: where it is by itself.
  std::optional<Cursor> catching_up;
  int replays = 0;
  // Where it has been ahead of this process.
  Cursor ahead;
  uint64_t last_told = 0;  // of the hub's count: an event may concern it by several topics
  absl::Time beat_at;
  int beats = 0;
  size_t shown_id = 0;  // hash of the id it was last given

 private:
  void Write();

  executor::Executor& executor_;
  std::string output_, held_;
  int held_by_ = 0;
  bool writing_ = false, ended_ = false;
  std::vector<absl::AnyInvocable<void()>> when_sent_;
};

}  // namespace kepu::gateway::live
