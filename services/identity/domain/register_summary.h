// The denominators of every percentage: what the registers count on a day, for the city, its regions and its
// districts. Pure.
#pragma once

#include <vector>

#include "kepu/identity/v1/directory.pb.h"

namespace kepu::identity::domain {

// Live entries: those that were merged into another are left out before. Districts, towns, communities and
// schools in any order.
struct RegisterEntries {
  std::vector<v1::District> districts;
  std::vector<v1::Town> towns;
  std::vector<v1::Community> communities;
  std::vector<v1::School> schools;
};

// A town counts for the district it belonged to on the day, what lies in it with it; a district that had been
// merged by then counts as what it was merged into. Entries that were not there yet, or no more, do not
// count.
v1::SummarizeRegistersResponse Summarize(const RegisterEntries& entries, const google::type::Date& day);

}  // namespace kepu::identity::domain
