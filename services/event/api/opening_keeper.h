// Draws openings at their second and works the order out. Every replica tries at the same moment, the first
// commit is the draw and the others find it done; sorting a hundred thousand lots happens beside the
// executor. Read off the openings as they stand, so that it goes on after any fault. Lives on the executor.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "libs/executor/worker_pool.h"
#include "services/event/api/context.h"

namespace kepu::event {

class OpeningKeeper {
 public:
  OpeningKeeper(const Context& context, executor::Workers& workers) : context_(context), workers_(workers) {}
  ~OpeningKeeper() { *alive_ = false; }
  OpeningKeeper(const OpeningKeeper&) = delete;
  OpeningKeeper& operator=(const OpeningKeeper&) = delete;

  // An opening was loaded or has changed.
  void See(const std::string& id);

 private:
  void Wake(const std::string& id, absl::Duration delay);
  void Draw(const std::string& id);
  void Order(const std::string& id);

  const Context& context_;
  executor::Workers& workers_;
  // With a timer, and being sorted.
  std::set<std::string> waiting_, ordering_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::event
