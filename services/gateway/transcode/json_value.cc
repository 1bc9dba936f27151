#include "services/gateway/transcode/json_value.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "services/gateway/transcode/percent.h"

namespace kepu::gateway::transcode {
namespace {

void AppendUtf8(uint32_t code, std::string& out) {
  auto put = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

// Recursive descent; the depth limit bounds the recursion.
class JsonParser {
 public:
  JsonParser(absl::string_view text, size_t bytes_max) : text_(text), bytes_max_(bytes_max) {}

  absl::StatusOr<JsonDocument> Run() {
    if (text_.size() > bytes_max_) {
      return refusal::Refuse(absl::StatusCode::kInvalidArgument, "TOO_LARGE",
                             {{"max", absl::StrCat(bytes_max_)}});
    }
    if (!IsCleanText(text_)) return Bad("is not clean UTF-8");
    uint32_t root = 0;
    if (!ReadValue(0, &root)) return Bad(error_);
    SkipSpace();
    if (at_ != text_.size()) return Bad("goes on after its value");
    return std::move(document_);
  }

 private:
  absl::Status Bad(absl::string_view what) const {
    return refusal::Refuse(absl::StatusCode::kInvalidArgument, "BODY_UNREADABLE",
                           {{"problem", std::string(what)}, {"at", absl::StrCat(at_)}});
  }

  bool Fail(const char* what) {
    error_ = what;
    return false;
  }

  void SkipSpace() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
      ++at_;
    }
  }

  bool Consume(char c) {
    SkipSpace();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool Word(absl::string_view word) {
    if (text_.substr(at_, word.size()) != word) return Fail("has an unknown word");
    at_ += word.size();
    return true;
  }

  bool CountToken() { return ++tokens_ <= kJsonTokensMax || Fail("has too many values"); }

  bool ReadValue(int depth, uint32_t* index) {
    if (!CountToken()) return false;
    SkipSpace();
    if (at_ >= text_.size()) return Fail("ends too early");
    *index = static_cast<uint32_t>(document_.values_.size());
    document_.values_.emplace_back();
    JsonValue value;
    switch (text_[at_]) {
      case '{':
        return depth < kJsonDepthMax ? ReadObject(depth, *index) : Fail("is nested too deeply");
      case '[':
        return depth < kJsonDepthMax ? ReadArray(depth, *index) : Fail("is nested too deeply");
      case '"':
        value.kind = JsonValue::Kind::kString;
        if (!ReadString(&value.text)) return false;
        break;
      case 't':
        value.kind = JsonValue::Kind::kTrue;
        if (!Word("true")) return false;
        break;
      case 'f':
        value.kind = JsonValue::Kind::kFalse;
        if (!Word("false")) return false;
        break;
      case 'n':
        if (!Word("null")) return false;
        break;
      default:
        value.kind = JsonValue::Kind::kNumber;
        if (!ReadNumber(&value.text)) return false;
    }
    document_.values_[*index] = value;
    return true;
  }

  void Link(uint32_t parent, uint32_t* last, uint32_t child) {
    (*last == JsonValue::kNone ? document_.values_[parent].first : document_.values_[*last].next) = child;
    *last = child;
  }

  bool ReadArray(int depth, uint32_t index) {
    document_.values_[index].kind = JsonValue::Kind::kArray;
    ++at_;
    if (Consume(']')) return true;
    uint32_t last = JsonValue::kNone;
    do {
      uint32_t child = 0;
      if (!ReadValue(depth + 1, &child)) return false;
      Link(index, &last, child);
    } while (Consume(','));
    return Consume(']') || Fail("lacks a comma or bracket in an array");
  }

  bool ReadObject(int depth, uint32_t index) {
    document_.values_[index].kind = JsonValue::Kind::kObject;
    ++at_;
    if (Consume('}')) return true;
    uint32_t last = JsonValue::kNone;
    std::vector<absl::string_view> keys;
    do {
      SkipSpace();
      absl::string_view key;
      if (!CountToken()) return false;
      if (at_ >= text_.size() || text_[at_] != '"') return Fail("lacks a key in an object");
      if (!ReadString(&key)) return false;
      if (!Consume(':')) return Fail("lacks a colon after a key");
      uint32_t child = 0;
      if (!ReadValue(depth + 1, &child)) return false;
      document_.values_[child].key = key;
      keys.push_back(key);
      Link(index, &last, child);
    } while (Consume(','));
    if (!Consume('}')) return Fail("lacks a comma or brace in an object");
    std::sort(keys.begin(), keys.end());
    if (std::adjacent_find(keys.begin(), keys.end()) != keys.end())
      return Fail("has one key twice in an object");
    return true;
  }

  bool ReadNumber(absl::string_view* out) {
    const size_t begin = at_;
    auto digits = [&] {
      const size_t from = at_;
      while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
      return at_ > from;
    };
    if (text_[at_] == '-') ++at_;
    const size_t whole = at_;
    if (!digits()) return Fail("has something that is no JSON value");
    if (text_[whole] == '0' && at_ - whole > 1) return Fail("has a number with a leading zero");
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      if (!digits()) return Fail("has an unreadable number");
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (!digits()) return Fail("has an unreadable number");
    }
    *out = text_.substr(begin, at_ - begin);
    return true;
  }

