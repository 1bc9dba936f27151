// Planning visit days and claiming what a plan takes: the venues say what they have free, the planner works
// off the request threads, and the visit day is the pivot of one reservation of everything.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/reservation/driver.h"
#include "services/event/api/access.h"
#include "services/event/api/target.h"
#include "services/event/api/visit_days.h"
#include "services/event/domain/places.h"
#include "services/event/planner/visit_planner.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

using refusal::kNo;

// What the class or the course is called that a change is about.
absl::Status Infeasible(const domain::VisitTask& task, const VisitOutcome& outcome) {
  const std::string sure = outcome.none ? "NONE" : "NONE_FOUND";
  if (!outcome.change) return refusal::Refuse(kNo, "VISIT_DAY_INFEASIBLE", {{"plan", sure}});
  const VisitChange& change = *outcome.change;
  static constexpr const char* kReasons[] = {"VISIT_NEEDS_LATER_DEPARTURE",
                                             "VISIT_NEEDS_EARLIER_ARRIVAL",
                                             "VISIT_NEEDS_SHORTER_LUNCH",
                                             "VISIT_NEEDS_GUIDE",
                                             "VISIT_NEEDS_ROOM",
                                             "VISIT_NEEDS_SPLIT",
                                             "VISIT_NEEDS_COURSE_LESS",
                                             "VISIT_NEEDS_FEWER_COURSES",
                                             "VISIT_NEEDS_CLASS_LESS"};
  return refusal::Refuse(kNo, kReasons[change.kind],
                         {{"plan", sure},
                          {"class", task.classes[change.who].name},
                          {"course", task.courses[change.course].name},
                          {"amount", absl::StrCat(change.amount)}});
}

template <class Item>
void Replace(const google::protobuf::RepeatedPtrField<Item>& changes,
             google::protobuf::RepeatedPtrField<Item>* all, const std::string& (Item::*id)() const) {
  for (const Item& change : changes) {
    auto it = std::find_if(all->begin(), all->end(),
                           [&](const Item& one) { return (one.*id)() == (change.*id)(); });
    if (it == all->end()) {
      *all->Add() = change;
    } else {
      *it = change;
    }
  }
}

template <class Item>
bool Remove(const std::string& name, google::protobuf::RepeatedPtrField<Item>* all,
            const std::string& (Item::*id)() const) {
  auto it = std::find_if(all->begin(), all->end(), [&](const Item& one) { return (one.*id)() == name; });
  if (it == all->end()) return false;
  all->erase(it);
  return true;
}

void Drop(const std::string& name, google::protobuf::RepeatedPtrField<std::string>* names) {
  names->erase(std::remove(names->begin(), names->end(), name), names->end());
}

// Not the last one of a course, which would be given in rooms then.
bool RemoveSession(const std::string& name, v1::VisitDay& wishes) {
  bool there = false;
  for (v1::VisitDay::Course& course : *wishes.mutable_courses()) {
    const int before = course.sessions_size();
    Drop(name, course.mutable_sessions());
    there = there || (course.sessions_size() > 0 && course.sessions_size() < before);
  }
  return there;
}

bool RemoveKit(const std::string& name, v1::VisitDay& wishes) {
  const int before = wishes.kits_size();
  Drop(name, wishes.mutable_kits());
  return wishes.kits_size() < before;
}

absl::Status Edit(const v1::ReplanVisitDayRequest& request, v1::VisitDay& wishes) {
  for (const v1::VisitDay::SchoolClass& change : request.classes()) {
    auto id = ClassName("classes", change.id());
    if (!id.ok()) return id.status();
  }
  Replace(request.classes(), wishes.mutable_classes(), &v1::VisitDay::SchoolClass::id);
  Replace(request.rooms(), wishes.mutable_rooms(), &v1::VisitDay::Room::name);
  Replace(request.guides(), wishes.mutable_guides(), &v1::VisitDay::Guide::name);
  for (const std::string& name : request.without()) {
    const bool there = Remove(name, wishes.mutable_rooms(), &v1::VisitDay::Room::name) ||
                       Remove(name, wishes.mutable_bays(), &v1::VisitDay::Room::name) ||
                       Remove(name, wishes.mutable_guides(), &v1::VisitDay::Guide::name) ||
                       Remove(name, wishes.mutable_classes(), &v1::VisitDay::SchoolClass::id) ||
                       RemoveKit(name, wishes) || RemoveSession(name, wishes);
    if (!there)
      return refusal::BadField("without",
                               "must name rooms, sessions, bays, guides, kits or classes of the visit day");
    for (v1::VisitDay::Course& course : *wishes.mutable_courses()) {
      Drop(name, course.mutable_rooms());
      Drop(name, course.mutable_guides());
    }
  }
  if (request.has_day()) *wishes.mutable_day() = request.day();
  return absl::OkStatus();
}

