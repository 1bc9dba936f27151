// The verifier that never stops: goes through the log of one partition after another, from the first fact,
// keeps the second account of every session (domain/ledger.h), judges it at each fact, and compares it with
// the sessions as they are stored. A few entries at a time with pauses between, so that it costs next to
// nothing beside the calls; a pass holds the live bookings of one partition. What it finds is counted and
// logged, never mended. Owned by the service; on the executor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "libs/executor/executor.h"
#include "libs/metrics/metrics.h"
#include "libs/store/store.h"
#include "services/event/domain/ledger.h"

namespace kepu::event {

struct AuditOptions {
  uint32_t partitions = 64;
  // Entries read at once, and the pause after them: some thousand facts a second, 1 % of a core.
  size_t entries_at_once = 32;
  absl::Duration pause = absl::Milliseconds(20);
  // Between two passes over everything.
  absl::Duration rest = absl::Minutes(1);
};

class Auditor {
 public:
  Auditor(store::Store& store, executor::Executor& executor, metrics::Registry& metrics,
          AuditOptions options = {});
  ~Auditor() { *alive_ = false; }
  // Audits until destroyed.
  void Start() { Begin(0); }

  uint64_t passes() const { return passes_.value(); }

 private:
  struct Account {
    domain::Ledger ledger;
    uint64_t facts = 0;
  };

  void Begin(uint32_t partition);
  void Read();
  void Fold(const store::LogEntry& entry);
  // The sessions from `next_` on, some at a time.
  void Compare();
  void CompareOne(const Account& account, const store::Loaded& loaded);
  void Next();
  void Report(const std::vector<domain::LedgerFinding>& findings);
  // Runs `then` after the pause, unless the auditor is gone by then.
  void Later(absl::Duration wait, void (Auditor::*then)());

  store::Store& store_;
  executor::Executor& executor_;
  const AuditOptions options_;
  metrics::Counter& oversold_;
  metrics::Counter& differences_;
  metrics::Counter& facts_;
  metrics::Counter& passes_;

  uint32_t partition_ = 0;
  uint64_t seq_ = 0;
  absl::flat_hash_map<std::string, Account> accounts_;  // by key
  std::vector<std::string> keys_;
  size_t next_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::event
