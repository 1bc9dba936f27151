// How reads are answered: fresh enough for the position the caller carries, page by page from a catalogue.
// Templates of Api, included by its handlers only.
#pragma once

#include <memory>
#include <utility>

#include "libs/handler/visible.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/api.h"

namespace kepu::volunteer {

template <class Request, class Response>
void Api::WhenFresh(CallOf<Request, Response> call, std::function<void(CallOf<Request, Response>&)> read) {
  handler::WhenVisible(context_.follower, nullptr, std::move(call),
                       [read = std::move(read)](auto fresh) { read(fresh); });
}

template <class Request, class Response>
void Api::AnswerPage(CallOf<Request, Response>& call, const projection::Catalogue& catalogue,
                     const std::string& scope, const std::string& digest, absl::string_view from,
                     std::function<absl::Status(Response&)> reveal) {
  const absl::StatusOr<size_t> size = paging::PageSize(call.request().page_size());
  if (!size.ok()) return call.Fail(size.status());
  const absl::StatusOr<std::string> after = context_.pager.Decode(call.request().page_token(), digest);
  if (!after.ok()) return call.Fail(after.status());
  projection::Catalogue::Page page = catalogue.List(scope, after->empty() ? from : *after, *size);
  if (reveal) {
    Response shown;
    if (!shown.ParseFromString(page.bytes)) return call.Fail(absl::InternalError("unreadable page"));
    if (absl::Status status = reveal(shown); !status.ok()) return call.Fail(status);
    page.bytes = shown.SerializeAsString();
  }
  paging::AppendNextPageToken(context_.pager.Encode(digest, page.next_after), &page.bytes);
  call.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
}

}  // namespace kepu::volunteer
