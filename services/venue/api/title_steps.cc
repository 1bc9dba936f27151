#include "absl/strings/match.h"
#include "kepu/venue/v1/title.pb.h"
#include "libs/calendar/dates.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/title_call.h"
#include "services/venue/domain/closures.h"
#include "services/venue/domain/times.h"
#include "services/venue/domain/venues.h"

namespace kepu::venue {
namespace {

using RevokeTitleCall = rpc::TypedCall<v1::RevokeTitleRequest, v1::RevokeTitleResponse>;
using GetTitleLossesCall = rpc::TypedCall<v1::GetTitleLossesRequest, v1::TitleLosses>;

// Allocations and exhibitions of the venue that holds it; other holders have none here.
absl::Status FillLosses(const CallContext& context, const v1::Title& title, absl::CivilDay day,
                        v1::TitleLosses* losses) {
  losses->set_title(title.name());
  *losses->mutable_from_date() = ToDate(day);
  if (!absl::StartsWith(title.holder(), "venues/")) return absl::OkStatus();
  const absl::string_view venue = IdOf(title.holder());
  const VenueState* state = context.model.Find(venue);
  if (state == nullptr) return absl::OkStatus();
  auto hits = HitsOf(*state, venue, {{}, {calendar::At(day), calendar::At(day + kHitHorizonDays)}});
  if (!hits.ok()) return hits.status();
  for (const std::string& name : hits->names) losses->add_hits(name);
  losses->set_hit_count(hits->count);
  return absl::OkStatus();
}

// Steps are alike: the title is named, decided on with the whole request, and answered as it is then.
// `decide(state, id, request, office, now)`.
template <class Request, class Decide>
void AddStepHandler(rpc::Service& service, const CallContext& context, const char* method, Decide decide) {
  using Call = rpc::TypedCall<Request, v1::Title>;
  service.Handle<Request, v1::Title>(kTitleService, method, [&context, decide](Call call) {
    std::vector<std::string> ids;
    if (!ParseName(call, "name", "titles/*", call.request().name(), &ids)) return;
    const Request request = call.request();
    const Office office = OfficeOf(call.principal());
    ChangeTitle(
        context, ids[0], std::move(call),
        [id = ids[0], request, office, decide](const TitlesState& state, absl::Time now) {
          return decide(state, id, request, office, now);
        },
        [&context, id = ids[0]](const TitlesState& state, v1::Title* answer) {
          return AnswerTitle(context, state, id, answer);
        });
  });
}

absl::Status AnswerRevoked(const CallContext& context, const TitlesState& state, const std::string& id,
                           absl::Time now, v1::RevokeTitleResponse* answer) {
  if (absl::Status status = AnswerTitle(context, state, id, answer->mutable_title()); !status.ok())
    return status;
  return FillLosses(context, answer->title(), LossDay(answer->title(), now), answer->mutable_losses());
}

// Changes nothing and remembers nothing: the request id is still free for the call that means it.
void PreviewRevoke(const CallContext& context, const std::string& id, RevokeTitleCall call) {
  const Office office = OfficeOf(call.principal());
  ComputeOnTitle(context, id, std::move(call),
                 [&context, id, office](
                     const TitlesState& state, const v1::Title& title,
                     const v1::RevokeTitleRequest& request) -> absl::StatusOr<v1::RevokeTitleResponse> {
                   const absl::Time now = context.clock.Now();
                   auto facts = DecideRevoke(state, id, request, office, now);
                   if (!facts.ok()) return facts.status();
                   v1::RevokeTitleResponse answer;
                   *answer.mutable_title() = title;
                   const absl::Status filled =
                       FillLosses(context, title, calendar::DayOf(now), answer.mutable_losses());
                   if (!filled.ok()) return filled;
                   return answer;
                 });
}

void RevokeTitle(const CallContext& context, RevokeTitleCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "titles/*", call.request().name(), &ids)) return;
  if (call.request().validate_only()) return PreviewRevoke(context, ids[0], std::move(call));
  const v1::RevokeTitleRequest request = call.request();
  const Office office = OfficeOf(call.principal());
  ChangeTitle(
      context, ids[0], std::move(call),
      [id = ids[0], request, office](const TitlesState& state, absl::Time now) {
        return DecideRevoke(state, id, request, office, now);
      },
      [&context, id = ids[0]](const TitlesState& state, v1::RevokeTitleResponse* answer) {
        return AnswerRevoked(context, state, id, context.clock.Now(), answer);
      });
}

void Losses(const CallContext& context, GetTitleLossesCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "titles/*", call.request().name(), &ids)) return;
  ComputeOnTitle(
      context, ids[0], std::move(call),
      [&context](const TitlesState&, const v1::Title& title, const auto&) -> absl::StatusOr<v1::TitleLosses> {
        v1::TitleLosses losses;
        const absl::CivilDay day = LossDay(title, context.clock.Now());
        if (absl::Status status = FillLosses(context, title, day, &losses); !status.ok()) return status;
        return losses;
      });
}

}  // namespace

void AddTitleStepHandlers(rpc::Service& service, const CallContext& context) {
  AddStepHandler<v1::RecommendTitleRequest>(
      service, context, "RecommendTitle",
      [](const TitlesState& state, const std::string& id, const auto& request, Office, absl::Time now) {
        return DecideRecommend(state, id, request, now);
      });
  AddStepHandler<v1::WithdrawTitleRequest>(
      service, context, "WithdrawTitle",
      [](const TitlesState& state, const std::string& id, const auto& request, Office, absl::Time now) {
        return DecideWithdraw(state, id, request, now);
      });
  AddStepHandler<v1::DeclineTitleRequest>(service, context, "DeclineTitle", DecideDecline);
  AddStepHandler<v1::ReviewTitleRequest>(service, context, "ReviewTitle", DecideReview);
  AddStepHandler<v1::PublicizeTitleRequest>(service, context, "PublicizeTitle", DecidePublicize);
  AddStepHandler<v1::NameTitleRequest>(service, context, "NameTitle", DecideName);
  AddStepHandler<v1::ConfirmRectificationRequest>(service, context, "ConfirmRectification", DecideConfirm);
  service.Handle<v1::RevokeTitleRequest, v1::RevokeTitleResponse>(
      kTitleService, "RevokeTitle",
      [&context](RevokeTitleCall call) { RevokeTitle(context, std::move(call)); });
  service.Handle<v1::GetTitleLossesRequest, v1::TitleLosses>(
      kTitleService, "GetTitleLosses",
      [&context](GetTitleLossesCall call) { Losses(context, std::move(call)); });
}

}  // namespace kepu::venue
