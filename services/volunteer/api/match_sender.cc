#include "services/volunteer/api/match_sender.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "kepu/volunteer/v1/signup.pb.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer {
namespace {

constexpr char kInvite[] = "/kepu.volunteer.v1.SignupService/InviteVolunteer";
// Who sends a proposal may invite at every place in it; what it does is logged as the proposal's.
constexpr char kInvitedBy[] = "matches";
// What is invited between two changes of the record: each writes all of it.
constexpr size_t kInvitedAtOnce = 25;
constexpr absl::Duration kAnswerMax = absl::Seconds(5);

// Hands the outcome of a call to the executor, unless the service is gone: a call that it leaves behind is
// dropped, and so finished, whenever what holds it is.
class Outcome final : public rpc::Responder {
 public:
  Outcome(executor::Executor& executor, std::weak_ptr<bool> alive,
          absl::AnyInvocable<void(absl::Status)> done)
      : executor_(executor), alive_(std::move(alive)), done_(std::move(done)) {}
  void Finish(const absl::Status& status, std::shared_ptr<const std::string>, rpc::AnswerInfo) override {
    if (alive_.expired()) return;
    executor_.Post([done = std::move(done_), status]() mutable { done(status); });
  }
  bool Write(std::shared_ptr<const std::string>) override { return false; }
  void OnCancel(absl::AnyInvocable<void()>) override {}

 private:
  executor::Executor& executor_;
  const std::weak_ptr<bool> alive_;
  absl::AnyInvocable<void(absl::Status)> done_;
};

class CallingInviter final : public Inviter {
 public:
  CallingInviter(const Context& context, const rpc::Service& service)
      : context_(context), service_(service) {}

  void Invite(const std::string& shift, const std::string& volunteer, const std::string& request_id,
              absl::AnyInvocable<void(absl::Status)> done) override {
    v1::InviteVolunteerRequest request;
    request.set_request_id(request_id);
    request.set_shift(shift);
    request.set_volunteer(volunteer);
    rpc::Context caller;
    caller.principal = {kInvitedBy, "", {{"city_admin", "city"}}};
    caller.deadline = context_.executor.SteadyNow() + kAnswerMax;
    service_.Dispatch(kInvite,
                      rpc::Call(std::move(caller), request.SerializeAsString(),
                                std::make_unique<Outcome>(context_.executor, alive_, std::move(done))));
  }

 private:
  const Context& context_;
  const rpc::Service& service_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

std::unique_ptr<Inviter> MakeInviter(const Context& context, const rpc::Service& service) {
  return std::make_unique<CallingInviter>(context, service);
}

bool IsForGood(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kPermissionDenied:
      return true;
    // A reservation that ran out stays so under its request id.
    case absl::StatusCode::kAborted:
      return refusal::ReasonOf(status) == "RESERVATION_EXPIRED";
    default:
      return false;
  }
}

struct MatchSender::Batch {
  std::string name;
  std::vector<domain::Invitation> left;  // the next one last
  std::vector<domain::Invitation> settled;
};

void MatchSender::Step(const std::string& name) {
  const auto match = context_.reads.documents().Find<v1::Match>(name);
  if (match == nullptr || match->state() != v1::Match::SENDING) return;
  if (!under_way_.insert(name).second) return;
  auto batch = std::make_shared<Batch>();
  batch->name = name;
  batch->left = domain::NextToInvite(*match, kInvitedAtOnce);
  std::reverse(batch->left.begin(), batch->left.end());
  InviteNext(batch);
}

void MatchSender::InviteNext(const std::shared_ptr<Batch>& batch) {
  if (batch->left.empty()) return Settle(batch);
  domain::Invitation next = std::move(batch->left.back());
  batch->left.pop_back();
  // The same call whenever this place of the proposal is tried again.
  const std::string digest =
      context_.keys.Digest("invitation", absl::StrJoin({batch->name, next.shift, next.volunteer}, " "));
  inviter_.Invite(next.shift, next.volunteer, absl::BytesToHexString(digest),
                  [this, alive = std::weak_ptr<bool>(alive_), batch, next](const absl::Status& status) {
                    if (alive.expired()) return;
                    if (IsForGood(status)) {
                      const std::string reason = refusal::ReasonOf(status);
                      // Whoever is there by themselves needs no invitation.
                      const bool there = status.ok() || reason == "ALREADY_SIGNED_UP";
                      batch->settled.push_back({next.shift, next.volunteer, there ? "" : reason});
                    }
                    InviteNext(batch);
                  });
}

void MatchSender::Settle(const std::shared_ptr<Batch>& batch) {
  const std::string key = domain::DocumentKey(batch->name);
  store::Command command;
  command.aggregates = {key};
  command.decide = [key, batch](store::View& view, absl::Time now) -> absl::Status {
    const auto& state = dynamic_cast<const domain::Document&>(view.Get(key));
    auto before = document::ResourceIn<domain::DocumentLog, v1::Match>(state);
    if (!before.ok()) return before.status();
    if (!before->has_value()) return refusal::NotFound(batch->name);
    v1::Match after = **before;
    domain::Settle(batch->settled, &after);
    for (const auto& fact : document::PutResource<domain::DocumentLog, v1::Match>(state, batch->name, *before,
                                                                                  std::move(after), now))
      if (absl::Status status = view.Emit(key, fact); !status.ok()) return status;
    return absl::OkStatus();
  };
  command.done = [this, alive = std::weak_ptr<bool>(alive_), batch](const store::Outcome& outcome) {
    if (alive.expired()) return;
    under_way_.erase(batch->name);
    // What could not be made now is tried again by the chore, after a while.
    if (outcome.status.ok() && !batch->settled.empty()) Step(batch->name);
  };
  context_.engine.Submit(document::PartitionOf(batch->name), std::move(command));
}

}  // namespace kepu::volunteer
