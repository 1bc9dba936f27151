// A page of a catalogue as a list answers it, for handlers that are free functions. Stateless; thread-safe as
// far as the context is.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "services/volunteer/api/context.h"

namespace kepu::volunteer {

// `filter` is the digest of everything that the list depends on; `from` is where its first page begins.
template <class Request, class Response>
void AnswerPage(const Context& context, CallOf<Request, Response> call,
                const projection::Catalogue& catalogue, const std::string& scope, const std::string& filter,
                const std::string& from = "") {
  const absl::StatusOr<size_t> size = paging::PageSize(call.request().page_size());
  if (!size.ok()) return call.Fail(size.status());
  const absl::StatusOr<std::string> after = context.pager.Decode(call.request().page_token(), filter);
  if (!after.ok()) return call.Fail(after.status());
  projection::Catalogue::Page page = catalogue.List(scope, after->empty() ? from : *after, *size);
  paging::AppendNextPageToken(context.pager.Encode(filter, page.next_after), &page.bytes);
  call.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
}

}  // namespace kepu::volunteer
