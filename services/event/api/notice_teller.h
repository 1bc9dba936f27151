// Tells people what became of their bookings: offers of the wait list, sessions that were cancelled, bookings
// that staff moved, approved or declined, and other sessions that they offer. Follows the log; what identity
// did not take is told again until it did, and identity takes each notice once, by the fact that caused it,
// however many replicas tell. Owned by the service; on its executor.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/chores/chores.h"
#include "libs/executor/executor.h"
#include "libs/rpc/peer.h"
#include "services/event/domain/session.h"

namespace kepu::event {

class NoticeTeller {
 public:
  // `identity` may be null: there are no inboxes then. Everything outlives this.
  NoticeTeller(rpc::Peer* identity, executor::Executor& executor, const executor::Clock& clock,
               chores::Chores& chores)
      : identity_(identity), executor_(executor), clock_(clock), chores_(chores) {}
  ~NoticeTeller() { *alive_ = false; }

  // A booking as it lies in the store when the service starts: what may not have been told before it ended.
  void See(const domain::record::SessionHead& head, const std::string& id,
           const domain::record::BookingRecord& booking);
  void Fold(const domain::record::SessionHead& head, const domain::record::Fact& fact);

 private:
  using Params = std::vector<std::pair<std::string, std::string>>;
  // `what` and the booking are the notice's identity.
  // `number` tells those that come more than once apart.
  void Tell(const std::string& user, const char* what, const domain::record::SessionHead& head,
            const std::string& booking, Params params, uint32_t number = 0);
  void FoldSchedule(const domain::record::SessionHead& head, const domain::record::Fact& fact);
  void Announced(const domain::record::SessionHead& head, domain::record::Announcement::Kind kind,
                 uint32_t number, const std::string& id, const std::string& booker);
  void SeeAnnounced(const domain::record::SessionHead& head, const std::string& id,
                    const domain::record::BookingRecord& booking);
  void Offered(const domain::record::SessionHead& head, const std::string& id,
               const domain::record::BookingRecord& booking);
  void CounterOffered(const domain::record::SessionHead& head, const std::string& id,
                      const domain::record::BookingRecord& booking);
  void SessionCancelled(const domain::record::SessionHead& head, const std::string& id,
                        const std::string& booker);

  rpc::Peer* const identity_;
  executor::Executor& executor_;
  const executor::Clock& clock_;
  chores::Chores& chores_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::event
