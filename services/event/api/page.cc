#include "services/event/api/page.h"

#include <cstdint>

namespace kepu::event {

void AppendNextPageToken(absl::string_view token, std::string* bytes) {
  constexpr char kTag = 2 << 3 | 2;
  if (token.empty()) return;
  bytes->push_back(kTag);
  for (uint64_t size = token.size(); true; size >>= 7) {
    const bool more = size >= 0x80;
    bytes->push_back(static_cast<char>((size & 0x7f) | (more ? 0x80 : 0)));
    if (!more) break;
  }
  bytes->append(token.data(), token.size());
}

}  // namespace kepu::event
