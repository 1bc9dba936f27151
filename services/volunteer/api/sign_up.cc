#include <memory>

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/volunteer/api/api.h"
#include "services/volunteer/api/entry.h"
#include "services/volunteer/api/whose.h"

namespace kepu::volunteer {

void Api::SignUp(CallOf<v1::SignUpRequest, v1::Signup> call) {
  auto ids = names::Parse("shift", "shifts/*", call.request().shift());
  if (!ids.ok()) return call.Fail(ids.status());
  auto shared = std::make_shared<CallOf<v1::SignUpRequest, v1::Signup>>(std::move(call));
  Entering entering;
  entering.context = shared->context();
  entering.shift = (*ids)[0];
  entering.command.person = SelfOf(context_, shared->principal());
  entering.command.trainee = shared->request().trainee();
  entering.method = absl::StrCat("SignUp/", (*ids)[0]);
  entering.request_id = shared->request().request_id();
  entering.done = [shared](const auto& signup, rpc::AnswerInfo info) { shared->Finish(signup, info); };
  Enter(context_, std::move(entering));
}

}  // namespace kepu::volunteer
