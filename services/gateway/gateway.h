// The gateway without its sockets: what a request comes to. Pages of its own, REST routes to the services,
// and the same methods by Connect and gRPC-Web. Owned by main beside what it uses; Handle runs on
// the listener's thread, the rest is thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/clock.h"
#include "libs/executor/executor.h"
#include "libs/metrics/metrics.h"
#include "services/gateway/connect/rpc_table.h"
#include "services/gateway/feeds/feed_desk.h"
#include "services/gateway/guard/guard.h"
#include "services/gateway/http/pages.h"
#include "services/gateway/http/server.h"
#include "services/gateway/kept_pages.h"
#include "services/gateway/pages/site.h"
#include "services/gateway/pages/web_files.h"
#include "services/gateway/transcode/answer.h"
#include "services/gateway/transcode/openapi_reads.h"
#include "services/gateway/transcode/route_table.h"
#include "services/gateway/upstream/caller.h"
#include "services/gateway/upstream/logins.h"

namespace kepu::gateway {

struct GatewayOptions {
  std::string version;
  // Believes x-kepu-dev-principal from outside. Only for development, only on loopback.
  bool insecure_dev_identity = false;
  guard::Guard* guard = nullptr;  // outlives the gateway; null: everybody may ask as much as they like
  std::vector<transcode::PlainRead> reads = {};  // served beside the methods, for the OpenAPI document
  const pages::WebFiles* web = nullptr;          // outlives the gateway; null: the web app is not here
  // What day it is for calendar feeds.
  std::function<absl::Time()> now = absl::Now;
};

class Gateway {
 public:
  Gateway(const transcode::RouteTable& table, upstream::Upstream& upstream, upstream::Caller& caller,
          upstream::Logins& logins, executor::Random& random, metrics::Registry& metrics,
          GatewayOptions options);

  void Handle(std::shared_ptr<http::Exchange> exchange);
  // Asked before the routes; says whether the request was for it. Once, before the listener starts.
  void set_live(std::function<bool(const std::shared_ptr<http::Exchange>&)> live) { live_ = std::move(live); }
  // What the listener answers by itself.
  http::Response Refuse(int status, absl::string_view problem) const;
  // Readiness ends before the listener does, so that balancers look elsewhere.
  void SetDraining() { draining_ = true; }

  // For the calls under way.
  struct RouteNumbers {
    std::vector<metrics::Counter*> by_class;  // of the status: 2xx at 2
    metrics::Histogram* seconds = nullptr;
  };
  const transcode::AnswerWriter& writer() const { return writer_; }
  KeptPages& kept_pages() { return kept_pages_; }
  upstream::Caller& caller() { return caller_; }
  upstream::Logins& logins() { return logins_; }
  const GatewayOptions& options() const { return options_; }
  const RouteNumbers& numbers(const transcode::Route& route) const { return numbers_.at(&route); }

 private:
  bool ServePage(http::Exchange& exchange);
  bool ServeApp(http::Exchange& exchange);
  // Of what can only be read.
  void RefuseChange(http::Exchange& exchange);
  void ServeMiss(http::Exchange& exchange, const transcode::Match& match, const std::string& request_id);
  std::vector<http::ServiceState> States() const;

  const transcode::RouteTable& table_;
  upstream::Upstream& upstream_;
  upstream::Caller& caller_;
  upstream::Logins& logins_;
  executor::Random& random_;
  const GatewayOptions options_;
  std::function<bool(const std::shared_ptr<http::Exchange>&)> live_;
  const transcode::AnswerWriter writer_;
  KeptPages kept_pages_{writer_};
  const pages::Site site_;
  const connect::RpcTable rpcs_;
  feeds::FeedDesk feeds_;
  absl::flat_hash_map<const transcode::Route*, RouteNumbers> numbers_;
  std::atomic<bool> draining_{false};
};

// The processes behind the routes of a table, sorted; identity is one of them, because it says who callers
// are.
std::vector<std::string> ServicesOf(const transcode::RouteTable& table);

http::Response ToHttp(transcode::Answer answer, const std::string& request_id);

}  // namespace kepu::gateway
