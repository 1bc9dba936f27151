// What is taken of the rules of a place: days, districts, and the people inside.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "kepu/event/v1/place_rules.pb.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "services/event/api/place_name.h"
#include "services/event/api/register.h"
#include "services/event/domain/occupancy.h"

namespace kepu::event {
namespace {

using DaysCall = rpc::TypedCall<v1::ListDayQuotasRequest, v1::ListDayQuotasResponse>;
using DistrictsCall = rpc::TypedCall<v1::ListDistrictQuotasRequest, v1::ListDistrictQuotasResponse>;
using OccupancyCall = rpc::TypedCall<v1::GetOccupancyRequest, v1::Occupancy>;

constexpr absl::Duration kSlot = absl::Minutes(30);
constexpr int kSlots = 48;

// The rows after the page token's, as many as asked for; `key_of(row)` ascends.
template <class Response, class Request, class Row, class KeyOf>
void AnswerPage(const Context& context, rpc::TypedCall<Request, Response>& call, const std::vector<Row>& rows,
                KeyOf key_of) {
  Request asked = call.request();
  asked.clear_page_size();
  asked.clear_page_token();
  const std::string filter =
      paging::FilterDigest({Request::descriptor()->full_name(), asked.SerializeAsString()});
  const absl::StatusOr<size_t> size = paging::PageSize(call.request().page_size());
  if (!size.ok()) return call.Fail(size.status());
  const absl::StatusOr<std::string> after = context.pager.Decode(call.request().page_token(), filter);
  if (!after.ok()) return call.Fail(after.status());
  Response response;
  for (const Row& row : rows) {
    if (!after->empty() && key_of(row) <= *after) continue;
    if (static_cast<size_t>(response.quotas_size()) == *size) {
      response.set_next_page_token(context.pager.Encode(filter, key_of(*response.quotas().rbegin())));
      break;
    }
    *response.add_quotas() = row;
  }
  call.Answer(response);
}

void ListDayQuotas(const Context& context, DaysCall call) {
  auto place = PlaceIn("parent", call.request().parent(), kRulesSuffix);
  if (!place.ok()) return call.Fail(place.status());
  int32_t first = domain::DayNumber(context.clock.Now());
  if (!call.request().first_date().empty()) {
    const auto date = calendar::ParseDate("first_date", call.request().first_date());
    if (!date.ok()) return call.Fail(date.status());
    first = static_cast<int32_t>(*date - absl::CivilDay(1970, 1, 1));
  }
  WhenVisible(context, std::move(call), [&context, place = *place, first](DaysCall visible) {
    const PlaceBook& book = context.read_model.places();
    if (book.RulesOf(place) == nullptr) return visible.Fail(refusal::NotFound(visible.request().parent()));
    std::vector<v1::DayQuota> rows = book.DaysOf(place, first);
    const auto key_of = [](const v1::DayQuota& row) { return absl::StrCat(row.date(), " ", row.limit()); };
    std::sort(rows.begin(), rows.end(),
              [&](const v1::DayQuota& a, const v1::DayQuota& b) { return key_of(a) < key_of(b); });
    AnswerPage(context, visible, rows, key_of);
  });
}

void ListDistrictQuotas(const Context& context, DistrictsCall call) {
  auto place = PlaceIn("parent", call.request().parent(), kRulesSuffix);
  if (!place.ok()) return call.Fail(place.status());
  std::string term = call.request().term();
  if (term.empty()) term = domain::TermOf(context.school_rules, context.clock.Now());
  WhenVisible(context, std::move(call), [&context, place = *place, term](DistrictsCall visible) {
    const PlaceBook& book = context.read_model.places();
    if (book.RulesOf(place) == nullptr) return visible.Fail(refusal::NotFound(visible.request().parent()));
    // By the ids of the districts, as the book has them.
    AnswerPage(context, visible, book.DistrictsOf(place, term),
               [](const v1::DistrictQuota& row) { return row.district(); });
  });
}

void GetOccupancy(const Context& context, OccupancyCall call) {
  auto place = PlaceIn("name", call.request().name(), kOccupancySuffix);
  if (!place.ok()) return call.Fail(place.status());
  WhenVisible(context, std::move(call), [&context, place = *place](OccupancyCall visible) {
    const auto rules = context.read_model.places().RulesOf(place);
    if (rules == nullptr) return visible.Fail(refusal::NotFound(visible.request().name()));
    const absl::Time now = context.clock.Now();
    const auto visitors = context.read_model.places().VisitorsOf(place, now, now + kSlots * kSlot);
    v1::Occupancy occupancy;
    occupancy.set_name(visible.request().name());
    for (const domain::Visitors& one : visitors) occupancy.set_inside(occupancy.inside() + one.inside);
    occupancy.set_inside_max(rules->inside_max());
    occupancy.set_overstaying(domain::Overstaying(visitors, now));
    for (int i = 0; i < kSlots; ++i) {
      v1::Occupancy::Expected* expected = occupancy.add_expected();
      calendar::SetMicros(absl::ToUnixMicros(now + i * kSlot), expected->mutable_time());
      expected->set_heads(domain::ExpectedAt(visitors, now + i * kSlot, context.rules.overstay, now));
    }
    visible.Answer(occupancy);
  });
}

}  // namespace

void AddPlaceListHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kPlaceRulesService, "ListDayQuotas", ListDayQuotas);
  Handle(service, context, kPlaceRulesService, "ListDistrictQuotas", ListDistrictQuotas);
  Handle(service, context, kPlaceRulesService, "GetOccupancy", GetOccupancy);
}

}  // namespace kepu::event
