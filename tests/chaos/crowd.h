// A crowd of clients in the middle of faults: books, holds, confirms and cancels, asks again with the repeat
// mark until it has an answer, and keeps a ledger of what it asked and was told. Everything on one event loop
// but Start, Stop and the ledger after Stop.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/executor/event_loop.h"
#include "libs/executor/random.h"
#include "libs/rpc/grpc/channel_peer.h"

namespace kepu::chaos {

enum class Told { kNothing, kYes, kNo };

// One person's story: at most one booking.
struct Story {
  std::string session;
  std::string booking;  // name, once told
  bool held_only = false;
  Told create = Told::kNothing;
  std::string create_reason;
  Told confirm = Told::kNothing;
  Told cancel = Told::kNothing;
  bool asked_confirm = false;
  bool asked_cancel = false;
};

struct Counts {
  uint64_t acknowledged = 0, refused = 0, repeated = 0;
};

class Crowd {
 public:
  Crowd(std::string address, std::vector<std::string> sessions, uint64_t seed, int size);
  ~Crowd();

  void Start();
  // No new stories; returns when every question has an answer. False when that takes over `limit`.
  bool Stop(absl::Duration limit);

  const std::map<std::string, Story>& stories() const { return stories_; }
  Counts counts() const { return {acknowledged_, refused_, repeated_}; }

 private:
  struct Question;
  void NextStory();
  void Ask(std::shared_ptr<Question> question);
  void OnAnswer(std::shared_ptr<Question> question, const absl::StatusOr<rpc::PeerAnswer>& answer);
  void Tell(Question& question, bool yes, const std::string& reason, const std::string& bytes);
  void FollowUp(const std::string& user, const Question& question);
  void AskAbout(const std::string& user, int kind);

  executor::EventLoop loop_;
  executor::SeededRandom random_;
  std::unique_ptr<rpc::ChannelPeer> peer_;
  const std::vector<std::string> sessions_;
  const int size_;
  std::map<std::string, Story> stories_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> open_{0};
  std::atomic<uint64_t> acknowledged_{0}, refused_{0}, repeated_{0};
  uint64_t users_ = 0;
};

}  // namespace kepu::chaos
