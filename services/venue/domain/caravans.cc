#include "services/venue/domain/caravans.h"

#include <algorithm>
#include <climits>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/stamps.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using calendar::Interval;
using log::v1::FleetFact;
using refusal::kNo;

void CheckName(refusal::FieldErrors& errors, const std::string& field, const char* pattern,
               const std::string& name) {
  if (!name.empty() && !names::Parse(field, pattern, name).ok())
    errors.Add(field, absl::StrCat("must be a name of the form ", pattern));
}

void CheckDate(refusal::FieldErrors& errors, const char* field, bool given, const google::type::Date& date,
               absl::Time now) {
  if (!given) return;
  auto day = ToDay(field, date);
  if (!day.ok() || *day > calendar::DayOf(now))
    errors.Add(field, "must be a day that exists, not in the future");
}

absl::Status CheckCaravan(const v1::Caravan& caravan, absl::Time now) {
  refusal::FieldErrors errors;
  if (caravan.display_name().zh().empty()) errors.Add("caravan.display_name.zh", "is required");
  if (caravan.kind() == v1::Caravan::KIND_UNSPECIFIED) errors.Add("caravan.kind", "is required");
  if (caravan.district().empty()) errors.Add("caravan.district", "is required");
  CheckName(errors, "caravan.district", "districts/*", caravan.district());
  CheckName(errors, "caravan.owner", "organizations/*", caravan.owner());
  CheckName(errors, "caravan.replaces", "caravans/*", caravan.replaces());
  for (int i = 0; i < caravan.crew().size(); ++i)
    CheckName(errors, absl::StrCat("caravan.crew[", i, "]"), "users/*", caravan.crew(i));
  if (!caravan.has_home() || !IsPlace(caravan.home()))
    errors.Add("caravan.home", "must be a latitude from -90 to 90 and a longitude from -180 to 180");
  CheckDate(errors, "caravan.commissioning_date", caravan.has_commissioning_date(),
            caravan.commissioning_date(), now);
  CheckDate(errors, "caravan.last_service_date", caravan.has_last_service_date(), caravan.last_service_date(),
            now);
  if (caravan.last_service_km() > caravan.odometer_km())
    errors.Add("caravan.last_service_km", "must not be more than the odometer shows");
  if (caravan.acquisition() == v1::Caravan::REPLACEMENT && caravan.replaces().empty())
    errors.Add("caravan.replaces", "is required of a replacement: name the caravan it takes the place of");
  if (caravan.acquisition() != v1::Caravan::REPLACEMENT && !caravan.replaces().empty())
    errors.Add("caravan.replaces", "must be empty unless it is a REPLACEMENT");
  if (!caravan.replaces().empty() && caravan.replaces() == caravan.name())
    errors.Add("caravan.replaces", "must be another caravan");
  return errors.ToStatus();
}

// What is replaced is one of ours.
absl::Status CheckReplaced(const FleetState& state, const v1::Caravan& caravan) {
  if (caravan.replaces().empty()) return absl::OkStatus();
  return FindCaravan(state, IdOf(caravan.replaces())).status();
}

FleetFact Updated(v1::Caravan caravan, absl::Time now) {
  StampAgain(caravan, now);
  FleetFact fact;
  *fact.mutable_caravan_updated() = std::move(caravan);
  return fact;
}

absl::Status CheckMaintenance(const v1::Maintenance& maintenance, absl::Time now) {
  refusal::FieldErrors errors;
  const Interval wish{ToTime(maintenance.start_time()), ToTime(maintenance.end_time())};
  if (maintenance.kind() == v1::Maintenance::KIND_UNSPECIFIED) errors.Add("maintenance.kind", "is required");
  if (wish.empty() || wish.length() > kLongestMaintenance)
    errors.Add("maintenance.end_time", "must be after the start, at most half a year");
  if (wish.end <= now) errors.Add("maintenance.end_time", "must not be past");
  if (wish.start > now + absl::Hours(24 * kFleetHorizonDays))
    errors.Add("maintenance.start_time", absl::StrCat("must be within ", kFleetHorizonDays, " days"));
  return errors.ToStatus();
}

}  // namespace

NextService NextServiceOf(const v1::Caravan& caravan) {
  const int km = caravan.service_interval_km() > 0 ? caravan.service_interval_km() : kServiceKm;
  const int months =
      caravan.service_interval_months() > 0 ? caravan.service_interval_months() : kServiceMonths;
  const google::type::Date& last = caravan.last_service_date();
  // The last day of a shorter month stays in it: normalizing would carry it into the next one.
  const absl::CivilMonth month = absl::CivilMonth(last.year(), last.month()) + months;
  const absl::CivilDay end = absl::CivilDay(month + 1) - 1;
  return {caravan.last_service_km() + km,
          std::min(absl::CivilDay(month.year(), month.month(), 1) + (std::max(last.day(), 1) - 1), end)};
}

