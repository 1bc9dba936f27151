#include "services/event/domain/campaign.h"

#include "absl/strings/str_cat.h"
#include "libs/auth/access.h"
#include "services/event/api/register.h"

namespace kepu::event {
namespace {

using v1::Campaign;

// Whose campaign it is: the district's or the city's people, and the departments that lead it.
bool IsTheirs(const rpc::Principal& caller, const Campaign& campaign) {
  static const auto& roles = *new std::vector<std::string>{"department", "district_admin", "city_admin"};
  const std::string district = campaign.district().empty() ? auth::kCity : campaign.district();
  return auth::HoldsAnyOn(caller, roles, district, nullptr) ||
         std::any_of(campaign.lead_units().begin(), campaign.lead_units().end(),
                     [&](const std::string& unit) { return auth::HoldsAnyOn(caller, roles, unit, nullptr); });
}

auto MayChangeCampaign(const rpc::Principal& caller) {
  return [caller](const Campaign& campaign) { return IsTheirs(caller, campaign); };
}

absl::StatusOr<std::string> CampaignName(const Campaign& campaign, const std::string& given,
                                         const std::string& made) {
  if (absl::Status status = domain::CheckCampaignId(campaign, given); !status.ok()) return status;
  if (campaign.kind() == Campaign::ANNUAL_THEME)
    return absl::StrCat("campaigns/", domain::AnnualThemeId(campaign.year()));
  return absl::StrCat("campaigns/", made);
}

void CreateCampaign(const Context& context, rpc::TypedCall<v1::CreateCampaignRequest, Campaign> call) {
  const Campaign campaign = call.request().campaign();
  auto id = context.documents.GivenOrMadeId(call, "campaign_id", call.request().campaign_id());
  if (!id.ok()) return call.Fail(id.status());
  auto name = CampaignName(campaign, call.request().campaign_id(), *id);
  if (!name.ok()) return call.Fail(name.status());
  context.documents.Create(*name, campaign, std::move(call),
                           [](Campaign& made, absl::Time) { return domain::MakeCampaign(made); });
}

void GetCampaign(const Context& context, rpc::TypedCall<v1::GetCampaignRequest, Campaign> call) {
  context.documents.Answer<Campaign>(
      std::move(call), "campaigns/*", [caller = call.principal()](const Campaign& campaign) {
        return campaign.state() != Campaign::DRAFT || IsTheirs(caller, campaign);
      });
}

bool ShowsCampaign(const v1::ListCampaignsRequest& wanted, const Campaign& campaign,
                   const rpc::Principal& caller) {
  const auto& leads = campaign.lead_units();
  if ((wanted.year() != 0 && wanted.year() != campaign.year()) ||
      (wanted.kind() != Campaign::KIND_UNSPECIFIED && wanted.kind() != campaign.kind()) ||
      (!wanted.district().empty() && wanted.district() != campaign.district()) ||
      (!wanted.lead_unit().empty() &&
       std::find(leads.begin(), leads.end(), wanted.lead_unit()) == leads.end()))
    return false;
  if (campaign.state() == Campaign::DRAFT && !IsTheirs(caller, campaign)) return false;
  if (wanted.state() == Campaign::STATE_UNSPECIFIED) return campaign.state() != Campaign::DRAFT;
  return wanted.state() == campaign.state();
}

void ListCampaigns(const Context& context,
                   rpc::TypedCall<v1::ListCampaignsRequest, v1::ListCampaignsResponse> call) {
  const v1::ListCampaignsRequest wanted = call.request();
  context.documents.List<Campaign>(std::move(call), document::kAllOfThem,
                                   [wanted, caller = call.principal()](const Campaign& campaign) {
                                     return ShowsCampaign(wanted, campaign, caller);
                                   });
}

void UpdateCampaign(const Context& context, rpc::TypedCall<v1::UpdateCampaignRequest, Campaign> call) {
  const Campaign update = call.request().campaign();
  if (auto ids = names::Parse("campaign.name", "campaigns/*", update.name()); !ids.ok())
    return call.Fail(ids.status());
  auto may = MayChangeCampaign(call.principal());
  context.documents.Update("campaign", update, std::move(call), may, [](const Campaign& after, absl::Time) {
    return domain::CheckUpdatedCampaign(after);
  });
}

void PublishCampaign(const Context& context, rpc::TypedCall<v1::PublishCampaignRequest, Campaign> call) {
  context.documents.ActOnNamed<Campaign>("campaigns/*", std::move(call), MayChangeCampaign(call.principal()),
                                         domain::PublishCampaign);
}

void CloseCampaign(const Context& context, rpc::TypedCall<v1::CloseCampaignRequest, Campaign> call) {
  context.documents.ActOnNamed<Campaign>("campaigns/*", std::move(call), MayChangeCampaign(call.principal()),
                                         domain::CloseCampaign);
}

void CopyCampaign(const Context& context, rpc::TypedCall<v1::CopyCampaignRequest, Campaign> call) {
  WhenVisible(context, std::move(call), [&context](rpc::TypedCall<v1::CopyCampaignRequest, Campaign> ready) {
    const v1::CopyCampaignRequest& request = ready.request();
    auto ids = names::Parse("name", "campaigns/*", request.name());
    if (!ids.ok()) return ready.Fail(ids.status());
    const auto campaign = context.read_model.documents().Find<Campaign>(request.name());
    if (campaign == nullptr || !IsTheirs(ready.principal(), *campaign))
      return ready.Fail(refusal::NotFound(request.name()));
    const auto copy = domain::CopyOfCampaign(*campaign, request.year(), request.keep_weekdays());
    if (!copy.ok()) return ready.Fail(copy.status());
    auto id = context.documents.GivenOrMadeId(ready, "campaign_id", request.campaign_id());
    if (!id.ok()) return ready.Fail(id.status());
    // An id that was given once goes on under the new year.
    const std::string next = domain::IdInYear((*ids)[0], copy->year());
    if (request.campaign_id().empty() && names::IsGivenId((*ids)[0]) && names::IsGivenId(next)) *id = next;
    const auto name = CampaignName(*copy, request.campaign_id(), *id);
    if (!name.ok()) return ready.Fail(name.status());
    context.documents.Create(*name, *copy, std::move(ready),
                             [](Campaign& made, absl::Time) { return domain::MakeCampaign(made); });
  });
}

}  // namespace

void AddCampaignHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kCampaignService, "CreateCampaign", CreateCampaign);
  Handle(service, context, kCampaignService, "GetCampaign", GetCampaign);
  Handle(service, context, kCampaignService, "ListCampaigns", ListCampaigns);
  Handle(service, context, kCampaignService, "UpdateCampaign", UpdateCampaign);
  Handle(service, context, kCampaignService, "PublishCampaign", PublishCampaign);
  Handle(service, context, kCampaignService, "CloseCampaign", CloseCampaign);
  Handle(service, context, kCampaignService, "CopyCampaign", CopyCampaign);
}

}  // namespace kepu::event
