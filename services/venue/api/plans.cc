// Plans of tours: what stands in the read model becomes a task, the planner works on it off the request
// threads, and its proposals are told with the reasons. Nothing is written; adopting is a call of its own.
#include <algorithm>
#include <memory>

#include "libs/calendar/dates.h"
#include "services/venue/api/fleet_call.h"
#include "services/venue/api/handlers.h"
#include "services/venue/domain/caravans.h"
#include "services/venue/domain/stop_requests.h"
#include "services/venue/domain/times.h"
#include "services/venue/domain/venues.h"
#include "services/venue/planner/tour_planner.h"
#include "services/venue/planner/visit_weight.h"

namespace kepu::venue {
namespace {

// Enough for the greedy choice and a first look around it.
constexpr absl::Duration kLeastChoosing = absl::Milliseconds(200);

using PlanToursCall = rpc::TypedCall<v1::PlanToursRequest, v1::PlanToursResponse>;

// More than a month of the whole fleet can serve: the heaviest are looked at.
constexpr size_t kPlanStopsMax = 300;

// A place of the task, and what the answer says of it.
struct Candidate {
  TaskStop stop;
  v1::TourStop shown;  // without times
  VisitWeight weight;
  std::string last;  // day of the last visit
};

struct Draft {
  Task task;
  std::vector<Candidate> candidates;  // as task.stops
  std::vector<Candidate> beyond;      // those that were too many
};

absl::StatusOr<Task> PeriodOf(const v1::PlanToursRequest& request, absl::Time now) {
  auto first = ToDay("first_date", request.first_date());
  if (!first.ok()) return first.status();
  auto last = ToDay("last_date", request.last_date());
  if (!last.ok()) return last.status();
  refusal::FieldErrors errors;
  if (*first <= calendar::DayOf(now)) errors.Add("first_date", "must be after today");
  if (*first > calendar::DayOf(now) + kFleetHorizonDays - kPlanDaysMax)
    errors.Add("first_date", "must be within a year");
  if (*last < *first || *last - *first >= kPlanDaysMax)
    errors.Add("last_date", "must not be before the first day, and at most 45 days later");
  for (int i = 0; i < request.places_size(); ++i) {
    const auto& place = request.places(i);
    bool known = false;
    for (const char* pattern : {"schools/*", "communities/*", "villages/*", "venues/*"})
      known = known || names::Parse("host", pattern, place.host()).ok();
    if (!known)
      errors.Add(absl::StrCat("places[", i, "].host"),
                 "must be a schools/*, communities/*, villages/* or venues/*");
    if (!names::Parse("district", "districts/*", place.district()).ok())
      errors.Add(absl::StrCat("places[", i, "].district"), "must be a districts/*");
    if (!IsPlace(place.location()))
      errors.Add(absl::StrCat("places[", i, "].location"),
                 "must be a latitude from -90 to 90 and a longitude from -180 to 180");
  }
  if (!errors.empty()) return errors.ToStatus();
  Task task;
  task.first = *first;
  task.days = static_cast<int>(*last - *first) + 1;
  return task;
}

// Days on which nothing takes it and its service is not due.
void AddCaravan(const FleetState& state, const v1::Caravan& caravan, absl::Time now, Task& task) {
  TaskCaravan made{caravan.name(), HomeOf(caravan), 0, 0};
  const NextService next = NextServiceOf(caravan);
  made.km_left = next.km - caravan.odometer_km();
  auto taken =
      TakingsOf(state, IdOf(caravan.name()), {now - kUnreadMileage, calendar::At(task.first + task.days)});
  if (!taken.ok()) return;
  for (const Taking& taking : *taken) made.km_left -= taking.km();
  for (int day = 0; day < task.days; ++day) {
    const calendar::Interval whole{calendar::At(task.first + day), calendar::At(task.first + day + 1)};
    const bool busy = std::any_of(taken->begin(), taken->end(),
                                  [&](const Taking& taking) { return IntervalOf(taking).Overlaps(whole); });
    if (!busy && task.first + day < next.day) made.free |= Days{1} << day;
  }
  task.caravans.push_back(std::move(made));
}

class Drafter {
 public:
  Drafter(const CallContext& context, const FleetState& state, const v1::PlanToursRequest& request)
      : context_(context), state_(state), request_(request), now_(context.clock.Now()) {}

