// Sees to it that nothing of a roster outlives its time: keys of pupils who were erased are destroyed in the
// vault, after which the roster is told; rosters of bookings that came to nothing are called off. Any replica
// may do it, and twice is harmless. Owned by the service; on its executor.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "libs/chores/chores.h"
#include "libs/executor/worker_pool.h"
#include "libs/vault/vault.h"
#include "services/event/api/context.h"

namespace kepu::event {

class RosterKeeper {
 public:
  // `vault` may be null: nothing is sealed then, and so nothing destroyed. Everything outlives this.
  RosterKeeper(const Context& context, vault::Vault* vault, executor::Workers& disk, chores::Chores& chores)
      : context_(context), vault_(vault), disk_(disk), chores_(chores) {}
  ~RosterKeeper() { *alive_ = false; }

  // A roster that was loaded or changed.
  void See(const std::string& key);
  // A booking as loaded, and facts of sessions.
  void See(const std::string& id, const domain::record::BookingRecord& booking);
  void Fold(const domain::record::Fact& fact);

 private:
  void DestroyKeys(const std::string& key);
  void TellDestroyed(const std::string& key, std::vector<uint32_t> numbers);
  void CallOff(const std::string& booking);

  const Context& context_;
  vault::Vault* const vault_;
  executor::Workers& disk_;
  chores::Chores& chores_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

// Whom the vault knows a pupil as.
std::string PersonOf(absl::string_view key);

}  // namespace kepu::event
