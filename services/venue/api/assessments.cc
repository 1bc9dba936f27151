#include "services/venue/domain/assessments.h"
#include "absl/strings/str_cat.h"
#include "services/venue/api/assessment_call.h"
#include "services/venue/api/handlers.h"

namespace kepu::venue {
namespace {

using v1::YearlyAssessment;
using SubmitBaseReportCall = rpc::TypedCall<v1::SubmitBaseReportRequest, YearlyAssessment>;
using GetAssessmentCall = rpc::TypedCall<v1::GetAssessmentRequest, YearlyAssessment>;
using ListAssessmentsCall = rpc::TypedCall<v1::ListAssessmentsRequest, v1::ListAssessmentsResponse>;
using CountAssessmentsCall = rpc::TypedCall<v1::CountAssessmentsRequest, v1::CountAssessmentsResponse>;

absl::Status AnswerAssessment(const TitlesState& state, const AssessmentId& id, YearlyAssessment* answer) {
  return Copy(FindAssessment(state, id), answer);
}

// Without what base, district and city wrote to each other.
YearlyAssessment PublicAssessment(YearlyAssessment assessment) {
  assessment.clear_statement();
  assessment.clear_district_comment();
  assessment.clear_objection();
  assessment.clear_answer();
  return assessment;
}

void SubmitBaseReport(const CallContext& context, SubmitBaseReportCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "titles/*", call.request().parent(), &ids)) return;
  const v1::SubmitBaseReportRequest request = call.request();
  // The year as it was meant when the call came first: what is made of it must not move with a retry.
  auto year = YearAsked(request.year(), context.clock.Now());
  if (!year.ok()) return call.Fail(year.status());
  const AssessmentId id{ids[0], *year};
  ChangeTitle(
      context, ids[0], std::move(call),
      [&context, id, request](const TitlesState& state, absl::Time now) -> absl::StatusOr<TitleFacts> {
        auto title = FindTitle(state, id.title);
        if (!title.ok()) return title.status();
        auto counted = CountDuties(context, **title, id.year, now);
        if (!counted.ok()) return counted.status();
        return DecideSubmit(state, id, request, *counted, now);
      },
      [id](const TitlesState& state, YearlyAssessment* answer) {
        return AnswerAssessment(state, id, answer);
      });
}

// Decided with the whole request: `decide(state, id, request, office, now)`.
template <class Request, class Decide>
void AddJudgement(rpc::Service& service, const CallContext& context, const char* method, Decide decide) {
  using Call = rpc::TypedCall<Request, YearlyAssessment>;
  service.Handle<Request, YearlyAssessment>(kAssessmentService, method, [&context, decide](Call call) {
    const auto id = ParseAssessment("name", call.request().name());
    if (!id.ok()) return call.Fail(id.status());
    const Request request = call.request();
    const Office office = OfficeOf(call.principal());
    ChangeTitle(
        context, id->title, std::move(call),
        [id = *id, request, office, decide](const TitlesState& state, absl::Time now) {
          return decide(state, id, request, office, now);
        },
        [id = *id](const TitlesState& state, YearlyAssessment* answer) {
          return AnswerAssessment(state, id, answer);
        });
  });
}

void GetAssessment(const CallContext& context, GetAssessmentCall call) {
  const auto id = ParseAssessment("name", call.request().name());
  if (!id.ok()) return call.Fail(id.status());
  const rpc::Principal caller = call.principal();

  ComputeOnTitle(context, id->title, std::move(call),
                 [&context, id = *id, caller](const TitlesState& state, const v1::Title& title,
                                              const auto& request) -> absl::StatusOr<YearlyAssessment> {
                   auto found = FindAssessment(state, id);
                   if (!found.ok()) return found.status();
                   if (IsInsider(context, caller, title)) return **found;
                   if ((*found)->state() != YearlyAssessment::PUBLISHED)
                     return refusal::NotFound(request.name());
                   return PublicAssessment(**found);
                 });
}

