#include "libs/store/due_sweeper.h"

#include <utility>

namespace kepu::store {

DueSweeper::DueSweeper(Store& store, Engine& engine, executor::Executor& executor, executor::Clock& clock,
                       executor::Random& random, SweepOptions options)
    : store_(store),
      engine_(engine),
      executor_(executor),
      clock_(clock),
      random_(random),
      options_(options) {}

DueSweeper::~DueSweeper() { *alive_ = false; }

void DueSweeper::Start() { Sweep(0); }

void DueSweeper::Sweep(uint32_t partition) {
  // A random wait, so that two replicas seldom come to the same partition together.
  const absl::Duration share = options_.every / options_.partitions;
  const absl::Duration wait = share / 2 + share * static_cast<double>(random_.Below(1000)) / 1000.0;
  executor_.PostAfter(wait, [this, alive = alive_, partition] {
    if (!*alive) return;
    const uint32_t next = (partition + 1) % options_.partitions;
    if (!clock_.Steady()) return Sweep(next);
    store_.Due(partition, clock_.Now(), options_.aggregates_at_once,
               [this, alive, partition, next](absl::StatusOr<std::vector<std::string>> due) {
                 if (!*alive) return;
                 if (due.ok()) {
                   for (std::string& key : *due) {
                     Command command;
                     command.aggregates = {std::move(key)};
                     command.done = [](const Outcome&) {};
                     engine_.Submit(partition, std::move(command));
                   }
                 }
                 Sweep(next);
               });
  });
}

}  // namespace kepu::store
