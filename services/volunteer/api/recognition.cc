#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/recognised.h"
#include "services/volunteer/domain/absence.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

// Honours that a record shows; the list has all.
constexpr size_t kHonoursShown = 50;

void FillStanding(const domain::record::PersonHead& head, const domain::AbsenceTerms& terms, absl::Time now,
                  v1::Standing* standing) {
  const int32_t halves = domain::LiveHalves(head, now);
  standing->set_half_marks(halves);
  standing->set_half_marks_max(2 * terms.marks);
  standing->set_next_stops(halves + domain::HalvesOf(v1::Absence::NO_SHOW) >= 2 * terms.marks);
  standing->set_stop_days(terms.stop_days);
  if (head.stopped_until_us() > absl::ToUnixMicros(now))
    calendar::SetMicros(head.stopped_until_us(), standing->mutable_stopped_until_time());
  for (const auto& mark : head.live_marks())
    if (mark.expire_us() > absl::ToUnixMicros(now))
      standing->add_absences(AbsenceName(head.id(), mark.shift()));
}

void FillStars(const domain::record::PersonHead& head, absl::CivilDay today, v1::Recognition* answer) {
  const std::vector<domain::record::StarReached> stars(head.stars().begin(), head.stars().end());
  answer->set_star(domain::StarOn(stars, today));
  for (const auto& star : stars) {
    v1::StarEvent& event = *answer->add_stars();
    event.set_star(star.star());
    domain::SetDate(star.reached_day(), event.mutable_reached());
    domain::SetDate(star.effective_day(), event.mutable_effective());
    event.set_rules(star.rules());
  }
}

v1::Recognition RecognitionOf(const Context& context, const domain::record::PersonHead& head,
                              const domain::LedgerRows& rows) {
  const absl::Time now = context.clock.Now();
  const absl::CivilDay today = calendar::DayOf(now);
  const auto rules = context.reads.recognition().rules();
  const std::string name = absl::StrCat("volunteers/", head.id());
  v1::Recognition answer;
  answer.set_name(absl::StrCat(name, "/recognition"));
  FillStars(head, today, &answer);
  answer.set_points(domain::PointsOf(rows, *rules, head.district()));
  for (auto& benefit : domain::BenefitsOf(answer.star(), *rules, head.district(), today))
    *answer.add_benefits() = std::move(benefit);
  v1::ListHonoursResponse honours;
  if (honours.ParseFromString(context.reads.documents().List<v1::Honour>(name, "", kHonoursShown).bytes))
    *answer.mutable_honours() = std::move(*honours.mutable_honours());
  answer.set_total_minutes(head.total_minutes());
  answer.set_minutes_to_next(domain::MinutesToNext(head, *rules, today));
  FillStanding(head, domain::TermsOn(*rules, head.district(), today), now, answer.mutable_standing());
  return answer;
}

void GetRecognition(const Context& context, CallOf<v1::GetRecognitionRequest, v1::Recognition> typed) {
  using Call = CallOf<v1::GetRecognitionRequest, v1::Recognition>;
  context.documents.WhenVisible(std::move(typed), [&context](Call call) {
    auto id =
        VisiblePerson(context, "name", "volunteers/*/recognition", call.request().name(), call.principal());
    if (!id.ok()) return call.Fail(id.status());
    const reservation::Place place = PersonPlace(*id);
    auto shared = std::make_shared<Call>(std::move(call));
    auto answer = std::make_shared<v1::Recognition>();
    auto read = [&context, shared, answer, key = place.key](store::View& view) -> absl::Status {
      const domain::Person& person = PersonIn(view, key);
      if (!person.Exists()) return refusal::NotFound(shared->request().name());
      auto rows = LedgerOf(context.reads, view, person.head().id());
      if (!rows.ok()) return rows.status();
      *answer = RecognitionOf(context, person.head(), *rows);
      return absl::OkStatus();
    };
    context.engine.Read(place.partition, {place.key, LedgerKey(*id)}, std::move(read),
                        [shared, answer](const absl::Status& status) {
                          if (!status.ok()) return shared->Fail(status);
                          shared->Answer(*answer);
                        });
  });
}

void ListStarNotices(const Context& context,
                     CallOf<v1::ListStarNoticesRequest, v1::ListStarNoticesResponse> typed) {
  context.documents.WhenVisible(std::move(typed), [&context](auto call) {
    const v1::ListStarNoticesRequest& request = call.request();
    const std::string filter = paging::FilterDigest({"star notices", request.district()});
    const auto size = paging::PageSize(request.page_size());
    if (!size.ok()) return call.Fail(size.status());
    const auto after = context.pager.Decode(request.page_token(), filter);
    if (!after.ok()) return call.Fail(after.status());
    auto page = context.reads.recognition().NoticesAfter(calendar::DayOf(context.clock.Now()),
                                                         request.district(), *after, *size);
    v1::ListStarNoticesResponse answer;
    for (v1::StarNotice& notice : page.notices) *answer.add_notices() = std::move(notice);
    answer.set_next_page_token(context.pager.Encode(filter, page.next_after));
    call.Answer(answer);
  });
}

}  // namespace

void AddRecognitionHandlers(rpc::Service& service, const Context& context) {
  AddRecognitionRulesHandlers(service, context);
  Handle(service, context, kRecognitionService, "GetRecognition", GetRecognition);
  Handle(service, context, kRecognitionService, "ListStarNotices", ListStarNotices);
}

}  // namespace kepu::volunteer
