#include "services/gateway/http/body_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace kepu::gateway::http {

namespace beast_http = boost::beast::http;

constexpr size_t kLastChunkBytes = 5;  // "0\r\n\r\n"

struct BodyReader::Impl {
  beast_http::request_parser<beast_http::string_body> parser;
  // Extensions of chunks have no use but to hide requests in. The parser keeps a reference.
  std::function<void(uint64_t, boost::beast::string_view, boost::system::error_code&)> on_chunk =
      [](uint64_t, boost::beast::string_view extensions, boost::system::error_code& error) {
        if (!extensions.empty()) error = beast_http::error::bad_chunk_extension;
      };
};

BodyReader::BodyReader(size_t head_bytes_max, size_t body_bytes_max) : impl_(std::make_unique<Impl>()) {
  impl_->parser.eager(true);
  impl_->parser.header_limit(static_cast<uint32_t>(head_bytes_max));
  impl_->parser.body_limit(body_bytes_max);
  impl_->parser.on_chunk_header(impl_->on_chunk);
}

BodyReader::~BodyReader() = default;

BodyReader::Progress BodyReader::Take(std::string& in) {
  // The parser wants the whole end of a body, and says so with an assertion; less can end none.
  if (impl_->parser.is_header_done() && impl_->parser.chunked() && in.size() < kLastChunkBytes)
    return Progress::kMore;
  boost::system::error_code error;
  const size_t used = impl_->parser.put(boost::asio::buffer(in), error);
  in.erase(0, used);
  bytes_ += used;
  if (error == beast_http::error::body_limit) return Progress::kTooLarge;
  if (error && error != beast_http::error::need_more) return Progress::kBad;
  return impl_->parser.is_done() ? Progress::kDone : Progress::kMore;
}

std::string BodyReader::body() { return std::move(impl_->parser.get().body()); }

}  // namespace kepu::gateway::http
