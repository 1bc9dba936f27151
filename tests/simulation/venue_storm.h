// Venues under a storm: staff take spaces, schedule and cancel exhibitions, close and open again, while
// another service claims spaces for its sessions. That service is only the truth about its reservations.
// Owned by a test; one thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "kepu/reservation/v1/reservation.pb.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "libs/reservation/participant.h"
#include "services/venue/domain/state.h"
#include "tests/simulation/storm.h"

namespace kepu::simulation {

class VenueStorm final : public Storm {
 public:
  explicit VenueStorm(StormOptions options);
  ~VenueStorm() override;

 private:
  // What the pivot of a claim's reservation says; the first word is the last.
  enum class Word { kAbsent, kConfirmed, kCancelled };
  struct Claim {
    reservation::v1::TryRequest request;
    Word word = Word::kAbsent;
    bool released = false;
  };
  class Pivot;

  std::unique_ptr<Replica> MakeReplica(store::Store& store) override;
  void Prepare() override;
  IntentPtr NewIntent(int client) override;
  std::vector<IntentPtr> LateIntents() override;
  void Check(StormReport* report) override;
  void OnSure(const Intent& intent) override;

  IntentPtr Allocate();
  IntentPtr Schedule();
  IntentPtr Close();
  IntentPtr TryClaim();
  IntentPtr ReleaseClaim();
  // Ends something of a kind that was made before; null when there is none.
  IntentPtr EndSomething();
  IntentPtr Tell(const std::string& what, const Claim& claim);
  // A venue and one of its spaces, and a time of some hours in the next days.
  std::string DrawVenue();
  std::string DrawSpace(const std::string& venue);
  template <class Message>
  void DrawTime(Message* message);

  void Load(StormReport* report);
  void CheckOverlaps(StormReport* report);
  void CheckClaims(StormReport* report);
  void CheckMade(StormReport* report);
  void CheckForgotten(StormReport* report);

  std::unique_ptr<Pivot> pivot_;
  std::map<std::string, Claim> claims_;     // by claim id
  std::vector<std::string> made_;           // names of allocations, exhibitions and closures
  std::vector<std::string> confirmed_ids_;  // claims whose confirm was acknowledged
  // At the end: children by what they are.
  std::map<std::string, venue::v1::Allocation> allocations_;
  std::map<std::string, venue::v1::Exhibition> exhibitions_;
  std::map<std::string, venue::v1::Closure> closures_;
  std::map<std::string, reservation::v1::Claim> stored_;
  std::set<std::string> venues_;
};

}  // namespace kepu::simulation
