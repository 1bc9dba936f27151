#include "libs/reservation/driver.h"

#include <memory>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"

namespace kepu::reservation {
namespace {

// Between two copies of a step without an answer; with jitter, so that rivals do not march in step.
constexpr absl::Duration kRetryPause = absl::Milliseconds(50);
constexpr uint64_t kRetryJitterMs = 100;

class Driver : public std::enable_shared_from_this<Driver> {
 public:
  Driver(DriverDeps deps, Plan plan, PivotPort port, Done<Standing> done)
      : deps_(deps), plan_(std::move(plan)), port_(std::move(port)), done_(std::move(done)) {}

  void Start() {
    port_.look([self = shared_from_this()](absl::StatusOr<Look> look) { self->Looked(std::move(look)); });
  }

 private:
  void Looked(absl::StatusOr<Look> look) {
    if (!look.ok()) return done_(look.status());
    if (IsDecided(&look->record)) return Told({std::move(look->record), 0, true});
    if (plan_.resolve_only) return Refuse(refusal::Refuse(absl::StatusCode::kAborted, "REQUEST_ABANDONED"));
    if (!look->full.ok()) {
      // The losers of a rush cost a read. A repeat must record its no: the first copy may still be under way.
      if (!plan_.repeat) return done_(look->full);
      return Refuse(look->full);
    }
    give_up_ = deps_.executor.SteadyNow() + kDriveMax;
    Try();
  }

  bool Late() const { return deps_.executor.SteadyNow() > give_up_; }

  void Try() {
    if (step_ == plan_.steps.size()) return Commit();
    if (Late()) return Expire();
    const Proposal& proposal = plan_.steps[step_].proposals[proposal_];
    const std::string& own = plan_.steps[step_].reservation;
    const std::string& reservation = own.empty() ? plan_.reservation : own;
    v1::TryRequest request;
    request.set_request_id(ClaimId(reservation, proposal.demand));
    request.set_reservation(reservation);
    *request.mutable_demand() = proposal.demand;
    request.set_pivot_service(plan_.pivot_service);
    request.set_pivot(plan_.pivot);
    if (plan_.begun != absl::InfinitePast())
      request.mutable_begin_time()->set_seconds(absl::ToUnixSeconds(plan_.begun));
    Remember(proposal, request.request_id(), reservation);
    const uint64_t turn = ++turn_;
    proposal.participant->Try(request,
                              [self = shared_from_this(), turn](absl::StatusOr<v1::TryResponse> answer) {
                                self->Tried(turn, std::move(answer));
                              });
    Watch(turn);
  }

  // A participant that never answers must not stop the driver, whatever it is behind.
  void Watch(uint64_t turn) {
    if (turn != turn_) return;  // answered at once
    watch_ = deps_.executor.PostAfter(kAttemptMax * 2, [self = shared_from_this(), turn] {
      self->Tried(turn, absl::DeadlineExceededError("no answer"));
    });
  }

  void Tried(uint64_t turn, absl::StatusOr<v1::TryResponse> answer) {
    if (turn != turn_) return;
    ++turn_;
    deps_.executor.Cancel(std::exchange(watch_, 0));
    if (answer.ok() && answer->outcome() == v1::TryResponse::GRANTED) {
      granted_.push_back(tried_.back());
      ++step_;
      proposal_ = 0;
      return Try();
    }
    if (answer.ok() && answer->outcome() == v1::TryResponse::OVER) {
      return Refuse(refusal::Refuse(absl::StatusCode::kAborted, "RESERVATION_EXPIRED"));
    }
    absl::Status why = answer.ok() ? UnpackRefusal(answer->refusal()) : answer.status();
    if (++proposal_ < plan_.steps[step_].proposals.size()) return Try();
    --proposal_;
    // A no is final. Without an answer the last one is asked again: a try is idempotent.
    if (answer.ok() || IsRefusal(why)) return Refuse(why);
    After(&Driver::Try);
  }

  void Remember(const Proposal& proposal, const std::string& claim_id, const std::string& reservation) {
    if (!tried_.empty() && tried_.back().claim_id() == claim_id) return;
    v1::ClaimRef& ref = tried_.emplace_back();
    ref.set_claim_id(claim_id);
    ref.set_thing(proposal.demand.thing());
    ref.set_kind(proposal.demand.kind());
    ref.set_service(proposal.service);
    ref.set_reservation(reservation);
  }

