// What reads are answered from: volunteers, shifts, sign-ups and hour records as ready bytes, and what is
// still to be done about claims, hours and sweeps. Fed by a follower; the catalogues may be read from any
// thread, the rest only on the executor.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "libs/document/shelf.h"
#include "libs/projection/catalogue.h"
#include "libs/projection/follower.h"
#include "libs/reservation/settler.h"
#include "services/volunteer/domain/shift.h"
#include "services/volunteer/store/document_kinds.h"
#include "services/volunteer/store/signup_book.h"

namespace kepu::volunteer {

// Learns what facts leave to be done. On the executor.
class Effects {
 public:
  virtual ~Effects() = default;
  virtual void OnClaim(const reservation::Place& place, const reservation::v1::Claim& claim) = 0;
  virtual void OnClaim(const reservation::Place& place, const reservation::v1::ClaimFact& fact) = 0;
  virtual void OnRecord(const reservation::Place& place, const reservation::v1::Reservation& record) = 0;
  virtual void OnRecord(const reservation::Place& place, const reservation::v1::ReservationFact& fact) = 0;
  // Hours that wait for their place in the person's ledger, and that have it.
  virtual void OnHours(const std::string& shift, const std::string& person,
                       const domain::record::HourEntry& entry) = 0;
  virtual void OnHoursPosted(const std::string& shift, const std::string& person) = 0;
  // A cancelled shift has sign-ups to sweep, or none any more.
  virtual void OnSweep(const std::string& shift, bool needed) = 0;
};

// The lists a shift appears in.
std::string OpenScope(absl::string_view place);
// Sort key of things by time; what begins with it starts at or after that time.
std::string TimeKey(int64_t us);

class ReadModel final : public projection::Sink {
 public:
  explicit ReadModel(Effects& effects) : effects_(effects) {}

  void Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) override;
  void Fold(uint32_t partition, uint64_t seq, absl::Time time,
            const ::kepu::log::v1::AggregateFacts& facts) override;

  // Scopes: "" and each district.
  const projection::Catalogue& volunteers() const { return volunteers_; }
  // Scopes: "", each place, OpenScope("") and OpenScope(place).
  const projection::Catalogue& shifts() const { return shifts_; }
  // Scopes: each shift's name and each volunteer's.
  const projection::Catalogue& signups() const { return signups_; }
  // Scopes: each volunteer's name.
  const projection::Catalogue& hours() const { return hours_; }
  // What is sealed of volunteers and sign-ups (log.v1.Sealed), by their names; nothing for most sign-ups. It
  // is opened when it is shown, and never kept open.
  const projection::Catalogue& sealed() const { return sealed_; }
  // Who waits, what is offered to whom, and what was set aside.
  const SignupBook& signup_book() const { return signup_book_; }
  // What is kept whole.
  const document::Shelf& documents() const { return documents_; }

 private:
  void FoldPerson(const reservation::Place& place, const domain::record::Fact& fact);
  void FoldShift(const reservation::Place& place, const domain::record::Fact& fact);
  void ChangeSignup(const domain::record::ShiftHead& head, const domain::record::Fact& fact);
  void ChangeSignup(const domain::record::ShiftHead& head, const domain::record::SignupMoved& moved,
                    int64_t time_us);
  void Put(const domain::record::ShiftHead& head, absl::string_view person,
           const domain::record::SignupRecord& signup);
  void Put(const v1::Signup& signup);
  void PutReason(const std::string& signup, const std::string& sealed_reason);
  void PutHours(absl::string_view person, const domain::record::HourEntry& entry);
  void Show(const domain::record::PersonHead& head);
  void Show(const domain::record::ShiftHead& head);
  void LoadPerson(const reservation::Place& place, const std::string& id, const domain::Person& person);
  void LoadShift(const reservation::Place& place, const std::string& id, const domain::Shift& shift);

  Effects& effects_;
  SignupBook signup_book_;
  document::Shelf documents_{DocumentKinds()};
  projection::Catalogue volunteers_, shifts_, signups_, hours_, sealed_;
  absl::flat_hash_map<std::string, domain::record::PersonHead> persons_;
  absl::flat_hash_map<std::string, domain::record::ShiftHead> heads_;
};

}  // namespace kepu::volunteer
