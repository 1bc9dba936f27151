// Looks at a tour as a whole: its form, the caravans of the convoy over time, their service, and the requests
// that its stops answer.
#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/caravans.h"
#include "services/venue/domain/stop_requests.h"
#include "services/venue/domain/times.h"
#include "services/venue/domain/tours.h"

namespace kepu::venue {
namespace {

using calendar::Interval;
using log::v1::TourPlanned;

// How far after the wish the nearest free time is looked for.
constexpr absl::Duration kLookAhead = absl::Hours(24 * 62);

std::string StopField(int index, absl::string_view of) {
  return absl::StrCat("tour.stops[", index, "].", of);
}

Interval ServiceAt(const v1::TourStop& stop) { return {ToTime(stop.start_time()), ToTime(stop.end_time())}; }

class Checker {
 public:
  Checker(const FleetState& state, const TourCommand& command, const MayAnswer& may_answer,
          const Placed& placed, const TourPlanned* replaced, absl::Time now)
      : state_(state),
        command_(command),
        may_answer_(may_answer),
        placed_(placed),
        replaced_(replaced),
        now_(now),
        tour_(command.tour),
        name_(TourName(command.caravan, command.id)) {}

  absl::StatusOr<TourCheck> Run() {
    if (absl::Status status = CheckNames(); !status.ok()) return status;
    if (absl::Status status = Load(); !status.ok()) return status;
    if (absl::Status status = CheckForm(); !status.ok()) return status;
    if (absl::Status status = LoadTakings(); !status.ok()) return status;
    std::vector<Visit> visits;
    for (const v1::TourStop& stop : tour_.stops())
      visits.push_back({PlaceOf(stop.host(), stop.district(), stop.location()), ServiceAt(stop),
                        stop.assemblies(), stop.classes(), stop.overnight()});
    const travel::KnownTimes known;
    for (size_t i = 0; i < convoy_.size(); ++i) Drive(i, visits, known);
    for (int i = 0; i < tour_.stops_size(); ++i) CheckRequest(i);
    *check_.planned.mutable_tour() = Finished();
    check_.planned.set_planner(command_.planner);
    return std::move(check_);
  }

 private:
  absl::Status CheckNames() {
    refusal::FieldErrors errors;
    std::set<std::string> seen = {CaravanName(command_.caravan)};
    for (int i = 0; i < tour_.partners_size(); ++i) {
      if (!names::Parse("partners", "caravans/*", tour_.partners(i)).ok() ||
          !seen.insert(tour_.partners(i)).second)
        errors.Add(absl::StrCat("tour.partners[", i, "]"), "must be another caravan, each once");
    }
    for (int i = 0; i < tour_.stops_size(); ++i) {
      const std::string& request = tour_.stops(i).stop_request();
      if (request.empty()) continue;
      if (!names::Parse("stop_request", "stopRequests/*", request).ok() || !seen.insert(request).second)
        errors.Add(StopField(i, "stop_request"), "must be a stopRequests/*, each once");
    }
    return errors.ToStatus();
  }

  // Everything that is named, asked for at once.
  absl::Status Load() {
    absl::Status missing, absent;
    auto note = [&](const absl::Status& status) {
      if (status.ok()) return;
      absl::Status& slot = absl::IsNotFound(status) ? absent : missing;
      if (slot.ok()) slot = status;
    };
    std::vector<std::string> names = {CaravanName(command_.caravan)};
    names.insert(names.end(), tour_.partners().begin(), tour_.partners().end());
    for (const std::string& name : names) {
      auto caravan = FindCaravan(state_, IdOf(name));
      note(caravan.status());
      if (caravan.ok()) convoy_.push_back(*caravan);
    }
    for (v1::TourStop& stop : *tour_.mutable_stops()) {
      requests_.push_back(nullptr);
      if (stop.stop_request().empty()) continue;
      auto request = FindStopRequest(state_, IdOf(stop.stop_request()));
      if (request.ok() && !may_answer_(**request)) request = refusal::NotFound(stop.stop_request());
      note(request.status());
      if (!request.ok()) continue;
      requests_.back() = *request;
      TakeOver(**request, stop);
    }
    return missing.ok() ? absent : missing;
  }

