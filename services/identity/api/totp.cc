#include "services/identity/api/totp.h"

#include <liboath/oath.h>

#include <array>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/auth/secret_file.h"

namespace kepu::identity::api {
namespace {

constexpr unsigned kStepSeconds = 30;
constexpr unsigned kDigits = 6;
constexpr int64_t kStepsBeside = 1;

// Everything that is not plain in a URI.
std::string Escaped(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_') {
      out.push_back(c);
    } else {
      absl::StrAppend(&out, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return out;
}

}  // namespace

std::string CodeAt(absl::string_view secret, absl::Time time) {
  std::array<char, kDigits + 1> code{};
  if (oath_totp_generate(secret.data(), secret.size(), absl::ToTimeT(time), kStepSeconds, 0, kDigits,
                         code.data()) != OATH_OK) {
    return "";
  }
  return std::string(code.data(), kDigits);
}

int64_t StepOfCode(absl::string_view secret, absl::string_view code, absl::Time now) {
  std::string digits;
  for (const char c : code) {
    if (c != ' ') digits.push_back(c);
  }
  if (digits.size() != kDigits || secret.empty()) return 0;
  int64_t found = 0;
  const int64_t current = absl::ToUnixSeconds(now) / kStepSeconds;
  // All are compared, so that time does not tell which one it was.
  for (int64_t step = current - kStepsBeside; step <= current + kStepsBeside; ++step) {
    if (auth::SameSecret(CodeAt(secret, absl::FromUnixSeconds(step * kStepSeconds)), digits)) found = step;
  }
  return found;
}

std::string ToBase32(absl::string_view secret) {
  char* text = nullptr;
  size_t size = 0;
  if (oath_base32_encode(secret.data(), secret.size(), &text, &size) != OATH_OK) return "";
  std::string out(text, size);
  std::free(text);
  while (!out.empty() && out.back() == '=') out.pop_back();
  return out;
}

std::string OtpauthUri(absl::string_view user_name, absl::string_view secret) {
  return absl::StrCat("otpauth://totp/kepu:", Escaped(user_name), "?secret=", ToBase32(secret),
                      "&issuer=kepu&algorithm=SHA1&digits=", kDigits, "&period=", kStepSeconds);
}

}  // namespace kepu::identity::api
