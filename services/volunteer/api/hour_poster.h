// Writes what shifts decided into the ledgers of people, by chores that every replica repeats until the log
// of the shift shows that it is done: the attendance is the source, and the row is named by it and by the
// revision, so that twice is once. Owned by the service; lives on its executor.
#pragma once

#include <memory>
#include <string>

#include "libs/chores/chores.h"
#include "libs/store/engine.h"
#include "services/volunteer/domain/ledger.h"
#include "services/volunteer/domain/rules.h"

namespace kepu::volunteer {

class HourPoster {
 public:
  // All outlive it.
  HourPoster(store::Engine& engine, chores::Chores& chores, const domain::Rules& rules)
      : engine_(engine), chores_(chores), rules_(rules) {}

  void Want(const std::string& shift, const std::string& person, const domain::record::HourRow& row);
  void Done(const std::string& shift, const std::string& person);

 private:
  void Append(const std::string& shift, const std::string& person, const domain::record::HourRow& row);
  void Note(const std::string& shift, const std::string& person, const domain::Posting& posting);

  store::Engine& engine_;
  chores::Chores& chores_;
  const domain::Rules& rules_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::volunteer