  // Where to go and whom to reach is what was asked for.
  static void TakeOver(const v1::StopRequest& request, v1::TourStop& stop) {
    stop.set_host(request.host());
    stop.set_district(request.district());
    *stop.mutable_location() = request.location();
    *stop.mutable_place() = request.place();
    stop.set_heads(request.heads());
    if (stop.assemblies() + stop.classes() > 0) return;
    stop.set_assemblies(request.assemblies());
    stop.set_classes(request.classes());
  }

  absl::Status CheckForm() {
    refusal::FieldErrors errors;
    const v1::Caravan::Kind kind = convoy_[0]->kind();
    for (size_t i = 1; i < convoy_.size(); ++i)
      if (convoy_[i]->kind() != kind)
        errors.Add(absl::StrCat("tour.partners[", i - 1, "]"), "must be of the same kind as the leading one");
    if (tour_.stops().empty()) errors.Add("tour.stops", "must be at least one stop");
    for (int i = 0; i < tour_.stops_size(); ++i) {
      CheckPlace(errors, i);
      CheckTime(errors, i, kind == v1::Caravan::MOBILE_MUSEUM);
    }
    if (errors.empty() && kind == v1::Caravan::CARAVAN) {
      const absl::Duration length = ServiceAt(*tour_.stops().rbegin()).end - ServiceAt(tour_.stops(0)).start;
      if (length > kLongestTour) errors.Add("tour.stops", "must lie within 45 days: plan several tours");
    }
    return errors.ToStatus();
  }

  void CheckPlace(refusal::FieldErrors& errors, int index) const {
    const v1::TourStop& stop = tour_.stops(index);
    bool known = false;
    for (const char* pattern : {"schools/*", "communities/*", "villages/*", "venues/*"})
      known = known || names::Parse("host", pattern, stop.host()).ok();
    if (!known)
      errors.Add(StopField(index, "host"),
                 "must be a schools/*, communities/*, villages/* or venues/*, or name a stop_request");
    if (!names::Parse("district", "districts/*", stop.district()).ok())
      errors.Add(StopField(index, "district"), "must be a districts/*");
    if (!stop.has_location() || !IsPlace(stop.location()))
      errors.Add(StopField(index, "location"),
                 "must be a latitude from -90 to 90 and a longitude from -180 to 180");
  }

  void CheckTime(refusal::FieldErrors& errors, int index, bool museum) const {
    const Interval service = ServiceAt(tour_.stops(index));
    const absl::Duration shortest = museum ? kShortestStay : kShortestService;
    if (service.length() < shortest || service.length() > kLongestStay) {
      errors.Add(StopField(index, "end_time"), museum ? "must be 7 to 200 days after the start"
                                                      : "must be at least 15 minutes after the start");
    } else if (!museum && calendar::DayOf(service.start) != calendar::DayOf(service.end)) {
      errors.Add(StopField(index, "end_time"), "must be on the day of the start: make a stop of each day");
    }
    if (service.start <= now_) errors.Add(StopField(index, "start_time"), "must not be past");
    if (service.start > now_ + absl::Hours(24 * kFleetHorizonDays))
      errors.Add(StopField(index, "start_time"), absl::StrCat("must be within ", kFleetHorizonDays, " days"));
    if (index > 0 && service.start < ServiceAt(tour_.stops(index - 1)).end)
      errors.Add(StopField(index, "start_time"),
                 absl::StrCat("must not be before the end of the stop before it, ",
                              LocalText(ServiceAt(tour_.stops(index - 1)).end),
                              ": give the stops in the order of time"));
  }

  absl::Status LoadTakings() {
    absl::Status missing;
    const Interval range{now_ - kUnreadMileage, ServiceAt(*tour_.stops().rbegin()).end + kLookAhead};
    for (const v1::Caravan* caravan : convoy_) {
      auto found = TakingsOf(state_, IdOf(caravan->name()), range);
      if (!found.ok()) {
        missing = found.status();
        continue;
      }
      // Without what it takes the place of, and with what the same decision placed before.
      found->erase(std::remove_if(found->begin(), found->end(),
                                  [&](const Taking& taking) {
                                    return replaced_ != nullptr && taking.name() == replaced_->tour().name();
                                  }),
                   found->end());
      if (auto more = placed_.takings.find(caravan->name()); more != placed_.takings.end())
        found->insert(found->end(), more->second.begin(), more->second.end());
      std::sort(found->begin(), found->end(),
                [](const Taking& a, const Taking& b) { return a.start_us() < b.start_us(); });
      takings_.push_back(*std::move(found));
    }
    return missing;
  }