  absl::StatusOr<Draft> Make() {
    auto period = PeriodOf(request_, now_);
    if (!period.ok()) return period.status();
    draft_.task = *std::move(period);
    if (absl::Status status = AddCaravans(); !status.ok()) return status;
    last_visits_ = context_.model.fleet().LastVisits();
    for (const auto& [key, field] : context_.model.fleet().requests()) {
      auto child = state_.Find(field);
      if (child.ok() && *child != nullptr) AddRequest((*child)->request());
    }
    for (const auto& place : request_.places()) AddPlace(place);
    std::stable_sort(draft_.candidates.begin(), draft_.candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.stop.weight > b.stop.weight; });
    while (draft_.candidates.size() > kPlanStopsMax) {
      draft_.beyond.push_back(std::move(draft_.candidates.back()));
      draft_.candidates.pop_back();
    }
    for (const Candidate& candidate : draft_.candidates) draft_.task.stops.push_back(candidate.stop);
    return std::move(draft_);
  }

 private:
  bool Mine(absl::string_view district) const {
    return request_.district().empty() || request_.district() == district;
  }

  absl::Status AddCaravans() {
    for (const std::string& name : request_.caravans()) {
      auto caravan = FindCaravan(state_, IdOf(name));
      if (!caravan.ok() || !Mine((*caravan)->district())) return refusal::NotFound(name);
      if ((*caravan)->kind() != v1::Caravan::CARAVAN)
        return refusal::BadField("caravans", "must be of the kind CARAVAN: a mobile museum stays for weeks");
    }
    for (const auto& [key, field] : context_.model.fleet().caravans()) {
      auto child = state_.Find(field);
      if (!child.ok() || *child == nullptr) continue;
      const v1::Caravan& caravan = (*child)->caravan();
      const bool named = request_.caravans().empty() ||
                         std::find(request_.caravans().begin(), request_.caravans().end(), caravan.name()) !=
                             request_.caravans().end();
      if (named && caravan.kind() == v1::Caravan::CARAVAN && caravan.state() == v1::Caravan::ACTIVE &&
          Mine(caravan.district()))
        AddCaravan(state_, caravan, now_, draft_.task);
    }
    return absl::OkStatus();
  }

  int ExtraOf(const std::string& district) const {
    int extra = 0;
    for (const auto& weight : request_.district_weights())
      if (weight.district() == district) extra += weight.extra_weight();
    return extra;
  }

  void Add(Candidate candidate, int extra, Days days) {
    const v1::TourStop& shown = candidate.shown;
    std::optional<absl::Time> last;
    if (auto known = last_visits_.find(shown.host()); known != last_visits_.end()) last = known->second;
    candidate.weight =
        WeightOf(shown.district(), shown.heads(), ExtraOf(shown.district()) + extra, last, now_);
    candidate.last = last ? calendar::FormatDate(calendar::DayOf(*last)) : "-";
    candidate.stop.place = PlaceOf(shown.host(), shown.district(), shown.location());
    candidate.stop.assemblies = shown.assemblies();
    candidate.stop.classes = shown.classes();
    candidate.stop.weight = candidate.weight.total();
    candidate.stop.days = days;
    draft_.candidates.push_back(std::move(candidate));
  }

  void AddRequest(const v1::StopRequest& request) {
    if (!IsPending(request) || request.kind() != v1::Caravan::CARAVAN || !Mine(request.district())) return;
    Candidate candidate;
    candidate.stop.name = request.name();
    candidate.stop.service = ServiceOf(request);
    candidate.shown.set_host(request.host());
    candidate.shown.set_district(request.district());
    *candidate.shown.mutable_location() = request.location();
    *candidate.shown.mutable_place() = request.place();
    candidate.shown.set_heads(request.heads());
    candidate.shown.set_assemblies(request.assemblies());
    candidate.shown.set_classes(request.classes());
    candidate.shown.set_stop_request(request.name());
    Days days = 0;
    for (int day = 0; day < draft_.task.days; ++day)
      if (Wishes(request, draft_.task.first + day)) days |= Days{1} << day;
    Add(std::move(candidate), 0, days);
  }

  void AddPlace(const v1::PlanToursRequest::Place& place) {
    if (!Mine(place.district())) return;
    Candidate candidate;
    candidate.stop.name = place.host();
    candidate.shown.set_host(place.host());
    candidate.shown.set_district(place.district());
    *candidate.shown.mutable_location() = place.location();
    *candidate.shown.mutable_place() = place.place();
    candidate.shown.set_heads(place.heads());
    Add(std::move(candidate), place.extra_weight(), (Days{1} << draft_.task.days) - 1);
  }

