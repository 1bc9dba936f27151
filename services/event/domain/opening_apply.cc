#include <map>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/event/domain/lottery.h"
#include "services/event/domain/opening.h"

namespace kepu::event::domain {
namespace {

constexpr size_t kDigestBytes = 32;

// In or out of the digest of all ids in the room: the same operation.
void Mix(absl::string_view id, std::string* digest) {
  digest->resize(kDigestBytes);
  const std::string hash = absl::HexStringToBytes(HexDigest(id));
  for (size_t i = 0; i < kDigestBytes; ++i) (*digest)[i] = static_cast<char>((*digest)[i] ^ hash[i]);
}

void Enter(record::OpeningHead& head, const record::OpeningEntered& entered) {
  head.set_arrivals(head.arrivals() + 1);
  if (!entered.again()) head.set_entries(head.entries() + 1);
  if (entered.entry().late()) {
    head.set_next_turn(entered.entry().turn() + 1);
    head.set_late(head.late() + 1);
  } else {
    Mix(entered.id(), head.mutable_entries_digest());
  }
}

void Count(Opening& opening, const std::string& school, int difference) {
  if (school.empty()) return;
  const std::string field = OpeningSchoolField(school);
  const record::OpeningChild* before = opening.Mutable(field);
  const int people = (before == nullptr ? 0 : before->school().people()) + difference;
  if (people == 0) return opening.Erase(field);
  record::OpeningChild child;
  child.mutable_school()->set_people(people);
  opening.Put(field, std::move(child));
}

absl::Status Wrong(const Opening& opening, absl::string_view what) {
  return absl::InternalError(absl::StrCat(OpeningName(opening.head()), ": ", what));
}

}  // namespace

void ApplyHead(record::OpeningHead& head, const record::Fact& fact) {
  const record::OpeningFact& what = fact.opening();
  switch (what.kind_case()) {
    case record::OpeningFact::kCreated:
      head.set_id(what.created().id());
      *head.mutable_terms() = what.created().terms();
      head.set_commitment(what.created().commitment());
      head.set_create_us(fact.time_us());
      break;
    case record::OpeningFact::kChanged:
      *head.mutable_terms() = what.changed().terms();
      break;
    case record::OpeningFact::kCancelled:
      head.set_cancelled(true);
      head.set_cancel_reason(what.cancelled().reason());
      break;
    case record::OpeningFact::kEntered:
      Enter(head, what.entered());
      break;
    case record::OpeningFact::kLeft:
      if (!what.left().before_draw()) break;
      head.set_entries(head.entries() - 1);
      Mix(what.left().id(), head.mutable_entries_digest());
      break;
    case record::OpeningFact::kDrawn:
      head.set_secret(what.drawn().secret());
      head.set_seed(what.drawn().seed());
      head.set_present(head.entries());
      head.set_drawn_arrivals(head.arrivals());
      head.set_next_turn(head.entries());
      break;
    default:
      return;
  }
  const bool by_staff = what.has_created() || what.has_changed() || what.has_cancelled();
  if (by_staff) head.set_update_us(fact.time_us());
  if (by_staff) head.set_edition(head.edition() + 1);
  head.set_revision(head.revision() + 1);
}

absl::Status Apply(Opening& opening, const record::Fact& fact) {
  const record::OpeningFact& what = fact.opening();
  if (!fact.has_opening() || what.kind_case() == record::OpeningFact::KIND_NOT_SET)
    return absl::InternalError("a fact that is not of an opening");
  ApplyHead(opening.mutable_head(), fact);
  if (what.has_entered()) {
    record::OpeningChild child;
    *child.mutable_entry() = what.entered().entry();
    opening.Put(OpeningEntryField(what.entered().id()), std::move(child));
    if (!what.entered().again()) Count(opening, what.entered().entry().school(), 1);
  } else if (what.has_left() && what.left().before_draw()) {
    opening.Erase(OpeningEntryField(what.left().id()));
    Count(opening, what.left().school(), -1);
  } else if (what.has_left()) {
    record::OpeningChild* child = opening.Mutable(OpeningEntryField(what.left().id()));
    if (child == nullptr) return absl::InternalError("nobody is there to leave");
    child->mutable_entry()->set_left(true);
  }
  return absl::OkStatus();
}

absl::Status CheckInvariants(const Opening& opening) {
  const record::OpeningHead& head = opening.head();
  std::map<std::string, int> by_school, counted;
  std::set<uint32_t> arrivals;
  std::set<int64_t> turns;
  std::string digest;
  uint32_t entries = 0, present = 0;
  for (const auto& [field, child] : opening.children()) {
    if (!child) continue;
    if (child->has_school()) {
      counted[field] = child->school().people();
      if (child->school().people() > head.terms().school_limit())
        return Wrong(opening, field + " has too many");
      continue;
    }
    const record::OpeningEntryRecord& entry = child->entry();
    const std::string id(OpeningEntryIdOf(field));
    ++entries;
    if (!arrivals.insert(entry.arrival()).second) return Wrong(opening, "two arrived as one");
    if (!entry.school().empty()) ++by_school[OpeningSchoolField(entry.school())];
    const bool in_room = !IsDrawn(head) || WasPresent(head, entry);
    if (in_room) ++present;
    if (in_room) Mix(id, &digest);
    if (!in_room && !entry.late()) return Wrong(opening, "came after the draw and has no turn");
    if (!entry.late()) continue;
    if (!turns.insert(entry.turn()).second) return Wrong(opening, "two have one turn");
    if (entry.turn() < head.present() || entry.turn() >= head.next_turn())
      return Wrong(opening, "a turn that was not given");
  }
  if (entries != head.entries() || entries > kMaxOpeningEntries)
    return Wrong(opening, "entries are miscounted");
  if (by_school != counted) return Wrong(opening, "people of schools are miscounted");
  if (IsDrawn(head) && present != head.present()) return Wrong(opening, "the room is miscounted");
  if (!arrivals.empty() && *arrivals.rbegin() >= head.arrivals())
    return Wrong(opening, "an arrival too many");
  // A digest of nobody may stand as nothing at all.
  digest.resize(kDigestBytes);
  std::string kept = head.entries_digest();
  kept.resize(kDigestBytes);
  if (digest != kept) return Wrong(opening, "the digest is not of the entries");
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
