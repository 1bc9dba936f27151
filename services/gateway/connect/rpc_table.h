// The public methods by their paths, for Connect and gRPC-Web: what may be called as POST
// /pkg.Service/Method, how its answers become JSON, and its numbers. Owned by the gateway; immutable but for
// the numbers, thread-safe.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "libs/metrics/metrics.h"
#include "services/gateway/transcode/json_write.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::gateway::connect {

class RpcTable {
 public:
  struct Rpc;

  RpcTable(const transcode::RouteTable& table, metrics::Registry& metrics);
  ~RpcTable();

  // Whether a path is meant for a method: a dotted name and a name. No REST route begins with a dotted one.
  static bool IsRpcPath(absl::string_view path);

  // Null for a method that there is not, or that is for services only.
  const Rpc* Find(absl::string_view path) const;

  // The response as JSON; nothing when the bytes are not that message.
  std::optional<std::string> Print(const transcode::Method& method, const std::string& bytes) const;

  // Counts an answer beside those of REST, with the path as the route. `http_status` is what REST would have
  // answered, whatever the protocol says on the wire.
  void Count(const Rpc& rpc, bool get, int http_status, double seconds) const;

 private:
  metrics::Registry& metrics_;
  absl::flat_hash_map<std::string, std::unique_ptr<Rpc>> rpcs_;
  transcode::JsonWriter json_;
};

struct RpcTable::Rpc {
  const transcode::Method* method = nullptr;
  // One whose JSON is the whole response, as here: what it keeps printed serves both. Null: there is none.
  const transcode::Route* whole = nullptr;
  // Has no side effects, so that Connect's GET may call it.
  bool reads = false;

 private:
  friend class RpcTable;
  // Made at the first call: hundreds of methods are hardly ever called this way.
  struct Numbers {
    std::once_flag made;
    std::array<metrics::Counter*, 4> by_class = {};  // of the status: 2xx at 0
    metrics::Histogram* seconds = nullptr;
  };
  mutable std::array<Numbers, 2> numbers;  // of POST and GET
};

}  // namespace kepu::gateway::connect
