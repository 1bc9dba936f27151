// Does what rounds have to have done once the office has said so: gathers and holds back sessions, draws,
// books what was granted, opens what is left. Each step is one small commit, idempotent by data and read off
// the round as it stands, so that any replica goes on after any fault. Lives on the executor.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "libs/chores/chores.h"
#include "libs/executor/worker_pool.h"
#include "services/event/api/context.h"
#include "services/event/api/school_flow.h"
#include "services/event/domain/round.h"

namespace kepu::event {

class RoundKeeper {
 public:
  struct Deps {
    const Context& context;
    chores::Chores& chores;
    executor::Workers& workers;
    // Between two sessions of a class at different places.
    absl::Duration class_gap;
    // Carries a school's booking through.
    std::function<void(std::shared_ptr<SchoolFlow>)> book;
  };
  explicit RoundKeeper(Deps deps) : deps_(std::move(deps)) {}
  ~RoundKeeper() { *alive_ = false; }
  RoundKeeper(const RoundKeeper&) = delete;
  RoundKeeper& operator=(const RoundKeeper&) = delete;

  // A round was loaded or has changed.
  void See(const std::string& id);
  // What a round is drawn with; the same for ever, and told to nobody before the draw.
  static std::string SecretOf(const store::KeyMaker& keys, absl::string_view id);

 private:
  struct Drawn {
    int listings = 0;
    std::string wishes_digest;
    std::string seed;
    std::vector<domain::record::WishResults> results;
  };
  using Decide = std::function<absl::StatusOr<domain::Facts>(const domain::Round&, absl::Time)>;
  using DecideSession = std::function<absl::StatusOr<domain::Facts>(const domain::Session&, absl::Time)>;
  // Things under way of one step; the next step follows when all went well.
  struct Step {
    std::string round;
    size_t waiting = 1;
    bool failed = false;
  };
  using StepPtr = std::shared_ptr<Step>;

  void Begin(const std::string& id);
  void Go(const std::string& id);
  void Finish(const StepPtr& step, bool ok);
  void Commit(const std::string& id, Decide decide);
  void Commit(const StepPtr& step, Decide decide);
  void NextState(const std::string& id, domain::record::RoundStepped stepped);
  void NextState(const std::string& id, v1::Round::State state);
  void Change(const StepPtr& step, const domain::record::SessionHead& head, DecideSession decide);

  void Open(const domain::Round& round);
  void HoldBack(const domain::Round& round);
  void Draw(const domain::Round& round);
  void Match(const domain::Round& round);
  void Store(const domain::Round& round, const Drawn& drawn);
  void Apply(const domain::Round& round);
  void Book(const StepPtr& step, const domain::record::RoundHead& round, const std::string& wish_id,
            const domain::record::WishRecord& wish, int index);
  void Settle(const StepPtr& step, domain::record::GrantSettled settled, const std::string& attempt,
              const absl::Status& status);
  void Release(const domain::Round& round, v1::Round::State then);

  const Deps deps_;
  std::set<std::string> going_;
  std::map<std::string, Drawn> drawn_;
  // Bookings whose reservation ran out: the next attempt is another one.
  std::map<std::string, int> attempts_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::event
