#include "services/volunteer/domain/expert.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "libs/auth/access.h"
#include "libs/calendar/timestamps.h"
#include "libs/reservation/record.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/documents_together.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/people_view.h"
#include "services/volunteer/api/team_access.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using v1::Expert;

bool IsStaff(const rpc::Principal& principal, const std::string& district) {
  return auth::HoldsAnyOn(principal, CoordinatorRoles(), district, nullptr);
}

// Changes a profile, named in the request, with what it means for the person's time, in one commit.
// `may(own, staff) -> bool`; for anybody else there is none. `act(before, person, now) -> StatusOr<Expert>`.
template <class Request, class May, class Act>
void ChangeExpert(const Context& context, absl::string_view field, const std::string& given,
                  CallOf<Request, Expert> call, May may, Act act) {
  auto ids = names::Parse(field, "experts/*", given);
  if (!ids.ok()) return call.Fail(ids.status());
  const rpc::Principal principal = call.principal();
  const std::string id = PersonOr(context, principal, (*ids)[0]);
  const bool own = id == SelfOf(context, principal);
  const std::string name = absl::StrCat("experts/", id);
  const reservation::Place place = PersonPlace(id);
  auto decide = [=, key = place.key](store::View& view, absl::Time now) -> absl::Status {
    const domain::Person& person = PersonIn(view, key);
    auto before = DocumentAt<Expert>(view, name);
    if (!before.ok()) return before.status();
    // Who is no volunteer is nobody's to describe.
    if (!person.Exists() && own)
      return refusal::Refuse(refusal::kNo, "NOT_REGISTERED", {{"name", "volunteers/me"}});
    if (!person.Exists() || !may(own, IsStaff(principal, person.head().district())))
      return refusal::NotFound(given);
    absl::StatusOr<Expert> after = act(*before, person, now);
    if (!after.ok()) return after.status();
    const domain::Facts stood = domain::DecideStanding(person, *after, now);
    if (absl::Status status = PutDocument(view, name, *before, *after, now); !status.ok()) return status;
    return EmitAll(view, key, stood);
  };
  ChangeTogether<Expert>(context, place.partition, {place.key, domain::DocumentKey(name)}, name,
                         std::move(call), std::move(decide), [](Expert*) {});
}

bool OwnOrStaff(bool own, bool staff) { return own || staff; }
bool Staff(bool, bool staff) { return staff; }

void CreateExpert(const Context& context, CallOf<v1::CreateExpertRequest, Expert> call) {
  const Expert given = call.request().expert();
  ChangeExpert(context, "expert.name", given.name(), std::move(call), OwnOrStaff,
               [given](const std::optional<Expert>& before, const domain::Person& person,
                       absl::Time) -> absl::StatusOr<Expert> {
                 if (before)
                   return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS",
                                          {{"name", before->name()}});
                 Expert made = given;
                 if (absl::Status status = domain::CheckExpert(made, nullptr, person.head()); !status.ok())
                   return status;
                 return made;
               });
}

void UpdateExpert(const Context& context, CallOf<v1::UpdateExpertRequest, Expert> call) {
  const v1::UpdateExpertRequest request = call.request();
  const std::string name = request.expert().name();
  ChangeExpert(
      context, "expert.name", name, std::move(call), OwnOrStaff,
      [request](const std::optional<Expert>& before, const domain::Person& person,
                absl::Time) -> absl::StatusOr<Expert> {
        const std::string& named = request.expert().name();
        if (!before) return refusal::NotFound(named);
        if (absl::Status status = document::CheckEtag(request.expert().etag(), before->etag(), named);
            !status.ok())
          return status;
        const auto& mask = request.update_mask().paths();
        Expert after = handler::Merged(*before, request.expert(), handler::Paths(mask.begin(), mask.end()));
        if (absl::Status status = document::KeepWhatIsKept("expert", *before, &after); !status.ok())
          return status;
        if (absl::Status status = domain::CheckExpert(after, &*before, person.head()); !status.ok())
          return status;
        return after;
      });
}

// A step of a profile that is there; `step(expert) -> Status`.
template <class Request, class May, class Step>
void StepOf(const Context& context, CallOf<Request, Expert> call, May may, Step step) {
  const std::string name = call.request().name();
  const std::string etag = call.request().etag();
  ChangeExpert(context, "name", name, std::move(call), may,
               [name, etag, step](const std::optional<Expert>& before, const domain::Person&,
                                  absl::Time) -> absl::StatusOr<Expert> {
                 if (!before) return refusal::NotFound(name);
                 if (absl::Status status = document::CheckEtag(etag, before->etag(), name); !status.ok())
                   return status;
                 Expert after = *before;
                 if (absl::Status status = step(after); !status.ok()) return status;
                 return after;
               });
}

