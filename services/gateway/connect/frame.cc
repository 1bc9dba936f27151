#include "services/gateway/connect/frame.h"

#include <array>

#include "libs/refusal/refusal.h"

namespace kepu::gateway::connect {
namespace {

absl::Status Unreadable(absl::string_view problem) {
  return refusal::Refuse(absl::StatusCode::kInvalidArgument, "FRAME_UNREADABLE",
                         {{"problem", std::string(problem)}});
}

absl::Status NotOne() { return refusal::Refuse(absl::StatusCode::kUnimplemented, "FRAME_COUNT"); }

// The six bits of a character; 64 for one that is none.
constexpr std::array<uint8_t, 256> MakeSixBits() {
  std::array<uint8_t, 256> table{};
  for (auto& bits : table) bits = 64;
  uint8_t next = 0;
  for (const char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
    if (c != '\0') table[static_cast<unsigned char>(c)] = next++;
  }
  return table;
}
constexpr std::array<uint8_t, 256> kSixBits = MakeSixBits();

}  // namespace

void AppendFrame(uint8_t flags, absl::string_view payload, std::string& out) {
  const auto size = static_cast<uint32_t>(payload.size());
  out.push_back(static_cast<char>(flags));
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(size >> shift & 0xff));
  out.append(payload.data(), payload.size());
}

absl::StatusOr<Frame> ReadOnlyFrame(absl::string_view bytes) {
  if (bytes.empty()) return NotOne();
  if (bytes.size() < kFrameHeadBytes) return Unreadable("it is cut short");
  Frame frame;
  frame.flags = static_cast<uint8_t>(bytes[0]);
  if ((frame.flags & ~kFrameCompressed) != 0) return Unreadable("its flags are not those of a message");
  uint32_t size = 0;
  for (size_t i = 1; i < kFrameHeadBytes; ++i) size = size << 8 | static_cast<unsigned char>(bytes[i]);
  bytes.remove_prefix(kFrameHeadBytes);
  if (size > bytes.size()) return Unreadable("it is cut short");
  if (size < bytes.size()) return NotOne();
  frame.payload = bytes;
  return frame;
}

std::optional<std::string> DecodeBase64Text(absl::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (size_t at = 0; at < text.size(); at += 4) {
    size_t padding = 0;
    if (text[at + 3] == '=') padding = text[at + 2] == '=' ? 2 : 1;
    uint32_t bits = 0;
    for (size_t i = 0; i < 4 - padding; ++i) {
      const uint8_t six = kSixBits[static_cast<unsigned char>(text[at + i])];
      if (six == 64) return std::nullopt;
      bits |= static_cast<uint32_t>(six) << (18 - 6 * i);
    }
    // Bits that no byte holds must be nothing: one text for each sequence of bytes.
    if ((bits & ((1u << (8 * padding)) - 1)) != 0) return std::nullopt;
    for (size_t i = 0; i < 3 - padding; ++i) out.push_back(static_cast<char>(bits >> (16 - 8 * i) & 0xff));
  }
  return out;
}

}  // namespace kepu::gateway::connect
