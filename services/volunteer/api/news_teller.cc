#include "services/volunteer/api/news_teller.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "kepu/identity/v1/identity.pb.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"
#include "libs/text/utf8.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

constexpr char kPostNotice[] = "/kepu.identity.v1.IdentityService/PostNotice";
constexpr absl::Duration kPatience = absl::Seconds(2);
// Notices that wait to be told; a call-out to everybody, and identity is down.
constexpr size_t kMostWaiting = 100000;
// As a notice has room for it.
constexpr size_t kParamBytes = 128;

}  // namespace

void NewsTeller::Start() {
  for (const News& news : std::exchange(loaded_, {})) Tell(news);
}

void NewsTeller::Loaded(const domain::record::ShiftHead& head, const std::string& person,
                        const domain::record::SignupRecord& signup) {
  if (identity_ == nullptr) return;
  for (News& news : NewsIn(head, person, signup, context_.clock.Now() - domain::kMayBeUntold))
    loaded_.push_back(std::move(news));
}

void NewsTeller::Loaded(const domain::record::PersonHead& head) {
  if (identity_ == nullptr) return;
  for (News& news : NewsIn(head, context_.clock.Now() - domain::kMayBeUntold))
    loaded_.push_back(std::move(news));
}

void NewsTeller::Loaded(const domain::record::ShiftHead& head, const domain::record::WaitList& list) {
  if (identity_ == nullptr) return;
  for (News& news : NewsIn(head, list, context_.clock.Now())) loaded_.push_back(std::move(news));
}

void NewsTeller::Fold(const domain::record::ShiftHead& head, const domain::record::Fact& fact) {
  if (identity_ == nullptr) return;
  for (const News& news : NewsOf(head, fact)) Tell(news);
}

void NewsTeller::Fold(const domain::record::PersonHead& head, const domain::record::Fact& fact) {
  if (identity_ == nullptr) return;
  for (const News& news : NewsOf(head, fact)) Tell(news);
}

void NewsTeller::Tell(const News& news) {
  if (identity_ == nullptr || context_.chores.pending() >= kMostWaiting) return;
  const domain::record::PersonHead* person = context_.reads.FindPerson(news.person);
  // Who is gone is told nothing.
  if (person == nullptr || !absl::StartsWith(person->user(), "users/")) return;
  auto request = std::make_shared<identity::v1::PostNoticeRequest>();
  request->set_parent(person->user());
  const store::RequestKey key = context_.keys.MakeKey(news.person, news.kind, news.number);
  request->set_request_id(context_.keys.MakeId(names::PartitionOfText(news.person), key, news.about));
  request->mutable_notice()->set_kind(news.kind);
  request->mutable_notice()->set_about(news.about);
  for (const auto& [name, value] : news.params) {
    auto* param = request->mutable_notice()->add_params();
    param->set_key(name);
    param->set_value(std::string(text::CutUtf8(value, kParamBytes)));
  }
  const std::string id = absl::StrCat("tell/", request->request_id());
  context_.chores.Want(id, [this, alive = alive_, id, request] {
    if (!*alive) return;
    rpc::Context call;
    call.principal.service = kSelf;
    call.deadline = context_.executor.SteadyNow() + kPatience;
    rpc::CallTyped<identity::v1::Notice>(
        *identity_, kPostNotice, call, *request,
        [this, alive, id](const absl::StatusOr<identity::v1::Notice>& answer) {
          // A refusal stays one however often it is asked.
          if (*alive && (answer.ok() || !refusal::ReasonOf(answer.status()).empty()) &&
              !absl::IsUnavailable(answer.status())) {
            context_.chores.Done(id);
          }
        });
  });
}

}  // namespace kepu::volunteer
