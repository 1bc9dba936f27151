#include "services/volunteer/domain/recognition_rules.h"
#include "libs/calendar/dates.h"
#include "libs/handler/change.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using v1::RecognitionRules;

// The set and the book of its kind and scope change together. `decide(book, before, after, now)` gives the
// facts of the book and fills in `after`.
template <class Request, class Decide>
void ChangeRules(const Context& context, const std::string& name, const std::string& rulebook,
                 CallOf<Request, RecognitionRules> call, Decide decide) {
  const std::string key = domain::DocumentKey(name), book = RulebookKey(rulebook);
  auto change = [name, key, book, decide = std::move(decide)](store::View& view,
                                                              absl::Time now) -> absl::Status {
    const auto& state = dynamic_cast<const domain::Document&>(view.Get(key));
    auto before = document::ResourceIn<domain::DocumentLog, RecognitionRules>(state);
    if (!before.ok()) return before.status();
    RecognitionRules after = before->value_or(RecognitionRules());
    after.set_name(name);
    auto facts = decide(dynamic_cast<const domain::Rulebook&>(view.Get(book)), *before, &after, now);
    if (absl::Status status = EmitAll(view, book, facts); !status.ok()) return status;
    auto put = document::PutResource<domain::DocumentLog, RecognitionRules>(state, name, *before,
                                                                            std::move(after), now);
    return EmitAll(view, key, put);
  };
  auto encode = [name, key](store::View& view, RecognitionRules* answer) -> absl::Status {
    auto found = document::ResourceIn<domain::DocumentLog, RecognitionRules>(
        dynamic_cast<const domain::Document&>(view.Get(key)));
    if (!found.ok()) return found.status();
    if (!found->has_value()) return refusal::NotFound(name);
    *answer = **std::move(found);
    return absl::OkStatus();
  };
  store::RequestKey request_key = handler::KeyOf(context.keys, call);
  handler::Change(context.engine, PartitionOfRules(), store::Lane::kRest, std::move(request_key), {key, book},
                  std::move(call), std::move(change), std::move(encode));
}

void CreateRecognitionRules(const Context& context,
                            CallOf<v1::CreateRecognitionRulesRequest, RecognitionRules> call) {
  const RecognitionRules given = call.request().rules();
  // All sets lie together, so that those of a kind and scope are told apart by one commit.
  const std::string id = context.keys.MakeId(PartitionOfRules(), handler::KeyOf(context.keys, call), "rules");
  ChangeRules(context, absl::StrCat("recognitionRules/", id), domain::RulebookId(given.kind(), given.scope()),
              std::move(call),
              [given, id](const domain::Rulebook& book, const std::optional<RecognitionRules>&,
                          RecognitionRules* after, absl::Time now) -> absl::StatusOr<domain::Facts> {
                const std::string name = after->name();
                *after = given;
                after->set_name(name);
                if (absl::Status status = domain::CheckRules(*after, calendar::DayOf(now)); !status.ok())
                  return status;
                return domain::DecideFile(book, id, *after, now);
              });
}

void EndRecognitionRules(const Context& context,
                         CallOf<v1::EndRecognitionRulesRequest, RecognitionRules> typed) {
  const auto ids = names::Parse("name", "recognitionRules/*", typed.request().name());
  if (!ids.ok()) return typed.Fail(ids.status());
  const auto last = domain::DayOfDate("last_day", typed.request().last_day());
  if (!last.ok()) return typed.Fail(last.status());
  context.documents.WhenVisible(std::move(typed), [&context, id = (*ids)[0], last = *last](auto call) {
    const std::string name = call.request().name();
    // Kind and scope never change.
    const auto known = context.reads.documents().Find<RecognitionRules>(name);
    if (known == nullptr) return call.Fail(refusal::NotFound(name));
    ChangeRules(context, name, domain::RulebookId(known->kind(), known->scope()), std::move(call),
                [id, last](const domain::Rulebook& book, const std::optional<RecognitionRules>& before,
                           RecognitionRules* after, absl::Time now) -> absl::StatusOr<domain::Facts> {
                  if (!before) return refusal::NotFound(after->name());
                  return domain::DecideEnd(book, id, last, after, now);
                });
  });
}

void GetRecognitionRules(const Context& context,
                         CallOf<v1::GetRecognitionRulesRequest, RecognitionRules> call) {
  context.documents.Answer<RecognitionRules>(std::move(call), "recognitionRules/*");
}

void ListRecognitionRules(const Context& context,
                          CallOf<v1::ListRecognitionRulesRequest, v1::ListRecognitionRulesResponse> call) {
  const v1::ListRecognitionRulesRequest request = call.request();
  context.documents.List<RecognitionRules>(
      std::move(call), document::kAllOfThem, [request](const RecognitionRules& rules) {
        return (request.kind() == RecognitionRules::KIND_UNSPECIFIED || request.kind() == rules.kind()) &&
               (request.scope().empty() || request.scope() == rules.scope());
      });
}

}  // namespace

void AddRecognitionRulesHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kRecognitionService, "CreateRecognitionRules", CreateRecognitionRules);
  Handle(service, context, kRecognitionService, "EndRecognitionRules", EndRecognitionRules);
  Handle(service, context, kRecognitionService, "GetRecognitionRules", GetRecognitionRules);
  Handle(service, context, kRecognitionService, "ListRecognitionRules", ListRecognitionRules);
}

}  // namespace kepu::volunteer
