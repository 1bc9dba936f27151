#include "services/event/api/series_keeper.h"

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/record.h"
#include "services/event/api/target.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

using v1::SessionSeries;

// Enough to fill a commit's wait, few enough not to be in the way of other callers.
constexpr size_t kOccurrencesAtOnce = 8;
constexpr absl::Duration kCallPatience = absl::Seconds(10);

std::string SeriesChore(const std::string& id) { return absl::StrCat("series/", id); }

// Who asked for the series did so by this right.
rpc::Principal ActsAs(const domain::record::SeriesHead& head, const std::string& by) {
  if (head.place().empty()) return {by, "", {{"city_admin", "city"}}};
  return {by, "", {{"venue_staff", head.place()}}};
}

absl::StatusOr<domain::record::SeriesChild> SeriesChildOf(const domain::Series& series, const char* field) {
  auto child = series.Find(field);
  if (!child.ok()) return child.status();
  return *child == nullptr ? domain::record::SeriesChild() : **child;
}

// No earlier copy was made, and none can be any more: as the engine says it, and as a reservation does.
bool IsAbandoned(const absl::Status& status) {
  const std::string reason = refusal::ReasonOf(status);
  return reason == "ABANDONED" || reason == "REQUEST_ABANDONED";
}

// As people read it: the sentence of the refusal in both languages.
void SetWhy(const absl::Status& status, domain::record::OccurrenceRecord* occurrence) {
  google::rpc::Status wire = refusal::ToWire(status);
  google::rpc::LocalizedMessage message;
  for (const google::protobuf::Any& detail : wire.details()) {
    if (!detail.Is<google::rpc::LocalizedMessage>() || !detail.UnpackTo(&message)) continue;
    if (message.locale() == "en") occurrence->set_why_en(message.message().substr(0, 300));
    if (message.locale() == "zh-CN") occurrence->set_why_zh(message.message());
  }
}

}  // namespace

void SeriesKeeper::See(const std::string& id) {
  const domain::Series* series = deps_.context.read_model.series().Find(id);
  if (series == nullptr || series->head().state() == SessionSeries::DONE)
    return deps_.chores.Done(SeriesChore(id));
  deps_.chores.Want(SeriesChore(id), [this, id] {
    if (deps_.context.ready && going_.insert(id).second) Go(id);
  });
}

void SeriesKeeper::Go(const std::string& id) {
  const domain::Series* series = deps_.context.read_model.series().Find(id);
  if (series == nullptr || series->head().state() == SessionSeries::DONE) {
    going_.erase(id);
    return;
  }
  const auto all = domain::AllOccurrences(*series);
  auto batch = std::make_shared<Batch>();
  batch->id = id;
  std::vector<Record> next;
  for (const Record& one : all.ok() ? *all : std::vector<Record>()) {
    // What is not made yet comes first; then changes, which are all of one number.
    if (one.state() == SessionSeries::Occurrence::PLANNED && batch->change == 0) next.push_back(one);
    if (next.size() >= kOccurrencesAtOnce) break;
  }
  for (const Record& one : all.ok() && next.empty() ? *all : std::vector<Record>()) {
    if (one.change() == 0 || next.size() >= kOccurrencesAtOnce) continue;
    batch->change = one.change();
    next.push_back(one);
  }
  if (next.empty()) {
    going_.erase(id);
    return;
  }
  batch->waiting = next.size();
  for (const Record& one : next) batch->change == 0 ? Make(batch, *series, one) : Change(batch, *series, one);
}

void SeriesKeeper::Make(const BatchPtr& batch, const domain::Series& series, const Record& occurrence) {
  const auto plan = SeriesChildOf(series, "p");
  v1::CreateSessionRequest request;
  request.set_parent(absl::StrCat("events/", series.head().event()));
  request.set_series(domain::SeriesName(series.head()));
  request.set_draft(plan.ok() && plan->plan().given().draft());
  request.set_request_id(absl::StrCat(batch->id, "/", occurrence.day(), "/", occurrence.attempt()));
  if (plan.ok()) *request.mutable_session() = domain::SessionOf(plan->plan().given(), occurrence);
  // One that was cancelled while it was being made.
  Call(batch, series, "CreateSession", request, occurrence, batch->change != 0);
}

