// Two services, one that lends things and one that holds the pivot, and two clients who want the same: every
// message and step of it may be lost, answered to nobody, repeated late or cut off by a crash. At the end
// everything is held against what clients were told. One seed is one run; one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libs/executor/sim_executor.h"
#include "libs/reservation/driver.h"
#include "libs/reservation/settler.h"
#include "tests/simulation/reservation_node.h"

namespace kepu::reservation {

inline constexpr absl::Duration kSleepMax = absl::Seconds(20);

struct Options {
  uint64_t seed = 1;
  bool push = true;
  bool alternatives = false;
  bool withdraw = false;
  bool sleepy = false;  // drivers fall asleep after they looked at the pivot
  bool shrink = false;  // the owner wants to close the first thing
  Wrong wrong = Wrong::kNone;
  std::function<Fate(int step)> fate = [](int) { return Fate::kNormal; };
};

class World {
 public:
  explicit World(Options options)
      : options_(std::move(options)),
        executor_({.seed = options_.seed, .shuffle = true, .post_delay_max = absl::Milliseconds(2)}),
        clock_(executor_, absl::FromUnixSeconds(1'790'000'000)),
        lender_(executor_, clock_, options_.wrong),
        pivot_(executor_, clock_, options_.wrong),
        link_(*this) {
    MakeSettler(lender_, "lender");
    MakeSettler(pivot_, "pivot");
    for (const char* key : {"a", "g1", "g2"}) MakeThing(lender_, key);
    MakeThing(pivot_, "p");
    executor_.RunFor(absl::Seconds(1));
    lender_.schema.under_way = [this](const std::string& claim_id) { return under_way_[claim_id] > 0; };
  }

  // Two clients want the same things; each repeats its call until it is told something certain.
  std::string Run() {
    for (int i = 0; i < 2; ++i) {
      executor_.PostAfter(absl::Milliseconds(static_cast<int64_t>(executor_.random().Below(30))),
                          [this, i] { Call(i, false); });
    }
    if (options_.shrink) {
      executor_.PostAfter(absl::Milliseconds(static_cast<int64_t>(executor_.random().Below(3000))),
                          [this] { Close(); });
    }
    executor_.RunFor(absl::Seconds(40));
    healed_ = true;
    // Who fell asleep just before wakes up first.
    if (options_.sleepy) executor_.RunFor(kSleepMax);
    executor_.RunFor(absl::Seconds(30));
    return Check();
  }
  int steps() const { return steps_; }
  int confirmed() const { return confirmed_; }

 private:
  // What a driver uses of the lender: messages on a wire.
  class Link final : public Participant {
   public:
    explicit Link(World& world) : world_(world) {}
    void Try(const v1::TryRequest& request, Done<v1::TryResponse> done) override {
      world_.Wire<v1::TryResponse>(
          [this, request](Done<v1::TryResponse> reply) {
            world_.lender_.desk->Try(request, std::move(reply));
          },
          std::move(done), request.request_id());
    }
    void Tell(Telling telling, const v1::StepRequest& request, Done<v1::StepResponse> done) override {
      world_.Wire<v1::StepResponse>(
          [this, telling, request](Done<v1::StepResponse> reply) {
            world_.lender_.desk->Tell(telling, request, std::move(reply));
          },
          std::move(done));
    }
    void Resolve(const v1::ResolveRequest&, Done<v1::ResolveResponse> done) override {
      done(absl::UnimplementedError("the lender has no pivots"));
    }

   private:
    World& world_;
  };

  template <class T>
  void Wire(std::function<void(Done<T>)> deliver, Done<T> done, const std::string& claim_id = "") {
    const Fate fate = Draw();
    auto shared = std::make_shared<Done<T>>(std::move(done));
    auto lose = [this, shared] {
      executor_.PostAfter(absl::Seconds(1), [shared] { (*shared)(absl::DeadlineExceededError("lost")); });
    };
    if (fate == Fate::kTwiceLate) {
      ++under_way_[claim_id];
      executor_.PostAfter(absl::Seconds(1 + static_cast<int64_t>(executor_.random().Below(20))),
                          [this, deliver, claim_id] {
                            --under_way_[claim_id];
                            deliver([](absl::StatusOr<T>) {});
                          });
    }
    if (fate == Fate::kCrash || fate == Fate::kCrashAfter) ++life_;
    if (fate == Fate::kLost || fate == Fate::kCrash) return lose();
    const bool reply = fate == Fate::kNormal || fate == Fate::kTwiceLate;
    deliver([shared, reply, lose](absl::StatusOr<T> answer) {
      if (!reply) return lose();
      (*shared)(std::move(answer));
    });
  }

  Fate Draw() { return healed_ ? Fate::kNormal : options_.fate(steps_++); }

  void MakeThing(Node& node, const std::string& key) {
    node.desk->Submit(
        {0, key}, [key](store::View& view, absl::Time) { return view.Emit(key, "m"); },
        [](store::View&) { return absl::OkStatus(); }, [](const store::Outcome&) {});
  }

  void MakeSettler(Node& node, const std::string& self) {
    SettlerPorts ports = MakeSettlerPorts(*node.desk, self, [this](absl::string_view name) -> Participant* {
      return name == "pivot" ? static_cast<Participant*>(pivot_.desk.get()) : &link_;
    });
    if (options_.wrong == Wrong::kA) {
      ports.resolve = [](const v1::Claim&, Done<v1::ResolveResponse> done) {
        v1::ResolveResponse answer;
        answer.set_outcome(v1::ResolveResponse::CANCELLED);
        done(answer);
      };
    }
    if (options_.wrong == Wrong::kG) {
      ports.resolve = [this, honest = ports.resolve](const v1::Claim& claim, Done<v1::ResolveResponse> done) {
        const auto records = pivot_.All<v1::Reservation>("p", "r/");
        auto it = records.find(claim.reservation());
        if (it == records.end() || it->second.state() != v1::Reservation::CONFIRMED)
          return honest(claim, std::move(done));
        v1::ResolveResponse answer;
        answer.set_outcome(v1::ResolveResponse::CONFIRMED);
        done(answer);
      };
    }
    SettlerOptions settling{.push = options_.push};
    if (options_.wrong == Wrong::kN) settling.in_flight_max = 0;
    node.settler = std::make_unique<Settler>(executor_, clock_, executor_.random(), ports, settling);
  }

  static v1::Demand MakeDemand(const char* thing, v1::Kind kind) {
    v1::Demand demand;
    demand.set_thing(thing);
    demand.set_kind(kind);
    return demand;
  }
  static std::string Id(int i) { return absl::StrCat("r", i); }

  void Call(int i, bool repeat) {
    if (certain_[i]) return;
    Plan plan;
    plan.reservation = Id(i);
    plan.pivot_service = "pivot";
    plan.pivot = "p";
    plan.pivot_kind = v1::SESSION;
    plan.repeat = repeat && options_.wrong != Wrong::kF;
    plan.steps.push_back({{{MakeDemand("a", v1::HALL), "lender", &link_}}});
    Step guide{{{MakeDemand("g1", v1::GUIDE), "lender", &link_}}};
    if (options_.alternatives) guide.proposals.push_back({MakeDemand("g2", v1::GUIDE), "lender", &link_});
    plan.steps.push_back(guide);
    const uint64_t life = life_;
    const int copy = ++copies_[i];
    Drive({executor_, executor_.random()}, plan, MakePort(i, life),
          [this, i, life, copy](absl::StatusOr<Standing> standing) {
            if (life == life_ && Draw() == Fate::kNormal) Told(i, copy, standing);
          });
    // The client waits so long for an answer, then sends its call again, marked as a repeat.
    const int64_t patience_ms = 500 + static_cast<int64_t>(executor_.random().Below(9000));
    executor_.PostAfter(absl::Milliseconds(patience_ms), [this, i] { Call(i, true); });
  }

  // A crashed process's steps reach nothing any more and its completions are never run.
  PivotPort MakePort(int i, uint64_t life) {
    PivotPort port;
    port.look = [this, i, life](Done<Look> done) {
      auto look = std::make_shared<Look>();
      pivot_.engine->Read(
          0, {"p"},
          [this, i, look](store::View& view) -> absl::Status {
            auto record = pivot_.rules.FindRecord(view, {0, "p"}, Id(i));
            if (!record.ok()) return record.status();
            look->record = *record == nullptr ? v1::Reservation() : **record;
            look->full = ThingRules::Left(view, {0, "p"}) > 0 ? absl::OkStatus() : Full();
            return absl::OkStatus();
          },
          [this, life, look, done = std::move(done)](absl::Status status) mutable {
            if (life != life_) return;
            if (!status.ok()) return done(status);
            auto go_on = [this, life, look, done = std::move(done)]() mutable {
              if (life == life_) done(*look);
            };
            const bool sleeps = options_.sleepy && !healed_ && !IsDecided(&look->record);
            if (!sleeps || executor_.random().Below(3) != 0) return go_on();
            executor_.PostAfter(kSleepMax * (1 + executor_.random().Below(20)) / 20, std::move(go_on));
          });
    };
    port.commit = [this, i, life](const std::vector<v1::ClaimRef>& claims, Done<Standing> done) {
      Through<Standing>(
          life, std::move(done),
          [this, i, claims](Done<Standing> reply) {
            pivot_.desk->Commit(PivotOf(i), claims, std::move(reply));
          },
          [this, claims] {
            if (options_.wrong == Wrong::kB) CancelAll(claims);
          });
    };
    port.refuse = [this, i, life](const absl::Status& why, const std::vector<v1::ClaimRef>& tried,
                                  Done<Standing> done) {
      if (options_.wrong == Wrong::kE) {
        Standing told;
        told.record = **ApplyRecord(nullptr, *DecideCancelled(nullptr, Id(i), why, tried, clock_.Now()));
        return done(told);
      }
      Through<Standing>(
          life, std::move(done),
          [this, i, why, tried](Done<Standing> reply) {
            pivot_.desk->Refuse(
                PivotOf(i), why, tried,
                [this, i, why, reply = std::move(reply)](absl::StatusOr<Standing> standing) mutable {
                  if (standing.ok() && options_.wrong == Wrong::kK) {
                    standing->record.set_state(v1::Reservation::CANCELLED);
                    standing->record.set_refusal(PackRefusal(why));
                  }
                  reply(std::move(standing));
                });
          },
          [] {});
    };
    port.push = [this, life](const v1::Reservation& record) {
      if (life == life_ && options_.wrong != Wrong::kK) pivot_.settler->Push({0, "p"}, record);
    };
    return port;
  }

  static Desk::PivotPtr PivotOf(int i) {
    Desk::Pivot pivot;
    pivot.place = {0, "p"};
    pivot.reservation = Id(i);
    pivot.decide = [](store::View& view, absl::Time) {
      return ThingRules::Left(view, {0, "p"}) > 0 ? absl::OkStatus() : Full();
    };
    return std::make_shared<const Desk::Pivot>(std::move(pivot));
  }

  template <class T>
  void Through(uint64_t life, Done<T> done, std::function<void(Done<T>)> deliver,
               std::function<void()> on_loss) {
    if (life != life_) return;
    auto shared = std::make_shared<Done<T>>(std::move(done));
    Wire<T>(std::move(deliver), [this, life, shared, on_loss = std::move(on_loss)](absl::StatusOr<T> answer) {
      if (!answer.ok()) on_loss();
      if (life == life_) (*shared)(std::move(answer));
    });
  }

  void CancelAll(const std::vector<v1::ClaimRef>& claims) {
    for (const v1::ClaimRef& ref : claims) {
      v1::StepRequest step;
      step.set_request_id(ref.claim_id());
      step.set_thing(ref.thing());
      step.set_reservation(ref.reservation());
      link_.Tell(Telling::kCancel, step, [](absl::StatusOr<v1::StepResponse>) {});
    }
  }

  // Who has sent a repeat listens to no earlier copy.
  void Told(int i, int copy, const absl::StatusOr<Standing>& standing) {
    if (certain_[i] || copy != copies_[i]) return;
    const absl::Status status = standing.ok() ? StatusOf(standing->record) : standing.status();
    if (!status.ok() && refusal::ReasonOf(status) == "OUTCOME_UNKNOWN") return;
    if (!status.ok() && !IsRefusal(status) && status.code() != absl::StatusCode::kAborted) return;
    certain_[i] = true;
    (status.ok() ? said_yes_ : said_no_).insert(Id(i));
    if (status.ok() && options_.withdraw) {
      executor_.PostAfter(absl::Seconds(1 + static_cast<int64_t>(executor_.random().Below(5))),
                          [this, i] { GiveBack(i); });
    }
  }

  // What is tried counts as taken: closing waits for it.
  void Close() {
    const Place hall{0, "a"};
    lender_.desk->Submit(
        hall,
        [this, hall](store::View& view, absl::Time) -> absl::Status {
          bool taken = ThingRules::Left(view, hall) <= 0;
          if (options_.wrong == Wrong::kI) {
            taken = false;
            for (int i = 0; i < 2; ++i) {
              auto claim = lender_.rules.FindClaim(view, hall, ClaimId(Id(i), MakeDemand("a", v1::HALL)));
              if (!claim.ok()) return claim.status();
              taken = taken || (*claim != nullptr && (*claim)->state() == v1::Claim::CONFIRMED);
            }
          }
          return taken ? absl::OkStatus() : view.Emit("a", "x");
        },
        [](store::View&) { return absl::OkStatus(); }, [](const store::Outcome&) {});
  }

  void GiveBack(int i) {
    pivot_.desk->Submit(
        {0, "p"},
        [this, i](store::View& view, absl::Time now) -> absl::Status {
          auto record = pivot_.rules.FindRecord(view, {0, "p"}, Id(i));
          if (!record.ok()) return record.status();
          auto fact = DecideGiveBack(*record, now);
          return fact ? pivot_.rules.Emit(view, {0, "p"}, *fact) : absl::OkStatus();
        },
        [](store::View&) { return absl::OkStatus(); }, [](const store::Outcome&) {});
  }

  // "" when everything agrees, else what does not.
  std::string Check() {
    const auto records = pivot_.All<v1::Reservation>("p", "r/");
    std::map<std::string, v1::Claim> claims;
    for (const char* key : {"a", "g1", "g2"}) {
      if (lender_.Left(key) < 0) return absl::StrCat("room: more claims than places on ", key);
      for (auto& [id, claim] : lender_.All<v1::Claim>(key, "c/")) claims[id] = claim;
    }
    if (pivot_.Left("p") < 0) return "room: the pivot is overfull";
    std::set<std::string> wanted;
    for (const auto& [id, record] : records) {
      if (record.state() == v1::Reservation::CONFIRMED) ++confirmed_;
      if (record.state() != v1::Reservation::CONFIRMED || record.given_back()) continue;
      for (const v1::ClaimRef& ref : record.claims()) wanted.insert(ref.claim_id());
      if (record.claims_size() != 2) return "a reservation without all it needs";
    }
    for (const std::string& id : wanted) {
      if (!claims.contains(id) || !IsLive(claims[id])) return "kept: a confirmed reservation lost a claim";
    }
    for (const auto& [id, claim] : claims) {
      if (claim.state() == v1::Claim::TRIED) return "settled: a claim is tried for ever";
      if (claim.state() == v1::Claim::CONFIRMED && !wanted.contains(id))
        return "stranger: a claim nobody needs is kept";
    }
    for (const std::string& id : said_yes_) {
      auto it = records.find(id);
      if (it == records.end() || it->second.state() != v1::Reservation::CONFIRMED)
        return "yes: told yes, not confirmed";
    }
    for (const std::string& id : said_no_) {
      auto it = records.find(id);
      if (it != records.end() && it->second.state() == v1::Reservation::CONFIRMED)
        return "no: told no, confirmed";
    }
    const size_t pending = lender_.settler->pending() + (options_.push ? pivot_.settler->pending() : 0);
    if (pending != 0) return "settled: something is still to be told";
    return "";
  }

  const Options options_;
  executor::SimExecutor executor_;
  executor::SimClock clock_;
  Node lender_, pivot_;
  Link link_;
  uint64_t life_ = 1;
  int steps_ = 0;
  int confirmed_ = 0;
  bool healed_ = false;
  bool certain_[2] = {};
  int copies_[2] = {};
  std::set<std::string> said_yes_, said_no_;
  std::map<std::string, int> under_way_;  // late copies of tries, by claim
};

struct Variant {
  bool push, alternatives, withdraw;
};
inline constexpr Variant kVariants[] = {{true, false, false},
                                        {false, false, false},
                                        {true, true, false},
                                        {true, false, true},
                                        {false, true, true}};

inline Options Of(const Variant& variant, uint64_t seed) {
  return {
      .seed = seed, .push = variant.push, .alternatives = variant.alternatives, .withdraw = variant.withdraw};
}

}  // namespace kepu::reservation
