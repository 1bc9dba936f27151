#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "kepu/event/v1/round.pb.h"
#include "services/event/api/access.h"
#include "services/event/api/register.h"
#include "services/event/api/target.h"
#include "services/event/domain/conduct.h"
#include "services/event/domain/round.h"
#include "services/event/store/round_resources.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

using domain::record::WishRecord;
using v1::Wish;

bool RunsRounds(const rpc::Principal& caller) { return caller.Holds("city_admin", "city"); }

// The id of a class's wishes in a round: the same for ever, so that there is one list.
std::string IdOf(const store::KeyMaker& keys, const std::string& round, const WishRecord& wish) {
  return keys.MakeId(names::PartitionOf(round),
                     keys.MakeKey("wishes", round, absl::StrCat(wish.school(), "/", wish.school_class())));
}

absl::Status Encode(store::View& view, const std::string& key, const std::string& id, Wish* answer) {
  const auto& round = dynamic_cast<domain::Round&>(view.Get(key));
  auto wish = domain::FindWishList(round, id);
  if (!wish.ok()) return wish.status();
  if (*wish == nullptr) return refusal::NotFound(domain::WishName(round.head(), id));
  ToResource(round.head(), id, **wish, answer);
  return absl::OkStatus();
}

// By what is known of the school now: who never came and who has a long way first, who stayed away last.
void Rank(const Context& context, const std::vector<std::string>& belongs_to, WishRecord& wish) {
  for (const std::string& name : belongs_to) {
    if (absl::StartsWith(name, "districts/")) wish.set_district(name);
  }
  wish.set_never_served(!context.read_model.served().Served(wish.school()));
  const bool last = domain::IsServedLast(context.read_model.conduct().MarksOf(wish.school()), context.rules,
                                         context.school_rules, context.clock.Now());
  wish.set_priority(last ? 3 : wish.never_served() || IsServedFirst(belongs_to) ? 1 : 2);
}

using SubmitCall = rpc::TypedCall<v1::SubmitWishRequest, Wish>;

void Put(const Context& context, SubmitCall call, const std::string& round_id, const WishRecord& wish) {
  const std::string key = RoundKey(round_id), id = IdOf(context.keys, round_id, wish);
  const std::string name = call.request().parent();
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, names::PartitionOf(round_id), store::Lane::kBooking, std::move(request_key), {key},
      std::move(call),
      [key, id, wish, name, rules = context.rules](store::View& view, absl::Time now) -> absl::Status {
        const auto& round = dynamic_cast<domain::Round&>(view.Get(key));
        if (!round.Exists()) return refusal::NotFound(name);
        return EmitAll(view, key, domain::DecideSubmitWish(round, id, wish, rules, now));
      },
      [key, id](store::View& view, Wish* answer) { return Encode(view, key, id, answer); });
}

void Submit(const Context& context, SubmitCall call) {
  const Wish& given = call.request().wish();
  const rpc::Principal& caller = call.principal();
  auto ids = names::Parse("parent", "rounds/*", call.request().parent());
  if (!ids.ok()) return call.Fail(ids.status());
  absl::StatusOr<std::string> school = SchoolOf("wish", given.school(), caller);
  if (!school.ok()) return call.Fail(school.status());
  if (absl::Status status = CheckActsFor(caller, *school, RunsRounds(caller)); !status.ok())
    return call.Fail(status);
  absl::StatusOr<std::string> name = ClassName("wish", given.school_class());
  if (!name.ok()) return call.Fail(name.status());
  WishRecord wish;
  wish.set_school(*school);
  wish.set_school_class(*name);
  wish.set_grade(given.grade());
  *wish.mutable_party() = given.party();
  *wish.mutable_sessions() = given.sessions();
  wish.set_booker(caller.name);
  const absl::Time deadline = call.deadline();
  auto shared = std::make_shared<SubmitCall>(std::move(call));
  auto described = [&context, shared, wish,
                    round = (*ids)[0]](absl::StatusOr<std::vector<std::string>> belongs_to) mutable {
    if (!belongs_to.ok()) return shared->Fail(belongs_to.status());
    // A booking goes on without identity; an order that stands for a term is worth a second try.
    if (context.schools.connected() && belongs_to->size() == 1)
      return shared->Fail(refusal::TryLater(absl::StatusCode::kUnavailable, "UNAVAILABLE", absl::Seconds(5)));
    // What was ever served is read on the executor.
    context.executor.Post([&context, shared, wish, round, known = *std::move(belongs_to)]() mutable {
      Rank(context, known, wish);
      Put(context, std::move(*shared), round, wish);
    });
  };
  WhenVisible(context, std::move(*shared),
              [&context, shared, deadline, school = *school, described](SubmitCall ready) mutable {
                *shared = std::move(ready);
                context.schools.Ask(school, deadline, std::move(described));
              });
}

