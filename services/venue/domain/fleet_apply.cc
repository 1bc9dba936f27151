#include "services/venue/domain/fleet_apply.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "services/venue/domain/stamps.h"
#include "services/venue/domain/stop_requests.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using calendar::Interval;
using log::v1::FleetChild;
using log::v1::FleetFact;
using log::v1::TourPlanned;

absl::Status Defect(absl::string_view what) {
  return absl::InternalError(absl::StrCat("fact of the fleet without its ", what));
}

void PutTaking(FleetState& state, absl::string_view caravan, const Taking& taking) {
  for (const absl::CivilMonth month : MonthsOf(IntervalOf(taking))) {
    const std::string field = FleetMonthField(IdOf(caravan), month);
    if (state.Mutable(field) == nullptr) state.Put(field, FleetChild());
    auto& list = *state.Mutable(field)->mutable_month()->mutable_taken();
    *list.Add() = taking;
    std::sort(list.begin(), list.end(),
              [](const Taking& a, const Taking& b) { return a.start_us() < b.start_us(); });
  }
}

void FreeTaking(FleetState& state, absl::string_view caravan, const std::string& name,
                const Interval& interval) {
  for (const absl::CivilMonth month : MonthsOf(interval)) {
    const std::string field = FleetMonthField(IdOf(caravan), month);
    FleetChild* child = state.Mutable(field);
    if (child == nullptr) continue;
    auto& list = *child->mutable_month()->mutable_taken();
    list.erase(
        std::remove_if(list.begin(), list.end(), [&](const Taking& item) { return item.name() == name; }),
        list.end());
    if (list.empty()) state.Erase(field);
  }
}

// The odometer was read: what was driven until now shows on it, and so does all of the tour that ended with
// it.
void Settle(FleetState& state, absl::string_view caravan, int64_t time_us, absl::string_view ended_tour) {
  const absl::Time now = absl::FromUnixMicros(time_us);
  for (const absl::CivilMonth month : MonthsOf({now - kUnreadMileage, now})) {
    const std::string field = FleetMonthField(IdOf(caravan), month);
    auto child = state.Find(field);
    if (!child.ok() || *child == nullptr) continue;
    const auto driven = [&](const Taking& item) {
      return item.km() > 0 && (item.end_us() <= time_us || item.name() == ended_tour);
    };
    const auto& month_list = (*child)->month().taken();
    if (std::none_of(month_list.begin(), month_list.end(), driven)) continue;
    for (Taking& item : *state.Mutable(field)->mutable_month()->mutable_taken())
      if (driven(item)) item.set_km(0);
  }
}

absl::Status PutCaravan(FleetState& state, const v1::Caravan& caravan) {
  FleetChild child;
  *child.mutable_caravan() = caravan;
  state.Put(CaravanField(IdOf(caravan.name())), std::move(child));
  return absl::OkStatus();
}

absl::Status UpdateCaravan(FleetState& state, const v1::Caravan& caravan) {
  FleetChild* child = state.Mutable(CaravanField(IdOf(caravan.name())));
  if (child == nullptr) return Defect("caravan");
  if (child->caravan().odometer_km() < caravan.odometer_km())
    Settle(state, caravan.name(), absl::ToUnixMicros(ToTime(caravan.update_time())), "");
  return PutCaravan(state, caravan);
}

absl::Status PlanMaintenance(FleetState& state, const log::v1::MaintenancePlanned& fact) {
  const v1::Maintenance& maintenance = fact.maintenance();
  const absl::string_view caravan = CaravanOf(maintenance.name());
  FleetChild child;
  *child.mutable_maintenance() = maintenance;
  state.Put(MaintenanceField(IdOf(caravan), IdOf(maintenance.name())), std::move(child));
  Taking taking;
  taking.set_name(maintenance.name());
  taking.set_start_us(absl::ToUnixMicros(ToTime(maintenance.start_time())));
  taking.set_end_us(absl::ToUnixMicros(ToTime(maintenance.end_time())));
  taking.set_service(maintenance.kind() == v1::Maintenance::SERVICE);
  taking.set_planner(fact.planner());
  PutTaking(state, caravan, taking);
  return absl::OkStatus();
}

