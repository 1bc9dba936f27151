// A venue to decide on: each decision is made twice, on a venue that is whole in memory and on one that holds
// only what the decision asked for, as the engine would; both must come to the same facts and the same state,
// and the log folds to it. Owned by a test; one thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "libs/calendar/dates.h"
#include "libs/handler/merge.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "services/venue/domain/apply.h"
#include "services/venue/domain/claims.h"
#include "services/venue/domain/closures.h"
#include "services/venue/domain/exhibitions.h"
#include "services/venue/domain/holidays.h"
#include "services/venue/domain/occupancy.h"
#include "services/venue/domain/opening.h"
#include "services/venue/domain/series.h"
#include "services/venue/domain/spaces.h"
#include "services/venue/domain/times.h"
#include "services/venue/domain/venues.h"
#include "tests/support/days.h"

namespace kepu::venue {
inline constexpr char kVenue[] = "cqstm";

inline std::string Reason(const absl::Status& status) { return refusal::ReasonOf(status); }
inline std::string Param(const absl::Status& status, absl::string_view name) {
  return refusal::ParamOf(status, name);
}

inline std::map<std::string, std::string> Bytes(const VenueState& state) {
  std::map<std::string, std::string> bytes{{"v", state.SerializeHead()}};
  for (const auto& [field, child] : state.children())
    if (child) bytes[field] = child->SerializeAsString();
  return bytes;
}

// Labour Day of 2026 is enough of a calendar for the rules here; the others are tested in calendar_test.
inline calendar::HolidayTable Holidays() {
  calendar::HolidayTable table;
  std::vector<calendar::HolidayEntry> days;
  for (absl::CivilDay day = D("2026-05-01"); day <= D("2026-05-05"); ++day)
    days.push_back({day, calendar::DayKind::kHoliday, "labour-day"});
  days.push_back({D("2026-05-09"), calendar::DayKind::kMakeupWorkday, "labour-day"});
  EXPECT_TRUE(table.SetYear(2026, days).ok());
  return table;
}

inline v1::Period MakePeriod(int open_hour, int close_hour) {
  v1::Period period;
  period.mutable_open_time()->set_hours(open_hour);
  period.mutable_close_time()->set_hours(close_hour);
  return period;
}

// Closed on Mondays, 9 to 17 otherwise.
inline v1::Venue MakeVenue() {
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

inline v1::Space MakeSpace(int setup_minutes = 0, int takedown_minutes = 0) {
  v1::Space space;
  space.mutable_display_name()->set_zh("展厅");
  space.set_kind(v1::Space::HALL);
  space.mutable_setup_duration()->set_seconds(setup_minutes * 60);
  space.mutable_takedown_duration()->set_seconds(takedown_minutes * 60);
  return space;
}

inline absl::StatusOr<Facts> UpdateVenue(const VenueState& state, const v1::Venue& update,
                                         const handler::Paths& paths, absl::Time now) {
  return DecideUpdateVenue(
      state, IdOf(update.name()), update.etag(),
      [&](const v1::Venue& base) { return handler::Merged(base, update, paths); }, now);
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
    AllocateCommand command{kVenue, space, id, {}, "users/staff"};
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
    const auto taken = TakenIn(desk_.state(), {space}, {start, end});
    for (const Taken& item : *taken) ids.push_back(item.id);
    return ids;
  }

  absl::Time now_ = T("2026-03-02", 8);  // a Monday
  const calendar::HolidayTable holidays_ = Holidays();
  Desk desk_;
};

}  // namespace kepu::venue