using WithdrawCall = rpc::TypedCall<v1::WithdrawWishRequest, Wish>;

void Withdraw(const Context& context, WithdrawCall call) {
  const std::string name = call.request().name();
  auto ids = names::Parse("name", "rounds/*/wishes/*", name);
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string key = RoundKey((*ids)[0]), id = (*ids)[1];
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, names::PartitionOf((*ids)[0]), store::Lane::kBooking, std::move(request_key), {key},
      std::move(call),
      [key, id, name, caller](store::View& view, absl::Time now) -> absl::Status {
        const auto& round = dynamic_cast<domain::Round&>(view.Get(key));
        auto wish = domain::FindWishList(round, id);
        if (!wish.ok()) return wish.status();
        if (*wish == nullptr || !(RunsRounds(*caller) || ActsFor(*caller, (*wish)->school())))
          return refusal::NotFound(name);
        return EmitAll(view, key, domain::DecideWithdrawWish(round, id, now));
      },
      [key, id](store::View& view, Wish* answer) { return Encode(view, key, id, answer); });
}

using GetWishCall = rpc::TypedCall<v1::GetWishRequest, Wish>;

void Get(const Context& context, GetWishCall call) {
  WhenVisible(context, std::move(call), [&context](GetWishCall ready) {
    auto ids = names::Parse("name", "rounds/*/wishes/*", ready.request().name());
    if (!ids.ok()) return ready.Fail(ids.status());
    auto shared = std::make_shared<GetWishCall>(std::move(ready));
    context.executor.Post([&context, shared, ids = *std::move(ids)] {
      const domain::Round* round = context.read_model.rounds().Find(ids[0]);
      if (round == nullptr) return shared->Fail(refusal::NotFound(shared->request().name()));
      auto wish = domain::FindWishList(*round, ids[1]);
      const rpc::Principal& caller = shared->principal();
      if (!wish.ok() || *wish == nullptr || !(RunsRounds(caller) || ActsFor(caller, (*wish)->school())))
        return shared->Fail(refusal::NotFound(shared->request().name()));
      Wish answer;
      ToResource(round->head(), ids[1], **wish, &answer);
      shared->Answer(answer);
    });
  });
}

// A page of `parent`'s list on the executor: `list(round id)` gives the whole in order, `add(round, entry)`
// answers false for what is not the caller's to see.
template <class Request, class Response, class List, class Add>
void Page(const Context& context, rpc::TypedCall<Request, Response> call, List list, Add add) {
  using Call = rpc::TypedCall<Request, Response>;
  WhenVisible(context, std::move(call), [&context, list, add](Call ready) {
    auto ids = names::Parse("parent", "rounds/*", ready.request().parent());
    if (!ids.ok()) return ready.Fail(ids.status());
    auto shared = std::make_shared<Call>(std::move(ready));
    context.executor.Post([&context, shared, list, add, id = (*ids)[0]] {
      const Request& request = shared->request();
      const std::string filter = paging::FilterDigest(
          {Request::descriptor()->full_name(), request.parent(), shared->principal().name});
      const absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
      if (!size.ok()) return shared->Fail(size.status());
      const auto after = context.pager.Decode(request.page_token(), filter);
      if (!after.ok()) return shared->Fail(after.status());
      const domain::Round* round = context.read_model.rounds().Find(id);
      if (round == nullptr) return shared->Fail(refusal::NotFound(request.parent()));
      absl::StatusOr<std::vector<std::string>> all = list(*round, shared->principal());
      if (!all.ok()) return shared->Fail(all.status());
      size_t at = 0;
      if (!after->empty() && !absl::SimpleAtoi(*after, &at)) at = all->size();
      Response response;
      const size_t end = std::min(all->size(), at + *size);
      for (; at < end; ++at) add(*round, (*all)[at], &response);
      response.set_next_page_token(context.pager.Encode(filter, end < all->size() ? absl::StrCat(end) : ""));
      shared->Answer(response);
    });
  });
}

