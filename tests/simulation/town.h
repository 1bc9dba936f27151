// A town of two services, venue and event, each on a store of its own and on one virtual clock, with every
// message between them and every commit a step that a fate may befall. What tests of halls and schools stand
// on. Owned by a test; one thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "kepu/event/v1/event.pb.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "libs/executor/sim_executor.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/participant.h"
#include "libs/rpc/dev_authorizer.h"
#include "libs/store/memory_store.h"
#include "libs/store/request_key.h"
#include "services/event/service.h"
#include "services/venue/service.h"
#include "tests/simulation/sim_peer.h"

namespace kepu::simulation {

struct TownOptions {
  uint64_t seed = 1;
  bool shuffle = false;
  event::Options event;
  bool push = true;
  bool restarts = true;  // a process that crashed comes back
};

inline rpc::Principal City() { return {"users/city", "", {{"city_admin", "city"}}}; }
inline rpc::Principal Teacher(absl::string_view school, absl::string_view user = "teacher") {
  return {absl::StrCat("users/", user), "", {{"teacher", absl::StrCat("schools/", school)}}};
}

class Town {
 public:
  explicit Town(TownOptions options);
  ~Town();

  // A call that its client repeats, with the same request id, until it knows the outcome.
  struct Errand {
    std::string method, request;  // "CreateSession", or the whole path for another service of the events
    rpc::Principal caller;
    bool persistent = true;
    int attempts = 0;
    bool settled = false;
    absl::Status status;
    std::string bytes;
    rpc::AnswerInfo info;
  };
  using ErrandPtr = std::shared_ptr<Errand>;
  ErrandPtr Begin(const std::string& method, const google::protobuf::Message& request,
                  const rpc::Principal& caller, bool persistent = true);
  void Await(const std::vector<ErrandPtr>& errands);
  // Without repeats.
  template <class Response>
  absl::StatusOr<Response> Ask(const std::string& method, const google::protobuf::Message& request,
                               const rpc::Principal& caller) {
    ErrandPtr errand = Begin(method, request, caller, false);
    Await({errand});
    if (!errand->status.ok()) return errand->status;
    Response response;
    EXPECT_TRUE(response.ParseFromString(errand->bytes));
    return response;
  }
  std::string NewRequestId() { return absl::StrCat("request-", ++requests_); }

  // Open Tuesday to Sunday, 9 to 17, with a hall "hall" and a room "room".
  void MakeVenue(const std::string& id);
  void MakeProgramme(const std::string& id);
  void MakeEvent(const std::string& id, const std::string& programme = "");
  // `space` is empty or a name; hours are local on Tuesday 2026-06-02 plus `days`.
  event::v1::CreateSessionRequest SessionAt(const std::string& place, const std::string& space, int hour,
                                            int days = 0);
  event::v1::CreateBookingRequest ClassVisit(const std::string& session, const std::string& school_class,
                                             int pupils = 30, int adults = 2);

  void CrashEvent();
  void CrashVenue();
  bool event_up() const { return event_.service != nullptr; }

  // From now on each step meets its fate; steps are counted from 0.
  void Arm(std::function<Fate(int step)> fate) {
    fate_ = std::move(fate);
    steps_ = 0;
  }
  void Disarm() { fate_ = nullptr; }
  int steps() const { return steps_; }

  // Everything that is half done, double or overrun; empty when all is well.
  std::vector<std::string> Problems();
  // Claims that stand on schools and on spaces.
  size_t SchoolClaims();
  size_t HallClaims();
  // Fields of all children that the event service keeps and that begin with one of the prefixes.
  std::vector<std::string> EventFields(const std::vector<std::string>& prefixes) const;

  executor::SimExecutor executor;
  executor::SimClock clock;

 private:
  template <class Service>
  struct Node {
    store::MemoryData data;
    std::unique_ptr<store::MemoryStore> store;
    std::unique_ptr<SimPeer> peer;
    std::unique_ptr<reservation::Participant> participant;
    std::unique_ptr<Service> service;
    bool ready = false;
  };
  void StartEvent();
  void StartVenue();
  template <class Service>
  std::unique_ptr<store::MemoryStore> Connect(Node<Service>& node, std::function<void()> crash);
  Fate Draw(const std::function<void()>& crash);
  void Send(const ErrandPtr& errand);
  void OnAnswer(const ErrandPtr& errand, const absl::Status& status, const std::string& bytes,
                rpc::AnswerInfo info);
  absl::Status CallVenue(const std::string& method, const google::protobuf::Message& request);
  // Live claims by id, and whether they are confirmed.
  std::map<std::string, bool> ClaimsOfSchools(std::vector<std::string>* problems);
  std::map<std::string, bool> ClaimsOfVenues();
  std::map<std::string, bool> ClaimsOfSessions();

  const TownOptions options_;
  executor::SeededRandom random_;
  const store::KeyMaker keys_{std::string(32, 'k')};
  const rpc::DevAuthorizer authorizer_;
  Node<event::EventService> event_;
  Node<venue::Service> venue_;
  std::function<Fate(int)> fate_;
  int steps_ = 0;
  int requests_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::simulation
