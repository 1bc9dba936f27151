// Random command sequences on a session against a model so simple that it is plainly right: one pool, one
// list, all counted afresh each time.
#include <random>

#include "gtest/gtest.h"
#include "tests/unit/event_sitting.h"

namespace kepu::event::domain {
namespace {

struct ModelParty {
  std::string id, person;
  int heads = 0;
  int priority = 4;
  uint64_t order = 0;
  v1::Booking::State booking = v1::Booking::STATE_UNSPECIFIED;
  v1::WaitEntry::State wait = v1::WaitEntry::STATE_UNSPECIFIED;
  absl::Time deadline;
  int passed = 0;
  absl::Time since = absl::InfiniteFuture();
};

// One pool, everything in one list, everything counted afresh each time.
class Model {
 public:
  Model(int capacity, Rules rules, absl::Time start) : capacity_(capacity), rules_(rules), start_(start) {}

  int Taken() const {
    int taken = 0;
    for (const auto& [id, party] : parties_) taken += Live(party) ? party.heads : 0;
    return taken;
  }
  bool HasPerson(const std::string& person) const {
    for (const auto& [id, party] : parties_) {
      if (party.person == person && (Live(party) || party.wait == v1::WaitEntry::WAITING)) return true;
    }
    return false;
  }
  std::vector<ModelParty*> Waiting() {
    std::vector<ModelParty*> waiting;
    for (auto& [id, party] : parties_) {
      if (party.wait == v1::WaitEntry::WAITING) waiting.push_back(&party);
    }
    std::sort(waiting.begin(), waiting.end(), [](auto* a, auto* b) {
      return std::tie(a->priority, a->order) < std::tie(b->priority, b->order);
    });
    return waiting;
  }
  bool IsKept(const ModelParty& party, absl::Time now) const {
    return party.passed >= rules_.passed_over_times_max || now - rules_.passed_over_max >= party.since;
  }
  int FreeFor(absl::Time now, const ModelParty* party) {
    int left = capacity_ - Taken();
    size_t place = 0;
    for (ModelParty* other : Waiting()) {
      if (other == party || place++ == kMaxFront) break;
      if (IsKept(*other, now)) left -= std::min(left, other->heads);
    }
    return left;
  }
  void PassOver(absl::Time now, const ModelParty* party) {
    size_t place = 0;
    for (ModelParty* other : Waiting()) {
      if (other == party || place++ == kMaxFront) return;
      if (IsKept(*other, now)) continue;
      ++other->passed;
      other->since = std::min(other->since, now);
    }
  }
  bool Book(ModelParty party, bool hold, absl::Time now) {
    if (now >= start_ || HasPerson(party.person) || FreeFor(now, nullptr) < party.heads) return false;
    PassOver(now, nullptr);
    party.booking = hold ? v1::Booking::HELD : v1::Booking::CONFIRMED;
    party.deadline = now + (party.priority == 4 ? rules_.person_hold : rules_.group_hold);
    parties_[party.id] = party;
    return true;
  }
  bool Join(ModelParty party, absl::Time now) {
    if (now >= start_ || HasPerson(party.person) || party.heads > capacity_) return false;
    party.wait = v1::WaitEntry::WAITING;
    party.order = ++order_;
    ModelParty& joined = parties_[party.id] = party;
    if (FreeFor(now, &joined) >= party.heads) MakeOffer(joined, now);
    return true;
  }
  void MakeOffer(ModelParty& party, absl::Time now) {
    PassOver(now, &party);
    party.wait = v1::WaitEntry::OFFERED;
    party.booking = v1::Booking::HELD;
    party.deadline = now + (now + rules_.offer_near > start_ ? rules_.offer_short : rules_.offer);
  }
  void End(ModelParty& party, v1::Booking::State state) {
    bool was_offer = party.booking == v1::Booking::HELD && party.wait == v1::WaitEntry::OFFERED;
    party.booking = state;
    if (was_offer) party.wait = state == v1::Booking::EXPIRED ? v1::WaitEntry::EXPIRED : v1::WaitEntry::LEFT;
  }
  void Settle(absl::Time now) {
    for (auto& [id, party] : parties_) {
      if (party.booking == v1::Booking::HELD && party.deadline <= now) End(party, v1::Booking::EXPIRED);
    }
    if (now >= start_) {
      for (ModelParty* party : Waiting()) party->wait = v1::WaitEntry::EXPIRED;
    }
    for (bool offered = true; offered;) {
      offered = false;
      for (ModelParty* party : Waiting()) {
        if (FreeFor(now, party) < party->heads) continue;
        MakeOffer(*party, now);
        offered = true;
        break;
      }
    }
  }
  static bool Live(const ModelParty& party) {
    return party.booking == v1::Booking::HELD || party.booking == v1::Booking::CONFIRMED ||
           party.booking == v1::Booking::CHECKED_IN;
  }
  std::map<std::string, ModelParty>& parties() { return parties_; }

