#include <map>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/catalogue_page.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/shift_place.h"
#include "services/volunteer/domain/need.h"
#include "services/volunteer/domain/shift_terms.h"
#include "services/volunteer/store/resources.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using PlanCall = CallOf<v1::PlanShiftsRequest, v1::ShiftPlan>;

// Templates for one thing that are looked at: more than one is an oversight.
constexpr size_t kTemplatesOfAScope = 100;

// A plan that is about to be made: what is known before its commit.
struct Draft {
  v1::ShiftPlan plan;
  uint32_t partition = 0;
  absl::Time start;
  // Why nothing can be made, unless the plan is there already.
  absl::Status refused;
  std::vector<domain::ShiftCommand> shifts;
};

absl::Status CheckPlan(const v1::PlanShiftsRequest& request) {
  if (absl::Status status = CheckShiftPlace("", request.place(), request.stop()); !status.ok()) return status;
  if (!request.session().empty()) {
    if (!request.stop().empty()) return refusal::BadField("stop", "give one of session and stop");
    absl::Status status = names::Parse("session", "events/*/sessions/*", request.session()).status();
    if (!status.ok()) return status;
  }
  if (!request.programme().empty()) {
    absl::Status status = names::Parse("programme", "programmes/*", request.programme()).status();
    if (!status.ok()) return status;
  }
  return domain::CheckRows("rows", request.rows());
}

domain::Need NeedOf(const Context& context, const v1::PlanShiftsRequest& request,
                    const domain::NeedSubject& subject) {
  std::vector<v1::NeedTemplate> templates;
  for (const std::string& scope : domain::NeedScopes(subject)) {
    const auto page = context.reads.documents().List<v1::NeedTemplate>(scope, "", kTemplatesOfAScope);
    v1::ListNeedTemplatesResponse parsed;
    if (parsed.ParseFromString(page.bytes))
      templates.insert(templates.end(), parsed.need_templates().begin(), parsed.need_templates().end());
  }
  return domain::ResolveNeed({request.rows().begin(), request.rows().end()}, templates, subject);
}

// Works out the plan: pure but for the roles and templates, which are taken as they stand.
void Fill(const Context& context, const v1::PlanShiftsRequest& request, domain::PlanFrame frame,
          Draft& draft) {
  const domain::Need need = NeedOf(context, request, frame.subject);
  frame.name = draft.plan.name();
  std::map<std::string, std::shared_ptr<const v1::Role>> roles;
  auto planned = domain::PlanOf(frame, need, [&](const std::string& name) {
    return (roles[name] = context.reads.documents().Find<v1::Role>(name)).get();
  });
  if (!planned.ok()) {
    draft.refused = planned.status();
    return;
  }
  draft.shifts = std::move(planned->shifts);
  draft.plan.set_source(need.source);
  draft.plan.set_template_(need.name);
  *draft.plan.mutable_warnings() = {planned->warnings.begin(), planned->warnings.end()};
  draft.start = frame.start;
  for (size_t i = 0; i < draft.shifts.size(); ++i) {
    domain::ShiftCommand& shift = draft.shifts[i];
    const store::RequestKey key = context.keys.MakeKey(draft.plan.name(), "shift", absl::StrCat(i));
    shift.id = context.keys.MakeId(draft.partition, key);
    draft.start = std::min(draft.start, shift.start);
    draft.plan.add_shift_names(domain::ShiftName(shift.id));
  }
}

// Facts of several shifts, written when all are decided: what was emitted before a refusal would stand.
using Decided = std::vector<std::pair<std::string, domain::Facts>>;

absl::Status Write(store::View& view, Decided decided) {
  for (auto& [key, facts] : decided)
    if (absl::Status status = EmitAll(view, key, std::move(facts)); !status.ok()) return status;
  return absl::OkStatus();
}

