// The venue's decisions: each is made twice, on a venue that is whole in memory and on one that holds only
// what the decision asked for, as the engine would; both must come to the same facts and the same state, and
// the log folds to it.
#include <random>

#include "absl/strings/match.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "services/venue/domain/apply.h"
#include "services/venue/domain/claims.h"
#include "services/venue/domain/closures.h"
#include "services/venue/domain/exhibitions.h"
#include "services/venue/domain/holidays.h"
#include "services/venue/domain/occupancy.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/times.h"
#include "services/venue/domain/venues.h"

namespace kepu::venue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kVenue[] = "cqstm";

absl::CivilDay D(absl::string_view text) { return calendar::ParseDate("date", text).value(); }
absl::Time T(absl::string_view date, int hour = 0, int minute = 0) {
  return calendar::At(D(date), hour * 60 + minute);
}
std::string Reason(const absl::Status& status) { return refusal::ReasonOf(status); }
std::string Param(const absl::Status& status, absl::string_view name) {
  return refusal::ParamOf(status, name);
}

std::map<std::string, std::string> Bytes(const VenueState& state) {
  std::map<std::string, std::string> bytes{{"v", state.SerializeHead()}};
  for (const auto& [field, child] : state.children())
    if (child) bytes[field] = child->SerializeAsString();
  return bytes;
}

// Labour Day of 2026 is enough of a calendar for the rules here; the others are tested in calendar_test.
calendar::HolidayTable Holidays() {
  calendar::HolidayTable table;
  std::vector<calendar::HolidayEntry> days;
  for (absl::CivilDay day = D("2026-05-01"); day <= D("2026-05-05"); ++day)
    days.push_back({day, calendar::DayKind::kHoliday, "labour-day"});
  days.push_back({D("2026-05-09"), calendar::DayKind::kMakeupWorkday, "labour-day"});
  EXPECT_TRUE(table.SetYear(2026, days).ok());
  return table;
}

v1::Period MakePeriod(int open_hour, int close_hour) {
  v1::Period period;
  period.mutable_open_time()->set_hours(open_hour);
  period.mutable_close_time()->set_hours(close_hour);
  return period;
}

// Closed on Mondays, 9 to 17 otherwise.
v1::Venue MakeVenue() {
  v1::Venue venue;
  venue.mutable_display_name()->set_zh("重庆科技馆");
  venue.set_kind(v1::Venue::MUSEUM);
  venue.set_district("districts/jiangbei");
  for (int day = 2; day <= 7; ++day) {
    auto* weekday = venue.mutable_opening()->add_weekly();
    weekday->set_day(static_cast<google::type::DayOfWeek>(day));
    *weekday->add_periods() = MakePeriod(9, 17);
  }
  return venue;
}

v1::Space MakeSpace(int setup_minutes = 0, int takedown_minutes = 0) {
  v1::Space space;
  space.mutable_display_name()->set_zh("展厅");
  space.set_kind(v1::Space::HALL);
  space.mutable_setup_duration()->set_seconds(setup_minutes * 60);
  space.mutable_takedown_duration()->set_seconds(takedown_minutes * 60);
  return space;
}

class Desk {
 public:
  using Decide = std::function<absl::StatusOr<Facts>(const VenueState& state)>;

  Desk() { whole_.set_complete(true); }

  absl::Status Do(const Decide& decide) {
    VenueState lazy;
    if (auto head = stored_.find("v"); head != stored_.end()) lazy.ParseHead(head->second);
    absl::StatusOr<Facts> facts = Facts();
    for (int rounds = 0;; ++rounds) {
      facts = decide(lazy);
      const std::set<std::string> missing = lazy.TakeMissing();
      if (missing.empty()) break;
      EXPECT_FALSE(facts.ok()) << "decided without " << *missing.begin();
      EXPECT_LT(rounds, 8) << "asks again and again";
      if (rounds >= 8) return facts.status();
      for (const std::string& field : missing) {
        auto stored = stored_.find(field);
        lazy.ParseChild(
            field, stored == stored_.end() ? std::nullopt : std::optional<absl::string_view>(stored->second));
      }
    }
    const absl::StatusOr<Facts> other = decide(whole_);
    EXPECT_EQ(facts.status().code(), other.status().code());
    EXPECT_EQ(facts.status().message(), other.status().message());
    for (const char* param : {"in_the_way", "before", "after", "rule", "next_open"})
      EXPECT_EQ(Param(facts.status(), param), Param(other.status(), param));
    if (!facts.ok()) return facts.status();
    Apply(lazy, *facts);
    for (const std::string& field : lazy.TakeTouched()) {
      if (auto bytes = lazy.SerializeChild(field)) {
        stored_[field] = *bytes;
      } else {
        stored_.erase(field);
      }
    }
    stored_["v"] = lazy.SerializeHead();
    EXPECT_LT(stored_["v"].size(), 4096u);
    Apply(whole_, *other);
    log_.insert(log_.end(), facts->begin(), facts->end());
    EXPECT_EQ(stored_, Bytes(whole_));
    return absl::OkStatus();
  }

  void Fold() const {
    VenueState folded;
    folded.set_complete(true);
    Apply(folded, log_);
    EXPECT_EQ(Bytes(folded), Bytes(whole_));
  }

  const VenueState& state() const { return whole_; }
  size_t facts() const { return log_.size(); }

 private:
  static void Apply(VenueState& state, const Facts& facts) {
    for (const auto& fact : facts) {
      const absl::Status status = venue::Apply(state, fact);
      EXPECT_TRUE(status.ok()) << status;
    }
  }

