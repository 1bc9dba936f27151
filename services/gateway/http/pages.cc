#include "services/gateway/http/pages.h"

#include "absl/strings/str_cat.h"

namespace kepu::gateway::http {
namespace {

constexpr char kNotBuilt[] =
    "<p>本机尚未构建网页应用：在装有 Node.js（18 或更新）和 npm 的机器上运行 "
    "<code>deploy/build-web</code>，再运行 "
    "<code>deploy/up</code>。接口照常可用。</p>\n<p lang=\"en\">The web app is not built here: run "
    "<code>deploy/build-web</code> where Node.js (18 or newer) and npm are, then <code>deploy/up</code>. The "
    "API "
    "works without it.</p>\n";
constexpr char kApp[] = "<li><a href=\"/\">网页应用 web app</a></li>\n";

}  // namespace

// Names of services and versions are ours, so nothing here needs escaping.
std::string LandingPage(absl::string_view version, const std::vector<ServiceState>& services, bool has_app) {
  std::string page = absl::StrCat(
      "<!doctype html>\n<html lang=\"zh-CN\">\n<head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>科普 "
      "kepu</title></head>\n<body>\n"
      "<h1>科普 kepu</h1>\n<p>城市科普资源与活动平台 · science popularization for a city</p>\n<p>版本 "
      "version: ",
      version, "</p>\n<h2>服务 services</h2>\n<table>\n");
  for (const ServiceState& service : services) {
    absl::StrAppend(&page, "<tr><th scope=\"row\">", service.name, "</th><td>",
                    service.ready ? "正常 ready" : "不可用 not ready", "</td></tr>\n");
  }
  absl::StrAppend(
      &page, "</table>\n", has_app ? "" : kNotBuilt, "<ul>\n", has_app ? kApp : "",
      "<li><a href=\"/docs\">接口 API</a></li>\n"
      "<li><a href=\"/openapi.json\">接口说明 OpenAPI</a></li>\n"
      "<li><a href=\"/readyz\">状态 readiness</a></li>\n<li><a href=\"/version\">版本 version</a></li>\n"
      "</ul>\n</body>\n</html>\n");
  return page;
}

std::string ReadyText(bool ready, const std::vector<ServiceState>& services) {
  std::string text = absl::StrCat("{\"ready\":", ready ? "true" : "false", ",\"services\":{");
  const char* comma = "";
  for (const ServiceState& service : services) {
    absl::StrAppend(&text, comma, "\"", service.name, "\":\"", service.ready ? "ready" : "not ready", "\"");
    comma = ",";
  }
  return absl::StrCat(text, "}}\n");
}

}  // namespace kepu::gateway::http
