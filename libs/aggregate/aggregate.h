// The in-memory form of an aggregate: one head and its children, of which possibly only some are loaded.
// Decisions read it, Apply changes it, and it remembers what was asked for and what was touched, so that the
// store can load what was missing and write exactly the difference. A value owned by one executor; not
// thread-safe. Pure: no I/O.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace kepu::aggregate {

// What Find answers when a child has not been loaded: the engine loads it and decides again. It never leaves
// the engine.
inline absl::Status NotLoaded(absl::string_view field) {
  return absl::Status(absl::StatusCode::kUnavailable, absl::StrCat("not loaded: ", field));
}

// The bytes-facing side, used by libs/store only.
class AnyAggregate {
 public:
  virtual ~AnyAggregate() = default;

  // False when the bytes are not of this type. An aggregate without a head does not exist yet.
  virtual bool ParseHead(absl::string_view bytes) = 0;
  virtual std::string SerializeHead() const = 0;
  virtual bool Exists() const = 0;

  // nullopt: the store says that there is no such child.
  virtual bool ParseChild(absl::string_view field, std::optional<absl::string_view> bytes) = 0;
  // nullopt: erased.
  virtual std::optional<std::string> SerializeChild(absl::string_view field) const = 0;
  virtual bool Knows(absl::string_view field) const = 0;
  virtual size_t KnownChildren() const = 0;
  // Forgets the children that were loaded or written; what is asked for again is loaded again.
  virtual void ForgetChildren() = 0;

  // Every child is known (an aggregate folded from its first fact, or loaded whole): absence needs no load.
  void set_complete(bool complete) { complete_ = complete; }
  bool complete() const { return complete_; }

  // Children that Find missed since the last call.
  std::set<std::string> TakeMissing() { return std::exchange(missing_, {}); }
  // Children that AssumeAbsent took for absent since the last call: the commit checks them.
  std::set<std::string> TakeAssumedAbsent() { return std::exchange(assumed_absent_, {}); }
  // Children written or erased since the last call.
  std::set<std::string> TakeTouched() { return std::exchange(touched_, {}); }

 protected:
  bool complete_ = false;
  mutable std::set<std::string> missing_;
  mutable std::set<std::string> assumed_absent_;
  std::set<std::string> touched_;
};

// Head and Child are protobuf messages; a Child is usually a oneof of the kinds of children.
template <class Head, class Child>
class Aggregate final : public AnyAggregate {
 public:
  bool Exists() const override { return exists_; }
  const Head& head() const { return head_; }
  // For Apply only. Touching the head of an absent aggregate creates it.
  Head& mutable_head() {
    exists_ = true;
    return head_;
  }

  // The child, nullptr when there is none, NotLoaded when it is not known (return that status from Decide as
  // it is).
  absl::StatusOr<const Child*> Find(absl::string_view field) const {
    auto it = children_.find(field);
    if (it != children_.end()) return it->second ? &*it->second : nullptr;
    if (complete_ || !exists_) return nullptr;
    missing_.insert(std::string(field));
    return NotLoaded(field);
  }

  // True when the child is there. A child that is not known is taken for absent, and the commit is told to
  // check that: saves a read where absence is the rule (one live booking per person and session).
  bool PresentOrAssumeAbsent(absl::string_view field) const {
    auto it = children_.find(field);
    if (it != children_.end()) return it->second.has_value();
    if (!complete_ && exists_) assumed_absent_.insert(std::string(field));
    return false;
  }

  // As Find where absence is the rule (a claim or record of a reservation that is just being made): a child
  // that is not known is taken for absent, and the commit is told to check that.
  absl::StatusOr<const Child*> FindOrAssumeAbsent(absl::string_view field) const {
    if (!PresentOrAssumeAbsent(field)) return nullptr;
    return Find(field);
  }

  // For Apply only. The pointer is good until the next change.
  Child* Mutable(absl::string_view field) {
    auto it = children_.find(field);
    if (it == children_.end() || !it->second) return nullptr;
    touched_.insert(std::string(field));
    return &*it->second;
  }
  void Put(absl::string_view field, Child child) {
    touched_.insert(std::string(field));
    children_[std::string(field)] = std::move(child);
  }
  void Erase(absl::string_view field) {
    touched_.insert(std::string(field));
    children_[std::string(field)] = std::nullopt;
  }
  // Known children, in no order; tests and the verifier walk them.
  const absl::flat_hash_map<std::string, std::optional<Child>>& children() const { return children_; }

  bool ParseHead(absl::string_view bytes) override {
    exists_ = head_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    return exists_;
  }
  std::string SerializeHead() const override { return head_.SerializeAsString(); }
  bool ParseChild(absl::string_view field, std::optional<absl::string_view> bytes) override {
    auto& slot = children_[std::string(field)];
    slot.reset();
    if (!bytes) return true;
    return slot.emplace().ParseFromArray(bytes->data(), static_cast<int>(bytes->size()));
  }
  std::optional<std::string> SerializeChild(absl::string_view field) const override {
    auto it = children_.find(field);
    if (it == children_.end() || !it->second) return std::nullopt;
    return it->second->SerializeAsString();
  }
  bool Knows(absl::string_view field) const override { return complete_ || children_.contains(field); }
  size_t KnownChildren() const override { return children_.size(); }
  void ForgetChildren() override {
    children_.clear();
    complete_ = false;
  }

 private:
  bool exists_ = false;
  Head head_;
  absl::flat_hash_map<std::string, std::optional<Child>> children_;
};

}  // namespace kepu::aggregate
