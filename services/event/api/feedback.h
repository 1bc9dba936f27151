// What those who came to a session say of it. Words are sealed under the key of who wrote them, off the
// executor, and opened only for them and for staff of the place. Owned by the service, outlives the calls;
// thread-safe as far as the context is.
#pragma once

#include <memory>
#include <string>

#include "kepu/event/v1/evaluation.pb.h"
#include "libs/executor/worker_pool.h"
#include "libs/vault/vault.h"
#include "services/event/api/context.h"
#include "services/event/api/target.h"
#include "services/event/domain/feedback.h"

namespace kepu::event {

class FeedbackDesk {
 public:
  // `vault` may be null: then nothing can be said in words.
  FeedbackDesk(const Context& context, vault::Vault* vault, executor::Workers& workers)
      : context_(context), vault_(vault), workers_(workers) {}

  void Register(rpc::Service& service);

 private:
  template <class Request, class Response = v1::Feedback>
  using Call = rpc::TypedCall<Request, Response>;

  void Give(Call<v1::GiveFeedbackRequest> call);
  void Update(Call<v1::UpdateFeedbackRequest> call);
  void Get(Call<v1::GetFeedbackRequest> call);
  void List(Call<v1::ListFeedbackRequest, v1::ListFeedbackResponse> call);
  void Summarize(Call<v1::GetFeedbackSummaryRequest, v1::FeedbackSummary> call);

  // `then(call, sealed)`; answers the call itself when it cannot be sealed.
  template <class Request, class Then>
  void Seal(Call<Request> call, const std::string& remark, Then then);
  // What was written; empty when who wrote it was erased.
  absl::StatusOr<std::string> Open(const domain::record::FeedbackRecord& feedback) const;
  // The answer on one booking, for who wrote it.
  absl::Status Encode(store::View& view, const Target& target, v1::Feedback* answer) const;
  void ToResource(const domain::record::FeedbackRecord& record, const std::string& remark,
                  v1::Feedback* feedback) const;

  const Context& context_;
  vault::Vault* const vault_;
  executor::Workers& workers_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::event