  const CallContext& context_;
  const FleetState& state_;
  const v1::PlanToursRequest& request_;
  const absl::Time now_;
  std::map<std::string, absl::Time> last_visits_;
  Draft draft_;
};

void Tell(absl::string_view reason, const refusal::Params& params, v1::Text* text) {
  text->set_zh(refusal::Sentence(reason, "zh-CN", params));
  text->set_en(refusal::Sentence(reason, "en", params));
}

void TellStop(const Candidate& candidate, v1::Text* text) {
  const VisitWeight& weight = candidate.weight;
  Tell("PLAN_STOP",
       {{"host", candidate.shown.host()},
        {"weight", absl::StrCat(weight.total())},
        {"base", absl::StrCat(weight.base)},
        {"gap", absl::StrCat(weight.gap)},
        {"region", absl::StrCat(weight.region)},
        {"heads", absl::StrCat(weight.heads)},
        {"extra", absl::StrCat(weight.extra)},
        {"last", candidate.last}},
       text);
}

void TellLeftOut(const Candidate& candidate, absl::string_view rule, v1::PlanToursResponse& response) {
  auto& left = *response.add_left_out();
  left.set_name(candidate.stop.name);
  left.set_weight(candidate.stop.weight);
  left.set_rule(std::string(rule));
  Tell(rule, {{"host", candidate.shown.host()}, {"weight", absl::StrCat(candidate.stop.weight)}},
       left.mutable_text());
}

int32_t InWeights(int64_t value) { return static_cast<int32_t>(value / kWeightValue); }

v1::PlanToursResponse AnswerOf(const Draft& draft, const TourPlan& plan) {
  v1::PlanToursResponse response;
  for (const ProposedTour& tour : plan.tours) {
    auto& proposal = *response.add_proposals();
    proposal.set_parent(draft.task.caravans[tour.caravan].name);
    proposal.set_value(InWeights(tour.value));
    for (size_t i = 0; i < tour.stops.size(); ++i) {
      const Candidate& candidate = draft.candidates[tour.stops[i]];
      v1::TourStop& stop = *proposal.mutable_tour()->add_stops();
      stop = candidate.shown;
      *stop.mutable_start_time() = ToTimestamp(tour.visits[i].service.start);
      *stop.mutable_end_time() = ToTimestamp(tour.visits[i].service.end);
      stop.set_overnight(tour.visits[i].overnight);
      TellStop(candidate, proposal.add_reasons());
    }
    Tell("PLAN_ORDER",
         {{"start", LocalText(tour.taken.start)},
          {"stops", absl::StrCat(tour.stops.size())},
          {"km", absl::StrCat(tour.km)}},
         proposal.add_reasons());
  }
  for (const LeftOut& left : plan.left_out) TellLeftOut(draft.candidates[left.stop], left.rule, response);
  for (const Candidate& candidate : draft.beyond) TellLeftOut(candidate, kLowerWeight, response);
  response.set_value(InWeights(plan.value));
  response.set_greedy_value(InWeights(plan.greedy_value));
  response.set_bound(InWeights(plan.bound));
  return response;
}

void Plan(const CallContext& context, PlanToursCall call) {
  OnExecutor(context, std::move(call), [&context](const std::shared_ptr<PlanToursCall>& shared) {
    auto draft = Drafter(context, FleetOf(context), shared->request()).Make();
    if (!draft.ok()) return shared->Fail(draft.status());
    auto kept = std::make_shared<const Draft>(*std::move(draft));
    PlannerOptions options;
    // Half of what is left: the other half is for what comes before and after choosing.
    const absl::Duration left = shared->deadline() - context.executor.SteadyNow();
    options.time_max = std::clamp(left / 2, kLeastChoosing, options.time_max);
    const absl::Status status = context.workers.Run(
        [shared, kept, options] { shared->Answer(AnswerOf(*kept, venue::PlanTours(kept->task, options))); });
    if (!status.ok()) shared->Fail(status);
  });
}

}  // namespace

void AddPlanHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::PlanToursRequest, v1::PlanToursResponse>(
      kFleetService, "PlanTours", [&context](PlanToursCall call) { Plan(context, std::move(call)); });
}

}  // namespace kepu::venue
