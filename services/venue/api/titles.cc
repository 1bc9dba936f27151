#include "absl/strings/match.h"
#include "kepu/venue/v1/title.pb.h"
#include "libs/calendar/dates.h"
#include "libs/handler/merge.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/title_call.h"
#include "services/venue/domain/times.h"
#include "services/venue/domain/title_rules.h"

namespace kepu::venue {
namespace {

using ApplyForTitleCall = rpc::TypedCall<v1::ApplyForTitleRequest, v1::Title>;
using RegisterTitleCall = rpc::TypedCall<v1::RegisterTitleRequest, v1::Title>;
using GetTitleCall = rpc::TypedCall<v1::GetTitleRequest, v1::Title>;
using ListTitlesCall = rpc::TypedCall<v1::ListTitlesRequest, v1::ListTitlesResponse>;
using CountTitlesCall = rpc::TypedCall<v1::CountTitlesRequest, v1::CountTitlesResponse>;
using MoveTitleCall = rpc::TypedCall<v1::MoveTitleRequest, v1::Title>;
using UpdateTitleCall = rpc::TypedCall<v1::UpdateTitleRequest, v1::Title>;
using ListTitleCriteriaCall = rpc::TypedCall<v1::ListTitleCriteriaRequest, v1::ListTitleCriteriaResponse>;

// Where organizations, schools and communities lie is not known here: the caller says it, and the district
// that is named looks after the title, so nobody gains by naming another.
bool MayEnter(const CallContext& context, const rpc::Principal& principal,
              const std::vector<std::string>& roles, const v1::Title& title) {
  if (auth::HoldsAnyOn(principal, roles, title.holder(), &context.model)) return true;
  if (absl::StartsWith(title.holder(), "venues/") || absl::StartsWith(title.holder(), "districts/"))
    return false;
  if (!title.district().empty() && auth::HoldsAnyOn(principal, {"district_admin"}, title.district(), nullptr))
    return true;
  return roles.size() > 2 && absl::StartsWith(title.holder(), "communities/") && !title.town().empty() &&
         auth::HoldsAnyOn(principal, {"town_office"}, title.town(), nullptr);
}

// `decide(state, id, title, venue category, now)`; on the executor, since a venue's own district is taken.
template <class Call, class Decide>
void EnterNow(const CallContext& context, Call call, const std::vector<std::string>& roles, Decide decide) {
  v1::Title title = call.request().title();
  if (!IsHolder(title.holder()))
    return call.Fail(
        refusal::BadField("title.holder",
                          "must be a name of the form venues/*, organizations/*, schools/*, communities/*, "
                          "districts/*, teams/*, events/* or caravans/*"));
  if (!MayEnter(context, call.principal(), roles, title)) return call.Fail(refusal::NotFound(title.holder()));
  v1::BaseCategory category = v1::BASE_CATEGORY_UNSPECIFIED;
  if (absl::StartsWith(title.holder(), "venues/")) {
    const absl::string_view venue_id = IdOf(title.holder());
    const VenueState* state = context.model.Find(venue_id);
    if (state == nullptr) return call.Fail(refusal::NotFound(title.holder()));
    const auto venue = FindVenue(*state, venue_id);
    if (!venue.ok()) return call.Fail(venue.status());
    if ((*venue)->state() == v1::Venue::RETIRED) {
      const auto& date = (*venue)->retire_date();
      return call.Fail(refusal::Refuse(
          refusal::kNo, "VENUE_RETIRED",
          {{"venue", title.holder()},
           {"date", calendar::FormatDate(absl::CivilDay(date.year(), date.month(), date.day()))}}));
    }
    title.set_district((*venue)->district());
    category = (*venue)->base_category();
  }
  const std::string holder = title.holder();
  const std::string id = context.keys.MakeId(TitlesPartition(holder), handler::KeyOf(context.keys, call));
  ChangeOne<TitlesState>(
      context, TitlesPartition(holder), TitlesKey(holder), std::move(call),
      [id, title, category, decide](const TitlesState& state, absl::Time now) {
        return decide(state, id, title, category, now);
      },
      [id](const TitlesState& state, v1::Title* answer) { return Copy(FindTitle(state, id), answer); });
}

template <class Call, class Decide>
void Enter(const CallContext& context, Call call, const std::vector<std::string>& roles, Decide decide) {
  AfterPosition(context, std::move(call), [&context, &roles, decide](Call ready) {
    auto shared = std::make_shared<Call>(std::move(ready));
    context.executor.Post(
        [&context, &roles, decide, shared] { EnterNow(context, std::move(*shared), roles, decide); });
  });
}

void ApplyFor(const CallContext& context, ApplyForTitleCall call) {
  Enter(context, std::move(call), TitleRoles(), DecideApply);
}

void RegisterTitle(const CallContext& context, RegisterTitleCall call) {
  static const auto& roles = *new std::vector<std::string>{"district_admin", "city_admin"};
  const Office office = OfficeOf(call.principal());
  const std::string source = call.request().source();
  Enter(context, std::move(call), roles,
        [office, source](const TitlesState& state, const std::string& id, v1::Title title,
                         v1::BaseCategory category, absl::Time now) {
          title.set_source(source);
          return DecideRegister(state, id, std::move(title), category, office, now);
        });
}

void GetTitle(const CallContext& context, GetTitleCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "titles/*", call.request().name(), &ids)) return;
  AfterPosition(context, std::move(call), [&context](GetTitleCall ready) {
    const std::string name = ready.request().name();
    const auto title = context.model.titles().Get(name);
    if (title == nullptr) return ready.Fail(refusal::NotFound(name));
    if (IsInsider(context, ready.principal(), *title)) return ready.Answer(*title);
    if (!IsPublic(title->state())) return ready.Fail(refusal::NotFound(name));
    ready.Answer(PublicView(*title));
  });
}

