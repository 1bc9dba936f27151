// What lies ready in the catalogue: one resource by its name, a page of a list. Stateless; any thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/venue/api/call_context.h"

namespace kepu::venue {

// `list(after, limit) -> Catalogue::Page`; `filter` is the digest of the list and all that narrows it. The
// token is field 2.
template <class Call, class List>
void AnswerPage(const CallContext& context, Call call, const std::string& filter, List list) {
  auto limit = paging::PageSize(call.request().page_size());
  if (!limit.ok()) return call.Fail(limit.status());
  auto after = context.pager.Decode(call.request().page_token(), filter);
  if (!after.ok()) return call.Fail(after.status());
  AfterPosition(context, std::move(call),
                [&context, filter, list, limit = *limit, after = *after](Call ready) {
                  projection::Catalogue::Page page = list(after, limit);
                  const std::string token = context.pager.Encode(filter, page.next_after);
                  if (!token.empty()) {
                    google::protobuf::io::StringOutputStream stream(&page.bytes);
                    google::protobuf::io::CodedOutputStream coded(&stream);
                    coded.WriteTag(2 << 3 | 2);
                    coded.WriteVarint32(static_cast<uint32_t>(token.size()));
                    coded.WriteString(token);
                  }
                  ready.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
                });
}

// The resource whose name the request gives, which must be of the form `pattern`.
template <class Call>
void AnswerNamed(const CallContext& context, Call call, absl::string_view pattern) {
  std::vector<std::string> ids;
  if (!ParseName(call, "name", pattern, call.request().name(), &ids)) return;
  const std::string name = call.request().name();
  AnswerReady(context, std::move(call), name);
}

// A page of all that the catalogue lists under `scope`.
template <class Call>
void AnswerScope(const CallContext& context, Call call, const std::string& scope) {
  AnswerPage(context, std::move(call), paging::FilterDigest({scope}),
             [&context, scope](const std::string& after, size_t limit) {
               return context.model.catalogue().List(scope, after, limit);
             });
}

}  // namespace kepu::venue