v1::Caravan Shown(const v1::Caravan& caravan, absl::Time now) {
  v1::Caravan shown = caravan;
  const absl::CivilDay today = calendar::DayOf(now);
  bool old = false;
  if (caravan.has_commissioning_date()) {
    const auto& since = caravan.commissioning_date();
    old = today >= absl::CivilDay(since.year() + kReplaceYears, since.month(), since.day());
  }
  const bool vehicle = caravan.kind() == v1::Caravan::CARAVAN;
  shown.set_replacement_due(vehicle && caravan.state() != v1::Caravan::RETIRED &&
                            (old || caravan.odometer_km() >= kReplaceKm));
  if (!vehicle) return shown;
  const NextService next = NextServiceOf(caravan);
  shown.set_next_service_km(next.km);
  *shown.mutable_next_service_date() = ToDate(next.day);
  shown.set_service_due(caravan.odometer_km() >= next.km || today >= next.day);
  return shown;
}

refusal::Params TakenParams(absl::string_view caravan, const Taking& in_the_way,
                            std::optional<absl::Time> earliest) {
  const Interval taken = IntervalOf(in_the_way);
  return {{"caravan", std::string(caravan)}, {"in_the_way", in_the_way.name()},
          {"who", in_the_way.planner()},     {"start", LocalText(taken.start)},
          {"end", LocalText(taken.end)},     {"earliest", earliest ? LocalText(*earliest) : "-"}};
}

absl::StatusOr<FleetFacts> DecideCreateCaravan(const FleetState& state, absl::string_view id,
                                               v1::Caravan caravan, absl::Time now) {
  StampNew(caravan, CaravanName(id), now);
  if (absl::Status status = CheckCaravan(caravan, now); !status.ok()) return status;
  auto existing = state.Find(CaravanField(id));
  if (!existing.ok()) return existing.status();
  if (*existing != nullptr)
    return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", {{"name", caravan.name()}});
  if (state.head().caravans() >= kMaxCaravans)
    return refusal::Refuse(kNo, "TOO_MANY_CARAVANS", {{"max", absl::StrCat(kMaxCaravans)}});
  if (absl::Status status = CheckReplaced(state, caravan); !status.ok()) return status;
  if (!caravan.has_last_service_date()) {
    // Not known: kilometres and months count from today.
    *caravan.mutable_last_service_date() = ToDate(calendar::DayOf(now));
    if (caravan.last_service_km() == 0) caravan.set_last_service_km(caravan.odometer_km());
  }
  caravan.set_state(v1::Caravan::ACTIVE);
  FleetFacts facts;
  *facts.emplace_back().mutable_caravan_created() = std::move(caravan);
  return facts;
}

absl::StatusOr<FleetFacts> DecideUpdateCaravan(const FleetState& state, absl::string_view id,
                                               const std::string& etag, const Edit<v1::Caravan>& edit,
                                               absl::Time now) {
  auto found = FindCaravan(state, id);
  if (!found.ok()) return found.status();
  const v1::Caravan& base = **found;
  if (absl::Status status = CheckEtag(base.name(), etag, base.etag()); !status.ok()) return status;
  v1::Caravan caravan = edit(base);
  caravan.set_name(base.name());
  caravan.set_state(base.state());
  *caravan.mutable_state_reason() = base.state_reason();
  *caravan.mutable_open_faults() = base.open_faults();
  // Only readings move it.
  caravan.set_odometer_km(base.odometer_km());
  caravan.set_etag(base.etag());
  *caravan.mutable_create_time() = base.create_time();
  if (!caravan.has_last_service_date()) *caravan.mutable_last_service_date() = base.last_service_date();
  if (caravan.kind() != base.kind())
    return refusal::BadField("caravan.kind", "cannot be changed: make a new caravan and retire this one");
  if (absl::Status status = CheckCaravan(caravan, now); !status.ok()) return status;
  if (absl::Status status = CheckReplaced(state, caravan); !status.ok()) return status;
  return FleetFacts{Updated(std::move(caravan), now)};
}

absl::StatusOr<FleetFacts> DecideChangeState(const FleetState& state, absl::string_view id,
                                             v1::Caravan::State to, const v1::Text& reason, absl::Time now) {
  auto found = FindCaravan(state, id);
  if (!found.ok()) return found.status();
  const v1::Caravan& base = **found;
  if (to == v1::Caravan::STATE_UNSPECIFIED || to == base.state())
    return refusal::BadField(
        "state", absl::StrCat("must be another state than ", v1::Caravan::State_Name(base.state())));
  if (to == v1::Caravan::RETIRED) {
    auto taken = TakingsOf(state, id, {now, now + absl::Hours(24 * (kFleetHorizonDays + 62))});
    if (!taken.ok()) return taken.status();
    if (!taken->empty())
      return refusal::Refuse(kNo, "CARAVAN_HAS_TOURS",
                             {{"caravan", base.name()},
                              {"in_the_way", taken->front().name()},
                              {"end", LocalText(IntervalOf(taken->front()).end)},
                              {"count", absl::StrCat(taken->size())}});
  }
  v1::Caravan caravan = base;
  caravan.set_state(to);
  *caravan.mutable_state_reason() = reason;
  return FleetFacts{Updated(std::move(caravan), now)};
}