// All shifts and the plan itself, or nothing.
absl::Status Make(store::View& view, const std::string& key, const Draft& draft, absl::Time now) {
  const auto& state = dynamic_cast<const domain::Document&>(view.Get(key));
  auto known = document::ResourceIn<domain::DocumentLog, v1::ShiftPlan>(state);
  if (!known.ok()) return known.status();
  if (known->has_value()) return absl::OkStatus();
  if (!draft.refused.ok()) return draft.refused;
  if (draft.start <= now)
    return refusal::BadField("start_time", "must be in the future, with the minutes before it");
  if (draft.start > now + domain::kHorizon) return refusal::BadField("start_time", "must be within a year");
  Decided decided;
  for (const domain::ShiftCommand& shift : draft.shifts) {
    const std::string of_shift = ShiftKey(shift.id);
    auto facts = domain::DecideCreate(ShiftIn(view, of_shift), shift, now);
    if (!facts.ok()) return facts.status();
    decided.emplace_back(of_shift, *std::move(facts));
  }
  const std::string id = draft.plan.name();
  decided.emplace_back(key, document::PutResource<domain::DocumentLog, v1::ShiftPlan>(state, id, std::nullopt,
                                                                                      draft.plan, now));
  return Write(view, std::move(decided));
}

// As they stand now: from the decision where it has them, else as they are read.
absl::Status Show(const Context& context, store::View& view, const std::string& key,
                  const std::set<std::string>& held, v1::ShiftPlan* answer) {
  auto known = document::ResourceIn<domain::DocumentLog, v1::ShiftPlan>(
      dynamic_cast<const domain::Document&>(view.Get(key)));
  if (!known.ok()) return known.status();
  if (!known->has_value()) return absl::InternalError("a plan that was made is not there");
  *answer = **std::move(known);
  for (const std::string& name : answer->shift_names()) {
    const std::string of_shift = ShiftKey(name.substr(name.find('/') + 1));
    if (held.count(of_shift) > 0) {
      ToResource(ShiftIn(view, of_shift).head(), answer->add_shifts());
      continue;
    }
    auto bytes = context.reads.shifts().Get(name);
    if (bytes == nullptr) bytes = context.reads.drafts().Get(name);
    if (bytes != nullptr) answer->add_shifts()->ParseFromString(*bytes);
  }
  return absl::OkStatus();
}

void Commit(const Context& context, PlanCall call, Draft draft) {
  // Nobody said how many, or every role is retired: there is nothing to remember.
  const bool there = context.reads.documents().Find<v1::ShiftPlan>(draft.plan.name()) != nullptr;
  if (!there && draft.refused.ok() && draft.shifts.empty()) {
    draft.plan.clear_name();
    return call.Answer(draft.plan);
  }
  if (there) draft.shifts.clear();
  const std::string key = domain::DocumentKey(draft.plan.name());
  std::vector<std::string> keys = {key};
  for (const domain::ShiftCommand& shift : draft.shifts) keys.push_back(ShiftKey(shift.id));
  const std::set<std::string> held(keys.begin(), keys.end());
  const uint32_t partition = draft.partition;
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, partition, store::Lane::kRest, std::move(request_key), std::move(keys), std::move(call),
      [key, draft = std::move(draft)](store::View& view, absl::Time now) {
        return Make(view, key, draft, now);
      },
      [&context, key, held](store::View& view, v1::ShiftPlan* answer) {
        return Show(context, view, key, held, answer);
      });
}

void Plan(const Context& context, PlanCall call, std::optional<v1::Whereabouts> where) {
  const v1::PlanShiftsRequest& request = call.request();
  Draft draft;
  draft.partition = PartitionOfPlace(request.place());
  const store::RequestKey key = context.keys.MakeKey(request.place(), "shiftPlan", request.plan_id());
  draft.plan.set_name(absl::StrCat("shiftPlans/", context.keys.MakeId(draft.partition, key)));
  draft.plan.set_place(request.place());
  draft.plan.set_session(request.session());
  draft.plan.set_stop(request.stop());
  draft.plan.set_plan_id(request.plan_id());
  *draft.plan.mutable_start_time() = request.start_time();
  *draft.plan.mutable_end_time() = request.end_time();
  draft.plan.set_heads(request.heads());
  domain::PlanFrame frame;
  frame.subject = {request.place(), request.session(), request.programme(), request.event_kind()};
  frame.stop = request.stop();
  frame.start = TimeOf(request.start_time());
  frame.end = TimeOf(request.end_time());
  frame.heads = request.heads();
  frame.whereabouts = std::move(where);
  Fill(context, request, std::move(frame), draft);
  Commit(context, std::move(call), std::move(draft));
}

