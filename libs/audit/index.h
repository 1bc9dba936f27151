// Where in a service's log something stands: for each name that facts speak of, and for each user who acted,
// the positions of their entries. Holds no facts: they are read from the log when somebody asks. A position
// costs about eight bytes, so a million facts fit into some tens of megabytes. Fed by a follower of the log
// from its first entry; on the executor, not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/message.h"
#include "libs/projection/follower.h"

namespace kepu::audit {

// The message in which the facts of an aggregate are written; null for a key that is not told about.
using FactOf = std::function<const google::protobuf::Message*(absl::string_view key)>;

// A place in the log, newest first when sorted.
struct Spot {
  int64_t seconds = 0;
  uint32_t partition = 0;
  uint64_t seq = 0;
  bool operator==(const Spot&) const = default;
  // Later ones come first.
  bool operator<(const Spot& other) const {
    if (seconds != other.seconds) return seconds > other.seconds;
    if (partition != other.partition) return partition < other.partition;
    return seq > other.seq;
  }
};

class Index final : public projection::Sink {
 public:
  explicit Index(FactOf fact_of) : fact_of_(std::move(fact_of)) {}

  void Load(uint32_t, const std::string&, const store::Loaded&) override {}
  void Fold(uint32_t partition, uint64_t seq, absl::Time time, const log::v1::AggregateFacts& facts) override;

  // Sorted, newest first, each once. Names are hashed: what stands there may be of another one, and whoever
  // reads the entries looks.
  std::vector<Spot> About(absl::string_view name) const { return SpotsOf({name}, false); }
  std::vector<Spot> OfPerson(absl::string_view user) const { return SpotsOf({user}, true); }

  // The places and offices that the first fact of an aggregate names, and of a person's record the user:
  // where and whose it is for ever after.
  std::vector<std::string> PlacesOf(uint32_t partition, absl::string_view key) const;

  size_t terms() const { return terms_.size(); }
  size_t spots() const { return spots_; }
  // What all of it takes in memory, about.
  size_t bytes() const;

 private:
  // Positions in the order in which they came: differences of seconds, partition and seq as variable-length
  // numbers.
  struct Term {
    std::string packed;
    int64_t seconds = 0;
    uint32_t partition = 0;
    uint64_t seq = 0;
  };
  void Add(uint64_t term, const Spot& spot);
  static void Unpack(const Term& term, std::vector<Spot>& out);
  std::vector<Spot> SpotsOf(const std::vector<absl::string_view>& names, bool actors) const;
  void KeepPlaces(uint32_t partition, const std::string& key, const std::vector<std::string>& names);

  const FactOf fact_of_;
  absl::flat_hash_map<uint64_t, Term> terms_;
  absl::flat_hash_map<uint64_t, std::vector<uint32_t>> places_;  // of an aggregate
  absl::flat_hash_map<std::string, uint32_t> place_numbers_;
  std::vector<std::string> place_names_;
  size_t spots_ = 0;
};

}  // namespace kepu::audit
