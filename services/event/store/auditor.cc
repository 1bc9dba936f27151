#include "services/event/store/auditor.h"

#include <algorithm>
#include <utility>

#include "kepu/log/v1/log.pb.h"
#include "libs/log/log.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

constexpr size_t kSessionsAtOnce = 64;
// The store did not answer: again after so long.
constexpr absl::Duration kTryAgain = absl::Seconds(5);

}  // namespace

Auditor::Auditor(store::Store& store, executor::Executor& executor, metrics::Registry& metrics,
                 AuditOptions options)
    : store_(store),
      executor_(executor),
      options_(options),
      oversold_(metrics.MakeCounter("kepu_oversell_total",
                                    "Facts after which a pool of a session had more taken than it holds.")),
      differences_(metrics.MakeCounter("kepu_ledger_differences_total",
                                       "Sessions and bookings whose counts are not what their facts make.")),
      facts_(metrics.MakeCounter("kepu_ledger_facts_total", "Facts that were audited.")),
      passes_(
          metrics.MakeCounter("kepu_ledger_passes_total", "Audits of the whole log that were finished.")) {}

void Auditor::Later(absl::Duration wait, void (Auditor::*then)()) {
  executor_.PostAfter(wait, [this, alive = alive_, then] {
    if (*alive) (this->*then)();
  });
}

void Auditor::Begin(uint32_t partition) {
  partition_ = partition;
  seq_ = 0;
  accounts_.clear();
  Later(options_.pause, &Auditor::Read);
}

void Auditor::Read() {
  store_.ReadLog(partition_, seq_, options_.entries_at_once,
                 [this, alive = alive_](absl::StatusOr<std::vector<store::LogEntry>> entries) {
                   if (!*alive) return;
                   if (!entries.ok()) return Later(kTryAgain, &Auditor::Read);
                   for (const store::LogEntry& entry : *entries) Fold(entry);
                   if (entries->size() == options_.entries_at_once)
                     return Later(options_.pause, &Auditor::Read);
                   keys_.clear();
                   for (const auto& [key, account] : accounts_) keys_.push_back(key);
                   next_ = 0;
                   Compare();
                 });
}

void Auditor::Fold(const store::LogEntry& entry) {
  seq_ = entry.seq;
  std::vector<domain::LedgerFinding> findings;
  ::kepu::log::v1::FactGroup group;
  domain::record::Fact fact;
  for (const std::string& bytes : entry.groups) {
    if (!group.ParseFromString(bytes)) {
      findings.push_back({false, absl::StrCat("partition ", partition_, ": entry ", seq_, " is unreadable")});
      continue;
    }
    for (const ::kepu::log::v1::AggregateFacts& facts : group.aggregates()) {
      if (SessionIdOf(facts.key()).empty()) continue;
      Account& account = accounts_[facts.key()];
      for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
        ++account.facts;
        facts_.Add();
        if (fact.ParseFromString(logged.body()))
          account.ledger.Count(fact, &findings);
        else
          findings.push_back({false, absl::StrCat(facts.key(), ": a fact that cannot be read")});
      }
    }
  }
  Report(findings);
}

void Auditor::Compare() {
  std::vector<store::LoadRequest> requests;
  for (size_t i = next_; i < std::min(keys_.size(), next_ + kSessionsAtOnce); ++i)
    requests.push_back({keys_[i], {}, false});
  if (requests.empty()) return Next();
  store_.Load(partition_, std::move(requests),
              [this, alive = alive_](absl::StatusOr<std::vector<store::Loaded>> loaded) {
                if (!*alive) return;
                if (!loaded.ok()) return Later(kTryAgain, &Auditor::Compare);
                for (const store::Loaded& one : *loaded) {
                  CompareOne(accounts_.at(keys_[next_]), one);
                  ++next_;
                }
                Later(options_.pause, &Auditor::Compare);
              });
}

void Auditor::CompareOne(const Account& account, const store::Loaded& loaded) {
  // One that moved on since its log was read is compared in the next pass.
  if (loaded.head.version.counter > account.facts) return;
  std::vector<domain::LedgerFinding> findings;
  domain::Session session;
  if (loaded.head.version.counter == account.facts && session.ParseHead(loaded.head.head))
    account.ledger.Compare(session.head(), &findings);
  else
    findings.push_back({false, absl::StrCat(keys_[next_], ": what is stored is behind its facts")});
  Report(findings);
}

void Auditor::Next() {
  if (partition_ + 1 < options_.partitions) return Begin(partition_ + 1);
  passes_.Add();
  executor_.PostAfter(options_.rest, [this, alive = alive_] {
    if (*alive) Begin(0);
  });
}

void Auditor::Report(const std::vector<domain::LedgerFinding>& findings) {
  for (const domain::LedgerFinding& finding : findings) {
    (finding.oversold ? oversold_ : differences_).Add();
    ::kepu::log::Error(finding.oversold ? "a session is oversold" : "a ledger does not agree",
                       {{"what", finding.text}});
  }
}

}  // namespace kepu::event
