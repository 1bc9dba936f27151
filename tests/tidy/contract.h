// Whether the protos still say what they once said: everything that others rely on, one line each, against
// the lines of the day before. Callers of the public contract and records of the log outlive every release.
// Pure functions but for ReadContract, which reads the protos of the tree.
#pragma once

#include <map>
#include <set>
#include <string>

#include "google/protobuf/descriptor.pb.h"
#include "tests/tidy/finding.h"

namespace kepu::tidy {

// What something is, by what it is known by: "field kepu.event.v1.Text 1" is "zh string", and
// "route kepu.event.v1.EventService.GetEvent GET /v1/{name=events/*}" is "".
using Contract = std::map<std::string, std::string>;

// The contract of some files, with everything they import.
Contract ContractOf(const google::protobuf::FileDescriptorSet& files);

// The files of ours under `root` and what they import; empty with the reason in `error`.
google::protobuf::FileDescriptorSet ReadProtos(const std::string& root, std::string* error);

// The text form: a line for each, sorted.
std::string ToText(const Contract& contract);
Contract FromText(const std::string& text);

// Rules: "proto-break" for what is never right, "proto-new" for what is there now and stands in no baseline.
// Fields and enum values of the public contract may go when number and name are reserved; those of the log
// (packages kepu.*.log.v1, kepu.log.v1, and kepu.reservation.v1, which the logs hold) never, since old facts
// are read for ever.
Findings CompareContracts(const Contract& baseline, const Contract& current);

}  // namespace kepu::tidy
