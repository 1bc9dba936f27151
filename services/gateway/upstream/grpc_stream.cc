#include "services/gateway/upstream/grpc_stream.h"

#include <utility>

#include "libs/rpc/grpc/bytes.h"
#include "libs/rpc/grpc/status.h"

namespace kepu::gateway::upstream {

bool StreamSet::Add(GrpcStream* stream, size_t max) {
  const std::lock_guard lock(mutex_);
  if (closed_ || streams_.size() >= max) return false;
  streams_.insert(stream);
  return true;
}

void StreamSet::Remove(GrpcStream* stream) {
  const std::lock_guard lock(mutex_);
  streams_.erase(stream);
  // Under the lock: who waits may destroy this object as soon as it is released.
  if (closed_ && streams_.empty()) none_left_.notify_all();
}

void StreamSet::CancelAll() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  std::vector<std::shared_ptr<GrpcStream>> streams;
  for (GrpcStream* stream : streams_) streams.push_back(stream->shared_from_this());
  lock.unlock();
  for (const auto& stream : streams) stream->Cancel();
  lock.lock();
  none_left_.wait(lock, [this] { return streams_.empty(); });
}

GrpcStream::GrpcStream(StreamSet& set, std::string request, StreamCallbacks callbacks)
    : set_(set),
      callbacks_(std::move(callbacks)),
      request_(rpc::ToBuffer(std::make_shared<const std::string>(std::move(request)))) {}

void GrpcStream::Start(grpc::GenericStub& stub, const std::string& method) {
  self_ = shared_from_this();
  stub.PrepareBidiStreamingCall(&client_, method, grpc::StubOptions(), this);
  StartWriteLast(&request_, grpc::WriteOptions());
  AddHold();
  const std::lock_guard lock(mutex_);
  started_ = held_ = true;
  StartCall();
}

void GrpcStream::Abandon(absl::Status status) {
  // The callbacks may hold this stream.
  StreamCallbacks callbacks = std::move(callbacks_);
  callbacks.on_end(std::move(status));
}

void GrpcStream::Next() {
  const std::lock_guard lock(mutex_);
  if (held_) StartRead(&message_);
}

void GrpcStream::Cancel() {
  client_.TryCancel();
  ReleaseHold();
}

void GrpcStream::ReleaseHold() {
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(held_, false)) return;
  }
  RemoveHold();
}

void GrpcStream::OnReadDone(bool ok) {
  if (!ok) return ReleaseHold();
  std::string bytes;
  const bool readable = rpc::FromBuffer(message_, &bytes);
  message_.Clear();
  if (!readable) return Cancel();
  callbacks_.on_message(std::move(bytes));
}

void GrpcStream::OnDone(const grpc::Status& status) {
  const std::shared_ptr<GrpcStream> self = std::move(self_);
  callbacks_.on_end(rpc::FromGrpc(status));
  // What the callbacks hold goes before the set forgets this stream: they may hold this very stream.
  callbacks_ = {};
  set_.Remove(this);
}

}  // namespace kepu::gateway::upstream
