#include "kepu/volunteer/v1/call_out.pb.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/domain/call_out.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using v1::CallOut;
using v1::CallOutAnswer;
using CreateCall = CallOf<v1::CreateCallOutRequest, CallOut>;

// The same activation is the same call-out, whoever gives the command.
absl::StatusOr<std::string> IdOf(const Context& context, const CreateCall& call) {
  const std::string& activation = call.request().call_out().activation();
  if (activation.empty()) return context.documents.GivenOrMadeId(call, "call_out_id", "");
  const store::RequestKey key = context.keys.MakeKey("activation", "CallOut", activation);
  return context.keys.MakeId(names::PartitionOfText(activation), key, "call_out");
}

void CreateCallOut(const Context& context, CreateCall call) {
  auto id = IdOf(context, call);
  if (!id.ok()) return call.Fail(id.status());
  const std::string name = absl::StrCat("callOuts/", *id);
  CallOut wish = call.request().call_out();
  wish.set_name(name);
  wish.set_called_by(call.principal().name);
  for (int i = 0; i < wish.needs_size(); ++i) {
    CallOut::Need& need = *wish.mutable_needs(i);
    const store::RequestKey key = context.keys.MakeKey(name, "CallOutShift", absl::StrCat(i));
    need.set_shift(domain::ShiftName(context.keys.MakeId(PartitionOfPlace(need.place()), key, "shift")));
  }
  context.documents.Change<CallOut>(name, std::move(call),
                                    [wish](const CallOut* before, absl::Time now) -> absl::StatusOr<CallOut> {
                                      if (before != nullptr) return *before;
                                      CallOut made = wish;
                                      if (absl::Status status = domain::CheckCallOut(made, now); !status.ok())
                                        return status;
                                      return made;
                                    });
}

void GetCallOut(const Context& context, CallOf<v1::GetCallOutRequest, CallOut> call) {
  context.documents.Answer<CallOut>(std::move(call), "callOuts/*");
}

void ListCallOuts(const Context& context, CallOf<v1::ListCallOutsRequest, v1::ListCallOutsResponse> call) {
  const bool all = call.request().show_closed();
  context.documents.List<CallOut>(std::move(call), document::kAllOfThem, [all](const CallOut& call_out) {
    return all || call_out.state() == CallOut::CALLING;
  });
}

void CloseCallOut(const Context& context, CallOf<v1::CloseCallOutRequest, CallOut> call) {
  context.documents.ActOnNamed<CallOut>(
      "callOuts/*", std::move(call), [](const CallOut&) { return true; },
      [](CallOut& call_out, absl::Time now) {
        if (call_out.state() == CallOut::CLOSED) return absl::OkStatus();
        call_out.set_state(CallOut::CLOSED);
        calendar::SetMicros(absl::ToUnixMicros(now), call_out.mutable_close_time());
        return absl::OkStatus();
      });
}

void AnswerReady(const Context& context, CallOf<v1::AnswerCallOutRequest, CallOutAnswer> call) {
  const std::string name = call.request().name();
  const auto call_out = context.reads.documents().Find<CallOut>(name);
  if (call_out == nullptr) return call.Fail(refusal::NotFound(name));
  const std::string self = SelfOf(context, call.principal());
  const std::string volunteer = absl::StrCat("volunteers/", self);
  if (context.reads.volunteers().Get(volunteer) == nullptr)
    return call.Fail(
        refusal::Refuse(absl::StatusCode::kFailedPrecondition, "NOT_REGISTERED", {{"name", volunteer}}));
  const CallOutAnswer::Answer given = call.request().answer();
  const bool closed = call_out->state() != CallOut::CALLING;
  context.documents.Change<CallOutAnswer>(
      absl::StrCat(name, "/answers/", self), std::move(call),
      [name, volunteer, given, closed](const CallOutAnswer* before,
                                       absl::Time) -> absl::StatusOr<CallOutAnswer> {
        CallOutAnswer answer = before == nullptr ? CallOutAnswer() : *before;
        if (answer.answer() == given) return answer;
        if (closed)
          return refusal::Refuse(absl::StatusCode::kFailedPrecondition, "CALL_OUT_CLOSED", {{"name", name}});
        answer.set_volunteer(volunteer);
        answer.set_answer(given);
        return answer;
      });
}

void AnswerCallOut(const Context& context, CallOf<v1::AnswerCallOutRequest, CallOutAnswer> call) {
  if (auto ids = names::Parse("name", "callOuts/*", call.request().name()); !ids.ok())
    return call.Fail(ids.status());
  context.documents.WhenVisible(std::move(call),
                                [&context](auto ready) { AnswerReady(context, std::move(ready)); });
}

void ListCallOutAnswers(const Context& context,
                        CallOf<v1::ListCallOutAnswersRequest, v1::ListCallOutAnswersResponse> call) {
  const std::string parent = call.request().parent();
  if (auto ids = names::Parse("parent", "callOuts/*", parent); !ids.ok()) return call.Fail(ids.status());
  context.documents.List<CallOutAnswer>(std::move(call), parent, [](const CallOutAnswer&) { return true; });
}

}  // namespace

void AddCallOutHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kCallOutService, "CreateCallOut", CreateCallOut);
  Handle(service, context, kCallOutService, "GetCallOut", GetCallOut);
  Handle(service, context, kCallOutService, "ListCallOuts", ListCallOuts);
  Handle(service, context, kCallOutService, "CloseCallOut", CloseCallOut);
  Handle(service, context, kCallOutService, "AnswerCallOut", AnswerCallOut);
  Handle(service, context, kCallOutService, "ListCallOutAnswers", ListCallOutAnswers);
}

}  // namespace kepu::volunteer
