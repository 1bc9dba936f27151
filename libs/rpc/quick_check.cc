#include <array>
#include <cmath>
#include <cstring>

#include "libs/rpc/field_plan.h"

namespace kepu::rpc {
namespace {

using google::protobuf::FieldDescriptor;

enum WireType { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

// Reads the wire format. Reflection over the parsed message would cost several times the parsing itself, and
// nearly all requests are well. The bytes have parsed already, so what is odd here is only left to the
// thorough check.
class Reader {
 public:
  explicit Reader(absl::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}
  bool done() const { return at_ == end_; }

  bool Varint(uint64_t* value) {
    *value = 0;
    for (int shift = 0; shift < 64 && at_ < end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      *value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  template <class Number>
  bool Fixed(Number* number) {
    if (static_cast<size_t>(end_ - at_) < sizeof(Number)) return false;
    std::memcpy(number, at_, sizeof(Number));
    at_ += sizeof(Number);
    return true;
  }
  bool Bytes(absl::string_view* bytes) {
    uint64_t size = 0;
    if (!Varint(&size) || size > static_cast<uint64_t>(end_ - at_)) return false;
    *bytes = absl::string_view(at_, size);
    at_ += size;
    return true;
  }

 private:
  const char* at_;
  const char* end_;
};

// Whether a varint of 64 bits is what the parser keeps of it: it cuts those of fields of 32 bits.
bool IsWhole(const FieldDescriptor& field, uint64_t value) {
  const auto number = static_cast<int64_t>(value);
  switch (field.type()) {
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_ENUM:
      return number >= INT32_MIN && number <= INT32_MAX;
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_SINT32:
      return value <= UINT32_MAX;
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_SINT64:
    case FieldDescriptor::TYPE_BOOL:
      return true;
    default:
      return false;
  }
}

bool IsCleanNumber(const FieldPlan& field, uint64_t value) {
  if (!IsWhole(*field.field, value)) return false;
  if (value == 0) return !field.required && (!field.ranged || (field.min <= 0 && field.max >= 0));
  if (field.kind == Kind::kEnum) {
    return field.field->enum_type()->FindValueByNumber(static_cast<int>(value)) != nullptr;
  }
  if (!field.ranged) return true;
  const bool plain = field.field->type() == FieldDescriptor::TYPE_INT32 ||
                     field.field->type() == FieldDescriptor::TYPE_INT64;
  const auto number = static_cast<int64_t>(value);
  return plain && number >= field.min && number <= field.max;
}

bool IsCleanReal(const FieldPlan& field, double value) {
  if (!std::isfinite(value) || (field.required && value == 0)) return false;
  return !field.ranged ||
         (value >= static_cast<double>(field.min) && value <= static_cast<double>(field.max));
}

bool IsCleanText(const FieldPlan& field, absl::string_view text) {
  if (text.size() > field.max_bytes || (field.required && text.empty())) return false;
  if (field.kind == Kind::kBytes) return true;
  for (const char c : text) {
    // Line ends and tabs are allowed, but rare enough for the thorough check.
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

// Seconds and nanos, both not negative and in range for a Timestamp; the rest goes the long way.
bool IsCleanTime(absl::string_view bytes) {
  Reader reader(bytes);
  while (!reader.done()) {
    uint64_t tag = 0;
    uint64_t value = 0;
    if (!reader.Varint(&tag) || !reader.Varint(&value)) return false;
    const bool seconds = tag == (1 << 3 | kVarint) && value <= static_cast<uint64_t>(kLastSecond);
    const bool nanos = tag == (2 << 3 | kVarint) && value < static_cast<uint64_t>(kNanosPerSecond);
    if (!seconds && !nanos) return false;
  }
  return true;
}

bool IsCleanMessage(const FieldRules::MessagePlan& plan, absl::string_view bytes, int depth);

bool IsCleanLengthDelimited(const FieldPlan& field, absl::string_view bytes, int depth) {
  switch (field.kind) {
    case Kind::kText:
    case Kind::kBytes:
      return IsCleanText(field, bytes);
    case Kind::kMessage:
      return IsCleanMessage(*field.child, bytes, depth + 1);
    case Kind::kTimestamp:
      return IsCleanTime(bytes);
    default:
      return false;
  }
}

bool IsCleanMessage(const FieldRules::MessagePlan& plan, absl::string_view bytes, int depth) {
  if (!plan.quick || depth == kMaxDepth) return false;
  std::array<uint16_t, kQuickNumbers> counts{};
  uint64_t seen = 0;
  Reader reader(bytes);
  while (!reader.done()) {
    uint64_t tag = 0;
    if (!reader.Varint(&tag) || tag >> 3 >= kQuickNumbers) return false;
    const auto number = static_cast<size_t>(tag >> 3);
    const FieldPlan* field = plan.by_number[number];
    if (field == nullptr || field->output_only) return false;
    // Pieces of one message are merged by the parser, so their entries would have to be counted together.
    if (!field->repeated && (seen >> number & 1) != 0) return false;
    if (field->repeated && ++counts[number] > field->max_items) return false;
    seen |= uint64_t{1} << number;
    uint64_t value = 0;
    switch (tag & 7) {
      case kVarint:
        if (!reader.Varint(&value) || !IsCleanNumber(*field, value)) return false;
        break;
      case kFixed64: {
        double real = 0;
        if (field->field->type() != FieldDescriptor::TYPE_DOUBLE || !reader.Fixed(&real) ||
            !IsCleanReal(*field, real))
          return false;
        break;
      }
      case kFixed32: {
        float real = 0;
        if (field->field->type() != FieldDescriptor::TYPE_FLOAT || !reader.Fixed(&real) ||
            !IsCleanReal(*field, real))
          return false;
        break;
      }
      case kLengthDelimited: {
        absl::string_view inner;
        if (!reader.Bytes(&inner) || !IsCleanLengthDelimited(*field, inner, depth)) return false;
        break;
      }
      default:
        return false;
    }
  }
  return (seen & plan.required_numbers) == plan.required_numbers;
}

}  // namespace

bool IsClean(const FieldRules::MessagePlan& plan, absl::string_view bytes) {
  return IsCleanMessage(plan, bytes, 0);
}

}  // namespace kepu::rpc
