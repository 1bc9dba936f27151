// A storm over one service: two replicas on one store whose commits are lost, late or answered to nobody,
// crashes and failovers, and clients who repeat what they do not know the outcome of. What was asked for and
// what was acknowledged is kept beside it, by name, and held against the store at the end by what derives
// from this. One seed is one run. Owned by a test; one thread.
#pragma once

#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/message.h"
#include "libs/executor/sim_executor.h"
#include "libs/rpc/dev_authorizer.h"
#include "libs/rpc/service.h"
#include "libs/store/engine.h"
#include "libs/store/memory_store.h"
#include "libs/store/request_key.h"

namespace kepu::simulation {

// Mistakes that the checkers must see.
enum class StormFault {
  kNone,
  kNoVersionCheck,     // the store lets stale commits through
  kLosesAcknowledged,  // a failover to a copy that lacks what was acknowledged
  kTampered,           // somebody wrote past the commit
  kUnasked,            // things that no client knows of
};

struct StormOptions {
  uint64_t seed = 1;
  StormFault fault = StormFault::kNone;
  int clients = 10;
  absl::Duration patience = absl::Seconds(3);  // how long a client waits for an answer
  absl::Duration storm = absl::Seconds(12);
  absl::Duration calm = absl::Seconds(40);
};

struct StormReport {
  uint64_t trace_hash = 0;
  size_t answered = 0;  // calls with a sure outcome
  size_t granted = 0;   // of these with OK
  size_t faults = 0;    // lost, late and unapplied commits, crashes, failovers
  int64_t shown = 0;    // what came of it: bookings, claims, minutes served
  std::vector<std::string> problems;
};

class Storm {
 public:
  // `schema` outlives it.
  Storm(StormOptions options, absl::Time start, const store::Schema& schema);
  virtual ~Storm();
  Storm(const Storm&) = delete;
  Storm& operator=(const Storm&) = delete;
  StormReport Run();

  // A replica as the storm sees it; its destruction is a crash.
  class Replica {
   public:
    virtual ~Replica() = default;
    virtual rpc::Service& rpc() = 0;
    // Nothing is left half done, as far as it knows.
    virtual bool settled() const = 0;
  };

 protected:
  static constexpr size_t kReplicas = 2;

  // A call as a client means it: it stays the same however often it is sent.
  struct Intent {
    std::string method;  // full: "/kepu.venue.v1.VenueService/CreateAllocation"
    rpc::Principal caller;
    std::string request;  // serialized
    std::string about;    // name of what it makes or changes
    std::string what;     // "CreateAllocation"
    int attempts = 0;
    bool settled = false;
    absl::Status status;
    std::string bytes;
  };
  using IntentPtr = std::shared_ptr<Intent>;

  // What a storm over a service is made of.
  virtual std::unique_ptr<Replica> MakeReplica(store::Store& store) = 0;
  // Makes what clients will want, in calm.
  virtual void Prepare() = 0;
  // What a client does next; null: nothing.
  virtual IntentPtr NewIntent(int client) = 0;
  // Calls that each make something at once, for a planted fault.
  virtual std::vector<IntentPtr> LateIntents() = 0;
  virtual void Check(StormReport* report) = 0;
  // A call has come to a sure outcome.
  virtual void OnSure(const Intent&) {}

  IntentPtr MakeIntent(absl::string_view service, const std::string& what, const rpc::Principal& caller,
                       const google::protobuf::Message& request, const std::string& about) const;
  // A call of the method that its request is named after, on the thing called `name`.
  template <class Request>
  IntentPtr Named(absl::string_view service, const rpc::Principal& caller, const std::string& name,
                  const std::string& reason = "");
  void Send(const IntentPtr& intent);
  // Sends it and waits for a sure outcome; OK or a problem of the test itself.
  absl::Status AskInCalm(const IntentPtr& intent);
  // A name as the service will make it: ids are derived from the request.
  std::string IdOf(uint32_t partition, const rpc::Principal& caller, const google::protobuf::Message& request,
                   const std::string& request_id, absl::string_view salt = "") const;
  std::string NextRequestId() { return "r" + std::to_string(++requests_); }
  bool WasAsked(const std::string& about, const std::string& what) const;
  // Every call that was answered OK stands, as `stands(about, what)` sees it.
  void CheckAcknowledged(StormReport* report,
                         const std::function<bool(const std::string&, const std::string&)>& stands) const;
  // Service time alone moves.
  void Advance(absl::Duration span) { clock_.SetSkew(skew_ += span); }
  // Weeks pass, after which nothing that has ended is remembered.
  void LetForget();
  uint64_t Below(uint64_t n) { return random_.Below(n); }
  bool stormy() const { return storm_; }

  const StormOptions options_;
  executor::SimExecutor executor_;
  executor::SimClock clock_;
  store::MemoryData data_;
  executor::SeededRandom random_;
  const store::KeyMaker keys_{std::string(32, 'k')};
  const rpc::DevAuthorizer authorizer_;
  std::map<std::string, std::set<std::string>> asked_;         // by what they are about: calls sent
  std::map<std::string, std::set<std::string>> acknowledged_;  // and calls answered OK

 private:
  struct Process {
    std::unique_ptr<store::MemoryStore> store;
    std::unique_ptr<Replica> replica;
  };
  void StartProcess(size_t index);
  void ClientStep(int client);
  void Retry(const IntentPtr& intent);
  void Kill(size_t index);
  void OnAnswer(const IntentPtr& intent, const absl::Status& status, const std::string& bytes);
  void Trouble();
  store::Fate DrawFate();
  void Crash(size_t index);
  void Failover();
  void LoseAcknowledged();
  void Tamper();

  const store::Schema& schema_;
  std::vector<Process> processes_;
  bool storm_ = false;
  bool losing_replies_ = false;
  bool crashing_ = false;
  std::map<std::string, IntentPtr> dropped_;  // by call, while a replica crashes
  int requests_ = 0;
  size_t faults_ = 0, answered_ = 0, granted_ = 0;
  absl::Duration skew_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

template <class Request>
Storm::IntentPtr Storm::Named(absl::string_view service, const rpc::Principal& caller,
                              const std::string& name, const std::string& reason) {
  Request request;
  request.set_name(name);
  request.set_request_id(NextRequestId());
  if constexpr (requires { request.set_reason(reason); }) request.set_reason(reason);
  const std::string& type = Request::descriptor()->name();
  return MakeIntent(service, type.substr(0, type.size() - std::strlen("Request")), caller, request, name);
}

// A replica of what a service's MakeService made.
template <class Service>
class ReplicaOf final : public Storm::Replica {
 public:
  explicit ReplicaOf(absl::StatusOr<std::unique_ptr<Service>> made) : service_(*std::move(made)) {
    service_->Start([](const absl::Status&) {});
  }
  rpc::Service& rpc() override { return service_->rpc(); }
  bool settled() const override {
    if constexpr (requires { service_->pending(); }) {
      if (service_->pending() != 0) return false;
    }
    return service_->settler().pending() == 0 && service_->settler().alarms() == 0;
  }

 private:
  std::unique_ptr<Service> service_;
};

}  // namespace kepu::simulation
