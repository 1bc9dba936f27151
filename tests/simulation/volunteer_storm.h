// Volunteers under a storm: they sign up for shifts at two venues, alone and together, ask, wait, take
// offers, exchange what they have, withdraw, come and go; coordinators invite, approve and put people in, and
// some shifts are cancelled. Owned by a test; one thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "kepu/volunteer/v1/volunteer.pb.h"
#include "libs/executor/worker_pool.h"
#include "libs/vault/vault.h"
#include "services/volunteer/domain/person.h"
#include "services/volunteer/domain/shift.h"
#include "tests/simulation/storm.h"

namespace kepu::simulation {

class VolunteerStorm final : public Storm {
 public:
  // The vault holds the keys of the same few people in every run.
  VolunteerStorm(StormOptions options, vault::Vault& vault);

 private:
  static rpc::Principal User(int client);
  static rpc::Principal Staff();
  std::unique_ptr<Replica> MakeReplica(store::Store& store) override;
  void Prepare() override;
  IntentPtr NewIntent(int client) override;
  std::vector<IntentPtr> LateIntents() override;
  void Check(StormReport* report) override;

  void MakeShift(int number);
  std::string PersonOf(int client) const;
  std::string SignupOf(const std::string& shift, int client) const;
  IntentPtr SignUp(int client, const std::string& shift);
  IntentPtr Change(int client, const std::string& signup);
  // Every other way into a shift (volunteer_storm_ways.cc).
  IntentPtr Come(int client, const std::string& shift);
  IntentPtr Decide(int client, const std::string& shift);
  IntentPtr Wait(int client, const std::string& shift);
  IntentPtr OfferSwap();
  IntentPtr Leave();
  // A sign-up, or an entry in a wait list, that was once acknowledged: its shift and whose it is. Nullopt:
  // none was.
  struct Known {
    std::string shift;
    int client = 0;
  };
  std::optional<Known> AnyKnown(const std::string& kind, const std::vector<const char*>& whats,
                                const std::string& shift = "");
  IntentPtr AcceptSwap();
  IntentPtr Befriend(int client);
  // The call may also change a sign-up that it does not name.
  void MayChange(const std::string& signup, const std::string& what) { asked_[signup].insert(what); }

  void LoadAll(StormReport* report);
  void CheckPeople(StormReport* report);
  void CheckShifts(StormReport* report);
  void CheckSignup(const std::string& name, const volunteer::domain::Shift& shift,
                   const volunteer::domain::record::SignupRecord& signup, StormReport* report);
  bool MayStand(const std::string& name, volunteer::v1::Signup::State state) const;
  void CheckHours(StormReport* report);
  void CheckAsked(StormReport* report);
  bool Stands(const std::string& name, const std::string& what) const;
  void CheckForgotten(StormReport* report);

  vault::Vault& vault_;
  executor::ExecutorWorkers workers_{executor_};
  const volunteer::domain::Rules rules_;
  struct Offered {
    std::string signup, in_exchange;
    int from = 0, to = 0;
  };
  std::vector<std::string> shifts_;
  std::vector<Offered> offers_;  // whatever became of them
  struct Group {
    std::string name;  // as it will be called
    int maker = 0;
    int joined = 0;  // calls
  };
  std::vector<Group> groups_;                                // the newest last
  std::map<std::string, volunteer::domain::Person> people_;  // by key, at the end
  std::map<std::string, volunteer::domain::Shift> loaded_;
  std::map<std::string, volunteer::v1::Signup::State> states_;  // of sign-ups, as callers are shown them
};

}  // namespace kepu::simulation
