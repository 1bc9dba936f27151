#include "services/event/domain/attendance.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"

namespace kepu::event::domain {
namespace {

record::AttendedTally* TallyOf(record::SessionHead* head, v1::Booking::Kind kind) {
  for (record::AttendedTally& tally : *head->mutable_attended())
    if (tally.kind() == kind) return &tally;
  record::AttendedTally* added = head->add_attended();
  added->set_kind(kind);
  return added;
}

}  // namespace

Heads3& Heads3::operator+=(const Heads3& more) {
  adults += more.adults;
  pupils += more.pupils;
  others += more.others;
  return *this;
}

Heads3 HeadsOf(const v1::Party& party) { return {party.adults(), party.pupils(), party.others()}; }
Heads3 HeadsOf(const record::AttendedTally& tally) {
  return {tally.adults(), tally.pupils(), tally.others()};
}

record::Attended AttendedBy(const record::BookingRecord& booking, const v1::Party& came) {
  record::Attended attended;
  attended.set_kind(booking.kind());
  *attended.mutable_party() = came;
  attended.set_school(booking.school());
  return attended;
}

namespace {

void Count(const record::Attended& attended, int bookings, record::SessionHead* head) {
  record::AttendedTally* tally = TallyOf(head, attended.kind());
  const Heads3 heads = HeadsOf(attended.party());
  tally->set_bookings(tally->bookings() + bookings);
  tally->set_adults(tally->adults() + heads.adults);
  tally->set_pupils(tally->pupils() + heads.pupils);
  tally->set_others(tally->others() + heads.others);
}

}  // namespace

void CountAttended(const record::BookingCheckedIn& checked_in, record::SessionHead* head) {
  // Heads of before this was counted fold as they did then.
  if (checked_in.has_attended()) Count(checked_in.attended(), 1, head);
}

void CountAttended(const record::LateArrival& late, record::SessionHead* head) {
  if (late.has_attended()) Count(late.attended(), 0, head);
}

absl::Status CheckAttended(const record::SessionHead& head, const KindCounts& came) {
  const auto wrong = [&head](absl::string_view what) {
    return absl::InternalError(absl::StrCat(NameOf(head), ": ", what));
  };
  KindCounts told{};
  int32_t bookings = 0, all = 0, people = 0;
  for (const record::AttendedTally& tally : head.attended()) {
    told.at(static_cast<size_t>(tally.kind())) = {tally.bookings(), HeadsOf(tally)};
    bookings += tally.bookings();
    people += HeadsOf(tally).All();
  }
  for (const KindCount& kind : came) all += kind.bookings;
  if (bookings > all) return wrong("bookings that came are miscounted");
  if (people > head.arrived()) return wrong("more people are told apart than arrived");
  // Older facts do not say who came.
  if (bookings < all) return absl::OkStatus();
  if (people != head.arrived()) return wrong("who came is not who arrived");
  for (size_t kind = 0; kind < came.size(); ++kind) {
    if (told.at(kind).bookings != came.at(kind).bookings || told.at(kind).heads != came.at(kind).heads)
      return wrong(absl::StrCat("who came of the kind ", kind, " is miscounted"));
  }
  return absl::OkStatus();
}

v1::TargetGroup GroupOf(const google::protobuf::RepeatedField<int>& target_groups) {
  v1::TargetGroup found = v1::TARGET_GROUP_UNSPECIFIED;
  for (const int group : target_groups) {
    if (group == v1::TARGET_GROUP_MINORS) continue;
    if (found != v1::TARGET_GROUP_UNSPECIFIED) return v1::TARGET_GROUP_UNSPECIFIED;
    found = static_cast<v1::TargetGroup>(group);
  }
  return found;
}

Heads3 OfGroup(const Heads3& heads, v1::TargetGroup group, v1::TargetGroup wanted) {
  Heads3 found;
  if (wanted == v1::TARGET_GROUP_MINORS) found.pupils = heads.pupils;
  if (wanted == group) {
    found.adults = heads.adults;
    found.others = heads.others;
  }
  return found;
}

absl::CivilDay DayOf(const record::SessionHead& head) {
  return calendar::DayOf(absl::FromUnixMicros(head.start_us()));
}

}  // namespace kepu::event::domain
