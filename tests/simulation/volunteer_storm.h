// Volunteers under a storm: they sign up for shifts at two venues, withdraw, come and go, and some shifts are
// cancelled. Owned by a test; one thread.
#pragma once

#include <map>
#include <memory>
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

  void LoadAll(StormReport* report);
  void CheckPeople(StormReport* report);
  void CheckShifts(StormReport* report);
  void CheckHours(StormReport* report);
  void CheckAsked(StormReport* report);
  bool Stands(const std::string& name, const std::string& what) const;
  void CheckForgotten(StormReport* report);

  vault::Vault& vault_;
  executor::ExecutorWorkers workers_{executor_};
  const volunteer::domain::Rules rules_;
  std::vector<std::string> shifts_;
  std::map<std::string, volunteer::domain::Person> people_;  // by key, at the end
  std::map<std::string, volunteer::domain::Shift> loaded_;
  std::map<std::string, volunteer::v1::Signup::State> states_;  // of sign-ups, as callers are shown them
};

}  // namespace kepu::simulation
