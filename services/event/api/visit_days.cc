#include "services/event/api/visit_days.h"

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/event/api/access.h"
#include "services/event/api/target.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

constexpr char kService[] = "kepu.event.v1.VisitDayService";

domain::VisitDay& VisitIn(store::View& view, const std::string& key) {
  return dynamic_cast<domain::VisitDay&>(view.Get(key));
}

// The fields that callers set, with what was left out.
absl::StatusOr<v1::VisitDay> WishesOf(const v1::VisitDay& given, const rpc::Principal& caller) {
  v1::VisitDay wishes = given;
  auto school = SchoolOf("visit_day", given.school(), caller);
  if (!school.ok()) return school.status();
  wishes.set_school(*std::move(school));
  for (const std::string& venue : given.venues()) {
    if (auto ids = names::Parse("visit_day.venues", "venues/*", venue); !ids.ok()) return ids.status();
  }
  for (int i = 0; i < wishes.classes_size(); ++i) {
    auto id = ClassName(absl::StrCat("visit_day.classes[", i, "]"), wishes.classes(i).id());
    if (!id.ok()) return id.status();
    wishes.mutable_classes(i)->set_id(*std::move(id));
  }
  return wishes;
}

}  // namespace

bool IsStaffOf(const rpc::Principal& caller, const google::protobuf::RepeatedPtrField<std::string>& venues) {
  domain::record::SessionHead there;
  return std::any_of(venues.begin(), venues.end(), [&](const std::string& venue) {
    there.set_place(venue);
    return IsStaff(caller, there);
  });
}

void VisitDays::Register(rpc::Service& service) {
  const auto handle = [&]<class Request, class Response>(
                          const char* method, void (VisitDays::*handler)(rpc::TypedCall<Request, Response>)) {
    service.Handle<Request, Response>(
        kService, method,
        [this, handler](rpc::TypedCall<Request, Response> call) { (this->*handler)(std::move(call)); });
  };
  handle("CreateVisitDay", &VisitDays::Create);
  handle("GetVisitDay", &VisitDays::Get);
  handle("ListVisitDays", &VisitDays::List);
  handle("PlanVisitDay", &VisitDays::Plan);
  handle("ConfirmVisitDay", &VisitDays::Confirm);
  handle("ReplanVisitDay", &VisitDays::Replan);
  handle("CancelVisitDay", &VisitDays::Cancel);
}

void VisitDays::Create(Call<v1::CreateVisitDayRequest> call) {
  auto wishes = WishesOf(call.request().visit_day(), call.principal());
  if (!wishes.ok()) return call.Fail(wishes.status());
  const bool staff = IsStaffOf(call.principal(), wishes->venues());
  if (absl::Status status = CheckActsFor(call.principal(), wishes->school(), staff); !status.ok())
    return call.Fail(status);
  const uint32_t partition = names::PartitionOfText(wishes->venues(0));
  store::RequestKey key = handler::KeyOf(deps_.keys, call);
  domain::record::VisitDayHead head;
  head.set_id(deps_.keys.MakeId(partition, key));
  head.set_school(wishes->school());
  *head.mutable_venues() = wishes->venues();
  head.set_day(static_cast<int32_t>(domain::DayOf(wishes->date()) - absl::CivilDay(1970, 1, 1)));
  head.set_booker(call.principal().name);
  auto shared = std::make_shared<Call<v1::CreateVisitDayRequest>>(std::move(call));
  deps_.schools.CheckExists(
      wishes->school(), shared->principal(), shared->deadline(),
      [this, shared, partition, key, head, wishes = *wishes](const absl::Status& known) {
        if (!known.ok()) return shared->Fail(known);
        const std::string aggregate = VisitDayKey(head.id());
        handler::Change(
            deps_.engine, partition, store::Lane::kRest, key, {aggregate}, std::move(*shared),
            [aggregate, head, wishes, rules = deps_.rules](store::View& view,
                                                           absl::Time now) -> absl::Status {
              if (absl::Status status = domain::CheckWishes(wishes, rules, now); !status.ok()) return status;
              return EmitAll(view, aggregate,
                             domain::DecideCreateVisitDay(VisitIn(view, aggregate), head, wishes, now));
            },
            [aggregate](store::View& view, v1::VisitDay* answer) {
              ToResource(VisitIn(view, aggregate), answer);
              return absl::OkStatus();
            });
      });
}

