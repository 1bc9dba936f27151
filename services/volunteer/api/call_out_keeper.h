// Makes the shifts of call-outs and tells those whom they may concern. The shifts have names that the
// call-out gives them, so any replica makes them, and twice is once. Owned by the service; on its executor.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kepu/volunteer/v1/call_out.pb.h"
#include "services/volunteer/api/context.h"
#include "services/volunteer/api/news_teller.h"

namespace kepu::volunteer {

class CallOutKeeper {
 public:
  CallOutKeeper(const Context& context, NewsTeller& teller) : context_(context), teller_(teller) {}
  ~CallOutKeeper() { *alive_ = false; }
  CallOutKeeper(const CallOutKeeper&) = delete;
  CallOutKeeper& operator=(const CallOutKeeper&) = delete;

  // When the read model is loaded: goes on with what was loaded.
  void Start();
  // A call-out is like this now.
  void See(const v1::CallOut& call_out);
  // A shift that a call-out asked for is there.
  void Made(const domain::record::ShiftHead& head);

 private:
  void Look(const std::string& name);
  void Attempt(const std::string& name);
  void Tell(const v1::CallOut& call_out);
  // Those from `next` on, some at a time, until the call-out is closed.
  void TellSome(const News& news, std::shared_ptr<const std::vector<std::string>> persons, size_t next);
  // Needs that have no shift and could still get one.
  std::vector<v1::CallOut::Need> Missing(const v1::CallOut& call_out) const;

  const Context& context_;
  NewsTeller& teller_;
  bool started_ = false;
  std::vector<v1::CallOut> loaded_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::volunteer