  // One caravan of the convoy from its home to all stops and back.
  void Drive(size_t index, const std::vector<Visit>& visits, const travel::KnownTimes& known) {
    const v1::Caravan& caravan = *convoy_[index];
    Problems problems;
    const Itinerary itinerary = WorkOut(caravan.kind(), HomeOf(caravan), visits, known, problems);
    for (Problem& problem : problems) {
      problem.params.emplace_back("caravan", caravan.name());
      Note(std::move(problem));
    }
    const std::string field = index == 0 ? "parent" : absl::StrCat("tour.partners[", index - 1, "]");
    if (caravan.state() != v1::Caravan::ACTIVE)
      Note({field,
            "CARAVAN_NOT_ACTIVE",
            {{"caravan", caravan.name()}, {"state", v1::Caravan::State_Name(caravan.state())}}});
    CheckFree(field, caravan, takings_[index], itinerary.taken);
    if (caravan.kind() == v1::Caravan::CARAVAN) CheckService(field, caravan, takings_[index], itinerary);
    TourPlanned::Share& share = *check_.planned.add_shares();
    share.set_caravan(caravan.name());
    share.set_start_us(absl::ToUnixMicros(itinerary.taken.start));
    share.set_end_us(absl::ToUnixMicros(itinerary.taken.end));
    share.set_km(itinerary.km);
    if (index == 0) lead_ = itinerary;
  }

  // What is wrong for the leading caravan need not be said of each partner.
  void Note(Problem problem) {
    for (const Problem& known : check_.problems)
      if (known.rule == problem.rule && known.field == problem.field) return;
    check_.problems.push_back(std::move(problem));
  }

  void CheckFree(const std::string& field, const v1::Caravan& caravan, const std::vector<Taking>& takings,
                 const Interval& wish) {
    const Taking* in_the_way = nullptr;
    calendar::IntervalSet set;
    for (const Taking& taking : takings) {
      if (in_the_way == nullptr && IntervalOf(taking).Overlaps(wish)) in_the_way = &taking;
      set.Insert(IntervalOf(taking), taking.name());
    }
    if (wish.start < now_)
      Note({StopField(0, "start_time"),
            "TOUR_LEAVES_TOO_EARLY",
            {{"caravan", caravan.name()},
             {"leaves", LocalText(wish.start)},
             {"earliest", LocalText(ServiceAt(tour_.stops(0)).start + (now_ - wish.start))}}});
    if (in_the_way == nullptr) return;
    std::optional<absl::Time> earliest;
    const Interval window{wish.start, wish.end + kLookAhead};
    if (auto fit = set.FirstFit(window, wish.length(), {}, absl::Hours(24)))
      earliest = ServiceAt(tour_.stops(0)).start + (fit->start - wish.start);
    Note({field, "CARAVAN_TAKEN", TakenParams(caravan.name(), *in_the_way, earliest)});
  }

  // Kilometres driven, planned and of this tour, since the last service or one that is planned before it.
  void CheckService(const std::string& field, const v1::Caravan& caravan, const std::vector<Taking>& takings,
                    const Itinerary& itinerary) {
    v1::Caravan then = caravan;
    const int interval = NextServiceOf(caravan).km - caravan.last_service_km();
    int since = caravan.odometer_km() - caravan.last_service_km();
    for (const Taking& taking : takings) {
      const Interval taken = IntervalOf(taking);
      if (taken.start >= itinerary.taken.end) break;
      since += taking.km();
      if (!taking.service() || taken.end <= now_ || taken.end > itinerary.taken.start) continue;
      since = 0;
      *then.mutable_last_service_date() = ToDate(calendar::DayOf(taken.end));
    }
    since += itinerary.km;
    const absl::CivilDay due = NextServiceOf(then).day;
    if (since <= interval && calendar::DayOf(itinerary.taken.end) < due) return;
    Note({field,
          "CARAVAN_SERVICE_DUE",
          {{"caravan", caravan.name()},
           {"km", absl::StrCat(since)},
           {"max_km", absl::StrCat(interval)},
           {"due_date", calendar::FormatDate(due)},
           {"before", LocalText(itinerary.taken.start)}}});
  }

