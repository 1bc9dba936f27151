// Carries awards from the date of a course, where they are noted, to the people whose they are: tried by
// every replica until the log shows that the person has it, and twice is once, since the award names its
// date. Owned by the service; lives on its executor.
#pragma once

#include <memory>
#include <string>

#include "libs/chores/chores.h"
#include "libs/store/engine.h"
#include "services/volunteer/domain/training.h"

namespace kepu::volunteer {

class AwardKeeper {
 public:
  AwardKeeper(store::Engine& engine, chores::Chores& chores) : engine_(engine), chores_(chores) {}

  void Want(const std::string& training, const std::string& person, const domain::record::Award& award);
  void Done(const std::string& training, const std::string& person);

 private:
  void Give(const std::string& training, const std::string& person, const domain::record::Award& award);
  void NotePosted(const std::string& training, const std::string& person);

  store::Engine& engine_;
  chores::Chores& chores_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::volunteer
