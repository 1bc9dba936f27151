// Dates of courses and who takes part in them, as they are read: ready bytes, lists, and the counts of
// trained people; and which awards people's heads do not say yet. Part of the read model: fed on one
// executor, read from any thread.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "kepu/log/v1/log.pb.h"
#include "libs/projection/catalogue.h"
#include "libs/store/store.h"
#include "services/volunteer/domain/training.h"
#include "services/volunteer/store/coverage_book.h"

namespace kepu::volunteer {

// Learns which awards wait for their place on the person, and which have it. On the executor.
class AwardSink {
 public:
  virtual ~AwardSink() = default;
  // `training` is the id of the date.
  virtual void OnAward(const std::string& training, const std::string& person,
                       const domain::record::Award& award) = 0;
  virtual void OnAwardPosted(const std::string& training, const std::string& person) = 0;
};

void ToResource(const domain::record::TrainingHead& head, v1::TrainingSession* session);
void ToResource(const domain::record::TrainingHead& head, absl::string_view person,
                const domain::record::ParticipantRecord& participant, v1::TrainingParticipant* resource);

class TrainingBook {
 public:
  explicit TrainingBook(AwardSink& sink) : sink_(sink) {}

  void Load(const std::string& training, const store::Loaded& loaded);
  void Fold(const std::string& training, const ::kepu::log::v1::AggregateFacts& facts);
  // What else is counted: a person's head, and whatever is kept whole.
  void See(const domain::record::PersonHead& head) { coverage_.See(head); }
  void See(const domain::record::Document& document) {
    if (document.has_course()) coverage_.See(document.course());
  }

  // Scopes: "" and each course.
  const projection::Catalogue& sessions() const { return sessions_; }
  // Scopes: each date's name and each volunteer's.
  const projection::Catalogue& participants() const { return participants_; }
  const CoverageBook& coverage() const { return coverage_; }

 private:
  void Fold(const std::string& training, const domain::record::Fact& fact);
  void Show(const domain::record::TrainingHead& head);
  void Put(const v1::TrainingParticipant& participant);
  void Mark(const domain::record::TrainingHead& head, const std::string& person,
            v1::TrainingParticipant::State state);
  // Everybody's rows after the date moved or was cancelled.
  void ShowAgain(const domain::record::TrainingHead& head);

  AwardSink& sink_;
  projection::Catalogue sessions_, participants_;
  CoverageBook coverage_;
  absl::flat_hash_map<std::string, domain::record::TrainingHead> heads_;
};

}  // namespace kepu::volunteer
