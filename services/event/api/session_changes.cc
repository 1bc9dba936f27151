// What staff change in a session that is there: settings, publishing, cancelling, and what they have changed.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/merge.h"
#include "libs/names/names.h"
#include "services/event/api/allotments.h"
#include "services/event/api/handlers.h"
#include "services/event/domain/sessions.h"
#include "services/event/store/resources.h"

namespace kepu::event {
namespace {

using Settings = domain::record::SessionSettingsChanged;

// Capacities by the id of their pool; pools that are not named stay as they are. NO_SUCH_POOL.
absl::Status SetCapacities(const domain::record::SessionHead& head, const v1::Session& wanted,
                           Settings* settings) {
  for (const v1::Pool& pool : wanted.pools()) {
    int found = 0;
    while (found < head.pools_size() && head.pools(found).id() != pool.id()) ++found;
    if (found == head.pools_size() || !head.pools(found).day_limit().empty()) {
      const auto id = [](std::string* out, const domain::record::PoolHead& one) { out->append(one.id()); };
      return refusal::Refuse(refusal::kNo, "NO_SUCH_POOL",
                             {{"session", domain::NameOf(head)},
                              {"pool", pool.id()},
                              {"pools", absl::StrJoin(head.pools(), ", ", id)}});
    }
    settings->set_capacities(found, pool.capacity());
  }
  return absl::OkStatus();
}

// By id: those that are known keep their place, as bookings know them by it, and new ones follow.
void SetAllotments(const v1::Session& wanted, Settings* settings, refusal::FieldErrors* errors) {
  for (auto& known : *settings->mutable_allotments()) known.set_places(0);
  for (domain::record::AllotmentHead& head : AllotmentsOf(wanted, errors)) {
    domain::record::AllotmentHead* place = nullptr;
    for (auto& known : *settings->mutable_allotments())
      if (known.id() == head.id()) place = &known;
    if (place == nullptr) {
      head.clear_released();
      *settings->add_allotments() = std::move(head);
      continue;
    }
    const bool released = place->released() && place->release_us() == head.release_us();
    *place = std::move(head);
    place->set_released(released);
  }
}

// What the session's settings are to be.
absl::StatusOr<Settings> Wanted(const domain::record::SessionHead& head, const v1::Session& update,
                                const handler::Paths& paths) {
  v1::Session base;
  ToResource(head, &base);
  const v1::Session wanted = handler::Merged(base, update, paths);
  refusal::FieldErrors errors;
  Settings settings = domain::SettingsOf(head);
  if (absl::Status status = SetCapacities(head, wanted, &settings); !status.ok()) return status;
  settings.set_party_min(wanted.party_min());
  settings.set_party_max(wanted.party_max());
  settings.set_open_us(wanted.has_booking_open_time() ? calendar::MicrosOf(wanted.booking_open_time()) : 0);
  settings.set_close_us(wanted.has_booking_close_time() ? calendar::MicrosOf(wanted.booking_close_time())
                                                        : 0);
  *settings.mutable_terms() = wanted.terms();
  if (!wanted.has_terms()) settings.clear_terms();
  v1::Session with_pools = wanted;
  *with_pools.mutable_pools() = base.pools();
  SetAllotments(with_pools, &settings, &errors);
  if (absl::Status status = errors.ToStatus(); !status.ok()) return status;
  return settings;
}

}  // namespace

template <class Request, class Decide>
void Handlers::ChangeSession(Call<Request, v1::Session> call, absl::string_view field,
                             const std::string& name, const std::string& etag, Decide decide) {
  absl::StatusOr<Target> target = ParseTarget(field, kSessionPattern, name);
  if (!target.ok()) return call.Fail(target.status());
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  store::RequestKey key = handler::KeyOf(deps_.keys, call);
  const std::string rules_key = RulesKeyOf(deps_, target->session);
  handler::Change(
      deps_.engine, target->partition, store::Lane::kRest, std::move(key),
      WithRules({target->key}, rules_key), std::move(call),
      [target = *target, caller, etag, decide, rules_key](store::View& view, absl::Time now) -> absl::Status {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (!session.ok()) return session.status();
        // As everywhere: for staff of another place it is not there.
        if (!IsStaff(*caller, (*session)->head())) return refusal::NotFound(target.name);
        const std::string current = absl::StrCat(absl::Hex((*session)->head().revision()));
        if (absl::Status status = CheckEtag(etag, current, target.name); !status.ok()) return status;
        return EmitOfDay(
            view, target.key, rules_key, **session,
            [&](const domain::Session& one) { return decide(one, caller->name, now); }, now);
      },
      [target = *target](store::View& view, v1::Session* answer) {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (session.ok()) ToResource((*session)->head(), answer);
        return session.status();
      });
}

void Handlers::CancelSession(Call<v1::CancelSessionRequest, v1::Session> call) {
  const v1::CancelSessionRequest request = call.request();
  ChangeSession(
      std::move(call), "name", request.name(), request.etag(),
      [reason = request.reason()](const domain::Session& session, const std::string& by, absl::Time now) {
        return domain::DecideCancelSession(session, reason, by, now);
      });
}

void Handlers::PublishSession(Call<v1::PublishSessionRequest, v1::Session> call) {
  const v1::PublishSessionRequest request = call.request();
  ChangeSession(std::move(call), "name", request.name(), request.etag(),
                [](const domain::Session& session, const std::string& by, absl::Time now) {
                  return domain::DecidePublishSession(session, by, now);
                });
}

void Handlers::UpdateSession(Call<v1::UpdateSessionRequest, v1::Session> call) {
  const v1::UpdateSessionRequest request = call.request();
  const handler::Paths paths(request.update_mask().paths().begin(), request.update_mask().paths().end());
  ChangeSession(std::move(call), "session.name", request.session().name(), request.session().etag(),
                [request, paths, rules = deps_.rules](const domain::Session& session, const std::string& by,
                                                      absl::Time now) -> absl::StatusOr<domain::Facts> {
                  absl::StatusOr<Settings> settings = Wanted(session.head(), request.session(), paths);
                  if (!settings.ok()) return settings.status();
                  settings->set_by(by);
                  settings->set_override_reason(request.override_reason());
                  return domain::DecideChangeSettings(session, *settings, rules, now);
                });
}

void Handlers::ListSessionChanges(Call<v1::ListSessionChangesRequest, v1::ListSessionChangesResponse> call) {
  absl::StatusOr<Target> target = ParseTarget("parent", kSessionPattern, call.request().parent());
  if (!target.ok()) return call.Fail(target.status());
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  ReadConfirmed(
      *target, std::move(call),
      [target = *target, caller](store::View& view, v1::ListSessionChangesResponse* answer) -> absl::Status {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (!session.ok()) return session.status();
        const domain::record::SessionHead& head = (*session)->head();
        if (!IsStaff(*caller, head)) return refusal::NotFound(target.name);
        absl::Status missing;
        for (uint32_t n = 0; n < head.changes(); ++n) {
          const auto change = domain::FindChild<v1::SessionChange>(**session, domain::ChangeField(n),
                                                                   &domain::record::SessionChild::change);
          if (!change.ok()) missing = change.status();
          if (change.ok() && *change != nullptr) *answer->add_changes() = **change;
        }
        return missing;
      });
}

}  // namespace kepu::event
