#include "services/event/api/turn.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "services/event/domain/opening.h"

namespace kepu::event {
namespace {

std::string TextOf(absl::Time time) { return calendar::UtcText(absl::ToUnixMicros(time)); }

absl::Status Refusal(absl::string_view reason, const domain::record::OpeningHead& head,
                     const domain::Standing& standing) {
  return refusal::Refuse(refusal::kNo, reason,
                         {{"opening", domain::OpeningName(head)},
                          {"place", absl::StrCat(standing.turn + 1)},
                          {"ahead", absl::StrCat(standing.ahead)},
                          {"from", TextOf(standing.from)},
                          {"until", TextOf(standing.until)},
                          {"opens", TextOf(domain::OpensAt(head))},
                          {"room_opens", TextOf(domain::RoomOpensAt(head))}});
}

}  // namespace

std::string OpeningEntryId(const store::KeyMaker& keys, absl::string_view opening, absl::string_view user,
                           absl::string_view school) {
  return keys.MakeId(names::PartitionOf(opening),
                     keys.MakeKey("openings", opening, absl::StrCat(user, " ", school)));
}

std::string OpeningSecret(const store::KeyMaker& keys, absl::string_view opening) {
  return absl::BytesToHexString(keys.Digest("opening", opening));
}

absl::Status CheckTurn(const Context& context, absl::string_view user, absl::string_view school,
                       const domain::record::SessionHead& session, absl::Time now) {
  const OpeningBook& book = context.read_model.openings();
  for (const auto& head : book.Of(absl::StrCat("events/", session.event()), domain::NameOf(session))) {
    if (domain::IsOver(head, now)) continue;
    const auto entry = book.FindEntry(head.id(), OpeningEntryId(context.keys, head.id(), user, school));
    domain::Standing standing;
    if (entry) standing = domain::StandingOf(head, entry->record, entry->drawn_turn, now);
    switch (standing.state) {
      case v1::OpeningEntry::YOUR_TURN:
        continue;
      case v1::OpeningEntry::IN_ROOM:
      case v1::OpeningEntry::DRAWING:
        return Refusal("NOT_DRAWN_YET", head, standing);
      case v1::OpeningEntry::IN_LINE:
        return Refusal("NOT_YET_YOUR_TURN", head, standing);
      case v1::OpeningEntry::OVER:
        return Refusal("ENTRY_OVER", head, standing);
      default:
        return Refusal("ENTER_FIRST", head, standing);
    }
  }
  return absl::OkStatus();
}

std::string OpeningOf(const Context& context, absl::string_view session) {
  const domain::record::SessionHead* head = context.read_model.FindSession(session, nullptr);
  if (head == nullptr) return "";
  for (const auto& opening :
       context.read_model.openings().Of(absl::StrCat("events/", head->event()), domain::NameOf(*head))) {
    if (!domain::IsOver(opening, context.clock.Now())) return domain::OpeningName(opening);
  }
  return "";
}

absl::Status CheckRush(const Context& context, const rpc::Principal& caller,
                       const domain::PartyCommand& command, const domain::record::SessionHead& session,
                       bool hold, absl::Time now) {
  if (command.by_staff) return absl::OkStatus();
  if (absl::Status status = CheckTurn(context, caller.name, command.school, session, now); !status.ok())
    return status;
  if (!hold) return absl::OkStatus();
  const std::vector<absl::Time> holds = context.read_model.holds().Of(command.booker, now);
  if (holds.size() < context.rules.live_holds_max) return absl::OkStatus();
  return refusal::Refuse(
      refusal::kNo, "TOO_MANY_HOLDS",
      {{"most", absl::StrCat(context.rules.live_holds_max)}, {"until", TextOf(holds.front())}});
}

}  // namespace kepu::event
