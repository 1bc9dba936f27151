// Recognition as it is read: the rule sets, stars under public notice, marks of absence and what shifts still
// have to say of them, and certificates. Part of the read model: fed on one executor, read from any thread;
// who is told what is left to be done is told on the executor.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "libs/projection/catalogue.h"
#include "libs/store/store.h"
#include "services/volunteer/domain/absence.h"
#include "services/volunteer/domain/certificate.h"

namespace kepu::volunteer {

// Learns what facts leave to be done.
class RecognitionEffects {
 public:
  virtual ~RecognitionEffects() = default;
  // What a shift says of an absence waits for its place in the person's record; null: it has it.
  virtual void OnAbsence(const std::string& shift, const std::string& person,
                         const domain::record::AbsenceSource* source) = 0;
  // The person's hours changed, or were loaded.
  virtual void OnHours(const std::string& person, const domain::record::PersonHead& head) = 0;
  virtual void OnRules() = 0;
};

// Lists of marks: those of a volunteer go by the volunteer's name, all open appeals by this one.
inline constexpr char kOpenAppeals[] = "appeals";
// The list of an issuer's certificates; those of a volunteer go by the volunteer's name.
std::string IssuerScope(absl::string_view issuer);
std::string CertificateName(absl::string_view id);
std::string AbsenceName(absl::string_view person, absl::string_view shift);

class RecognitionBook {
 public:
  // Once, before anything is loaded; not owned.
  void Watch(RecognitionEffects* effects) { effects_ = effects; }

  void LoadPerson(const std::string& id, const domain::Person& person);
  // `head` is as it is after the fact.
  void FoldPerson(const std::string& id, const domain::record::PersonHead& head,
                  const domain::record::Fact& fact);
  void LoadShift(const std::string& id, const domain::Shift& shift);
  void FoldShift(const std::string& id, const domain::record::ShiftHead& head,
                 const domain::record::Fact& fact);
  void ShowDocument(const domain::record::Document& document);
  void LoadCertificate(const domain::record::CertificateHead& head) { Show(head); }
  void FoldCertificate(const std::string& id, const domain::record::Fact& fact);

  // Never null.
  std::shared_ptr<const domain::RuleSets> rules() const;
  // Stars that do not hold yet on `day`, soonest first, after a key of the list; only of a district where one
  // is given. `next_after` is empty at the end.
  struct Notices {
    std::vector<v1::StarNotice> notices;
    std::string next_after;
  };
  Notices NoticesAfter(absl::CivilDay day, absl::string_view district, absl::string_view after,
                       size_t limit) const;
  void ForgetNotices(absl::CivilDay before);
  // AbsenceMark by name.
  const projection::Catalogue& absences() const { return absences_; }
  // CertificateHead by name.
  const projection::Catalogue& certificates() const { return certificates_; }
  // The name of the certificate with a number; empty: none.
  std::string CertificateOf(absl::string_view number) const;

 private:
  void Show(const domain::record::AbsenceMark& mark);
  void Show(const domain::record::CertificateHead& head);
  void ShowStars(const std::string& person, const domain::record::PersonHead& head);
  void Tell(const std::string& shift, const domain::record::ShiftHead& head, const std::string& person,
            const domain::record::AbsenceNote& note);

  RecognitionEffects* effects_ = nullptr;
  projection::Catalogue absences_, certificates_;
  // By shift and person; on the executor.
  absl::flat_hash_map<std::string, std::map<std::string, domain::record::AbsenceNote>> notes_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const domain::RuleSets> rules_ ABSL_GUARDED_BY(mutex_) =
      std::make_shared<const domain::RuleSets>();
  // By effective day, person and star.
  std::map<std::string, v1::StarNotice> notices_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::vector<std::string>> notices_of_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, std::string> numbers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kepu::volunteer
