// Closures that change, and what they are in the way of: kinds, holders, what a change newly hits and lets
// go.
#include <random>

#include "services/venue/domain/consequences.h"
#include "tests/unit/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class VenueClosures : public VenueDomain {
 protected:
  absl::Status Update(const std::string& id, const std::function<void(v1::Closure&)>& change,
                      const std::string& etag = "") {
    return desk_.Do([&](const VenueState& state) {
      return DecideUpdateClosure(
          state, kVenue, id, etag,
          [&](const v1::Closure& base) {
            v1::Closure closure = base;
            change(closure);
            return closure;
          },
          now_);
    });
  }
  static std::function<void(v1::Closure&)> From(absl::Time start) {
    return [start](v1::Closure& closure) { *closure.mutable_start_time() = ToTimestamp(start); };
  }
  static std::function<void(v1::Closure&)> Until(absl::Time end) {
    return [end](v1::Closure& closure) { *closure.mutable_end_time() = ToTimestamp(end); };
  }
  v1::Closure Filled(const std::string& id) {
    v1::Closure closure = **FindClosure(desk_.state(), kVenue, id);
    v1::ClosureHit route;
    route.set_name("routes/r");
    route.set_kind(v1::ClosureHit::ROUTE);
    const auto look = [&route](const calendar::Interval&) {
      Around around;
      around.routes.push_back(route);
      return around;
    };
    EXPECT_TRUE(FillConsequences(desk_.state(), kVenue, look, closure).ok());
    return closure;
  }
  template <class Hits>
  static std::vector<std::string> Names(const Hits& hits) {
    std::vector<std::string> names;
    for (const auto& hit : hits) names.push_back(absl::StrCat(IdOf(hit.name()), hit.newly() ? " new" : ""));
    return names;
  }
};

TEST_F(VenueClosures, HitsHaveKindsAndHolders) {
  ASSERT_TRUE(Allocate("hall", "repair", T("2026-03-10", 10), T("2026-03-10", 12)).ok());
  ASSERT_TRUE(Schedule("x", MakeExhibition({"hall", "dome"}, "2026-03-12", "2026-03-14")).ok());
  ASSERT_TRUE(Try(MakeTry("claim", "dome", T("2026-03-11", 10), T("2026-03-11", 11))).ok());
  ASSERT_TRUE(Close("k", T("2026-03-10"), T("2026-03-20")).ok());
  const v1::Closure closure = Filled("k");
  ASSERT_EQ(closure.consequences_size(), 4);
  EXPECT_EQ(closure.hit_count(), 3) << "without routes";
  EXPECT_EQ(closure.consequence_count(), 4);
  EXPECT_EQ(closure.consequences(0).kind(), v1::ClosureHit::ALLOCATION);
  EXPECT_EQ(closure.consequences(1).kind(), v1::ClosureHit::SESSION);
  EXPECT_EQ(closure.consequences(1).holder(), "events/e/sessions/s") << "also while it is only held";
  EXPECT_EQ(ToTime(closure.consequences(1).start_time()), T("2026-03-11", 10)) << "without set-up";
  EXPECT_EQ(closure.consequences(2).kind(), v1::ClosureHit::EXHIBITION);
  EXPECT_EQ(closure.consequences(2).title().zh(), "恐龙");
  EXPECT_EQ(ToTime(closure.consequences(2).end_time()), T("2026-03-15"));
  EXPECT_EQ(closure.consequences(3).kind(), v1::ClosureHit::ROUTE);
  EXPECT_EQ(ToTime(closure.consequences(3).start_time()), T("2026-03-10"));
  ASSERT_TRUE(Close("part", T("2026-03-10"), T("2026-03-20"), {"dome"}).ok());
  EXPECT_THAT(Names(Filled("part").consequences()), ElementsAre("c-claim", "x")) << "routes go on";
}