absl::Status EndMaintenance(FleetState& state, const log::v1::MaintenanceEnded& fact) {
  FleetChild* child = state.Mutable(MaintenanceField(fact.caravan(), fact.id()));
  FleetChild* vehicle = state.Mutable(CaravanField(fact.caravan()));
  if (child == nullptr || vehicle == nullptr) return Defect("maintenance");
  v1::Maintenance& maintenance = *child->mutable_maintenance();
  maintenance.set_state(fact.state());
  maintenance.set_odometer_km(fact.odometer_km());
  // What is left of its time is free again.
  const std::string name = maintenance.name();
  const Interval planned{ToTime(maintenance.start_time()), ToTime(maintenance.end_time())};
  const bool done = fact.state() == v1::Maintenance::DONE;
  const bool service = maintenance.kind() == v1::Maintenance::SERVICE;
  if (done) {
    v1::Caravan& caravan = *vehicle->mutable_caravan();
    const int before = caravan.odometer_km();
    if (fact.odometer_km() > 0) caravan.set_odometer_km(fact.odometer_km());
    caravan.clear_open_faults();
    if (service) {
      caravan.set_last_service_km(caravan.odometer_km());
      *caravan.mutable_last_service_date() = ToDate(calendar::DayOf(absl::FromUnixMicros(fact.time_us())));
    }
    const bool read = caravan.odometer_km() > before;
    StampAgain(caravan, absl::FromUnixMicros(fact.time_us()));
    if (read) Settle(state, CaravanName(fact.caravan()), fact.time_us(), "");
  }
  FreeTaking(state, CaravanName(fact.caravan()), name, planned);
  return absl::OkStatus();
}

v1::StopRequest* RequestOf(FleetState& state, const v1::TourStop& stop) {
  if (stop.stop_request().empty()) return nullptr;
  FleetChild* child = state.Mutable(StopRequestField(IdOf(stop.stop_request())));
  return child == nullptr ? nullptr : child->mutable_request();
}

void Turn(v1::StopRequest& request, v1::StopRequest::State to, absl::Time time) {
  request.set_state(to);
  StampAgain(request, time);
}

// The request's stop is this one, and it still hopes for it.
bool HoldsStop(const v1::StopRequest& request, const std::string& tour) {
  return request.state() == v1::StopRequest::ACCEPTED && TourOf(request.stop()) == tour;
}

void PutTour(FleetState& state, const TourPlanned& planned) {
  const v1::Tour& tour = planned.tour();
  FleetChild child;
  *child.mutable_tour() = planned;
  state.Put(TourField(IdOf(CaravanOf(tour.name())), IdOf(tour.name())), std::move(child));
  for (const TourPlanned::Share& share : planned.shares()) {
    Taking taking;
    taking.set_name(tour.name());
    taking.set_start_us(share.start_us());
    taking.set_end_us(share.end_us());
    taking.set_km(share.km());
    taking.set_planner(planned.planner());
    PutTaking(state, share.caravan(), taking);
  }
  for (int i = 0; i < tour.stops_size(); ++i) {
    v1::StopRequest* request = RequestOf(state, tour.stops(i));
    if (request == nullptr) continue;
    Turn(*request, v1::StopRequest::ACCEPTED, ToTime(tour.update_time()));
    request->clear_reason();
    request->set_stop(StopName(tour.name(), i));
  }
}

// Frees what it takes and lets go of its requests; `to` with `reason`.
void LetGo(FleetState& state, const TourPlanned& planned, v1::StopRequest::State to, const v1::Text& reason,
           absl::Time time) {
  const v1::Tour& tour = planned.tour();
  for (const TourPlanned::Share& share : planned.shares())
    FreeTaking(state, share.caravan(), tour.name(), IntervalOf(share));
  for (const v1::TourStop& stop : tour.stops()) {
    v1::StopRequest* request = RequestOf(state, stop);
    if (request == nullptr || !HoldsStop(*request, tour.name())) continue;
    Turn(*request, to, time);
    *request->mutable_reason() = reason;
    request->clear_stop();
  }
}

FleetChild* TourChild(FleetState& state, absl::string_view caravan, absl::string_view tour) {
  FleetChild* child = state.Mutable(TourField(caravan, tour));
  return child == nullptr || !child->has_tour() ? nullptr : child;
}

absl::Status Replan(FleetState& state, const TourPlanned& fact) {
  const std::string& name = fact.tour().name();
  FleetChild* child = TourChild(state, IdOf(CaravanOf(name)), IdOf(name));
  if (child == nullptr) return Defect("tour");
  const TourPlanned before = child->tour();
  LetGo(state, before, v1::StopRequest::OPEN, {}, ToTime(fact.tour().update_time()));
  PutTour(state, fact);
  return absl::OkStatus();
}

