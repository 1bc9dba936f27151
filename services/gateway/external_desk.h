// Where a provider sends browsers back to: asks identity what comes of it and answers with the ordinary
// cookie of a session and a redirect to where the browser was, or with a page that says why not. Owned by the
// gateway; Serve runs on the listener's thread, answers wherever they arrive; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libs/metrics/metrics.h"
#include "services/gateway/http/server.h"
#include "services/gateway/upstream/caller.h"

namespace kepu::gateway {

class ExternalDesk {
 public:
  // Both outlive the last answer.
  ExternalDesk(upstream::Caller& caller, metrics::Registry& metrics);

  // False for other paths than the callback's.
  bool Serve(const std::shared_ptr<http::Exchange>& exchange, const std::string& request_id);

 private:
  void OnFinished(http::Exchange& exchange, const std::string& request_id,
                  const absl::StatusOr<rpc::PeerAnswer>& answer);
  void Fail(http::Exchange& exchange, const std::string& request_id, const absl::Status& status);
  void Send(http::Exchange& exchange, const std::string& request_id, http::Response response);

  upstream::Caller& caller_;
  std::vector<metrics::Counter*> by_class_;  // of the status: 3xx at 3
};

}  // namespace kepu::gateway
