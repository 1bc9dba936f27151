#include "services/event/api/loading.h"

#include <memory>
#include <utility>

#include "libs/names/names.h"
#include "services/event/store/schema.h"

namespace kepu::event {

void LoadAll(store::Store& store, const ReadModel& model, const std::vector<Wanted>& wanted,
             std::string (*field)(absl::string_view), std::function<void(absl::StatusOr<Sessions>)> done) {
  std::map<uint32_t, std::map<uint32_t, store::LoadRequest>> by_partition;
  for (const Wanted& one : wanted) {
    const std::string& id = model.SessionAt(one.session).id();
    store::LoadRequest& request = by_partition[names::PartitionOf(id)][one.session];
    request.key = SessionKey(id);
    request.children.push_back(field(one.id));
  }
  struct Gathered {
    Sessions sessions;
    size_t waiting = 0;
    absl::Status status;
    std::function<void(absl::StatusOr<Sessions>)> done;
  };
  auto gathered = std::make_shared<Gathered>();
  gathered->waiting = by_partition.size();
  gathered->done = std::move(done);
  if (by_partition.empty()) return gathered->done(Sessions());
  for (auto& [partition, sessions] : by_partition) {
    std::vector<uint32_t> numbers;
    std::vector<store::LoadRequest> requests;
    for (auto& [number, request] : sessions) {
      numbers.push_back(number);
      requests.push_back(std::move(request));
    }
    store.Load(partition, std::move(requests),
               [gathered, numbers](absl::StatusOr<std::vector<store::Loaded>> loaded) {
                 if (!loaded.ok()) gathered->status = loaded.status();
                 for (size_t i = 0; loaded.ok() && i < loaded->size(); ++i) {
                   domain::Session& session = gathered->sessions[numbers[i]];
                   session.ParseHead((*loaded)[i].head.head);
                   for (const auto& [name, bytes] : (*loaded)[i].children) {
                     session.ParseChild(name,
                                        bytes ? std::optional<absl::string_view>(*bytes) : std::nullopt);
                   }
                 }
                 if (--gathered->waiting > 0) return;
                 if (!gathered->status.ok()) return gathered->done(gathered->status);
                 gathered->done(std::move(gathered->sessions));
               });
  }
}

}  // namespace kepu::event
