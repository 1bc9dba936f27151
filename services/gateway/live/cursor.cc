#include "services/gateway/live/cursor.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/names/names.h"

namespace kepu::gateway::live {
namespace {

constexpr size_t kServicesMax = 8;
constexpr size_t kServiceBytesMax = 20;
constexpr size_t kEpochDigits = 8;
// Digits of a seq: 48 bits of a packed position.
constexpr size_t kSeqDigitsMax = 15;
constexpr size_t kSmallDigitsMax = 6;

// Plain digits, no sign, no needless zero in front: each number has one text.
template <class Number>
bool ReadNumber(absl::string_view text, size_t digits_max, Number* number) {
  return !text.empty() && text.size() <= digits_max && (text.size() == 1 || text[0] != '0') &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit) && absl::SimpleAtoi(text, number);
}

bool ReadMark(absl::string_view text, Mark* mark) {
  const size_t dot = text.find('.');
  if (!ReadNumber(text.substr(0, dot), kSeqDigitsMax, &mark->seq)) return false;
  if (dot == absl::string_view::npos) return true;
  return ReadNumber(text.substr(dot + 1), kSmallDigitsMax, &mark->events) && mark->events > 0;
}

bool ReadEpoch(absl::string_view text, uint32_t* epoch) {
  return text.size() == kEpochDigits && absl::SimpleHexAtoi(text, epoch) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c)) || (c >= 'a' && c <= 'f');
         });
}

bool ReadMarks(absl::string_view text, std::map<uint32_t, Mark>* marks) {
  std::optional<uint32_t> before;
  for (const absl::string_view item : absl::StrSplit(text, ',')) {
    const size_t dash = item.find('-');
    uint32_t partition = before ? *before + 1 : 0;
    if (dash != absl::string_view::npos) {
      uint32_t named = 0;
      if (!ReadNumber(item.substr(0, dash), kSmallDigitsMax, &named)) return false;
      // In order, and named only where it has to be.
      if (before && named <= partition) return false;
      partition = named;
    } else if (!before) {
      return false;
    }
    if (partition >= names::kPartitions) return false;
    Mark mark;
    if (!ReadMark(dash == absl::string_view::npos ? item : item.substr(dash + 1), &mark)) return false;
    marks->emplace(partition, mark);
    before = partition;
  }
  return true;
}

bool IsServiceName(absl::string_view name) {
  return !name.empty() && name.size() <= kServiceBytesMax &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

std::string CursorText(const Cursor& cursor) {
  std::string text;
  for (const auto& [service, at] : cursor) {
    absl::StrAppend(&text, text.empty() ? "" : ";", service, "@", absl::Hex(at.epoch, absl::kZeroPad8), "=");
    std::optional<uint32_t> before;
    for (const auto& [partition, mark] : at.marks) {
      if (before) text.push_back(',');
      if (!before || partition != *before + 1) absl::StrAppend(&text, partition, "-");
      absl::StrAppend(&text, mark.seq);
      if (mark.events > 0) absl::StrAppend(&text, ".", mark.events);
      before = partition;
    }
  }
  return text;
}

std::optional<Cursor> ParseCursor(absl::string_view text) {
  if (text.empty() || text.size() > kCursorBytesMax) return std::nullopt;
  Cursor cursor;
  absl::string_view before;
  for (const absl::string_view part : absl::StrSplit(text, ';')) {
    const size_t at = part.find('@'), equals = part.find('=');
    if (at == absl::string_view::npos || equals == absl::string_view::npos || at > equals)
      return std::nullopt;
    const absl::string_view name = part.substr(0, at);
    ServiceCursor service;
    if (!IsServiceName(name) || name <= before ||
        !ReadEpoch(part.substr(at + 1, equals - at - 1), &service.epoch) ||
        !ReadMarks(part.substr(equals + 1), &service.marks) || cursor.size() == kServicesMax) {
      return std::nullopt;
    }
    cursor.emplace(name, std::move(service));
    before = name;
  }
  return cursor;
}

uint32_t EpochOf(absl::string_view data_set) {
  uint32_t hash = 0x811c9dc5;
  for (const char c : data_set) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193;
  return hash;
}

}  // namespace kepu::gateway::live