absl::Status CheckReading(const FleetState& state, const v1::Caravan& caravan, absl::string_view field,
                          int odometer_km, absl::Time now) {
  // The first reading of all may be anything.
  const int most = caravan.odometer_km() == 0 ? INT_MAX : caravan.odometer_km() + kMaxReadingStepKm;
  if (odometer_km < caravan.odometer_km() || odometer_km > most)
    return refusal::BadField(field, absl::StrCat("must lie between the last reading of ",
                                                 caravan.odometer_km(), " km and ", most, " km"));
  return TakingsOf(state, IdOf(caravan.name()), {now - kUnreadMileage, now}).status();
}

absl::StatusOr<FleetFacts> DecideReportMileage(const FleetState& state, absl::string_view id, int odometer_km,
                                               const std::vector<std::string>& faults, absl::Time now) {
  auto found = FindCaravan(state, id);
  if (!found.ok()) return found.status();
  if (absl::Status status = CheckReading(state, **found, "odometer_km", odometer_km, now); !status.ok())
    return status;
  v1::Caravan caravan = **found;
  if (caravan.open_faults_size() + static_cast<int>(faults.size()) > kMaxOpenFaults)
    return refusal::Refuse(kNo, "TOO_MANY_FAULTS",
                           {{"caravan", caravan.name()}, {"max", absl::StrCat(kMaxOpenFaults)}});
  caravan.set_odometer_km(odometer_km);
  for (const std::string& fault : faults) caravan.add_open_faults(fault);
  return FleetFacts{Updated(std::move(caravan), now)};
}

absl::StatusOr<FleetFacts> DecideCreateMaintenance(const FleetState& state, absl::string_view caravan,
                                                   absl::string_view id, v1::Maintenance maintenance,
                                                   absl::string_view planner, absl::Time now) {
  if (absl::Status status = CheckMaintenance(maintenance, now); !status.ok()) return status;
  auto found = FindCaravan(state, caravan);
  if (!found.ok()) return found.status();
  if ((*found)->state() == v1::Caravan::RETIRED)
    return refusal::Refuse(kNo, "CARAVAN_NOT_ACTIVE", {{"caravan", (*found)->name()}, {"state", "RETIRED"}});
  auto taken = TakingsOf(state, caravan, {ToTime(maintenance.start_time()), ToTime(maintenance.end_time())});
  if (!taken.ok()) return taken.status();
  if (!taken->empty())
    return refusal::Refuse(kNo, "CARAVAN_TAKEN",
                           TakenParams((*found)->name(), taken->front(), IntervalOf(taken->back()).end));
  maintenance.set_name(MaintenanceName(caravan, id));
  maintenance.set_state(v1::Maintenance::PLANNED);
  *maintenance.mutable_create_time() = ToTimestamp(now);
  FleetFacts facts;
  log::v1::MaintenancePlanned& planned = *facts.emplace_back().mutable_maintenance_planned();
  *planned.mutable_maintenance() = std::move(maintenance);
  planned.set_planner(std::string(planner));
  return facts;
}

absl::StatusOr<FleetFacts> DecideEndMaintenance(const FleetState& state, absl::string_view caravan,
                                                absl::string_view id, v1::Maintenance::State end,
                                                int odometer_km, absl::Time now) {
  auto found = FindMaintenance(state, caravan, id);
  if (!found.ok()) return found.status();
  const v1::Maintenance& maintenance = **found;
  if (maintenance.state() != v1::Maintenance::PLANNED)
    return refusal::Refuse(
        kNo, "MAINTENANCE_ENDED",
        {{"name", maintenance.name()}, {"state", v1::Maintenance::State_Name(maintenance.state())}});
  const Interval planned{ToTime(maintenance.start_time()), ToTime(maintenance.end_time())};
  if (end == v1::Maintenance::DONE && now < planned.start)
    return refusal::Refuse(kNo, "MAINTENANCE_NOT_BEGUN",
                           {{"name", maintenance.name()}, {"start", LocalText(planned.start)}});
  auto vehicle = FindCaravan(state, caravan);
  if (!vehicle.ok()) return vehicle.status();
  if (auto taken = TakingsOf(state, caravan, planned); !taken.ok()) return taken.status();
  if (odometer_km > 0)
    if (absl::Status status = CheckReading(state, **vehicle, "odometer_km", odometer_km, now); !status.ok())
      return status;
  FleetFacts facts;
  log::v1::MaintenanceEnded& ended = *facts.emplace_back().mutable_maintenance_ended();
  ended.set_caravan(std::string(caravan));
  ended.set_id(std::string(id));
  ended.set_state(end);
  ended.set_odometer_km(odometer_km);
  ended.set_time_us(absl::ToUnixMicros(now));
  return facts;
}

}  // namespace kepu::venue
