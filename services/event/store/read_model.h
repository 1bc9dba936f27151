// What reads are answered from: events and sessions as ready bytes with live counts, and index rows of
// bookings and wait entries; claims and reservations are passed on to an observer. Fed by a follower;
// catalogues may be read from any thread, the rest only on the executor.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "libs/document/shelf.h"
#include "libs/executor/executor.h"
#include "libs/projection/catalogue.h"
#include "libs/projection/follower.h"
#include "libs/reservation/settler.h"
#include "services/event/domain/session.h"
#include "services/event/store/attendance_book.h"
#include "services/event/store/conduct_book.h"
#include "services/event/store/document_kinds.h"
#include "services/event/store/event_finder.h"
#include "services/event/store/feedback_book.h"
#include "services/event/store/hold_book.h"
#include "services/event/store/opening_book.h"
#include "services/event/store/place_book.h"
#include "services/event/store/roster_book.h"
#include "services/event/store/round_shelf.h"
#include "services/event/store/rows.h"
#include "services/event/store/series_book.h"
#include "services/event/store/served_schools.h"
#include "services/event/store/session_tally.h"
#include "services/event/store/visit_book.h"
#include "services/event/store/watch_hub.h"

namespace kepu::event {

// Hears of every claim and reservation, as loaded and as changed: what a settler lives on.
struct ReservationObserver {
  std::function<void(const reservation::Place&, const reservation::v1::Claim&)> claim;
  std::function<void(const reservation::Place&, const reservation::v1::ClaimFact&)> claim_fact;
  std::function<void(const reservation::Place&, const reservation::v1::Reservation&)> record;
  std::function<void(const reservation::Place&, const reservation::v1::ReservationFact&)> record_fact;
};

// Hears of every booking as loaded, and of every fact of a session with the session after it: what people are
// told is derived from these.
struct BookingObserver {
  std::function<void(const domain::record::SessionHead&, const std::string& id,
                     const domain::record::BookingRecord&)>
      loaded;
  std::function<void(const domain::record::SessionHead&, const domain::record::Fact&)> folded;
};

class ReadModel final : public projection::Sink {
 public:
  explicit ReadModel(executor::Executor& executor)
      : hub_(executor, [this](absl::string_view name) { return sessions_.Get(name); }) {}

  void set_observer(ReservationObserver observer) { observer_ = std::move(observer); }
  void set_booking_observer(BookingObserver observer) { booking_observer_ = std::move(observer); }

  void Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) override;
  void Fold(uint32_t partition, uint64_t seq, absl::Time time,
            const ::kepu::log::v1::AggregateFacts& facts) override;

  // Published ones, listed by event, place, series, the event's district, and all; drafts stand apart, listed
  // alike.
  const projection::Catalogue& sessions() const { return sessions_; }
  const projection::Catalogue& drafts() const { return drafts_; }
  const document::Shelf& documents() const { return documents_; }
  // Any thread.
  const EventFinder& finder() const { return finder_; }
  const projection::Catalogue& visit_days() const { return visits_.days(); }
  const Rows& bookings() const { return bookings_; }
  const Rows& wait_entries() const { return wait_entries_; }
  RoundShelf& rounds() { return rounds_; }
  RosterBook& rosters() { return rosters_; }
  const RosterBook& rosters() const { return rosters_; }
  SeriesBook& series() { return series_; }
  const SeriesBook& series() const { return series_; }
  const SessionTally& tally() const { return tally_; }
  const ServedSchools& served() const { return served_; }
  // Any thread.
  const ConductBook& conduct() const { return conduct_; }
  // Any thread but for what changes it.
  OpeningBook& openings() { return openings_; }
  const HoldBook& holds() const { return holds_; }
  const AttendanceBook& attendance() const { return attendance_; }
  const FeedbackBook& feedback() const { return feedback_; }
  WatchHub& hub() { return hub_; }
  PlaceBook& places() { return places_; }
  const PlaceBook& places() const { return places_; }

  // A session as last folded; null: there is none. `number` is its place in the rows.
  const domain::record::SessionHead* FindSession(absl::string_view id, uint32_t* number) const;
  // Sessions, and whatever else has a number: one without an id is none.
  uint32_t session_numbers() const { return static_cast<uint32_t>(heads_.size()); }
  // By its number in a row.
  const domain::record::SessionHead& SessionAt(uint32_t number) const { return *heads_.at(number); }

 private:
  uint32_t NumberOf(absl::string_view id);
  void Show(uint32_t number);
  // The name that it is listed under.
  std::string List(const domain::record::SessionHead& head);
  std::string DistrictOf(absl::string_view event) const;
  void LoadDocument(const store::Loaded& loaded, absl::string_view key);
  void FoldDocument(const ::kepu::log::v1::AggregateFacts& facts);
  // Runs `show`; sessions of an event that is in another district after it are listed there.
  void ShowDocument(absl::string_view key, absl::FunctionRef<void()> show);
  void LoadRows(const domain::Session& session, uint32_t number);
  void LoadSession(uint32_t partition, const std::string& key, const store::Loaded& loaded);
  void ShowSessionsOf(const std::string& place);
  void FoldRound(absl::string_view id, const ::kepu::log::v1::AggregateFacts& facts);
  void FoldSession(uint32_t partition, const ::kepu::log::v1::AggregateFacts& facts);

  ReservationObserver observer_;
  BookingObserver booking_observer_;
  VisitBook visits_;
  projection::Catalogue sessions_, drafts_;
  document::Shelf documents_{DocumentKinds()};
  EventFinder finder_;
  Rows bookings_, wait_entries_;
  ConductBook conduct_;
  OpeningBook openings_;
  HoldBook holds_;
  AttendanceBook attendance_;
  FeedbackBook feedback_;
  absl::flat_hash_map<std::string, uint32_t> numbers_;
  absl::flat_hash_map<std::string, absl::flat_hash_set<uint32_t>> of_event_;  // numbers, by the event's id
  std::vector<std::unique_ptr<domain::record::SessionHead>> heads_;
  RoundShelf rounds_;
  RosterBook rosters_;
  SeriesBook series_;
  SessionTally tally_;
  ServedSchools served_;
  PlaceBook places_;
  WatchHub hub_;
};

}  // namespace kepu::event
