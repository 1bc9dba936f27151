#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "libs/handler/change.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/api.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/lists.h"
#include "services/volunteer/api/shift_place.h"
#include "services/volunteer/domain/role.h"
#include "services/volunteer/store/resources.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

absl::Status EncodeShift(store::View& view, const std::string& key, v1::Shift* answer) {
  ToResource(ShiftIn(view, key).head(), answer);
  return absl::OkStatus();
}

// What was never published, for staff of its place; null for everybody else.
std::shared_ptr<const std::string> DraftFor(const Context& context, const rpc::Principal& principal,
                                            const std::string& name) {
  auto bytes = context.reads.drafts().Get(name);
  v1::Shift shift;
  if (bytes == nullptr || !shift.ParseFromString(*bytes) || !IsStaffOf(principal, shift.place()))
    return nullptr;
  return bytes;
}

absl::Status CheckNames(const v1::Shift& shift) {
  absl::Status place = CheckShiftPlace("shift.", shift.place(), shift.stop());
  if (!place.ok()) return place;
  if (!shift.role_name().empty()) {
    absl::Status role = names::Parse("shift.role_name", "roles/*", shift.role_name()).status();
    if (!role.ok()) return role;
  }
  if (shift.per_heads() > 0 && shift.session().empty())
    return refusal::BadField("shift.per_heads", "needs a session whose people are counted");
  if (shift.session().empty()) return absl::OkStatus();
  return names::Parse("shift.session", "events/*/sessions/*", shift.session()).status();
}

}  // namespace

void Api::CreateShift(CallOf<v1::CreateShiftRequest, v1::Shift> call) {
  if (absl::Status status = CheckNames(call.request().shift()); !status.ok()) return call.Fail(status);
  // A role that the caller has seen counts.
  context_.documents.WhenVisible(std::move(call), [this](CallOf<v1::CreateShiftRequest, v1::Shift> ready) {
    const std::string place = ready.request().shift().place();
    const absl::Time deadline = ready.deadline();
    auto shared = std::make_shared<CallOf<v1::CreateShiftRequest, v1::Shift>>(std::move(ready));
    FindPlace(context_, place, deadline,
              [this, shared](absl::StatusOr<std::optional<v1::Whereabouts>> where) {
                if (!where.ok()) return shared->Fail(where.status());
                MakeShift(std::move(*shared), *std::move(where));
              });
  });
}

void Api::MakeShift(CallOf<v1::CreateShiftRequest, v1::Shift> call, std::optional<v1::Whereabouts> where) {
  const v1::Shift& given = call.request().shift();
  const uint32_t partition = PartitionOfPlace(given.place());
  store::RequestKey request_key = handler::KeyOf(context_.keys, call);
  domain::ShiftCommand command;
  command.id = context_.keys.MakeId(partition, request_key, "shift");
  command.place = given.place();
  command.session = given.session();
  command.start = TimeOf(given.start_time());
  command.end = TimeOf(given.end_time());
  command.needed = given.needed();
  command.role = given.role();
  command.whereabouts = std::move(where);
  command.stop = given.stop();
  command.role_name = given.role_name();
  if (given.has_requirements()) command.requirements = given.requirements();
  command.sign_up_mode = given.sign_up_mode();
  command.trainee_places = given.trainee_places();
  command.break_minutes = given.break_minutes();
  const auto role = context_.reads.documents().Find<v1::Role>(given.role_name());
  const absl::Status taken = domain::TakeRole(role.get(), &command);
  command.per_heads = given.per_heads();
  if (given.sign_up_mode() != v1::SIGN_UP_MODE_UNSPECIFIED) command.sign_up_mode = given.sign_up_mode();
  const std::string key = ShiftKey(command.id);
  auto decide = [key, command, taken](store::View& view, absl::Time now) -> absl::Status {
    // One that was made before stays, whatever became of its role.
    if (!ShiftIn(view, key).Exists() && !taken.ok()) return taken;
    return EmitAll(view, key, domain::DecideCreate(ShiftIn(view, key), command, now));
  };
  auto encode = [key](store::View& view, v1::Shift* answer) { return EncodeShift(view, key, answer); };
  handler::Change(context_.engine, partition, store::Lane::kRest, std::move(request_key), {key},
                  std::move(call), std::move(decide), std::move(encode));
}

