#include "libs/names/names.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"

namespace kepu::names {
namespace {

constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
constexpr size_t kPartitionChars = 2;
constexpr size_t kDigestBytes = 13;
constexpr size_t kMaxGivenIdBytes = 40;

// A defect of the caller's code, never of input.
[[noreturn]] void Defect(const char* what) {
  std::fputs(what, stderr);
  std::abort();
}

// -1 for a character outside the alphabet.
int Base32Value(char c) {
  if (c >= 'a' && c <= 'z') return c - 'a';
  if (c >= '2' && c <= '7') return c - '2' + 26;
  return -1;
}

bool ShapedLikeMade(absl::string_view id) {
  return id.size() == kMadeIdSize &&
         std::all_of(id.begin(), id.end(), [](char c) { return Base32Value(c) >= 0; });
}

uint32_t MadePartition(absl::string_view id) {
  return static_cast<uint32_t>(Base32Value(id[0]) * 32 + Base32Value(id[1]));
}

// "events/*/sessions/*" reads better in an answer as "events/{event}/sessions/{session}".
std::string Readable(absl::string_view pattern) {
  std::string out;
  absl::string_view collection;
  for (size_t start = 0; start <= pattern.size();) {
    const size_t end = std::min(pattern.find('/', start), pattern.size());
    absl::string_view segment = pattern.substr(start, end - start);
    if (!out.empty()) out += '/';
    if (segment == "*") {
      absl::string_view singular = collection;
      if (!singular.empty() && singular.back() == 's') singular.remove_suffix(1);
      absl::StrAppend(&out, "{", singular.empty() ? "id" : singular, "}");
    } else {
      absl::StrAppend(&out, segment);
    }
    collection = segment;
    start = end + 1;
  }
  return out;
}

// Walks both from left to right; false when they part.
bool Match(absl::string_view pattern, absl::string_view name, std::vector<std::string>* ids) {
  while (true) {
    const size_t pattern_end = std::min(pattern.find('/'), pattern.size());
    const size_t name_end = std::min(name.find('/'), name.size());
    const absl::string_view segment = name.substr(0, name_end);
    if (pattern.substr(0, pattern_end) == "*") {
      if (!IsGivenId(segment) && !IsMadeId(segment)) return false;
      ids->emplace_back(segment);
    } else if (pattern.substr(0, pattern_end) != segment) {
      return false;
    }
    const bool pattern_done = pattern_end == pattern.size();
    const bool name_done = name_end == name.size();
    if (pattern_done || name_done) return pattern_done && name_done;
    pattern.remove_prefix(pattern_end + 1);
    name.remove_prefix(name_end + 1);
  }
}

}  // namespace

bool IsGivenId(absl::string_view id) {
  if (id.empty() || id.size() > kMaxGivenIdBytes || ShapedLikeMade(id)) return false;
  if (id.front() < 'a' || id.front() > 'z' || id.back() == '-') return false;
  return std::all_of(id.begin(), id.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

bool IsMadeId(absl::string_view id) { return ShapedLikeMade(id) && MadePartition(id) < kPartitions; }

std::string MakeId(uint32_t partition, absl::string_view digest) {
  if (partition >= kPartitions || digest.size() < kDigestBytes)
    Defect("MakeId: partition or digest out of range\n");
  std::string id;
  id.reserve(kMadeIdSize);
  id += kAlphabet[partition / 32];
  id += kAlphabet[partition % 32];
  uint32_t bits = 0;
  int held = 0;
  for (const char byte : digest) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    held += 8;
    for (; held >= 5 && id.size() < kMadeIdSize; held -= 5) id += kAlphabet[bits >> (held - 5) & 31];
    if (id.size() == kMadeIdSize) break;
    bits &= 31;
  }
  return id;
}

uint32_t PartitionOf(absl::string_view id) { return IsMadeId(id) ? MadePartition(id) : PartitionOfText(id); }

uint32_t PartitionOfText(absl::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  // All bits have a say: the low ones alone mix badly for short texts.
  hash ^= hash >> 32;
  hash ^= hash >> 16;
  hash ^= hash >> 8;
  return static_cast<uint32_t>(hash % kPartitions);
}

absl::StatusOr<std::vector<std::string>> Parse(absl::string_view field, absl::string_view pattern,
                                               absl::string_view name) {
  std::vector<std::string> ids;
  if (Match(pattern, name, &ids)) return ids;
  return refusal::BadField(
      field,
      absl::StrCat("must be a name of the form ", Readable(pattern),
                   ", its ids as they were answered, or 1 to 40 lower case letters, digits and dashes"));
}

std::string Format(absl::string_view pattern, const std::vector<absl::string_view>& ids) {
  std::string name;
  size_t used = 0;
  while (!pattern.empty()) {
    const size_t brace = pattern.find("{}");
    if (brace == absl::string_view::npos) break;
    if (used == ids.size()) Defect("Format: more braces than ids\n");
    absl::StrAppend(&name, pattern.substr(0, brace), ids[used++]);
    pattern.remove_prefix(brace + 2);
  }
  if (used != ids.size()) Defect("Format: more ids than braces\n");
  absl::StrAppend(&name, pattern);
  return name;
}

}  // namespace kepu::names
