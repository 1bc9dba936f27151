// A page of a list of the catalogue, as ready bytes. Stateless; any thread.
#pragma once

#include <memory>
#include <string>
#include <utility>

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

}  // namespace kepu::venue