void ListSessions(const Context& context,
                  rpc::TypedCall<v1::ListRoundSessionsRequest, v1::ListSessionsResponse> call) {
  Page(
      context, std::move(call),
      [&context](const domain::Round& round,
                 const rpc::Principal&) -> absl::StatusOr<std::vector<std::string>> {
        return context.read_model.rounds().Offers(round.head().id());
      },
      [&context](const domain::Round&, const std::string& name, v1::ListSessionsResponse* response) {
        const auto bytes = context.read_model.sessions().Get(name);
        if (bytes != nullptr) response->add_sessions()->ParseFromString(*bytes);
      });
}

void AddWish(const domain::Round& round, const std::string& id, v1::ListWishesResponse* response) {
  const auto wish = domain::FindWishList(round, id);
  if (wish.ok() && *wish != nullptr) ToResource(round.head(), id, **wish, response->add_wishes());
}

void ListWishes(const Context& context, rpc::TypedCall<v1::ListWishesRequest, v1::ListWishesResponse> call) {
  Page(
      context, std::move(call),
      [&context](const domain::Round& round,
                 const rpc::Principal& caller) -> absl::StatusOr<std::vector<std::string>> {
        const std::vector<std::string>& all = context.read_model.rounds().WishesBySchool(round.head().id());
        if (RunsRounds(caller)) return all;
        std::vector<std::string> own;
        for (const std::string& id : all) {
          const auto wish = domain::FindWishList(round, id);
          if (wish.ok() && *wish != nullptr && ActsFor(caller, (*wish)->school())) own.push_back(id);
        }
        return own;
      },
      &AddWish);
}

void ListResults(const Context& context,
                 rpc::TypedCall<v1::ListRoundResultsRequest, v1::ListWishesResponse> call) {
  Page(
      context, std::move(call),
      [&context](const domain::Round& round,
                 const rpc::Principal&) -> absl::StatusOr<std::vector<std::string>> {
        const domain::record::RoundHead& head = round.head();
        if (head.seed().empty()) {
          return refusal::Refuse(refusal::kNo, "ROUND_STATE",
                                 {{"round", domain::RoundName(head)},
                                  {"state", v1::Round::State_Name(head.state())},
                                  {"needed", "DRAWN"}});
        }
        return context.read_model.rounds().WishesByRank(head.id());
      },
      [](const domain::Round& round, const std::string& id, v1::ListWishesResponse* response) {
        AddWish(round, id, response);
        if (response->wishes().empty()) return;
        Wish& wish = *response->mutable_wishes(response->wishes_size() - 1);
        // Whom a booking is of and how many come is the school's.
        wish.clear_party();
        for (Wish::Result& result : *wish.mutable_results()) result.clear_booking();
      });
}

}  // namespace

void AddWishHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kRoundService, "SubmitWish", &Submit);
  Handle(service, context, kRoundService, "WithdrawWish", &Withdraw);
  Handle(service, context, kRoundService, "GetWish", &Get);
  Handle(service, context, kRoundService, "ListRoundSessions", &ListSessions);
  Handle(service, context, kRoundService, "ListWishes", &ListWishes);
  Handle(service, context, kRoundService, "ListRoundResults", &ListResults);
}

}  // namespace kepu::event
