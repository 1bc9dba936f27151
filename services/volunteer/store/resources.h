// From records to the resources of the contract: what callers see, but for what is sealed. Pure.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kepu/volunteer/v1/volunteer.pb.h"
#include "services/volunteer/domain/shift.h"

namespace kepu::volunteer {

absl::Time TimeOf(const google::protobuf::Timestamp& time);

void ToResource(const domain::record::PersonHead& head, v1::Volunteer* volunteer);
// What of it is sealed, for FillSealed.
domain::record::Sealed SealedOf(const domain::record::PersonHead& head);
void ToResource(const domain::record::ShiftHead& head, v1::Shift* shift);
void ToResource(const domain::record::ShiftHead& head, absl::string_view person,
                const domain::record::SignupRecord& signup, v1::Signup* resource);
// Without its reason.
void ToResource(absl::string_view person, const domain::record::HourRow& row, v1::HourRecord* resource);
// Of a sign-up, what follows from presence and hours.
void ShowAttendance(const domain::record::AttendanceView& view, v1::Signup* resource);
void ShowCorrection(const domain::record::Correction& correction, v1::HoursCorrection* resource);
void ToResource(const domain::record::Override& override, v1::SignupOverride* resource);
void ToResource(const domain::record::SwapTerms& terms, v1::SwapOffer* resource);
// What is shown of a sign-up after it moved; `resource` as it was shown before, empty when it was not.
void ShowMoved(const domain::record::ShiftHead& head, const domain::record::SignupMoved& moved,
               int64_t time_us, v1::Signup* resource);
void ToResource(absl::string_view person, const domain::record::HourEntry& entry, v1::HourRecord* resource);

}  // namespace kepu::volunteer
