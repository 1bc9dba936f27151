#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/venue/api/assessment_call.h"
#include "services/venue/api/handlers.h"
#include "services/venue/domain/assessments.h"

namespace kepu::venue {
namespace {

using v1::YearlyAssessment;
using SubmitCall = rpc::TypedCall<v1::SubmitBaseReportRequest, YearlyAssessment>;
using GetCall = rpc::TypedCall<v1::GetAssessmentRequest, YearlyAssessment>;
using ListCall = rpc::TypedCall<v1::ListAssessmentsRequest, v1::ListAssessmentsResponse>;

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

void Submit(const CallContext& context, SubmitCall call) {
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

void Get(const CallContext& context, GetCall call) {
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

absl::StatusOr<v1::ListAssessmentsResponse> PageOf(const CallContext& context, const TitlesState& state,
                                                   const std::string& title, bool insider,
                                                   const v1::ListAssessmentsRequest& request) {
  const std::string filter = paging::FilterDigest({"assessments", title, insider ? "all" : "published"});
  auto limit = paging::PageSize(request.page_size());
  if (!limit.ok()) return limit.status();
  auto after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return after.status();
  std::vector<std::pair<std::string, const YearlyAssessment*>> found;
  const std::string prefix = absl::StrCat("y/", title, "/");
  for (const auto& [field, child] : state.children()) {
    if (!child || !absl::StartsWith(field, prefix)) continue;
    const YearlyAssessment& assessment = child->assessment();
    if (insider || assessment.state() == YearlyAssessment::PUBLISHED)
      found.emplace_back(absl::StrCat(9999 - assessment.year()), &assessment);
  }
  std::sort(found.begin(), found.end());
  v1::ListAssessmentsResponse response;
  std::string last;
  for (const auto& [key, assessment] : found) {
    if (key <= *after) continue;
    if (static_cast<size_t>(response.assessments_size()) == *limit) {
      response.set_next_page_token(context.pager.Encode(filter, last));
      break;
    }
    *response.add_assessments() = insider ? *assessment : PublicAssessment(*assessment);
    last = key;
  }
  return response;
}

void List(const CallContext& context, ListCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "titles/*", call.request().parent(), &ids)) return;
  const rpc::Principal caller = call.principal();
  ComputeOnTitle(
      context, ids[0], std::move(call),
      [&context, id = ids[0], caller](const TitlesState& state, const v1::Title& title,
                                      const auto& request) -> absl::StatusOr<v1::ListAssessmentsResponse> {
        const bool insider = IsInsider(context, caller, title);
        if (!insider && !IsPublic(title.state())) return refusal::NotFound(title.name());
        return PageOf(context, state, id, insider, request);
      });
}

}  // namespace

void AddAssessmentHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::SubmitBaseReportRequest, YearlyAssessment>(
      kAssessmentService, "SubmitBaseReport",
      [&context](SubmitCall call) { Submit(context, std::move(call)); });
  service.Handle<v1::GetAssessmentRequest, YearlyAssessment>(
      kAssessmentService, "GetAssessment", [&context](GetCall call) { Get(context, std::move(call)); });
  service.Handle<v1::ListAssessmentsRequest, v1::ListAssessmentsResponse>(
      kAssessmentService, "ListAssessments", [&context](ListCall call) { List(context, std::move(call)); });
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
