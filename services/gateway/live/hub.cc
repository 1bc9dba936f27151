#include "services/gateway/live/hub.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/live/event_text.h"
#include "services/gateway/live/proof.h"

namespace kepu::gateway::live {
namespace {

constexpr absl::Duration kTick = absl::Seconds(1);
constexpr absl::Duration kFullRetry = absl::Seconds(10);
// Readers of a process that ends come back over this time.
constexpr absl::Duration kSpread = absl::Seconds(5);

bool SameGrants(const rpc::Principal& a, const rpc::Principal& b) {
  if (a.name != b.name || a.grants.size() != b.grants.size()) return false;
  for (size_t i = 0; i < a.grants.size(); ++i)
    if (a.grants[i].role != b.grants[i].role || a.grants[i].on != b.grants[i].on) return false;
  return true;
}

http::Response Opening(const std::string& request_id) {
  http::Response response;
  response.content_type = kEventStream;
  response.headers = {
      {"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}, {"x-request-id", request_id}};
  return response;
}

}  // namespace

Hub::Hub(upstream::Caller& caller, upstream::Logins& logins, executor::Executor& executor,
         executor::Random& random, metrics::Registry& metrics, HubOptions options)
    : caller_(caller),
      logins_(logins),
      executor_(executor),
      random_(random),
      options_(std::move(options)),
      open_(metrics.MakeGauge("kepu_gateway_live_streams", "Live streams that are open.")),
      told_(metrics.MakeCounter("kepu_gateway_live_events_total", "Events sent to readers of live streams.")),
      resyncs_(metrics.MakeCounter("kepu_gateway_live_resyncs_total",
                                   "Times that a reader was told to ask for everything anew.")) {
  for (const std::string& service : options_.services) rings_.try_emplace(service, options_.ring);
}

Hub::~Hub() = default;

void Hub::Start() {
  executor_.Post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    for (const std::string& service : self->options_.services) {
      ServiceWatch::Parts parts{self->caller_, self->executor_, self->random_, service, nullptr, nullptr};
      parts.where = [weak, service] {
        kepu::live::v1::WatchChangesRequest request;
        const auto hub = weak.lock();
        if (hub == nullptr) return request;
        const Ring& ring = hub->rings_.at(service);
        request.set_data_set(ring.data_set());
        for (uint32_t i = 0; i < ring.at().size(); ++i)
          kepu::live::AddMark(i, ring.at()[i], request.mutable_from());
        return request;
      };
      parts.told = [weak, service](const kepu::live::v1::Changes& changes) {
        if (const auto hub = weak.lock()) hub->OnChanges(service, changes);
      };
      parts.lost = [weak, service] {
        const auto hub = weak.lock();
        if (hub != nullptr && hub->options_.on_lost) hub->options_.on_lost(service);
      };
      self->watches_.push_back(std::make_shared<ServiceWatch>(std::move(parts)));
      self->watches_.back()->Open();
    }
    self->Tick();
  });
}

void Hub::Drain() {
  executor_.Post([self = shared_from_this()] {
    self->draining_ = true;
    for (const auto& [id, reader] : std::map<uint64_t, Reader>(self->readers_)) {
      const auto spread = absl::Milliseconds(self->random_.Below(absl::ToInt64Milliseconds(kSpread)) + 1000);
      self->EndStream(reader, RetryLine(spread) + "\n");
    }
  });
}

void Hub::Stop() {
  Drain();
  executor_.Post([self = shared_from_this()] {
    for (const auto& watch : self->watches_) watch->Stop();
    self->watches_.clear();
  });
}

absl::Status Hub::Admit(const Subscription& subscription) const {
  if (draining_) return refusal::TryLater(absl::StatusCode::kUnavailable, "UNAVAILABLE", absl::Seconds(1));
  const std::string& person = subscription.context.principal.name;
  const auto of_person = by_person_.find(person);
  const auto of_address = by_address_.find(subscription.exchange->request().peer);
  if (!person.empty() && of_person != by_person_.end() && of_person->second >= options_.streams_per_person)
    return refusal::TryLater(absl::StatusCode::kResourceExhausted, "LIVE_STREAMS_FULL", kFullRetry,
                             {{"most", absl::StrCat(options_.streams_per_person)}});
  if (of_address != by_address_.end() && of_address->second >= options_.streams_per_address)
    return refusal::TryLater(absl::StatusCode::kResourceExhausted, "LIVE_STREAMS_FULL", kFullRetry,
                             {{"most", absl::StrCat(options_.streams_per_address)}});
  if (readers_.size() >= options_.streams_max)
    return refusal::TryLater(absl::StatusCode::kUnavailable, "UNAVAILABLE", kFullRetry);
  for (const Topic& topic : subscription.topics) {
    for (const Place& place : PlacesOf(topic)) {
      const auto ring = rings_.find(place.service);
      if (ring == rings_.end() || !ring->second.begun())
        return refusal::TryLater(absl::StatusCode::kUnavailable, "SERVICE_DOWN", absl::Seconds(1),
                                 {{"service", place.service}});
    }
  }
  return absl::OkStatus();
}

void Hub::Subscribe(Subscription subscription, Refuse refuse) {
  executor_.Post([weak = weak_from_this(), subscription = std::move(subscription),
                  refuse = std::move(refuse)]() mutable {
    const auto self = weak.lock();
    if (self != nullptr) self->Enter(std::move(subscription), std::move(refuse));
  });
}

void Hub::Enter(Subscription subscription, Refuse refuse) {
  if (absl::Status status = Admit(subscription); !status.ok()) return refuse(status);
  const uint64_t id = next_id_++;
  auto reader = std::make_shared<Subscriber>(id, std::move(subscription), executor_);
  reader->beat_at = executor_.SteadyNow() + options_.heartbeat;
  reader->given.exchange->Begin(Opening(reader->given.request_id));
  readers_[id] = reader;
  for (const std::string& key : reader->given.keys) by_topic_[key][id] = reader;
  if (!reader->given.context.principal.name.empty()) ++by_person_[reader->given.context.principal.name];
  ++by_address_[reader->given.exchange->request().peer];
  open_.Set(static_cast<double>(readers_.size()));
  // Weak, because the exchange is held by the reader.
  reader->given.exchange->OnGone([weak = weak_from_this(), &executor = executor_, id] {
    executor.Post([weak, id] {
      if (const auto self = weak.lock()) self->Leave(id);
    });
  });
  Resume(reader);
}

void Hub::Leave(uint64_t id) {
  const auto it = readers_.find(id);
  if (it == readers_.end()) return;
  const Reader reader = std::move(it->second);
  readers_.erase(it);
  for (const std::string& key : reader->given.keys) {
    const auto topic = by_topic_.find(key);
    if (topic == by_topic_.end()) continue;
    topic->second.erase(id);
    if (topic->second.empty()) by_topic_.erase(topic);
  }
  const auto less = [](absl::flat_hash_map<std::string, size_t>& counts, const std::string& of) {
    const auto count = counts.find(of);
    if (count != counts.end() && --count->second == 0) counts.erase(count);
  };
  less(by_person_, reader->given.context.principal.name);
  less(by_address_, reader->given.exchange->request().peer);
  open_.Set(static_cast<double>(readers_.size()));
  reader->End("");
}

void Hub::EndStream(const Reader& reader, std::string last) {
  reader->End(std::move(last));
  Leave(reader->id);
}

void Hub::Overrun(const Reader& reader) {
  resyncs_.Add();
  EndStream(reader, Block(IdOf(*reader), ResyncLines("TOO_SLOW")));
}

std::string Hub::IdOf(const Subscriber& reader) const {
  if (reader.catching_up) return CursorText(*reader.catching_up);
  Cursor cursor;
  for (const auto& [service, partitions] : reader.places) {
    const Ring& ring = rings_.at(service);
    ServiceCursor& at = cursor[service];
    at.epoch = ring.epoch();
    const auto add = [&](uint32_t partition) {
      if (partition < ring.at().size()) at.marks[partition] = ring.at()[partition];
    };
    if (partitions) {
      for (const uint32_t partition : *partitions) add(partition);
    } else {
      for (uint32_t partition = 0; partition < ring.at().size(); ++partition) add(partition);
    }
    const auto ahead = reader.ahead.find(service);
    if (ahead == reader.ahead.end() || ahead->second.epoch != at.epoch) continue;
    for (const auto& [partition, mark] : ahead->second.marks)
      at.marks[partition] = std::max(at.marks[partition], mark);
  }
  return CursorText(cursor);
}

std::string Hub::Shown(Subscriber& reader) const {
  std::string id = IdOf(reader);
  reader.shown_id = absl::HashOf(id);
  return id;
}

void Hub::OnChanges(const std::string& service, const kepu::live::v1::Changes& changes) {
  if (options_.on_moved) options_.on_moved(service);
  if (changes.has_begin()) return OnBegin(service, changes);
  Ring& ring = rings_.at(service);
  for (const kepu::live::v1::Event& event : changes.events()) {
    if (event.partition() >= ring.at().size()) continue;
    if (!kepu::live::IsNews(ring.at()[event.partition()], event.seq(), event.index())) continue;
    FanOut(service, *ring.Add(event));
  }
  for (const auto& mark : changes.marks()) ring.Reach(mark.partition(), {mark.seq(), mark.events()});
}

void Hub::OnBegin(const std::string& service, const kepu::live::v1::Changes& changes) {
  Ring& ring = rings_.at(service);
  const auto& begin = changes.begin();
  if (ring.begun() && !begin.lost() && begin.data_set() == ring.data_set()) return;
  const bool first = !ring.begun();
  ring.Reset(begin.data_set(),
             kepu::live::FromProto(changes.marks(), static_cast<size_t>(changes.marks_size()), {}));
  if (first) return;
  for (const auto& [id, reader] : std::map<uint64_t, Reader>(readers_)) {
    if (!reader->places.contains(service)) continue;
    reader->ahead.erase(service);
    if (reader->catching_up) reader->catching_up->erase(service);
    Resync(reader, "LOST");
  }
}

void Hub::FanOut(const std::string& service, const Told& told) {
  ++told_count_;
  std::vector<Reader> overrun;
  for (const std::string& topic : told.topics) {
    const auto readers = by_topic_.find(topic);
    if (readers == by_topic_.end()) continue;
    for (const auto& [id, reader] : readers->second) {
      if (std::exchange(reader->last_told, told_count_) == told_count_) continue;
      if (!told.MayBeKnownTo(reader->given.context.principal)) continue;
      if (const auto ahead = reader->ahead.find(service); ahead != reader->ahead.end()) {
        const auto mark = ahead->second.marks.find(told.partition);
        if (mark != ahead->second.marks.end() && !kepu::live::IsNews(mark->second, told.seq, told.index))
          continue;
      }
      told_.Add();
      // What is held is sent when the reader has caught up, so its id is that of then.
      std::string id_then;
      if (reader->catching_up) {
        const auto caught_up = std::exchange(reader->catching_up, std::nullopt);
        id_then = Shown(*reader);
        reader->catching_up = caught_up;
      } else {
        id_then = Shown(*reader);
      }
      if (!reader->SendNews(Block(id_then, told.lines))) overrun.push_back(reader);
    }
  }
  for (const Reader& reader : overrun) Overrun(reader);
}

void Hub::Tick() {
  const absl::Time now = executor_.SteadyNow();
  std::vector<Reader> due;
  for (const auto& [id, reader] : readers_)
    if (reader->beat_at <= now) due.push_back(reader);
  for (const Reader& reader : due) {
    reader->beat_at = now + options_.heartbeat;
    Beat(reader);
  }
  executor_.PostAfter(kTick, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Tick();
  });
}

