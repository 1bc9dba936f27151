// The people of a storm: they book, sign up, schedule and register over HTTP, ask again under the same key,
// with the mark of a repeat, until they are told, and note everything they asked and were told. Each thread
// has its people; the ledger is read after Stop.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/executor/random.h"
#include "tests/chaos/http_caller.h"

namespace kepu::chaos {

// What they may ask for; made before the storm.
struct Offer {
  std::vector<std::string> online_sessions;
  // Sessions for classes, all at the same time, at two places.
  std::vector<std::string> class_sessions;
  std::vector<std::string> schools;
  // All at the same time.
  std::vector<std::string> shifts;
  std::vector<std::string> halls;
  std::string event;  // where staff put sessions with a hall
};

// One wish and what came of it.
struct Wish {
  enum Kind { kVisit, kClass, kSignup, kExhibition, kHallSession, kAccount };
  Kind kind = kVisit;
  std::string user;        // who asked; of an account the user name
  std::string on = {};     // the session, shift or hall
  std::string rival = {};  // what at most one of which may come true shares: a class, a person
  bool told = false;       // yes or no
  bool granted = false;
  std::string reason = {};  // of a no
  std::string name = {};    // of what was made
  bool asked_back = false, given_back = false;
};

struct Tally {
  uint64_t granted = 0, refused = 0, repeated = 0;
};

class Townsfolk {
 public:
  Townsfolk(uint16_t port, Offer offer, uint64_t seed, int threads);
  ~Townsfolk();

  void Start();
  // No new stories; true when every wish was told of within `limit`.
  bool Stop(absl::Duration limit);

  const std::vector<Wish>& ledger() const { return ledger_; }
  Tally tally() const { return {granted_, refused_, repeated_}; }

 private:
  struct Person;
  void Live(uint64_t seed, int thread);
  void Visit(Person& person);
  void BringClass(Person& person);
  void Volunteer(Person& person);
  void Exhibit(Person& person);
  void HoldSession(Person& person);
  void Register(Person& person);
  // Asks until it is told; false when the storm is given up first.
  bool Ask(Person& person, absl::string_view path, absl::string_view body, Wish* wish);
  void GiveBack(Person& person, absl::string_view verb, absl::string_view body, Wish* wish);
  void Note(Wish wish);

  const uint16_t port_;
  const Offer offer_;
  const uint64_t seed_;
  const int size_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stopping_{false}, given_up_{false};
  std::atomic<int> living_{0};
  std::atomic<uint64_t> granted_{0}, refused_{0}, repeated_{0};
  std::mutex mutex_;
  std::vector<Wish> ledger_;
};

// `"name": "…"` and the like: the first one in a JSON text.
std::string TextOf(absl::string_view json, absl::string_view field);
// The headers of a caller who says who it is: "users/x;role@on".
std::string As(absl::string_view principal);

}  // namespace kepu::chaos
