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
    EXPECT_TRUE(FillConsequences(desk_.state(), kVenue, {route}, closure).ok());
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
TEST_F(VenueClosures, RandomChangesAgreeWithAPlainList) {
  std::mt19937 random(99);
  const auto at = [&](int hours) {
    return T("2026-03-10") + absl::Hours(static_cast<int>(random()) % hours);
  };
  struct Use {
    std::string space;
    calendar::Interval time;
  };
  std::map<std::string, Use> uses;
  for (int i = 0; i < 60; ++i) {
    const std::string space = i % 2 == 0 ? "hall" : "dome", id = absl::StrCat("u", i);
    const absl::Time start = T("2026-03-10") + absl::Hours(random() % 700);
    const Use use{space, {start, start + absl::Hours(1 + random() % 6)}};
    if (Allocate(space, id, use.time.start, use.time.end, v1::Allocation::MAINTENANCE).ok()) uses[id] = use;
  }
  ASSERT_GT(uses.size(), 30u);
  std::map<std::string, Extent> live;
  std::set<std::string> ended;
  const auto hit_by = [&](const Extent& extent) {
    std::set<std::string> names;
    for (const auto& [id, use] : uses) {
      const bool concerned = extent.spaces.empty() || extent.spaces[0] == use.space;
      if (concerned && !extent.interval.empty() && use.time.Overlaps(extent.interval)) names.insert(id);
    }
    return names;
  };
  const auto names_of = [](const auto& hits) {
    std::set<std::string> names;
    for (const auto& hit : hits)
      if (hit.kind() != v1::ClosureHit::ROUTE) names.insert(std::string(IdOf(hit.name())));
    return names;
  };
  for (int step = 0; step < 300; ++step) {
    now_ += absl::Minutes(random() % 120);
    const absl::Time start = std::max(now_, at(600)), end = start + absl::Hours(1 + random() % 100);
    const std::string id = absl::StrCat("k", step / 25 * 4 + static_cast<int>(random() % 8));
    std::vector<std::string> spaces;
    if (random() % 3 != 0) spaces = {random() % 2 == 0 ? "hall" : "dome"};
    const bool lasts = live.contains(id) && !ended.contains(id) && live[id].interval.end > now_;
    if (!FindClosure(desk_.state(), kVenue, id).ok()) {
      ASSERT_TRUE(Close(id, start, end, spaces).ok());
      live[id] = {spaces, {start, end}};
    } else if (random() % 4 != 0) {
      const Extent before = live[id];
      const bool begun = before.interval.start <= now_;
      const Extent after{spaces, {begun ? before.interval.start : start, end}};
      const absl::Status status = Update(id, [&](v1::Closure& closure) {
        *closure.mutable_start_time() = ToTimestamp(after.interval.start);
        *closure.mutable_end_time() = ToTimestamp(end);
        closure.clear_spaces();
        for (const std::string& space : spaces) closure.add_spaces(SpaceName(kVenue, space));
      });
      ASSERT_EQ(Reason(status), lasts ? "" : "CLOSURE_ENDED");
      if (!lasts) continue;
      live[id] = after;
      std::set<std::string> newly, freed;
      for (const std::string& name : hit_by(after))
        if (!hit_by(before).contains(name)) newly.insert(name);
      for (const std::string& name : hit_by(before))
        if (!hit_by(after).contains(name)) freed.insert(name);
      const v1::Closure filled = Filled(id);
      std::set<std::string> told;
      for (const auto& hit : filled.consequences())
        if (hit.newly() && hit.kind() != v1::ClosureHit::ROUTE) told.insert(std::string(IdOf(hit.name())));
      EXPECT_EQ(told, newly);
      EXPECT_EQ(names_of(filled.freed()), freed);
    } else if (lasts) {
      ASSERT_TRUE(desk_
                      .Do([&](const VenueState& state) {
                        return DecideEndClosure(state, kVenue, id, std::nullopt, now_);
                      })
                      .ok());
      live[id].interval.end = std::max(now_, live[id].interval.start);
      ended.insert(id);
    }
    for (const auto& [closure, extent] : live)
      EXPECT_EQ(names_of(Filled(closure).consequences()), hit_by(extent)) << closure;
    const calendar::Interval look{now_, now_ + absl::Hours(50)};
    size_t expected = 0;
    for (const auto& [closure, extent] : live)
      if (extent.interval.Overlaps(look) && !extent.interval.empty() &&
          (extent.spaces.empty() || extent.spaces[0] == "hall"))
        ++expected;
    EXPECT_EQ(ClosuresIn(desk_.state(), {"hall"}, look)->size(), expected);
  }
}

}  // namespace
}  // namespace kepu::venue
