// What the handlers of titles share: who acts, who sees the papers, and a change of the aggregate that a
// title lies in, which is found through the read model. Stateless; any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "libs/auth/access.h"
#include "services/venue/api/call_context.h"
#include "services/venue/domain/titles.h"
#include "services/venue/store/title_shelf.h"

namespace kepu::venue {

inline constexpr char kTitleService[] = "kepu.venue.v1.TitleService";

// Those who run a holder, and the offices above it.
inline const std::vector<std::string>& TitleRoles() {
  static const auto& roles = *new std::vector<std::string>{"venue_admin", "school_admin",   "department",
                                                           "town_office", "district_admin", "city_admin"};
  return roles;
}

inline Office OfficeOf(const rpc::Principal& principal) {
  return principal.Holds("city_admin", auth::kCity) ? Office::kCity : Office::kDistrict;
}

// May the caller see all of the title?
inline bool IsInsider(const CallContext& context, const rpc::Principal& principal, const v1::Title& title) {
  return auth::HoldsAnyOn(principal, TitleRoles(), title.name(), &context.model);
}

// A title as its aggregate has it; one of a venue in the district where the venue lies now.
inline absl::Status AnswerTitle(const CallContext& context, const TitlesState& state, const std::string& id,
                                v1::Title* answer) {
  if (absl::Status status = Copy(FindTitle(state, id), answer); !status.ok()) return status;
  const auto shown = context.model.titles().Get(answer->name());
  if (shown != nullptr && answer->holder().rfind("venues/", 0) == 0) answer->set_district(shown->district());
  return absl::OkStatus();
}

// `decide(state, now) -> StatusOr<TitleFacts>`, `encode(state, answer) -> Status`.
template <class Call, class Decide, class Encode>
void ChangeTitle(const CallContext& context, const std::string& id, Call call, Decide decide, Encode encode) {
  AfterPosition(context, std::move(call),
                [&context, id, decide = std::move(decide), encode = std::move(encode)](Call ready) mutable {
                  const auto title = context.model.titles().Get(TitleName(id));
                  if (title == nullptr) return ready.Fail(refusal::NotFound(TitleName(id)));
                  ChangeOne<TitlesState>(context, names::PartitionOf(id), TitlesKey(title->holder()),
                                         std::move(ready), std::move(decide), std::move(encode));
                });
}

// `compute(state, title, request) -> StatusOr<Response>` on all titles of the holder; on the executor.
template <class Request, class Response, class Compute>
void ComputeOnTitle(const CallContext& context, const std::string& id, rpc::TypedCall<Request, Response> call,
                    Compute compute) {
  ComputeOnModel(context, std::move(call),
                 [&context, id, compute = std::move(compute)](const auto& ready) -> absl::StatusOr<Response> {
                   const auto title = context.model.titles().Get(TitleName(id));
                   const TitlesState* state =
                       title == nullptr ? nullptr : context.model.titles().Find(title->holder());
                   if (state == nullptr) return refusal::NotFound(TitleName(id));
                   return compute(*state, *title, ready.request());
                 });
}

}  // namespace kepu::venue