 private:
  int capacity_;
  Rules rules_;
  absl::Time start_;
  uint64_t order_ = 0;
  std::map<std::string, ModelParty> parties_;
};

// Differences between the two, told in words; empty when there are none.
std::string Compare(const Sitting& sitting, Model& model, int capacity) {
  std::string text;
  if (sitting.Free() != capacity - model.Taken()) {
    absl::StrAppend(&text, "free ", sitting.Free(), " instead of ", capacity - model.Taken(), "\n");
  }
  for (auto& [id, party] : model.parties()) {
    if (sitting.StateOf(id) != party.booking || sitting.WaitStateOf(id) != party.wait) {
      absl::StrAppend(&text, id, " is ", sitting.StateOf(id), "/", sitting.WaitStateOf(id), " instead of ",
                      party.booking, "/", party.wait, "\n");
    }
  }
  return text;
}

// Runs `steps` random commands; the first difference, or nothing.
std::string RunRandom(uint32_t seed, int steps, const Rules& model_rules) {
  std::mt19937 random(seed);
  auto below = [&](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
  const int capacity = 5 + below(40);
  absl::Time start = kStart + absl::Hours(24 + below(200));
  Sitting sitting({Pool("hall", capacity)}, start);
  Model model(capacity, model_rules, start);
  for (int step = 0; step < steps; ++step) {
    if (below(3) == 0) {
      const absl::Duration spans[] = {absl::Seconds(1), absl::Minutes(3), absl::Minutes(20), absl::Hours(2)};
      sitting.Pass(spans[below(4)] * (below(100) == 0 ? 5 : 1));
    }
    model.Settle(sitting.now);
    if (sitting.now >= start + absl::Hours(2)) break;
    std::string id = absl::StrCat("p", below(8) == 0 ? below(step + 1) : step);
    bool known = model.parties().contains(id);
    ModelParty* party = known ? &model.parties()[id] : nullptr;
    auto kind = static_cast<v1::Booking::Kind>(1 + below(4));
    PartyCommand command = Party(id, 1 + below(below(4) == 0 ? capacity + 3 : 6), kind);
    command.person = absl::StrCat("person", below(60));
    ModelParty fresh;
    fresh.id = id;
    fresh.person = command.person;
    fresh.heads = static_cast<int>(Heads(command.party));
    fresh.priority = kind == v1::Booking::SCHOOL ? 2 : kind == v1::Booking::GROUP ? 3 : 4;
    int act = below(8);
    std::string what = absl::StrCat("seed ", seed, " step ", step, " act ", act, " ", id, ": ");
    bool is_ok = false;
    bool expected = false;
    if (!known && act < 5) {
      is_ok = act < 2   ? sitting.Hold(command).ok()
              : act < 3 ? sitting.Book(command).ok()
                        : sitting.Join(command).ok();
      expected = act < 3 ? model.Book(fresh, act < 2, sitting.now) : model.Join(fresh, sitting.now);
    } else if (known && act < 2) {
      is_ok = sitting.Confirm(id).ok();
      expected = Model::Live(*party);
      if (party->booking == v1::Booking::HELD) {
        party->booking = v1::Booking::CONFIRMED;
        if (party->wait == v1::WaitEntry::OFFERED) party->wait = v1::WaitEntry::TAKEN;
      }
    } else if (known && act < 6) {
      bool leaves = act == 5 && party->wait == v1::WaitEntry::WAITING;
      is_ok = leaves ? sitting.Leave(id).ok() : sitting.Cancel(id).ok();
      bool late = party->booking == v1::Booking::CONFIRMED && sitting.now >= start;
      expected = leaves || (party->booking != v1::Booking::STATE_UNSPECIFIED &&
                            party->booking != v1::Booking::CHECKED_IN && !late);
      if (leaves) party->wait = v1::WaitEntry::LEFT;
      if (expected && Model::Live(*party)) model.End(*party, v1::Booking::CANCELLED);
    } else if (known) {
      is_ok = sitting.CheckIn(id).ok();
      expected = party->booking == v1::Booking::CHECKED_IN ||
                 (party->booking == v1::Booking::CONFIRMED && sitting.now >= start - absl::Hours(1));
      if (expected) party->booking = v1::Booking::CHECKED_IN;
    }
    model.Settle(sitting.now);
    if (is_ok != expected) return absl::StrCat(what, is_ok ? "went through" : "was refused", "\n");
    if (std::string text = Compare(sitting, model, capacity); !text.empty()) return what + text;
    if (absl::Status status = CheckInvariants(sitting.session); !status.ok()) return what + status.ToString();
  }
  sitting.CheckWhole();
  return {};
}

TEST(Random, SequencesAgreeWithTheModel) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    EXPECT_EQ(RunRandom(seed, 300, Rules()), "");
    if (HasFailure()) return;
  }
}

TEST(Random, TheModelSeesAnotherRule) {
  Rules rules;
  rules.passed_over_times_max = 4;
  std::string found;
  for (uint32_t seed = 1; seed <= 60 && found.empty(); ++seed) found = RunRandom(seed, 300, rules);
  EXPECT_NE(found, "");
}

}  // namespace
}  // namespace kepu::event::domain
