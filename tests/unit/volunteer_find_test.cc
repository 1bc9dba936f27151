// What finding shifts stands on: what somebody lacks for good, and the market of shifts against a search that
// looks at everything.
#include <random>
#include <set>

#include "services/volunteer/domain/availability.h"
#include "services/volunteer/domain/suiting.h"
#include "services/volunteer/domain/timeline.h"
#include "services/volunteer/store/shift_market.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::find_test {
namespace {

using domain::At;
using domain::Folded;
using domain::Obstacle;
using domain::Person;
using domain::record::Assignment;
using domain::record::PersonHead;
using domain::record::ShiftHead;

int64_t Us(absl::Time time) { return absl::ToUnixMicros(time); }

domain::Stretch StretchAt(absl::Time start, absl::Time end, absl::string_view place = "venues/a") {
  return {Us(start), Us(end), domain::DayNumber(Us(start)), place, nullptr};
}

class Town {
 public:
  explicit Town(unsigned seed) : random_(seed) {}
  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  PersonHead RandomHead(const std::string& id) {
    PersonHead head;
    head.set_id(id);
    head.set_district(absl::StrCat("districts/d", Below(3)));
    for (int course = 0; course < 2; ++course) {
      if (Below(2) == 0) continue;
      domain::record::Qualification& one = *head.add_qualifications();
      one.set_course(absl::StrCat("courses/c", course));
      if (Below(2) == 0) one.set_valid_until_us(Us(At(Below(10), 0)));
    }
    if (Below(2) == 0) head.add_languages("en");
    if (Below(2) == 0) head.add_skills("driving");
    if (Below(2) == 0) head.set_background_check_until_us(Us(At(Below(10), 0)));
    head.set_adult(Below(4) > 0);
    head.set_verified(Below(2) == 0);
    if (Below(10) == 0) head.set_stopped_until_us(Us(At(Below(2), 12)));
    return head;
  }
  v1::Requirements RandomNeeds() {
    v1::Requirements needs;
    if (Below(5) == 0) needs.add_courses(absl::StrCat("courses/c", Below(2)));
    if (Below(5) == 0) needs.add_languages("en");
    if (Below(6) == 0) needs.add_skills("driving");
    if (Below(6) == 0) needs.set_background_check(true);
    if (Below(6) == 0) needs.set_verified(true);
    if (Below(6) == 0) needs.set_age_min(18);
    return needs;
  }
  ShiftHead RandomShift(int number) {
    ShiftHead head;
    head.set_id(absl::StrCat("s", 1000 + number));
    const int place = Below(4);
    head.set_place(absl::StrCat("venues/v", place));
    head.set_start_us(Us(At(Below(10), Below(48) / 2.0)));
    head.set_end_us(head.start_us() + (1 + Below(6)) * 1'800'000'000LL);
    head.set_needed(1 + Below(3));
    head.set_signed_up(Below(head.needed() + 1));
    head.set_claims_held(head.signed_up() < head.needed() ? Below(2) : 0);
    head.set_state(v1::Shift::OPEN);
    head.set_sign_up_mode(static_cast<v1::SignUpMode>(1 + Below(3)));
    if (Below(2) == 0) head.set_role_name("roles/guide");
    *head.mutable_requirements() = RandomNeeds();
    if (place == 0) return head;  // where it lies is not known
    v1::Whereabouts& where = *head.mutable_whereabouts();
    where.mutable_location()->set_latitude(29.5 + 0.05 * place);
    where.mutable_location()->set_longitude(106.5);
    where.set_district(absl::StrCat("districts/d", place % 2));
    return head;
  }
  Assignment RandomAssignment(int number) {
    Assignment one;
    one.set_claim_id(absl::StrCat("claim", number));
    one.set_start_us(Us(At(Below(10), Below(48) / 2.0)));
    one.set_end_us(one.start_us() + (1 + Below(8)) * 1'800'000'000LL);
    one.set_place(absl::StrCat("venues/v", Below(4)));
    one.set_purpose(absl::StrCat("shifts/s", 1000 + Below(60)));
    return one;
  }

 private:
  std::mt19937 random_;
};

domain::Age AgeOf(const PersonHead&) { return domain::Adult(); }

// Every requirement by itself: what may be said of a refusal.
std::set<std::string> AllReasons(const PersonHead& head, const domain::Age& age,
                                 const v1::Requirements& needs, absl::Time start, absl::Time end) {
  std::vector<v1::Requirements> each;
  for (const std::string& course : needs.courses()) each.emplace_back().add_courses(course);
  for (const std::string& language : needs.languages()) each.emplace_back().add_languages(language);
  for (const std::string& skill : needs.skills()) each.emplace_back().add_skills(skill);
  each.emplace_back().set_background_check(needs.background_check());
  each.emplace_back().set_verified(needs.verified());
  each.emplace_back().set_age_min(needs.age_min());
  each.emplace_back().set_age_max(needs.age_max());
  std::set<std::string> reasons;
  for (const v1::Requirements& one : each) {
    const absl::Status status = domain::CheckEligible(head, age, one, start, end, {});
    if (!status.ok()) reasons.insert(refusal::ReasonOf(status));
  }
  return reasons;
}

TEST(SuitingTest, SaysOfEachShiftWhatItsCheckSays) {
  Town town(3);
  const domain::Rules rules;
  std::map<std::string, int> seen;
  for (int round = 0; round < 400; ++round) {
    const PersonHead head = town.RandomHead("p");
    domain::Age age = AgeOf(head);
    // Some have their eighteenth birthday in the middle of it.
    if (town.Below(2) == 0) age.born = absl::CivilDay(2008, 11, 16) + town.Below(12);
    std::vector<domain::SharedNeeds> needs;
    for (uint32_t i = 0; i < 4; ++i) needs.push_back({i, town.RandomNeeds()});
    if (town.Below(4) == 0) needs[0].requirements.set_age_max(17);
    domain::Suiting suiting(head, age, rules);
    for (int i = 0; i < 20; ++i) {
      const domain::SharedNeeds& asked = needs[static_cast<size_t>(town.Below(4))];
      const absl::Time start = At(town.Below(10), town.Below(24));
      const absl::Time end = start + absl::Hours(2);
      const auto reasons = AllReasons(head, age, asked.requirements, start, end);
      const std::string reason = suiting.WhyNot(asked, Us(start), Us(end));
      ASSERT_EQ(reason.empty(), reasons.empty()) << asked.requirements.DebugString();
      ASSERT_TRUE(reason.empty() || reasons.contains(reason)) << reason;
      ++seen[reason];
    }
  }
  EXPECT_EQ(seen.size(), 8u) << "the random cases miss reasons";
}

// All reasons of eligibility as one: which of several is told is tested above.
constexpr char kNotFit[] = "not fit";
std::string Simplified(const std::string& reason) {
  static const std::set<std::string> fits = {"COURSE_NEEDED", "LANGUAGE_NEEDED", "SKILL_NEEDED",
                                             "CHECK_NEEDED",  "NOT_VERIFIED",    "TOO_YOUNG",
                                             "TOO_OLD"};
  return fits.contains(reason) ? kNotFit : reason;
}

// Looks at everything, and remembers nothing.
struct Simple {
  std::string WhyHidden(const ShiftHead& shift) const {
    for (const Assignment& one : assignments)
      if (one.purpose() == domain::ShiftName(shift.id())) return "ALREADY_SIGNED_UP";
    if (domain::Taken(shift) >= shift.needed())
      return domain::Taken(shift) - shift.claims_held() >= shift.needed() ? "SHIFT_FULL" : "SHIFT_HELD";
    if (shift.sign_up_mode() == v1::INVITATION) return "INVITATION_NEEDED";
    if (head.stopped_until_us() > Us(now)) return "VOLUNTEER_STOPPED";
    const absl::Status fit =
        domain::CheckEligible(head, AgeOf(head), shift.requirements(), absl::FromUnixMicros(shift.start_us()),
                              absl::FromUnixMicros(shift.end_us()), {});
    if (!fit.ok()) return kNotFit;
    std::vector<domain::Stretch> taken;
    for (const Assignment& one : assignments) taken.push_back(domain::StretchOf(one));
    domain::Stretch at = StretchAt(absl::FromUnixMicros(shift.start_us()),
                                   absl::FromUnixMicros(shift.end_us()), shift.place());
    if (shift.has_whereabouts()) at.where = &shift.whereabouts();
    const Obstacle::Kind kind = domain::FindObstacle(taken, at, {}).kind;
    if (kind == Obstacle::kNone) return "";
    return kind == Obstacle::kOverlaps ? "OVERLAPS" : "TOO_MANY_HOURS";
  }
  PersonHead head;
  std::vector<Assignment> assignments;
  absl::Time now = At(1, 0);
};

Person PersonWith(const PersonHead& head, const std::vector<Assignment>& assignments) {
  Person person;
  person.mutable_head() = head;
  std::map<std::string, domain::record::PersonChild> weeks;
  for (const Assignment& one : assignments)
    *weeks[domain::WeekOf(absl::FromUnixMicros(one.start_us()))].mutable_week()->add_assignments() = one;
  for (const auto& [week, child] : weeks) person.Put(domain::WeekField(week), child);
  person.set_complete(true);
  return person;
}

// Every page of a search, as one list.
std::vector<std::string> AllPages(const ShiftMarket& market, ShiftQuery query,
                                  std::map<std::string, int>* hidden, int* total) {
  std::vector<std::string> all;
  query.limit = 3;
  query.count = true;
  for (int page = 0; page < 200; ++page) {
    const auto found = market.Find("p", query, {}, AgeOf);
    EXPECT_TRUE(found.ok()) << found.status();
    if (!found.ok()) break;
    if (page == 0) {
      for (const auto& [reason, count] : found->hidden) (*hidden)[Simplified(reason)] += count;
      *total = found->total;
    } else {
      EXPECT_TRUE(found->hidden.empty());
    }
    for (const FoundRow& row : found->rows) all.push_back(row.shift);
    if (found->next_after.empty()) break;
    EXPECT_EQ(found->rows.size(), 3u);
    query.after = found->next_after;
    query.count = false;
  }
  return all;
}

TEST(ShiftMarketTest, FindsWhatASearchThatLooksAtEverythingFinds) {
  std::map<std::string, int> reasons;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Town town(seed);
    ShiftMarket market;
    std::vector<ShiftHead> shifts;
    // Now and then more than are looked at under one lock.
    const int many = seed % 20 == 0 ? 600 : 60;
    for (int i = 0; i < many; ++i) shifts.push_back(town.RandomShift(i));
    for (const ShiftHead& shift : shifts) market.Show(shift);
    Simple simple;
    simple.head = town.RandomHead("p");
    for (int i = 0; i < 5; ++i) simple.assignments.push_back(town.RandomAssignment(i));
    market.Load(PersonWith(simple.head, simple.assignments));

    ShiftQuery query;
    query.now_us = Us(simple.now);
    if (seed % 3 == 0) query.place = "venues/v1";
    if (seed % 4 == 0) query.district = "districts/d1";
    if (seed % 5 == 0) query.role = "roles/guide";
    if (seed % 7 == 0) query.language = "en";
    if (seed % 2 == 0) query.from_us = Us(At(2, 0));
    if (seed % 2 == 0) query.until_us = Us(At(6, 0));
    std::set<std::pair<int64_t, std::string>> expected;
    std::map<std::string, int> hidden_expected;
    for (const ShiftHead& shift : shifts) {
      const auto& languages = shift.requirements().languages();
      const bool asked =
          shift.start_us() > query.now_us && shift.start_us() >= query.from_us &&
          (query.until_us == 0 || shift.start_us() < query.until_us) &&
          (query.place.empty() || shift.place() == query.place) &&
          (query.district.empty() || shift.whereabouts().district() == query.district) &&
          (query.role.empty() || shift.role_name() == query.role) &&
          (query.language.empty() || std::count(languages.begin(), languages.end(), query.language) > 0);
      if (!asked) continue;
      const std::string reason = simple.WhyHidden(shift);
      if (reason.empty()) expected.emplace(shift.start_us(), shift.id());
      if (!reason.empty()) ++hidden_expected[reason];
    }
    std::vector<std::string> in_order;
    for (const auto& [start, id] : expected) in_order.push_back(id);
    std::map<std::string, int> hidden;
    int total = 0;
    ASSERT_EQ(AllPages(market, query, &hidden, &total), in_order) << "seed " << seed;
    ASSERT_EQ(hidden, hidden_expected) << "seed " << seed;
    ASSERT_EQ(total, static_cast<int>(in_order.size()));
    for (const auto& [reason, count] : hidden) reasons[reason] += count;
  }
  EXPECT_EQ(reasons.size(), 8u) << "the random cases miss reasons";
}

class MarketTest : public ::testing::Test {
 protected:
  MarketTest() {
    PersonHead head;
    head.set_id("p");
    market.Show(head);
    Show();
  }
  void Show() { market.Show(shift); }
  static ShiftHead MakeHead() {
    ShiftHead head;
    head.set_id("s1");
    head.set_place("venues/a");
    head.set_start_us(Us(At(3, 10)));
    head.set_end_us(Us(At(3, 14)));
    head.set_needed(2);
    head.set_state(v1::Shift::OPEN);
    head.set_sign_up_mode(v1::FIRST_COME);
    return head;
  }
  // The one reason why nothing is shown, "" when the shift is.
  std::string Why(absl::Time now = At(0, 0)) {
    ShiftQuery query;
    query.now_us = Us(now);
    query.limit = 10;
    query.count = true;
    const auto found = market.Find("p", query, {}, AgeOf);
    if (!found.ok()) return refusal::ReasonOf(found.status());
    if (!found->rows.empty()) return "";
    return found->hidden.empty() ? "nothing" : found->hidden.front().first;
  }
  void Claim(const reservation::v1::ClaimFact& fact) {
    domain::record::PersonClaimed claimed;
    *claimed.mutable_claim() = fact;
    market.Fold("p", claimed);
  }

