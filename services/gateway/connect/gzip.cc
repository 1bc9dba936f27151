#include "services/gateway/connect/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::gateway::connect {
namespace {

constexpr size_t kShownBytesMax = 40;

absl::Status NotGzip() {
  return refusal::Refuse(absl::StatusCode::kInvalidArgument, "FRAME_UNREADABLE",
                         {{"problem", "it is not gzip, or cut short"}});
}

// 16 more than the largest window: a gzip header is wanted, and nothing else.
constexpr int kGzipWindow = 15 + 16;

// One member, to its checksum and no further.
absl::StatusOr<std::string> Gunzip(absl::string_view bytes) {
  const size_t limit =
      std::min(kUnpackedBytesMax, std::max(kUnpackedBytesFree, bytes.size() * kUnpackedRatioMax));
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return absl::InternalError("no memory to unpack");
  const absl::Cleanup end = [&] { inflateEnd(&stream); };
  std::string in(bytes);
  // One byte more than may be: that it fills tells too much from just enough.
  std::string out(limit + 1, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  if (stream.avail_out == 0) {
    return refusal::Refuse(absl::StatusCode::kResourceExhausted, "TOO_LARGE", {{"max", absl::StrCat(limit)}});
  }
  if (result != Z_STREAM_END || stream.avail_in != 0) return NotGzip();
  out.resize(stream.total_out);
  return out;
}

}  // namespace

absl::Status CheckEncoding(absl::string_view encoding) {
  if (encoding.empty() || absl::EqualsIgnoreCase(encoding, "identity") ||
      absl::EqualsIgnoreCase(encoding, "gzip"))
    return absl::OkStatus();
  return refusal::Refuse(absl::StatusCode::kUnimplemented, "COMPRESSION_UNKNOWN",
                         {{"encoding", std::string(encoding.substr(0, kShownBytesMax))}});
}

absl::StatusOr<std::string> Unpack(absl::string_view encoding, absl::string_view bytes) {
  if (absl::Status known = CheckEncoding(encoding); !known.ok()) return known;
  if (!absl::EqualsIgnoreCase(encoding, "gzip")) return std::string(bytes);
  // Nothing is nothing in any encoding: clients leave empty bodies as they are.
  if (bytes.empty()) return std::string();
  return Gunzip(bytes);
}

}  // namespace kepu::gateway::connect
