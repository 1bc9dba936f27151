#include "services/venue/domain/tours.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/caravans.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using log::v1::FleetFact;
using log::v1::TourPlanned;
using refusal::kNo;

absl::Status NotPlanned(const v1::Tour& tour) {
  return refusal::Refuse(kNo, "TOUR_NOT_PLANNED",
                         {{"name", tour.name()}, {"state", v1::Tour::State_Name(tour.state())}});
}

// What the tour takes and the requests it answers, so that they can be let go.
absl::Status LoadHeld(const FleetState& state, const TourPlanned& planned) {
  absl::Status missing;
  for (const TourPlanned::Share& share : planned.shares())
    if (auto taken = TakingsOf(state, IdOf(share.caravan()), IntervalOf(share)); !taken.ok())
      missing = taken.status();
  for (const v1::TourStop& stop : planned.tour().stops()) {
    if (stop.stop_request().empty()) continue;
    auto request = state.Find(StopRequestField(IdOf(stop.stop_request())));
    if (!request.ok()) missing = request.status();
  }
  return missing;
}

// From 0; -1 for none.
int IndexOfStop(const v1::Tour& tour, absl::string_view id) {
  int number = 0;
  if (id.empty() || id[0] != 's' || !absl::SimpleAtoi(id.substr(1), &number)) return -1;
  return number >= 1 && number <= tour.stops_size() ? number - 1 : -1;
}

}  // namespace

absl::StatusOr<FleetFacts> DecideAdopt(const FleetState& state, const std::vector<TourCommand>& commands,
                                       const MayAnswer& may_answer, absl::Time now) {
  FleetFacts facts;
  Placed placed;
  absl::Status missing, refused;
  size_t bytes = 0;
  for (size_t i = 0; i < commands.size(); ++i) {
    auto check = CheckTour(state, commands[i], may_answer, placed, nullptr, now);
    if (absl::IsUnavailable(check.status())) {
      // What the others lack is asked for in the same round.
      missing = check.status();
      continue;
    }
    absl::Status status = check.ok() ? RefusalOf(check->problems) : check.status();
    if (!status.ok()) {
      if (refused.ok()) refused = status;
      continue;
    }
    TourPlanned& planned = check->planned;
    planned.mutable_tour()->set_etag("1");
    *planned.mutable_tour()->mutable_create_time() = ToTimestamp(now);
    for (const TourPlanned::Share& share : planned.shares()) {
      Taking& taking = placed.takings[share.caravan()].emplace_back();
      taking.set_name(planned.tour().name());
      taking.set_start_us(share.start_us());
      taking.set_end_us(share.end_us());
      taking.set_km(share.km());
      taking.set_planner(planned.planner());
    }
    for (const v1::TourStop& stop : planned.tour().stops())
      if (!stop.stop_request().empty()) placed.requests.insert(stop.stop_request());
    bytes += planned.ByteSizeLong();
    *facts.emplace_back().mutable_tour_planned() = std::move(planned);
  }
  if (!missing.ok()) return missing;
  if (!refused.ok()) return refused;
  if (bytes > kPlanBytesMax)
    return refusal::Refuse(kNo, "PLAN_TOO_LARGE", {{"tours", absl::StrCat(commands.size())}});
  return facts;
}

absl::StatusOr<FleetFacts> DecideCreateTour(const FleetState& state, const TourCommand& command,
                                            const MayAnswer& may_answer, absl::Time now) {
  return DecideAdopt(state, {command}, may_answer, now);
}

absl::StatusOr<FleetFacts> DecideUpdateTour(const FleetState& state, const TourCommand& command,
                                            const std::string& etag, const Edit<v1::Tour>& edit,
                                            const MayAnswer& may_answer, absl::Time now) {
  auto found = FindTour(state, command.caravan, command.id);
  if (!found.ok()) return found.status();
  const v1::Tour& base = (*found)->tour();
  if (absl::Status status = CheckEtag(base.name(), etag, base.etag()); !status.ok()) return status;
  if (base.state() != v1::Tour::PLANNED) return NotPlanned(base);
  TourCommand edited = command;
  edited.tour = edit(base);
  auto check = CheckTour(state, edited, may_answer, {}, *found, now);
  if (!check.ok()) return check.status();
  if (absl::Status status = RefusalOf(check->problems); !status.ok()) return status;
  if (absl::Status status = LoadHeld(state, **found); !status.ok()) return status;
  check->planned.mutable_tour()->set_etag(NextEtag(base.etag()));
  *check->planned.mutable_tour()->mutable_create_time() = base.create_time();
  FleetFacts facts;
  *facts.emplace_back().mutable_tour_replanned() = std::move(check->planned);
  return facts;
}

