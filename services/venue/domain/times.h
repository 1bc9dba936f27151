// Between the times of messages and those of decisions. Pure; thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "kepu/venue/v1/venue.pb.h"

namespace kepu::venue {

absl::Time ToTime(const google::protobuf::Timestamp& timestamp);
google::protobuf::Timestamp ToTimestamp(absl::Time time);
absl::Duration ToDuration(const google::protobuf::Duration& duration);

// INVALID_ARGUMENT naming `field` for a date that does not exist.
absl::StatusOr<absl::CivilDay> ToDay(absl::string_view field, const google::type::Date& date);
google::type::Date ToDate(absl::CivilDay day);

// Minutes since midnight; nullopt for what is no whole minute of a day. 24:00 is the end of the day.
std::optional<int> MinuteOf(const google::type::TimeOfDay& time);

// "2026-02-24T09:30:00+08:00", for the parameters of refusals.
std::string LocalText(absl::Time time);

}  // namespace kepu::venue
