// The whole city in one process: identity, venue, event and volunteer, each on a store of its own and all on
// one virtual clock, behind the REST routes of the gateway, so that the command line and people of every role
// can be played on any day. Owned by a test; one thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "google/protobuf/struct.pb.h"
#include "libs/auth/access.h"
#include "libs/auth/password.h"
#include "libs/executor/sim_executor.h"
#include "libs/executor/worker_pool.h"
#include "libs/rpc/peer.h"
#include "libs/rpc/service.h"
#include "libs/store/memory_store.h"
#include "libs/store/request_key.h"
#include "libs/vault/vault.h"
#include "services/cli/command.h"
#include "services/event/service.h"
#include "services/gateway/transcode/answer.h"
#include "services/gateway/transcode/route_table.h"
#include "services/identity/service.h"
#include "services/venue/service.h"
#include "services/volunteer/service.h"

namespace kepu::simulation {

class City {
 public:
  static constexpr char kBootstrapCode[] = "the-code-on-the-operators-desk";

  // `start` is the time of the stores; `folder` is where keys and logins lie.
  City(absl::Time start, std::string folder);
  ~City();

  // A request as it comes to the gateway. `path` may have a query; `token` and `key`, the header
  // Idempotency-Key, may be empty.
  cli::HttpAnswer Http(const std::string& method, const std::string& path, const std::string& body,
                       const std::string& token, const std::string& key = "");
  // The command line, with its own login.
  cli::Result Kepu(const std::vector<std::string>& words);

  // As somebody who was imported, or nobody; logs in at the first use. Each call is another one unless `key`
  // says which it is. The JSON of the answer, whatever its status.
  struct Answer {
    int status = 0;
    bool replayed = false;
    google::protobuf::Struct json;
    std::string text;
    std::string At(const std::string& field) const { return json.fields().at(field).string_value(); }
    std::string Reason() const;
  };
  Answer As(const std::string& user, const std::string& method, const std::string& path,
            const std::string& body = "", const std::string& key = "");

  // Time passes at once: hours of polling logs would be stepped through otherwise.
  void Pass(absl::Duration time);
  void SetDown(const std::string& service, bool down) { nodes_.at(service).down = down; }

  executor::SimExecutor executor{{.seed = 1, .shuffle = false}};
  executor::SimClock clock;

 private:
  struct Node {
    store::MemoryData data;
    std::unique_ptr<store::MemoryStore> store;
    std::unique_ptr<rpc::Peer> peer;  // the way to it
    std::function<rpc::Service*()> rpc;
    bool down = false;
  };
  template <class Made>
  void Begin(Made& service);
  absl::StatusOr<std::string> Ask(const std::string& service, const std::string& method, rpc::Context context,
                                  std::string bytes, rpc::AnswerInfo* info);
  absl::StatusOr<rpc::Principal> WhoHas(const std::string& token);
  absl::StatusOr<std::string> Login(const std::string& user);

  const std::string folder_;
  absl::Duration passed_;
  executor::SeededRandom random_{1};
  const store::KeyMaker keys_{std::string(32, 'k')};
  const auth::AccessAuthorizer authorizer_;
  executor::ExecutorWorkers workers_{executor};
  auth::PasswordHasher hasher_{std::string(32, 'q'), {1, 64 * 1024}};
  std::unique_ptr<vault::Vault> vault_;
  std::map<std::string, Node> nodes_;
  std::unique_ptr<reservation::Participant> event_participant_;
  std::unique_ptr<identity::IdentityService> identity_;
  std::unique_ptr<venue::Service> venue_;
  std::unique_ptr<event::EventService> event_;
  std::unique_ptr<volunteer::Service> volunteer_;
  std::unique_ptr<gateway::transcode::RouteTable> routes_;
  std::unique_ptr<gateway::transcode::AnswerWriter> writer_;
  std::map<std::string, std::string> passwords_, tokens_;
  std::map<std::string, rpc::Principal> known_;  // by token; they go on when identity is down
  int requests_ = 0;
};

}  // namespace kepu::simulation
