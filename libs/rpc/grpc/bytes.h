// Between the byte buffers of gRPC and strings. Pure; thread-safe.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <memory>
#include <string>

namespace kepu::rpc {

// Large answers are shared, not copied: the buffer keeps `bytes` alive. Null is an empty message.
grpc::ByteBuffer ToBuffer(std::shared_ptr<const std::string> bytes);

// False when the buffer cannot be read (a compressed one that is broken).
bool FromBuffer(const grpc::ByteBuffer& buffer, std::string* bytes);

}  // namespace kepu::rpc
