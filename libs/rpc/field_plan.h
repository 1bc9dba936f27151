// What there is to check in each field of a message type, worked out once by FieldRules and read by its two
// checks: the quick one over bytes, which only says whether all is well, and the thorough one over the
// message, which says what is not. Immutable once learned; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "libs/rpc/field_rules.h"
#include "libs/rpc/update_mask.h"

namespace kepu::rpc {

// What the JSON form of these can say, and what absl::Time holds without surprises.
inline constexpr int64_t kFirstSecond = -62135596800;  // year 1
inline constexpr int64_t kLastSecond = 253402300799;   // year 9999
inline constexpr int64_t kMaxDurationSeconds = 315576000000;
inline constexpr int32_t kNanosPerSecond = 1'000'000'000;

enum class Kind { kText, kBytes, kNumber, kReal, kEnum, kBool, kMessage, kTimestamp, kDuration };

struct FieldPlan {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const FieldRules::MessagePlan* child = nullptr;
  Kind kind = Kind::kNumber;
  bool checked = false;
  bool repeated = false;
  bool required = false;
  bool output_only = false;
  bool ranged = false;
  int64_t min = 0;
  int64_t max = 0;
  size_t max_bytes = 0;
  int max_items = 0;
};

// Fields with larger numbers are left to the thorough check.
inline constexpr int kQuickNumbers = 64;

struct FieldRules::MessagePlan {
  std::vector<FieldPlan> fields;  // by FieldDescriptor::index()
  std::vector<int> required;      // numbers, ascending
  UpdateFields update;
  // For the quick check: fields by number, and which of them must be there.
  std::array<const FieldPlan*, kQuickNumbers> by_number{};
  uint64_t required_numbers = 0;
  bool quick = false;
};

// True when `bytes`, which parse as the message, break no rule and set nothing that has to be cleared. False
// when they may.
bool IsClean(const FieldRules::MessagePlan& plan, absl::string_view bytes);

}  // namespace kepu::rpc
