// The titles of a holder to decide on: each decision is made twice, on titles that are whole in memory and on
// some that hold only what the decision asked for, as the engine would; both must come to the same. Owned by
// a test; one thread.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/times.h"
#include "services/venue/domain/titles.h"

namespace kepu::venue {

class TitleDesk {
 public:
  using Decide = std::function<absl::StatusOr<TitleFacts>(const TitlesState& state)>;

  TitleDesk() { whole_.set_complete(true); }

  absl::Status Do(const Decide& decide) {
    TitlesState lazy;
    if (auto head = stored_.find("v"); head != stored_.end()) lazy.ParseHead(head->second);
    absl::StatusOr<TitleFacts> facts = TitleFacts();
    for (int rounds = 0;; ++rounds) {
      facts = decide(lazy);
      const std::set<std::string> missing = lazy.TakeMissing();
      if (missing.empty()) break;
      EXPECT_FALSE(facts.ok()) << "decided without " << *missing.begin();
      if (rounds == 8) return absl::InternalError("asks again and again");
      for (const std::string& field : missing) {
        auto stored = stored_.find(field);
        lazy.ParseChild(
            field, stored == stored_.end() ? std::nullopt : std::optional<absl::string_view>(stored->second));
      }
    }
    const absl::StatusOr<TitleFacts> other = decide(whole_);
    EXPECT_EQ(facts.status().code(), other.status().code());
    EXPECT_EQ(facts.status().message(), other.status().message());
    if (!facts.ok()) return facts.status();
    Put(lazy, *facts);
    for (const std::string& field : lazy.TakeTouched()) stored_[field] = *lazy.SerializeChild(field);
    stored_["v"] = lazy.SerializeHead();
    EXPECT_LT(stored_["v"].size(), 4096u);
    Put(whole_, *other);
    log_.insert(log_.end(), facts->begin(), facts->end());
    return absl::OkStatus();
  }

  // What falls due until then, each at its time or a little late.
  int RunDue(absl::Time now) {
    int steps = 0;
    while (NextDue(whole_) <= now) {
      EXPECT_TRUE(Do([now](const TitlesState& state) { return Due(state, now); }).ok());
      if (++steps > 100) return steps;
    }
    EXPECT_TRUE(Due(whole_, now)->empty());
    return steps;
  }

  void Fold() const {
    TitlesState folded;
    folded.set_complete(true);
    Put(folded, log_);
    EXPECT_EQ(folded.SerializeHead(), whole_.SerializeHead());
    for (const auto& [field, bytes] : stored_) {
      if (field != "v") {
        EXPECT_EQ(*folded.SerializeChild(field), bytes);
        EXPECT_EQ(*whole_.SerializeChild(field), bytes);
      }
    }
  }

  const TitlesState& state() const { return whole_; }

 private:
  static void Put(TitlesState& state, const TitleFacts& facts) {
    for (const auto& fact : facts) EXPECT_TRUE(Apply(state, fact).ok()) << fact.ShortDebugString();
  }

  std::map<std::string, std::string> stored_;
  TitlesState whole_;
  TitleFacts log_;
};

}  // namespace kepu::venue