void ListTitles(const CallContext& context, ListTitlesCall call) {
  const v1::ListTitlesRequest& request = call.request();
  TitleFilter filter{request.holder(),   {request.districts().begin(), request.districts().end()},
                     request.kind(),     request.level(),
                     request.category(), request.state(),
                     request.in_force(), request.year()};
  // What a caller sees depends on who it is.
  const std::string digest = paging::FilterDigest({"titles", call.principal().name, filter.Digest()});
  auto limit = paging::PageSize(request.page_size());
  if (!limit.ok()) return call.Fail(limit.status());
  auto after = context.pager.Decode(request.page_token(), digest);
  if (!after.ok()) return call.Fail(after.status());
  AfterPosition(context, std::move(call),
                [&context, filter, digest, limit = *limit, after = *after](ListTitlesCall ready) {
                  const auto insider = [&](const v1::Title& title) {
                    return IsInsider(context, ready.principal(), title);
                  };
                  const TitleShelf::Page page = context.model.titles().List(filter, insider, after, limit);
                  v1::ListTitlesResponse response;
                  for (const auto& title : page.titles)
                    *response.add_titles() = insider(*title) ? *title : PublicView(*title);
                  response.set_next_page_token(context.pager.Encode(digest, page.next_after));
                  ready.Answer(response);
                });
}

void CountTitles(const CallContext& context, CountTitlesCall call) {
  const v1::CountTitlesRequest& request = call.request();
  auto day = request.has_date() ? ToDay("date", request.date())
                                : absl::StatusOr<absl::CivilDay>(calendar::DayOf(context.clock.Now()));
  if (!day.ok()) return call.Fail(day.status());
  TitleFilter filter;
  filter.districts = {request.districts().begin(), request.districts().end()};
  filter.kind = request.kind();
  filter.level = request.level();
  AfterPosition(context, std::move(call), [&context, filter, day = *day](CountTitlesCall ready) {
    ready.Answer(context.model.titles().Count(filter, day));
  });
}

