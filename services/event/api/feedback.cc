#include "services/event/api/feedback.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/calendar/timestamps.h"
#include "libs/handler/change.h"
#include "libs/handler/merge.h"
#include "services/event/api/access.h"
#include "services/event/api/register.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

constexpr char kRemark[] = "feedback.remark";

// The booking that "…/bookings/x/feedback" is of.
absl::StatusOr<Target> BookingOf(absl::string_view field, absl::string_view name) {
  absl::string_view booking = name;
  if (!absl::ConsumeSuffix(&booking, "/feedback"))
    return refusal::BadField(field, "must be like events/*/sessions/*/bookings/*/feedback");
  absl::StatusOr<Target> target = ParseTarget(field, kBookingPattern, booking);
  if (absl::IsNotFound(target.status())) return refusal::NotFound(name);
  if (target.ok()) target->name = std::string(name);
  return target;
}

struct Opened {
  const domain::record::SessionHead* session;
  const domain::record::BookingRecord* booking;
};

// The booking for those who came with it; for everybody else, staff too, there is nothing to say.
absl::StatusOr<Opened> OpenOwn(store::View& view, const Target& target, const rpc::Principal& caller) {
  absl::StatusOr<domain::Session*> session = OpenSession(view, target);
  if (!session.ok()) return session.status();
  const auto booking = domain::FindBooking(**session, target.id);
  if (!booking.ok()) return booking.status();
  if (*booking == nullptr || !OwnsOrActsFor(caller, (*booking)->booker(), (*booking)->school()))
    return refusal::NotFound(target.name);
  // Of who walked in nobody knows who it was; staff let them in.
  const bool nobody_knows = (*booking)->person().empty() && (*booking)->school().empty();
  if (nobody_knows && (*booking)->made_by().empty()) return refusal::NotFound(target.name);
  return Opened{&(*session)->head(), *booking};
}

domain::Feedback& FeedbackIn(store::View& view, const Target& target) {
  return dynamic_cast<domain::Feedback&>(view.Get(FeedbackKey(target.session)));
}

bool SaysRemark(const handler::Paths& paths, const std::string& remark) {
  if (paths.empty()) return !remark.empty();
  return std::any_of(paths.begin(), paths.end(),
                     [](const std::string& path) { return path == "*" || path == "remark"; });
}

}  // namespace

template <class Request, class Then>
void FeedbackDesk::Seal(Call<Request> call, const std::string& remark, Then then) {
  if (remark.empty()) return then(std::move(call), std::string());
  if (vault_ == nullptr)
    return call.Fail(refusal::BadField("feedback.remark", "cannot be kept here; leave it empty"));
  auto shared = std::make_shared<Call<Request>>(std::move(call));
  // Who has no key yet gets one, which waits for the disk.
  const absl::Status queued =
      workers_.Run([this, alive = std::weak_ptr<bool>(alive_), shared, remark, then]() mutable {
        if (alive.expired()) return;
        auto sealed = vault_->Seal(shared->principal().name, kRemark, remark);
        if (!sealed.ok()) return shared->Fail(sealed.status());
        then(std::move(*shared), *std::move(sealed));
      });
  if (!queued.ok()) shared->Fail(queued);
}

absl::StatusOr<std::string> FeedbackDesk::Open(const domain::record::FeedbackRecord& feedback) const {
  if (feedback.remark().empty() || vault_ == nullptr) return std::string();
  absl::StatusOr<std::string> text = vault_->Unseal(feedback.by(), kRemark, feedback.remark());
  if (refusal::ReasonOf(text.status()) == "PERSON_ERASED") return std::string();
  return text;
}

void FeedbackDesk::ToResource(const domain::record::FeedbackRecord& record, const std::string& remark,
                              v1::Feedback* feedback) const {
  *feedback->mutable_ratings() = record.ratings();
  feedback->set_remark(remark);
  feedback->set_kind(record.kind());
  calendar::SetMicros(record.create_us(), feedback->mutable_create_time());
  calendar::SetMicros(record.update_us(), feedback->mutable_update_time());
  calendar::SetMicros(record.create_us() + absl::ToInt64Microseconds(context_.rules.feedback_changeable),
                      feedback->mutable_final_time());
  feedback->set_etag(absl::StrCat(absl::Hex(record.revision())));
}

absl::Status FeedbackDesk::Encode(store::View& view, const Target& target, v1::Feedback* answer) const {
  const auto found = domain::FindFeedback(FeedbackIn(view, target), target.id);
  if (!found.ok()) return found.status();
  absl::StatusOr<domain::Session*> session = OpenSession(view, target);
  if (!session.ok()) return session.status();
  const std::string name = domain::FeedbackName((*session)->head(), target.id);
  if (*found == nullptr) return refusal::NotFound(name);
  const auto remark = Open(**found);
  if (!remark.ok()) return remark.status();
  ToResource(**found, *remark, answer);
  answer->set_name(name);
  return absl::OkStatus();
}