// The rows for which a thing is claimed, as people read them.
std::string RowsWith(const domain::record::VisitRows& plan, const std::string& thing) {
  std::vector<std::string> rows;
  for (const v1::VisitDay::Row& row : plan.rows()) {
    if (row.place() != thing && row.guide() != thing) continue;
    rows.push_back(absl::StrCat(absl::StrJoin(row.classes(), "+"), " ", row.course(), " ",
                                row.time().start_minute() / 60, ":",
                                absl::Dec(row.time().start_minute() % 60, absl::kZeroPad2)));
  }
  return rows.empty() ? "-" : absl::StrJoin(rows, ", ");
}

// Names the thing that could not be had, and that planning without it is the way on.
absl::Status InTheWay(const absl::Status& why, const std::string& thing,
                      const domain::record::VisitRows& plan) {
  if (refusal::ReasonOf(why).empty() || why.code() != kNo) return why;
  return refusal::Refuse(kNo, "VISIT_PART_NOT_FREE",
                         {{"thing", thing},
                          {"reason", refusal::ReasonOf(why)},
                          {"why", std::string(why.message())},
                          {"rows", RowsWith(plan, thing)}});
}

}  // namespace

void VisitDays::AskVenues(const VisitFlowPtr& flow, int next, std::function<void()> then) {
  // What happens at school is the school's to allow, and its rooms are no venue's.
  if (flow->wishes.at_school()) return then();
  if (next == flow->wishes.venues_size() || !flow->asked.ok()) {
    std::vector<std::string> spaces;
    for (const auto* places : {&flow->wishes.rooms(), &flow->wishes.bays()}) {
      for (const v1::VisitDay::Room& place : *places) spaces.push_back(place.name());
    }
    return AskSpaces(flow, std::move(spaces), std::move(then));
  }
  const v1::VisitDay::Span& day = flow->wishes.day();
  deps_.venue.CheckOpen(flow->wishes.venues(next), domain::InstantOf(flow->head, day.start_minute()),
                        domain::InstantOf(flow->head, day.end_minute()), flow->deadline,
                        [this, flow, next, then = std::move(then)](const absl::Status& status) {
                          flow->asked = status;
                          AskVenues(flow, next + 1, then);
                        });
}

void VisitDays::AskSpaces(const VisitFlowPtr& flow, std::vector<std::string> spaces,
                          std::function<void()> then) {
  if (spaces.empty() || !flow->asked.ok()) return then();
  const std::string space = spaces.back();
  spaces.pop_back();
  const absl::Time start = domain::InstantOf(flow->head, flow->wishes.day().start_minute());
  const absl::Time end = domain::InstantOf(flow->head, flow->wishes.day().end_minute());
  deps_.venue.FindClashes(
      space, start, end, flow->deadline,
      [this, flow, space, spaces = std::move(spaces), then = std::move(then)](const auto& clashes) {
        flow->asked = clashes.status();
        const int64_t midnight = absl::ToUnixSeconds(domain::InstantOf(flow->head, 0));
        for (size_t i = 0; clashes.ok() && i < clashes->size(); ++i) {
          const venue::v1::Allocation& taken = (*clashes)[i];
          // Its own claims go when it has new ones.
          if (taken.holder() == flow->name) continue;
          // As long before and after it as the space needs to be set up and taken down.
          const int64_t before = taken.start_time().seconds() - taken.taken_start_time().seconds();
          const int64_t after = taken.taken_end_time().seconds() - taken.end_time().seconds();
          const int64_t from = taken.taken_start_time().seconds() - after - midnight;
          const int64_t to = taken.taken_end_time().seconds() + before - midnight;
          flow->taken[space].push_back(
              {static_cast<int>(std::max<int64_t>(0, from / 60)),
               static_cast<int>(std::min<int64_t>(calendar::kMinutesPerDay, (to + 59) / 60))});
        }
        AskSpaces(flow, spaces, then);
      });
}

