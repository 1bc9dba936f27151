#include "absl/strings/str_cat.h"
#include "libs/reservation/record.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer::domain {

std::string SignupField(absl::string_view person) { return absl::StrCat("s/", person); }
std::string IndexField(uint32_t chunk) { return absl::StrCat("x/", chunk); }
std::string ShiftName(absl::string_view shift) { return absl::StrCat("shifts/", shift); }
std::string SignupName(absl::string_view shift, absl::string_view person) {
  return absl::StrCat("shifts/", shift, "/signups/", person);
}

absl::Time NextDue(const record::ShiftHead& head) {
  const bool unswept =
      head.state() == v1::Shift::CANCELLED && head.swept_chunks() * kIndexChunk < head.indexed();
  return unswept ? absl::FromUnixMicros(head.create_us()) : absl::InfiniteFuture();
}

absl::StatusOr<Facts> Due(const Shift& shift, absl::Time now) {
  if (!shift.Exists() || NextDue(shift.head()) > now) return Facts{};
  const uint32_t number = shift.head().swept_chunks();
  auto chunk = shift.Find(IndexField(number));
  if (!chunk.ok()) return chunk.status();
  if (*chunk == nullptr) return absl::InternalError("a chunk of the index is not there");
  record::Fact swept = At(now);
  swept.mutable_signups_swept()->set_chunk(number);
  Facts facts{swept};
  // Everything is asked for before the first answer is missed, so that one read fetches it all.
  absl::Status missing;
  for (const std::string& person : (*chunk)->index().persons()) {
    auto signup = FindSignup(shift, person);
    if (!signup.ok()) missing = signup.status();
    if (!signup.ok() || *signup == nullptr || (*signup)->state() != v1::Signup::SIGNED_UP) continue;
    auto held = FindRecord(shift, (*signup)->reservation());
    if (!held.ok()) {
      missing = held.status();
      continue;
    }
    facts.front().mutable_signups_swept()->add_persons(person);
    if (auto back = reservation::DecideGiveBack(*held, now)) facts.push_back(RecordFact(*back));
  }
  if (!missing.ok()) return missing;
  return facts;
}

}  // namespace kepu::volunteer::domain
