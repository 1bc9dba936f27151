#include <algorithm>

#include "services/event/api/access.h"
#include "services/event/api/handlers.h"
#include "services/event/api/turn.h"
#include "services/event/domain/wait_list.h"
#include "services/event/store/resources.h"

namespace kepu::event {

absl::Status EncodeWaitEntry(store::View& view, const Target& target, v1::WaitEntry* entry) {
  absl::StatusOr<domain::Session*> session = OpenSession(view, target);
  if (!session.ok()) return session.status();
  absl::StatusOr<const domain::record::WaitRecord*> found = domain::FindWait(**session, target.id);
  if (!found.ok()) return found.status();
  if (*found == nullptr) return refusal::NotFound(target.name);
  ToResource((*session)->head(), target.id, **found, entry);
  return absl::OkStatus();
}

void Handlers::JoinWaitList(Call<v1::JoinWaitListRequest, v1::WaitEntry> call) {
  absl::StatusOr<Target> target = ParseTarget("parent", kSessionPattern, call.request().parent());
  if (!target.ok()) return call.Fail(target.status());
  const v1::WaitEntry& entry = call.request().wait_entry();
  if (!v1::Booking::Kind_IsValid(entry.kind())) {
    return call.Fail(refusal::BadField("wait_entry.kind", "must be PERSON, FAMILY, GROUP or SCHOOL"));
  }
  domain::PartyCommand command =
      PartyOf(entry.kind(), entry.party(), entry.identity(), call.principal(),
              deps_.keys.MakeId(target->partition, handler::KeyOf(deps_.keys, call)));
  if (entry.kind() == v1::Booking::SCHOOL) {
    absl::Status status = FillSchool("wait_entry", entry.school(), entry.school_class(), entry.grade(),
                                     call.principal(), &command);
    if (!status.ok()) return call.Fail(status);
  } else if (!entry.school().empty()) {
    return call.Fail(refusal::BadField("wait_entry.school", "goes with the kind SCHOOL only"));
  }
  auto shared = std::make_shared<Call<v1::JoinWaitListRequest, v1::WaitEntry>>(std::move(call));
  if (command.school.empty()) {
    if (absl::Status status = CheckConduct(shared->principal()); !status.ok()) return shared->Fail(status);
    return Join(std::move(*shared), *target, std::move(command));
  }
  command.served_last = IsServedLast(command.school);
  const std::string school = command.school;
  deps_.schools.Ask(school, shared->deadline(),
                    [this, shared, target = *target, command = std::move(command)](
                        const absl::StatusOr<std::vector<std::string>>& belongs_to) mutable {
                      if (!belongs_to.ok()) return shared->Fail(belongs_to.status());
                      command.belongs_to = *belongs_to;
                      command.served_first = IsServedFirst(*belongs_to);
                      Join(std::move(*shared), target, command);
                    });
}

void Handlers::Join(Call<v1::JoinWaitListRequest, v1::WaitEntry> call, const Target& target,
                    domain::PartyCommand command) {
  Target made = target;
  made.id = command.id;
  store::RequestKey key = handler::KeyOf(deps_.keys, call);
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  const std::string rules_key = RulesKeyOf(deps_, target.session);
  handler::Change(
      deps_.engine, target.partition, store::Lane::kBooking, std::move(key),
      WithRules({target.key}, rules_key), std::move(call),
      [this, target, command = std::move(command), caller, rules_key](
          store::View& view, absl::Time now) mutable -> absl::Status {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (!session.ok()) return session.status();
        command.by_staff = IsStaff(*caller, (*session)->head());
        if (!command.school.empty()) {
          if (absl::Status status = CheckActsFor(*caller, command.school, command.by_staff); !status.ok())
            return status;
        }
        if (absl::Status status = CheckRush(deps_, *caller, command, (*session)->head(), false, now);
            !status.ok())
          return status;
        return EmitOfDay(
            view, target.key, rules_key, **session,
            [&](const domain::Session& one) { return domain::DecideJoin(one, command, deps_.rules, now); },
            now);
      },
      [made](store::View& view, v1::WaitEntry* answer) { return EncodeWaitEntry(view, made, answer); });
}

void Handlers::LeaveWaitList(Call<v1::LeaveWaitListRequest, v1::WaitEntry> call) {
  absl::StatusOr<Target> target = ParseTarget("name", kWaitEntryPattern, call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  const std::string etag = call.request().etag();
  store::RequestKey key = handler::KeyOf(deps_.keys, call);
  const std::string rules_key = RulesKeyOf(deps_, target->session);
  handler::Change(
      deps_.engine, target->partition, store::Lane::kBooking, std::move(key),
      WithRules({target->key}, rules_key), std::move(call),
      [target = *target, caller, etag, rules_key, rules = deps_.rules](store::View& view,
                                                                       absl::Time now) -> absl::Status {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (!session.ok()) return session.status();
        absl::StatusOr<const domain::record::WaitRecord*> found = domain::FindWait(**session, target.id);
        if (!found.ok()) return found.status();
        if (*found == nullptr) return refusal::NotFound(target.name);
        const domain::record::SessionHead& head = (*session)->head();
        if (absl::Status status = CheckOwner(*caller, head, (*found)->booker(), (*found)->school(), target);
            !status.ok()) {
          return status;
        }
        const std::string current = etag.empty() ? "" : EtagOf(**found, domain::ShownState(head, **found));
        if (absl::Status status = CheckEtag(etag, current, target.name); !status.ok()) return status;
        return EmitOfDay(
            view, target.key, rules_key, **session,
            [&](const domain::Session& one) { return domain::DecideLeave(one, target.id, rules, now); }, now);
      },
      [target = *target](store::View& view, v1::WaitEntry* answer) {
        return EncodeWaitEntry(view, target, answer);
      });
}

void Handlers::GetWaitEntry(Call<v1::GetWaitEntryRequest, v1::WaitEntry> call) {
  absl::StatusOr<Target> target = ParseTarget("name", kWaitEntryPattern, call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  ReadConfirmed(*target, std::move(call),
                [target = *target, caller](store::View& view, v1::WaitEntry* answer) {
                  if (absl::Status status = EncodeWaitEntry(view, target, answer); !status.ok())
                    return status;
                  return CheckOwner(*caller, dynamic_cast<domain::Session&>(view.Get(target.key)).head(),
                                    answer->booker(), answer->school(), target);
                });
}

}  // namespace kepu::event
