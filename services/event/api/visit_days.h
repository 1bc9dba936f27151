// The handlers of visit days: made and looked at by the school and by staff of its venues, planned off the
// request threads on what the venues have free, and confirmed as the pivot of one reservation of everything
// that the plan takes. Thread-safe as far as what it is given is; lives as long as the service.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/executor/worker_pool.h"
#include "libs/handler/change.h"
#include "libs/paging/paging.h"
#include "libs/projection/follower.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/desk.h"
#include "libs/reservation/settler.h"
#include "libs/rpc/service.h"
#include "services/event/api/school_client.h"
#include "services/event/api/venue_client.h"
#include "services/event/domain/visit_wishes.h"
#include "services/event/store/read_model.h"

namespace kepu::event {

// One call under way that plans or claims; what its steps share. Lives on the executor.
struct VisitFlow {
  std::shared_ptr<const rpc::Principal> caller;
  bool repeat = false;
  bool resolve_only = false;
  absl::Time deadline;
  std::string name, etag;
  std::function<void(const absl::Status&)> fail;
  std::function<void(const v1::VisitDay&, rpc::AnswerInfo)> answer;
  // Commits what was decided under the call's request key.
  using Decide = std::function<absl::StatusOr<domain::Facts>(const domain::VisitDay&, absl::Time)>;
  std::function<void(Decide)> change;
  // The wishes of a plan in place of another; unset: they stay.
  std::function<absl::Status(v1::VisitDay&)> edit;

  reservation::Place place;
  std::string reservation;  // of this call
  // As it was read.
  domain::record::VisitDayHead head;
  v1::VisitDay wishes;
  domain::record::VisitRows plan;
  reservation::Look look;
  absl::Time begun;
  // What is not decided by the visit day itself.
  absl::Status asked;
  domain::TakenSpans taken;
  domain::VisitSessions sessions;
  v1::VisitDay shown;
};
using VisitFlowPtr = std::shared_ptr<VisitFlow>;

class VisitDays {
 public:
  struct Deps {
    store::Engine& engine;
    executor::Executor& executor;
    const store::KeyMaker& keys;
    projection::Follower& follower;
    const ReadModel& reads;
    const executor::Clock& clock;
    executor::Random& random;
    reservation::Desk& desk;
    reservation::Settler& settler;
    const VenueClient& venue;
    reservation::Participant* people;  // the volunteer service; null: there is none
    const SchoolClient& schools;
    executor::Workers& workers;
    domain::Rules rules;
    std::string paging_secret;
    std::function<bool()> ready;  // what lists are answered from is loaded
  };
  explicit VisitDays(Deps deps) : deps_(std::move(deps)), pager_(deps_.paging_secret) {}
  ~VisitDays() { *alive_ = false; }

  void Register(rpc::Service& service);

 private:
  template <class Request, class Response = v1::VisitDay>
  using Call = rpc::TypedCall<Request, Response>;

  void Create(Call<v1::CreateVisitDayRequest> call);
  void Get(Call<v1::GetVisitDayRequest> call);
  void List(Call<v1::ListVisitDaysRequest, v1::ListVisitDaysResponse> call);
  void Plan(Call<v1::PlanVisitDayRequest> call);
  void Confirm(Call<v1::ConfirmVisitDayRequest> call);
  void Replan(Call<v1::ReplanVisitDayRequest> call);
  void Cancel(Call<v1::CancelVisitDayRequest> call);

  // Null after it has answered the call.
  template <class Request>
  VisitFlowPtr FlowOf(Call<Request> call);
  absl::Status Read(store::View& view, VisitFlow& flow) const;
  void Open(const VisitFlowPtr& flow, std::function<void()> then);
  // What the sessions are that courses are given in; on the executor.
  absl::Status LookUpSessions(VisitFlow& flow) const;
  void AskVenues(const VisitFlowPtr& flow, int next, std::function<void()> then);
  void AskSpaces(const VisitFlowPtr& flow, std::vector<std::string> spaces, std::function<void()> then);
  void Reckon(const VisitFlowPtr& flow, std::function<void()> then);
  void Reserve(const VisitFlowPtr& flow, VisitFlow::Decide decide);

  const Deps deps_;
  const paging::Pager pager_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

// Works at a venue of the visit day, or for the whole city.
bool IsStaffOf(const rpc::Principal& caller, const google::protobuf::RepeatedPtrField<std::string>& venues);

}  // namespace kepu::event
