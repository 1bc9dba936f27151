// Exhibits are in one place at a time, with the time to move them between places; alliances name venues once.
#include <random>

#include "gmock/gmock.h"
#include "services/venue/domain/alliances.h"
#include "services/venue/domain/exhibits.h"
#include "tests/unit/venue_desk.h"

namespace kepu::venue {
namespace {

using ::testing::HasSubstr;

class VenueExhibits : public ::testing::Test {
 protected:
  VenueExhibits() {
    state_.set_complete(true);
    EXPECT_TRUE(Do(DecideCreateExhibit(state_, "robot", Robot(), now_)).ok());
  }
  ~VenueExhibits() override {
    ExhibitState folded;
    folded.set_complete(true);
    for (const auto& fact : log_) EXPECT_TRUE(Apply(folded, fact).ok());
    EXPECT_EQ(folded.SerializeHead(), state_.SerializeHead());
    for (const auto& [field, child] : state_.children())
      EXPECT_EQ(folded.SerializeChild(field), state_.SerializeChild(field)) << field;
  }
  static v1::Exhibit Robot() {
    v1::Exhibit exhibit;
    exhibit.mutable_display_name()->set_zh("机器人");
    exhibit.set_kind(v1::Exhibit::EXHIBIT);
    exhibit.set_owner("venues/cqstm");
    exhibit.mutable_handling_duration()->set_seconds(24 * 3600);
    return exhibit;
  }
  absl::Status Do(const absl::StatusOr<ExhibitFacts>& facts) {
    if (!facts.ok()) return facts.status();
    for (const auto& fact : *facts) {
      EXPECT_TRUE(Apply(state_, fact).ok());
      log_.push_back(fact);
    }
    return absl::OkStatus();
  }
  static v1::Custody On(const std::string& place, absl::Time start, absl::Time end) {
    v1::Custody custody;
    custody.set_kind(v1::Custody::ON_SHOW);
    custody.set_place(place);
    *custody.mutable_start_time() = ToTimestamp(start);
    *custody.mutable_end_time() = ToTimestamp(end);
    return custody;
  }
  absl::Status Put(const std::string& id, const v1::Custody& custody) {
    return Do(DecideCreateCustody(state_, "robot", id, custody, now_));
  }
  absl::Status End(const std::string& id, std::optional<absl::Time> end = std::nullopt) {
    return Do(DecideEndCustody(state_, "robot", id, end, now_));
  }
  std::string WhereAt(absl::Time time) {
    const v1::Custody* custody = CustodyAt(state_, time);
    return custody == nullptr ? "store" : custody->place();
  }

