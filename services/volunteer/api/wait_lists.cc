// The wait list of a shift, and those who stand by for it.
#include "absl/strings/numbers.h"
#include "kepu/volunteer/v1/signup.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/visible.h"
#include "services/volunteer/api/entry.h"
#include "services/volunteer/api/shift_change.h"
#include "services/volunteer/domain/shift_wait.h"

namespace kepu::volunteer {
namespace {

using domain::record::WaitChanged;

constexpr char kEntry[] = "shifts/*/waitEntries/*";
// The parent that stands for the caller's own entries in any shift.
constexpr char kAnyShift[] = "shifts/-";

std::string EntryName(absl::string_view shift, absl::string_view person) {
  return absl::StrCat("shifts/", shift, "/waitEntries/", person);
}

// Who is not in the list any more has left it.
void ShowEntry(absl::string_view shift, absl::string_view person, const domain::record::WaitList& list,
               v1::WaitEntry* answer) {
  answer->Clear();
  answer->set_name(EntryName(shift, person));
  answer->set_volunteer(absl::StrCat("volunteers/", person));
  answer->set_shift(domain::ShiftName(shift));
  answer->set_state(v1::WaitEntry::LEFT);
  const auto* entry = domain::FindIn(list, person);
  if (entry == nullptr) return;
  answer->set_state(entry->until_us() == 0 ? v1::WaitEntry::WAITING : v1::WaitEntry::OFFERED);
  answer->set_position(domain::PositionOf(list, person));
  calendar::SetMicros(entry->create_us(), answer->mutable_create_time());
  if (entry->until_us() != 0) calendar::SetMicros(entry->until_us(), answer->mutable_expire_time());
}

auto ShowEntryOf(const std::string& person) {
  return [person](const domain::Shift& shift, v1::WaitEntry* answer) -> absl::Status {
    auto list = domain::WaitListOf(shift);
    if (!list.ok()) return list.status();
    ShowEntry(shift.head().id(), person, *list, answer);
    return absl::OkStatus();
  };
}

auto Anybody() {
  return [](const domain::record::ShiftHead&) { return true; };
}

absl::Status NotRegistered(const std::string& person) {
  return refusal::Refuse(refusal::kNo, "NOT_REGISTERED", {{"name", absl::StrCat("volunteers/", person)}});
}

void JoinWaitList(const Context& context, CallOf<v1::JoinWaitListRequest, v1::WaitEntry> call) {
  auto ids = names::Parse("shift", "shifts/*", call.request().shift());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string person = SelfOf(context, call.principal());
  const std::string name = call.request().shift();
  const bool known = IsVolunteer(context, person);
  ChangeShift(
      context, std::move(call), (*ids)[0], name, Anybody(),
      [person, known](const domain::Shift& shift, absl::Time now) -> absl::StatusOr<domain::Facts> {
        if (!known) return NotRegistered(person);
        return domain::DecideJoinWait(shift, person, now);
      },
      ShowEntryOf(person));
}

void LeaveWaitList(const Context& context, CallOf<v1::LeaveWaitListRequest, v1::WaitEntry> call) {
  auto ids = names::Parse("name", kEntry, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string name = call.request().name();
  const std::string person = (*ids)[1];
  const bool own = person == SelfOf(context, call.principal());
  auto allowed = [own, principal = call.principal()](const domain::record::ShiftHead& head) {
    return own || IsStaffOf(principal, head.place());
  };
  ChangeShift(
      context, std::move(call), (*ids)[0], name, std::move(allowed),
      [person](const domain::Shift& shift, absl::Time now) {
        return domain::DecideLeaveWait(shift, person, WaitChanged::LEFT, now);
      },
      ShowEntryOf(person));
}

void TakeOffer(const Context& context, CallOf<v1::TakeOfferRequest, v1::Signup> call) {
  auto ids = names::Parse("name", kEntry, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  if ((*ids)[1] != SelfOf(context, call.principal()))
    return call.Fail(refusal::NotFound(call.request().name()));
  auto shared = std::make_shared<CallOf<v1::TakeOfferRequest, v1::Signup>>(std::move(call));
  Entering entering;
  entering.context = shared->context();
  entering.shift = (*ids)[0];
  entering.command.person = (*ids)[1];
  entering.command.way = domain::Way::kOffer;
  entering.method = absl::StrCat("TakeOffer/", (*ids)[0]);
  entering.request_id = shared->request().request_id();
  entering.done = [shared](const auto& signup, rpc::AnswerInfo info) { shared->Finish(signup, info); };
  Enter(context, std::move(entering));
}

void GetWaitEntry(const Context& context, CallOf<v1::GetWaitEntryRequest, v1::WaitEntry> call) {
  auto ids = names::Parse("name", kEntry, call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const bool own = (*ids)[1] == SelfOf(context, call.principal());
  auto read = [own, person = (*ids)[1], principal = call.principal(), name = call.request().name()](
                  const domain::Shift& shift, v1::WaitEntry* answer) -> absl::Status {
    if (!shift.Exists() || (!own && !IsStaffOf(principal, shift.head().place())))
      return refusal::NotFound(name);
    auto list = domain::WaitListOf(shift);
    if (!list.ok()) return list.status();
    if (domain::FindIn(*list, person) == nullptr) return refusal::NotFound(name);
    ShowEntry(shift.head().id(), person, *list, answer);
    return absl::OkStatus();
  };
  ReadShift(context, std::move(call), (*ids)[0], std::move(read));
}

// The place in a list after the entry that a page ended with: behind it, or where it was.
template <class Entries>
int PlaceAfter(const Entries& entries, const std::string& token) {
  if (token.empty()) return 0;
  const size_t slash = token.find('/');
  int64_t time_us = 0;
  if (slash == std::string::npos || !absl::SimpleAtoi(token.substr(0, slash), &time_us)) return 0;
  int later = 0;
  for (int i = 0; i < entries.size(); ++i) {
    if (entries[i].person() == token.substr(slash + 1)) return i + 1;
    if (entries[i].create_us() <= time_us) later = i + 1;
  }
  return later;
}

template <class Entry>
std::string TokenOf(const Entry& entry) {
  return absl::StrCat(entry.create_us(), "/", entry.person());
}

using ListCall = CallOf<v1::ListWaitEntriesRequest, v1::ListWaitEntriesResponse>;

void ListOfShift(const Context& context, ListCall call) {
  const std::string& parent = call.request().parent();
  auto ids = names::Parse("parent", "shifts/*", parent);
  if (!ids.ok()) return call.Fail(ids.status());
  v1::Shift shift;
  auto bytes = context.reads.shifts().Get(parent);
  if (bytes == nullptr || !shift.ParseFromString(*bytes) || !IsStaffOf(call.principal(), shift.place()))
    return call.Fail(refusal::NotFound(parent));
  const std::string digest = paging::FilterDigest({"waitEntries", parent});
  const auto size = paging::PageSize(call.request().page_size());
  const auto after = context.pager.Decode(call.request().page_token(), digest);
  if (!size.ok()) return call.Fail(size.status());
  if (!after.ok()) return call.Fail(after.status());
  const domain::record::WaitList list = context.reads.signup_book().WaitListOf((*ids)[0]);
  v1::ListWaitEntriesResponse page;
  int at = PlaceAfter(list.entries(), *after);
  for (; at < list.entries_size() && page.wait_entries_size() < static_cast<int>(*size); ++at)
    ShowEntry((*ids)[0], list.entries(at).person(), list, page.add_wait_entries());
  if (at < list.entries_size())
    page.set_next_page_token(context.pager.Encode(digest, TokenOf(list.entries(at - 1))));
  call.Answer(page);
}

void ListOwn(const Context& context, ListCall call) {
  const std::string person = SelfOf(context, call.principal());
  const std::string digest = paging::FilterDigest({"waitEntries of", person});
  const auto size = paging::PageSize(call.request().page_size());
  const auto after = context.pager.Decode(call.request().page_token(), digest);
  if (!size.ok()) return call.Fail(size.status());
  if (!after.ok()) return call.Fail(after.status());
  const auto shifts = context.reads.signup_book().WaitsOf(person, *after, *size);
  v1::ListWaitEntriesResponse page;
  for (const std::string& shift : shifts)
    ShowEntry(shift, person, context.reads.signup_book().WaitListOf(shift), page.add_wait_entries());
  if (shifts.size() == *size) page.set_next_page_token(context.pager.Encode(digest, shifts.back()));
  call.Answer(page);
}

void ListWaitEntries(const Context& context, ListCall call) {
  handler::WhenVisible(context.follower, nullptr, std::move(call), [&context](auto fresh) {
    if (fresh.request().parent() == kAnyShift) return ListOwn(context, std::move(fresh));
    ListOfShift(context, std::move(fresh));
  });
}

void ShowStandBy(const domain::record::ShiftHead& head, const domain::record::StandBys& list,
                 const std::string& person, v1::StandByEntry* answer) {
  answer->Clear();
  answer->set_volunteer(absl::StrCat("volunteers/", person));
  answer->set_shift(domain::ShiftName(head.id()));
  for (int i = 0; i < list.entries_size(); ++i) {
    if (list.entries(i).person() != person) continue;
    answer->set_position(i + 1);
    calendar::SetMicros(list.entries(i).create_us(), answer->mutable_create_time());
  }
}

void StandBy(const Context& context, CallOf<v1::StandByRequest, v1::StandByEntry> call) {
  auto ids = names::Parse("shift", "shifts/*", call.request().shift());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string person = SelfOf(context, call.principal());
  const std::string name = call.request().shift();
  const bool known = IsVolunteer(context, person), joins = !call.request().leave();
  ChangeShift(
      context, std::move(call), (*ids)[0], name, Anybody(),
      [person, known, joins](const domain::Shift& shift, absl::Time now) -> absl::StatusOr<domain::Facts> {
        if (!known) return NotRegistered(person);
        return domain::DecideStandBy(shift, person, joins, now);
      },
      [person](const domain::Shift& shift, v1::StandByEntry* answer) -> absl::Status {
        auto list = domain::StandBysOf(shift);
        if (!list.ok()) return list.status();
        ShowStandBy(shift.head(), *list, person, answer);
        return absl::OkStatus();
      });
}

void ListStandBys(const Context& context, CallOf<v1::ListStandBysRequest, v1::ListStandBysResponse> call) {
  auto ids = names::Parse("parent", "shifts/*", call.request().parent());
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string digest = paging::FilterDigest({"standBys", call.request().parent()});
  const auto size = paging::PageSize(call.request().page_size());
  const auto after = context.pager.Decode(call.request().page_token(), digest);
  if (!size.ok()) return call.Fail(size.status());
  if (!after.ok()) return call.Fail(after.status());
  auto read = [&context, digest, size = static_cast<int>(*size), after = *after, principal = call.principal(),
               name = call.request().parent()](const domain::Shift& shift,
                                               v1::ListStandBysResponse* answer) -> absl::Status {
    if (!shift.Exists() || !IsStaffOf(principal, shift.head().place())) return refusal::NotFound(name);
    auto list = domain::StandBysOf(shift);
    if (!list.ok()) return list.status();
    int at = PlaceAfter(list->entries(), after);
    for (; at < list->entries_size() && answer->stand_bys_size() < size; ++at)
      ShowStandBy(shift.head(), *list, list->entries(at).person(), answer->add_stand_bys());
    if (at < list->entries_size())
      answer->set_next_page_token(context.pager.Encode(digest, TokenOf(list->entries(at - 1))));
    return absl::OkStatus();
  };
  ReadShift(context, std::move(call), (*ids)[0], std::move(read));
}

}  // namespace

void AddWaitListHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kWaitListService, "JoinWaitList", JoinWaitList);
  Handle(service, context, kWaitListService, "LeaveWaitList", LeaveWaitList);
  Handle(service, context, kWaitListService, "TakeOffer", TakeOffer);
  Handle(service, context, kWaitListService, "GetWaitEntry", GetWaitEntry);
  Handle(service, context, kWaitListService, "ListWaitEntries", ListWaitEntries);
  Handle(service, context, kWaitListService, "StandBy", StandBy);
  Handle(service, context, kWaitListService, "ListStandBys", ListStandBys);
}

}  // namespace kepu::volunteer
