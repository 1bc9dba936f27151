// A reservation over two services, with every step of it lost, answered to nobody, repeated late or cut off
// by a crash, in turn and at random: whatever happens, once it heals everything agrees within 30 s. Rules
// that are known to be wrong are planted to show that the checks see them.
#include <functional>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/executor/sim_executor.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/claim.h"
#include "libs/reservation/desk.h"
#include "libs/reservation/driver.h"
#include "libs/reservation/record.h"
#include "libs/reservation/settler.h"
#include "libs/store/engine.h"
#include "libs/store/memory_store.h"

namespace kepu::reservation {
namespace {

// Letters as in the model of these rules: each tempting, each wrong.
enum class Wrong { kNone, kA, kB, kC, kE, kF, kG, kK, kN };

// A scarce thing: the head counts the places left, children are claims and records in their own bytes.
using Thing = aggregate::Aggregate<google::protobuf::Int64Value, google::protobuf::BytesValue>;

class ThingSchema final : public store::Schema {
 public:
  explicit ThingSchema(Wrong wrong) : wrong_(wrong) {}
  std::unique_ptr<aggregate::AnyAggregate> Make(absl::string_view) const override {
    return std::make_unique<Thing>();
  }

  // Facts: "m" makes it with one place; "c" and "r" carry facts of claims and records.
  absl::Status Apply(aggregate::AnyAggregate& any, absl::string_view fact) const override {
    Thing& thing = static_cast<Thing&>(any);
    google::protobuf::Int64Value& left = thing.mutable_head();
    if (fact[0] == 'm') left.set_value(1);
    if (fact[0] == 'c') return ApplyTo<v1::Claim, v1::ClaimFact>(thing, fact);
    if (fact[0] == 'r') return ApplyTo<v1::Reservation, v1::ReservationFact>(thing, fact);
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<std::string>> Due(const aggregate::AnyAggregate&, absl::Time) const override {
    return std::vector<std::string>();
  }
  absl::Time NextDue(const aggregate::AnyAggregate&) const override { return absl::InfiniteFuture(); }

 private:
  static std::string FieldOf(const v1::ClaimFact& fact) { return ClaimField(fact.claim_id()); }
  static std::string FieldOf(const v1::ReservationFact& fact) { return RecordField(fact.reservation()); }
  static auto After(const v1::Claim* before, const v1::ClaimFact& fact) { return ApplyClaim(before, fact); }
  static auto After(const v1::Reservation* before, const v1::ReservationFact& fact) {
    return ApplyRecord(before, fact);
  }
  static int Places(const v1::Claim* claim) { return claim != nullptr && IsLive(*claim) ? 1 : 0; }
  static int Places(const v1::Reservation* record) {
    return record != nullptr && record->state() == v1::Reservation::CONFIRMED && !record->given_back() ? 1
                                                                                                       : 0;
  }

  template <class Record, class Fact>
  absl::Status ApplyTo(Thing& thing, absl::string_view bytes) const {
    Fact fact;
    fact.ParseFromString(std::string(bytes.substr(1)));
    const std::string field = FieldOf(fact);
    std::optional<Record> before;
    if (const auto* child = thing.Mutable(field)) before.emplace().ParseFromString(child->value());
    auto after = After(before ? &*before : nullptr, fact);
    if (!after.ok()) return after.status();
    const Record* now = *after ? &**after : nullptr;
    thing.mutable_head().set_value(thing.head().value() + Places(before ? &*before : nullptr) - Places(now));
    bool forget = now == nullptr;
    if constexpr (std::is_same_v<Record, v1::Claim>)
      forget = forget || (wrong_ == Wrong::kC && !IsLive(*now));
    if (forget) {
      thing.Erase(field);
      return absl::OkStatus();
    }
    google::protobuf::BytesValue child;
    child.set_value(now->SerializeAsString());
    thing.Put(field, child);
    return absl::OkStatus();
  }
  const Wrong wrong_;
};

absl::Status Full() { return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "SHIFT_FULL"); }

class ThingRules final : public DeskRules {
 public:
  absl::StatusOr<Place> PlaceOf(absl::string_view thing) const override {
    return Place{0, std::string(thing)};
  }
  absl::StatusOr<const v1::Claim*> FindClaim(store::View& view, const Place& place,
                                             absl::string_view id) const override {
    return Find(view, place, ClaimField(id), &claim_);
  }
  absl::StatusOr<const v1::Reservation*> FindRecord(store::View& view, const Place& place,
                                                    absl::string_view id) const override {
    return Find(view, place, RecordField(id), &record_);
  }
  absl::Status Room(store::View& view, const Place& place, const v1::TryRequest&, absl::Time) const override {
    return Left(view, place) > 0 ? absl::OkStatus() : Full();
  }
  absl::Status Emit(store::View& view, const Place& place, const v1::ClaimFact& fact) const override {
    return view.Emit(place.key, "c" + fact.SerializeAsString());
  }
  absl::Status Emit(store::View& view, const Place& place, const v1::ReservationFact& fact) const override {
    return view.Emit(place.key, "r" + fact.SerializeAsString());
  }
  static int64_t Left(store::View& view, const Place& place) {
    return static_cast<Thing&>(view.Get(place.key)).head().value();
  }

