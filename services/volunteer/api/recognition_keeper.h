// What recognition still has to do, by any replica: marks of absence go from shifts to the people's records,
// and who has the hours of a star gets it, when hours are recorded and when rules begin. Every step is
// idempotent by data. Owned by the service; on the executor.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/civil_time.h"
#include "services/volunteer/api/context.h"

namespace kepu::volunteer {

class RecognitionKeeper final : public RecognitionEffects {
 public:
  explicit RecognitionKeeper(const Context& context) : context_(context) {}
  RecognitionKeeper(const RecognitionKeeper&) = delete;
  RecognitionKeeper& operator=(const RecognitionKeeper&) = delete;

  // Begins to look at the days, once everything is loaded.
  void Start();

  void OnAbsence(const std::string& shift, const std::string& person,
                 const domain::record::AbsenceSource* source) override;
  void OnHours(const std::string& person, const domain::record::PersonHead& head) override;
  void OnRules() override;

 private:
  void Look();
  // Looks at everybody, some at a time, so that calls come in between.
  void Sweep();
  void SweepOn(std::shared_ptr<std::vector<std::string>> people, size_t from);
  void PostAbsence(const std::string& shift, const std::string& person,
                   const domain::record::AbsenceSource& source);
  void GiveStars(const std::string& person);
  void Submit(const reservation::Place& place,
              absl::AnyInvocable<absl::Status(store::View&, absl::Time)> decide,
              std::function<void()> committed);

  const Context& context_;
  bool started_ = false;
  bool sweeping_ = false;
  bool sweep_again_ = false;
  absl::CivilDay day_;
  // The chore of each absence that is not posted, by shift and person.
  absl::flat_hash_map<std::string, std::string> absences_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::volunteer
