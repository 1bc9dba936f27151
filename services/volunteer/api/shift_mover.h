// Takes people along when their shift is moved: for each who is left behind a reservation for the new time in
// place of the old one, with the shift as its pivot; who cannot come is released. Every step is idempotent by
// data: whoever goes on after a crash, in whichever replica, drives the same reservations. Owned by the
// service; on its executor.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/volunteer/api/context.h"
#include "services/volunteer/domain/consequence.h"

namespace kepu::volunteer {

class ShiftMover {
 public:
  // `about_to_move`: what a shift hangs on was moved, and the shift has not followed yet.
  using AboutToMove = std::function<bool(const domain::record::ShiftHead& head)>;
  ShiftMover(const Context& context, AboutToMove about_to_move)
      : context_(context), about_to_move_(std::move(about_to_move)) {}
  ~ShiftMover() { *alive_ = false; }
  ShiftMover(const ShiftMover&) = delete;
  ShiftMover& operator=(const ShiftMover&) = delete;

  // A shift is like this now.
  void See(const domain::record::ShiftHead& head);

 private:
  struct Batch;
  using BatchPtr = std::shared_ptr<Batch>;
  void Go(const std::string& shift);
  void Drive(const BatchPtr& batch, size_t number);
  void Settle(const BatchPtr& batch, size_t number, const absl::Status& why);
  void Finish(const BatchPtr& batch);
  bool MovesToo(const absl::Status& why) const;
  void CloseChunk(const BatchPtr& batch);

  const Context& context_;
  const AboutToMove about_to_move_;
  // Shifts whose batch is under way.
  std::set<std::string> going_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::volunteer
