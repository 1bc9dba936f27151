// The handlers of rosters of camps: pupils sealed one by one before they come near a decision, consents,
// hand-overs, and readings that are noted before anything is shown. Owned by the service; thread-safe as far
// as its parts are.
#pragma once

#include <string>

#include "kepu/event/v1/roster.pb.h"
#include "libs/executor/worker_pool.h"
#include "libs/rpc/service.h"
#include "libs/vault/vault.h"
#include "services/event/api/context.h"
#include "services/event/api/target.h"
#include "services/event/domain/roster.h"

namespace kepu::event {

class Rosters {
 public:
  // `vault` may be null: rosters are refused as long as there are no keys. Both outlive this.
  Rosters(const Context& context, vault::Vault* vault, executor::Workers& disk)
      : context_(context), vault_(vault), disk_(disk) {}

  void Register(rpc::Service& service);

 private:
  template <class Request, class Response = v1::Roster>
  using Call = rpc::TypedCall<Request, Response>;

  void Add(Call<v1::AddPupilsRequest> call);
  void Seal(const std::shared_ptr<Call<v1::AddPupilsRequest>>& call, const Target& target);
  void Remove(Call<v1::RemovePupilRequest> call);
  void Get(Call<v1::GetRosterRequest> call);
  void Read(Call<v1::ReadRosterRequest> call);
  void ListReadings(Call<v1::ListRosterReadingsRequest, v1::ListRosterReadingsResponse> call);
  void GiveConsent(Call<v1::GiveConsentRequest> call);
  void WithdrawConsent(Call<v1::WithdrawConsentRequest> call);
  void HandOver(Call<v1::HandOverPupilRequest> call);

  // One booking's roster by those who may: `decide(roster, opened, now)`. The booking learns how many are on
  // it in the same commit.
  template <class Request, class Decide>
  void Change(Call<Request> call, const Target& target, bool staff_only, bool with_names, Decide decide);
  template <class Request, class Decide>
  void ChangePupil(Call<Request> call, bool staff_only, Decide decide);
  absl::Status Encode(store::View& view, const Target& target, bool with_names, v1::Roster* answer) const;
  absl::Status Unseal(const domain::record::PupilRecord& record, v1::Pupil* pupil) const;

  const Context& context_;
  vault::Vault* const vault_;
  executor::Workers& disk_;
};

}  // namespace kepu::event