TEST_F(VenueClosures, AChangeTellsWhatItHitsAndFrees) {
  for (int day = 10; day < 20; day += 2) {
    const std::string date = absl::StrCat("2026-03-", day);
    ASSERT_TRUE(Allocate("hall", absl::StrCat("a", day), T(date, 10), T(date, 12)).ok());
  }
  ASSERT_TRUE(Close("k", T("2026-03-12"), T("2026-03-15")).ok());
  EXPECT_THAT(Names(Filled("k").consequences()), ElementsAre("a12", "a14", "r"));
  ASSERT_TRUE(Update("k", Until(T("2026-03-17")), "1").ok());
  EXPECT_THAT(Names(Filled("k").consequences()), ElementsAre("a12", "a14", "a16 new", "r"));
  EXPECT_THAT(Names(Filled("k").freed()), IsEmpty());
  EXPECT_EQ(Reason(Update("k", Until(T("2026-03-17")), "1")), "ETAG_MISMATCH");
  ASSERT_TRUE(Update("k", From(T("2026-03-13"))).ok());
  EXPECT_THAT(Names(Filled("k").freed()), ElementsAre("a12"));
  ASSERT_TRUE(Update("k", [](v1::Closure& closure) { closure.add_spaces(SpaceName(kVenue, "dome")); }).ok());
  EXPECT_THAT(Names(Filled("k").freed()), ElementsAre("a14", "a16", "r"));
  EXPECT_TRUE(Allocate("hall", "b", T("2026-03-15", 10), T("2026-03-15", 12)).ok());
  ASSERT_TRUE(Update("k", [](v1::Closure& closure) { closure.clear_spaces(); }).ok());
  EXPECT_THAT(Names(Filled("k").consequences()), ElementsAre("a14 new", "b new", "a16 new", "r new"));

  now_ = T("2026-03-14");
  ASSERT_TRUE(desk_
                  .Do([&](const VenueState& state) {
                    return DecideEndClosure(state, kVenue, "k", T("2026-03-15"), now_);
                  })
                  .ok());
  EXPECT_THAT(Names(Filled("k").freed()), ElementsAre("b", "a16")) << "ending it frees too";
}

TEST_F(VenueClosures, WhatMayChange) {
  ASSERT_TRUE(Close("k", T("2026-03-10"), T("2026-03-15")).ok());
  EXPECT_EQ(Update("absent", Until(T("2026-03-16"))).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Update("k", Until(T("2026-03-09"))).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Update("k", Until(T("2029-03-09"))).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Update("k", [](v1::Closure& closure) { closure.clear_reason(); }).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Update("k", [](v1::Closure& closure) { closure.add_spaces(SpaceName(kVenue, "absent")); }).code(),
            absl::StatusCode::kNotFound);
  ASSERT_TRUE(Update("k", [](v1::Closure& closure) {
                closure.set_name("venues/other/closures/x");
                closure.set_state(v1::Closure::ENDED);
                closure.add_hits("x");
              }).ok());
  EXPECT_EQ(Filled("k").name(), "venues/cqstm/closures/k") << "not the caller's to set";
  EXPECT_EQ(Filled("k").state(), v1::Closure::ACTIVE);
  now_ = T("2026-03-12");
  EXPECT_EQ(Update("k", From(T("2026-03-13"))).code(), absl::StatusCode::kInvalidArgument) << "it has begun";
  EXPECT_EQ(Update("k", Until(T("2026-03-12"))).code(), absl::StatusCode::kInvalidArgument) << "past";
  EXPECT_TRUE(Update("k", Until(T("2026-03-13"))).ok());
  now_ = T("2026-03-13");
  EXPECT_EQ(Reason(Update("k", Until(T("2026-03-20")))), "CLOSURE_ENDED");
}

