// A fleet to decide on: each decision is made twice, on a fleet that is whole in memory and on one that holds
// only what the decision asked for, as the engine would; both must come to the same facts and the same state,
// and the log folds to it. Owned by a test; one thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/caravans.h"
#include "services/venue/domain/fleet_apply.h"
#include "services/venue/domain/itinerary.h"
#include "services/venue/domain/stop_requests.h"
#include "services/venue/domain/times.h"
#include "services/venue/domain/tours.h"
#include "tests/support/days.h"

namespace kepu::venue::fleet {

inline std::string Reason(const absl::Status& status) { return refusal::ReasonOf(status); }
inline std::string Param(const absl::Status& status, absl::string_view name) {
  return refusal::ParamOf(status, name);
}

inline std::map<std::string, std::string> Bytes(const FleetState& state) {
  std::map<std::string, std::string> bytes{{"v", state.SerializeHead()}};
  for (const auto& [field, child] : state.children())
    if (child) bytes[field] = child->SerializeAsString();
  return bytes;
}

class Desk {
 public:
  using Decide = std::function<absl::StatusOr<FleetFacts>(const FleetState& state)>;

  Desk() { whole_.set_complete(true); }

  absl::Status Do(const Decide& decide) {
    FleetState lazy;
    if (auto head = stored_.find("v"); head != stored_.end()) lazy.ParseHead(head->second);
    absl::StatusOr<FleetFacts> facts = FleetFacts();
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
    const absl::StatusOr<FleetFacts> other = decide(whole_);
    EXPECT_EQ(facts.status().code(), other.status().code());
    EXPECT_EQ(facts.status().message(), other.status().message());
    for (const char* param : {"in_the_way", "who", "earliest", "field", "km"})
      EXPECT_EQ(Param(facts.status(), param), Param(other.status(), param));
    if (!facts.ok()) return facts.status();
    Fold(lazy, *facts);
    EXPECT_TRUE(lazy.TakeMissing().empty()) << "folding touches what was not loaded";
    for (const std::string& field : lazy.TakeTouched()) {
      if (auto bytes = lazy.SerializeChild(field)) {
        stored_[field] = *bytes;
      } else {
        stored_.erase(field);
      }
    }
    stored_["v"] = lazy.SerializeHead();
    EXPECT_LT(stored_["v"].size(), 4096u);
    Fold(whole_, *other);
    log_.insert(log_.end(), facts->begin(), facts->end());
    EXPECT_EQ(stored_, Bytes(whole_));
    return absl::OkStatus();
  }

  // What is due, until nothing is.
  void PassTo(absl::Time now) {
    while (NextDue(whole_) <= now)
      ASSERT_TRUE(Do([&](const FleetState& state) { return Due(state, now); }).ok());
  }

  void CheckFold() const {
    FleetState folded;
    folded.set_complete(true);
    Fold(folded, log_);
    EXPECT_EQ(Bytes(folded), Bytes(whole_));
  }

  const FleetState& state() const { return whole_; }

 private:
  static void Fold(FleetState& state, const FleetFacts& facts) {
    for (const auto& fact : facts) {
      const absl::Status status = venue::Apply(state, fact);
      EXPECT_TRUE(status.ok()) << status;
    }
  }