// On any thread: rows lie ready.
void AnswerList(const CallContext& context, const AssessmentFilter& filter, ListAssessmentsCall call) {
  const auto insider = [&](const v1::Title& title) { return IsInsider(context, call.principal(), title); };
  if (!filter.title.empty()) {
    const auto title = context.model.titles().Get(filter.title);
    if (title == nullptr || (!IsPublic(title->state()) && !insider(*title)))
      return call.Fail(refusal::NotFound(filter.title));
  }
  // What a caller sees depends on who it is.
  const std::string digest = paging::FilterDigest({"assessments", call.principal().name, filter.Digest()});
  auto limit = paging::PageSize(call.request().page_size());
  if (!limit.ok()) return call.Fail(limit.status());
  auto after = context.pager.Decode(call.request().page_token(), digest);
  if (!after.ok()) return call.Fail(after.status());
  const auto page = context.model.titles().ListAssessments(filter, insider, *after, *limit);
  v1::ListAssessmentsResponse response;
  for (const auto& row : page.rows)
    *response.add_assessments() = insider(*row.title) ? *row.assessment : PublicAssessment(*row.assessment);
  response.set_next_page_token(context.pager.Encode(digest, page.next_after));
  call.Answer(response);
}

void ListAssessments(const CallContext& context, ListAssessmentsCall call) {
  const v1::ListAssessmentsRequest& request = call.request();
  AssessmentFilter filter;
  if (request.parent() != "titles/-") {
    std::vector<std::string> ids;
    if (!ParseName(call, "parent", "titles/*", request.parent(), &ids)) return;
    filter.title = request.parent();
  }
  filter.districts = {request.districts().begin(), request.districts().end()};
  filter.year = request.year();
  filter.state = request.state();
  filter.result = request.result();
  AfterPosition(context, std::move(call), [&context, filter](ListAssessmentsCall ready) {
    AnswerList(context, filter, std::move(ready));
  });
}

void Count(const CallContext& context, CountAssessmentsCall call) {
  AssessmentFilter filter;
  filter.districts = {call.request().districts().begin(), call.request().districts().end()};
  const int last_year = static_cast<int>(calendar::DayOf(context.clock.Now()).year()) - 1;
  auto year = YearAsked(call.request().year() == 0 ? last_year : call.request().year(), context.clock.Now());
  if (!year.ok()) return call.Fail(year.status());
  filter.year = *year;
  AfterPosition(context, std::move(call), [&context, filter](CountAssessmentsCall ready) {
    v1::CountAssessmentsResponse response;
    response.set_year(filter.year);
    for (const auto& [result, count] : context.model.titles().CountAssessments(filter)) {
      auto& row = *response.add_rows();
      row.set_result(result);
      row.set_count(count);
      response.set_total(response.total() + count);
    }
    ready.Answer(response);
  });
}

}  // namespace

void AddAssessmentHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::SubmitBaseReportRequest, YearlyAssessment>(
      kAssessmentService, "SubmitBaseReport",
      [&context](SubmitBaseReportCall call) { SubmitBaseReport(context, std::move(call)); });
  service.Handle<v1::GetAssessmentRequest, YearlyAssessment>(
      kAssessmentService, "GetAssessment",
      [&context](GetAssessmentCall call) { GetAssessment(context, std::move(call)); });
  service.Handle<v1::ListAssessmentsRequest, v1::ListAssessmentsResponse>(
      kAssessmentService, "ListAssessments",
      [&context](ListAssessmentsCall call) { ListAssessments(context, std::move(call)); });
  service.Handle<v1::CountAssessmentsRequest, v1::CountAssessmentsResponse>(
      kAssessmentService, "CountAssessments",
      [&context](CountAssessmentsCall call) { Count(context, std::move(call)); });
  AddJudgement<v1::ReviewBaseReportRequest>(
      service, context, "ReviewBaseReport",
      [](const TitlesState& state, const AssessmentId& id, const auto& request, Office, absl::Time now) {
        return DecideReviewReport(state, id, request, now);
      });
  AddJudgement<v1::ObjectToAssessmentRequest>(
      service, context, "ObjectToAssessment",
      [](const TitlesState& state, const AssessmentId& id, const auto& request, Office, absl::Time now) {
        return DecideObjectToAssessment(state, id, request, now);
      });
  AddJudgement<v1::AssessBaseRequest>(service, context, "AssessBase", DecideAssess);
  AddJudgement<v1::PublishAssessmentRequest>(service, context, "PublishAssessment", DecidePublish);
}

}  // namespace kepu::venue