  bool ReadString(absl::string_view* out) {
    const size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\') {
      if (static_cast<unsigned char>(text_[at_]) < 0x20) return Fail("has a control character in a string");
      ++at_;
    }
    if (at_ >= text_.size()) return Fail("ends inside a string");
    if (text_[at_] == '"') {
      *out = text_.substr(begin, at_++ - begin);
      return true;
    }
    std::string& decoded = document_.decoded_.emplace_back(text_.substr(begin, at_ - begin));
    while (at_ < text_.size() && text_[at_] != '"') {
      if (static_cast<unsigned char>(text_[at_]) < 0x20) return Fail("has a control character in a string");
      if (text_[at_] != '\\') {
        decoded.push_back(text_[at_++]);
      } else if (!ReadEscape(decoded)) {
        return false;
      }
    }
    if (at_ >= text_.size()) return Fail("ends inside a string");
    ++at_;
    *out = decoded;
    return true;
  }

  bool ReadEscape(std::string& out) {
    if (at_ + 1 >= text_.size()) return Fail("ends inside a string");
    static constexpr absl::string_view kFrom = "\"\\/bfnrt";
    static constexpr absl::string_view kTo = "\"\\/\b\f\n\r\t";
    const char c = text_[at_ + 1];
    at_ += 2;
    if (const size_t i = kFrom.find(c); i != absl::string_view::npos) {
      out.push_back(kTo[i]);
      return true;
    }
    uint32_t code = 0;
    if (c != 'u' || !ReadHex(&code)) return Fail("has an unknown escape in a string");
    if (code == 0) return Fail("has a NUL in a string");
    if (code >= 0xDC00 && code < 0xE000) return Fail("has half a surrogate pair");
    if (code >= 0xD800 && code < 0xDC00) {
      uint32_t low = 0;
      if (text_.substr(at_, 2) != "\\u") return Fail("has half a surrogate pair");
      at_ += 2;
      if (!ReadHex(&low) || low < 0xDC00 || low >= 0xE000) return Fail("has half a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    AppendUtf8(code, out);
    return true;
  }

  bool ReadHex(uint32_t* code) {
    if (at_ + 4 > text_.size()) return false;
    for (int i = 0; i < 4; ++i) {
      const char c = text_[at_++];
      if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return false;
      const int digit = IsDigit(c) ? c - '0' : absl::ascii_tolower(static_cast<unsigned char>(c)) - 'a' + 10;
      *code = *code * 16 + static_cast<uint32_t>(digit);
    }
    return true;
  }

  const absl::string_view text_;
  const size_t bytes_max_;
  size_t at_ = 0;
  size_t tokens_ = 0;
  const char* error_ = "is unreadable";
  JsonDocument document_;
};

absl::StatusOr<JsonDocument> JsonDocument::Parse(absl::string_view text, size_t bytes_max) {
  return JsonParser(text, bytes_max).Run();
}

const JsonValue* JsonDocument::Member(const JsonValue& object, absl::string_view key) const {
  for (const JsonValue* member = First(object); member != nullptr; member = Next(*member)) {
    if (member->key == key) return member;
  }
  return nullptr;
}

}  // namespace kepu::gateway::transcode
