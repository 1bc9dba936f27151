// The files of the API page, as the build put them into the program. Constant.
#pragma once

namespace kepu::gateway::pages {

extern const char kDocsHtml[];
extern const char kDocsCss[];
extern const char kDocsJs[];

}  // namespace kepu::gateway::pages