template <class Request>
VisitFlowPtr VisitDays::FlowOf(Call<Request> call) {
  auto flow = std::make_shared<VisitFlow>();
  flow->name = call.request().name();
  auto ids = names::Parse("name", "visitDays/*", flow->name);
  if (!ids.ok() || !names::IsMadeId((*ids)[0])) {
    call.Fail(ids.ok() ? refusal::NotFound(flow->name) : ids.status());
    return nullptr;
  }
  flow->place = {names::PartitionOf((*ids)[0]), VisitDayKey((*ids)[0])};
  flow->caller = std::make_shared<const rpc::Principal>(call.principal());
  flow->repeat = call.context().repeat;
  flow->resolve_only = call.context().resolve_only;
  flow->deadline = call.deadline();
  auto shared = std::make_shared<Call<Request>>(std::move(call));
  flow->fail = [shared](const absl::Status& status) { shared->Fail(status); };
  flow->answer = [shared](const v1::VisitDay& shown, rpc::AnswerInfo info) { shared->Answer(shown, info); };
  if constexpr (!std::is_same_v<Request, v1::GetVisitDayRequest>) {
    flow->etag = shared->request().etag();
    const store::RequestKey key = handler::KeyOf(deps_.keys, *shared);
    flow->reservation =
        deps_.keys.MakeId(flow->place.partition, key, absl::StrCat("reservation/", flow->name));
    flow->change = [this, shared, key, place = flow->place](VisitFlow::Decide decide) {
      handler::Change(
          deps_.engine, place.partition, store::Lane::kRest, key, {place.key}, std::move(*shared),
          [place, decide = std::move(decide)](store::View& view, absl::Time now) {
            return EmitAll(view, place.key, decide(VisitIn(view, place.key), now));
          },
          [place](store::View& view, v1::VisitDay* answer) {
            ToResource(VisitIn(view, place.key), answer);
            return absl::OkStatus();
          });
    };
  }
  return flow;
}

absl::Status VisitDays::Read(store::View& view, VisitFlow& flow) const {
  const domain::VisitDay& visit = VisitIn(view, flow.place.key);
  flow.head = visit.head();
  const bool known = !flow.head.id().empty() && (ActsFor(*flow.caller, flow.head.school()) ||
                                                 IsStaffOf(*flow.caller, flow.head.venues()));
  if (!known) return refusal::NotFound(flow.name);
  auto wishes = domain::FindWishes(visit);
  auto plan = domain::FindPlan(visit);
  if (!wishes.ok()) return wishes.status();
  if (!plan.ok()) return plan.status();
  flow.wishes = *wishes == nullptr ? v1::VisitDay() : (*wishes)->given();
  flow.plan = *plan == nullptr ? domain::record::VisitRows() : **plan;
  flow.shown.Clear();
  ToResource(visit, &flow.shown);
  if (flow.reservation.empty()) return absl::OkStatus();
  auto record = domain::FindRecordIfAny(visit, flow.reservation);
  if (!record.ok()) return record.status();
  flow.look = {};
  if (*record != nullptr) flow.look.record = **record;
  return absl::OkStatus();
}

void VisitDays::Open(const VisitFlowPtr& flow, std::function<void()> then) {
  flow->begun = deps_.clock.Now();
  deps_.engine.Read(
      flow->place.partition, {flow->place.key}, [this, flow](store::View& view) { return Read(view, *flow); },
      [flow, then = std::move(then)](const absl::Status& status) {
        if (!status.ok()) return flow->fail(status);
        if (absl::Status etag = CheckEtag(flow->etag, flow->shown.etag(), flow->name);
            !etag.ok() && !flow->repeat)
          return flow->fail(etag);
        then();
      });
}

void VisitDays::Get(Call<v1::GetVisitDayRequest> call) {
  VisitFlowPtr flow = FlowOf(std::move(call));
  if (flow != nullptr) Open(flow, [flow] { flow->answer(flow->shown, {}); });
}

void VisitDays::List(Call<v1::ListVisitDaysRequest, v1::ListVisitDaysResponse> call) {
  if (!deps_.ready())
    return call.Fail(refusal::TryLater(absl::StatusCode::kUnavailable, "NOT_READY", absl::Seconds(1)));
  const v1::ListVisitDaysRequest& request = call.request();
  if (request.school().empty() == request.venue().empty())
    return call.Fail(refusal::BadField("school", "give it or venue, one of the two"));
  const std::string scope = request.school().empty() ? request.venue() : request.school();
  google::protobuf::RepeatedPtrField<std::string> venues;
  *venues.Add() = request.venue();
  const bool may = IsStaffOf(call.principal(), venues) ||
                   (!request.school().empty() && ActsFor(call.principal(), request.school()));
  if (!may) return call.Fail(refusal::NotFound(scope));
  const std::string filter = paging::FilterDigest({"ListVisitDays", scope});
  absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
  if (!size.ok()) return call.Fail(size.status());
  absl::StatusOr<std::string> after = pager_.Decode(request.page_token(), filter);
  if (!after.ok()) return call.Fail(after.status());
  auto shared = std::make_shared<decltype(call)>(std::move(call));
  deps_.follower.WaitFor(
      store::Position::Unpack(shared->context().min_position), shared->deadline(),
      [this, shared, scope, filter, after = *after, size = *size](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        auto page = deps_.reads.visit_days().List(scope, after, size);
        paging::AppendNextPageToken(pager_.Encode(filter, page.next_after), &page.bytes);
        shared->AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
      });
}

void VisitDays::Cancel(Call<v1::CancelVisitDayRequest> call) {
  const std::string reason = call.request().reason();
  VisitFlowPtr flow = FlowOf(std::move(call));
  if (flow == nullptr) return;
  Open(flow, [flow, reason] {
    flow->change([reason](const domain::VisitDay& visit, absl::Time now) {
      return domain::DecideCancel(visit, reason, now);
    });
  });
}

template VisitFlowPtr VisitDays::FlowOf(Call<v1::PlanVisitDayRequest>);
template VisitFlowPtr VisitDays::FlowOf(Call<v1::ConfirmVisitDayRequest>);
template VisitFlowPtr VisitDays::FlowOf(Call<v1::ReplanVisitDayRequest>);

}  // namespace kepu::event