 private:
  template <class Record>
  absl::StatusOr<const Record*> Find(store::View& view, const Place& place, const std::string& field,
                                     Record* parsed) const {
    auto child = static_cast<Thing&>(view.Get(place.key)).Find(field);
    if (!child.ok()) return child.status();
    if (*child == nullptr) return nullptr;
    parsed->ParseFromString((*child)->value());
    return parsed;
  }
  mutable v1::Claim claim_;
  mutable v1::Reservation record_;
};

// What happens to one message or step.
enum class Fate { kNormal, kLost, kReplyLost, kTwiceLate, kCrash, kCrashAfter };
constexpr Fate kFates[] = {Fate::kLost, Fate::kReplyLost, Fate::kTwiceLate, Fate::kCrash, Fate::kCrashAfter};

// A service: its store, engine, desk and settler.
struct Node : store::LogObserver {
  Node(executor::SimExecutor& executor, executor::SimClock& clock, Wrong wrong)
      : schema(wrong), store(data, executor, [&clock] { return clock.Now(); }) {
    engine = store::MakeEngine({store, schema, executor, clock, this});
    desk = std::make_unique<Desk>(*engine, executor, rules);
  }
  void OnEntry(uint32_t partition, const store::LogEntry& entry) override {
    for (const std::string& bytes : entry.groups) {
      kepu::log::v1::FactGroup group;
      group.ParseFromString(bytes);
      for (const auto& aggregate : group.aggregates()) {
        for (const auto& fact : aggregate.facts()) Fold({partition, aggregate.key()}, fact.body());
      }
    }
  }
  void Fold(const Place& place, const std::string& body) {
    v1::ClaimFact claim;
    v1::ReservationFact record;
    if (body[0] == 'c' && claim.ParseFromString(body.substr(1))) settler->Fold(place, claim);
    if (body[0] == 'r' && record.ParseFromString(body.substr(1))) settler->Fold(place, record);
  }
  template <class Record>
  std::map<std::string, Record> All(const std::string& key, absl::string_view prefix) const {
    std::map<std::string, Record> all;
    for (const auto& [field, bytes] : data.Load(0, {key, {}, true}).children) {
      google::protobuf::BytesValue child;
      if (!absl::StartsWith(field, prefix) || !bytes || !child.ParseFromString(*bytes)) continue;
      all[field.substr(2)].ParseFromString(child.value());
    }
    return all;
  }
  int64_t Left(const std::string& key) const {
    google::protobuf::Int64Value head;
    head.ParseFromString(data.Load(0, {key, {}, true}).head.head);
    return head.value();
  }

  ThingSchema schema;
  ThingRules rules;
  store::MemoryData data;
  store::MemoryStore store;
  std::unique_ptr<store::Engine> engine;
  std::unique_ptr<Desk> desk;
  std::unique_ptr<Settler> settler;
};

struct Options {
  uint64_t seed = 1;
  bool push = true;
  bool alternatives = false;
  bool withdraw = false;
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
  }

