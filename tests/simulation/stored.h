// What lies in a store when a simulation is over, for those who check it. Functions; one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/executor/sim_executor.h"
#include "libs/names/names.h"
#include "libs/store/memory_store.h"
#include "libs/store/verifier.h"

namespace kepu::simulation {

// Calls `visit(key, loaded)` with every aggregate and all its children.
template <class Visit>
void ForEachStored(const store::MemoryData& data, Visit visit) {
  for (uint32_t partition = 0; partition < names::kPartitions; ++partition) {
    for (const std::string& key : data.Roots(partition)) visit(key, data.Load(partition, {key, {}, true}));
  }
}

template <class Aggregate>
Aggregate Parse(absl::string_view key, const store::Loaded& loaded, std::vector<std::string>* problems) {
  Aggregate state;
  state.set_complete(true);
  bool readable = state.ParseHead(loaded.head.head);
  for (const auto& [field, bytes] : loaded.children)
    readable = state.ParseChild(field, absl::string_view(*bytes)) && readable;
  if (!readable) problems->push_back(absl::StrCat(key, " cannot be read"));
  return state;
}

// Where the log and what it folds to differ from what is stored.
inline void CheckFold(store::MemoryData& data, const store::Schema& schema, executor::SimExecutor& executor,
                      executor::Clock& clock, std::vector<std::string>* problems) {
  std::optional<absl::StatusOr<store::VerifyReport>> verified;
  store::MemoryStore store(data, executor, [&clock] { return clock.Now(); });
  store::VerifyAll(store, schema, names::kPartitions, [&](auto done) { verified = std::move(done); });
  EXPECT_TRUE(executor.RunUntil([&] { return verified.has_value(); }, absl::Seconds(60)))
      << "the verifier came to no end";
  if (!verified || !verified->ok()) return problems->push_back("the verifier came to no end");
  for (const std::string& problem : (*verified)->problems) problems->push_back("fold: " + problem);
}

}  // namespace kepu::simulation
