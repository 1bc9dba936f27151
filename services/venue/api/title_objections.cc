#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "kepu/venue/v1/title.pb.h"
#include "services/venue/api/handlers.h"
#include "services/venue/api/title_call.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using ObjectToTitleCall = rpc::TypedCall<v1::ObjectToTitleRequest, v1::TitleObjection>;
using ListTitleObjectionsCall =
    rpc::TypedCall<v1::ListTitleObjectionsRequest, v1::ListTitleObjectionsResponse>;
using ResolveTitleObjectionCall = rpc::TypedCall<v1::ResolveTitleObjectionRequest, v1::TitleObjection>;

absl::Status AnswerObjection(const TitlesState& state, const std::string& title, const std::string& id,
                             v1::TitleObjection* answer) {
  auto record = FindObjection(state, title, id);
  if (!record.ok()) return record.status();
  *answer = (*record)->objection();
  return absl::OkStatus();
}

void Object(const CallContext& context, ObjectToTitleCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "titles/*", call.request().name(), &ids)) return;
  const std::string actor = call.principal().name, text = call.request().text();
  // Derived from who objects, so that everybody has one.
  const std::string id = names::MakeId(
      names::PartitionOf(ids[0]), context.keys.Digest("title objector", absl::StrCat(ids[0], "\n", actor)));
  ChangeTitle(
      context, ids[0], std::move(call),
      [title = ids[0], id, text, actor](const TitlesState& state, absl::Time now) {
        return DecideObject(state, title, id, text, actor, now);
      },
      [title = ids[0], id](const TitlesState& state, v1::TitleObjection* answer) {
        return AnswerObjection(state, title, id, answer);
      });
}

// A title has a hundred objections at most, so they are sorted when they are asked for.
std::vector<std::pair<std::string, const v1::TitleObjection*>> ByTime(const TitlesState& state,
                                                                      const std::string& title) {
  std::vector<std::pair<std::string, const v1::TitleObjection*>> found;
  const std::string prefix = ObjectionField(title, "");
  for (const auto& [field, child] : state.children()) {
    if (!child || !absl::StartsWith(field, prefix)) continue;
    const v1::TitleObjection& objection = child->objection().objection();
    const int64_t time_us = absl::ToUnixMicros(ToTime(objection.create_time()));
    found.emplace_back(absl::StrCat(absl::StrFormat("%016d", time_us), field), &objection);
  }
  std::sort(found.begin(), found.end());
  return found;
}

absl::StatusOr<v1::ListTitleObjectionsResponse> PageOfObjections(
    const CallContext& context, const TitlesState& state, const std::string& title,
    const v1::ListTitleObjectionsRequest& request) {
  const std::string filter = paging::FilterDigest({"objections", title});
  auto limit = paging::PageSize(request.page_size());
  if (!limit.ok()) return limit.status();
  auto after = context.pager.Decode(request.page_token(), filter);
  if (!after.ok()) return after.status();
  v1::ListTitleObjectionsResponse response;
  std::string last;
  for (const auto& [key, objection] : ByTime(state, title)) {
    if (key <= *after) continue;
    if (static_cast<size_t>(response.objections_size()) == *limit) {
      response.set_next_page_token(context.pager.Encode(filter, last));
      break;
    }
    *response.add_objections() = *objection;
    last = key;
  }
  return response;
}

void ListTitleObjections(const CallContext& context, ListTitleObjectionsCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "parent", "titles/*", call.request().parent(), &ids)) return;
  ComputeOnTitle(context, ids[0], std::move(call),
                 [&context, title = ids[0]](const TitlesState& state, const v1::Title&, const auto& request) {
                   return PageOfObjections(context, state, title, request);
                 });
}

void ResolveTitleObjection(const CallContext& context, ResolveTitleObjectionCall call) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", "titles/*/objections/*", call.request().name(), &ids)) return;
  const v1::ResolveTitleObjectionRequest request = call.request();
  const Office office = OfficeOf(call.principal());
  ChangeTitle(
      context, ids[0], std::move(call),
      [ids, request, office](const TitlesState& state, absl::Time now) {
        return DecideResolve(state, ids[0], ids[1], request, office, now);
      },
      [ids](const TitlesState& state, v1::TitleObjection* answer) {
        return AnswerObjection(state, ids[0], ids[1], answer);
      });
}

}  // namespace

void AddTitleObjectionHandlers(rpc::Service& service, const CallContext& context) {
  service.Handle<v1::ObjectToTitleRequest, v1::TitleObjection>(
      kTitleService, "ObjectToTitle",
      [&context](ObjectToTitleCall call) { Object(context, std::move(call)); });
  service.Handle<v1::ListTitleObjectionsRequest, v1::ListTitleObjectionsResponse>(
      kTitleService, "ListTitleObjections",
      [&context](ListTitleObjectionsCall call) { ListTitleObjections(context, std::move(call)); });
  service.Handle<v1::ResolveTitleObjectionRequest, v1::TitleObjection>(
      kTitleService, "ResolveTitleObjection",
      [&context](ResolveTitleObjectionCall call) { ResolveTitleObjection(context, std::move(call)); });
}

}  // namespace kepu::venue
