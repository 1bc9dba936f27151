#include "libs/store/admin.h"

#include <memory>
#include <utility>
#include <vector>

#include "libs/store/redis_codec.h"
#include "libs/store/redis_store.h"

namespace kepu::store {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(10);

// Sends commands one after another; stops at the first that fails or that `accept` refuses.
class Script : public std::enable_shared_from_this<Script> {
 public:
  using Accept = std::function<absl::Status(const redis::Reply& reply)>;
  Script(redis::Client& client, AdminDone done) : client_(client), done_(std::move(done)) {}

  void Add(std::string key, redis::Command command, Accept accept = nullptr) {
    steps_.push_back({std::move(key), std::move(command), std::move(accept)});
  }
  void Run() {
    if (next_ == steps_.size()) return done_(absl::OkStatus());
    Step& step = steps_[next_++];
    client_.Call(redis::Lane::kWrite, step.key, std::move(step.command), kTimeout,
                 [self = shared_from_this(), &step](absl::StatusOr<redis::Reply> reply) {
                   absl::Status status = reply.status();
                   if (status.ok() && reply->is_error()) status = StatusOf(*reply);
                   if (status.ok() && step.accept) status = step.accept(*reply);
                   if (!status.ok()) return self->done_(status);
                   self->Run();
                 });
  }

 private:
  struct Step {
    std::string key;
    redis::Command command;
    Accept accept;
  };
  redis::Client& client_;
  AdminDone done_;
  std::vector<Step> steps_;
  size_t next_ = 0;
};

}  // namespace

void LoadLibrary(redis::Client& client, absl::string_view code, AdminDone done) {
  redis::Command command("FUNCTION");
  command.Add("LOAD").Add("REPLACE").Add(code);
  auto script = std::make_shared<Script>(client, std::move(done));
  script->Add("", std::move(command));
  script->Run();
}

void InitPartitions(redis::Client& client, std::string service, DataSet data_set, uint32_t partitions,
                    AdminDone done) {
  auto script = std::make_shared<Script>(client, std::move(done));
  const std::vector<std::pair<std::string, std::string>> fields = {{"epoch", absl::StrCat(data_set.epoch)},
                                                                   {"layout", absl::StrCat(data_set.layout)},
                                                                   {"seq", "0"},
                                                                   {"chain", "0000000000000000"},
                                                                   {"base", "0"},
                                                                   {"week", "0"}};
  for (uint32_t i = 0; i < partitions; ++i) {
    const std::string key = absl::StrCat(PartitionPrefix(service, i), "head");
    for (const auto& [field, value] : fields) {
      redis::Command set("HSETNX");
      set.Add(key).Add(field).Add(value);
      script->Add(key, std::move(set));
    }
    // The id comes last: a header with an id is whole.
    redis::Command set("HSETNX");
    set.Add(key).Add("id").Add(data_set.id);
    script->Add(key, std::move(set));
    redis::Command get("HGET");
    get.Add(key).Add("id");
    script->Add(key, std::move(get), [id = data_set.id](const redis::Reply& reply) {
      if (reply.text == id) return absl::OkStatus();
      return absl::AlreadyExistsError(absl::StrCat("the Redis holds another data set, ", reply.text));
    });
  }
  script->Run();
}

void SetEpoch(redis::Client& client, std::string service, uint32_t epoch, uint32_t partitions,
              AdminDone done) {
  auto script = std::make_shared<Script>(client, std::move(done));
  for (uint32_t i = 0; i < partitions; ++i) {
    const std::string key = absl::StrCat(PartitionPrefix(service, i), "head");
    redis::Command set("HSET");
    set.Add(key).Add("epoch").Add(int64_t{epoch});
    script->Add(key, std::move(set));
  }
  script->Run();
}

}  // namespace kepu::store
