#include "services/gateway/live/subscriber.h"

#include <algorithm>
#include <utility>

namespace kepu::gateway::live {

Subscriber::Subscriber(uint64_t number, Subscription subscription, executor::Executor& executor)
    : id(number), given(std::move(subscription)), executor_(executor) {
  for (const Topic& topic : given.topics) {
    for (const Place& place : PlacesOf(topic)) {
      auto& partitions = places.try_emplace(place.service, std::vector<uint32_t>()).first->second;
      if (!place.partition) {
        partitions.reset();
      } else if (partitions &&
                 std::find(partitions->begin(), partitions->end(), *place.partition) == partitions->end()) {
        partitions->push_back(*place.partition);
      }
    }
  }
}

bool Subscriber::Send(std::string text) {
  if (ended_) return true;
  if (output_.size() + text.size() > kOutputBytesMax && writing_) return false;
  output_.append(text);
  if (!writing_) Write();
  return true;
}

bool Subscriber::SendNews(std::string text) {
  if (held_by_ == 0) return Send(std::move(text));
  if (held_.size() + text.size() > kOutputBytesMax) return false;
  held_.append(text);
  return true;
}

bool Subscriber::Release() {
  if (--held_by_ > 0 || held_.empty()) return true;
  return Send(std::exchange(held_, {}));
}

void Subscriber::WhenSent(absl::AnyInvocable<void()> then) {
  if (!writing_ && output_.empty()) return then();
  when_sent_.push_back(std::move(then));
}

void Subscriber::Write() {
  writing_ = true;
  given.exchange->Write(std::exchange(output_, {}),
                        [weak = weak_from_this(), &executor = executor_](bool ready) {
                          if (!ready) return;  // it is gone, and the hub hears of that
                          executor.Post([weak] {
                            const auto self = weak.lock();
                            if (self == nullptr || self->ended_) return;
                            self->writing_ = false;
                            if (!self->output_.empty()) return self->Write();
                            for (auto& then : std::exchange(self->when_sent_, {})) then();
                          });
                        });
}

void Subscriber::End(std::string last) {
  if (std::exchange(ended_, true)) return;
  output_.clear();
  held_.clear();
  when_sent_.clear();
  if (!last.empty()) given.exchange->Write(std::move(last), [](bool) {});
  given.exchange->End();
}

}  // namespace kepu::gateway::live