void SeriesKeeper::Change(const BatchPtr& batch, const domain::Series& series, const Record& occurrence) {
  if (occurrence.session().empty()) return Make(batch, series, occurrence);
  const auto child = SeriesChildOf(series, "g");
  const domain::record::SeriesChange change = child.ok() ? child->change() : domain::record::SeriesChange();
  const std::string request_id = absl::StrCat(batch->id, "/", occurrence.day(), "/c", batch->change);
  if (!change.cancel_reason().empty()) {
    v1::CancelSessionRequest request;
    request.set_name(occurrence.session());
    request.set_reason(change.cancel_reason());
    request.set_request_id(request_id);
    return Call(batch, series, "CancelSession", request, occurrence);
  }
  v1::UpdateSessionRequest request;
  request.mutable_session()->set_name(occurrence.session());
  *request.mutable_session()->mutable_pools() = change.settings().pools();
  request.mutable_session()->set_party_min(change.settings().party_min());
  request.mutable_session()->set_party_max(change.settings().party_max());
  *request.mutable_update_mask() = change.settings().update_mask();
  if (request.update_mask().paths().empty()) {
    if (!change.settings().pools().empty()) request.mutable_update_mask()->add_paths("pools");
    if (change.settings().party_min() > 0) request.mutable_update_mask()->add_paths("party_min");
    if (change.settings().party_max() > 0) request.mutable_update_mask()->add_paths("party_max");
  }
  request.set_override_reason(change.settings().override_reason());
  request.set_request_id(request_id);
  Call(batch, series, "UpdateSession", request, occurrence);
}

void SeriesKeeper::Call(const BatchPtr& batch, const domain::Series& series, const std::string& method,
                        const google::protobuf::Message& request, const Record& occurrence,
                        bool resolve_only) {
  const auto plan = SeriesChildOf(series, "p");
  const auto change = SeriesChildOf(series, "g");
  const bool making = batch->change == 0;
  const std::string by =
      making ? (plan.ok() ? plan->plan().by() : "") : (change.ok() ? change->change().by() : "");
  rpc::Context context;
  context.principal = ActsAs(series.head(), by);
  context.deadline = deps_.context.executor.SteadyNow() + kCallPatience;
  // A refusal is written down, so that no other copy of this can be granted later.
  context.repeat = true;
  context.resolve_only = resolve_only;
  deps_.call(method, std::move(context), request.SerializeAsString(),
             [this, alive = alive_, batch, occurrence](const absl::Status& status, const std::string& bytes) {
               if (*alive) Came(batch, occurrence, status, bytes);
             });
}

void SeriesKeeper::Came(const BatchPtr& batch, Record occurrence, const absl::Status& status,
                        const std::string& bytes) {
  v1::Session session;
  const bool cancelling = batch->change != 0 && status.ok() && session.ParseFromString(bytes) &&
                          session.state() == v1::Session::CANCELLED;
  if (status.ok() && batch->change == 0) {
    session.ParseFromString(bytes);
    occurrence.set_state(SessionSeries::Occurrence::MADE);
    occurrence.set_session(session.name());
  } else if (occurrence.session().empty() && batch->change != 0 && status.ok()) {
    // It was made after all, and goes through the change next.
    occurrence.set_state(SessionSeries::Occurrence::MADE);
    occurrence.set_session(session.name());
  } else if (occurrence.session().empty() && batch->change != 0 &&
             (reservation::IsRefusal(status) || IsAbandoned(status))) {
    occurrence.set_change(0);
  } else if (status.ok()) {
    if (cancelling) occurrence.set_state(SessionSeries::Occurrence::CANCELLED);
    occurrence.set_change(0);
  } else if (batch->change == 0 && refusal::ReasonOf(status) == "RESERVATION_EXPIRED") {
    // Another reservation the next time.
    occurrence.set_attempt(occurrence.attempt() + 1);
  } else if (!reservation::IsRefusal(status)) {
    batch->failed = true;
    if (--batch->waiting == 0) Settle(batch);
    return;
  } else {
    const std::string reason = refusal::ReasonOf(status);
    const std::string named = reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
    if (batch->change != 0) {
      occurrence.set_change_refusal(named);
      occurrence.set_change(0);
    } else {
      occurrence.set_state(SessionSeries::Occurrence::REFUSED);
      occurrence.set_reason(named);
      occurrence.set_with(refusal::ParamOf(status, "with"));
      SetWhy(status, &occurrence);
    }
  }
  batch->results.push_back(std::move(occurrence));
  if (--batch->waiting == 0) Settle(batch);
}

void SeriesKeeper::Settle(const BatchPtr& batch) {
  // The chore comes back to it.
  if (batch->results.empty()) {
    going_.erase(batch->id);
    return;
  }
  const std::string key = SeriesKey(batch->id);
  deps_.context.desk.Submit(
      {names::PartitionOf(batch->id), key},
      [key, batch](store::View& view, absl::Time now) {
        return EmitAll(view, key,
                       domain::DecideSettle(dynamic_cast<const domain::Series&>(view.Get(key)),
                                            batch->results, batch->change, now));
      },
      [](store::View&) { return absl::OkStatus(); },
      [this, alive = alive_, batch](const store::Outcome& outcome) {
        if (!*alive) return;
        if (!outcome.status.ok() || batch->failed) {
          going_.erase(batch->id);
          return;
        }
        deps_.context.executor.Post([this, alive, id = batch->id] {
          if (*alive) Go(id);
        });
      });
}

}  // namespace kepu::event
