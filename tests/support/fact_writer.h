// Puts facts into a memory store as a neighbouring service would have committed them: one commit a fact, the
// head beside it and, where given, one child. For tests on one thread.
#pragma once

#include <map>
#include <string>

#include "gtest/gtest.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/executor/executor.h"
#include "libs/store/memory_store.h"

namespace kepu::support {

class FactWriter {
 public:
  explicit FactWriter(const executor::Clock& clock) : clock_(clock) {}

  void Write(store::MemoryData& data, const std::string& key, const google::protobuf::Message& head,
             const google::protobuf::Message& fact, const std::string& field = "",
             const std::string& child = "") {
    uint64_t& version = versions_[key];
    store::AggregateChange change;
    change.key = key;
    change.expected = {version, version};
    ++version;
    change.after = store::StoredHead{{version, version}, clock_.Now(), head.SerializeAsString()};
    if (!field.empty()) change.children.emplace_back(field, child);
    ::kepu::log::v1::FactGroup facts;
    facts.set_time_us(absl::ToUnixMicros(clock_.Now()));
    facts.add_aggregates()->set_key(key);
    facts.mutable_aggregates(0)->set_first_version(version);
    facts.mutable_aggregates(0)->add_facts()->set_body(fact.SerializeAsString());
    store::Commit commit{7, absl::InfiniteFuture(), {{{change}, {}, facts.SerializeAsString()}}};
    const auto result = data.Apply(commit, clock_.Now());
    EXPECT_TRUE(result.ok() && result->groups.at(0).applied) << key;
  }

 private:
  const executor::Clock& clock_;
  std::map<std::string, uint64_t> versions_;
};

}  // namespace kepu::support
