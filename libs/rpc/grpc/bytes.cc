#include "libs/rpc/grpc/bytes.h"

#include <vector>

namespace kepu::rpc {
namespace {

// Below this, copying is cheaper than the allocation that keeps the original alive.
constexpr size_t kShareFrom = 512;

void Drop(void* holder) { delete static_cast<std::shared_ptr<const std::string>*>(holder); }

}  // namespace

grpc::ByteBuffer ToBuffer(std::shared_ptr<const std::string> bytes) {
  if (bytes == nullptr || bytes->size() < kShareFrom) {
    const grpc::Slice slice = bytes == nullptr ? grpc::Slice() : grpc::Slice(bytes->data(), bytes->size());
    return grpc::ByteBuffer(&slice, 1);
  }
  const std::string& text = *bytes;
  auto* holder = new std::shared_ptr<const std::string>(std::move(bytes));
  // gRPC takes a plain pointer but never writes to it.
  const grpc::Slice slice(const_cast<char*>(text.data()), text.size(), Drop, holder);
  return grpc::ByteBuffer(&slice, 1);
}

bool FromBuffer(const grpc::ByteBuffer& buffer, std::string* bytes) {
  bytes->clear();
  if (!buffer.Valid()) return true;
  grpc::Slice slice;
  if (buffer.TrySingleSlice(&slice).ok()) {
    bytes->assign(reinterpret_cast<const char*>(slice.begin()), slice.size());
    return true;
  }
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return false;
  bytes->reserve(buffer.Length());
  for (const grpc::Slice& part : slices)
    bytes->append(reinterpret_cast<const char*>(part.begin()), part.size());
  return true;
}

}  // namespace kepu::rpc
