// A way from one service to another on virtual time, on which a message may be lost, answered to nobody, or
// come twice. Goes with the process that calls: what comes back to one that is gone falls down. Owned by a
// test; one thread.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "libs/executor/sim_executor.h"
#include "libs/rpc/peer.h"
#include "libs/rpc/service.h"
#include "tests/simulation/answerer.h"

namespace kepu::simulation {

// What happens to one step: a message between services or a commit of one.
enum class Fate { kNormal, kLost, kReplyLost, kTwiceLate, kCrash, kCrashAfter };

class SimPeer final : public rpc::Peer {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<rpc::PeerAnswer>)>;
  // `callee` is null while that process is down; `fate` is drawn for each message.
  SimPeer(executor::SimExecutor& executor, std::function<rpc::Service*()> callee, std::function<Fate()> fate)
      : executor_(executor), callee_(std::move(callee)), fate_(std::move(fate)) {}

  void Call(absl::string_view full_method, const rpc::Context& context, std::string request,
            Done done) override {
    const Fate fate = fate_();
    const std::string method(full_method);
    auto waiting = std::make_shared<Waiting>(Waiting{alive_, std::move(done)});
    executor_.PostAfter(std::max(absl::ZeroDuration(), context.deadline - executor_.SteadyNow()),
                        [waiting] { waiting->Finish(absl::DeadlineExceededError("lost")); });
    if (fate == Fate::kLost || fate == Fate::kCrash) return;
    const bool reply = fate != Fate::kReplyLost;
    executor_.PostAfter(kWay,
                        [method, context, request, reply, waiting, callee = callee_, &executor = executor_] {
                          Deliver(executor, callee, method, context, request, reply ? waiting : nullptr);
                        });
    if (fate != Fate::kTwiceLate) return;
    executor_.PostAfter(kLate, [method, context, request, callee = callee_, &executor = executor_] {
      Deliver(executor, callee, method, context, request, nullptr);
    });
  }

 private:
  static constexpr absl::Duration kWay = absl::Microseconds(300);
  static constexpr absl::Duration kLate = absl::Seconds(4);

  struct Waiting {
    std::weak_ptr<bool> caller;
    Done done;
    void Finish(absl::StatusOr<rpc::PeerAnswer> answer) {
      if (!done) return;
      Done call = std::move(done);
      done = nullptr;
      if (!caller.expired()) call(std::move(answer));
    }
  };
  static void Deliver(executor::SimExecutor& executor, const std::function<rpc::Service*()>& callee,
                      const std::string& method, const rpc::Context& context, const std::string& request,
                      std::shared_ptr<Waiting> waiting) {
    Answered answered = [&executor, waiting = std::move(waiting)](
                            const absl::Status& status, const std::string& bytes, rpc::AnswerInfo info) {
      if (waiting == nullptr) return;
      absl::StatusOr<rpc::PeerAnswer> answer = rpc::PeerAnswer{bytes, info};
      if (!status.ok()) answer = status;
      executor.PostAfter(kWay, [waiting, answer] { waiting->Finish(answer); });
    };
    rpc::Service* service = callee();
    if (service == nullptr) return answered(absl::UnavailableError("down"), "", {});
    service->Dispatch(method, rpc::Call(context, request, std::make_unique<Answerer>(std::move(answered))));
  }

  executor::SimExecutor& executor_;
  const std::function<rpc::Service*()> callee_;
  const std::function<Fate()> fate_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::simulation
