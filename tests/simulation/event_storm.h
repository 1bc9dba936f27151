// The event service under a storm: visitors book, hold, confirm and cancel places in a few sessions, wait for
// them, and are checked in. Owned by a test; one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kepu/event/v1/event.pb.h"
#include "tests/simulation/storm.h"

namespace kepu::simulation {

class EventStorm final : public Storm {
 public:
  explicit EventStorm(StormOptions options);

 private:
  // Heads of groups that the place of two sessions takes in a day.
  static constexpr int kGroupHeads = 7;

  std::unique_ptr<Replica> MakeReplica(store::Store& store) override;
  void Prepare() override;
  IntentPtr NewIntent(int client) override;
  std::vector<IntentPtr> LateIntents() override;
  void Check(StormReport* report) override;

  // Asks for what lies in the `field` of a request.
  template <class Request, class Made>
  IntentPtr Making(Made* (Request::*field)(), const std::string& what, const rpc::Principal& user,
                   const std::string& session);
  IntentPtr Changing(const rpc::Principal& user, uint64_t draw);

  void CheckSessions(StormReport* report);
  void CheckAsked(StormReport* report);
  bool Stands(const std::string& name, const std::string& what) const;

  std::vector<std::string> sessions_;
  std::map<std::string, std::vector<std::string>> own_;  // by user: bookings and entries it knows of
  std::map<std::string, int> states_,
      wait_states_;  // of all in the store at the end
};

}  // namespace kepu::simulation