absl::Status CancelTour(FleetState& state, const log::v1::TourCancelled& fact) {
  FleetChild* child = TourChild(state, fact.caravan(), fact.id());
  if (child == nullptr) return Defect("tour");
  v1::Tour& tour = *child->mutable_tour()->mutable_tour();
  tour.set_state(v1::Tour::CANCELLED);
  *tour.mutable_cancel_reason() = fact.reason();
  StampAgain(tour, absl::FromUnixMicros(fact.time_us()));
  const TourPlanned planned = child->tour();
  LetGo(state, planned, v1::StopRequest::WAITING, fact.reason(), absl::FromUnixMicros(fact.time_us()));
  return absl::OkStatus();
}

absl::Status ReportStop(FleetState& state, const log::v1::StopReported& fact) {
  FleetChild* child = TourChild(state, fact.caravan(), fact.tour());
  if (child == nullptr || fact.stop() >= child->tour().tour().stops_size()) return Defect("stop");
  v1::Tour& tour = *child->mutable_tour()->mutable_tour();
  v1::TourStop& stop = *tour.mutable_stops(fact.stop());
  stop.set_state(fact.state());
  *stop.mutable_report() = fact.report();
  tour.set_heads_reached(tour.heads_reached() + fact.report().heads_reached());
  const bool open = std::any_of(tour.stops().begin(), tour.stops().end(), [](const v1::TourStop& other) {
    return other.state() == v1::TourStop::PLANNED;
  });
  tour.set_state(open ? v1::Tour::RUNNING : v1::Tour::DONE);
  StampAgain(tour, absl::FromUnixMicros(fact.time_us()));
  const std::string name = tour.name();
  const v1::TourStop reported = stop;

  if (v1::StopRequest* request = RequestOf(state, reported);
      request != nullptr && HoldsStop(*request, name)) {
    const bool missed = fact.state() == v1::TourStop::MISSED;
    Turn(*request, missed ? v1::StopRequest::WAITING : v1::StopRequest::SERVED,
         absl::FromUnixMicros(fact.time_us()));
    if (missed) {
      *request->mutable_reason() = fact.reason();
      request->clear_stop();
    }
  }
  const bool read = fact.report().odometer_km() > 0;
  if (!read && fact.report().faults().empty()) return absl::OkStatus();
  FleetChild* vehicle = state.Mutable(CaravanField(fact.caravan()));
  if (vehicle == nullptr) return Defect("caravan");
  v1::Caravan& caravan = *vehicle->mutable_caravan();
  if (read) caravan.set_odometer_km(fact.report().odometer_km());
  caravan.mutable_open_faults()->MergeFrom(fact.report().faults());
  StampAgain(caravan, absl::FromUnixMicros(fact.time_us()));
  if (read) Settle(state, CaravanName(fact.caravan()), fact.time_us(), open ? "" : name);
  return absl::OkStatus();
}

// Stands in the bucket of the day on which it expires; a wish that is moved stands in the old one too.
void NoteExpiry(FleetState& state, const v1::StopRequest& request) {
  const int day = DayNumberOf(LastWishedDay(request));
  const std::string field = ExpiringField(day, NextExpiringBucket(state, day));
  if (state.Mutable(field) == nullptr) state.Put(field, FleetChild());
  state.Mutable(field)->mutable_expiring()->add_ids(std::string(IdOf(request.name())));
  auto& days = *state.mutable_head().mutable_expiring_days();
  auto known = std::find_if(days.begin(), days.end(), [&](const auto& other) { return other.day() == day; });
  if (known != days.end()) return known->set_count(known->count() + 1);
  log::v1::FleetHead::ExpiringDay* added = days.Add();
  added->set_day(day);
  added->set_count(1);
  std::sort(days.begin(), days.end(), [](const auto& a, const auto& b) { return a.day() < b.day(); });
}

absl::Status PutRequest(FleetState& state, const v1::StopRequest& request, bool created) {
  const std::string field = StopRequestField(IdOf(request.name()));
  bool moved = created;
  if (!created) {
    const FleetChild* child = state.Mutable(field);
    if (child == nullptr) return Defect("request");
    moved = LastWishedDay(child->request()) != LastWishedDay(request);
  }
  FleetChild child;
  *child.mutable_request() = request;
  state.Put(field, std::move(child));
  if (moved) NoteExpiry(state, request);
  return absl::OkStatus();
}

