#include "services/gateway/live/ring.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/live/event_text.h"

namespace kepu::gateway::live {
namespace {

size_t BytesOf(const Told& told) {
  size_t bytes = sizeof(Told) + told.lines.size() + told.replace_key.size();
  for (const std::string& topic : told.topics) bytes += sizeof(topic) + topic.size();
  return bytes;
}

}  // namespace

bool Told::Concerns(const std::vector<std::string>& keys) const {
  return std::any_of(topics.begin(), topics.end(), [&](const std::string& topic) {
    return std::find(keys.begin(), keys.end(), topic) != keys.end();
  });
}

bool Told::MayBeKnownTo(const rpc::Principal& principal) const {
  return audience.empty() || std::any_of(audience.begin(), audience.end(), [&](const rpc::Grant& holder) {
           return principal.Holds(holder.role, holder.on);
         });
}

void Ring::Reset(const std::string& data_set, kepu::live::Marks at) {
  data_set_ = data_set;
  epoch_ = EpochOf(data_set);
  at_ = std::move(at);
  floor_ = at_;
  told_.clear();
  bytes_ = 0;
}

std::shared_ptr<const Told> Ring::Add(const kepu::live::v1::Event& event) {
  auto told = std::make_shared<Told>();
  told->partition = event.partition();
  told->seq = event.seq();
  told->index = event.index();
  told->topics.assign(event.topics().begin(), event.topics().end());
  for (const auto& holder : event.audience()) told->audience.push_back({holder.role(), holder.on()});
  told->lines = EventLines(event.kind(), DataOf(event));
  if (event.replaces()) told->replace_key = absl::StrCat(event.kind(), "\n", event.name());
  bytes_ += BytesOf(*told);
  told_.push_back(told);
  while (told_.size() > limits_.events || bytes_ > limits_.bytes) {
    const Told& oldest = *told_.front();
    floor_[oldest.partition] = kepu::live::After(oldest.seq, oldest.index);
    bytes_ -= BytesOf(oldest);
    told_.pop_front();
  }
  at_[event.partition()] = kepu::live::After(event.seq(), event.index());
  return told;
}

void Ring::Reach(uint32_t partition, const Mark& mark) {
  if (partition < at_.size()) at_[partition] = std::max(at_[partition], mark);
}

std::vector<std::shared_ptr<const Told>> Ring::After(const std::map<uint32_t, Mark>& marks,
                                                     const std::vector<std::string>& keys,
                                                     const rpc::Principal& principal) const {
  std::vector<std::shared_ptr<const Told>> found;
  absl::flat_hash_set<absl::string_view> later;
  for (auto it = told_.rbegin(); it != told_.rend(); ++it) {
    const Told& told = **it;
    const auto mark = marks.find(told.partition);
    if (mark == marks.end() || !kepu::live::IsNews(mark->second, told.seq, told.index)) continue;
    if (!told.Concerns(keys) || !told.MayBeKnownTo(principal)) continue;
    if (!told.replace_key.empty() && !later.insert(told.replace_key).second) continue;
    found.push_back(*it);
  }
  std::reverse(found.begin(), found.end());
  return found;
}

}  // namespace kepu::gateway::live
