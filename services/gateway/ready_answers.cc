#include "services/gateway/ready_answers.h"

#include <utility>

#include "absl/hash/hash.h"

namespace kepu::gateway {

ReadyAnswers::ReadyAnswers(const std::vector<std::string>& services) {
  for (const std::string& service : services) services_.try_emplace(service);
}

bool ReadyAnswers::MayKeep(const transcode::Route& route) {
  const transcode::Method& method = *route.method;
  // A method that is told its caller's address counts its calls.
  return route.verb == "GET" && method.access == transcode::AccessKind::kPublic && !method.changes &&
         !method.streams && !method.raw &&
         method.descriptor->input_type()->FindFieldByName("client_address") == nullptr;
}

uint64_t ReadyAnswers::At(const std::string& service) const {
  const auto state = services_.find(service);
  return state == services_.end() || !state->second.told ? 0 : state->second.moves.load();
}

size_t ReadyAnswers::SlotOf(const transcode::Route& route, absl::string_view target) {
  return absl::HashOf(&route, target) % kSlots;
}

std::shared_ptr<const ReadyAnswers::Ready> ReadyAnswers::Find(const transcode::Route& route,
                                                              absl::string_view target,
                                                              Clock::time_point now) const {
  std::shared_ptr<const Ready> ready;
  {
    absl::ReaderMutexLock lock(&mutex_);
    ready = slots_[SlotOf(route, target)];
  }
  if (ready == nullptr || ready->route != &route || ready->target != target || now - ready->asked > kAge)
    return nullptr;
  return ready->at == At(route.method->service) ? ready : nullptr;
}

std::shared_ptr<const ReadyAnswers::Ready> ReadyAnswers::Keep(Ready ready) {
  const bool fits = ready.target.size() <= kTargetBytesMax && ready.response.ready_body->size() <= kBytesMax;
  auto kept = std::make_shared<const Ready>(std::move(ready));
  // What was read before a change that is known by now may be without it.
  if (!fits || kept->at == 0 || kept->at != At(kept->route->method->service)) return kept;
  absl::MutexLock lock(&mutex_);
  slots_[SlotOf(*kept->route, kept->target)] = kept;
  return kept;
}

void ReadyAnswers::Moved(const std::string& service) {
  const auto state = services_.find(service);
  if (state == services_.end()) return;
  ++state->second.moves;
  state->second.told = true;
}

void ReadyAnswers::Lost(const std::string& service) {
  const auto state = services_.find(service);
  if (state == services_.end()) return;
  state->second.told = false;
  ++state->second.moves;
}

void ReadyAnswers::ChangedHere() {
  for (auto& [name, state] : services_) ++state.moves;
}

}  // namespace kepu::gateway
