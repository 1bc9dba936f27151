// All open live streams of this gateway: one watch of each service, fanned out by topic to the readers that
// may know; heartbeats; what a reader missed, from the ring or out of the service's log; and the end of
// streams whose login ends. Made by main, stopped before the upstream goes. Any thread, except where noted.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "libs/executor/executor.h"
#include "libs/metrics/metrics.h"
#include "services/gateway/live/ring.h"
#include "services/gateway/live/service_watch.h"
#include "services/gateway/live/subscriber.h"
#include "services/gateway/upstream/caller.h"
#include "services/gateway/upstream/logins.h"

namespace kepu::gateway::live {

struct HubOptions {
  // A person has a few devices with a page or two each; a school or a museum shares an address.
  size_t streams_per_person = 20;
  size_t streams_per_address = 400;
  // Under what the listener takes, so that ordinary requests still come in.
  size_t streams_max = 7000;
  absl::Duration heartbeat = absl::Seconds(15);
  // Every so many heartbeats its login is asked for again.
  int beats_per_check = 4;
  absl::Duration retry = absl::Seconds(3);
  Ring::Limits ring = {};
  std::vector<std::string> services = {"event", "venue", "volunteer"};
  // Told of every message of a service's watch, and of its end. On the hub's executor.
  std::function<void(const std::string&service)> on_moved = nullptr, on_lost = nullptr;
};

class Hub : public std::enable_shared_from_this<Hub> {
 public:
  using Refuse = absl::AnyInvocable<void(const absl::Status&)>;

  Hub(upstream::Caller& caller, upstream::Logins& logins, executor::Executor& executor,
      executor::Random& random, metrics::Registry& metrics, HubOptions options = {});
  ~Hub();

  // Begins to watch the services. Once, when it is held by a shared_ptr.
  void Start();
  // Ends all streams, telling their readers to come back at different times; no new ones.
  void Drain();
  // Drain, and nothing is watched any more.
  void Stop();

  // Opens the stream, or refuses it while nothing was answered yet.
  void Subscribe(Subscription subscription, Refuse refuse);
  // A user's login or roles changed; empty: anybody's may have.
  void AccessChanged(absl::string_view user);

 private:
  using Reader = std::shared_ptr<Subscriber>;

  absl::Status Admit(const Subscription& subscription) const;
  void Enter(Subscription subscription, Refuse refuse);
  void Leave(uint64_t id);
  void EndStream(const Reader& reader, std::string last);
  // Sends it away, to come back and ask for everything.
  void Overrun(const Reader& reader);

  void Resume(const Reader& reader);
  // Why the reader cannot go on from there; empty: it can.
  std::string Understand(const Reader& reader, const Cursor& cursor, Cursor* from);
  void CatchUp(const Reader& reader, Cursor from);
  void ReplayFromRing(const Reader& reader, const std::string& service);
  void ReplayFromLog(const Reader& reader, const std::string& service);
  void OnReplay(const Reader& reader, const std::string& service, const std::string& bytes);
  void EndReplay(const Reader& reader, const absl::Status& status);
  void Resync(const Reader& reader, absl::string_view reason);

  void OnChanges(const std::string& service, const kepu::live::v1::Changes& changes);
  void OnBegin(const std::string& service, const kepu::live::v1::Changes& changes);
  void FanOut(const std::string& service, const Told& told);
  std::string IdOf(const Subscriber& reader) const;
  std::string Shown(Subscriber& reader) const;

  void Tick();
  void Beat(const Reader& reader);
  void Check(const Reader& reader);
  void OnPrincipal(const Reader& reader, absl::StatusOr<std::shared_ptr<const rpc::Principal>> principal);

  upstream::Caller& caller_;
  upstream::Logins& logins_;
  executor::Executor& executor_;
  executor::Random& random_;
  const HubOptions options_;
  metrics::Gauge& open_;
  metrics::Counter& told_;
  metrics::Counter& resyncs_;
  std::map<std::string, Ring> rings_;
  std::vector<std::shared_ptr<ServiceWatch>> watches_;
  std::map<uint64_t, Reader> readers_;
  absl::flat_hash_map<std::string, std::map<uint64_t, Reader>> by_topic_;
  absl::flat_hash_map<std::string, size_t> by_person_, by_address_;
  uint64_t next_id_ = 1, told_count_ = 0;
  bool draining_ = false;
};

}  // namespace kepu::gateway::live
