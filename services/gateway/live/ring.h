// What a service told lately, in order, for readers that come back soon; and how far it has told. Bounded:
// what was pushed out is asked of the service again. One of each service, owned by the hub; not thread-safe.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "libs/live/marks.h"
#include "libs/rpc/call.h"
#include "services/gateway/live/cursor.h"

namespace kepu::gateway::live {

// One event, with everything about it that readers share.
struct Told {
  uint32_t partition = 0;
  uint64_t seq = 0;
  uint32_t index = 0;
  std::vector<std::string> topics;
  // Nobody: whoever may watch the topic.
  std::vector<rpc::Grant> audience;
  std::string lines;
  // A later one with the same text says all that this one does; empty: none does.
  std::string replace_key;

  bool Concerns(const std::vector<std::string>& keys) const;
  bool MayBeKnownTo(const rpc::Principal& principal) const;
};

class Ring {
 public:
  struct Limits {
    size_t events = 4096;
    size_t bytes = size_t{4} << 20;
  };
  explicit Ring(Limits limits) : limits_(limits) {}

  // Forgets everything and goes on from there.
  void Reset(const std::string& data_set, kepu::live::Marks at);
  std::shared_ptr<const Told> Add(const kepu::live::v1::Event& event);
  // Everything up to there was added.
  void Reach(uint32_t partition, const Mark& mark);

  // False before the first Reset.
  bool begun() const { return !at_.empty(); }
  const std::string& data_set() const { return data_set_; }
  uint32_t epoch() const { return epoch_; }
  const kepu::live::Marks& at() const { return at_; }
  // Everything after the mark is here.
  bool Holds(uint32_t partition, const Mark& mark) const { return mark >= floor_[partition]; }
  // Events for who may know them after the marks of a cursor, without those that later ones replace.
  std::vector<std::shared_ptr<const Told>> After(const std::map<uint32_t, Mark>& marks,
                                                 const std::vector<std::string>& keys,
                                                 const rpc::Principal& principal) const;

 private:
  const Limits limits_;
  std::string data_set_;
  uint32_t epoch_ = 0;
  kepu::live::Marks at_, floor_;
  std::deque<std::shared_ptr<const Told>> told_;
  size_t bytes_ = 0;
};

}  // namespace kepu::gateway::live
