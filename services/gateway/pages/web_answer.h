// What the web app has for a request, and how it is sent: the file of a path, or the app's one page for an
// address that the app itself makes sense of. Pure; thread-safe.
#pragma once

#include "services/gateway/http/server.h"
#include "services/gateway/pages/web_files.h"

namespace kepu::gateway::pages {

struct WebFound {
  const WebFile* file = nullptr;  // null: the request is not for the app
  // The path names no file. It is one of the app's addresses unless somebody else knows it.
  bool is_address = false;
};

// Whatever the verb. A path that is not the gateway's own nor looks like a file is an address of the app for
// those who want to read HTML rather than JSON.
WebFound FindInApp(const WebFiles& files, const http::Head& head);

// To GET and HEAD: in the best encoding, or 304.
http::Response AnswerOfApp(const WebFound& found, const http::Head& head);

}  // namespace kepu::gateway::pages