  ShiftMarket market;
  ShiftHead shift = MakeHead();
};

TEST_F(MarketTest, FollowsClaimsOnThePersonsTime) {
  EXPECT_EQ(Why(), "");
  const auto demand = domain::MakeDemand(At(3, 12), At(3, 16), "venues/b", "sessions/x");
  const auto tried = domain::Tried(demand, "r1");
  Claim(tried);
  EXPECT_EQ(Why(), "OVERLAPS");
  Claim(domain::Ended("another"));
  EXPECT_EQ(Why(), "OVERLAPS");
  Claim(domain::Ended(tried.claim_id()));
  EXPECT_EQ(Why(), "");
  Claim(domain::Tried(domain::MakeDemand(At(3, 10), At(3, 14), "venues/a", "shifts/s1"), "r2"));
  EXPECT_EQ(Why(), "ALREADY_SIGNED_UP");
}

TEST_F(MarketTest, FollowsTheShift) {
  shift.set_signed_up(2);
  Show();
  EXPECT_EQ(Why(), "SHIFT_FULL");
  shift.set_signed_up(1);
  shift.set_claims_held(1);
  Show();
  EXPECT_EQ(Why(), "SHIFT_HELD");
  shift.set_claims_held(0);
  shift.set_start_us(Us(At(4, 10)));
  shift.set_end_us(Us(At(4, 14)));
  Show();
  EXPECT_EQ(Why(At(3, 12)), "") << "it was moved";
  EXPECT_EQ(Why(At(4, 10)), "nothing") << "it has started";
  EXPECT_EQ(market.Look("s1")->free, 1);
  shift.set_state(v1::Shift::CANCELLED);
  Show();
  EXPECT_EQ(Why(), "nothing");
  EXPECT_FALSE(market.Look("s1"));
}

TEST_F(MarketTest, WhatLiesBehindIsForgottenAndWhatCountsIsNot) {
  Claim(domain::Tried(domain::MakeDemand(At(3, 4), At(3, 9), "venues/a"), "r1"));
  EXPECT_EQ(Why(), "TOO_MANY_HOURS");
  for (int i = 0; i < 5; ++i) market.Pass(At(10, 0));
  EXPECT_EQ(Why(), "TOO_MANY_HOURS") << "the same week may still count";
  ASSERT_TRUE(market.Look("s1"));
  for (int i = 0; i < 5; ++i) market.Pass(At(12, 0));
  EXPECT_FALSE(market.Look("s1"));
  Show();
  EXPECT_EQ(Why(), "") << "an assignment of long ago is forgotten";
}

TEST_F(MarketTest, TheWayIsFromWhatTheyDoBeforeOrFromTheirDistrict) {
  const auto where = [](double latitude, const char* district) {
    v1::Whereabouts place;
    place.mutable_location()->set_latitude(latitude);
    place.mutable_location()->set_longitude(106.5);
    place.set_district(district);
    return place;
  };
  *shift.mutable_whereabouts() = where(29.5, "districts/a");
  Show();
  const auto row = [&] {
    ShiftQuery query;
    query.now_us = Us(At(0, 0));
    query.limit = 1;
    return market.Find("p", query, {}, AgeOf)->rows.at(0);
  };
  EXPECT_EQ(row().way_from, "") << "where they live is not known";
  PersonHead head;
  head.set_id("p");
  head.set_district("districts/b");
  market.Show(head);
  EXPECT_EQ(row().way_from, "") << "no place of the district is known";
  ShiftHead other = MakeHead();
  other.set_id("s2");
  other.set_place("venues/b");
  other.set_start_us(Us(At(5, 10)));
  *other.mutable_whereabouts() = where(29.6, "districts/b");
  market.Show(other);
  EXPECT_EQ(row().way_from, "districts/b");
  EXPECT_NEAR(row().distance_km, 11.1, 0.1);
  EXPECT_EQ(row().way, absl::Minutes(33)) << "11.1 km x 1.5 at 45 km/h and the doors";
  auto demand = domain::MakeDemand(At(3, 5), At(3, 7), "venues/c");
  v1::Duty duty;
  *duty.mutable_whereabouts() = where(29.55, "districts/c");
  demand.set_detail(duty.SerializeAsString());
  Claim(domain::Tried(demand, "r1"));
  EXPECT_EQ(row().way_from, "venues/c");
}

TEST_F(MarketTest, NobodyIsNotRegistered) {
  ShiftQuery query;
  EXPECT_EQ(refusal::ReasonOf(market.Find("q", query, {}, AgeOf).status()), "NOT_REGISTERED");
}

}  // namespace
}  // namespace kepu::volunteer::find_test