  std::map<std::string, std::string> stored_;
  FleetState whole_;
  FleetFacts log_;
};

inline google::type::LatLng At(double latitude, double longitude) {
  google::type::LatLng at;
  at.set_latitude(latitude);
  at.set_longitude(longitude);
  return at;
}

// At home in the main urban area; north of it, a tenth of a degree is 17 km of road.
inline v1::Caravan MakeCaravan(v1::Caravan::Kind kind = v1::Caravan::CARAVAN) {
  v1::Caravan caravan;
  caravan.mutable_display_name()->set_zh("大篷车");
  caravan.set_kind(kind);
  caravan.set_owner("organizations/kexie");
  caravan.set_district("districts/jiangbei");
  *caravan.mutable_home() = At(29.56, 106.55);
  caravan.set_odometer_km(20'000);
  return caravan;
}

inline v1::TourStop MakeStop(const std::string& host, double north, absl::Time start, absl::Time end) {
  v1::TourStop stop;
  stop.set_host("schools/" + host);
  stop.set_district("districts/changshou");
  *stop.mutable_location() = At(29.56 + north, 106.55);
  *stop.mutable_start_time() = ToTimestamp(start);
  *stop.mutable_end_time() = ToTimestamp(end);
  return stop;
}

inline v1::Tour MakeTour(std::vector<v1::TourStop> stops, std::vector<std::string> partners = {}) {
  v1::Tour tour;
  tour.mutable_title()->set_zh("渝州行");
  for (v1::TourStop& stop : stops) *tour.add_stops() = std::move(stop);
  for (const std::string& partner : partners) tour.add_partners("caravans/" + partner);
  return tour;
}

inline v1::StopRequest MakeRequest(const std::string& host, absl::string_view first, absl::string_view last) {
  v1::StopRequest request;
  request.set_requester("schools/" + host);
  request.set_host("schools/" + host);
  request.set_district("districts/changshou");
  *request.mutable_location() = At(29.76, 106.55);
  request.set_heads(300);
  v1::DayRange& range = *request.add_wished_dates();
  *range.mutable_first_date() = ToDate(D(first));
  *range.mutable_last_date() = ToDate(D(last));
  request.mutable_site()->set_road_width_cm(500);
  request.mutable_site()->set_parking(true);
  request.mutable_site()->set_outdoor_area_m2(200);
  request.set_host_adult("class-teacher");
  return request;
}

inline bool Anybody(const v1::StopRequest&) { return true; }

class FleetDomain : public ::testing::Test {
 protected:
  FleetDomain() {
    EXPECT_TRUE(Create("a", MakeCaravan()).ok());
    EXPECT_TRUE(Create("b", MakeCaravan()).ok());
  }
  ~FleetDomain() override { desk_.CheckFold(); }

  absl::Status Create(const std::string& id, const v1::Caravan& caravan) {
    return desk_.Do([&](const FleetState& state) { return DecideCreateCaravan(state, id, caravan, now_); });
  }
  absl::Status Plan(const std::string& caravan, const std::string& id, const v1::Tour& tour) {
    return desk_.Do([&](const FleetState& state) {
      return DecideCreateTour(state, {caravan, id, tour, "users/planner"}, Anybody, now_);
    });
  }
  absl::Status Cancel(const std::string& caravan, const std::string& id) {
    v1::Text reason;
    reason.set_zh("道路中断");
    return desk_.Do(
        [&](const FleetState& state) { return DecideCancelTour(state, caravan, id, reason, now_); });
  }
  absl::Status Maintain(const std::string& caravan, const std::string& id, absl::Time start, absl::Time end,
                        v1::Maintenance::Kind kind = v1::Maintenance::SERVICE) {
    v1::Maintenance maintenance;
    maintenance.set_kind(kind);
    *maintenance.mutable_start_time() = ToTimestamp(start);
    *maintenance.mutable_end_time() = ToTimestamp(end);
    return desk_.Do([&](const FleetState& state) {
      return DecideCreateMaintenance(state, caravan, id, maintenance, "users/mechanic", now_);
    });
  }
  absl::Status Ask(const std::string& id, const v1::StopRequest& request) {
    return desk_.Do(
        [&](const FleetState& state) { return DecideCreateStopRequest(state, id, request, now_); });
  }
  absl::Status Report(const std::string& caravan, const std::string& tour, const std::string& stop, int heads,
                      int odometer_km = 0, bool missed = false) {
    ReportCommand command{caravan, tour, stop, {}, missed, {}};
    command.report.set_heads_reached(heads);
    command.report.set_odometer_km(odometer_km);
    if (missed) command.reason.set_zh("下雨");
    return desk_.Do([&](const FleetState& state) { return DecideReportStop(state, command, now_); });
  }
  const v1::Caravan& Caravan(const std::string& id) { return **FindCaravan(desk_.state(), id); }
  const v1::Tour& Tour(const std::string& caravan, const std::string& id) {
    return (*FindTour(desk_.state(), caravan, id))->tour();
  }
  const v1::StopRequest& Request(const std::string& id) { return **FindStopRequest(desk_.state(), id); }

  absl::Time now_ = T("2026-03-02", 8);  // a Monday
  Desk desk_;
};

}  // namespace kepu::venue::fleet