void PlanShifts(const Context& context, PlanCall call) {
  if (absl::Status status = CheckPlan(call.request()); !status.ok()) return call.Fail(status);
  // Roles and templates that the caller has seen count.
  context.documents.WhenVisible(std::move(call), [&context](PlanCall ready) {
    if (ready.request().has_whereabouts()) {
      const v1::Whereabouts where = ready.request().whereabouts();
      return Plan(context, std::move(ready), where);
    }
    const std::string place = ready.request().place();
    const absl::Time deadline = ready.deadline();
    auto shared = std::make_shared<PlanCall>(std::move(ready));
    FindPlace(context, place, deadline,
              [&context, shared](absl::StatusOr<std::optional<v1::Whereabouts>> where) {
                if (!where.ok()) return shared->Fail(where.status());
                Plan(context, std::move(*shared), *std::move(where));
              });
  });
}

using PublishCall = CallOf<v1::PublishShiftsRequest, v1::PublishShiftsResponse>;

// The keys of the shifts that are named, by themselves or by their plan.
absl::StatusOr<std::vector<std::string>> Published(const Context& context,
                                                   const v1::PublishShiftsRequest& request) {
  std::vector<std::string> names(request.shifts().begin(), request.shifts().end());
  if (names.empty() == request.plan().empty()) return refusal::BadField("shifts", "give shifts or a plan");
  if (!request.plan().empty()) {
    const auto plan = context.reads.documents().Find<v1::ShiftPlan>(request.plan());
    if (plan == nullptr || plan->place() != request.place()) return refusal::NotFound(request.plan());
    names.assign(plan->shift_names().begin(), plan->shift_names().end());
  }
  std::set<std::string> keys;
  for (const std::string& name : names) {
    auto ids = names::Parse("shifts", "shifts/*", name);
    if (!ids.ok()) return ids.status();
    if (ShiftPlace((*ids)[0]).partition != PartitionOfPlace(request.place())) return refusal::NotFound(name);
    keys.insert(ShiftKey((*ids)[0]));
  }
  return std::vector<std::string>(keys.begin(), keys.end());
}

absl::Status Publish(store::View& view, const std::vector<std::string>& keys, const std::string& place,
                     absl::Time now) {
  Decided decided;
  for (const std::string& key : keys) {
    const domain::Shift& shift = ShiftIn(view, key);
    const std::string name = domain::ShiftName(ShiftIdOf(key));
    if (!shift.Exists() || shift.head().place() != place) return refusal::NotFound(name);
    auto facts = domain::DecidePublish(shift, now);
    if (!facts.ok()) return facts.status();
    decided.emplace_back(key, *std::move(facts));
  }
  return Write(view, std::move(decided));
}

void PublishShifts(const Context& context, PublishCall call) {
  if (absl::Status status = CheckShiftPlace("", call.request().place(), ""); !status.ok())
    return call.Fail(status);
  context.documents.WhenVisible(std::move(call), [&context](PublishCall ready) {
    const auto keys = Published(context, ready.request());
    if (!keys.ok()) return ready.Fail(keys.status());
    const std::string place = ready.request().place();
    store::RequestKey request_key = handler::KeyOf(context.keys, ready);
    handler::Change(
        context.engine, PartitionOfPlace(place), store::Lane::kRest, std::move(request_key), *keys,
        std::move(ready),
        [keys = *keys, place](store::View& view, absl::Time now) { return Publish(view, keys, place, now); },
        [keys = *keys](store::View& view, v1::PublishShiftsResponse* answer) {
          for (const std::string& key : keys) ToResource(ShiftIn(view, key).head(), answer->add_shifts());
          return absl::OkStatus();
        });
  });
}

void ListDraftShifts(const Context& context,
                     CallOf<v1::ListDraftShiftsRequest, v1::ListDraftShiftsResponse> call) {
  context.documents.WhenVisible(std::move(call), [&context](auto ready) {
    const std::string place = ready.request().place();
    AnswerPage(context, std::move(ready), context.reads.drafts(), place,
               paging::FilterDigest({"drafts", place}));
  });
}

}  // namespace

void AddPlanHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kNeedService, "PlanShifts", PlanShifts);
  Handle(service, context, kNeedService, "PublishShifts", PublishShifts);
  Handle(service, context, kNeedService, "ListDraftShifts", ListDraftShifts);
  AddShiftChangeHandlers(service, context);
}

}  // namespace kepu::volunteer
