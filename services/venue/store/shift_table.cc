#include "services/venue/store/shift_table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

namespace shift_log = volunteer::log::v1;
using reservation::v1::Claim;

// What the volunteer service keeps them under.
constexpr char kShiftKey[] = "shift/";

// By how many places a step of a claim changes what is taken.
int32_t PlacesOf(const shift_log::ShiftClaimed& claimed) {
  const bool had = claimed.from() == Claim::TRIED || claimed.from() == Claim::CONFIRMED;
  const bool has = claimed.claim().has_tried() || claimed.claim().has_confirmed();
  return claimed.amount() * (static_cast<int32_t>(has) - static_cast<int32_t>(had));
}

}  // namespace

void ShiftTable::Put(const shift_log::ShiftHead& head) {
  Erase(head.id());
  if (head.state() != volunteer::v1::Shift::OPEN) return;
  Shift shift{head.place(), head.start_us(), head.end_us(), head.session(), {}, 0};
  shift.role.set_zh(head.role().zh());
  shift.role.set_en(head.role().en());
  shift.taken = head.signed_up() + head.trainees() + head.claims_held() + head.claims_confirmed();
  shifts_.Put(head.id(), std::move(shift), clock_.Now());
  if (shifts_.Find(head.id()) != nullptr && !head.session().empty())
    of_session_[head.session()].insert(head.id());
}

void ShiftTable::Erase(const std::string& id) {
  const Shift* shift = shifts_.Find(id);
  if (shift == nullptr) return;
  if (auto it = of_session_.find(shift->session); it != of_session_.end()) {
    it->second.erase(id);
    if (it->second.empty()) of_session_.erase(it);
  }
  shifts_.Erase(id);
}

void ShiftTable::Load(uint32_t, const std::string& key, const store::Loaded& loaded) {
  absl::string_view id = key;
  shift_log::ShiftHead head;
  if (absl::ConsumePrefix(&id, kShiftKey) && head.ParseFromString(loaded.head.head)) Put(head);
}

void ShiftTable::Take(const std::string& id, int32_t places) {
  if (Shift* shift = shifts_.Mutable(id); shift != nullptr) shift->taken += places;
}

// Who has come, has gone or stayed away had a place all the same.
void ShiftTable::FoldShift(const std::string& id, const shift_log::Fact& fact) {
  if (fact.has_shift_created()) return Put(fact.shift_created().shift());
  if (fact.has_shift_cancelled()) return Erase(id);
  if (fact.has_signed_up()) return Take(id, 1);
  if (fact.has_withdrawn()) return Take(id, -1);
  if (fact.has_shift_claimed()) Take(id, PlacesOf(fact.shift_claimed()));
}

void ShiftTable::Fold(uint32_t, uint64_t, absl::Time, const ::kepu::log::v1::AggregateFacts& logged) {
  absl::string_view id = logged.key();
  if (!absl::ConsumePrefix(&id, kShiftKey)) return;
  for (const ::kepu::log::v1::Fact& one : logged.facts()) {
    shift_log::Fact fact;
    if (fact.ParseFromString(one.body())) FoldShift(std::string(id), fact);
  }
  for (const std::string& ended : shifts_.Ended(clock_.Now())) Erase(ended);
}

v1::ClosureHit ShiftTable::Told(const std::string& id, const Shift& shift) {
  v1::ClosureHit hit;
  hit.set_name(absl::StrCat("shifts/", id));
  hit.set_kind(v1::ClosureHit::SHIFT);
  *hit.mutable_start_time() = ToTimestamp(absl::FromUnixMicros(shift.start_us));
  *hit.mutable_end_time() = ToTimestamp(absl::FromUnixMicros(shift.end_us));
  hit.set_holder(shift.session);
  *hit.mutable_title() = shift.role;
  hit.set_heads(shift.taken);
  return hit;
}

std::vector<v1::ClosureHit> ShiftTable::In(absl::string_view place, const calendar::Interval& time,
                                           const std::vector<v1::ClosureHit>& sessions) const {
  std::set<std::string> ids;
  shifts_.ForEachIn(place, time, [&ids](const std::string& id, const Shift&) { ids.insert(id); });
  for (const v1::ClosureHit& session : sessions)
    if (auto it = of_session_.find(session.name()); it != of_session_.end())
      ids.insert(it->second.begin(), it->second.end());
  std::vector<v1::ClosureHit> hits;
  for (const std::string& id : ids) hits.push_back(Told(id, *shifts_.Find(id)));
  return hits;
}

}  // namespace kepu::venue
