// Contracts between schools and places: a place offers visits of a term, the school agrees, either side ends
// it.
#include "absl/strings/str_cat.h"
#include "libs/auth/access.h"
#include "services/event/api/access.h"
#include "services/event/api/register.h"
#include "services/event/domain/school_offer.h"

namespace kepu::event {
namespace {

using Contract = v1::SchoolContract;

constexpr char kContractPattern[] = "schoolContracts/*";

auto HoldsOnPlace(const rpc::Principal& caller) {
  return [caller](const Contract& contract) { return Tends(caller, contract.place()); };
}

// One of the roles of the method, at the school or at the place.
auto HoldsOnEither(const rpc::Principal& caller, std::vector<std::string> roles) {
  return [caller, roles = std::move(roles)](const Contract& contract) {
    return auth::HoldsAnyOn(caller, roles, contract.school(), nullptr) ||
           auth::HoldsAnyOn(caller, roles, contract.place(), nullptr);
  };
}

// The same for the same school, place and term, so that there is one.
std::string IdOf(const Context& context, const Contract& contract) {
  const std::string what = context.keys.Digest(
      "school contract", absl::StrCat(contract.school(), " ", contract.place(), " ", contract.term()));
  return context.keys.MakeId(names::PartitionOfText(contract.school()), what);
}

void CreateContract(const Context& context, rpc::TypedCall<v1::CreateSchoolContractRequest, Contract> call) {
  const Contract contract = call.request().school_contract();
  const std::string name = absl::StrCat("schoolContracts/", IdOf(context, contract));
  auto shared = std::make_shared<rpc::TypedCall<v1::CreateSchoolContractRequest, Contract>>(std::move(call));
  context.schools.CheckExists(contract.school(), shared->principal(), shared->deadline(),
                              [&context, name, contract, shared](const absl::Status& status) {
                                if (!status.ok()) return shared->Fail(status);
                                context.documents.Create(
                                    name, contract, std::move(*shared),
                                    [](Contract& made, absl::Time) { return domain::MakeContract(made); });
                              });
}

void GetContract(const Context& context, rpc::TypedCall<v1::GetSchoolContractRequest, Contract> call) {
  context.documents.Answer<Contract>(std::move(call), kContractPattern,
                                     HoldsOnEither(call.principal(), {"venue_staff", "venue_admin", "teacher",
                                                                      "school_admin", "city_admin"}));
}

void ListContracts(const Context& context,
                   rpc::TypedCall<v1::ListSchoolContractsRequest, v1::ListSchoolContractsResponse> call) {
  const v1::ListSchoolContractsRequest wanted = call.request();
  if (!names::Parse("within", "schools/*", wanted.within()).ok() &&
      !names::Parse("within", "venues/*", wanted.within()).ok())
    return call.Fail(refusal::BadField("within", "must be a school or a venue, like \"schools/bashu\""));
  context.documents.List<Contract>(std::move(call), wanted.within(), [wanted](const Contract& contract) {
    return (wanted.term().empty() || contract.term() == wanted.term()) &&
           (wanted.state() == Contract::STATE_UNSPECIFIED || contract.state() == wanted.state());
  });
}

void UpdateContract(const Context& context, rpc::TypedCall<v1::UpdateSchoolContractRequest, Contract> call) {
  const Contract update = call.request().school_contract();
  if (auto ids = names::Parse("school_contract.name", kContractPattern, update.name()); !ids.ok())
    return call.Fail(ids.status());
  auto may = HoldsOnPlace(call.principal());
  context.documents.Update(
      "school_contract", update, std::move(call), may,
      [](const Contract& after, absl::Time) { return domain::CheckUpdatedContract(after); });
}

void AgreeContract(const Context& context, rpc::TypedCall<v1::AgreeSchoolContractRequest, Contract> call) {
  auto may = [caller = call.principal()](const Contract& contract) {
    return auth::HoldsAnyOn(caller, {"school_admin", "city_admin"}, contract.school(), nullptr);
  };
  context.documents.ActOnNamed<Contract>(kContractPattern, std::move(call), may, domain::AgreeContract);
}

void EndContract(const Context& context, rpc::TypedCall<v1::EndSchoolContractRequest, Contract> call) {
  auto may = HoldsOnEither(call.principal(), {"venue_staff", "venue_admin", "school_admin", "city_admin"});
  const std::string reason = call.request().reason();
  context.documents.ActOnNamed<Contract>(
      kContractPattern, std::move(call), may,
      [reason](Contract& contract, absl::Time now) { return domain::EndContract(contract, reason, now); });
}

}  // namespace

void AddSchoolContractHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kSchoolOfferService, "CreateSchoolContract", CreateContract);
  Handle(service, context, kSchoolOfferService, "GetSchoolContract", GetContract);
  Handle(service, context, kSchoolOfferService, "ListSchoolContracts", ListContracts);
  Handle(service, context, kSchoolOfferService, "UpdateSchoolContract", UpdateContract);
  Handle(service, context, kSchoolOfferService, "AgreeSchoolContract", AgreeContract);
  Handle(service, context, kSchoolOfferService, "EndSchoolContract", EndContract);
}

}  // namespace kepu::event
