// The parts of the OpenAPI document that are the same for every service: errors, headers, conditions, ways to
// log in. JSON text; constant.
#pragma once

namespace kepu::gateway::transcode {

// The members of "components" beside its schemas of messages; kStatusSchemas are members of "schemas".
extern const char kStatusSchemas[];
extern const char kComponents[];
// The text at the top of the document.
extern const char kAbout[];
// The "security" of an operation that needs a login.
extern const char kLogins[];
// One that does not, but knows more of who has one.
extern const char kOpenToAll[];

}  // namespace kepu::gateway::transcode
