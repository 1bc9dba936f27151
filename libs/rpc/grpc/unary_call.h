// One unary call on its way through the server: from gRPC's callback to the handler and, once, back. Shared
// by gRPC, which is done with it when the answer is out, and the handler's Call, which may outlive that when
// the caller goes away first. Thread-safe.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "absl/functional/any_invocable.h"
#include "libs/rpc/grpc/served_method.h"

namespace kepu::rpc {

class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  // Runs the handler; what it answers goes into `response`.
  static grpc::ServerUnaryReactor* Start(const ServedMethod& method, grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request, grpc::ByteBuffer* response);

  // The first answer counts; later ones, after the caller went away, are dropped.
  void Answer(const absl::Status& status, std::shared_ptr<const std::string> bytes, AnswerInfo info);
  void WhenCancelled(absl::AnyInvocable<void()> callback);
  void Unref();

 private:
  UnaryCall(const ServedMethod& method, grpc::CallbackServerContext* context, grpc::ByteBuffer* response)
      : method_(method), context_(context), response_(response) {}

  void Run(const grpc::ByteBuffer& request);
  void OnCancel() override;
  void OnDone() override { Unref(); }
  // OnDone only gives memory back, so it need not wait for a thread of its own. This is what gRPC's own
  // DefaultReactor does; it saves a hand-over between threads in every call.
  bool InternalInlineable() override { return true; }

  const ServedMethod& method_;
  grpc::CallbackServerContext* const context_;
  grpc::ByteBuffer* const response_;
  absl::Time began_;
  absl::Time deadline_;
  std::string request_id_;
  std::string principal_;
  std::atomic<bool> answered_{false};
  std::atomic<int> refs_{2};
  std::mutex mutex_;
  bool cancelled_ = false;                     // guarded by mutex_
  absl::AnyInvocable<void()> when_cancelled_;  // guarded by mutex_
};

}  // namespace kepu::rpc