absl::StatusOr<FleetFacts> DecideCancelTour(const FleetState& state, absl::string_view caravan,
                                            absl::string_view id, const v1::Text& reason, absl::Time now) {
  if (reason.zh().empty()) return refusal::BadField("reason.zh", "is required");
  auto found = FindTour(state, caravan, id);
  if (!found.ok()) return found.status();
  const v1::Tour& tour = (*found)->tour();
  if (tour.state() != v1::Tour::PLANNED && tour.state() != v1::Tour::RUNNING) return NotPlanned(tour);
  if (absl::Status status = LoadHeld(state, **found); !status.ok()) return status;
  FleetFacts facts;
  log::v1::TourCancelled& cancelled = *facts.emplace_back().mutable_tour_cancelled();
  cancelled.set_caravan(std::string(caravan));
  cancelled.set_id(std::string(id));
  *cancelled.mutable_reason() = reason;
  cancelled.set_time_us(absl::ToUnixMicros(now));
  return facts;
}

absl::StatusOr<FleetFacts> DecideReportStop(const FleetState& state, const ReportCommand& command,
                                            absl::Time now) {
  if (command.missed && command.reason.zh().empty())
    return refusal::BadField("reason.zh", "is required of a stop that was missed");
  if (command.missed && command.report.heads_reached() > 0)
    return refusal::BadField("report.heads_reached", "must be 0 at a stop that was missed");
  auto found = FindTour(state, command.caravan, command.tour);
  if (!found.ok()) return found.status();
  const v1::Tour& tour = (*found)->tour();
  const int index = IndexOfStop(tour, command.stop);
  if (index < 0) return refusal::NotFound(absl::StrCat(tour.name(), "/stops/", command.stop));
  const v1::TourStop& stop = tour.stops(index);
  if (tour.state() != v1::Tour::PLANNED && tour.state() != v1::Tour::RUNNING) return NotPlanned(tour);
  if (stop.state() != v1::TourStop::PLANNED)
    return refusal::Refuse(
        kNo, "STOP_REPORTED",
        {{"name", StopName(tour.name(), index)}, {"state", v1::TourStop::State_Name(stop.state())}});
  if (!command.missed && now < ToTime(stop.start_time()))
    return refusal::Refuse(
        kNo, "STOP_NOT_BEGUN",
        {{"name", StopName(tour.name(), index)}, {"start", LocalText(ToTime(stop.start_time()))}});
  auto caravan = FindCaravan(state, command.caravan);
  if (!caravan.ok()) return caravan.status();
  if (!stop.stop_request().empty()) {
    auto request = state.Find(StopRequestField(IdOf(stop.stop_request())));
    if (!request.ok()) return request.status();
  }
  if (command.report.odometer_km() > 0)
    if (absl::Status status =
            CheckReading(state, **caravan, "report.odometer_km", command.report.odometer_km(), now);
        !status.ok())
      return status;
  if ((*caravan)->open_faults_size() + command.report.faults_size() > kMaxOpenFaults)
    return refusal::Refuse(kNo, "TOO_MANY_FAULTS",
                           {{"caravan", (*caravan)->name()}, {"max", absl::StrCat(kMaxOpenFaults)}});
  FleetFacts facts;
  log::v1::StopReported& reported = *facts.emplace_back().mutable_stop_reported();
  reported.set_caravan(command.caravan);
  reported.set_tour(command.tour);
  reported.set_stop(index);
  reported.set_state(command.missed ? v1::TourStop::MISSED : v1::TourStop::DONE);
  *reported.mutable_report() = command.report;
  *reported.mutable_reason() = command.reason;
  reported.set_time_us(absl::ToUnixMicros(now));
  return facts;
}

v1::Tour ShownTour(const v1::Tour& tour) {
  v1::Tour shown = tour;
  for (int i = 0; i < shown.stops_size(); ++i) shown.mutable_stops(i)->set_name(StopName(shown.name(), i));
  return shown;
}

}  // namespace kepu::venue
