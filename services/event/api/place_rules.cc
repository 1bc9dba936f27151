// The rules of places: read, changed by their staff, and the changes with who and why.
#include "services/event/domain/place_rules.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/handler/change.h"
#include "libs/handler/merge.h"
#include "libs/names/names.h"
#include "services/event/api/place_name.h"
#include "services/event/api/register.h"
#include "services/event/api/target.h"
#include "services/event/store/schema.h"

namespace kepu::event {

absl::StatusOr<std::string> PlaceIn(absl::string_view field, absl::string_view name,
                                    absl::string_view suffix) {
  absl::string_view place = name;
  if (absl::ConsumeSuffix(&place, suffix) && !place.empty() && IsPlace(place)) return std::string(place);
  return refusal::BadField(
      field, absl::StrCat("must be a place and ", suffix, ", like \"venues/cqstm", suffix, "\""));
}

namespace {

using GetRulesCall = rpc::TypedCall<v1::GetPlaceRulesRequest, v1::PlaceRules>;
using UpdateCall = rpc::TypedCall<v1::UpdatePlaceRulesRequest, v1::PlaceRules>;
using ChangesCall = rpc::TypedCall<v1::ListPlaceRulesChangesRequest, v1::ListPlaceRulesChangesResponse>;

void GetPlaceRules(const Context& context, GetRulesCall call) {
  auto place = PlaceIn("name", call.request().name(), kRulesSuffix);
  if (!place.ok()) return call.Fail(place.status());
  WhenVisible(context, std::move(call), [&context, place = *place](GetRulesCall visible) {
    const auto rules = context.read_model.places().RulesOf(place);
    if (rules == nullptr) return visible.Fail(refusal::NotFound(visible.request().name()));
    visible.Answer(domain::RulesOf(*rules));
  });
}

domain::record::PlaceLimit LimitOf(const v1::DayLimit& limit) {
  domain::record::PlaceLimit record;
  record.set_id(limit.id());
  for (const int kind : limit.kinds()) record.add_kinds(static_cast<v1::Booking::Kind>(kind));
  if (limit.kinds().empty()) {
    record.add_kinds(v1::Booking::GROUP);
    record.add_kinds(v1::Booking::SCHOOL);
  }
  record.set_counts(limit.counts() == v1::DayLimit::PARTIES ? v1::Pool::PARTIES : v1::Pool::HEADS);
  record.set_span(limit.span() == v1::DayLimit::SPAN_UNSPECIFIED ? v1::DayLimit::DAY : limit.span());
  record.set_most(limit.most());
  record.set_off(limit.off());
  return record;
}

absl::Status CheckEnums(const v1::PlaceRules& rules) {
  refusal::FieldErrors errors;
  for (int i = 0; i < rules.limits_size(); ++i) {
    const v1::DayLimit& limit = rules.limits(i);
    const std::string path = absl::StrCat("rules.limits[", i, "]");
    if (!v1::DayLimit::Counts_IsValid(limit.counts()))
      errors.Add(path + ".counts", "must be HEADS or PARTIES");
    if (!v1::DayLimit::Span_IsValid(limit.span()))
      errors.Add(path + ".span", "must be DAY, MORNING or AFTERNOON");
    for (const int kind : limit.kinds())
      if (kind == v1::Booking::KIND_UNSPECIFIED || !v1::Booking::Kind_IsValid(kind))
        errors.Add(path + ".kinds", "must be PERSON, FAMILY, GROUP or SCHOOL");
  }
  return errors.ToStatus();
}

// A change of the rules of one place, as staff want it.
struct Wish {
  std::string place;
  std::string key;
  v1::UpdatePlaceRulesRequest request;
  std::shared_ptr<const rpc::Principal> caller;
};

// The rules with the wish laid over them: limits by their id, so that none is forgotten.
domain::record::PlaceRulesSet Wanted(const domain::record::PlaceHead& head, const Wish& wish) {
  const v1::UpdatePlaceRulesRequest& request = wish.request;
  const v1::PlaceRules base = domain::RulesOf(head);
  const handler::Paths paths(request.update_mask().paths().begin(), request.update_mask().paths().end());
  const v1::PlaceRules wanted = handler::Merged(base, request.rules(), paths);
  domain::record::PlaceRulesSet set;
  set.set_place(wish.place);
  *set.mutable_limits() = head.limits();
  for (domain::record::PlaceLimit& limit : *set.mutable_limits()) limit.clear_ready();
  for (const v1::DayLimit& limit : wanted.limits()) {
    domain::record::PlaceLimit* place = nullptr;
    for (domain::record::PlaceLimit& known : *set.mutable_limits())
      if (known.id() == limit.id()) place = &known;
    *(place == nullptr ? set.add_limits() : place) = LimitOf(limit);
  }
  set.set_district_visits(wanted.district_visits());
  set.set_inside_max(wanted.inside_max());
  set.set_stay_us(wanted.stay().seconds() * 1'000'000);
  set.set_by(wish.caller->name);
  set.set_override_reason(request.override_reason());
  return set;
}

absl::StatusOr<domain::Facts> Decide(const domain::Place& place, const Wish& wish, absl::Time now) {
  const std::string& name = wish.request.rules().name();
  // For staff of another place it is not there, whether it has rules or not.
  if (!IsStaff(*wish.caller, wish.place, "")) return refusal::NotFound(name);
  const std::string etag = place.Exists() ? domain::RulesOf(place.head()).etag() : "";
  if (absl::Status status = CheckEtag(wish.request.rules().etag(), etag, name); !status.ok()) return status;
  return domain::DecidePutRules(place, Wanted(place.head(), wish), now);
}

void Preview(const Context& context, const std::shared_ptr<UpdateCall>& call, const Wish& wish) {
  auto answer = std::make_shared<v1::PlaceRules>();
  context.engine.Read(
      names::PartitionOfText(wish.place), {wish.key},
      [&context, wish, answer](store::View& view) -> absl::Status {
        const auto& place = dynamic_cast<const domain::Place&>(view.Get(wish.key));
        const absl::StatusOr<domain::Facts> facts = Decide(place, wish, context.clock.Now());
        if (!facts.ok()) return facts.status();
        domain::Place trial = place;
        for (const domain::record::Fact& fact : *facts)
          if (absl::Status status = domain::Apply(trial, fact); !status.ok()) return status;
        *answer = domain::RulesOf(trial.head());
        return absl::OkStatus();
      },
      [call, answer](const absl::Status& status) {
        if (!status.ok()) return call->Fail(status);
        call->Answer(*answer);
      });
}

void UpdatePlaceRules(const Context& context, UpdateCall call) {
  auto place = PlaceIn("rules.name", call.request().rules().name(), kRulesSuffix);
  if (!place.ok()) return call.Fail(place.status());
  if (absl::Status status = CheckEnums(call.request().rules()); !status.ok()) return call.Fail(status);
  const Wish wish{*place, PlaceKey(*place), call.request(),
                  std::make_shared<const rpc::Principal>(call.principal())};
  if (call.request().validate_only())
    return Preview(context, std::make_shared<UpdateCall>(std::move(call)), wish);
  store::RequestKey key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, names::PartitionOfText(*place), store::Lane::kRest, std::move(key), {wish.key},
      std::move(call),
      [wish](store::View& view, absl::Time now) {
        return EmitAll(view, wish.key,
                       Decide(dynamic_cast<const domain::Place&>(view.Get(wish.key)), wish, now));
      },
      [wish](store::View& view, v1::PlaceRules* answer) {
        *answer = domain::RulesOf(dynamic_cast<const domain::Place&>(view.Get(wish.key)).head());
        return absl::OkStatus();
      });
}

void ListPlaceRulesChanges(const Context& context, ChangesCall call) {
  const v1::ListPlaceRulesChangesRequest& request = call.request();
  auto place = PlaceIn("parent", request.parent(), kRulesSuffix);
  if (!place.ok()) return call.Fail(place.status());
  const std::string filter = paging::FilterDigest({"ListPlaceRulesChanges", request.parent()});
  absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
  if (!size.ok()) return call.Fail(size.status());
  absl::StatusOr<std::string> after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return call.Fail(after.status());
  uint32_t from = 0;
  if (!after->empty() && !absl::SimpleAtoi(*after, &from))
    return call.Fail(refusal::BadField("page_token", "is not one that was answered"));
  const std::string key = PlaceKey(*place);
  auto shared = std::make_shared<ChangesCall>(std::move(call));
  auto answer = std::make_shared<v1::ListPlaceRulesChangesResponse>();
  context.engine.Read(
      names::PartitionOfText(*place), {key},
      [&context, shared, answer, key, place = *place, from, filter,
       size = *size](store::View& view) -> absl::Status {
        answer->Clear();
        const auto& state = dynamic_cast<const domain::Place&>(view.Get(key));
        if (!state.Exists() || !IsStaff(shared->principal(), place, ""))
          return refusal::NotFound(shared->request().parent());
        absl::Status missing;
        const uint32_t end = std::min(state.head().changes(), from + static_cast<uint32_t>(size));
        for (uint32_t n = from; n < end; ++n) {
          auto child = state.Find(domain::RulesChangeField(n));
          if (!child.ok()) missing = child.status();
          if (child.ok() && *child != nullptr) *answer->add_changes() = (*child)->change();
        }
        if (end < state.head().changes())
          answer->set_next_page_token(context.pager.Encode(filter, absl::StrCat(end)));
        return missing;
      },
      [shared, answer](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        shared->Answer(*answer);
      });
}

}  // namespace

void AddPlaceRulesHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kPlaceRulesService, "GetPlaceRules", GetPlaceRules);
  Handle(service, context, kPlaceRulesService, "UpdatePlaceRules", UpdatePlaceRules);
  Handle(service, context, kPlaceRulesService, "ListPlaceRulesChanges", ListPlaceRulesChanges);
}

}  // namespace kepu::event
