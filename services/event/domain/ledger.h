// The second account of a session: what each booking took and gave back, kept from the facts alone and by
// other means than the session itself keeps its counts, so that a defect of either shows as a difference. It
// judges every fact as it comes: at no position of the log is more taken than the capacity in force. A value;
// not thread-safe. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

struct LedgerFinding {
  // More is taken of a pool than it holds; else the two accounts differ.
  bool oversold = false;
  std::string text;  // names the session and the pool or booking, nobody else
};

class Ledger {
 public:
  // One fact of the session, in the order of the log; appends what is wrong with it.
  void Count(const record::Fact& fact, std::vector<LedgerFinding>* findings);
  // The session as it is stored after the facts counted so far.
  void Compare(const record::SessionHead& head, std::vector<LedgerFinding>* findings) const;

  // Bookings that have places now.
  size_t live() const { return live_.size(); }

 private:
  struct Pool {
    std::string id;
    bool unbounded = false;
    // A share of its place's day (day_quota.h), which is set before the bookings that it is for.
    bool of_day = false;
    int64_t capacity = 0;
    int64_t taken = 0;
    // What staff let it hold above its capacity; falls with what is taken.
    int64_t overfull = 0;
  };
  using Amounts = google::protobuf::RepeatedField<int32_t>;

  void Create(const record::SessionCreated& created);
  void Set(const record::SessionSettingsChanged& settings);
  void SetShares(const record::SessionSharesSet& shares);
  // Bookings that were there before a limit of the day.
  void Add(const record::SessionLimitsCounted& counted, std::vector<LedgerFinding>* findings);
  void Take(const std::string& id, const Amounts& places, std::vector<LedgerFinding>* findings);
  // What it had; `said` is what the fact says it had (null: it does not say).
  void GiveBack(const std::string& id, const Amounts* said, std::vector<LedgerFinding>* findings);
  void Add(const Places& places, int sign);
  void CheckCapacity(std::vector<LedgerFinding>* findings);
  void Wrong(bool oversold, absl::string_view what, std::vector<LedgerFinding>* findings) const;

  std::string session_;
  std::vector<Pool> pools_;
  absl::flat_hash_map<std::string, Places> live_;
};

}  // namespace kepu::event::domain
