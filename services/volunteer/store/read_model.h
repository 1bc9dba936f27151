// What reads are answered from: volunteers, shifts and sign-ups as ready bytes, and what is still to be done
// about claims, hours and sweeps; rows of ledgers stay in the store. Fed by a follower; the catalogues may be
// read from any thread, the rest only on the executor.
#pragma once

#include <functional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "libs/document/shelf.h"
#include "libs/projection/catalogue.h"
#include "libs/projection/follower.h"
#include "libs/reservation/settler.h"
#include "services/volunteer/domain/shift.h"
#include "services/volunteer/store/document_kinds.h"
#include "services/volunteer/store/lecture_book.h"
#include "services/volunteer/store/people_book.h"
#include "services/volunteer/store/recognition_book.h"
#include "services/volunteer/store/shift_market.h"
#include "services/volunteer/store/signup_book.h"
#include "services/volunteer/store/team_book.h"
#include "services/volunteer/store/training_book.h"

namespace kepu::volunteer {

// Learns what facts leave to be done. On the executor.
class Effects : public AwardSink {
 public:
  virtual void OnClaim(const reservation::Place& place, const reservation::v1::Claim& claim) = 0;
  virtual void OnClaim(const reservation::Place& place, const reservation::v1::ClaimFact& fact) = 0;
  virtual void OnRecord(const reservation::Place& place, const reservation::v1::Reservation& record) = 0;
  virtual void OnRecord(const reservation::Place& place, const reservation::v1::ReservationFact& fact) = 0;
  // Hours that wait for their place in the person's ledger, and that have it.
  virtual void OnHours(const std::string& shift, const std::string& person,
                       const domain::record::HourRow& row) = 0;
  virtual void OnHoursPosted(const std::string& shift, const std::string& person) = 0;
  // A cancelled shift has sign-ups to sweep, or none any more.
  virtual void OnSweep(const std::string& shift, bool needed) = 0;
  // A person as they are now, and an ID number.
  virtual void OnPerson(const domain::record::PersonHead& head) = 0;
  virtual void OnIdNumber(const domain::record::IdNumberHead& head) = 0;
  // A proposal is being sent, or not.
  virtual void OnMatch(const std::string& name, bool sending) = 0;
  // A shift is like this, by this fact; null: it was loaded.
  virtual void OnShift(const domain::record::ShiftHead&, const domain::record::Fact*) {}
  // A sign-up that was loaded.
  virtual void OnSignup(const domain::record::ShiftHead&, const std::string& /*person*/,
                        const domain::record::SignupRecord&) {}
  // Who waits for a shift, that was loaded.
  virtual void OnWaitList(const domain::record::ShiftHead&, const domain::record::WaitList&) {}
  // A resource that is kept whole is like this.
  virtual void OnDocument(const domain::record::Document&) {}
  // A person is like this, by this fact.
  virtual void OnPerson(const domain::record::PersonHead&, const domain::record::Fact&) {}
  // A member of a team that was dissolved is to be released, or has been.
  virtual void OnRelease(const std::string& team, const std::string& person, bool wanted) = 0;
};

// The sign-ups at a place whose hours wait for approval, or with an open correction.
std::string PendingScope(absl::string_view place);
// The lists a shift appears in.
std::string OpenScope(absl::string_view place);
// Sort key of things by time; what begins with it starts at or after that time.
std::string TimeKey(int64_t us);

class ReadModel final : public projection::Sink {
 public:
  explicit ReadModel(Effects& effects) : effects_(effects), trainings_(effects) {}

  void Load(uint32_t partition, const std::string& key, const store::Loaded& loaded) override;
  void Fold(uint32_t partition, uint64_t seq, absl::Time time,
            const ::kepu::log::v1::AggregateFacts& facts) override;