void FeedbackDesk::Give(Call<v1::GiveFeedbackRequest> call) {
  const absl::StatusOr<Target> target = ParseTarget("parent", kBookingPattern, call.request().parent());
  if (!target.ok()) return call.Fail(target.status());
  const v1::Feedback given = call.request().feedback();
  if (absl::Status status = domain::CheckFeedback(given.ratings(), given.remark()); !status.ok())
    return call.Fail(status);
  Seal(
      std::move(call), given.remark(),
      [this, target = *target, given](Call<v1::GiveFeedbackRequest> ready, std::string sealed) {
        auto caller = std::make_shared<const rpc::Principal>(ready.principal());
        domain::FeedbackCommand command{target.id, given.ratings(), std::move(sealed), caller->name};
        store::RequestKey key = handler::KeyOf(context_.keys, ready);
        const std::string feedback_key = FeedbackKey(target.session);
        handler::Change(
            context_.engine, target.partition, store::Lane::kRest, std::move(key), {target.key, feedback_key},
            std::move(ready),
            [this, target, feedback_key, command, caller](store::View& view, absl::Time now) -> absl::Status {
              const auto opened = OpenOwn(view, target, *caller);
              if (!opened.ok()) return opened.status();
              return EmitAll(view, feedback_key,
                             domain::DecideGiveFeedback(FeedbackIn(view, target), *opened->session,
                                                        *opened->booking, command, context_.rules, now));
            },
            [this, target](store::View& view, v1::Feedback* answer) { return Encode(view, target, answer); });
      });
}

void FeedbackDesk::Update(Call<v1::UpdateFeedbackRequest> call) {
  const v1::Feedback update = call.request().feedback();
  const absl::StatusOr<Target> target = BookingOf("feedback.name", update.name());
  if (!target.ok()) return call.Fail(target.status());
  const auto& mask = call.request().update_mask().paths();
  const handler::Paths paths(mask.begin(), mask.end());
  const bool says = SaysRemark(paths, update.remark());
  Seal(
      std::move(call), says ? update.remark() : "",
      [this, target = *target, update, paths, says](Call<v1::UpdateFeedbackRequest> ready,
                                                    const std::string& sealed) {
        auto caller = std::make_shared<const rpc::Principal>(ready.principal());
        store::RequestKey key = handler::KeyOf(context_.keys, ready);
        const std::string feedback_key = FeedbackKey(target.session);
        handler::Change(
            context_.engine, target.partition, store::Lane::kRest, std::move(key), {target.key, feedback_key},
            std::move(ready),
            [=, this](store::View& view, absl::Time now) -> absl::Status {
              const auto opened = OpenOwn(view, target, *caller);
              if (!opened.ok()) return opened.status();
              const domain::Feedback& feedback = FeedbackIn(view, target);
              const auto known = domain::FindFeedback(feedback, target.id);
              if (!known.ok()) return known.status();
              if (*known == nullptr) return refusal::NotFound(target.name);
              if (absl::Status status =
                      CheckEtag(update.etag(), absl::StrCat(absl::Hex((*known)->revision())), target.name);
                  !status.ok())
                return status;
              v1::Feedback before;
              *before.mutable_ratings() = (*known)->ratings();
              const v1::Feedback after = handler::Merged(before, update, paths);
              if (absl::Status status = domain::CheckFeedback(after.ratings(), says ? update.remark() : "");
                  !status.ok())
                return status;
              const domain::FeedbackCommand command{target.id, after.ratings(),
                                                    says ? sealed : (*known)->remark(), caller->name};
              return EmitAll(
                  view, feedback_key,
                  domain::DecideChangeFeedback(feedback, *opened->session, command, context_.rules, now));
            },
            [this, target](store::View& view, v1::Feedback* answer) { return Encode(view, target, answer); });
      });
}

void FeedbackDesk::Get(Call<v1::GetFeedbackRequest> call) {
  const absl::StatusOr<Target> target = BookingOf("name", call.request().name());
  if (!target.ok()) return call.Fail(target.status());
  auto shared = std::make_shared<Call<v1::GetFeedbackRequest>>(std::move(call));
  auto answer = std::make_shared<v1::Feedback>();
  context_.engine.Read(
      target->partition, {target->key, FeedbackKey(target->session)},
      [this, target = *target, shared, answer](store::View& view) -> absl::Status {
        const auto opened = OpenOwn(view, target, shared->principal());
        if (!opened.ok()) return opened.status();
        answer->Clear();
        return Encode(view, target, answer.get());
      },
      [shared, answer](const absl::Status& status) {
        if (!status.ok()) return shared->Fail(status);
        shared->Answer(*answer);
      });
}