void Hub::Beat(const Reader& reader) {
  if (reader->idle()) {
    // A reader that heard nothing for long need not have the log of all that time read for it.
    const std::string id = IdOf(*reader);
    const bool moved = std::exchange(reader->shown_id, absl::HashOf(id)) != absl::HashOf(id);
    reader->Send(moved ? Block(id, kHeartbeat) : std::string(kHeartbeat));
  }
  if (++reader->beats % options_.beats_per_check == 0) Check(reader);
}

void Hub::AccessChanged(absl::string_view user) {
  executor_.Post([weak = weak_from_this(), user = std::string(user)] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    for (const auto& [id, reader] : std::map<uint64_t, Reader>(self->readers_))
      if (user.empty() || reader->given.context.principal.name == user) self->Check(reader);
  });
}

// Nothing is told meanwhile: who lost a right hears nothing that came after.
void Hub::Check(const Reader& reader) {
  if (reader->given.token.empty()) return;
  reader->Hold();
  logins_.Resolve(reader->given.token, reader->given.context,
                  [weak = weak_from_this(), &executor = executor_,
                   reader](absl::StatusOr<std::shared_ptr<const rpc::Principal>> principal) {
                    executor.Post([weak, reader, principal = std::move(principal)] {
                      if (const auto self = weak.lock()) self->OnPrincipal(reader, principal);
                    });
                  });
}

void Hub::OnPrincipal(const Reader& reader, absl::StatusOr<std::shared_ptr<const rpc::Principal>> principal) {
  if (reader->ended()) return;
  const std::string end = EventLines("end", R"({"reason":"ACCESS_ENDED"})") + "\n";
  if (!principal.ok()) return EndStream(reader, end);
  if (SameGrants(**principal, reader->given.context.principal)) {
    if (!reader->Release()) Overrun(reader);
    return;
  }
  rpc::Context context = reader->given.context;
  context.principal = **principal;
  auto proved = [weak = weak_from_this(), &executor = executor_, reader, end,
                 principal = *principal](absl::StatusOr<std::vector<std::string>> keys) {
    executor.Post([weak, reader, end, principal, keys = std::move(keys)] {
      const auto self = weak.lock();
      if (self == nullptr || reader->ended()) return;
      if (!keys.ok() || *keys != reader->given.keys ||
          principal->name != reader->given.context.principal.name)
        return self->EndStream(reader, end);
      reader->given.context.principal = *principal;
      if (!reader->Release()) self->Overrun(reader);
    });
  };
  Prove(caller_, std::move(context), reader->given.topics, std::move(proved));
}

}  // namespace kepu::gateway::live
