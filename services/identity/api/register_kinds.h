// What the handlers of the registers share: how each kind of entry is called, and how it is shown.
// Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kepu/identity/v1/directory.pb.h"
#include "libs/names/names.h"
#include "services/identity/domain/registers.h"
#include "services/identity/store/directory.h"

namespace kepu::identity::api {

template <class Resource>
struct Kind;
template <>
struct Kind<v1::Organization> {
  static constexpr char kCollection[] = "organizations";
  static constexpr char kName[] = "organization";
  static v1::Organization* In(domain::record::RegisterRecord& record) {
    return record.mutable_organization();
  }
};
template <>
struct Kind<v1::District> {
  static constexpr char kCollection[] = "districts";
  static constexpr char kName[] = "district";
  static v1::District* In(domain::record::RegisterRecord& record) { return record.mutable_district(); }
};
template <>
struct Kind<v1::Town> {
  static constexpr char kCollection[] = "towns";
  static constexpr char kName[] = "town";
  static v1::Town* In(domain::record::RegisterRecord& record) { return record.mutable_town(); }
};
template <>
struct Kind<v1::School> {
  static constexpr char kCollection[] = "schools";
  static constexpr char kName[] = "school";
  static v1::School* In(domain::record::RegisterRecord& record) { return record.mutable_school(); }
};
template <>
struct Kind<v1::Community> {
  static constexpr char kCollection[] = "communities";
  static constexpr char kName[] = "community";
  static v1::Community* In(domain::record::RegisterRecord& record) { return record.mutable_community(); }
};

template <class Resource>
Resource ShownEntry(const store::Directory& directory, domain::record::RegisterRecord record) {
  store::SetEtag(record);
  directory.Complete(record);
  return *Kind<Resource>::In(record);
}

template <class Resource>
absl::StatusOr<std::string> PatternName(absl::string_view field, const std::string& name) {
  const std::string pattern = absl::StrCat(Kind<Resource>::kCollection, "/*");
  absl::StatusOr<std::vector<std::string>> ids = names::Parse(field, pattern, name);
  if (!ids.ok()) return ids.status();
  return name;
}

// The day in the city.
google::type::Date Today(absl::Time now);

}  // namespace kepu::identity::api