void FeedbackDesk::List(Call<v1::ListFeedbackRequest, v1::ListFeedbackResponse> call) {
  using FeedbackListCall = Call<v1::ListFeedbackRequest, v1::ListFeedbackResponse>;
  WhenVisible(context_, std::move(call), [this](FeedbackListCall visible) {
    auto shared = std::make_shared<FeedbackListCall>(std::move(visible));
    context_.executor.Post([this, shared] {
      const v1::ListFeedbackRequest& request = shared->request();
      const absl::StatusOr<Target> target = ParseTarget("parent", kSessionPattern, request.parent());
      if (!target.ok()) return shared->Fail(target.status());
      const auto* head = context_.read_model.FindSession(target->session, nullptr);
      if (head == nullptr || head->event() != target->event || !IsStaff(shared->principal(), *head))
        return shared->Fail(refusal::NotFound(request.parent()));
      const std::string filter = paging::FilterDigest({"ListFeedback", request.parent()});
      const absl::StatusOr<size_t> size = paging::PageSize(request.page_size());
      if (!size.ok()) return shared->Fail(size.status());
      const absl::StatusOr<std::string> after = context_.pager.Decode(request.page_token(), filter);
      if (!after.ok()) return shared->Fail(after.status());
      size_t from = 0;
      if (!after->empty() && !absl::SimpleAtoi(*after, &from))
        return shared->Fail(refusal::BadField("page_token", "is not one that was answered"));
      std::vector<std::string> ids =
          context_.read_model.feedback().Bookings(target->session, from, *size + 1);
      const bool more = ids.size() > *size;
      if (more) ids.pop_back();
      const std::string next = more ? context_.pager.Encode(filter, absl::StrCat(from + *size)) : "";
      store::LoadRequest load;
      load.key = FeedbackKey(target->session);
      for (const std::string& id : ids) load.children.push_back(domain::FeedbackField(id));
      if (ids.empty()) return shared->Answer(v1::ListFeedbackResponse());
      context_.store.Load(
          target->partition, {load},
          [this, shared, ids, next](const absl::StatusOr<std::vector<store::Loaded>>& loaded) {
            if (!loaded.ok()) return shared->Fail(loaded.status());
            domain::Feedback feedback;
            feedback.ParseHead(loaded->front().head.head);
            for (const auto& [field, bytes] : loaded->front().children)
              feedback.ParseChild(field, bytes ? std::optional<absl::string_view>(*bytes) : std::nullopt);
            v1::ListFeedbackResponse response;
            for (const std::string& id : ids) {
              const auto found = domain::FindFeedback(feedback, id);
              if (!found.ok() || *found == nullptr) continue;
              const auto remark = Open(**found);
              if (!remark.ok()) return shared->Fail(remark.status());
              ToResource(**found, *remark, response.add_feedback());
            }
            response.set_next_page_token(next);
            shared->Answer(response);
          });
    });
  });
}

void FeedbackDesk::Summarize(Call<v1::GetFeedbackSummaryRequest, v1::FeedbackSummary> call) {
  using FeedbackSummaryCall = Call<v1::GetFeedbackSummaryRequest, v1::FeedbackSummary>;
  WhenVisible(context_, std::move(call), [this](FeedbackSummaryCall visible) {
    const std::string name = visible.request().name();
    absl::string_view of = name;
    if (!absl::ConsumeSuffix(&of, "/feedbackSummary"))
      return visible.Fail(refusal::BadField("name", "must end with /feedbackSummary"));
    const ReadModel& model = context_.read_model;
    if (absl::StrContains(of, "/sessions/")) {
      const absl::StatusOr<Target> target = ParseTarget("name", kSessionPattern, of);
      if (!target.ok()) return visible.Fail(target.status());
      if (model.sessions().Get(of) == nullptr) return visible.Fail(refusal::NotFound(name));
      return visible.Answer(domain::SummaryOf(name, model.feedback().OfSession(target->session)));
    }
    const auto ids = names::Parse("name", "events/*", of);
    if (!ids.ok()) return visible.Fail(ids.status());
    const auto event = model.documents().Find<v1::Event>(of);
    if (event == nullptr || event->state() == v1::Event::DRAFT) return visible.Fail(refusal::NotFound(name));
    visible.Answer(domain::SummaryOf(name, model.feedback().OfEvent((*ids)[0])));
  });
}

void FeedbackDesk::Register(rpc::Service& service) {
  const auto handle = [&]<class Request, class Response>(
                          const char* method, void (FeedbackDesk::*handler)(Call<Request, Response>)) {
    service.Handle<Request, Response>(
        kEvaluationService, method,
        [this, handler](Call<Request, Response> call) { (this->*handler)(std::move(call)); });
  };
  handle("GiveFeedback", &FeedbackDesk::Give);
  handle("UpdateFeedback", &FeedbackDesk::Update);
  handle("GetFeedback", &FeedbackDesk::Get);
  handle("ListFeedback", &FeedbackDesk::List);
  handle("GetFeedbackSummary", &FeedbackDesk::Summarize);
}

}  // namespace kepu::event
