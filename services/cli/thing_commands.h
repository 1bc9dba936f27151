// The commands about things of the API by their names: list, show, create, update, delete, custom methods,
// and every other method by its own. Driven by the descriptors alone. Each is a function of the session.
#pragma once

#include <functional>
#include <string>

#include "services/cli/session.h"

namespace kepu::cli {

Result List(Session& session);
Result Show(Session& session);
Result Create(Session& session);
Result Update(Session& session);
Result Delete(Session& session);
// A custom method, "sessions/x:cancel".
Result Do(Session& session);
// Any method by its name; what stands in its path is set like every other field.
Result CallMethod(Session& session);

// The methods there are, and what one takes.
Result ListMethods(Session& session);
Result Describe(Session& session);

// All pages of a list, item by item: `take` gets each. The requests carry `query` besides their page. An
// outcome that is not OK ends it.
Outcome EachItem(Session& session, const Route& route, const Outgoing& first, bool all,
                 const std::function<void(const google::protobuf::Message& item)>& take,
                 std::string* next_token);

}  // namespace kepu::cli