  // Scopes: "" and each district; staff under their venue.
  const projection::Catalogue& volunteers() const { return volunteers_; }
  // Scopes: "", each place, OpenScope("") and OpenScope(place).
  const projection::Catalogue& shifts() const { return shifts_; }
  // What was never published, and is for staff. Scopes: each place.
  const projection::Catalogue& drafts() const { return drafts_; }
  // Scopes: each shift's name and each volunteer's, and PendingScope(place).
  const projection::Catalogue& signups() const { return signups_; }
  // What is sealed of volunteers and sign-ups (log.v1.Sealed), by their names; nothing for most sign-ups. It
  // is opened when it is shown, and never kept open.
  const projection::Catalogue& sealed() const { return sealed_; }
  // Who waits, what is offered to whom, and what was set aside.
  const SignupBook& signup_book() const { return signup_book_; }
  // What is kept whole.
  const document::Shelf& documents() const { return documents_; }
  // How many people there are, of what kind.
  PeopleBook& people() const { return people_; }
  const TrainingBook& trainings() const { return trainings_; }
  // Who could take which open shift.
  const ShiftMarket& market() const { return market_; }
  // Stars, absences and certificates.
  RecognitionBook& recognition() { return recognition_; }
  const RecognitionBook& recognition() const { return recognition_; }
  // Heads of all persons; on the executor.
  const absl::flat_hash_map<std::string, domain::record::PersonHead>& persons() const { return persons_; }
  // By id; null when there is none. On the executor.
  const domain::record::ShiftHead* FindShift(absl::string_view id) const;
  const domain::record::PersonHead* FindPerson(absl::string_view id) const;
  void ForEachShift(const std::function<void(const domain::record::ShiftHead&)>& see) const;
  void ForEachPerson(const std::function<void(const domain::record::PersonHead&)>& see) const;
  const TeamBook& teams() const { return teams_; }
  const LectureBook& lectures() const { return lectures_; }

 private:
  void ShowDocument(const domain::record::Document& document);
  void FoldPerson(const reservation::Place& place, const domain::record::Fact& fact);
  void FoldShift(const reservation::Place& place, const domain::record::Fact& fact);
  void FoldConsequence(const domain::record::ShiftHead& head, const domain::record::ConsequenceFact& fact);
  void ChangeSignup(const domain::record::ShiftHead& head, const domain::record::Fact& fact);
  void ChangeSignup(const domain::record::ShiftHead& head, const domain::record::SignupMoved& moved,
                    int64_t time_us);
  void Put(const domain::record::ShiftHead& head, absl::string_view person,
           const domain::record::SignupRecord& signup);
  void Put(const v1::Signup& signup);
  void PutReason(const std::string& signup, const std::string& sealed_reason);
  void PutSealed(const std::string& signup, const domain::record::Sealed& sealed);
  void ChangeHours(const domain::record::ShiftHead& head, const domain::record::Fact& whole);
  void Show(const domain::record::PersonHead& head);
  void Show(const domain::record::ShiftHead& head);
  void LoadPerson(const reservation::Place& place, const std::string& id, const domain::Person& person);
  void LoadShift(const reservation::Place& place, const std::string& id, const domain::Shift& shift);
  void LoadLecture(const reservation::Place& place, const domain::Lecture& lecture);
  void FoldLecture(const reservation::Place& place, const domain::record::Fact& fact);

  Effects& effects_;
  TeamBook teams_{[this](const std::string& team, const std::string& person, bool wanted) {
    effects_.OnRelease(team, person, wanted);
  }};
  LectureBook lectures_;
  SignupBook signup_book_;
  document::Shelf documents_{DocumentKinds()};
  mutable PeopleBook people_;
  ShiftMarket market_;
  RecognitionBook recognition_;
  TrainingBook trainings_;
  projection::Catalogue volunteers_, shifts_, drafts_, signups_, sealed_;
  absl::flat_hash_map<std::string, domain::record::PersonHead> persons_;
  absl::flat_hash_map<std::string, domain::record::ShiftHead> heads_;
};

}  // namespace kepu::volunteer
