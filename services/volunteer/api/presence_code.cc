#include "services/volunteer/api/presence_code.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/names/names.h"

namespace kepu::volunteer {
namespace {

constexpr size_t kCodeSize = 6, kSealSize = 8;

// Characters that look different from each other.
std::string Text(const std::string& digest, size_t size) {
  constexpr absl::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  std::string text;
  for (size_t i = 0; i < size; ++i) text.push_back(kAlphabet[static_cast<uint8_t>(digest[i]) % 32]);
  return text;
}

std::string SealOf(const store::KeyMaker& keys, absl::string_view person) {
  return Text(keys.Digest("badge", person), kSealSize);
}

std::string Plain(absl::string_view code) {
  std::string text = absl::AsciiStrToLower(code);
  std::erase_if(text, [](char c) { return c == ' ' || c == '-'; });
  return text;
}

bool Same(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) difference |= static_cast<uint8_t>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace

absl::Time StepOf(absl::Time time) {
  return absl::UnixEpoch() + absl::Floor(time - absl::UnixEpoch(), kCodeStep);
}

std::string PresenceCodeOf(const store::KeyMaker& keys, absl::string_view place, absl::Time time) {
  return Text(keys.Digest("presence", absl::StrCat(place, "@", absl::ToUnixSeconds(StepOf(time)))),
              kCodeSize);
}

bool IsPresenceCode(const store::KeyMaker& keys, absl::string_view place, absl::string_view code,
                    absl::Time time) {
  const std::string text = Plain(code);
  bool right = false;
  for (int step = -1; step <= 1; ++step)
    right = Same(text, PresenceCodeOf(keys, place, time + step * kCodeStep)) || right;
  return right;
}

std::string BadgeOf(const store::KeyMaker& keys, absl::string_view person) {
  return absl::StrCat(person, SealOf(keys, person));
}

std::optional<std::string> PersonOfBadge(const store::KeyMaker& keys, absl::string_view code) {
  const std::string text = Plain(code);
  if (text.size() != names::kMadeIdSize + kSealSize) return std::nullopt;
  std::string person = text.substr(0, names::kMadeIdSize);
  if (!Same(text.substr(names::kMadeIdSize), SealOf(keys, person))) return std::nullopt;
  return person;
}

}  // namespace kepu::volunteer