  std::map<std::string, std::string> stored_;
  VenueState whole_;
  Facts log_;
};

class VenueDomain : public ::testing::Test {
 protected:
  VenueDomain() {
    EXPECT_TRUE(CreateVenue(MakeVenue()).ok());
    EXPECT_TRUE(CreateSpace("hall", MakeSpace()).ok());
    EXPECT_TRUE(CreateSpace("dome", MakeSpace(30, 15)).ok());
  }
  ~VenueDomain() override { desk_.Fold(); }

  absl::Status CreateVenue(const v1::Venue& venue) {
    return desk_.Do([&](const VenueState& state) { return DecideCreateVenue(state, kVenue, venue, now_); });
  }
  absl::Status CreateSpace(const std::string& id, const v1::Space& space) {
    return desk_.Do(
        [&](const VenueState& state) { return DecideCreateSpace(state, kVenue, id, space, now_); });
  }
  absl::Status Allocate(const std::string& space, const std::string& id, absl::Time start, absl::Time end,
                        v1::Allocation::Purpose purpose = v1::Allocation::OTHER) {
    AllocateCommand command{kVenue, space, id, {}};
    command.allocation.set_purpose(purpose);
    *command.allocation.mutable_start_time() = ToTimestamp(start);
    *command.allocation.mutable_end_time() = ToTimestamp(end);
    return desk_.Do([&](const VenueState& state) { return DecideAllocate(state, command, holidays_, now_); });
  }
  absl::Status Release(const std::string& space, const std::string& id) {
    return desk_.Do([&](const VenueState& state) { return DecideRelease(state, kVenue, space, id, now_); });
  }
  v1::Exhibition MakeExhibition(std::vector<std::string> spaces, absl::string_view first,
                                absl::string_view last) {
    v1::Exhibition exhibition;
    exhibition.mutable_title()->set_zh("恐龙");
    for (const std::string& space : spaces) exhibition.add_spaces(SpaceName(kVenue, space));
    *exhibition.mutable_first_date() = ToDate(D(first));
    *exhibition.mutable_last_date() = ToDate(D(last));
    return exhibition;
  }
  absl::Status Schedule(const std::string& id, const v1::Exhibition& exhibition) {
    return desk_.Do([&](const VenueState& state) {
      return DecideSchedule(state, kVenue, id, exhibition, holidays_, now_);
    });
  }
  absl::Status Close(const std::string& id, absl::Time start, absl::Time end,
                     std::vector<std::string> spaces = {}) {
    v1::Closure closure;
    *closure.mutable_start_time() = ToTimestamp(start);
    *closure.mutable_end_time() = ToTimestamp(end);
    for (const std::string& space : spaces) closure.add_spaces(SpaceName(kVenue, space));
    closure.mutable_reason()->set_zh("检修");
    return desk_.Do(
        [&](const VenueState& state) { return DecideCreateClosure(state, kVenue, id, closure, now_); });
  }

  reservation::v1::TryRequest MakeTry(const std::string& claim, const std::string& space, absl::Time start,
                                      absl::Time end) {
    reservation::v1::TryRequest request;
    request.set_request_id(claim);
    request.set_reservation("r-" + claim);
    request.set_pivot_service("event");
    request.set_pivot("events/e/sessions/s");
    reservation::v1::Demand& demand = *request.mutable_demand();
    demand.set_thing(SpaceName(kVenue, space));
    demand.set_kind(reservation::v1::HALL);
    *demand.mutable_start_time() = ToTimestamp(start);
    *demand.mutable_end_time() = ToTimestamp(end);
    demand.set_purpose("events/e/sessions/s");
    return request;
  }
  absl::Status Emit(const VenueState& state, const std::optional<reservation::v1::ClaimFact>& fact,
                    Facts& facts) {
    if (!fact) return absl::OkStatus();
    auto changed = ClaimChangedFact(state, *fact);
    if (changed.ok()) facts.push_back(*changed);
    return changed.status();
  }
  absl::StatusOr<reservation::v1::TryResponse::Outcome> Try(const reservation::v1::TryRequest& request) {
    auto outcome = reservation::v1::TryResponse::OUTCOME_UNSPECIFIED;
    const absl::Status status = desk_.Do([&](const VenueState& state) -> absl::StatusOr<Facts> {
      auto claim = FindClaim(state, request.request_id());
      if (!claim.ok()) return claim.status();
      auto decision = reservation::DecideTry(
          *claim, request, now_,
          [&](const reservation::v1::Demand& demand) { return CheckRoom(state, demand, holidays_, now_); });
      if (!decision.ok()) return decision.status();
      outcome = decision->outcome;
      Facts facts;
      if (absl::Status emitted = Emit(state, decision->fact, facts); !emitted.ok()) return emitted;
      return facts;
    });
    if (!status.ok()) return status;
    return outcome;
  }
  enum class Step { kConfirm, kCancel, kRelease };
  absl::Status Tell(Step step, const std::string& claim_id) {
    reservation::v1::StepRequest request;
    request.set_request_id(claim_id);
    request.set_reservation("r-" + claim_id);
    return desk_.Do([&](const VenueState& state) -> absl::StatusOr<Facts> {
      auto claim = FindClaim(state, claim_id);
      if (!claim.ok()) return claim.status();
      std::optional<reservation::v1::ClaimFact> fact;
      if (step == Step::kCancel) fact = reservation::DecideCancel(*claim, request, now_);
      if (step == Step::kRelease) fact = reservation::DecideRelease(*claim, request, now_);
      if (step == Step::kConfirm) {
        auto confirmed = reservation::DecideConfirm(*claim, request);
        if (!confirmed.ok()) return confirmed.status();
        fact = *confirmed;
      }
      Facts facts;
      if (absl::Status emitted = Emit(state, fact, facts); !emitted.ok()) return emitted;
      return facts;
    });
  }
  std::vector<std::string> TakenIds(const std::string& space, absl::Time start, absl::Time end) {
    std::vector<std::string> ids;
    for (const Taken& item : *TakenIn(desk_.state(), {space}, {start, end})) ids.push_back(item.id);
    return ids;
  }