// Random closures, made, changed and ended, against a list of extents looked through one by one.
class RandomClosures : public VenueClosures {
 protected:
  using Names = std::set<std::string>;
  struct Use {
    std::string space;
    calendar::Interval time;
  };

  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  void TakeSpaces() {
    for (int i = 0; i < 60; ++i) {
      const std::string space = i % 2 == 0 ? "hall" : "dome", id = absl::StrCat("u", i);
      const absl::Time start = T("2026-03-10") + absl::Hours(Below(700));
      const Use use{space, {start, start + absl::Hours(1 + Below(6))}};
      if (Allocate(space, id, use.time.start, use.time.end, v1::Allocation::MAINTENANCE).ok())
        uses_[id] = use;
    }
    ASSERT_GT(uses_.size(), 30u);
  }
  Names HitBy(const Extent& extent) const {
    Names names;
    for (const auto& [id, use] : uses_) {
      const bool concerned = extent.spaces.empty() || extent.spaces[0] == use.space;
      if (concerned && !extent.interval.empty() && use.time.Overlaps(extent.interval)) names.insert(id);
    }
    return names;
  }
  static Names Without(const Names& names, const Names& others) {
    Names left;
    for (const std::string& name : names)
      if (!others.contains(name)) left.insert(name);
    return left;
  }
  template <class Hits>
  static Names Told(const Hits& hits, bool newly_only = false) {
    Names names;
    for (const auto& hit : hits)
      if (hit.kind() != v1::ClosureHit::ROUTE && (hit.newly() || !newly_only))
        names.insert(std::string(IdOf(hit.name())));
    return names;
  }
  void ChangeAndCompare(const std::string& id, Extent after) {
    const Extent before = live_[id];
    if (before.interval.start <= now_) after.interval.start = before.interval.start;
    const absl::Status status = Update(id, [&](v1::Closure& closure) {
      *closure.mutable_start_time() = ToTimestamp(after.interval.start);
      *closure.mutable_end_time() = ToTimestamp(after.interval.end);
      closure.clear_spaces();
      for (const std::string& space : after.spaces) closure.add_spaces(SpaceName(kVenue, space));
    });
    const bool lasts = !ended_.contains(id) && before.interval.end > now_;
    ASSERT_EQ(Reason(status), lasts ? "" : "CLOSURE_ENDED");
    if (!lasts) return;
    live_[id] = after;
    const v1::Closure filled = Filled(id);
    EXPECT_EQ(Told(filled.consequences(), true), Without(HitBy(after), HitBy(before)));
    EXPECT_EQ(Told(filled.freed()), Without(HitBy(before), HitBy(after)));
  }
  void EndIt(const std::string& id) {
    if (ended_.contains(id) || live_[id].interval.end <= now_) return;
    const auto end = [&](const VenueState& state) {
      return DecideEndClosure(state, kVenue, id, std::nullopt, now_);
    };
    ASSERT_TRUE(desk_.Do(end).ok());
    live_[id].interval.end = std::max(now_, live_[id].interval.start);
    ended_.insert(id);
  }
  void Compare() {
    const calendar::Interval look{now_, now_ + absl::Hours(50)};
    size_t expected = 0;
    for (const auto& [id, extent] : live_) {
      EXPECT_EQ(Told(Filled(id).consequences()), HitBy(extent)) << id;
      const bool concerned = extent.spaces.empty() || extent.spaces[0] == "hall";
      if (concerned && extent.interval.Overlaps(look) && !extent.interval.empty()) ++expected;
    }
    EXPECT_EQ(ClosuresIn(desk_.state(), {"hall"}, look)->size(), expected);
  }

  std::mt19937 random_{99};
  std::map<std::string, Use> uses_;
  std::map<std::string, Extent> live_;
  std::set<std::string> ended_;
};

TEST_F(RandomClosures, AgreeWithAPlainList) {
  TakeSpaces();
  for (int step = 0; step < 300; ++step) {
    now_ += absl::Minutes(Below(120));
    const absl::Time start = std::max(now_, T("2026-03-10") + absl::Hours(Below(600)));
    Extent extent{{}, {start, start + absl::Hours(1 + Below(100))}};
    if (Below(3) != 0) extent.spaces = {Below(2) == 0 ? "hall" : "dome"};
    const std::string id = absl::StrCat("k", step / 25 * 4 + Below(8));
    if (!live_.contains(id)) {
      ASSERT_TRUE(Close(id, extent.interval.start, extent.interval.end, extent.spaces).ok());
      live_[id] = extent;
    } else if (Below(4) != 0) {
      ChangeAndCompare(id, extent);
    } else {
      EndIt(id);
    }
    Compare();
  }
}

}  // namespace
}  // namespace kepu::venue
