// What handlers of people read from the numbered children of a person, and how a call is answered only after
// what it led to. Templates, included by those handlers only.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "kepu/volunteer/v1/people.pb.h"
#include "libs/calendar/timestamps.h"
#include "libs/paging/paging.h"
#include "services/volunteer/api/people_desk.h"

namespace kepu::volunteer {

// With what is sealed opened.
absl::Status ToConsent(const Personal& personal, const domain::record::PersonHead& head,
                       const domain::record::ConsentRecord& consent, v1::GuardianConsent* answer);
absl::Status ToRead(const Personal& personal, const domain::record::PersonHead& head, int32_t number,
                    const domain::record::IdNumberReadRecord& read, v1::IdNumberRead* answer);

// Passes an answer on when `wait(answer)` has called it; failures at once.
class AfterResponder final : public rpc::Responder {
 public:
  using Wait = std::function<void(std::function<void()> answer)>;
  AfterResponder(std::shared_ptr<rpc::Call> call, Wait wait)
      : call_(std::move(call)), wait_(std::move(wait)) {}
  void Finish(const absl::Status& status, std::shared_ptr<const std::string> bytes,
              rpc::AnswerInfo info) override {
    if (!status.ok()) return call_->Finish(status);
    wait_([call = call_, bytes, info] { call->Finish(absl::OkStatus(), bytes, info); });
  }
  bool Write(std::shared_ptr<const std::string>) override { return false; }
  void OnCancel(absl::AnyInvocable<void()>) override {}

 private:
  const std::shared_ptr<rpc::Call> call_;
  const Wait wait_;
};

// The same call, whose success is answered after `wait`.
template <class Request, class Response>
CallOf<Request, Response> After(CallOf<Request, Response> call, AfterResponder::Wait wait) {
  const rpc::Context context = call.context();
  Request request = call.request();
  auto outer = std::make_shared<rpc::Call>(std::move(call.untyped()));
  return CallOf<Request, Response>(
      rpc::Call(context, outer->request_bytes(), std::make_unique<AfterResponder>(outer, std::move(wait))),
      std::move(request));
}

// Lists children that are numbered from 1: the earliest first, or with `latest` the latest. `add(head,
// number, child, response)` shows one.
template <class Request, class Response, class CountOf, class FieldOf, class Add>
void ListNumbered(const PeopleDesk& desk, CallOf<Request, Response> typed, const char* what, Who who,
                  CountOf count_of, FieldOf field_of, Add add, bool latest = false) {
  const std::string parent = typed.request().parent();
  const std::string digest = paging::FilterDigest({what, parent});
  auto size = paging::PageSize(typed.request().page_size());
  if (!size.ok()) return typed.Fail(size.status());
  auto after = desk.context.pager.Decode(typed.request().page_token(), digest);
  if (!after.ok()) return typed.Fail(after.status());
  int32_t done = 0;
  if (!absl::SimpleAtoi(*after, &done)) done = 0;
  auto response = std::make_shared<Response>();
  auto next = std::make_shared<std::string>();
  auto collect = [=, limit = static_cast<int32_t>(*size)](const domain::Person& person) -> absl::Status {
    response->Clear();
    const int32_t count = count_of(person.head());
    const int32_t until = std::min(count, done + limit);
    absl::Status missing;
    for (int32_t at = done + 1; at <= until; ++at) {
      const int32_t number = latest ? count - at + 1 : at;
      auto child = person.Find(field_of(number));
      if (!child.ok()) missing = child.status();
      if (!child.ok() || *child == nullptr) continue;
      if (absl::Status status = add(person.head(), number, **child, response.get()); !status.ok())
        return status;
    }
    *next = until < count ? absl::StrCat(until) : "";
    return missing;
  };
  ReadPerson(desk, std::move(typed), "parent", "volunteers/*", parent, who, collect,
             [desk, response, next, digest](auto call, const Found&) {
               response->set_next_page_token(desk.context.pager.Encode(digest, *next));
               call.Answer(*response);
             });
}

}  // namespace kepu::volunteer
