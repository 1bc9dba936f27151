// What facts of sessions tell those who watch: free places, changes of a session, and what becomes of
// somebody's bookings. Figures are those of the session as it is now. EventsOf is pure; LiveEvents lives on
// the executor.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "kepu/live/v1/live.pb.h"
#include "kepu/log/v1/log.pb.h"
#include "services/event/domain/session.h"

namespace kepu::event {

class ReadModel;

// Whose bookings and wait entries are, of sessions that are not long over: most facts name them by id alone.
// About 150 bytes each.
class BookingOwners {
 public:
  void Put(const domain::record::SessionHead& head, const std::string& id, const std::string& booker,
           const std::string& school);
  // Those of sessions that ended a day before.
  void ForgetOver(int64_t now_us);
  // The topic of the one it belongs to: "schools/*/bookings", or of who booked "users/*/bookings". Empty: not
  // known.
  absl::string_view TopicOf(absl::string_view id) const;
  size_t size() const { return topics_.size(); }

 private:
  absl::flat_hash_map<std::string, std::string> topics_;  // by id
  std::multimap<int64_t, std::string> by_end_;
};

// `head` is the session as it is now.
std::vector<live::v1::Event> EventsOf(const domain::record::SessionHead& head,
                                      const domain::record::Fact& fact, const BookingOwners& owners);

class LiveEvents {
 public:
  explicit LiveEvents(const ReadModel& model) : model_(model) {}

  // A booking that was loaded, and every fact of a session, when it was folded.
  void See(const domain::record::SessionHead& head, const std::string& id,
           const domain::record::BookingRecord& booking);
  void Fold(const domain::record::SessionHead& head, const domain::record::Fact& fact);

  std::vector<live::v1::Event> Of(const ::kepu::log::v1::AggregateFacts& facts) const;

 private:
  const ReadModel& model_;
  BookingOwners owners_;
};

}  // namespace kepu::event