void Api::CancelShift(CallOf<v1::CancelShiftRequest, v1::Shift> call) {
  auto ids = names::Parse("name", "shifts/*", call.request().name());
  if (!ids.ok()) return call.Fail(ids.status());
  const reservation::Place place = ShiftPlace((*ids)[0]);
  auto decide = [key = place.key, request = call.request(), principal = call.principal()](
                    store::View& view, absl::Time now) -> absl::Status {
    const domain::Shift& shift = ShiftIn(view, key);
    if (!shift.Exists() || !IsStaffOf(principal, shift.head().place()))
      return refusal::NotFound(request.name());
    return EmitAll(view, key, domain::DecideCancel(shift, request.reason(), now));
  };
  auto encode = [key = place.key](store::View& view, v1::Shift* answer) {
    return EncodeShift(view, key, answer);
  };
  store::RequestKey request_key = handler::KeyOf(context_.keys, call);
  handler::Change(context_.engine, place.partition, store::Lane::kBooking, std::move(request_key),
                  {place.key}, std::move(call), std::move(decide), std::move(encode));
}

void Api::GetShift(CallOf<v1::GetShiftRequest, v1::Shift> call) {
  WhenFresh<v1::GetShiftRequest, v1::Shift>(std::move(call), [this](auto& fresh) {
    if (auto ids = names::Parse("name", "shifts/*", fresh.request().name()); !ids.ok())
      return fresh.Fail(ids.status());
    auto bytes = context_.reads.shifts().Get(fresh.request().name());
    if (bytes == nullptr) bytes = DraftFor(context_, fresh.principal(), fresh.request().name());
    if (bytes == nullptr) return fresh.Fail(refusal::NotFound(fresh.request().name()));
    fresh.AnswerBytes(bytes);
  });
}

void Api::ListShifts(CallOf<v1::ListShiftsRequest, v1::ListShiftsResponse> call) {
  WhenFresh<v1::ListShiftsRequest, v1::ListShiftsResponse>(std::move(call), [this](auto& fresh) {
    const v1::ListShiftsRequest& request = fresh.request();
    const std::string scope = request.open_only() ? OpenScope(request.place()) : request.place();
    const bool from_given = request.has_start_time_min();
    // Times before 1970 would sort wrongly, and no shift lies there.
    const std::string from =
        from_given ? TimeKey(std::max<int64_t>(0, absl::ToUnixMicros(TimeOf(request.start_time_min())))) : "";
    const std::string to =
        request.has_start_time_max()
            ? TimeKey(std::max<int64_t>(0, absl::ToUnixMicros(TimeOf(request.start_time_max()))))
            : "";
    const std::string digest = paging::FilterDigest({"shifts", scope, from, to});
    if (to.empty()) return AnswerPage(fresh, context_.reads.shifts(), scope, digest, from);
    const absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
    if (!size.ok()) return fresh.Fail(size.status());
    const absl::StatusOr<std::string> after = context_.pager.Decode(request.page_token(), digest);
    if (!after.ok()) return fresh.Fail(after.status());
    // With an end, entries are looked at one by one: the page is cut at the first that starts too late.
    std::string bytes;
    std::string at = after->empty() ? from : *after;
    for (size_t taken = 0; taken < *size; ++taken) {
      projection::Catalogue::Page one = context_.reads.shifts().List(scope, at, 1);
      v1::ListShiftsResponse parsed;
      if (one.items == 0 || !parsed.ParseFromString(one.bytes) ||
          TimeOf(parsed.shifts(0).start_time()) >= TimeOf(request.start_time_max())) {
        at.clear();
        break;
      }
      bytes += one.bytes;
      at = one.next_after;
      if (at.empty()) break;
    }
    paging::AppendNextPageToken(context_.pager.Encode(digest, at), &bytes);
    fresh.AnswerBytes(std::make_shared<const std::string>(std::move(bytes)));
  });
}

}  // namespace kepu::volunteer
