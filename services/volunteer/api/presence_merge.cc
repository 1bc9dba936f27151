// What devices noted while they were offline: merged by shift, each record once and in any order, and
// answered with what came of it.
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "kepu/volunteer/v1/presence.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "services/volunteer/api/attendance.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/presence_code.h"
#include "services/volunteer/api/signup_view.h"
#include "services/volunteer/domain/presence.h"

namespace kepu::volunteer {
namespace {

using MergeCall = CallOf<v1::MergePresenceRequest, v1::MergePresenceResponse>;

// One record, and whose it is.
struct Entry {
  int index = 0;
  std::string person;
  domain::record::MergedRecord came;
};

// One call: its shifts are merged one beside the other, and the last answers.
struct Merging {
  explicit Merging(MergeCall given) : call(std::move(given)) {}
  MergeCall call;
  std::string self;
  bool clock_off = false;
  std::map<std::string, std::vector<Entry>> by_shift;
  size_t left = 0;
  absl::Status status;
};

bool IsPlainId(absl::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

absl::Status Sort(Merging& merging) {
  const v1::MergePresenceRequest& request = merging.call.request();
  refusal::FieldErrors errors;
  if (!IsPlainId(request.device())) errors.Add("device", "must be 1 to 40 of a-z, 0-9 and -");
  for (int i = 0; i < request.records_size(); ++i) {
    const v1::PresenceRecord& record = request.records(i);
    const std::string path = absl::StrCat("records[", i, "].");
    if (!IsPlainId(record.id())) errors.Add(path + "id", "must be 1 to 40 of a-z, 0-9 and -");
    if (record.act() != v1::CAME && record.act() != v1::WENT)
      errors.Add(path + "act", "must be CAME or WENT");
    auto ids = names::Parse(path + "signup", kSignupPattern, record.signup());
    if (!ids.ok()) {
      errors.Add(path + "signup", "must be shifts/{shift}/signups/{volunteer}");
    } else {
      merging.by_shift[(*ids)[0]].push_back({i, (*ids)[1], {}});
    }
  }
  return errors.ToStatus();
}

// How the caller may note it; unspecified: the sign-up does not exist for them.
v1::PresenceBy ByOf(const Merging& merging, const domain::record::ShiftHead& head, const Entry& entry) {
  if (entry.person == merging.self) return v1::BY_OWN_CODE;
  if (IsStaffOf(merging.call.principal(), head.place())) return v1::BY_STAFF;
  return domain::IsLeader(head, merging.self) ? v1::BY_LEADER : v1::PRESENCE_BY_UNSPECIFIED;
}

absl::Status MergeOne(const Context& context, const Merging& merging, store::View& view,
                      const std::string& key, Entry& entry, absl::Time now) {
  const domain::Shift& shift = ShiftIn(view, key);
  const v1::PresenceRecord& record = merging.call.request().records(entry.index);
  domain::MergeCommand command;
  command.by = ByOf(merging, shift.head(), entry);
  auto signup = domain::FindSignup(shift, entry.person);
  if (!signup.ok()) return signup.status();
  if (command.by == v1::PRESENCE_BY_UNSPECIFIED || *signup == nullptr) {
    entry.came.set_outcome(v1::PresenceRecord::REFUSED);
    entry.came.set_reason("NOT_FOUND");
    return absl::OkStatus();
  }
  command.person = entry.person;
  command.record = absl::StrCat(merging.call.request().device(), "/", record.id());
  command.act = record.act();
  command.at = calendar::FromProto(record.time());
  command.clock_off = merging.clock_off;
  command.wrong_code = command.by == v1::BY_OWN_CODE &&
                       !IsPresenceCode(context.keys, shift.head().place(), record.code(), command.at);
  auto merge = domain::DecideMerge(shift, command, context.rules, now);
  if (!merge.ok()) return merge.status();
  entry.came = merge->came;
  return EmitAll(
      view, key,
      domain::WithAbsences(merge->facts, shift, merging.call.principal().name, context.rules, now));
}

absl::Status MergeShift(const Context& context, const Merging& merging, store::View& view,
                        const std::string& key, std::vector<Entry>& entries, absl::Time now) {
  const domain::Shift& shift = ShiftIn(view, key);
  // All is loaded before anything is emitted.
  absl::Status missing;
  for (const Entry& entry : entries)
    if (auto signup = domain::FindSignup(shift, entry.person); shift.Exists() && !signup.ok())
      missing = signup.status();
  if (!missing.ok()) return missing;
  for (Entry& entry : entries) {
    entry.came.Clear();
    if (!shift.Exists()) {
      entry.came.set_outcome(v1::PresenceRecord::REFUSED);
      entry.came.set_reason("NOT_FOUND");
    } else if (absl::Status status = MergeOne(context, merging, view, key, entry, now); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

void AnswerMerged(Merging& merging) {
  if (!merging.status.ok()) return merging.call.Fail(merging.status);
  v1::MergePresenceResponse answer;
  *answer.mutable_records() = merging.call.request().records();
  for (const auto& [shift, entries] : merging.by_shift) {
    for (const Entry& entry : entries) {
      v1::PresenceRecord& record = *answer.mutable_records(entry.index);
      record.set_outcome(static_cast<v1::PresenceRecord::Outcome>(entry.came.outcome()));
      record.set_reason(entry.came.reason());
    }
  }
  merging.call.Answer(answer);
}

// Each shift is a commit of its own. Without a request key: a record is known by its id, so that what failed
// half way is sent again as it is.
void MergePresence(const Context& context, MergeCall call) {
  auto merging = std::make_shared<Merging>(std::move(call));
  if (absl::Status status = Sort(*merging); !status.ok()) return merging->call.Fail(status);
  merging->self = SelfOf(context, merging->call.principal());
  const absl::Time device = calendar::FromProto(merging->call.request().time());
  merging->clock_off = absl::AbsDuration(context.clock.Now() - device) > domain::kClockOff;
  merging->left = merging->by_shift.size();
  context.executor.Post([&context, merging] {
    for (auto& [shift, entries] : merging->by_shift) {
      const reservation::Place place = ShiftPlace(shift);
      store::Command command;
      command.aggregates = {place.key};
      command.lane = store::Lane::kCheckIn;
      command.deadline = merging->call.deadline();
      command.actor = merging->call.principal().name;
      command.decide = [&context, merging, key = place.key, mine = &entries](store::View& view,
                                                                             absl::Time now) {
        return MergeShift(context, *merging, view, key, *mine, now);
      };
      command.done = [merging](const store::Outcome& outcome) {
        merging->status.Update(outcome.status);
        if (--merging->left == 0) AnswerMerged(*merging);
      };
      context.engine.Submit(place.partition, std::move(command));
    }
  });
}

}  // namespace

void AddMergeHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kPresenceService, "MergePresence", MergePresence);
}

}  // namespace kepu::volunteer
