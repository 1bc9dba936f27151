#include "absl/strings/match.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/recognised.h"
#include "services/volunteer/domain/honour.h"

namespace kepu::volunteer {
namespace {

using v1::Award;
using v1::Honour;

const std::vector<std::string>& OfficeRoles() {
  static const auto& roles = *new std::vector<std::string>{"coordinator", "venue_admin", "department",
                                                           "district_admin", "city_admin"};
  return roles;
}

// What a volunteer was given is the volunteer's own matter.
bool MaySee(const Context& context, absl::string_view recipient, const rpc::Principal& principal) {
  if (!absl::StartsWith(recipient, "volunteers/")) return true;
  const bool own =
      !principal.name.empty() && recipient == absl::StrCat("volunteers/", SelfOf(context, principal));
  return own || SeesVolunteers(principal);
}

void CreateAward(const Context& context, CallOf<v1::CreateAwardRequest, Award> call) {
  const Award award = call.request().award();
  auto id = context.documents.GivenOrMadeId(call, "award_id", call.request().award_id());
  if (!id.ok()) return call.Fail(id.status());
  context.documents.Create(absl::StrCat("awards/", *id), award, std::move(call),
                           [](Award& made, absl::Time) { return domain::CheckAward(made); });
}

void GetAward(const Context& context, CallOf<v1::GetAwardRequest, Award> call) {
  context.documents.Answer<Award>(std::move(call), "awards/*");
}

void ListAwards(const Context& context, CallOf<v1::ListAwardsRequest, v1::ListAwardsResponse> call) {
  context.documents.List<Award>(std::move(call), document::kAllOfThem, [](const Award&) { return true; });
}

void GiveHonour(const Context& context, CallOf<v1::GiveHonourRequest, Honour> typed) {
  context.documents.WhenVisible(std::move(typed), [&context](CallOf<v1::GiveHonourRequest, Honour> call) {
    const Honour honour = call.request().honour();
    if (!honour.award().empty() && context.reads.documents().Find<Award>(honour.award()) == nullptr)
      return call.Fail(refusal::NotFound(honour.award()));
    const std::string& to = honour.recipient();
    if (absl::StartsWith(to, "volunteers/") && context.reads.volunteers().Get(to) == nullptr)
      return call.Fail(refusal::NotFound(to));
    auto id = context.documents.GivenOrMadeId(call, "", "");
    if (!id.ok()) return call.Fail(id.status());
    context.documents.Create(absl::StrCat("honours/", *id), honour, std::move(call),
                             [](Honour& made, absl::Time) {
                               made.clear_revoked();
                               made.clear_revoke_reason();
                               return domain::CheckHonour(made);
                             });
  });
}

void GetHonour(const Context& context, CallOf<v1::GetHonourRequest, Honour> call) {
  context.documents.Answer<Honour>(std::move(call), "honours/*",
                                   [&context, principal = call.principal()](const Honour& honour) {
                                     return MaySee(context, honour.recipient(), principal);
                                   });
}

void ListHonours(const Context& context, CallOf<v1::ListHonoursRequest, v1::ListHonoursResponse> call) {
  std::string recipient = call.request().recipient();
  if (recipient == "volunteers/me" && !call.principal().name.empty())
    recipient = absl::StrCat("volunteers/", SelfOf(context, call.principal()));
  if (!MaySee(context, recipient, call.principal())) return call.Fail(refusal::NotFound(recipient));
  context.documents.List<Honour>(std::move(call), recipient, [](const Honour&) { return true; });
}

void RevokeHonour(const Context& context, CallOf<v1::RevokeHonourRequest, Honour> call) {
  const v1::Text reason = call.request().reason();
  const rpc::Principal principal = call.principal();
  context.documents.ActOnNamed<Honour>(
      "honours/*", std::move(call),
      [principal](const Honour& honour) { return HoldsOn(principal, OfficeRoles(), honour.office()); },
      [reason](Honour& honour, absl::Time) { return domain::Revoke(reason, honour); });
}

}  // namespace

void AddHonourHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kHonourService, "CreateAward", CreateAward);
  Handle(service, context, kHonourService, "GetAward", GetAward);
  Handle(service, context, kHonourService, "ListAwards", ListAwards);
  Handle(service, context, kHonourService, "GiveHonour", GiveHonour);
  Handle(service, context, kHonourService, "GetHonour", GetHonour);
  Handle(service, context, kHonourService, "ListHonours", ListHonours);
  Handle(service, context, kHonourService, "RevokeHonour", RevokeHonour);
}

}  // namespace kepu::volunteer