  absl::Time now_ = T("2026-03-02", 8);
  ExhibitState state_;
  ExhibitFacts log_;
};

TEST_F(VenueExhibits, IsInOnePlaceAtATime) {
  ASSERT_TRUE(Put("a", On("venues/cqstm/exhibitions/x", T("2026-04-01"), T("2026-05-01"))).ok());
  EXPECT_EQ(WhereAt(T("2026-04-15")), "venues/cqstm/exhibitions/x");
  EXPECT_EQ(WhereAt(T("2026-05-01")), "store");
  const absl::Status elsewhere = Put("b", On("venues/cqnhm", T("2026-04-20"), T("2026-04-25")));
  EXPECT_EQ(Reason(elsewhere), "EXHIBIT_ELSEWHERE");
  EXPECT_EQ(Param(elsewhere, "in_the_way"), "exhibits/robot/custodies/a");
  EXPECT_EQ(Param(elsewhere, "place"), "venues/cqstm/exhibitions/x");
  EXPECT_EQ(Param(elsewhere, "before"), "2026-03-26T00:00:00+08:00") << "five days and one to move";
  EXPECT_EQ(Param(elsewhere, "after"), "2026-05-02T00:00:00+08:00");
}

TEST_F(VenueExhibits, TakesItsTimeToMoveBetweenPlaces) {
  ASSERT_TRUE(Put("a", On("venues/cqstm/exhibitions/x", T("2026-04-01"), T("2026-05-01"))).ok());
  EXPECT_EQ(Reason(Put("b", On("venues/cqnhm", T("2026-05-01", 12), T("2026-05-09")))), "EXHIBIT_ELSEWHERE");
  EXPECT_TRUE(Put("c", On("venues/cqstm/spaces/hall", T("2026-05-01"), T("2026-05-05"))).ok())
      << "in one house it goes by hand";
  EXPECT_TRUE(Put("d", On("venues/cqnhm", T("2026-05-06"), T("2026-05-09"))).ok());
  now_ = T("2026-05-09", 1);
  EXPECT_EQ(Reason(Put("e", On("venues/third", T("2026-05-09", 12), T("2026-05-20")))), "EXHIBIT_ELSEWHERE")
      << "also after one that is over";
}

TEST_F(VenueExhibits, OnlySoManyCustodiesAreToCome) {
  const auto stay = [](int i) {
    const absl::Time start = T("2026-04-01") + absl::Hours(24 * i);
    return On("venues/cqstm", start, start + absl::Hours(24));
  };
  for (int i = 0; i < kMaxComingCustodies; ++i) ASSERT_TRUE(Put(absl::StrCat("a", i), stay(i)).ok()) << i;
  EXPECT_EQ(Reason(Put("b", stay(kMaxComingCustodies))), "TOO_MANY_CUSTODIES");
  ASSERT_TRUE(End("a0").ok());
  EXPECT_TRUE(Put("b", stay(kMaxComingCustodies)).ok());
}

TEST_F(VenueExhibits, CustodiesEndEarlyOrAreCalledOff) {
  ASSERT_TRUE(Put("a", On("venues/cqstm", T("2026-03-01"), T("2026-05-01"))).ok());
  ASSERT_TRUE(Put("b", On("venues/cqnhm", T("2026-06-01"), T("2026-07-01"))).ok());
  EXPECT_THAT(End("a", T("2026-05-02")).ToString(), HasSubstr("end_time"));
  EXPECT_THAT(End("a", T("2026-03-01", 1)).ToString(), HasSubstr("end_time"));
  ASSERT_TRUE(End("a", T("2026-03-10")).ok());
  EXPECT_EQ(WhereAt(T("2026-03-11")), "store");
  ASSERT_TRUE(End("b").ok());
  EXPECT_EQ(WhereAt(T("2026-06-02")), "store");
  EXPECT_EQ(Reason(End("b")), "CUSTODY_ENDED");
  EXPECT_TRUE(Put("c", On("venues/cqnhm", T("2026-06-01"), T("2026-07-01"))).ok());
  EXPECT_TRUE(absl::IsNotFound(End("absent")));
}

TEST_F(VenueExhibits, BadCustodiesAreRefusedByField) {
  const auto refused = [&](auto spoil) {
    v1::Custody custody = On("venues/cqstm", T("2026-04-01"), T("2026-05-01"));
    spoil(custody);
    return Put("x", custody).ToString();
  };
  EXPECT_THAT(refused([](auto& c) { c.clear_kind(); }), HasSubstr("custody.kind"));
  EXPECT_THAT(refused([](auto& c) { std::swap(*c.mutable_start_time(), *c.mutable_end_time()); }),
              HasSubstr("custody.end_time"));
  EXPECT_THAT(refused([](auto& c) { *c.mutable_end_time() = ToTimestamp(T("2030-05-01")); }),
              HasSubstr("three years"));
  EXPECT_THAT(refused([](auto& c) { c.mutable_partner()->set_zh("成都"); }), HasSubstr("one of the two"));
  EXPECT_THAT(refused([](auto& c) { c.clear_place(); }), HasSubstr("one of the two"));
  EXPECT_THAT(refused([](auto& c) { c.set_kind(v1::Custody::TRAVELLING); }), HasSubstr("caravans/*"));
  EXPECT_THAT(refused([](auto& c) { c.set_place("schools/x"); }), HasSubstr("custody.place"));
  EXPECT_THAT(refused([](auto& c) {
                *c.mutable_start_time() = ToTimestamp(T("2026-02-01"));
                *c.mutable_end_time() = ToTimestamp(T("2026-02-02"));
              }),
              HasSubstr("not be past"));
  v1::Custody loan = On("", T("2026-04-01"), T("2026-05-01"));
  loan.set_kind(v1::Custody::LOAN);
  loan.mutable_partner()->set_zh("成都自然博物馆");
  EXPECT_TRUE(Put("loan", loan).ok());
}

TEST_F(VenueExhibits, IsMadeOnceChangedAndRetired) {
  EXPECT_EQ(DecideCreateExhibit(state_, "robot", Robot(), now_).status().code(),
            absl::StatusCode::kAlreadyExists);
  const auto update = [&](const std::function<void(v1::Exhibit&)>& change, const std::string& etag = "") {
    return Do(DecideUpdateExhibit(
        state_, "robot", etag,
        [&](v1::Exhibit base) {
          change(base);
          return base;
        },
        now_));
  };
  EXPECT_THAT(update([](auto& e) { e.set_owner("venues/other"); }).ToString(), HasSubstr("exhibit.owner"));
  EXPECT_THAT(update([](auto& e) { e.set_alliance("x"); }).ToString(), HasSubstr("exhibit.alliance"));
  EXPECT_THAT(update([](auto& e) { e.mutable_handling_duration()->set_seconds(31 * 86400); }).ToString(),
              HasSubstr("handling_duration"));
  EXPECT_THAT(update([](auto& e) { e.clear_display_name(); }).ToString(), HasSubstr("display_name.zh"));
  EXPECT_EQ(Reason(update([](auto&) {}, "7")), "ETAG_MISMATCH");
  ASSERT_TRUE(update([](auto& e) { e.set_state(v1::Exhibit::RETIRED); }, "1").ok());
  EXPECT_EQ(Reason(Put("a", On("venues/cqstm", T("2026-04-01"), T("2026-05-01")))), "EXHIBIT_RETIRED");
}

// Against a plain list of stays: granted exactly when nothing else is nearer in time than the way between.
TEST_F(VenueExhibits, RandomCustodiesAgainstAList) {
  std::mt19937 random(3);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  struct Stay {
    std::string id;
    int place;
    absl::Time start, end;
  };
  std::vector<Stay> stays;
  int granted = 0, refused = 0;
  for (int step = 0; step < 500; ++step) {
    now_ += absl::Hours(pick(12));
    if (pick(4) == 0 && !stays.empty()) {
      Stay& stay = stays[static_cast<size_t>(pick(static_cast<int>(stays.size())))];
      const bool over = stay.end <= now_ || stay.start >= stay.end;
      EXPECT_EQ(End(stay.id).ok(), !over);
      if (!over) stay.end = std::max(now_, stay.start);
      continue;
    }
    const Stay wish{absl::StrCat("c", step), pick(3), now_ + absl::Hours(pick(24 * 60)),
                    absl::InfiniteFuture()};
    const absl::Time end = wish.start + absl::Hours(1 + pick(24 * 10));
    const bool fits = std::none_of(stays.begin(), stays.end(), [&](const Stay& other) {
      if (other.start >= other.end) return false;
      const absl::Duration gap = other.place == wish.place ? absl::ZeroDuration() : absl::Hours(24);
      return wish.start - gap < other.end && other.start < end + gap;
    });
    const absl::Status status = Put(wish.id, On(absl::StrCat("venues/v", wish.place), wish.start, end));
    EXPECT_EQ(status.ok(), fits) << step << ": " << status;
    if (status.ok()) stays.push_back({wish.id, wish.place, wish.start, end});
    ++(fits ? granted : refused);
  }
  EXPECT_GT(granted, 30);
  EXPECT_GT(refused, 30);
}

TEST(VenueAlliances, NameTheirVenuesOnce) {
  AllianceState state;
  state.set_complete(true);
  v1::Alliance alliance;
  alliance.mutable_display_name()->set_zh("川渝科普基地联盟");
  alliance.set_lead("venues/cqstm");
  alliance.add_members("venues/cqstm");
  const absl::Time now = T("2026-03-02");
  EXPECT_THAT(DecideCreateAlliance(state, "a", alliance, now).status().ToString(), HasSubstr("members[0]"));
  alliance.set_members(0, "schools/x");
  EXPECT_THAT(DecideCreateAlliance(state, "a", alliance, now).status().ToString(), HasSubstr("members[0]"));
  alliance.set_members(0, "venues/cqnhm");
  const auto facts = DecideCreateAlliance(state, "a", alliance, now);
  ASSERT_TRUE(facts.ok()) << facts.status();
  ASSERT_TRUE(Apply(state, facts->front()).ok());
  EXPECT_EQ(DecideCreateAlliance(state, "a", alliance, now).status().code(),
            absl::StatusCode::kAlreadyExists);
  const auto edit = [](const std::function<void(v1::Alliance&)>& change) {
    return [change](v1::Alliance base) {
      change(base);
      return base;
    };
  };
  EXPECT_EQ(Reason(DecideUpdateAlliance(state, "a", "9", edit([](auto&) {}), now).status()), "ETAG_MISMATCH");
  EXPECT_THAT(
      DecideUpdateAlliance(state, "a", "", edit([](auto& a) { a.clear_lead(); }), now).status().ToString(),
      HasSubstr("alliance.lead"));
  const auto changed =
      DecideUpdateAlliance(state, "a", "1", edit([](auto& a) { a.add_members("venues/x"); }), now);
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(changed->front().alliance_put().etag(), "2");
  AllianceState none;
  none.set_complete(true);
  EXPECT_TRUE(absl::IsNotFound(DecideUpdateAlliance(none, "a", "", edit([](auto&) {}), now).status()));
}

}  // namespace
}  // namespace kepu::venue
