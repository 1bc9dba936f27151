// A row of a volunteer's hour ledger as recognition looks at it: what counts, where and when. A value, so
// that stars, points and certificates do not depend on how the ledger keeps its rows.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace kepu::volunteer::domain {

struct LedgerRow {
  // Id of the shift that was served.
  std::string shift;
  // "venues/…"
  std::string place;
  absl::Time start;
  absl::Time end;
  int64_t minutes = 0;
  absl::Time recorded;
  // "roles/…" that was served in; empty: not known.
  std::string role = {};
};
using LedgerRows = std::vector<LedgerRow>;

}  // namespace kepu::volunteer::domain