  void CheckRequest(int index) {
    const v1::StopRequest* request = requests_[static_cast<size_t>(index)];
    if (request == nullptr) return;
    const std::string field = StopField(index, "stop_request");
    const bool own = replaced_ != nullptr && request->state() == v1::StopRequest::ACCEPTED &&
                     TourOf(request->stop()) == replaced_->tour().name();
    const bool twice = placed_.requests.contains(request->name());
    if (twice || (!own && !IsPending(*request)))
      Note({field,
            "STOP_REQUEST_NOT_PENDING",
            {{"name", request->name()},
             {"state", twice ? "ACCEPTED" : v1::StopRequest::State_Name(request->state())},
             {"stop", request->stop().empty() ? "-" : request->stop()}}});
    if (request->kind() != convoy_[0]->kind())
      Note({field,
            "STOP_REQUEST_OF_OTHER_KIND",
            {{"name", request->name()}, {"kind", v1::Caravan::Kind_Name(request->kind())}}});
    const absl::CivilDay day = calendar::DayOf(ServiceAt(tour_.stops(index)).start);
    if (!Wishes(*request, day))
      Note({StopField(index, "start_time"),
            "STOP_OUTSIDE_WISHES",
            {{"name", request->name()},
             {"date", calendar::FormatDate(day)},
             {"wishes", WishesText(*request)}}});
  }

  v1::Tour Finished() {
    tour_.set_name(name_);
    tour_.set_state(v1::Tour::PLANNED);
    for (int i = 0; i < tour_.stops_size(); ++i) {
      v1::TourStop& stop = *tour_.mutable_stops(i);
      const auto at = static_cast<size_t>(i);
      stop.clear_name();
      stop.clear_report();
      stop.set_state(v1::TourStop::PLANNED);
      stop.set_drive_minutes(static_cast<int32_t>(absl::ToInt64Minutes(lead_.ways[at].time)));
      stop.set_drive_km(lead_.ways[at].km);
      stop.set_overnight(stop.overnight() || lead_.overnight[at]);
    }
    *tour_.mutable_start_time() = ToTimestamp(lead_.taken.start);
    *tour_.mutable_end_time() = ToTimestamp(lead_.taken.end);
    tour_.set_drive_km(lead_.km);
    tour_.set_drive_minutes(static_cast<int32_t>(absl::ToInt64Minutes(lead_.driving)));
    tour_.set_nights(lead_.nights);
    tour_.clear_heads_reached();
    tour_.clear_cancel_reason();
    *tour_.mutable_update_time() = ToTimestamp(now_);
    return std::move(tour_);
  }

  const FleetState& state_;
  const TourCommand& command_;
  const MayAnswer& may_answer_;
  const Placed& placed_;
  const TourPlanned* const replaced_;
  const absl::Time now_;
  v1::Tour tour_;
  const std::string name_;
  std::vector<const v1::Caravan*> convoy_;
  std::vector<const v1::StopRequest*> requests_;  // of each stop, null without one
  std::vector<std::vector<Taking>> takings_;      // of each caravan
  Itinerary lead_;
  TourCheck check_;
};

}  // namespace

absl::StatusOr<TourCheck> CheckTour(const FleetState& state, const TourCommand& command,
                                    const MayAnswer& may_answer, const Placed& placed,
                                    const TourPlanned* replaced, absl::Time now) {
  return Checker(state, command, may_answer, placed, replaced, now).Run();
}

absl::Status RefusalOf(const Problems& problems) {
  if (problems.empty()) return absl::OkStatus();
  refusal::Params params = problems.front().params;
  params.emplace_back("field", problems.front().field);
  return refusal::Refuse(refusal::kNo, problems.front().rule, std::move(params));
}

}  // namespace kepu::venue
