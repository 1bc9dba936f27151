#include "libs/text/pinyin.h"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"

namespace kepu::text {
namespace {

constexpr char32_t kFirstHan = 0x3400, kLastHan = 0x9FFF;

// Words that are not read as their characters are read alone.
constexpr std::array<std::pair<const char*, const char*>, 6> kWords = {{{"重庆", "chong qing"},
                                                                        {"重", "chong"},
                                                                        {"长寿", "chang shou"},
                                                                        {"长江", "chang jiang"},
                                                                        {"音乐", "yin yue"},
                                                                        {"银行", "yin hang"}}};

class Reader {
 public:
  Reader() {
    UErrorCode error = U_ZERO_ERROR;
    // Without its data ICU makes none; then only what is not Chinese is found by its letters.
    rules_.reset(icu::Transliterator::createInstance("Han-Latin; Latin-ASCII; Lower", UTRANS_FORWARD, error));
  }
  std::string Read(char32_t character) {
    absl::MutexLock lock(&mutex_);
    auto [it, is_new] = known_.try_emplace(character);
    if (!is_new || rules_ == nullptr) return it->second;
    icu::UnicodeString text(static_cast<UChar32>(character));
    rules_->transliterate(text);
    text.toUTF8String(it->second);
    return it->second;
  }

 private:
  absl::Mutex mutex_;
  std::unique_ptr<icu::Transliterator> rules_;
  absl::flat_hash_map<char32_t, std::string> known_ ABSL_GUARDED_BY(mutex_);
};

Reader& SharedReader() {
  static Reader& reader = *new Reader();
  return reader;
}

}  // namespace

Reading ReadPinyin(absl::string_view text) {
  Reading reading;
  const auto add = [&reading](absl::string_view syllables) {
    bool begins = true;
    for (const char c : syllables) {
      if (c == ' ') {
        begins = true;
        continue;
      }
      reading.whole += c;
      if (begins) reading.initials += c;
      begins = false;
    }
  };
  while (!text.empty()) {
    const auto word = std::find_if(kWords.begin(), kWords.end(),
                                   [&](const auto& entry) { return absl::StartsWith(text, entry.first); });
    if (word != kWords.end()) {
      add(word->second);
      text.remove_prefix(absl::string_view(word->first).size());
      continue;
    }
    const icu::UnicodeString rest = icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<int32_t>(std::min<size_t>(text.size(), 4))));
    const auto character = static_cast<char32_t>(rest.char32At(0));
    std::string bytes;
    icu::UnicodeString(static_cast<UChar32>(character)).toUTF8String(bytes);
    text.remove_prefix(std::min(bytes.size(), text.size()));
    if (character >= kFirstHan && character <= kLastHan) {
      add(SharedReader().Read(character));
    } else if (bytes.size() > 1 || absl::ascii_isalnum(static_cast<unsigned char>(bytes[0]))) {
      reading.whole += absl::AsciiStrToLower(bytes);
      reading.initials += absl::AsciiStrToLower(bytes);
    }
  }
  return reading;
}

}  // namespace kepu::text
