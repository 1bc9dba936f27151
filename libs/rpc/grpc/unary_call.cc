#include "libs/rpc/grpc/unary_call.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/log/log.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/grpc/bytes.h"
#include "libs/rpc/grpc/status.h"

namespace kepu::rpc {
namespace {

class UnaryResponder final : public Responder {
 public:
  explicit UnaryResponder(UnaryCall* call) : call_(call) {}
  ~UnaryResponder() override { call_->Unref(); }

  void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
              AnswerInfo info) override {
    call_->Answer(status, std::move(bytes), info);
  }
  bool Write(std::shared_ptr<const std::string> /*bytes*/) override {
    log::Error("a unary call was written to like a stream");
    return false;
  }
  void OnCancel(absl::AnyInvocable<void()> callback) override { call_->WhenCancelled(std::move(callback)); }

 private:
  UnaryCall* const call_;
};

}  // namespace

absl::Time DeadlineOf(const grpc::CallbackServerContext& context, absl::Time now,
                      absl::Duration default_deadline) {
  const gpr_timespec deadline = context.raw_deadline();
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) return now + default_deadline;
  const gpr_timespec left = gpr_time_sub(deadline, gpr_now(deadline.clock_type));
  const absl::Duration duration = absl::Seconds(left.tv_sec) + absl::Nanoseconds(left.tv_nsec);
  return now + std::min(duration, kMaxDeadline);
}

grpc::ServerUnaryReactor* UnaryCall::Start(const ServedMethod& method, grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  auto* call = new UnaryCall(method, context, response);
  call->Run(*request);
  return call;
}

void UnaryCall::Run(const grpc::ByteBuffer& request) {
  began_ = method_.executor->SteadyNow();
  method_.record->Begin();
  Context context;
  const absl::Status readable = ReadContext(context_->client_metadata(), method_.identity, &context);
  context.deadline = deadline_ = DeadlineOf(*context_, began_, method_.default_deadline);
  request_id_ = context.trace_id;
  principal_ = context.principal.name.empty() ? context.principal.service : context.principal.name;
  std::string bytes;
  const bool whole = FromBuffer(request, &bytes);
  rpc::Call call(std::move(context), std::move(bytes), std::make_unique<UnaryResponder>(this));
  if (!readable.ok()) return call.Finish(readable);
  if (!whole) return call.Finish(refusal::BadField("request", "could not be decompressed"));
  method_.method->handler(std::move(call));
}

void UnaryCall::Answer(const absl::Status& status, std::shared_ptr<const std::string> bytes,
                       AnswerInfo info) {
  if (answered_.exchange(true, std::memory_order_acq_rel)) return;
  method_.record->End(status, {request_id_, principal_, began_, method_.executor->SteadyNow()});
  if (info.position != 0) context_->AddTrailingMetadata(kPositionKey, absl::StrCat(info.position));
  if (info.replayed) context_->AddTrailingMetadata(kReplayedKey, "1");
  if (!status.ok()) return Finish(ToGrpc(status));
  *response_ = ToBuffer(std::move(bytes));
  Finish(grpc::Status());
}

void UnaryCall::WhenCancelled(absl::AnyInvocable<void()> callback) {
  {
    std::lock_guard lock(mutex_);
    if (!cancelled_) {
      when_cancelled_ = std::move(callback);
      return;
    }
  }
  callback();
}

void UnaryCall::OnCancel() {
  absl::AnyInvocable<void()> callback;
  {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
    callback = std::move(when_cancelled_);
  }
  if (callback) callback();
  // gRPC need not keep the call until the handler notices; nobody hears this answer.
  const bool late = method_.executor->SteadyNow() >= deadline_;
  Answer(late ? absl::DeadlineExceededError("the caller's deadline passed")
              : absl::CancelledError("the caller left"),
         nullptr, {});
}

void UnaryCall::Unref() {
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

}  // namespace kepu::rpc
