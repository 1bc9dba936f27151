#include "services/volunteer/api/access.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/domain/need.h"

namespace kepu::volunteer {
namespace {

using v1::NeedTemplate;

bool IsOwnerOf(const rpc::Principal& principal, const NeedTemplate& need) {
  return IsStaffOf(principal, need.place().empty() ? "city" : need.place());
}

void CreateNeedTemplate(const Context& context, CallOf<v1::CreateNeedTemplateRequest, NeedTemplate> call) {
  const NeedTemplate need = call.request().need_template();
  auto id = context.documents.GivenOrMadeId(call, "need_template_id", call.request().need_template_id());
  if (!id.ok()) return call.Fail(id.status());
  context.documents.Create(absl::StrCat("needTemplates/", *id), need, std::move(call),
                           [](NeedTemplate& made, absl::Time) { return domain::CheckNeedTemplate(made); });
}

void GetNeedTemplate(const Context& context, CallOf<v1::GetNeedTemplateRequest, NeedTemplate> call) {
  context.documents.Answer<NeedTemplate>(std::move(call), "needTemplates/*");
}

void ListNeedTemplates(const Context& context,
                       CallOf<v1::ListNeedTemplatesRequest, v1::ListNeedTemplatesResponse> call) {
  const std::string place = call.request().place();
  context.documents.List<NeedTemplate>(
      std::move(call), document::kAllOfThem,
      [place](const NeedTemplate& need) { return place.empty() || need.place() == place; });
}

void UpdateNeedTemplate(const Context& context, CallOf<v1::UpdateNeedTemplateRequest, NeedTemplate> call) {
  const NeedTemplate need = call.request().need_template();
  if (auto ids = names::Parse("need_template.name", "needTemplates/*", need.name()); !ids.ok())
    return call.Fail(ids.status());
  const rpc::Principal principal = call.principal();
  context.documents.Update(
      "need_template", need, std::move(call),
      [principal](const NeedTemplate& known) { return IsOwnerOf(principal, known); },
      [](NeedTemplate& after, absl::Time) { return domain::CheckNeedTemplate(after); });
}

}  // namespace

void AddNeedHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kNeedService, "CreateNeedTemplate", CreateNeedTemplate);
  Handle(service, context, kNeedService, "GetNeedTemplate", GetNeedTemplate);
  Handle(service, context, kNeedService, "ListNeedTemplates", ListNeedTemplates);
  Handle(service, context, kNeedService, "UpdateNeedTemplate", UpdateNeedTemplate);
  AddPlanHandlers(service, context);
}

}  // namespace kepu::volunteer
