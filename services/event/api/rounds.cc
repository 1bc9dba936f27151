#include "services/event/domain/round.h"

#include "absl/strings/str_cat.h"
#include "kepu/event/v1/round.pb.h"
#include "libs/calendar/timestamps.h"
#include "services/event/api/register.h"
#include "services/event/api/round_keeper.h"
#include "services/event/api/target.h"
#include "services/event/domain/lottery.h"
#include "services/event/store/round_resources.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

using v1::Round;

template <class Request>
using RoundCall = rpc::TypedCall<Request, Round>;

absl::Status Encode(store::View& view, const std::string& key, Round* answer) {
  ToResource(dynamic_cast<domain::Round&>(view.Get(key)).head(), answer);
  return absl::OkStatus();
}

absl::Status CheckProgrammes(const Context& context, const Round& round) {
  for (int i = 0; i < round.programmes_size(); ++i) {
    const std::string& name = round.programmes(i);
    const std::string field = absl::StrCat("round.programmes[", i, "]");
    if (auto ids = names::Parse(field, "programmes/*", name); !ids.ok()) return ids.status();
    if (context.read_model.documents().Find<v1::Programme>(name) == nullptr)
      return refusal::BadField(field, "is no programme; GET /v1/programmes lists them");
  }
  for (int i = 0; i < round.rules().districts_size(); ++i) {
    auto ids = names::Parse(absl::StrCat("round.rules.districts[", i, "].district"), "districts/*",
                            round.rules().districts(i).district());
    if (!ids.ok()) return ids.status();
  }
  return absl::OkStatus();
}

domain::record::RoundHead HeadOf(const Context& context, const Round& round, const std::string& id) {
  domain::record::RoundHead head;
  head.set_id(id);
  *head.mutable_display_name() = round.display_name();
  *head.mutable_programmes() = round.programmes();
  head.set_start_us(calendar::MicrosOf(round.start_time()));
  head.set_end_us(calendar::MicrosOf(round.end_time()));
  head.set_wish_open_us(calendar::MicrosOf(round.wish_open_time()));
  head.set_wish_close_us(calendar::MicrosOf(round.wish_close_time()));
  *head.mutable_rules() = round.rules();
  head.set_commitment(domain::Commitment(RoundKeeper::SecretOf(context.keys, id)));
  return head;
}

void Create(const Context& context, RoundCall<v1::CreateRoundRequest> call) {
  WhenVisible(context, std::move(call), [&context](RoundCall<v1::CreateRoundRequest> ready) {
    const Round& round = ready.request().round();
    auto id = context.documents.GivenOrMadeId(ready, "round_id", ready.request().round_id());
    if (!id.ok()) return ready.Fail(id.status());
    if (absl::Status status = CheckProgrammes(context, round); !status.ok()) return ready.Fail(status);
    const std::string key = RoundKey(*id);
    store::RequestKey request_key = handler::KeyOf(context.keys, ready);
    handler::Change(
        context.engine, names::PartitionOf(*id), store::Lane::kRest, std::move(request_key), {key},
        std::move(ready),
        [key, head = HeadOf(context, round, *id)](store::View& view, absl::Time now) {
          const auto& state = dynamic_cast<domain::Round&>(view.Get(key));
          return EmitAll(view, key, domain::DecideCreateRound(state, head, now));
        },
        [key](store::View& view, Round* answer) { return Encode(view, key, answer); });
  });
}

// A step that the office asks for: `decide(round, now)`.
template <class Request, class Decide>
void Step(const Context& context, RoundCall<Request> call, Decide decide) {
  const std::string name = call.request().name();
  auto ids = names::Parse("name", "rounds/*", name);
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string key = RoundKey((*ids)[0]);
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, names::PartitionOf((*ids)[0]), store::Lane::kRest, std::move(request_key), {key},
      std::move(call),
      [key, name, decide = std::move(decide)](store::View& view, absl::Time now) -> absl::Status {
        const auto& round = dynamic_cast<domain::Round&>(view.Get(key));
        if (!round.Exists()) return refusal::NotFound(name);
        return EmitAll(view, key, decide(round, now));
      },
      [key](store::View& view, Round* answer) { return Encode(view, key, answer); });
}

void Open(const Context& context, RoundCall<v1::OpenRoundRequest> call) {
  Step(context, std::move(call), &domain::DecideOpenRound);
}

void Draw(const Context& context, RoundCall<v1::DrawRoundRequest> call) {
  Step(context, std::move(call),
       [&context](const domain::Round& round, absl::Time now) -> absl::StatusOr<domain::Facts> {
         const std::string secret = RoundKeeper::SecretOf(context.keys, round.head().id());
         // What was committed to is drawn with, or nothing is.
         if (domain::Commitment(secret) != round.head().commitment())
           return absl::InternalError("the secret of the round is not the one that was committed to");
         return domain::DecideDrawRound(round, secret, now);
       });
}

void Apply(const Context& context, RoundCall<v1::ApplyRoundRequest> call) {
  Step(context, std::move(call), &domain::DecideApplyRound);
}

void Cancel(const Context& context, RoundCall<v1::CancelRoundRequest> call) {
  Step(context, std::move(call), &domain::DecideCancelRound);
}

void Get(const Context& context, RoundCall<v1::GetRoundRequest> call) {
  WhenVisible(context, std::move(call), [&context](RoundCall<v1::GetRoundRequest> ready) {
    const std::string& name = ready.request().name();
    if (auto ids = names::Parse("name", "rounds/*", name); !ids.ok()) return ready.Fail(ids.status());
    auto bytes = context.read_model.rounds().catalogue().Get(name);
    if (bytes == nullptr) return ready.Fail(refusal::NotFound(name));
    ready.AnswerBytes(std::move(bytes));
  });
}

void List(const Context& context, rpc::TypedCall<v1::ListRoundsRequest, v1::ListRoundsResponse> call) {
  using ListCall = rpc::TypedCall<v1::ListRoundsRequest, v1::ListRoundsResponse>;
  WhenVisible(context, std::move(call), [&context](ListCall ready) {
    const std::string filter = paging::FilterDigest({"ListRounds"});
    absl::StatusOr<size_t> size = paging::PageSize(ready.request().page_size());
    if (!size.ok()) return ready.Fail(size.status());
    absl::StatusOr<std::string> after = context.pager.Decode(ready.request().page_token(), filter);
    if (!after.ok()) return ready.Fail(after.status());
    auto page = context.read_model.rounds().catalogue().List("", *after, *size);
    paging::AppendNextPageToken(context.pager.Encode(filter, page.next_after), &page.bytes);
    ready.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
  });
}

}  // namespace

void AddRoundHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kRoundService, "CreateRound", &Create);
  Handle(service, context, kRoundService, "OpenRound", &Open);
  Handle(service, context, kRoundService, "DrawRound", &Draw);
  Handle(service, context, kRoundService, "ApplyRound", &Apply);
  Handle(service, context, kRoundService, "CancelRound", &Cancel);
  Handle(service, context, kRoundService, "GetRound", &Get);
  Handle(service, context, kRoundService, "ListRounds", &List);
}

}  // namespace kepu::event
