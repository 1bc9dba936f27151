// Seeded random commits over a few aggregates: right and stale versions, guards that hold and fail, request
// keys that are new, repeated and reused, refusals, merged groups. The generator looks at the model, so that
// most commits go through.
#pragma once

#include <random>
#include <string>

#include "tests/store/model.h"

namespace kepu::store {

class RandomCommits {
 public:
  // `space` keeps the keys of one sequence apart from those of others in the same partition.
  RandomCommits(uint64_t seed, std::string space) : random_(seed), space_(std::move(space)) {}

  Commit Next(const Model& model, uint32_t partition, absl::Time deadline) {
    Commit commit{.partition = partition, .deadline = deadline, .groups = {}};
    std::vector<int> free = {0, 1, 2, 3};
    std::shuffle(free.begin(), free.end(), random_);
    const int groups = 1 + Below(3);
    for (int g = 0; g < groups && !free.empty(); ++g) {
      Group& group = commit.groups.emplace_back();
      const bool refusal = Below(4) == 0;
      const int aggregates = 1 + (Below(4) == 0 && free.size() > 1 ? 1 : 0);
      for (int a = 0; a < aggregates; ++a) {
        AddAggregate(model, free.back(), refusal, &group);
        free.pop_back();
      }
      const int members = Below(3);
      for (int m = 0; m < members; ++m) group.members.push_back(MakeMember(refusal));
      if (!refusal) group.facts = absl::StrCat("facts ", space_, ++count_);
    }
    return commit;
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint64_t>(n)); }

  void AddAggregate(const Model& model, int which, bool refusal, Group* group) {
    AggregateChange& change = group->aggregates.emplace_back();
    change.key = absl::StrCat("thing/", space_, which);
    auto it = model.things.find(change.key);
    change.expected = it == model.things.end() ? Version{} : it->second.head.version;
    if (Below(6) == 0) change.expected = {change.expected.counter + 1, 7};  // stale
    if (Below(12) == 0)
      change.expected = it == model.things.end() ? Version{3, 3} : Version{};  // absence wrong
    if (Below(3) == 0) change.must_be_absent.push_back(absl::StrCat("c", Below(4)));
    if (refusal) return;
    change.after = StoredHead{{change.expected.counter + 1, random_()},
                              absl::FromUnixMicros(count_),
                              absl::StrCat("head ", ++count_)};
    const int children = Below(4);
    for (int c = 0; c < children; ++c) {
      std::optional<std::string> value;
      if (Below(3) != 0) value = absl::StrCat("child ", count_);
      change.children.emplace_back(absl::StrCat("c", c), value);
    }
    if (Below(3) == 0)
      change.due = Below(3) == 0 ? absl::InfiniteFuture() : absl::FromUnixSeconds(1000 + Below(50));
  }

  Member MakeMember(bool refusal) {
    const std::string key = absl::StrCat("key", space_, Below(3) == 0 ? Below(++keys_) : keys_++);
    Member member;
    member.key = key.size() < 16 ? key + std::string(16 - key.size(), '.') : key;
    member.fingerprint = static_cast<uint64_t>(Below(2)) + 0x1122334455667788u;
    member.receipt = refusal ? "-9 FULL" : "+";
    member.remember = !refusal || Below(2) == 0;
    return member;
  }

  std::mt19937_64 random_;
  std::string space_;
  int64_t count_ = 0;
  int keys_ = 1;
};

}  // namespace kepu::store
