#include "services/volunteer/domain/consequence.h"

#include <algorithm>

#include "libs/document/document.h"
#include "libs/refusal/refusal.h"
#include "libs/text/utf8.h"
#include "services/volunteer/domain/hours.h"
#include "services/volunteer/domain/shift_terms.h"
#include "services/volunteer/domain/shift_wait.h"

namespace kepu::volunteer::domain {
namespace {

// A reason as far as a head has room for it; of what is in the way, of which there are several, less.
constexpr size_t kReasonBytes = 300;
constexpr size_t kDisruptionBytes = 120;

std::string Short(const std::string& text, size_t bytes = kReasonBytes) {
  return std::string(text::CutUtf8(text, bytes));
}

record::Fact ConsequenceAt(absl::Time now, record::ConsequenceFact** consequence) {
  record::Fact fact = At(now);
  *consequence = fact.mutable_consequence();
  return fact;
}

// What has begun is past following.
bool MayFollow(const record::ShiftHead& head, absl::Time now) {
  return !head.id().empty() && head.state() != v1::Shift::CANCELLED &&
         now < absl::FromUnixMicros(head.start_us());
}

// It was moved before it was first heard that the shift hangs on it: by how much is not known.
bool MovedUnseen(const record::ShiftHead& head, const Hung& hung) {
  const record::ConsequenceHead& known = head.consequence();
  return hung.moved_us > head.create_us() && known.hung_us() != 0 && hung.moved_us <= known.hung_us() &&
         known.moves() == 0;
}

// By the same difference; a length that no shift may have stays as it is.
void FollowTime(const record::ShiftHead& head, const Hung& hung, absl::Time now, Facts* facts) {
  const record::ConsequenceHead& known = head.consequence();
  record::ConsequenceFact* consequence = nullptr;
  if (known.hung_us() == 0) {
    facts->push_back(ConsequenceAt(now, &consequence));
    consequence->mutable_hung()->set_start_us(hung.start_us);
    consequence->mutable_hung()->set_end_us(hung.end_us);
    consequence->mutable_hung()->set_version(hung.version);
    return;
  }
  if (hung.version < known.hung_version()) return;
  if (known.hung_start_us() == hung.start_us && known.hung_end_us() == hung.end_us) return;
  const int64_t start_us = head.start_us() + hung.start_us - known.hung_start_us();
  int64_t end_us = head.end_us() + hung.end_us - known.hung_end_us();
  if (end_us <= start_us || absl::Microseconds(end_us - start_us) > kShiftMax)
    end_us = start_us + head.end_us() - head.start_us();
  facts->push_back(ConsequenceAt(now, &consequence));
  record::ConsequenceFact::ShiftMoved& moved = *consequence->mutable_shift_moved();
  moved.set_start_us(start_us);
  moved.set_end_us(end_us);
  moved.set_hung_start_us(hung.start_us);
  moved.set_hung_end_us(hung.end_us);
  moved.set_reason(Short(hung.reason));
  moved.set_version(hung.version);
}

void FollowHeads(const record::ShiftHead& head, const Hung& hung, absl::Time now, Facts* facts) {
  const int32_t per = head.per_heads();
  if (per <= 0) return;
  // Never one adult alone with minors.
  const int32_t least = head.requirements().two_adults() ? 2 : 1;
  const int32_t needed = std::clamp((hung.heads + per - 1) / per, least, kNeededMax);
  if (needed == head.needed() && hung.heads == head.consequence().heads()) return;
  record::ConsequenceFact* consequence = nullptr;
  facts->push_back(ConsequenceAt(now, &consequence));
  consequence->mutable_needed_followed()->set_needed(needed);
  consequence->mutable_needed_followed()->set_heads(hung.heads);
}

void FollowDisruptions(const record::ShiftHead& head, const Heard& heard, absl::Time now, Facts* facts) {
  // What could not be heard stays as it was.
  if (!heard.disruptions) return;
  std::vector<v1::Shift::Disruption> all = *heard.disruptions;
  if (heard.hung && MovedUnseen(head, *heard.hung)) {
    v1::Shift::Disruption& unseen = all.emplace_back();
    unseen.set_kind(v1::Shift::Disruption::MOVED_UNSEEN);
    unseen.set_about(HangsOn(head));
  }
  if (all.size() > kMaxDisruptions) all.resize(kMaxDisruptions);
  for (v1::Shift::Disruption& one : all) {
    if (!one.has_reason()) continue;
    one.mutable_reason()->set_zh(Short(one.reason().zh(), kDisruptionBytes));
    one.mutable_reason()->set_en(Short(one.reason().en(), kDisruptionBytes));
  }
  const auto& known = head.consequence().disruptions();
  const auto same = [](const v1::Shift::Disruption& a, const v1::Shift::Disruption& b) {
    return a.SerializeAsString() == b.SerializeAsString();
  };
  if (std::equal(known.begin(), known.end(), all.begin(), all.end(), same)) return;
  record::ConsequenceFact* consequence = nullptr;
  facts->push_back(ConsequenceAt(now, &consequence));
  *consequence->mutable_obstructed()->mutable_disruptions() = {all.begin(), all.end()};
}

// What follows for a shift that goes on.
Facts Following(const record::ShiftHead& head, const Heard& heard, absl::Time now) {
  Facts facts;
  if (heard.hung) {
    FollowTime(head, *heard.hung, now, &facts);
    FollowHeads(head, *heard.hung, now, &facts);
  }
  FollowDisruptions(head, heard, now, &facts);
  return facts;
}

}  // namespace

const std::string& HangsOn(const record::ShiftHead& head) {
  return head.session().empty() ? head.stop() : head.session();
}

std::optional<std::pair<absl::Time, absl::Time>> RanTimes(const record::ShiftHead& head, const Hung& hung) {
  if (hung.ran_end_us == 0 || hung.cancelled || head.state() != v1::Shift::OPEN) return std::nullopt;
  const auto ran_at = [&](int64_t planned_us) {
    if (planned_us <= hung.start_us) return planned_us + hung.ran_start_us - hung.start_us;
    if (planned_us >= hung.end_us) return planned_us + hung.ran_end_us - hung.end_us;
    return std::clamp(planned_us, hung.ran_start_us, hung.ran_end_us);
  };
  const absl::Time start = absl::FromUnixMicros(ran_at(head.start_us()));
  const absl::Time end = absl::FromUnixMicros(ran_at(head.end_us()));
  const bool near = start >= absl::FromUnixMicros(head.start_us()) - kActualOff &&
                    end <= absl::FromUnixMicros(head.end_us()) + kActualOff;
  if (end <= start || !near) return std::nullopt;
  return std::make_pair(start, end);
}

bool IsRanNews(const record::ShiftHead& head, const Heard& heard, absl::Time now) {
  if (head.id().empty() || !heard.hung) return false;
  const auto ran = RanTimes(head, *heard.hung);
  if (!ran || ran->second > now) return false;
  return head.actual_start_us() != absl::ToUnixMicros(ran->first) ||
         head.actual_end_us() != absl::ToUnixMicros(ran->second);
}

bool IsNewsOf(const record::ShiftHead& head, const Heard& heard, absl::Time now) {
  if (IsRanNews(head, heard, now)) return true;
  if (!MayFollow(head, now)) return false;
  return (heard.hung && heard.hung->cancelled) || !Following(head, heard, now).empty();
}

absl::StatusOr<Facts> DecideFollow(const Shift& shift, const Heard& heard, absl::Time now) {
  if (!shift.Exists()) return Facts{};
  if (IsRanNews(shift.head(), heard, now)) {
    const auto ran = RanTimes(shift.head(), *heard.hung);
    return DecideActualTimes(shift, ran->first, ran->second, now);
  }
  if (!MayFollow(shift.head(), now)) return Facts{};
  if (heard.hung && heard.hung->cancelled) return DecideCancel(shift, Short(heard.hung->reason), now);
  return ThenOffer(shift, Following(shift.head(), heard, now), now);
}

absl::StatusOr<Facts> DecideReschedule(const Shift& shift, const RescheduleCommand& command, absl::Time now) {
  if (!shift.Exists()) return refusal::NotFound("shift");
  const record::ShiftHead& head = shift.head();
  const int64_t start_us = absl::ToUnixMicros(command.start), end_us = absl::ToUnixMicros(command.end);
  if (head.start_us() == start_us && head.end_us() == end_us) return Facts{};
  if (absl::Status status = document::CheckEtag(command.etag, EtagOf(head), ShiftName(head.id()));
      !status.ok())
    return status;
  if (absl::Status status = CheckOpen(head, now); !status.ok()) return status;
  refusal::FieldErrors errors;
  CheckShiftTimes(command.start, command.end, "", now, &errors);
  if (command.end > command.start && command.end - command.start <= absl::Minutes(head.break_minutes()))
    errors.Add("end_time", "must be longer than the break");
  if (!errors.empty()) return errors.ToStatus();
  const record::ConsequenceHead& known = head.consequence();
  record::ConsequenceFact* consequence = nullptr;
  record::Fact fact = ConsequenceAt(now, &consequence);
  record::ConsequenceFact::ShiftMoved& moved = *consequence->mutable_shift_moved();
  moved.set_start_us(start_us);
  moved.set_end_us(end_us);
  moved.set_hung_start_us(known.hung_start_us());
  moved.set_hung_end_us(known.hung_end_us());
  moved.set_reason(Short(command.reason));
  moved.set_version(known.hung_version());
  return ThenOffer(shift, {fact}, now);
}

void ApplyConsequence(record::ShiftHead& head, const record::ConsequenceFact& fact, int64_t time_us) {
  record::ConsequenceHead& known = *head.mutable_consequence();
  switch (fact.what_case()) {
    case record::ConsequenceFact::kHung:
      known.set_hung_start_us(fact.hung().start_us());
      known.set_hung_end_us(fact.hung().end_us());
      known.set_hung_version(fact.hung().version());
      known.set_hung_us(time_us);
      return;
    case record::ConsequenceFact::kShiftMoved: {
      const record::ConsequenceFact::ShiftMoved& moved = fact.shift_moved();
      known.set_from_start_us(head.start_us());
      known.set_from_end_us(head.end_us());
      known.set_hung_start_us(moved.hung_start_us());
      known.set_hung_end_us(moved.hung_end_us());
      known.set_hung_version(moved.version());
      known.set_moves(known.moves() + 1);
      known.set_reason(moved.reason());
      known.set_moved_us(time_us);
      known.set_to_move(head.indexed());
      known.set_moved_chunks(0);
      head.set_start_us(moved.start_us());
      head.set_end_us(moved.end_us());
      head.set_revision(head.revision() + 1);
      return;
    }
    case record::ConsequenceFact::kPersonReleased:
      // A request is counted by the fact that lets it go.
      if (fact.person_released().was_requested()) return;
      if (fact.person_released().trainee()) return head.set_trainees(head.trainees() - 1);
      return head.set_signed_up(head.signed_up() - 1);
    case record::ConsequenceFact::kChunkMoved:
      return known.set_moved_chunks(fact.chunk_moved().chunk() + 1);
    case record::ConsequenceFact::kObstructed:
      *known.mutable_disruptions() = fact.obstructed().disruptions();
      return;
    case record::ConsequenceFact::kNeededFollowed:
      head.set_needed(fact.needed_followed().needed());
      return known.set_heads(fact.needed_followed().heads());
    default:
      return;
  }
}

}  // namespace kepu::volunteer::domain
