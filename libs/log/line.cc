#include "libs/log/line.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "libs/text/utf8.h"

namespace kepu::log {
namespace {

// Longer values are a dump of something that does not belong into a log.
constexpr size_t kMaxValueBytes = 1024;

constexpr const char* kLevelNames[] = {"debug", "info", "warning", "error"};

bool IsPlain(unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

// JSON text. Control characters, C1 controls and the Unicode line separators are escaped: none of them may
// end a record or reach a terminal.
void AppendText(std::string& out, absl::string_view raw) {
  out += '"';
  size_t plain = 0;
  while (plain < raw.size() && plain < kMaxValueBytes && IsPlain(static_cast<unsigned char>(raw[plain])))
    ++plain;
  out.append(raw.data(), plain);
  if (plain < raw.size()) {
    const std::string mended =
        text::MendUtf8(text::CutUtf8(raw.substr(plain, kMaxValueBytes), kMaxValueBytes - plain));
    for (size_t i = 0; i < mended.size(); ++i) {
      const auto c = static_cast<unsigned char>(mended[i]);
      const auto next = i + 1 < mended.size() ? static_cast<unsigned char>(mended[i + 1]) : 0;
      const auto third = i + 2 < mended.size() ? static_cast<unsigned char>(mended[i + 2]) : 0;
      if (c == '"' || c == '\\') {
        out += '\\';
        out += mended[i];
      } else if (c < 0x20 || c == 0x7f) {
        absl::StrAppend(&out, "\\u", absl::Hex(c, absl::kZeroPad4));
      } else if (c == 0xc2 && next < 0xa0) {
        absl::StrAppend(&out, "\\u", absl::Hex(next, absl::kZeroPad4));
        ++i;
      } else if (c == 0xe2 && next == 0x80 && (third == 0xa8 || third == 0xa9)) {
        absl::StrAppend(&out, "\\u20", absl::Hex(third - 0x80, absl::kZeroPad2));
        i += 2;
      } else {
        out += mended[i];
      }
    }
  }
  out += '"';
}

void AppendValue(std::string& out, const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value.get())) {
    absl::StrAppend(&out, *flag ? "true" : "false");
  } else if (const auto* number = std::get_if<int64_t>(&value.get())) {
    absl::StrAppend(&out, *number);
  } else if (const auto* real = std::get_if<double>(&value.get())) {
    absl::StrAppend(&out, std::isfinite(*real) ? absl::StrCat(*real) : std::string("null"));
  } else {
    AppendText(out, std::get<absl::string_view>(value.get()));
  }
}

}  // namespace

std::string FormatLine(absl::Time time, Level level, absl::string_view service, absl::string_view message,
                       Fields fields) {
  std::string out;
  out.reserve(256);
  absl::StrAppend(&out, R"({"time":")", absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone()),
                  R"(","level":")", kLevelNames[static_cast<int>(level)], "\"");
  if (!service.empty()) {
    absl::StrAppend(&out, R"(,"service":)");
    AppendText(out, service);
  }
  absl::StrAppend(&out, R"(,"message":)");
  AppendText(out, message);
  for (const Field& field : fields) {
    out += ',';
    AppendText(out, field.key);
    out += ':';
    AppendValue(out, field.value);
  }
  out += '}';
  return out;
}

}  // namespace kepu::log
