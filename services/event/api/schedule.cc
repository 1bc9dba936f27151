#include "services/event/api/schedule.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "kepu/event/v1/schedule.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/change.h"
#include "libs/names/names.h"
#include "services/event/api/register.h"
#include "services/event/api/target.h"
#include "services/event/domain/disruption.h"
#include "services/event/domain/session_times.h"
#include "services/event/domain/staffing.h"
#include "services/event/store/resources.h"

namespace kepu::event {
namespace {

// `decide(session, by, now)`, by staff of the session's place.
template <class Request, class Decide>
void ChangeByStaff(const Context& context, rpc::TypedCall<Request, v1::Session> call, Decide decide) {
  absl::StatusOr<Target> target = ParseTarget("name", kSessionPattern, call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  auto caller = std::make_shared<const rpc::Principal>(call.principal());
  const std::string etag = call.request().etag();
  store::RequestKey key = handler::KeyOf(context.keys, call);
  handler::Change(
      context.engine, target->partition, store::Lane::kRest, std::move(key), {target->key}, std::move(call),
      [target = *target, caller, etag, decide](store::View& view, absl::Time now) -> absl::Status {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (!session.ok()) return session.status();
        if (!IsStaff(*caller, (*session)->head())) return refusal::NotFound(target.name);
        const std::string current = absl::StrCat(absl::Hex((*session)->head().revision()));
        if (absl::Status status = CheckEtag(etag, current, target.name); !status.ok()) return status;
        return EmitAll(view, target.key, decide(**session, caller->name, now));
      },
      [target = *target](store::View& view, v1::Session* answer) {
        absl::StatusOr<domain::Session*> session = OpenSession(view, target);
        if (session.ok()) ToResource((*session)->head(), answer);
        return session.status();
      });
}

void SetStaffing(const Context& context, rpc::TypedCall<v1::SetStaffingRequest, v1::Session> call) {
  const v1::Staffing staffing = call.request().staffing();
  ChangeByStaff(context, std::move(call),
                [staffing](const domain::Session& session, const std::string& by, absl::Time now) {
                  return domain::DecideSetStaffing(session, staffing, by, now);
                });
}

void GoAhead(const Context& context, rpc::TypedCall<v1::GoAheadSessionRequest, v1::Session> call) {
  const std::string reason = call.request().reason();
  ChangeByStaff(context, std::move(call),
                [reason](const domain::Session& session, const std::string& by, absl::Time now) {
                  return domain::DecideGoAhead(session, reason, by, now);
                });
}

void ReportTimes(const Context& context, rpc::TypedCall<v1::ReportSessionTimesRequest, v1::Session> call) {
  const v1::ReportSessionTimesRequest request = call.request();
  ChangeByStaff(context, std::move(call),
                [request](const domain::Session& session, const std::string& by, absl::Time now) {
                  return domain::DecideReportTimes(session, calendar::FromProto(request.start_time()),
                                                   calendar::FromProto(request.end_time()), request.reason(),
                                                   by, now);
                });
}

using DisruptionsCall = rpc::TypedCall<v1::ListDisruptionsRequest, v1::ListDisruptionsResponse>;

std::string OrderOf(const domain::record::SessionHead& head) {
  return absl::StrCat(absl::Hex(head.start_us(), absl::kZeroPad16), "/", head.id());
}

int32_t HeadsOf(const v1::Session& session) {
  int32_t heads = 0;
  for (const v1::Pool& pool : session.pools())
    heads = std::max(heads, pool.held() + pool.confirmed() + pool.checked_in());
  return heads;
}

void Disruptions(const Context& context, const ScheduleKeeper& keeper, DisruptionsCall call) {
  const std::string place = call.request().place();
  const std::string filter = paging::FilterDigest({"ListDisruptions", place});
  absl::StatusOr<size_t> size = paging::PageSize(call.request().page_size());
  if (!size.ok()) return call.Fail(size.status());
  absl::StatusOr<std::string> after = context.pager.Decode(call.request().page_token(), filter);
  if (!after.ok()) return call.Fail(after.status());
  const ReadModel& model = context.read_model;
  std::vector<std::pair<std::string, uint32_t>> found;
  for (uint32_t i = 0; i < model.session_numbers(); ++i) {
    const domain::record::SessionHead& head = model.SessionAt(i);
    const bool there = head.place() == place || absl::StartsWith(head.place(), absl::StrCat(place, "/"));
    if (!there || head.state() == v1::Session::CANCELLED || !domain::IsDisrupted(head)) continue;
    if (domain::Ended(head, context.clock.Now()) || OrderOf(head) <= *after) continue;
    found.emplace_back(OrderOf(head), i);
  }
  std::sort(found.begin(), found.end());
  v1::ListDisruptionsResponse response;
  for (size_t i = 0; i < std::min(*size, found.size()); ++i) {
    v1::ListDisruptionsResponse::Disrupted* one = response.add_disrupted();
    ToResource(model.SessionAt(found[i].second), one->mutable_session());
    one->set_bookings(model.tally().Of(found[i].second).live);
    one->set_heads(HeadsOf(one->session()));
  }
  if (found.size() > *size)
    response.set_next_page_token(context.pager.Encode(filter, found[*size - 1].first));
  for (const std::string& service : keeper.UnknownOf()) response.add_unknown_of(service);
  call.Answer(response);
}

}  // namespace

void AddScheduleHandlers(rpc::Service& service, const Context& context, const ScheduleKeeper& keeper) {
  Handle(service, context, kScheduleService, "SetStaffing", SetStaffing);
  Handle(service, context, kScheduleService, "GoAheadSession", GoAhead);
  Handle(service, context, kScheduleService, "ReportSessionTimes", ReportTimes);
  service.Handle<v1::ListDisruptionsRequest, v1::ListDisruptionsResponse>(
      kScheduleService, "ListDisruptions", [&context, &keeper](DisruptionsCall call) {
        WhenVisible(context, std::move(call), [&context, &keeper](DisruptionsCall visible) {
          auto shared = std::make_shared<DisruptionsCall>(std::move(visible));
          context.executor.Post(
              [&context, &keeper, shared] { Disruptions(context, keeper, std::move(*shared)); });
        });
      });
}

}  // namespace kepu::event
