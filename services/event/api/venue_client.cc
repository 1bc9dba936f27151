#include "services/event/api/venue_client.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kepu/venue/v1/venue_service.pb.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "libs/reservation/driver.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

constexpr char kCheckAvailability[] = "/kepu.venue.v1.VenueService/CheckAvailability";

std::string DateText(const google::type::Date& date) {
  return calendar::FormatDate(absl::CivilDay(date.year(), date.month(), date.day()));
}

absl::Status Closed(const std::string& venue, const venue::v1::CheckAvailabilityResponse& answer) {
  refusal::Params params = {{"venue", venue}, {"rule", answer.opening().rule()}};
  for (const auto& [name, value] : answer.opening().params()) params.emplace_back(name, value);
  // Map order is unspecified; refusals are compared and must repeat exactly.
  std::sort(params.begin(), params.end());
  std::string next;
  for (const venue::v1::OpeningDay& day : answer.next_open_days())
    absl::StrAppend(&next, next.empty() ? "" : ", ", DateText(day.date()));
  if (!answer.opening().params().contains("date"))
    params.emplace_back("date", DateText(answer.opening().date()));
  params.emplace_back("next_open", next.empty() ? "-" : next);
  return refusal::Refuse(absl::StatusCode::kFailedPrecondition,
                         answer.reason().empty() ? "VENUE_CLOSED" : answer.reason(), std::move(params));
}

// What is left to do of one question: a day after the other.
struct Question {
  rpc::Peer* peer;
  executor::Executor& executor;
  std::string venue;
  absl::CivilDay day;
  absl::CivilDay last;
  absl::Time deadline;
  std::function<void(absl::Status)> done;
};

void AskAbout(const std::shared_ptr<Question>& question) {
  venue::v1::CheckAvailabilityRequest request;
  request.set_name(question->venue);
  request.mutable_date()->set_year(static_cast<int32_t>(question->day.year()));
  request.mutable_date()->set_month(question->day.month());
  request.mutable_date()->set_day(question->day.day());
  rpc::Context context;
  context.principal.service = kSelf;
  context.deadline = std::min(question->deadline, question->executor.SteadyNow() + reservation::kAttemptMax);
  rpc::CallTyped<venue::v1::CheckAvailabilityResponse>(
      *question->peer, kCheckAvailability, context, request,
      [question](absl::StatusOr<venue::v1::CheckAvailabilityResponse> answer) {
        if (answer.status().code() == absl::StatusCode::kNotFound) return question->done(answer.status());
        if (!answer.ok()) {
          return question->done(refusal::TryLater(absl::StatusCode::kUnavailable, "SERVICE_DOWN",
                                                  absl::Seconds(2), {{"service", "venue"}}));
        }
        if (!answer->available()) return question->done(Closed(question->venue, *answer));
        if (question->day == question->last) return question->done(absl::OkStatus());
        ++question->day;
        AskAbout(question);
      });
}

}  // namespace

VenueClient::VenueClient(rpc::Peer* peer, executor::Executor& executor) : peer_(peer), executor_(executor) {
  if (peer != nullptr) {
    halls_ = reservation::MakeRemoteParticipant(*peer, executor, "kepu.venue.v1.ParticipantService", kSelf);
  }
}

void VenueClient::CheckOpen(const std::string& venue, absl::Time start, absl::Time end, absl::Time deadline,
                            std::function<void(absl::Status)> done) const {
  if (peer_ == nullptr) return done(absl::OkStatus());
  auto question = std::make_shared<Question>(
      Question{peer_, executor_, venue, calendar::DayOf(start),
               calendar::DayOf(std::max(start, end - absl::Microseconds(1))), deadline, std::move(done)});
  AskAbout(question);
}

void VenueClient::AskSpace(
    const std::string& space, absl::Time start, absl::Time end, absl::Time deadline,
    std::function<void(absl::StatusOr<venue::v1::CheckAvailabilityResponse>)> done) const {
  if (peer_ == nullptr) {
    venue::v1::CheckAvailabilityResponse free;
    free.set_available(true);
    return done(free);
  }
  venue::v1::CheckAvailabilityRequest request;
  request.set_name(space);
  calendar::SetMicros(absl::ToUnixMicros(start), request.mutable_start_time());
  calendar::SetMicros(absl::ToUnixMicros(end), request.mutable_end_time());
  rpc::Context context;
  context.principal.service = kSelf;
  context.deadline = std::min(deadline, executor_.SteadyNow() + reservation::kAttemptMax);
  rpc::CallTyped<venue::v1::CheckAvailabilityResponse>(
      *peer_, kCheckAvailability, context, request,
      [done = std::move(done)](const absl::StatusOr<venue::v1::CheckAvailabilityResponse>& answer) {
        if (answer.ok() || absl::IsNotFound(answer.status())) return done(answer);
        done(refusal::TryLater(absl::StatusCode::kUnavailable, "SERVICE_DOWN", absl::Seconds(2),
                               {{"service", "venue"}}));
      });
}

void VenueClient::FindClashes(
    const std::string& space, absl::Time start, absl::Time end, absl::Time deadline,
    std::function<void(absl::StatusOr<std::vector<venue::v1::Allocation>>)> done) const {
  AskSpace(space, start, end, deadline,
           [done = std::move(done)](const absl::StatusOr<venue::v1::CheckAvailabilityResponse>& answer) {
             if (!answer.ok()) return done(answer.status());
             done(std::vector<venue::v1::Allocation>(answer->clashes().begin(), answer->clashes().end()));
           });
}

}  // namespace kepu::event
