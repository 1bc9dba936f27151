#include "services/identity/domain/credentials.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::identity::domain {
namespace {

constexpr char kCodeAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
constexpr size_t kPhoneMin = 7;
constexpr size_t kPhoneMax = 15;

// The heads of the usual lists of leaked passwords, and what people here type. Length has sorted out the
// short ones.
constexpr std::array<const char*, 40> kCommon = {
    "12345678",  "123456789",   "1234567890", "12345678910", "123123123",  "11111111",  "00000000",
    "88888888",  "66666666",    "99999999",   "87654321",    "password",   "password1", "passw0rd",
    "p@ssw0rd",  "password123", "qwertyui",   "qwertyuiop",  "1qaz2wsx",   "1q2w3e4r",  "1q2w3e4r5t",
    "q1w2e3r4",  "zaq12wsx",    "qwerty123",  "iloveyou",    "5201314520", "woaini520", "woaini1314",
    "woaini123", "a12345678",   "a123456789", "abc12345",    "abcd1234",   "abc123456", "asdfghjkl",
    "asdf1234",  "admin123",    "admin1234",  "welcome1",    "chongqing",
};

size_t Characters(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// U+4E00 to U+9FFF: three bytes. The text is UTF-8 already, or protobuf would not have parsed it.
bool IsChinese(absl::string_view three) {
  if (three.size() < 3) return false;
  const auto at = [three](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(three[i])); };
  if ((at(0) & 0xF0) != 0xE0) return false;
  const uint32_t point = (at(0) & 0x0F) << 12 | (at(1) & 0x3F) << 6 | (at(2) & 0x3F);
  return point >= 0x4E00 && point <= 0x9FFF;
}

}  // namespace

absl::StatusOr<std::string> NormalUserName(absl::string_view user_name) {
  const std::string name = absl::AsciiStrToLower(user_name);
  const size_t count = Characters(name);
  const absl::Status bad = refusal::BadField(
      "user_name",
      "3 to 40 letters, digits, Chinese characters and . _ - @, beginning with none of the last four");
  if (count < kUserNameMin || count > kUserNameMax) return bad;
  for (size_t i = 0; i < name.size();) {
    const absl::string_view rest = absl::string_view(name).substr(i);
    if (IsChinese(rest)) {
      i += 3;
      continue;
    }
    const char c = rest[0];
    const bool mark = c == '.' || c == '_' || c == '-' || c == '@';
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && !(mark && i > 0)) return bad;
    ++i;
  }
  return name;
}

absl::Status CheckPassword(absl::string_view field, absl::string_view password, absl::string_view user_name) {
  const size_t count = Characters(password);
  if (count < kPasswordMin || count > kPasswordMax) {
    return refusal::BadField(field,
                             absl::StrCat("must have ", kPasswordMin, " to ", kPasswordMax, " characters"));
  }
  const std::string folded = absl::AsciiStrToLower(password);
  if (std::find(kCommon.begin(), kCommon.end(), folded) != kCommon.end()) {
    return refusal::BadField(field, "is one of the first that everybody tries; choose another");
  }
  if (folded == user_name) return refusal::BadField(field, "must differ from the user name");
  return absl::OkStatus();
}

absl::StatusOr<std::string> NormalPhone(absl::string_view phone) {
  std::string out;
  for (const char c : phone) {
    if (c == ' ' || c == '-') continue;
    if (absl::ascii_isdigit(static_cast<unsigned char>(c)) || (c == '+' && out.empty())) {
      out.push_back(c);
      continue;
    }
    return refusal::BadField("phone", "digits, with a plus before a country code");
  }
  const size_t digits = out.size() - (absl::string_view(out).substr(0, 1) == "+" ? 1 : 0);
  if (!out.empty() && (digits < kPhoneMin || digits > kPhoneMax)) {
    return refusal::BadField("phone", absl::StrCat("must have ", kPhoneMin, " to ", kPhoneMax, " digits"));
  }
  return out;
}

std::string NormalCode(absl::string_view code) {
  std::string out;
  for (char c : absl::AsciiStrToLower(code)) {
    if (c == ' ' || c == '-') continue;
    if (c == '0') c = 'o';
    if (c == '1') c = 'l';
    if (c == '8') c = 'b';
    out.push_back(c);
  }
  return out;
}

std::string CodeFrom(absl::string_view digest, size_t chars) {
  std::string out;
  for (size_t i = 0; i < chars && (i * 5 + 4) / 8 < digest.size(); ++i) {
    if (i > 0 && i % 4 == 0) out.push_back('-');
    uint32_t value = 0;
    for (size_t bit = i * 5; bit < i * 5 + 5; ++bit) {
      value = value << 1 | (static_cast<unsigned char>(digest[bit / 8]) >> (7 - bit % 8) & 1u);
    }
    out.push_back(kCodeAlphabet[value]);
  }
  return out;
}

}  // namespace kepu::identity::domain
