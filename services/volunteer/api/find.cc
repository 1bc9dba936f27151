#include "absl/strings/str_cat.h"
#include "kepu/volunteer/v1/find.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/visible.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/finding.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using FindCall = CallOf<v1::FindShiftsRequest, v1::FindShiftsResponse>;

absl::StatusOr<ShiftQuery> QueryOf(const v1::FindShiftsRequest& request) {
  refusal::FieldErrors errors;
  const auto check = [&](const char* field, const char* pattern, const std::string& name) {
    if (!name.empty() && !names::Parse(field, pattern, name).ok())
      errors.Add(field, absl::StrCat("must be like ", pattern));
  };
  check("district", "districts/*", request.district());
  check("role", "roles/*", request.role());
  ShiftQuery query;
  if (request.has_start_time_min()) query.from_us = calendar::MicrosOf(request.start_time_min());
  if (request.has_start_time_max()) query.until_us = calendar::MicrosOf(request.start_time_max());
  if (query.until_us != 0 && query.until_us <= query.from_us)
    errors.Add("start_time_max", "must come after start_time_min");
  query.place = request.place();
  query.district = request.district();
  query.role = request.role();
  query.language = request.language();
  if (!errors.empty()) return errors.ToStatus();
  return query;
}

// A shift that was cancelled since the search is left out: what comes next on the list is not lost by it.
void Show(const Context& context, const FoundRow& row, v1::FindShiftsResponse* answer) {
  const auto bytes = context.reads.shifts().Get(domain::ShiftName(row.shift));
  v1::FoundShift found;
  if (bytes == nullptr || !found.mutable_shift()->ParseFromString(*bytes)) return;
  found.set_needs_approval(row.needs_approval);
  found.set_as_trainee(row.as_trainee);
  found.set_way_from(row.way_from);
  if (!row.way_from.empty()) {
    found.set_way_minutes(static_cast<int32_t>(absl::ToInt64Minutes(row.way)));
    found.set_distance_km(row.distance_km);
  }
  *answer->add_shifts() = std::move(found);
}

void Answer(const Context& context, ShiftQuery query, FindCall& call) {
  const absl::StatusOr<size_t> size = paging::PageSize(call.request().page_size());
  if (!size.ok()) return call.Fail(size.status());
  v1::FindShiftsRequest filter = call.request();
  filter.clear_page_size();
  filter.clear_page_token();
  const std::string digest =
      paging::FilterDigest({"find", filter.SerializeAsString(), call.principal().name});
  const absl::StatusOr<std::string> after = context.pager.Decode(call.request().page_token(), digest);
  if (!after.ok()) return call.Fail(after.status());
  query.after = *after;
  query.limit = *size;
  query.count = after->empty();
  query.now_us = absl::ToUnixMicros(context.clock.Now());
  const absl::StatusOr<FoundShifts> found = context.reads.market().Find(
      SelfOf(context, call.principal()), query, context.rules,
      [&context](const domain::record::PersonHead& head) { return AgeForSearch(context, head); });
  if (!found.ok()) return call.Fail(found.status());
  v1::FindShiftsResponse answer;
  for (const FoundRow& row : found->rows) Show(context, row, &answer);
  for (const auto& [reason, count] : found->hidden) {
    v1::HiddenShifts& hidden = *answer.add_hidden();
    hidden.set_reason(reason);
    hidden.set_shifts(count);
  }
  if (query.count) answer.set_total_size(found->total);
  answer.set_next_page_token(context.pager.Encode(digest, found->next_after));
  call.Answer(answer);
}

void FindShifts(const Context& context, FindCall call) {
  absl::StatusOr<ShiftQuery> query = QueryOf(call.request());
  if (!query.ok()) return call.Fail(query.status());
  handler::WhenVisible(
      context.follower, nullptr, std::move(call),
      [&context, query = *std::move(query)](FindCall fresh) { Answer(context, query, fresh); });
}

}  // namespace

void AddFindHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kFindService, "FindShifts", FindShifts);
}

}  // namespace kepu::volunteer
