// Term rounds as they are read: each whole, with its offers and wishes, in the orders in which they are
// listed. Owned by the read model and used on the executor; the ready bytes of rounds may be read from any
// thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "libs/projection/catalogue.h"
#include "libs/store/store.h"
#include "services/event/domain/round.h"

namespace kepu::event {

class RoundShelf {
 public:
  // Called with the id of a round that was loaded or has changed.
  void set_observer(std::function<void(const std::string&)> observer) { observer_ = std::move(observer); }

  void Load(absl::string_view id, const store::Loaded& loaded);
  // The facts of one commit, in order.
  void Fold(absl::string_view id, const std::vector<domain::record::Fact>& facts);

  // Null when there is none.
  const domain::Round* Find(absl::string_view id) const;
  const projection::Catalogue& catalogue() const { return catalogue_; }

  // Names of the sessions that it offers, earliest first.
  const std::vector<std::string>& Offers(absl::string_view id);
  // Ids of wishes that stand: by school and class, and after the draw in the order of their first turn.
  const std::vector<std::string>& WishesBySchool(absl::string_view id);
  const std::vector<std::string>& WishesByRank(absl::string_view id);
  // After the draw: of those that got nothing, as far as is known.
  const std::vector<std::string>& WishesUnserved(absl::string_view id);
  // Of all rounds.
  std::vector<std::string> Ids() const;

 private:
  struct Shelved {
    domain::Round round;
    // Put in order when they are asked for.
    bool sorted = false;
    std::vector<std::string> offers, by_school, by_rank, unserved;
  };
  void Show(absl::string_view id, Shelved& shelved);
  const Shelved& Sorted(absl::string_view id);

  std::function<void(const std::string&)> observer_;
  projection::Catalogue catalogue_;
  absl::flat_hash_map<std::string, std::unique_ptr<Shelved>> rounds_;
};

}  // namespace kepu::event
