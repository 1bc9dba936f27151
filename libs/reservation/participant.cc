#include "libs/reservation/participant.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/reservation/driver.h"

namespace kepu::reservation {
namespace {

class RemoteParticipant final : public Participant {
 public:
  RemoteParticipant(rpc::Peer& peer, executor::Executor& executor, std::string full_service, std::string self)
      : peer_(peer),
        executor_(executor),
        prefix_(absl::StrCat("/", full_service, "/")),
        self_(std::move(self)) {}

  void Try(const v1::TryRequest& request, Done<v1::TryResponse> done) override {
    rpc::CallTyped<v1::TryResponse>(peer_, prefix_ + "Try", MakeContext(), request, std::move(done));
  }

  void Tell(Telling telling, const v1::StepRequest& request, Done<v1::StepResponse> done) override {
    const char* method = telling == Telling::kConfirm  ? "Confirm"
                         : telling == Telling::kCancel ? "Cancel"
                                                       : "Release";
    rpc::CallTyped<v1::StepResponse>(peer_, prefix_ + method, MakeContext(), request, std::move(done));
  }

  void Resolve(const v1::ResolveRequest& request, Done<v1::ResolveResponse> done) override {
    rpc::CallTyped<v1::ResolveResponse>(peer_, prefix_ + "Resolve", MakeContext(), request, std::move(done));
  }

 private:
  rpc::Context MakeContext() const {
    rpc::Context context;
    context.principal.service = self_;
    context.deadline = executor_.SteadyNow() + kAttemptMax;
    return context;
  }

  rpc::Peer& peer_;
  executor::Executor& executor_;
  const std::string prefix_;
  const std::string self_;
};

}  // namespace

std::unique_ptr<Participant> MakeRemoteParticipant(rpc::Peer& peer, executor::Executor& executor,
                                                   std::string full_service, std::string self) {
  return std::make_unique<RemoteParticipant>(peer, executor, std::move(full_service), std::move(self));
}

}  // namespace kepu::reservation
