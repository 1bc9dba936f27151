#include "services/event/store/shift_board.h"

#include "absl/strings/strip.h"

namespace kepu::event {
namespace {

namespace shift_log = ::kepu::volunteer::log::v1;
using reservation::v1::Claim;

// What the volunteer service keeps them under.
constexpr char kShiftKey[] = "shift/";

// By how many a step of a claim changes what is confirmed: what is only held may still be given up.
int32_t ConfirmedBy(const shift_log::ShiftClaimed& claimed) {
  const bool had = claimed.from() == Claim::CONFIRMED;
  const bool has = claimed.claim().has_confirmed();
  return claimed.amount() * (static_cast<int32_t>(has) - static_cast<int32_t>(had));
}

bool HasPlace(volunteer::v1::Signup::State state) {
  using volunteer::v1::Signup;
  return state == Signup::SIGNED_UP || state == Signup::CHECKED_IN || state == Signup::CHECKED_OUT ||
         state == Signup::NO_SHOW;
}

// Trainees are there to learn, and nobody counts on them.
int32_t ConfirmedBy(const shift_log::Fact& fact) {
  if (fact.has_signed_up()) return fact.signed_up().trainee() ? 0 : 1;
  if (fact.has_withdrawn()) return fact.withdrawn().trainee() ? 0 : -1;
  if (fact.has_shift_claimed()) return ConfirmedBy(fact.shift_claimed());
  if (fact.has_signup_moved()) {
    const shift_log::SignupMoved& moved = fact.signup_moved();
    return moved.trainee() ? 0
                           : static_cast<int32_t>(HasPlace(moved.to())) - (HasPlace(moved.from()) ? 1 : 0);
  }
  if (!fact.consequence().has_person_released()) return 0;
  const auto& released = fact.consequence().person_released();
  return released.trainee() || released.was_requested() ? 0 : -1;
}

}  // namespace

void ShiftBoard::Erase(const std::string& id) {
  auto it = shifts_.find(id);
  if (it == shifts_.end()) return;
  auto of = of_session_.find(it->second.session);
  of->second.erase(id);
  if (of->second.empty()) of_session_.erase(of);
  shifts_.erase(it);
}

void ShiftBoard::Put(const shift_log::ShiftHead& head) {
  Erase(head.id());
  if (head.state() != volunteer::v1::Shift::OPEN || head.session().empty()) return;
  Shift& shift = shifts_[head.id()];
  shift.session = head.session();
  shift.seen = {head.role().zh(), head.role().en(), head.start_us(), head.end_us(),
                head.signed_up() + head.claims_confirmed()};
  of_session_[head.session()].insert(head.id());
}

void ShiftBoard::Load(uint32_t, const std::string& key, const store::Loaded& loaded) {
  absl::string_view id = key;
  shift_log::ShiftHead head;
  if (absl::ConsumePrefix(&id, kShiftKey) && head.ParseFromString(loaded.head.head)) Put(head);
}

void ShiftBoard::Fold(uint32_t, uint64_t, absl::Time, const ::kepu::log::v1::AggregateFacts& logged) {
  absl::string_view key = logged.key();
  if (!absl::ConsumePrefix(&key, kShiftKey)) return;
  const std::string id(key);
  for (const ::kepu::log::v1::Fact& one : logged.facts()) {
    shift_log::Fact fact;
    if (!fact.ParseFromString(one.body())) continue;
    if (fact.has_shift_created()) Put(fact.shift_created().shift());
    if (fact.has_shift_cancelled()) Erase(id);
    auto it = shifts_.find(id);
    if (it == shifts_.end()) continue;
    it->second.seen.confirmed += ConfirmedBy(fact);
    if (!fact.consequence().has_shift_moved()) continue;
    it->second.seen.start_us = fact.consequence().shift_moved().start_us();
    it->second.seen.end_us = fact.consequence().shift_moved().end_us();
  }
}

std::vector<domain::ShiftSeen> ShiftBoard::Of(const std::string& session) const {
  std::vector<domain::ShiftSeen> seen;
  auto it = of_session_.find(session);
  if (it == of_session_.end()) return seen;
  for (const std::string& id : it->second) seen.push_back(shifts_.at(id).seen);
  return seen;
}

}  // namespace kepu::event