void UpdateTitle(const CallContext& context, UpdateTitleCall call) {
  std::vector<std::string> ids;
  const v1::Title update = call.request().title();
  if (!ParseName(call, "title.name", "titles/*", update.name(), &ids)) return;
  const auto& mask = call.request().update_mask().paths();
  TitleEdit edit;
  edit.etag = update.etag();
  edit.edit = [update, paths = handler::Paths(mask.begin(), mask.end())](const v1::Title& base) {
    return handler::Merged(base, update, paths);
  };
  edit.for_office =
      auth::HoldsAnyOn(call.principal(), {"district_admin", "city_admin"}, update.name(), &context.model);
  edit.office = OfficeOf(call.principal());
  ChangeTitle(
      context, ids[0], std::move(call),
      [id = ids[0], edit](const TitlesState& state, absl::Time now) {
        return DecideEdit(state, id, edit, now);
      },
      [&context, id = ids[0]](const TitlesState& state, v1::Title* answer) {
        return AnswerTitle(context, state, id, answer);
      });
}

void Criteria(const CallContext& context, ListTitleCriteriaCall call) {
  const v1::ListTitleCriteriaRequest& request = call.request();
  const int year =
      request.year() != 0 ? request.year() : static_cast<int>(calendar::DayOf(context.clock.Now()).year());
  v1::ListTitleCriteriaResponse response;
  for (const CriterionRule& rule : CriteriaOf(request.kind(), request.level(), request.category(), year)) {
    auto& row = *response.add_criteria();
    row.set_code(rule.code);
    row.set_requirement(rule.requirement);
    row.set_source(rule.source);
  }
  call.Answer(response);
}

void MoveTitle(const CallContext& context, MoveTitleCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "titles/*", call.request().name(), &ids)) return;
  const v1::MoveTitleRequest request = call.request();
  ChangeTitle(
      context, ids[0], std::move(call),
      [id = ids[0], request](const TitlesState& state, absl::Time now) {
        return DecideMove(state, id, request, now);
      },
      [&context, id = ids[0]](const TitlesState& state, v1::Title* answer) {
        return AnswerTitle(context, state, id, answer);
      });
}

}  // namespace

void AddTitleHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::ApplyForTitleRequest, v1::Title>(
      kTitleService, "ApplyForTitle",
      [&context](ApplyForTitleCall call) { ApplyFor(context, std::move(call)); });
  service.Handle<v1::RegisterTitleRequest, v1::Title>(
      kTitleService, "RegisterTitle",
      [&context](RegisterTitleCall call) { RegisterTitle(context, std::move(call)); });
  service.Handle<v1::GetTitleRequest, v1::Title>(
      kTitleService, "GetTitle", [&context](GetTitleCall call) { GetTitle(context, std::move(call)); });
  service.Handle<v1::ListTitlesRequest, v1::ListTitlesResponse>(
      kTitleService, "ListTitles", [&context](ListTitlesCall call) { ListTitles(context, std::move(call)); });
  service.Handle<v1::CountTitlesRequest, v1::CountTitlesResponse>(
      kTitleService, "CountTitles",
      [&context](CountTitlesCall call) { CountTitles(context, std::move(call)); });
  service.Handle<v1::UpdateTitleRequest, v1::Title>(
      kTitleService, "UpdateTitle",
      [&context](UpdateTitleCall call) { UpdateTitle(context, std::move(call)); });
  service.Handle<v1::ListTitleCriteriaRequest, v1::ListTitleCriteriaResponse>(
      kTitleService, "ListTitleCriteria",
      [&context](ListTitleCriteriaCall call) { Criteria(context, std::move(call)); });
  service.Handle<v1::MoveTitleRequest, v1::Title>(
      kTitleService, "MoveTitle", [&context](MoveTitleCall call) { MoveTitle(context, std::move(call)); });
}

}  // namespace kepu::venue
