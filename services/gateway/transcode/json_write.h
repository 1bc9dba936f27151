// Messages as proto3 JSON with their zero values printed (clients that miss a field guess; unset messages
// still vanish). A plan per message type is made once at start, which makes printing several times cheaper
// than protobuf's own, which resolves types on every call. Immutable after the last Prepare; thread-safe
// then.
#pragma once

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace kepu::gateway::transcode {

// Appends `text` with quotes around it.
void AppendJsonString(absl::string_view text, std::string& out);

class JsonWriter {
 public:
  JsonWriter();
  ~JsonWriter();

  // Makes the plans of a message type and of all that it can hold. Only before Write.
  void Prepare(const google::protobuf::Descriptor& type);

  // Appends the message, whose type was prepared.
  void Write(const google::protobuf::Message& message, std::string& out) const;
  // Appends one field's value.
  void WriteField(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                  std::string& out) const;

 private:
  struct Plan;
  struct FieldPlan;
  const Plan* PlanOf(const google::protobuf::Descriptor& type) const;
  void WritePlanned(const google::protobuf::Message& message, const Plan& plan, std::string& out) const;
  void WriteValue(const google::protobuf::Message& message, const FieldPlan& field, std::string& out) const;
  void WriteMap(const google::protobuf::Message& message, const FieldPlan& field, std::string& out) const;
  // One value: of a single field, or the one at `index` of a repeated field.
  void WriteOne(const google::protobuf::Message& message, const FieldPlan& field, int index,
                std::string& out) const;
  Plan* Make(const google::protobuf::Descriptor& type);

  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<Plan>> plans_;
};

}  // namespace kepu::gateway::transcode
