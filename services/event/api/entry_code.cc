#include "services/event/api/entry_code.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"

namespace kepu::event {
namespace {

// 40 bits: whoever tries codes has one in a million million for each try at the door.
constexpr size_t kSealSize = 8;

std::string SealOf(const store::KeyMaker& keys, absl::string_view session, absl::string_view booking) {
  constexpr absl::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  const std::string digest = keys.Digest("entry", absl::StrCat(session, "/", booking));
  std::string seal;
  for (size_t i = 0; i < kSealSize; ++i) seal.push_back(kAlphabet[static_cast<uint8_t>(digest[i]) % 32]);
  return seal;
}

// The same time for every wrong code.
bool Same(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) difference |= static_cast<uint8_t>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace

std::string EntryCodeOf(const store::KeyMaker& keys, absl::string_view session, absl::string_view booking) {
  return absl::StrCat(booking, SealOf(keys, session, booking));
}

std::optional<std::string> BookingOfCode(const store::KeyMaker& keys, absl::string_view session,
                                         absl::string_view code) {
  std::string text = absl::AsciiStrToLower(code);
  std::erase_if(text, [](char c) { return c == ' ' || c == '-'; });
  if (text.size() != names::kMadeIdSize + kSealSize) return std::nullopt;
  std::string booking = text.substr(0, names::kMadeIdSize);
  if (!Same(text.substr(names::kMadeIdSize), SealOf(keys, session, booking))) return std::nullopt;
  return booking;
}

}  // namespace kepu::event
