// What the store must mean, said as simply as possible: no batches of Redis commands, no indexes, one map per
// thing. The conformance suite runs the same random commits against a backend and this, and compares every
// answer and the state.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "libs/store/store.h"
#include "libs/store/version.h"

namespace kepu::store {

class Model {
 public:
  struct Thing {
    StoredHead head;
    std::map<std::string, std::string> children;
  };

  // Answers of one commit; `seq` is what the partition stands at afterwards.
  CommitResult Apply(const Commit& commit) {
    CommitResult result;
    std::vector<bool> holds;
    for (const Group& group : commit.groups) {
      holds.push_back(Holds(group));
      GroupResult& out = result.groups.emplace_back();
      out.applied = holds.back();
      if (!out.applied) Describe(group, &out);
    }
    bool wrote = false;
    for (size_t g = 0; g < commit.groups.size(); ++g)
      wrote = wrote || (holds[g] && !commit.groups[g].facts.empty());
    if (wrote) {
      ++seq;
      log.emplace_back();
    }
    for (size_t g = 0; g < commit.groups.size(); ++g) {
      const Group& group = commit.groups[g];
      if (!holds[g]) continue;
      if (!group.facts.empty()) log.back().push_back(group.facts);
      for (const AggregateChange& change : group.aggregates) Write(change);
      for (const Member& member : group.members) {
        if (member.remember) requests[member.key] = {member.fingerprint, seq, member.receipt};
      }
    }
    result.seq = seq;
    return result;
  }

  std::map<std::string, Thing> things;
  std::map<std::string, absl::Time> due;
  std::map<RequestKey, Remembered> requests;
  std::vector<std::vector<std::string>> log;
  uint64_t seq = 0;

 private:
  bool Holds(const Group& group) const {
    for (const Member& member : group.members) {
      if (requests.contains(member.key)) return false;
    }
    for (const AggregateChange& change : group.aggregates) {
      auto it = things.find(change.key);
      const Version version = it == things.end() ? Version{} : it->second.head.version;
      if (!(version == change.expected)) return false;
      for (const std::string& field : change.must_be_absent) {
        if (it != things.end() && it->second.children.contains(field)) return false;
      }
    }
    return true;
  }

  void Describe(const Group& group, GroupResult* out) const {
    for (const AggregateChange& change : group.aggregates) {
      auto it = things.find(change.key);
      out->current.push_back(it == things.end() ? StoredHead{} : it->second.head);
    }
    for (const Member& member : group.members) {
      auto it = requests.find(member.key);
      out->known.push_back(it == requests.end() ? std::nullopt : std::optional(it->second));
    }
  }

  void Write(const AggregateChange& change) {
    if (change.after) {
      Thing& thing = things[change.key];
      thing.head = *change.after;
      for (const auto& [field, value] : change.children) {
        if (value) {
          thing.children[field] = *value;
        } else {
          thing.children.erase(field);
        }
      }
    }
    if (change.due && *change.due == absl::InfiniteFuture()) due.erase(change.key);
    if (change.due && *change.due != absl::InfiniteFuture()) due[change.key] = *change.due;
  }
};

}  // namespace kepu::store