absl::Status AnswerRequest(FleetState& state, const log::v1::RequestAnswered& fact) {
  FleetChild* child = state.Mutable(StopRequestField(fact.id()));
  if (child == nullptr) return Defect("request");
  v1::StopRequest& request = *child->mutable_request();
  Turn(request, fact.state(), absl::FromUnixMicros(fact.time_us()));
  *request.mutable_reason() = fact.reason();
  return absl::OkStatus();
}

absl::Status ExpireRequests(FleetState& state, const log::v1::RequestsExpired& fact) {
  for (const std::string& id : fact.ids()) {
    FleetChild* child = state.Mutable(StopRequestField(id));
    if (child == nullptr) return Defect("request");
    Turn(*child->mutable_request(), v1::StopRequest::EXPIRED, absl::FromUnixMicros(fact.time_us()));
  }
  state.Erase(ExpiringField(fact.day(), fact.bucket()));
  auto& days = *state.mutable_head().mutable_expiring_days();
  for (int i = 0; i < days.size(); ++i) {
    if (days[i].day() != fact.day()) continue;
    days[i].set_count(fact.bucket() * kExpiringPerBucket);
    if (days[i].count() == 0) days.DeleteSubrange(i, 1);
    return absl::OkStatus();
  }
  return Defect("day");
}

}  // namespace

absl::Status Apply(FleetState& state, const FleetFact& fact) {
  switch (fact.kind_case()) {
    case FleetFact::kCaravanCreated:
      state.mutable_head().set_caravans(state.head().caravans() + 1);
      return PutCaravan(state, fact.caravan_created());
    case FleetFact::kCaravanUpdated:
      return UpdateCaravan(state, fact.caravan_updated());
    case FleetFact::kMaintenancePlanned:
      return PlanMaintenance(state, fact.maintenance_planned());
    case FleetFact::kMaintenanceEnded:
      return EndMaintenance(state, fact.maintenance_ended());
    case FleetFact::kTourPlanned:
      PutTour(state, fact.tour_planned());
      return absl::OkStatus();
    case FleetFact::kTourReplanned:
      return Replan(state, fact.tour_replanned());
    case FleetFact::kTourCancelled:
      return CancelTour(state, fact.tour_cancelled());
    case FleetFact::kStopReported:
      return ReportStop(state, fact.stop_reported());
    case FleetFact::kRequestCreated:
      return PutRequest(state, fact.request_created(), true);
    case FleetFact::kRequestUpdated:
      return PutRequest(state, fact.request_updated(), false);
    case FleetFact::kRequestAnswered:
      return AnswerRequest(state, fact.request_answered());
    case FleetFact::kRequestsExpired:
      return ExpireRequests(state, fact.requests_expired());
    case FleetFact::KIND_NOT_SET:
      break;
  }
  return absl::InternalError("no fact of the fleet");
}

absl::StatusOr<FleetFacts> Due(const FleetState& state, absl::Time now) {
  FleetFacts facts;
  if (!state.Exists() || NextDue(state) > now) return facts;
  const auto& oldest = state.head().expiring_days(0);
  const int bucket = (oldest.count() - 1) / kExpiringPerBucket;
  auto child = state.Find(ExpiringField(oldest.day(), bucket));
  if (!child.ok()) return child.status();
  log::v1::RequestsExpired expired;
  expired.set_day(oldest.day());
  expired.set_bucket(bucket);
  expired.set_time_us(absl::ToUnixMicros(now));
  absl::Status missing;
  if (*child != nullptr) {
    for (const std::string& id : (*child)->expiring().ids()) {
      auto request = FindStopRequest(state, id);
      if (!request.ok()) {
        missing = request.status();
      } else if (IsPending(**request) && DayNumberOf(LastWishedDay(**request)) <= oldest.day() &&
                 std::find(expired.ids().begin(), expired.ids().end(), id) == expired.ids().end()) {
        expired.add_ids(id);
      }
    }
  }
  if (!missing.ok()) return missing;
  *facts.emplace_back().mutable_requests_expired() = std::move(expired);
  return facts;
}

absl::Time NextDue(const FleetState& state) {
  if (state.head().expiring_days().empty()) return absl::InfiniteFuture();
  return calendar::At(absl::CivilDay(1970, 1, 1) + state.head().expiring_days(0).day() + 1);
}

}  // namespace kepu::venue
