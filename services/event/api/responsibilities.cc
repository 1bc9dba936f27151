#include "services/event/domain/responsibility.h"

#include "absl/strings/str_cat.h"
#include "kepu/event/v1/campaign.pb.h"
#include "services/event/api/register.h"

namespace kepu::event {
namespace {

using Row = v1::Responsibility;

// The same for the same task and unit, so that a row is there once.
std::string IdOf(const Context& context, const Row& row) {
  const std::string what = context.keys.Digest("responsibility", absl::StrCat(row.task(), " ", row.unit()));
  return context.keys.MakeId(names::PartitionOfText(row.task()), what);
}

void CreateRow(const Context& context, rpc::TypedCall<v1::CreateResponsibilityRequest, Row> call) {
  const Row row = call.request().responsibility();
  context.documents.Create(absl::StrCat("responsibilities/", IdOf(context, row)), row, std::move(call),
                           [](const Row& made, absl::Time) { return domain::CheckResponsibility(made); });
}

void GetRow(const Context& context, rpc::TypedCall<v1::GetResponsibilityRequest, Row> call) {
  context.documents.Answer<Row>(std::move(call), "responsibilities/*");
}

void ListRows(const Context& context,
              rpc::TypedCall<v1::ListResponsibilitiesRequest, v1::ListResponsibilitiesResponse> call) {
  const v1::ListResponsibilitiesRequest wanted = call.request();
  context.documents.List<Row>(
      std::move(call), wanted.task().empty() ? wanted.unit() : wanted.task(), [wanted](const Row& row) {
        return (wanted.unit().empty() || row.unit() == wanted.unit()) &&
               (wanted.role() == Row::ROLE_UNSPECIFIED || row.role() == wanted.role());
      });
}

void UpdateRow(const Context& context, rpc::TypedCall<v1::UpdateResponsibilityRequest, Row> call) {
  const Row update = call.request().responsibility();
  if (auto ids = names::Parse("responsibility.name", "responsibilities/*", update.name()); !ids.ok())
    return call.Fail(ids.status());
  context.documents.Update(
      "responsibility", update, std::move(call), [](const Row&) { return true; },
      [](const Row& after, absl::Time) { return domain::CheckResponsibility(after); });
}

}  // namespace

void AddResponsibilityHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kCampaignService, "CreateResponsibility", CreateRow);
  Handle(service, context, kCampaignService, "GetResponsibility", GetRow);
  Handle(service, context, kCampaignService, "ListResponsibilities", ListRows);
  Handle(service, context, kCampaignService, "UpdateResponsibility", UpdateRow);
}

}  // namespace kepu::event
