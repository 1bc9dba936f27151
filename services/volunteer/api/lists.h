// How reads are answered: fresh enough for the position the caller carries, page by page from a catalogue.
// Templates of Api, included by its handlers only.
#pragma once

#include <memory>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "libs/refusal/refusal.h"
#include "services/volunteer/api/api.h"

namespace kepu::volunteer {

// Field 2 of every list response here: next_page_token.
inline void AppendToken(const std::string& token, std::string* bytes) {
  if (token.empty()) return;
  bytes->push_back(static_cast<char>(2 << 3 | 2));
  uint8_t size[5];
  uint8_t* end = google::protobuf::io::CodedOutputStream::WriteVarint32ToArray(
      static_cast<uint32_t>(token.size()), size);
  bytes->append(reinterpret_cast<const char*>(size), static_cast<size_t>(end - size));
  bytes->append(token);
}

template <class Request, class Response>
void Api::WhenFresh(CallOf<Request, Response> call, std::function<void(CallOf<Request, Response>&)> read) {
  const uint64_t position = call.context().min_position;
  if (position == 0) return read(call);
  const absl::Time deadline = call.untyped().deadline();
  auto shared = std::make_shared<CallOf<Request, Response>>(std::move(call));
  parts_.follower.WaitFor(store::Position::Unpack(position), deadline,
                          [shared, read = std::move(read)](absl::Status status) {
                            if (!status.ok()) return shared->Fail(status);
                            read(*shared);
                          });
}

template <class Request, class Response>
void Api::AnswerPage(CallOf<Request, Response>& call, const projection::Catalogue& catalogue,
                     const std::string& scope, const std::string& digest, absl::string_view from,
                     std::function<absl::Status(Response&)> reveal) {
  const absl::StatusOr<size_t> size = paging::PageSize(call.request().page_size());
  if (!size.ok()) return call.Fail(size.status());
  const absl::StatusOr<std::string> after = parts_.pager.Decode(call.request().page_token(), digest);
  if (!after.ok()) return call.Fail(after.status());
  projection::Catalogue::Page page = catalogue.List(scope, after->empty() ? from : *after, *size);
  if (reveal) {
    Response shown;
    if (!shown.ParseFromString(page.bytes)) return call.Fail(absl::InternalError("unreadable page"));
    if (absl::Status status = reveal(shown); !status.ok()) return call.Fail(status);
    page.bytes = shown.SerializeAsString();
  }
  AppendToken(parts_.pager.Encode(digest, page.next_after), &page.bytes);
  call.AnswerBytes(std::make_shared<const std::string>(std::move(page.bytes)));
}

}  // namespace kepu::volunteer
