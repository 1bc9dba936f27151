// The event service under a storm: two replicas on one store that loses, delays and repeats, crashes and
// failovers, and clients that ask for everything and repeat what they do not know the outcome of. What
// clients asked for and what they were told is kept beside it, and held against the store at the end. One
// seed is one run. Owned by a test; one thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kepu/event/v1/event.pb.h"
#include "libs/executor/sim_executor.h"
#include "libs/rpc/dev_authorizer.h"
#include "libs/store/memory_store.h"
#include "libs/store/request_key.h"
#include "services/event/service.h"

namespace kepu::event {

// Mistakes that the checkers must see.
enum class WorldFault {
  kNone,
  kNoVersionCheck,     // the store lets stale commits through
  kLosesAcknowledged,  // a failover to a copy that lacks what was acknowledged
  kTampered,           // somebody wrote past the commit
  kUnasked,            // a booking that no client knows of
};

struct WorldOptions {
  uint64_t seed = 1;
  WorldFault fault = WorldFault::kNone;
  absl::Duration storm = absl::Seconds(12);
  absl::Duration calm = absl::Seconds(15);
};

struct WorldReport {
  uint64_t trace_hash = 0;
  size_t answered = 0;  // calls with a sure outcome
  size_t bookings = 0;
  size_t faults = 0;  // lost, late and unapplied commits, crashes, failovers
  std::vector<std::string> problems;
};

class EventWorld {
 public:
  explicit EventWorld(WorldOptions options);
  ~EventWorld();
  WorldReport Run();

 private:
  static constexpr size_t kReplicas = 2;
  struct Replica {
    std::unique_ptr<store::MemoryStore> store;
    std::unique_ptr<EventService> service;
  };
  // A call as a client means it: it stays the same however often it is sent.
  struct Intent {
    std::string method;
    std::string user;
    bool staff = false;
    std::string request;  // serialized
    std::string made;     // name of what it makes or changes
    int attempts = 0;
    bool settled = false;
  };
  using IntentPtr = std::shared_ptr<Intent>;
  class Answerer;

  // Making things.
  void StartReplica(size_t index);
  void MakeSessions();
  std::string AskForName(const std::string& method, const google::protobuf::Message& request);

  // Clients.
  void ClientStep(int client);
  IntentPtr NewIntent(int client);
  IntentPtr MakingIntent(const std::string& user, const std::string& session, uint64_t draw);
  IntentPtr ChangingIntent(const std::string& user, uint64_t draw);
  void Send(const IntentPtr& intent);
  void OnAnswer(const IntentPtr& intent, const absl::Status& status, const std::string& bytes);

  // Faults.
  void Trouble();
  store::Fate DrawFate();
  void Crash(size_t index);
  void Failover();

  // Checkers.
  void CheckFold(WorldReport* report);
  void CheckSessions(WorldReport* report);
  void CheckAsked(WorldReport* report);
  void CheckAcknowledged(WorldReport* report);

  const WorldOptions options_;
  executor::SimExecutor executor_;
  executor::SimClock clock_;
  store::MemoryData data_;
  executor::SeededRandom random_;
  const store::KeyMaker keys_{std::string(32, 'k')};
  const rpc::DevAuthorizer authorizer_;
  std::vector<Replica> replicas_;
  std::vector<std::string> sessions_;
  bool storm_ = false;
  bool losing_replies_ = false;
  int requests_ = 0;
  size_t faults_ = 0;
  size_t answered_ = 0;

  std::map<std::string, std::set<std::string>> asked_;         // by what they make or change: methods sent
  std::map<std::string, std::set<std::string>> acknowledged_;  // and methods answered OK
  std::map<std::string, std::vector<std::string>> own_;        // by user: bookings and entries it knows of
  std::map<std::string, int> states_, wait_states_;            // of all in the store at the end
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::event
