#include "services/event/domain/programme.h"

#include "absl/strings/str_cat.h"
#include "services/event/api/access.h"
#include "services/event/api/register.h"
#include "services/event/domain/grades.h"

namespace kepu::event {
namespace {

using v1::Programme;

auto MayChangeProgramme(const rpc::Principal& caller) {
  return [caller](const Programme& programme) { return Tends(caller, programme.place()); };
}

void CreateProgramme(const Context& context, rpc::TypedCall<v1::CreateProgrammeRequest, Programme> call) {
  const Programme programme = call.request().programme();
  auto id = context.documents.GivenOrMadeId(call, "programme_id", call.request().programme_id());
  if (!id.ok()) return call.Fail(id.status());
  context.documents.Create(
      absl::StrCat("programmes/", *id), programme, std::move(call),
      [rules = context.rules](Programme& made, absl::Time) { return domain::MakeProgramme(made, rules); });
}

void GetProgramme(const Context& context, rpc::TypedCall<v1::GetProgrammeRequest, Programme> call) {
  context.documents.Answer<Programme>(std::move(call), "programmes/*");
}

bool Offers(const v1::ListProgrammesRequest& wanted, const Programme& programme) {
  const auto& subjects = programme.subject_ids();
  const auto& deliveries = programme.deliveries();
  return (wanted.show_retired() || programme.state() != Programme::RETIRED) &&
         (wanted.grade().empty() || domain::ServesGrade(programme, wanted.grade())) &&
         (wanted.subject_id().empty() ||
          std::find(subjects.begin(), subjects.end(), wanted.subject_id()) != subjects.end()) &&
         (wanted.delivery() == Programme::DELIVERY_UNSPECIFIED ||
          std::find(deliveries.begin(), deliveries.end(), wanted.delivery()) != deliveries.end());
}

void ListProgrammes(const Context& context,
                    rpc::TypedCall<v1::ListProgrammesRequest, v1::ListProgrammesResponse> call) {
  const v1::ListProgrammesRequest wanted = call.request();
  if (!wanted.grade().empty() && !domain::GradeRank(wanted.grade()))
    return call.Fail(refusal::BadField("grade", domain::kGradeRule));
  context.documents.List<Programme>(std::move(call), wanted.place(), [wanted](const Programme& programme) {
    return Offers(wanted, programme);
  });
}

void UpdateProgramme(const Context& context, rpc::TypedCall<v1::UpdateProgrammeRequest, Programme> call) {
  const Programme update = call.request().programme();
  if (auto ids = names::Parse("programme.name", "programmes/*", update.name()); !ids.ok())
    return call.Fail(ids.status());
  auto may = MayChangeProgramme(call.principal());
  context.documents.Update("programme", update, std::move(call), may, [](const Programme& after, absl::Time) {
    return domain::CheckUpdatedProgramme(after);
  });
}

void RetireProgramme(const Context& context, rpc::TypedCall<v1::RetireProgrammeRequest, Programme> call) {
  context.documents.ActOnNamed<Programme>("programmes/*", std::move(call),
                                          MayChangeProgramme(call.principal()), domain::RetireProgramme);
}

}  // namespace

void AddProgrammeHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kEventService, "CreateProgramme", CreateProgramme);
  Handle(service, context, kEventService, "GetProgramme", GetProgramme);
  Handle(service, context, kEventService, "ListProgrammes", ListProgrammes);
  Handle(service, context, kEventService, "UpdateProgramme", UpdateProgramme);
  Handle(service, context, kEventService, "RetireProgramme", RetireProgramme);
}

}  // namespace kepu::event
