// Keeps sessions even with the days of their place: what ran out in a session alone is given back, who waits
// is offered what the day has again, and sessions join new limits. Each step is one commit on a session and
// its place, decided anew from what stands, so that any replica may do it and twice is harmless. Lives on the
// executor.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "libs/chores/chores.h"
#include "services/event/api/context.h"

namespace kepu::event {

class PlaceKeeper {
 public:
  // Both outlive this.
  PlaceKeeper(const Context& context, chores::Chores& chores) : context_(context), chores_(chores) {}
  ~PlaceKeeper() { *alive_ = false; }
  PlaceKeeper(const PlaceKeeper&) = delete;
  PlaceKeeper& operator=(const PlaceKeeper&) = delete;

  // The session, by id, has something to settle.
  void Settle(const std::string& session);
  // Limits of the place grant nothing until its sessions have joined them.
  void MakeReady(const std::string& place);

 private:
  void SettleNow(const std::string& session);
  void MakeReadyNow(const std::string& place);

  const Context& context_;
  chores::Chores& chores_;
  // Sessions whose step is under way, and whether there was more to do by then.
  std::map<std::string, bool> under_way_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::event