  absl::Time now_ = T("2026-03-02", 8);  // a Monday
  const calendar::HolidayTable holidays_ = Holidays();
  Desk desk_;
};

TEST_F(VenueDomain, CreateChecksAndExistsOnce) {
  EXPECT_EQ(CreateVenue(MakeVenue()).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ((*FindVenue(desk_.state(), kVenue))->etag(), "1");
  VenueState fresh;
  fresh.set_complete(true);
  auto refused = [&](const std::function<void(v1::Venue&)>& spoil) {
    v1::Venue venue = MakeVenue();
    spoil(venue);
    return DecideCreateVenue(fresh, "x", venue, now_).status().code() == absl::StatusCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.mutable_display_name()->clear_zh(); }));
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.clear_kind(); }));
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.clear_district(); }));
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.set_district("Jiangbei"); }));
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.set_operator_("users/x"); }));
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.mutable_location()->set_latitude(91); }));
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.mutable_location()->set_longitude(std::nan("")); }));
  EXPECT_TRUE(
      refused([](v1::Venue& venue) { *venue.mutable_opening()->add_weekly() = venue.opening().weekly(0); }));
  EXPECT_TRUE(refused([](v1::Venue& venue) {
    venue.mutable_opening()->mutable_weekly(0)->mutable_periods(0)->mutable_open_time()->set_hours(18);
  }));
  EXPECT_TRUE(refused([](v1::Venue& venue) {
    venue.mutable_opening()->mutable_weekly(0)->mutable_periods(0)->mutable_open_time()->set_seconds(1);
  }));
  EXPECT_TRUE(refused([](v1::Venue& venue) { venue.mutable_opening()->add_special_days(); }));
  EXPECT_FALSE(refused([](v1::Venue& venue) { venue.clear_opening(); }));
}

