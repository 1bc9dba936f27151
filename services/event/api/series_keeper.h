// Makes the sessions of series, and carries changes of series out: one after the other, each by the very call
// that staff would make for it, with a request id of its own, so that any replica goes on after any fault and
// nothing is made twice. What became of each is written into the series. Lives on the executor.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "libs/chores/chores.h"
#include "services/event/api/context.h"
#include "services/event/domain/series.h"

namespace kepu::event {

class SeriesKeeper {
 public:
  using Done = std::function<void(const absl::Status& status, const std::string& bytes)>;
  struct Deps {
    const Context& context;
    chores::Chores& chores;
    // Calls a method of EventService of this process; `done` runs on the executor.
    std::function<void(const std::string& method, rpc::Context context, std::string bytes, Done done)> call;
  };
  explicit SeriesKeeper(Deps deps) : deps_(std::move(deps)) {}
  ~SeriesKeeper() { *alive_ = false; }
  SeriesKeeper(const SeriesKeeper&) = delete;
  SeriesKeeper& operator=(const SeriesKeeper&) = delete;

  // A series was loaded or has changed.
  void See(const std::string& id);

 private:
  using Record = domain::record::OccurrenceRecord;
  // Occurrences under way together; written down when all have come back.
  struct Batch {
    std::string id;
    uint32_t change = 0;
    size_t waiting = 0;
    bool failed = false;
    std::vector<Record> results;
  };
  using BatchPtr = std::shared_ptr<Batch>;

  void Go(const std::string& id);
  void Make(const BatchPtr& batch, const domain::Series& series, const Record& occurrence);
  void Change(const BatchPtr& batch, const domain::Series& series, const Record& occurrence);
  // `resolve_only`: an earlier copy is looked for, and none can come through any more.
  void Call(const BatchPtr& batch, const domain::Series& series, const std::string& method,
            const google::protobuf::Message& request, const Record& occurrence, bool resolve_only = false);
  void Came(const BatchPtr& batch, Record occurrence, const absl::Status& status, const std::string& bytes);
  void Settle(const BatchPtr& batch);

  const Deps deps_;
  std::set<std::string> going_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::event