void PublishExpert(const Context& context, CallOf<v1::PublishExpertRequest, Expert> call) {
  StepOf(context, std::move(call), Staff, [](Expert& expert) {
    expert.set_state(Expert::LISTED);
    return domain::CheckListing(expert);
  });
}

void PauseExpert(const Context& context, CallOf<v1::PauseExpertRequest, Expert> call) {
  StepOf(context, std::move(call), OwnOrStaff, [](Expert& expert) {
    if (expert.state() == Expert::LISTED) expert.set_state(Expert::PAUSED);
    return absl::OkStatus();
  });
}

void ConfirmExpertLevel(const Context& context, CallOf<v1::ConfirmExpertLevelRequest, Expert> call) {
  StepOf(context, std::move(call), Staff, [](Expert& expert) {
    expert.set_level_confirmed(true);
    return absl::OkStatus();
  });
}

void ConfirmInvitation(const Context& context, CallOf<v1::ConfirmInvitationRequest, Expert> call) {
  auto ids = names::Parse("name", "experts/*", call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string id = PersonOr(context, call.principal(), (*ids)[0]);
  const std::string name = absl::StrCat("experts/", id);
  const reservation::Place place = PersonPlace(id);
  auto decide = [key = place.key, name, request = call.request(), principal = call.principal()](
                    store::View& view, absl::Time now) -> absl::Status {
    const domain::Person& person = PersonIn(view, key);
    auto expert = DocumentAt<Expert>(view, name);
    if (!expert.ok()) return expert.status();
    if (!person.Exists() || !expert->has_value() || !IsStaff(principal, person.head().district()))
      return refusal::NotFound(request.name());
    return EmitAll(view, key, domain::DecideInvitation(person, request.purpose(), now));
  };
  ChangeTogether<Expert>(context, place.partition, {place.key, domain::DocumentKey(name)}, name,
                         std::move(call), std::move(decide), [](Expert*) {});
}

void GetExpert(const Context& context, CallOf<v1::GetExpertRequest, Expert> call) {
  const std::string given = call.request().name();
  auto ids = names::Parse("name", "experts/*", given);
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string id = PersonOr(context, call.principal(), (*ids)[0]);
  context.documents.WhenVisible(std::move(call), [&context, given, id](auto ready) {
    const auto expert = context.reads.documents().Find<Expert>(absl::StrCat("experts/", id));
    const rpc::Principal& principal = ready.principal();
    const bool seen =
        expert != nullptr && (expert->state() == Expert::LISTED || id == SelfOf(context, principal) ||
                              IsStaff(principal, expert->district()));
    if (!seen) return ready.Fail(refusal::NotFound(given));
    ready.Answer(*expert);
  });
}

template <class List, class Wanted>
bool Has(const List& list, const Wanted& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

bool Matches(const v1::ListExpertsRequest& request, bool unlisted, const Expert& expert) {
  const bool times = request.has_free_start_time();
  return (unlisted || expert.state() == Expert::LISTED) &&
         domain::Offers(expert, request.field(), request.topic()) &&
         (request.audience() == Expert::AUDIENCE_UNSPECIFIED ||
          Has(expert.audiences(), static_cast<int>(request.audience()))) &&
         (request.district().empty() || expert.district() == request.district()) &&
         (request.language().empty() || Has(expert.languages(), request.language())) &&
         (request.level() == Expert::LEVEL_UNSPECIFIED || expert.level() == request.level()) &&
         (request.home_city() == Expert::HOME_CITY_UNSPECIFIED ||
          expert.home_city() == request.home_city()) &&
         (request.team().empty() || expert.team() == request.team()) &&
         (!times || domain::IsAvailable(expert, calendar::FromProto(request.free_start_time()),
                                        calendar::FromProto(request.free_end_time())));
}

// A page whose experts' time lines are asked for one time, each where it lies.
struct Asking {
  explicit Asking(CallOf<v1::ListExpertsRequest, v1::ListExpertsResponse> given) : call(std::move(given)) {}
  CallOf<v1::ListExpertsRequest, v1::ListExpertsResponse> call;
  v1::ListExpertsResponse page;
  std::vector<bool> free;
  int waiting = 0;
  absl::Status failed;
};

void AskTimeLine(const Context& context, const std::shared_ptr<Asking>& asking, int at) {
  const Expert& expert = asking->page.experts(at);
  const reservation::Place place = PersonPlace(expert.name().substr(expert.name().find('/') + 1));
  reservation::v1::Demand demand;
  demand.set_thing(expert.volunteer());
  demand.set_kind(reservation::v1::PERSON);
  *demand.mutable_start_time() = asking->call.request().free_start_time();
  *demand.mutable_end_time() = asking->call.request().free_end_time();
  auto read = [&context, asking, at, demand, key = place.key](store::View& view) {
    const domain::Person& person = PersonIn(view, key);
    auto age = AgeOf(context.personal, person.head(), v1::Requirements());
    if (!age.ok()) return age.status();
    const absl::Status room = domain::CheckRoom(person, demand, *age, context.rules, context.clock.Now());
    const bool no = reservation::IsRefusal(room);
    asking->free[static_cast<size_t>(at)] = room.ok();
    return no ? absl::OkStatus() : room;
  };
  context.engine.Read(place.partition, {place.key}, std::move(read), [&context, asking](absl::Status status) {
    asking->failed.Update(status);
    if (--asking->waiting > 0) return;
    if (!asking->failed.ok()) return asking->call.Fail(asking->failed);
    v1::ListExpertsResponse answer;
    for (int i = 0; i < asking->page.experts_size(); ++i)
      if (asking->free[static_cast<size_t>(i)]) *answer.add_experts() = asking->page.experts(i);
    answer.set_next_page_token(asking->page.next_page_token());
    asking->call.Answer(answer);
  });
}

void ListExperts(const Context& context, CallOf<v1::ListExpertsRequest, v1::ListExpertsResponse> call) {
  const v1::ListExpertsRequest& given = call.request();
  if (given.has_free_start_time() != given.has_free_end_time() ||
      calendar::FromProto(given.free_end_time()) < calendar::FromProto(given.free_start_time()) ||
      calendar::FromProto(given.free_end_time()) - calendar::FromProto(given.free_start_time()) >
          domain::kAssignmentMax)
    return call.Fail(refusal::BadField("free_end_time", "must come after free_start_time, within a day"));
  context.documents.WhenVisible(std::move(call), [&context](auto ready) {
    const v1::ListExpertsRequest& request = ready.request();
    v1::ListExpertsRequest filter = request;
    filter.clear_page_size();
    filter.clear_page_token();
    const std::string digest = paging::FilterDigest({"experts", filter.SerializeAsString()});
    const auto size = paging::PageSize(request.page_size());
    if (!size.ok()) return ready.Fail(size.status());
    const auto after = context.pager.Decode(request.page_token(), digest);
    if (!after.ok()) return ready.Fail(after.status());
    const rpc::Principal& principal = ready.principal();
    const auto page = context.reads.documents().List<Expert>(
        document::kAllOfThem, *after, *size, [&](const Expert& expert) {
          const bool unlisted = request.include_unlisted() && IsStaff(principal, expert.district());
          return Matches(request, unlisted, expert);
        });
    auto asking = std::make_shared<Asking>(std::move(ready));
    if (!asking->page.ParseFromString(page.bytes))
      return asking->call.Fail(absl::InternalError("unreadable page"));
    asking->page.set_next_page_token(context.pager.Encode(digest, page.next_after));
    const int count = asking->page.experts_size();
    if (!asking->call.request().has_free_start_time() || count == 0) return asking->call.Answer(asking->page);
    asking->free.resize(static_cast<size_t>(count));
    asking->waiting = count;
    // Answers come on the executor, so they are counted there, and none before all have been asked.
    context.executor.Post([&context, asking, count] {
      for (int i = 0; i < count; ++i) AskTimeLine(context, asking, i);
    });
  });
}

}  // namespace

void AddExpertHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kExpertService, "CreateExpert", CreateExpert);
  Handle(service, context, kExpertService, "GetExpert", GetExpert);
  Handle(service, context, kExpertService, "ListExperts", ListExperts);
  Handle(service, context, kExpertService, "UpdateExpert", UpdateExpert);
  Handle(service, context, kExpertService, "PublishExpert", PublishExpert);
  Handle(service, context, kExpertService, "PauseExpert", PauseExpert);
  Handle(service, context, kExpertService, "ConfirmExpertLevel", ConfirmExpertLevel);
  Handle(service, context, kExpertService, "ConfirmInvitation", ConfirmInvitation);
}

}  // namespace kepu::volunteer
