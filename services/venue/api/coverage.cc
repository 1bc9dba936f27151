#include "services/venue/domain/coverage.h"

#include "absl/strings/str_cat.h"
#include "kepu/venue/v1/coverage.pb.h"
#include "libs/calendar/dates.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/register_copy.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

constexpr char kCoverageService[] = "kepu.venue.v1.CoverageService";

using GetCoverageCall = rpc::TypedCall<v1::GetCoverageRequest, v1::GetCoverageResponse>;
using ListUncoveredCall = rpc::TypedCall<v1::ListUncoveredRequest, v1::ListUncoveredResponse>;

// `answer(call, registers) -> StatusOr<Response>` with the registers as they are known; on any thread, so
// that counting keeps nobody else waiting, or on the executor when they had to be read.
template <class Request, class Response, class Answer>
void WithRegisters(const CallContext& context, rpc::TypedCall<Request, Response> call, Answer answer) {
  using Call = rpc::TypedCall<Request, Response>;
  AfterPosition(context, std::move(call), [&context, answer](Call ready) {
    if (const RegisterCopy::Answer fresh{context.registers.Fresh(), false}; fresh.registers != nullptr)
      return ready.Finish(absl::StatusOr<Response>(answer(std::as_const(ready), fresh)));
    auto shared = std::make_shared<Call>(std::move(ready));
    context.executor.Post([&context, answer, shared] {
      context.registers.Get([answer, shared](const RegisterCopy::Answer& registers) {
        shared->Finish(absl::StatusOr<Response>(answer(std::as_const(*shared), registers)));
      });
    });
  });
}

bool CheckDistrict(const std::string& district) {
  return district.empty() || names::Parse("district", "districts/*", district).ok();
}

absl::StatusOr<v1::GetCoverageResponse> GetCoverage(const CallContext& context, const GetCoverageCall& call,
                                                    const RegisterCopy::Answer& known) {
  const std::string& district = call.request().district();
  if (!CheckDistrict(district))
    return refusal::BadField("district", "must be a name of the form districts/*");
  const absl::Time now = context.clock.Now();
  v1::GetCoverageResponse response;
  *response.mutable_as_of() = ToTimestamp(now);
  response.set_registers_stale(known.stale);
  if (known.registers != nullptr)
    *response.mutable_registers_as_of() = ToTimestamp(known.registers->read_time);
  context.model.coverage().Count(known.registers.get(), calendar::DayOf(now),
                                 [&](const Network& network) { CountCoverage(network, district, response); });
  return response;
}

std::string WorkLists() {
  std::string codes;
  for (const IndicatorRow& row : Indicators())
    if (row.has_work_list) absl::StrAppend(&codes, codes.empty() ? "" : ", ", row.code);
  return codes;
}

absl::StatusOr<v1::ListUncoveredResponse> ListUncovered(const CallContext& context,
                                                        const ListUncoveredCall& call,
                                                        const RegisterCopy::Answer& known) {
  const v1::ListUncoveredRequest& request = call.request();
  const IndicatorRow* indicator = FindIndicator(request.indicator());
  if (indicator == nullptr || !indicator->has_work_list)
    return refusal::BadField("indicator", absl::StrCat("must be one of ", WorkLists()));
  if (!CheckDistrict(request.district()))
    return refusal::BadField("district", "must be a name of the form districts/*");
  const std::string filter = paging::FilterDigest({"uncovered", indicator->code, request.district()});
  auto limit = paging::PageSize(request.page_size());
  if (!limit.ok()) return limit.status();
  auto after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return after.status();
  if (known.registers == nullptr)
    return refusal::TryLater(absl::StatusCode::kUnavailable, "SERVICE_DOWN", RegisterCopy::kRetryAfter,
                             {{"service", "identity"}});
  v1::ListUncoveredResponse response;
  response.set_registers_stale(known.stale);
  *response.mutable_registers_as_of() = ToTimestamp(known.registers->read_time);
  UncoveredPage page;
  context.model.coverage().Count(
      known.registers.get(), calendar::DayOf(context.clock.Now()), [&](const Network& network) {
        page = UncoveredBy(network, indicator->what, request.district(), *after, *limit);
      });
  response.set_total_size(page.total);
  if (page.more) response.set_next_page_token(context.pager.Encode(filter, KeyOf(page.entries.back())));
  for (v1::Uncovered& entry : page.entries) *response.add_uncovered() = std::move(entry);
  return response;
}

}  // namespace

void AddCoverageHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::GetCoverageRequest, v1::GetCoverageResponse>(
      kCoverageService, "GetCoverage", [&context](GetCoverageCall call) {
        WithRegisters(context, std::move(call), [&context](const GetCoverageCall& ready, const auto& known) {
          return GetCoverage(context, ready, known);
        });
      });
  service.Handle<v1::ListUncoveredRequest, v1::ListUncoveredResponse>(
      kCoverageService, "ListUncovered", [&context](ListUncoveredCall call) {
        WithRegisters(context, std::move(call),
                      [&context](const ListUncoveredCall& ready, const auto& known) {
                        return ListUncovered(context, ready, known);
                      });
      });
}

}  // namespace kepu::venue