TEST_F(VenueDomain, UpdateByMaskKeepsTheRest) {
  auto update = [&](const v1::Venue& venue, const Paths& paths) {
    return desk_.Do([&](const VenueState& state) { return DecideUpdateVenue(state, venue, paths, now_); });
  };
  v1::Venue change;
  change.set_name("venues/cqstm");
  change.set_daily_capacity(9000);
  change.mutable_display_name()->set_en("Science Museum");
  EXPECT_TRUE(update(change, {"daily_capacity", "display_name.en"}).ok());
  const v1::Venue& venue = **FindVenue(desk_.state(), kVenue);
  EXPECT_EQ(venue.daily_capacity(), 9000);
  EXPECT_EQ(venue.display_name().zh(), "重庆科技馆");
  EXPECT_EQ(venue.display_name().en(), "Science Museum");
  EXPECT_EQ(venue.etag(), "2");
  EXPECT_EQ(venue.opening().weekly_size(), 6);

  change.set_etag("1");
  EXPECT_EQ(Reason(update(change, {"daily_capacity"})), "ETAG_MISMATCH");
  change.set_etag("2");
  change.set_state(v1::Venue::RETIRED);
  EXPECT_TRUE(update(change, {"state", "daily_capacity"}).ok());
  EXPECT_EQ((*FindVenue(desk_.state(), kVenue))->state(), v1::Venue::ACTIVE) << "not the caller's to set";
  change.clear_etag();
  EXPECT_EQ(update(change, {"display_name"}).code(), absl::StatusCode::kInvalidArgument) << "zh is missing";
  v1::Venue other;
  other.set_name("venues/absent");
  VenueState absent;
  EXPECT_EQ(DecideUpdateVenue(absent, other, {}, now_).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(VenueDomain, SpacesAreBounded) {
  EXPECT_EQ(CreateSpace("hall", MakeSpace()).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(CreateSpace("x", MakeSpace(24 * 60 + 1)).code(), absl::StatusCode::kInvalidArgument);
  for (int i = 2; i < kMaxSpaces; ++i)
    ASSERT_TRUE(CreateSpace(absl::StrCat("space-with-a-name-as-long-as-it-may-", i), MakeSpace()).ok());
  EXPECT_EQ(Reason(CreateSpace("one-more", MakeSpace())), "TOO_MANY_SPACES");
}

TEST_F(VenueDomain, RetiredSpaceTakesNothing) {
  v1::Space change;
  change.set_state(v1::Space::RETIRED);
  ASSERT_TRUE(desk_
                  .Do([&](const VenueState& state) {
                    return DecideUpdateSpace(state, kVenue, "hall", change, {"state"}, now_);
                  })
                  .ok());
  EXPECT_EQ(Reason(Allocate("hall", "a", T("2026-03-10", 10), T("2026-03-10", 11))), "SPACE_RETIRED");
}

TEST_F(VenueDomain, AllocationsKeepApart) {
  ASSERT_TRUE(Allocate("hall", "a", T("2026-03-10", 10), T("2026-03-10", 12)).ok());
  EXPECT_TRUE(Allocate("hall", "b", T("2026-03-10", 12), T("2026-03-10", 13)).ok()) << "touching";
  EXPECT_TRUE(Allocate("dome", "c", T("2026-03-10", 10), T("2026-03-10", 12)).ok()) << "another space";
  const absl::Status taken = Allocate("hall", "d", T("2026-03-10", 11), T("2026-03-10", 11, 30));
  EXPECT_EQ(Reason(taken), "SPACE_TAKEN");
  EXPECT_EQ(Param(taken, "in_the_way"), "venues/cqstm/spaces/hall/allocations/a");
  EXPECT_EQ(Param(taken, "before"), "2026-03-10T09:30:00+08:00");
  EXPECT_EQ(Param(taken, "after"), "2026-03-10T13:00:00+08:00");
  ASSERT_TRUE(Release("hall", "a").ok());
  EXPECT_TRUE(Allocate("hall", "d", T("2026-03-10", 11), T("2026-03-10", 11, 30)).ok());
  EXPECT_EQ(Reason(Release("hall", "a")), "ALLOCATION_RELEASED");
  EXPECT_EQ(Release("hall", "nobody").code(), absl::StatusCode::kNotFound);
}

TEST_F(VenueDomain, AllocationOverTheEndOfAMonthIsSeenFromBothSides) {
  ASSERT_TRUE(Allocate("hall", "a", T("2026-03-31", 20), T("2026-04-01", 4)).ok());
  EXPECT_EQ(Reason(Allocate("hall", "b", T("2026-03-31", 21), T("2026-03-31", 22))), "SPACE_TAKEN");
  EXPECT_EQ(Reason(Allocate("hall", "c", T("2026-04-01", 1), T("2026-04-01", 2))), "SPACE_TAKEN");
  EXPECT_THAT(TakenIds("hall", T("2026-03-01"), T("2026-05-01")), ElementsAre("a"));
  ASSERT_TRUE(Release("hall", "a").ok());
  EXPECT_THAT(TakenIds("hall", T("2026-03-01"), T("2026-05-01")), IsEmpty());
}

TEST_F(VenueDomain, BadAllocations) {
  EXPECT_EQ(Allocate("hall", "a", T("2026-03-10", 12), T("2026-03-10", 12)).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Allocate("hall", "a", T("2026-03-10"), T("2026-04-11")).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Allocate("hall", "a", T("2026-03-01"), T("2026-03-02")).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Allocate("hall", "a", T("2026-03-10"), T("2026-03-11"), v1::Allocation::EXHIBITION).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Allocate("absent", "a", T("2026-03-10"), T("2026-03-11")).code(), absl::StatusCode::kNotFound);
}

TEST_F(VenueDomain, ExhibitionTakesAllSpacesOrNone) {
  ASSERT_TRUE(Allocate("dome", "a", T("2026-03-15", 10), T("2026-03-15", 12)).ok());
  const size_t facts = desk_.facts();
  const absl::Status taken = Schedule("x1", MakeExhibition({"hall", "dome"}, "2026-03-10", "2026-03-20"));
  EXPECT_EQ(Reason(taken), "SPACE_TAKEN");
  EXPECT_EQ(Param(taken, "in_the_way"), "venues/cqstm/spaces/dome/allocations/a");
  EXPECT_EQ(Param(taken, "before"), "2026-03-04") << "eleven days that end on the 14th";
  EXPECT_EQ(Param(taken, "after"), "2026-03-16");
  EXPECT_EQ(desk_.facts(), facts);
  EXPECT_THAT(TakenIds("hall", T("2026-01-01"), T("2027-01-01")), IsEmpty());

  ASSERT_TRUE(Schedule("x1", MakeExhibition({"hall", "dome"}, "2026-03-16", "2026-06-30")).ok());
  EXPECT_THAT(TakenIds("hall", T("2026-05-01"), T("2026-05-02")), ElementsAre("x1"));
  EXPECT_EQ((*FindAllocation(desk_.state(), kVenue, "hall", "x1"))->holder(), "venues/cqstm/exhibitions/x1");
  EXPECT_EQ(Reason(Release("hall", "x1")), "ALLOCATION_OF_ANOTHER");
  EXPECT_EQ(Reason(Schedule("x2", MakeExhibition({"hall"}, "2026-06-30", "2026-07-01"))), "SPACE_TAKEN");
  EXPECT_TRUE(Schedule("x2", MakeExhibition({"hall"}, "2026-07-01", "2026-07-02")).ok());
}

TEST_F(VenueDomain, ExhibitionBuildsUpAndDown) {
  v1::Exhibition exhibition = MakeExhibition({"hall"}, "2026-03-20", "2026-03-22");
  exhibition.set_setup_days(3);
  exhibition.set_takedown_days(1);
  ASSERT_TRUE(Schedule("x", exhibition).ok());
  const v1::Allocation& allocation = **FindAllocation(desk_.state(), kVenue, "hall", "x");
  EXPECT_EQ(ToTime(allocation.taken_start_time()), T("2026-03-17"));
  EXPECT_EQ(ToTime(allocation.taken_end_time()), T("2026-03-24"));
  v1::Exhibition second = MakeExhibition({"hall"}, "2026-03-24", "2026-03-25");
  second.set_setup_days(1);
  const absl::Status taken = Schedule("y", second);
  EXPECT_EQ(Reason(taken), "SPACE_TAKEN");
  EXPECT_EQ(Param(taken, "after"), "2026-03-25");
  EXPECT_EQ(Param(taken, "before"), "2026-03-15");
}

TEST_F(VenueDomain, BadExhibitions) {
  const auto invalid = absl::StatusCode::kInvalidArgument;
  EXPECT_EQ(Schedule("x", MakeExhibition({}, "2026-03-10", "2026-03-20")).code(), invalid);
  EXPECT_EQ(Schedule("x", MakeExhibition({"hall", "hall"}, "2026-03-10", "2026-03-20")).code(), invalid);
  EXPECT_EQ(Schedule("x", MakeExhibition({"hall"}, "2026-03-20", "2026-03-10")).code(), invalid);
  EXPECT_EQ(Schedule("x", MakeExhibition({"hall"}, "2026-03-10", "2027-04-14")).code(), invalid)
      << "401 days";
  EXPECT_EQ(Schedule("x", MakeExhibition({"hall"}, "2026-02-01", "2026-03-01")).code(), invalid) << "past";
  EXPECT_EQ(Schedule("x", MakeExhibition({"hall"}, "2036-03-10", "2036-03-20")).code(), invalid)
      << "mistyped year";
  EXPECT_EQ(Schedule("x", MakeExhibition({"absent"}, "2026-03-10", "2026-03-20")).code(),
            absl::StatusCode::kNotFound);
  v1::Exhibition foreign = MakeExhibition({}, "2026-03-10", "2026-03-20");
  foreign.add_spaces("venues/other/spaces/hall");
  EXPECT_EQ(Schedule("x", foreign).code(), invalid);
}

TEST_F(VenueDomain, CancelledExhibitionFreesItsSpaces) {
  ASSERT_TRUE(Schedule("x", MakeExhibition({"hall", "dome"}, "2026-03-10", "2026-05-20")).ok());
  auto cancel = [&] {
    return desk_.Do([&](const VenueState& state) { return DecideCancel(state, kVenue, "x", "flood", now_); });
  };
  now_ = T("2026-05-21");
  EXPECT_EQ(Reason(cancel()), "EXHIBITION_OVER");
  now_ = T("2026-04-01");
  ASSERT_TRUE(cancel().ok());
  EXPECT_EQ(Reason(cancel()), "EXHIBITION_CANCELLED");
  EXPECT_THAT(TakenIds("dome", T("2026-01-01"), T("2027-01-01")), IsEmpty());
  EXPECT_TRUE(Schedule("y", MakeExhibition({"hall", "dome"}, "2026-04-10", "2026-05-20")).ok());
}

TEST_F(VenueDomain, ClosuresListWhatTheyHitAndRefuseWhatComes) {
  ASSERT_TRUE(Allocate("hall", "a", T("2026-03-10", 10), T("2026-03-10", 12)).ok());
  ASSERT_TRUE(Schedule("x", MakeExhibition({"hall", "dome"}, "2026-03-12", "2026-03-20")).ok());
  ASSERT_TRUE(Close("k", T("2026-03-10"), T("2026-03-14")).ok());
  const Hits hits = *HitsOf(desk_.state(), kVenue, **FindClosure(desk_.state(), kVenue, "k"));
  EXPECT_THAT(hits.names,
              ElementsAre("venues/cqstm/spaces/hall/allocations/a", "venues/cqstm/exhibitions/x"));
  EXPECT_EQ(hits.count, 2) << "an exhibition in two halls is one hit";
  EXPECT_THAT(TakenIds("hall", T("2026-03-10"), T("2026-03-11")), ElementsAre("a")) << "nothing is deleted";

  const absl::Status closed = Allocate("hall", "b", T("2026-03-11", 10), T("2026-03-11", 12));
  EXPECT_EQ(Reason(closed), "VENUE_CLOSED");
  EXPECT_EQ(Param(closed, "rule"), "CLOSURE");
  EXPECT_EQ(Param(closed, "closure"), "venues/cqstm/closures/k");
  EXPECT_EQ(Param(closed, "next_open"), "2026-03-14, 2026-03-15, 2026-03-17");
  EXPECT_TRUE(
      Allocate("hall", "c", T("2026-03-11", 10), T("2026-03-11", 12), v1::Allocation::MAINTENANCE).ok());

  ASSERT_TRUE(Close("k2", T("2026-04-01"), T("2026-04-02"), {"dome"}).ok());
  EXPECT_TRUE(Allocate("hall", "d", T("2026-04-01", 10), T("2026-04-01", 12)).ok())
      << "another space is closed";
  EXPECT_EQ(Reason(Allocate("dome", "e", T("2026-04-01", 10), T("2026-04-01", 12))), "VENUE_CLOSED");
}

TEST_F(VenueDomain, EndingAClosureOpensAgain) {
  ASSERT_TRUE(Close("k", T("2026-03-10"), T("2026-03-20")).ok());
  auto end = [&](std::optional<absl::Time> until) {
    return desk_.Do(
        [&](const VenueState& state) { return DecideEndClosure(state, kVenue, "k", until, now_); });
  };
  now_ = T("2026-03-12", 8);
  EXPECT_EQ(end(T("2026-03-21")).code(), absl::StatusCode::kInvalidArgument) << "longer than planned";
  EXPECT_EQ(end(T("2026-03-11")).code(), absl::StatusCode::kInvalidArgument) << "in the past";
  ASSERT_TRUE(end(T("2026-03-13")).ok());
  EXPECT_EQ(Reason(end(std::nullopt)), "CLOSURE_ENDED");
  EXPECT_EQ(Reason(Allocate("hall", "a", T("2026-03-12", 10), T("2026-03-12", 12))), "VENUE_CLOSED");
  EXPECT_TRUE(Allocate("hall", "a", T("2026-03-13", 10), T("2026-03-13", 12)).ok());

  now_ = T("2026-03-14");
  ASSERT_TRUE(Close("k2", T("2026-03-20"), T("2026-03-25")).ok());
  ASSERT_TRUE(desk_
                  .Do([&](const VenueState& state) {
                    return DecideEndClosure(state, kVenue, "k2", std::nullopt, now_);
                  })
                  .ok());
  EXPECT_TRUE(Allocate("hall", "b", T("2026-03-21", 10), T("2026-03-21", 12)).ok())
      << "called off before it began";
}

TEST_F(VenueDomain, ClosuresAreBoundedAndPruned) {
  EXPECT_EQ(Close("k", T("2026-03-20"), T("2026-03-10")).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Close("k", T("2026-01-01"), T("2026-01-10")).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Close("k", T("2026-03-20"), T("2029-03-20")).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Close("k", T("2026-03-20"), T("2026-03-21"), {"absent"}).code(), absl::StatusCode::kNotFound);
  for (int i = 0; i < kMaxActiveClosures; ++i)
    ASSERT_TRUE(Close(absl::StrCat("k", i), T("2026-03-20"), T("2026-03-21")).ok());
  EXPECT_EQ(Reason(Close("one-more", T("2026-03-20"), T("2026-03-21"))), "TOO_MANY_CLOSURES");
  now_ = T("2026-03-21");
  EXPECT_TRUE(Close("later", T("2026-03-22"), T("2026-03-23")).ok()) << "those that are over do not count";
  EXPECT_EQ((*desk_.state().Find(kClosuresField))->closures().items_size(), 1);
}

TEST_F(VenueDomain, OpeningIsCutByClosures) {
  ASSERT_TRUE(Close("k", T("2026-03-10", 12), T("2026-03-11", 17)).ok());
  const auto rules = *ReadRules("opening", (*FindVenue(desk_.state(), kVenue))->opening());
  auto on = [&](absl::string_view date) {
    return *OpeningOn(desk_.state(), kVenue, rules, holidays_, D(date));
  };
  EXPECT_EQ(on("2026-03-10").periods(0).close_time().hours(), 12);
  EXPECT_EQ(on("2026-03-10").rule(), "WEEKLY_HOURS");
  EXPECT_EQ(on("2026-03-10").params().at("closure"), "venues/cqstm/closures/k");
  EXPECT_FALSE(on("2026-03-11").open());
  EXPECT_EQ(on("2026-03-11").rule(), "CLOSURE");
  EXPECT_EQ(on("2026-03-09").rule(), "WEEKLY_CLOSING");
  EXPECT_EQ(on("2026-05-06").rule(), "SHIFTED_CLOSING");
  EXPECT_TRUE(on("2027-05-06").provisional());
}

TEST_F(VenueDomain, ClaimsTakeTheSpaceWithItsBuffers) {
  const auto request = MakeTry("0aa", "dome", T("2026-03-10", 10), T("2026-03-10", 11));
  ASSERT_EQ(*Try(request), reservation::v1::TryResponse::GRANTED);
  const v1::Allocation& held = **FindAllocation(desk_.state(), kVenue, "dome", "c-0aa");
  EXPECT_EQ(held.state(), v1::Allocation::HELD);
  EXPECT_EQ(held.holder(), "events/e/sessions/s");
  EXPECT_EQ(ToTime(held.ask_time()), now_ + reservation::kAskAfter);
  EXPECT_EQ(ToTime(held.taken_start_time()), T("2026-03-10", 9, 30));
  EXPECT_EQ(ToTime(held.taken_end_time()), T("2026-03-10", 11, 15));

  const auto clash = Try(MakeTry("0bb", "dome", T("2026-03-10", 11), T("2026-03-10", 12))).status();
  EXPECT_EQ(Reason(clash), "SPACE_HELD") << "it may yet be cancelled";
  EXPECT_EQ(Param(clash, "until"), LocalText(now_ + reservation::kAskAfter));
  EXPECT_EQ(Param(clash, "after"), "2026-03-10T11:45:00+08:00");
  ASSERT_TRUE(Tell(Step::kConfirm, "0aa").ok());
  EXPECT_EQ(Reason(Try(MakeTry("0bb", "dome", T("2026-03-10", 11), T("2026-03-10", 12))).status()),
            "SPACE_TAKEN");
  EXPECT_EQ((*FindAllocation(desk_.state(), kVenue, "dome", "c-0aa"))->state(), v1::Allocation::ACTIVE);
  EXPECT_EQ(Reason(Release("dome", "c-0aa")), "ALLOCATION_OF_ANOTHER");
}

TEST_F(VenueDomain, ClaimsOnlyMoveForward) {
  using reservation::v1::TryResponse;
  const auto request = MakeTry("0aa", "hall", T("2026-03-10", 10), T("2026-03-10", 11));
  EXPECT_EQ(Reason(Tell(Step::kConfirm, "0aa")), "CLAIM_NOT_HELD") << "of an unknown claim";
  ASSERT_EQ(*Try(request), TryResponse::GRANTED);
  const size_t facts = desk_.facts();
  EXPECT_EQ(*Try(request), TryResponse::GRANTED) << "twice is harmless";
  EXPECT_EQ(desk_.facts(), facts);
  ASSERT_TRUE(Tell(Step::kCancel, "0aa").ok());
  EXPECT_THAT(TakenIds("hall", T("2026-03-10"), T("2026-03-11")), IsEmpty());
  EXPECT_EQ(*Try(request), TryResponse::OVER) << "its end is remembered";
  EXPECT_EQ(Reason(Tell(Step::kConfirm, "0aa")), "CLAIM_NOT_HELD");
  EXPECT_THAT(TakenIds("hall", T("2026-03-10"), T("2026-03-11")), IsEmpty());

  ASSERT_TRUE(Tell(Step::kCancel, "0cc").ok()) << "a cancel before the try";
  EXPECT_EQ(*Try(MakeTry("0cc", "hall", T("2026-03-10", 10), T("2026-03-10", 11))), TryResponse::OVER);

  ASSERT_EQ(*Try(MakeTry("0dd", "hall", T("2026-03-10", 10), T("2026-03-10", 11))), TryResponse::GRANTED);
  ASSERT_TRUE(Tell(Step::kConfirm, "0dd").ok());
  ASSERT_TRUE(Tell(Step::kCancel, "0dd").ok());
  EXPECT_THAT(TakenIds("hall", T("2026-03-10"), T("2026-03-11")), ElementsAre("c-0dd")) << "confirmed stays";
  ASSERT_TRUE(Tell(Step::kRelease, "0dd").ok());
  EXPECT_THAT(TakenIds("hall", T("2026-03-10"), T("2026-03-11")), IsEmpty());
  EXPECT_EQ((*FindAllocation(desk_.state(), kVenue, "hall", "c-0dd"))->state(), v1::Allocation::RELEASED);
}

TEST_F(VenueDomain, ClaimsAreRefusedWhereTheVenueIsShut) {
  auto refused = [&](absl::string_view date, int from, int to) {
    return Try(MakeTry("0aa", "hall", T(date, from), T(date, to))).status();
  };
  const absl::Status monday = refused("2026-03-09", 10, 11);
  EXPECT_EQ(Reason(monday), "VENUE_CLOSED");
  EXPECT_EQ(Param(monday, "rule"), "WEEKLY_CLOSING");
  EXPECT_EQ(Param(monday, "date"), "2026-03-09");
  EXPECT_EQ(Param(monday, "next_open"), "2026-03-10, 2026-03-11, 2026-03-12");
  EXPECT_EQ(Param(refused("2026-05-06", 10, 11), "rule"), "SHIFTED_CLOSING");
  EXPECT_EQ(Reason(refused("2026-03-10", 16, 18)), "VENUE_CLOSED") << "beyond closing time";
  EXPECT_EQ(Reason(refused("2026-03-10", 8, 10)), "VENUE_CLOSED") << "before opening time";
  ASSERT_TRUE(Close("k", T("2026-03-10"), T("2026-03-11"), {"hall"}).ok());
  EXPECT_EQ(Param(refused("2026-03-10", 10, 11), "rule"), "CLOSURE");
  EXPECT_EQ(Reason(refused("2026-03-10", 11, 10)), "BAD_REQUEST");
  EXPECT_EQ(Reason(refused("2026-03-01", 10, 11)), "BAD_REQUEST") << "past";
  auto other_kind = MakeTry("0aa", "hall", T("2026-03-12", 10), T("2026-03-12", 11));
  other_kind.mutable_demand()->set_kind(reservation::v1::PERSON);
  EXPECT_EQ(Try(other_kind).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Try(MakeTry("0aa", "absent", T("2026-03-12", 10), T("2026-03-12", 11))).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(*Try(MakeTry("0aa", "hall", T("2026-05-04", 10), T("2026-05-04", 11))),
            reservation::v1::TryResponse::GRANTED)
      << "Sunday hours on a holiday Monday";
}

TEST_F(VenueDomain, EndsOfClaimsAreForgottenWhenNoLateTryCanCome) {
  const int claims = kEndedPerBucket * 2 + 3;
  for (int i = 0; i < claims; ++i) ASSERT_TRUE(Tell(Step::kCancel, absl::StrCat("c", i)).ok());
  auto due = [&] { return desk_.Do([&](const VenueState& state) { return Due(state, now_); }); };
  const absl::Time next = NextDue(desk_.state());
  EXPECT_GT(next, now_ + reservation::kRememberFor);
  EXPECT_LE(next, now_ + reservation::kRememberFor + absl::Hours(24));
  const size_t facts = desk_.facts();
  now_ = next - absl::Seconds(1);
  ASSERT_TRUE(due().ok());
  EXPECT_EQ(desk_.facts(), facts);
  now_ = next;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(due().ok());
  EXPECT_EQ(desk_.facts(), facts + 3);
  EXPECT_EQ(NextDue(desk_.state()), absl::InfiniteFuture());
  for (const auto& [field, child] : desk_.state().children())
    EXPECT_FALSE(child && (child->has_claim() || child->has_ended())) << field;
}

TEST_F(VenueDomain, RetiringFromADay) {
  auto retire = [&](absl::string_view date) {
    return desk_.Do(
        [&](const VenueState& state) { return DecideRetire(state, kVenue, ToDate(D(date)), now_); });
  };
  auto restore = [&] {
    return desk_.Do([&](const VenueState& state) { return DecideRestore(state, kVenue, now_); });
  };
  EXPECT_EQ(Reason(restore()), "VENUE_NOT_RETIRED");
  EXPECT_EQ(retire("2026-03-01").code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(Allocate("hall", "a", T("2026-04-10", 10), T("2026-04-10", 12)).ok());
  ASSERT_TRUE(retire("2026-04-01").ok());
  EXPECT_THAT(HitsOfRetiring(desk_.state(), kVenue, D("2026-04-01"))->names,
              ElementsAre("venues/cqstm/spaces/hall/allocations/a"));
  EXPECT_EQ((*FindVenue(desk_.state(), kVenue))->state(), v1::Venue::ACTIVE);
  EXPECT_TRUE(Allocate("hall", "b", T("2026-03-31", 23), T("2026-04-01")).ok());
  EXPECT_EQ(Reason(Allocate("hall", "c", T("2026-03-31", 23), T("2026-04-01", 1))), "VENUE_RETIRED");
  const auto rules = *ReadRules("opening", (*FindVenue(desk_.state(), kVenue))->opening());
  EXPECT_EQ(OpeningOn(desk_.state(), kVenue, rules, holidays_, D("2026-04-01"))->rule(), "RETIRED");

  EXPECT_EQ(NextDue(desk_.state()), T("2026-04-01"));
  now_ = T("2026-04-01");
  ASSERT_TRUE(desk_.Do([&](const VenueState& state) { return Due(state, now_); }).ok());
  EXPECT_EQ((*FindVenue(desk_.state(), kVenue))->state(), v1::Venue::RETIRED);
  EXPECT_EQ(NextDue(desk_.state()), absl::InfiniteFuture());
  EXPECT_EQ(Reason(retire("2026-05-01")), "VENUE_RETIRED");
  EXPECT_EQ(Reason(CreateSpace("new", MakeSpace())), "VENUE_RETIRED");
  ASSERT_TRUE(restore().ok());
  EXPECT_EQ((*FindVenue(desk_.state(), kVenue))->state(), v1::Venue::ACTIVE);
  EXPECT_TRUE(Allocate("hall", "c", T("2026-04-02", 10), T("2026-04-02", 11)).ok());
  ASSERT_TRUE(retire("2026-04-01").ok());
  EXPECT_EQ((*FindVenue(desk_.state(), kVenue))->state(), v1::Venue::RETIRED) << "today takes effect at once";
}

TEST(VenueCalendars, SetReadAndRefuse) {
  CalendarState state;
  state.set_complete(true);
  const absl::Time now = T("2026-03-02");
  v1::HolidayCalendar notice;
  notice.set_name("calendars/2026");
  auto* day = notice.add_days();
  *day->mutable_date() = ToDate(D("2026-05-01"));
  day->set_kind(v1::HolidayCalendar::Day::HOLIDAY);
  day->set_block("labour-day");
  EXPECT_EQ(FindCalendar(state, 2026).status().code(), absl::StatusCode::kNotFound);
  auto facts = DecideSetCalendar(state, notice, now);
  ASSERT_TRUE(facts.ok()) << facts.status();
  ASSERT_TRUE(Apply(state, facts->front()).ok());
  EXPECT_EQ((*FindCalendar(state, 2026))->etag(), "1");
  notice.set_etag("7");
  EXPECT_EQ(Reason(DecideSetCalendar(state, notice, now).status()), "ETAG_MISMATCH");
  notice.clear_etag();
  *notice.add_days() = notice.days(0);
  EXPECT_EQ(DecideSetCalendar(state, notice, now).status().code(), absl::StatusCode::kInvalidArgument);
  for (const char* bad :
       {"calendars/26", "calendars/x026", "calendars/1999", "holidays/2026", "calendars/20260"})
    EXPECT_FALSE(YearOf("name", bad).ok()) << bad;
}

// A venue that is always open, random wishes, and a model that is a plain list of what is taken.
TEST_F(VenueDomain, RandomSequencesAgainstAListOfIntervals) {
  v1::Venue always;
  always.set_name("venues/cqstm");
  for (int day = 1; day <= 7; ++day) {
    auto* weekday = always.mutable_opening()->add_weekly();
    weekday->set_day(static_cast<google::type::DayOfWeek>(day));
    *weekday->add_periods() = MakePeriod(0, 24);
  }
  ASSERT_TRUE(
      desk_.Do([&](const VenueState& state) { return DecideUpdateVenue(state, always, {"opening"}, now_); })
          .ok());
  struct Item {
    std::string space, id;
    calendar::Interval taken;
    bool claim = false;
  };
  const unsigned seed = 424242;
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::vector<Item> model;
  int granted = 0, refused = 0;
  for (int step = 0; step < 600; ++step) {
    if (!model.empty() && below(3) == 0) {
      const size_t index = static_cast<size_t>(below(static_cast<int>(model.size())));
      const Item item = model[index];
      if (item.claim && below(2) == 0) {
        ASSERT_TRUE(Tell(Step::kConfirm, item.id).ok());
        continue;
      }
      ASSERT_TRUE((item.claim ? Tell(Step::kRelease, item.id) : Release(item.space, item.id)).ok());
      model.erase(model.begin() + static_cast<std::ptrdiff_t>(index));
      continue;
    }
    Item item;
    item.space = below(2) == 0 ? "hall" : "dome";
    item.claim = below(2) == 0;
    item.id = absl::StrCat("id", step);
    const absl::Time start = T("2026-03-25") + absl::Minutes(15) * below(4 * 24 * 14);
    const calendar::Interval use{start, start + absl::Minutes(15) * (1 + below(4 * 30))};
    const bool buffered = item.space == "dome" && item.claim;
    item.taken =
        buffered ? calendar::Interval{use.start - absl::Minutes(30), use.end + absl::Minutes(15)} : use;
    const bool free = std::none_of(model.begin(), model.end(), [&](const Item& other) {
      return other.space == item.space && other.taken.Overlaps(item.taken);
    });
    const absl::Status status = item.claim ? Try(MakeTry(item.id, item.space, use.start, use.end)).status()
                                           : Allocate(item.space, item.id, use.start, use.end);
    ASSERT_EQ(status.ok(), free) << "step " << step << ": " << status;
    if (!free) {
      ASSERT_TRUE(absl::StartsWith(Reason(status), "SPACE_")) << status;
      ++refused;
      continue;
    }
    ++granted;
    model.push_back(item);
  }
  EXPECT_GT(granted, 50);
  EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace kepu::venue
