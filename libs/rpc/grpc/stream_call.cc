#include "libs/rpc/grpc/stream_call.h"

#include <utility>
#include <vector>

#include "libs/refusal/refusal.h"
#include "libs/rpc/grpc/bytes.h"
#include "libs/rpc/grpc/status.h"

namespace kepu::rpc {
namespace {

// Long enough that a new server, or another one, is there when streams come back.
constexpr absl::Duration kComeBackAfter = absl::Seconds(1);

absl::Status ShuttingDown() {
  return refusal::TryLater(absl::StatusCode::kUnavailable, "UNAVAILABLE", kComeBackAfter);
}

class StreamResponder final : public Responder {
 public:
  explicit StreamResponder(StreamCall* call) : call_(call) {}
  ~StreamResponder() override { call_->Unref(); }

  void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
              AnswerInfo /*info*/) override {
    if (status.ok() && bytes != nullptr) call_->Write(std::move(bytes));
    call_->End(status);
  }
  bool Write(std::shared_ptr<const std::string> bytes) override { return call_->Write(std::move(bytes)); }
  void OnCancel(absl::AnyInvocable<void()> callback) override { call_->WhenCancelled(std::move(callback)); }

 private:
  StreamCall* const call_;
};

}  // namespace

bool OpenStreams::Add(StreamCall* call) {
  std::lock_guard lock(mutex_);
  if (!draining_) calls_.insert(call);
  return !draining_;
}

void OpenStreams::Remove(StreamCall* call) {
  std::lock_guard lock(mutex_);
  calls_.erase(call);
}

void OpenStreams::Drain() {
  std::vector<StreamCall*> open;
  {
    std::lock_guard lock(mutex_);
    draining_ = true;
    for (StreamCall* call : calls_) {
      call->Ref();
      open.push_back(call);
    }
  }
  for (StreamCall* call : open) {
    call->Drain();
    call->Unref();
  }
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamCall::Start(const ServedMethod& method,
                                                              OpenStreams& streams,
                                                              grpc::CallbackServerContext* context,
                                                              const grpc::ByteBuffer* request) {
  auto* call = new StreamCall(method, streams, context);
  call->Run(*request);
  return call;
}

void StreamCall::Run(const grpc::ByteBuffer& request) {
  began_ = method_.executor->SteadyNow();
  method_.record->Begin();
  // The caller learns at once that the stream stands, not only with its first message.
  StartSendInitialMetadata();
  Context context;
  const absl::Status readable = ReadContext(context_->client_metadata(), method_.identity, &context);
  context.deadline = absl::InfiniteFuture();
  request_id_ = context.trace_id;
  principal_ = context.principal.name.empty() ? context.principal.service : context.principal.name;
  std::string bytes;
  const bool whole = FromBuffer(request, &bytes);
  const bool open = streams_.Add(this);
  rpc::Call call(std::move(context), std::move(bytes), std::make_unique<StreamResponder>(this));
  if (!open) return call.Finish(ShuttingDown());
  if (!readable.ok()) return call.Finish(readable);
  if (!whole) return call.Finish(refusal::BadField("request", "could not be decompressed"));
  method_.method->handler(std::move(call));
}

bool StreamCall::Write(std::shared_ptr<const std::string> bytes) {
  std::lock_guard lock(mutex_);
  if (gone_ || ending_) return false;
  if (pending_.size() >= kMaxPendingWrites || pending_bytes_ >= kMaxPendingBytes) return false;
  pending_bytes_ += bytes == nullptr ? 0 : bytes->size();
  pending_.push_back(std::move(bytes));
  if (!writing_) StartNextLocked();
  return true;
}

void StreamCall::StartNextLocked() {
  std::shared_ptr<const std::string> bytes = std::move(pending_.front());
  pending_.pop_front();
  pending_bytes_ -= bytes == nullptr ? 0 : bytes->size();
  current_ = ToBuffer(std::move(bytes));
  writing_ = true;
  StartWrite(&current_);
}

void StreamCall::End(const absl::Status& status) {
  std::lock_guard lock(mutex_);
  if (ending_ || gone_) return;
  ending_ = true;
  status_ = status;
  // A refusal does not wait for what nobody needs any more.
  if (!status.ok()) pending_.clear();
  when_cancelled_ = nullptr;
  if (!writing_ && pending_.empty()) FinishLocked(status_);
}

void StreamCall::WhenCancelled(absl::AnyInvocable<void()> callback) {
  {
    std::lock_guard lock(mutex_);
    if (ending_) return;
    if (!gone_) {
      when_cancelled_ = std::move(callback);
      return;
    }
  }
  callback();
}

void StreamCall::OnWriteDone(bool ok) {
  std::lock_guard lock(mutex_);
  writing_ = false;
  if (!ok) {
    // The cancellation follows; it finishes the call.
    pending_.clear();
    pending_bytes_ = 0;
    if (gone_ || ending_) FinishLocked(gone_ ? status_ : absl::CancelledError("the caller left"));
    return;
  }
  if (!pending_.empty()) return StartNextLocked();
  if (gone_ || ending_) FinishLocked(status_);
}

void StreamCall::OnCancel() {
  absl::AnyInvocable<void()> callback;
  {
    std::lock_guard lock(mutex_);
    if (!gone_) status_ = absl::CancelledError("the caller left");
    gone_ = true;
    pending_.clear();
    pending_bytes_ = 0;
    callback = std::move(when_cancelled_);
    // A write that is under way ends now too, and finishes the call.
    if (!writing_) FinishLocked(status_);
  }
  if (callback) callback();
}

void StreamCall::Drain() {
  absl::AnyInvocable<void()> callback;
  {
    std::lock_guard lock(mutex_);
    if (gone_ || ending_) return;
    gone_ = true;
    status_ = ShuttingDown();
    pending_.clear();
    pending_bytes_ = 0;
    callback = std::move(when_cancelled_);
    if (!writing_) FinishLocked(status_);
  }
  if (callback) callback();
}

void StreamCall::FinishLocked(const absl::Status& status) {
  if (finished_) return;
  finished_ = true;
  method_.record->End(status, {request_id_, principal_, began_, method_.executor->SteadyNow()});
  Finish(ToGrpc(status));
}

void StreamCall::OnDone() {
  streams_.Remove(this);
  Unref();
}

void StreamCall::Unref() {
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

}  // namespace kepu::rpc