absl::Status VisitDays::LookUpSessions(VisitFlow& flow) const {
  const auto& venues = flow.wishes.venues();
  const int64_t midnight = absl::ToUnixSeconds(domain::InstantOf(flow.head, 0));
  const auto minute = [&](int64_t us) { return static_cast<int>((us / 1'000'000 - midnight) / 60); };
  v1::Party pupil;
  pupil.set_pupils(1);
  refusal::FieldErrors errors;
  for (int i = 0; i < flow.wishes.courses_size(); ++i) {
    const v1::VisitDay::Course& course = flow.wishes.courses(i);
    for (const std::string& name : course.sessions()) {
      const std::string field = absl::StrCat("visit_day.courses[", i, "].sessions");
      auto target = ParseTarget(field, kSessionPattern, name);
      if (!target.ok()) return target.status();
      const domain::record::SessionHead* head = deps_.reads.FindSession(target->session, nullptr);
      if (head == nullptr || domain::NameOf(*head) != name) return refusal::NotFound(name);
      domain::VisitSession& session = flow.sessions[name];
      session = {head->place(), {minute(head->start_us()), minute(head->end_us())}, domain::kUnbounded};
      const domain::Places wanted = domain::PlacesOf(*head, v1::Booking::SCHOOL, pupil);
      for (int pool = 0; pool < head->pools_size(); ++pool) {
        // What is left of the place's day is known when it is claimed.
        if (wanted[static_cast<size_t>(pool)] > 0 && head->pools(pool).day_limit().empty())
          session.free = std::min(session.free, std::max(0, domain::FreeOf(head->pools(pool))));
      }
      // What the visit day has already does not stand in its way.
      for (const domain::record::VisitRows::Taking& taking : flow.plan.takings()) {
        if (flow.head.state() == v1::VisitDay::CONFIRMED && taking.thing() == name)
          session.free += taking.amount();
      }
      if (std::find(venues.begin(), venues.end(), head->place()) == venues.end())
        errors.Add(field, "must be at one of the venues");
      if (session.time.start < 0 || session.time.end > calendar::kMinutesPerDay)
        errors.Add(field, "must be on the day");
      if (session.time.end - session.time.start != course.minutes())
        errors.Add(field, absl::StrCat("must last as long as the course; ", name, " takes ",
                                       session.time.end - session.time.start, " minutes"));
    }
  }
  return errors.ToStatus();
}

// Plans off the request threads; the plan, or why there is none, stands in the flow afterwards.
void VisitDays::Reckon(const VisitFlowPtr& flow, std::function<void()> then) {
  if (flow->asked.ok()) flow->asked = LookUpSessions(*flow);
  if (!flow->asked.ok()) return then();
  struct Reckoned {
    domain::VisitTask task;
    VisitOutcome outcome;
  };
  auto reckoned = std::make_shared<Reckoned>();
  reckoned->task = domain::TaskOf(flow->wishes, flow->taken, flow->sessions);
  auto finish = [flow, reckoned, then] {
    if (reckoned->outcome.plan) {
      flow->plan = domain::RowsOf(flow->wishes, reckoned->task, *reckoned->outcome.plan);
    } else {
      flow->asked = Infeasible(reckoned->task, reckoned->outcome);
    }
    then();
  };
  const absl::Status status = deps_.workers.Run([this, alive = alive_, reckoned, finish = std::move(finish)] {
    reckoned->outcome = PlanVisitDay(reckoned->task);
    deps_.executor.Post([alive, finish] {
      if (*alive) finish();
    });
  });
  if (!status.ok()) flow->fail(status);
}

void VisitDays::Plan(Call<v1::PlanVisitDayRequest> call) {
  VisitFlowPtr flow = FlowOf(std::move(call));
  if (flow == nullptr) return;
  Open(flow, [this, flow] {
    AskVenues(flow, 0, [this, flow] {
      Reckon(flow, [flow] {
        // A first copy may have found a plan, which the commit knows.
        flow->change([flow](const domain::VisitDay& visit, absl::Time now) -> absl::StatusOr<domain::Facts> {
          if (!flow->asked.ok()) return flow->asked;
          return domain::DecidePlan(visit, flow->head.revision(), flow->plan, now);
        });
      });
    });
  });
}

void VisitDays::Confirm(Call<v1::ConfirmVisitDayRequest> call) {
  VisitFlowPtr flow = FlowOf(std::move(call));
  if (flow == nullptr) return;
  Open(flow, [this, flow] {
    Reserve(flow, [flow](const domain::VisitDay& visit, absl::Time now) {
      return domain::DecideConfirm(visit, flow->head.revision(), flow->reservation, now);
    });
  });
}