  // Two clients want the same things; each repeats its call until it is told something certain.
  std::string Run() {
    for (int i = 0; i < 2; ++i) {
      executor_.PostAfter(absl::Milliseconds(static_cast<int64_t>(executor_.random().Below(30))),
                          [this, i] { Call(i, false); });
    }
    executor_.RunFor(absl::Seconds(40));
    healed_ = true;
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
          std::move(done));
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
  void Wire(std::function<void(Done<T>)> deliver, Done<T> done) {
    const Fate fate = Draw();
    auto shared = std::make_shared<Done<T>>(std::move(done));
    auto lose = [this, shared] {
      executor_.PostAfter(absl::Seconds(1), [shared] { (*shared)(absl::DeadlineExceededError("lost")); });
    };
    if (fate == Fate::kTwiceLate) {
      executor_.PostAfter(absl::Seconds(1 + static_cast<int64_t>(executor_.random().Below(20))),
                          [deliver] { deliver([](absl::StatusOr<T>) {}); });
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
            done(*look);
          });
    };
    port.commit = [this, i, life](const std::vector<v1::ClaimRef>& claims, Done<Standing> done) {
      Through<Standing>(
          life, std::move(done),
          [this, i, claims](Done<Standing> reply) {
            pivot_.desk->Commit(
                {0, "p"}, Id(i), claims,
                [](store::View& view, absl::Time) {
                  return ThingRules::Left(view, {0, "p"}) > 0 ? absl::OkStatus() : Full();
                },
                nullptr, std::move(reply));
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
                {0, "p"}, Id(i), why, tried,
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
      executor_.PostAfter(absl::Seconds(1), [this, i] { GiveBack(i); });
    }
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
};

struct Variant {
  bool push, alternatives, withdraw;
};
constexpr Variant kVariants[] = {{true, false, false},
                                 {false, false, false},
                                 {true, true, false},
                                 {true, false, true},
                                 {false, true, true}};

Options Of(const Variant& variant, uint64_t seed) {
  return {
      .seed = seed, .push = variant.push, .alternatives = variant.alternatives, .withdraw = variant.withdraw};
}

TEST(ReservationSimTest, WithoutFaultsOneRivalWins) {
  for (const Variant& variant : kVariants) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      World world(Of(variant, seed));
      EXPECT_EQ(world.Run(), "") << "seed " << seed;
      EXPECT_GE(world.confirmed(), 1) << "seed " << seed;
    }
  }
}

// Each step in turn meets each fate.
TEST(ReservationSimTest, OneFaultAtEveryStep) {
  int runs = 0;
  for (const Variant& variant : kVariants) {
    for (const Fate fate : kFates) {
      int steps = 1;
      for (int at = 0; at < steps && at < 60; ++at) {
        Options options = Of(variant, static_cast<uint64_t>(at) + 1);
        options.fate = [at, fate](int step) { return step == at ? fate : Fate::kNormal; };
        World world(options);
        ASSERT_EQ(world.Run(), "") << "step " << at << " fate " << static_cast<int>(fate);
        steps = world.steps();
        ++runs;
      }
    }
  }
  EXPECT_GT(runs, 100);
}

std::function<Fate(int)> RandomFates(uint64_t seed, uint64_t one_in) {
  auto random = std::make_shared<executor::SeededRandom>(seed * 7919);
  return [random, one_in](int) {
    return random->Below(one_in) == 0 ? kFates[random->Below(std::size(kFates))] : Fate::kNormal;
  };
}

TEST(ReservationSimTest, ManyFaultsAtRandom) {
  int confirmed = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    Options options = Of(kVariants[seed % std::size(kVariants)], seed);
    options.fate = RandomFates(seed, 3);
    World world(options);
    ASSERT_EQ(world.Run(), "") << "seed " << seed;
    confirmed += world.confirmed();
  }
  EXPECT_GT(confirmed, 50);
}

std::function<Fate(int)> MostlyUnanswered(uint64_t seed) {
  auto random = std::make_shared<executor::SeededRandom>(seed * 7919);
  return [random](int) { return random->Below(3) != 0 ? Fate::kReplyLost : Fate::kNormal; };
}

TEST(ReservationSimTest, AnswersThatAreRare) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Options options = Of(kVariants[seed % std::size(kVariants)], seed);
    options.fate = MostlyUnanswered(seed);
    ASSERT_EQ(World(options).Run(), "") << "seed " << seed;
  }
}

// Each wrong rule is seen by one of the checks within so many runs.
TEST(ReservationSimTest, WrongRulesTurnRed) {
  const std::pair<Wrong, const char*> rows[] = {{Wrong::kA, "A"}, {Wrong::kB, "B"}, {Wrong::kC, "C"},
                                                {Wrong::kE, "E"}, {Wrong::kG, "G"}, {Wrong::kK, "K"},
                                                {Wrong::kN, "N"}};
  for (const auto& [wrong, name] : rows) {
    std::string found;
    for (uint64_t seed = 1; seed <= 400 && found.empty(); ++seed) {
      Options options = Of(kVariants[seed % std::size(kVariants)], seed);
      if (wrong == Wrong::kG) options.alternatives = true;
      if (wrong == Wrong::kN) options.push = false;
      options.wrong = wrong;
      options.fate = RandomFates(seed, 3);
      // Seen only by a driver that wrote its refusal after its own, unanswered commit: answers must be rare.
      if (wrong == Wrong::kK) options.fate = MostlyUnanswered(seed);
      found = World(options).Run();
    }
    EXPECT_NE(found, "") << "rule " << name << " was not noticed";
    RecordProperty(name, found);
  }
}

}  // namespace
}  // namespace kepu::reservation