  void Commit() {
    if (Late()) return Expire();
    port_.commit(granted_, [self = shared_from_this()](absl::StatusOr<Standing> standing) {
      if (standing.ok() && IsDecided(&standing->record)) return self->Told(*std::move(standing));
      // Whether it was applied is unknown, so no claim is cancelled for it: the same commit says what the
      // record is when it is sent again, and so does a refusal that comes too late.
      self->After(&Driver::Commit);
    });
  }

  void Expire() { Refuse(refusal::Refuse(absl::StatusCode::kAborted, "RESERVATION_EXPIRED")); }

  void Refuse(absl::Status why) {
    why_ = std::move(why);
    WriteRefusal();
  }

  void WriteRefusal() {
    port_.refuse(why_, tried_, [self = shared_from_this()](absl::StatusOr<Standing> standing) {
      // Only what the record says is told, which need not be this refusal.
      if (standing.ok() && IsDecided(&standing->record)) return self->Told(*std::move(standing));
      if (++self->refusals_ >= kRefuseTries) return self->Unknown();
      self->After(&Driver::WriteRefusal);
    });
  }

  void Told(Standing standing) {
    if (port_.push && !standing.record.untold().empty()) port_.push(standing.record);
    done_(std::move(standing));
  }

  void Unknown() { done_(refusal::Refuse(absl::StatusCode::kUnavailable, "OUTCOME_UNKNOWN")); }

  void After(void (Driver::*next)()) {
    const absl::Duration jitter =
        absl::Milliseconds(static_cast<int64_t>(deps_.random.Below(kRetryJitterMs)));
    deps_.executor.PostAfter(kRetryPause + jitter,
                             [self = shared_from_this(), next] { (self.get()->*next)(); });
  }

  DriverDeps deps_;
  const Plan plan_;
  PivotPort port_;
  Done<Standing> done_;
  absl::Time give_up_ = absl::InfiniteFuture();
  size_t step_ = 0;
  size_t proposal_ = 0;
  uint64_t turn_ = 0;  // of the try under way; a late answer of an earlier one is not listened to
  executor::TimerId watch_ = 0;
  int refusals_ = 0;
  absl::Status why_;
  std::vector<v1::ClaimRef> tried_;
  std::vector<v1::ClaimRef> granted_;
};

// Where a kind stands in the order of tries; kits are a late comer, before the days that take them.
int RankOf(v1::Kind kind) { return kind == v1::KIT ? 2 * v1::VISIT_DAY - 1 : 2 * kind; }

absl::Status WrongPlan(absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("reservation plan: ", what));
}

}  // namespace

absl::Status CheckPlan(const Plan& plan) {
  if (plan.steps.size() > kStepsMax) return WrongPlan("too many steps");
  std::tuple<int, std::string> last{0, ""};
  for (const Step& step : plan.steps) {
    if (step.proposals.empty()) return WrongPlan("a step without a proposal");
    if (step.proposals.size() > kProposalsMax) return WrongPlan("too many proposals");
    const v1::Demand& first = step.proposals[0].demand;
    for (const Proposal& proposal : step.proposals) {
      if (proposal.demand.kind() != first.kind()) return WrongPlan("proposals of different kinds");
      if (proposal.participant == nullptr) return WrongPlan("a proposal without a participant");
    }
    std::tuple<int, std::string> here{RankOf(first.kind()), first.thing()};
    if (here < last) return WrongPlan(absl::StrCat("steps do not ascend at ", first.thing()));
    last = std::move(here);
  }
  const std::tuple<int, std::string> pivot{RankOf(plan.pivot_kind), plan.pivot};
  if (plan.pivot_kind == v1::KIND_UNSPECIFIED || pivot <= last) return WrongPlan("the pivot is not the last");
  return absl::OkStatus();
}

void Drive(DriverDeps deps, Plan plan, PivotPort port, Done<Standing> done) {
  if (absl::Status status = CheckPlan(plan); !status.ok()) return done(status);
  std::make_shared<Driver>(deps, std::move(plan), std::move(port), std::move(done))->Start();
}

}  // namespace kepu::reservation