void VisitDays::Replan(Call<v1::ReplanVisitDayRequest> call) {
  auto request = std::make_shared<const v1::ReplanVisitDayRequest>(call.request());
  VisitFlowPtr flow = FlowOf(std::move(call));
  if (flow == nullptr) return;
  Open(flow, [this, flow, request] {
    const bool confirmed = flow->head.state() == v1::VisitDay::CONFIRMED;
    auto decide = [flow, confirmed](const domain::VisitDay& visit,
                                    absl::Time now) -> absl::StatusOr<domain::Facts> {
      if (!flow->asked.ok()) return flow->asked;
      return domain::DecideReplan(visit, flow->head.revision(), flow->wishes, flow->plan,
                                  confirmed ? flow->reservation : "", now);
    };
    if (reservation::IsDecided(&flow->look.record)) return Reserve(flow, decide);
    flow->asked = Edit(*request, flow->wishes);
    if (flow->asked.ok()) flow->asked = domain::CheckWishes(flow->wishes, deps_.rules, flow->begun);
    AskVenues(flow, 0, [this, flow, confirmed, decide] {
      Reckon(flow, [this, flow, confirmed, decide] {
        if (!confirmed) return flow->change(decide);
        Reserve(flow, decide);
      });
    });
  });
}

void VisitDays::Reserve(const VisitFlowPtr& flow, VisitFlow::Decide decide) {
  reservation::Desk::Pivot pivot;
  pivot.place = flow->place;
  pivot.reservation = flow->reservation;
  pivot.actor = flow->caller->name;
  pivot.look = flow->look;
  pivot.begun = flow->begun;
  pivot.decide = [flow, decide](store::View& view, absl::Time now) {
    return EmitAll(view, flow->place.key,
                   decide(dynamic_cast<domain::VisitDay&>(view.Get(flow->place.key)), now));
  };
  pivot.encode = [flow](store::View& view) {
    flow->shown.Clear();
    ToResource(dynamic_cast<domain::VisitDay&>(view.Get(flow->place.key)), &flow->shown);
    return absl::OkStatus();
  };
  const bool ready =
      flow->head.state() == v1::VisitDay::PLANNED || flow->head.state() == v1::VisitDay::CONFIRMED;
  pivot.look.full = flow->asked;
  if (pivot.look.full.ok() && !ready) {
    pivot.look.full = refusal::Refuse(
        kNo, "WRONG_STATE", {{"name", flow->name}, {"state", v1::VisitDay::State_Name(flow->head.state())}});
  }
  reservation::Plan plan;
  plan.reservation = flow->reservation;
  plan.pivot_service = kSelf;
  plan.pivot = flow->name;
  plan.pivot_kind = reservation::v1::VISIT_DAY;
  plan.repeat = flow->repeat;
  plan.resolve_only = flow->resolve_only;
  plan.begun = flow->begun;
  const bool decided = reservation::IsDecided(&flow->look.record) || flow->resolve_only;
  for (reservation::v1::Demand& demand :
       domain::DemandsOf(flow->head, flow->plan, flow->head.reservation())) {
    if (decided || !pivot.look.full.ok()) break;
    const bool person = demand.kind() == reservation::v1::PERSON;
    const bool thing = demand.kind() == reservation::v1::HALL || demand.kind() == reservation::v1::KIT;
    const std::string service = person ? "volunteer" : thing ? "venue" : kSelf;
    reservation::Participant* lender = person ? deps_.people : thing ? deps_.venue.halls() : &deps_.desk;
    if (lender == nullptr) {
      return flow->fail(refusal::TryLater(absl::StatusCode::kUnavailable, "SERVICE_DOWN", absl::Seconds(2),
                                          {{"service", service}}));
    }
    plan.steps.push_back({{{std::move(demand), service, lender}}});
  }
  if (plan.steps.size() > reservation::kStepsMax) {
    return flow->fail(refusal::Refuse(
        kNo, "VISIT_DAY_TOO_LARGE",
        {{"claims", absl::StrCat(plan.steps.size())}, {"most", absl::StrCat(reservation::kStepsMax)}}));
  }
  reservation::PivotPort port = reservation::MakePivotPort(deps_.desk, deps_.settler, std::move(pivot));
  port.refuse = [refuse = std::move(port.refuse), flow](const absl::Status& why,
                                                        const std::vector<reservation::v1::ClaimRef>& tried,
                                                        reservation::Done<reservation::Standing> done) {
    refuse(tried.empty() ? why : InTheWay(why, tried.back().thing(), flow->plan), tried, std::move(done));
  };
  reservation::Drive({deps_.executor, deps_.random}, std::move(plan), std::move(port),
                     [flow](const absl::StatusOr<reservation::Standing>& standing) {
                       absl::Status status =
                           standing.ok() ? reservation::StatusOf(standing->record) : standing.status();
                       if (!status.ok()) return flow->fail(status);
                       flow->answer(flow->shown, {standing->position, standing->replayed});
                     });
}

}  // namespace kepu::event
