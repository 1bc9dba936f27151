// The registers of the identity service as coverage needs them: which districts, communities and villages
// there are. A value that is read whole and never changed; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kepu::venue {

struct Registers {
  struct District {
    std::string name;  // "districts/wanzhou"
    std::string zh, en;
    std::string region;       // "MU", "YX", "NE", "SE"
    std::string merged_into;  // where it is now; empty: it is there itself
    bool in_force = true;
  };
  struct Community {
    std::string name;  // "communities/x"
    std::string zh, en;
    std::string district;
    bool village = false;
  };
  // Schools with what the plans count at them.
  struct SchoolMarks {
    int inquiry_centres = 0;
    int feature_schools = 0;
  };

  absl::Time read_time;
  std::vector<District> districts;  // by name, those that have ended too
  std::vector<Community> communities;
  absl::flat_hash_set<std::string> names;               // of all of them
  absl::flat_hash_map<std::string, SchoolMarks> marks;  // by district

  // The district in force that this one is, or became part of; itself when it is not known.
  std::string DistrictNow(absl::string_view district) const;
};

}  // namespace kepu::venue
