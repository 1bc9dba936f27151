#include "services/gateway/transcode/openapi_parts.h"

namespace kepu::gateway::transcode {

const char kAbout[] =
    "REST interface of kepu, a city's science-popularization network. Every answer that is not 2xx is a "
    "Status, or "
    "a Problem (RFC 9457) where Accept prefers application/problem+json; both say why, in the sentences of "
    "LocalizedMessage also in Chinese. An unknown query parameter or body field is refused with 400, so that "
    "a "
    "mistyped filter never returns everything. Query parameters and body fields are understood in "
    "lowerCamelCase "
    "and in snake_case. Zero values are printed, unset messages are not. Changing methods carry requestId or "
    "the "
    "Idempotency-Key header: the same one takes effect once, and sending the call again is always safe. "
    "Lists come "
    "in pages (pageSize, pageToken, nextPageToken, and a Link header). Streams are lines of JSON, or "
    "server-sent "
    "events where Accept asks for text/event-stream. HEAD works wherever GET does.";

const char kStatusSchemas[] = R"json(
"Detail":{"type":"object","title":"Detail","description":"A message of google.rpc, told by its @type.",
"required":["@type"],"properties":{"@type":{"type":"string"}},"additionalProperties":true},
"Status":{"type":"object","title":"Status","description":"Why a call was refused or failed: google.rpc.Status.",
"required":["code","message"],"properties":{
"code":{"type":"integer","format":"int32","description":"google.rpc.Code"},
"message":{"type":"string","description":"For people, in English."},
"details":{"type":"array","items":{"$ref":"#/components/schemas/Detail"},"description":"Always an ErrorInfo with the reason; BadRequest names fields, RetryInfo says when to come back, LocalizedMessage says it in zh-CN and en."}},
"example":{"code":5,"message":"events/none does not exist, or is not yours to see.","details":[
{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"NOT_FOUND","domain":"kepu","metadata":{"name":"events/none"}}]}},
"Problem":{"type":"object","title":"Problem","description":"The same as a problem document (RFC 9457).",
"required":["type","title","status","detail","code","message"],"properties":{
"type":{"type":"string"},"title":{"type":"string","description":"The reason."},
"status":{"type":"integer","format":"int32"},"detail":{"type":"string"},
"code":{"type":"integer","format":"int32"},"message":{"type":"string"},
"details":{"type":"array","items":{"$ref":"#/components/schemas/Detail"}}},
"example":{"type":"about:blank","title":"NOT_FOUND","status":404,"detail":"events/none does not exist, or is not yours to see.",
"code":5,"message":"events/none does not exist, or is not yours to see.","details":[]}})json";

const char kComponents[] = R"json(
"responses":{
"Error":{"description":"Refused or failed; says why.","headers":{
"x-request-id":{"$ref":"#/components/headers/x-request-id"},"Retry-After":{"$ref":"#/components/headers/Retry-After"}},
"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Status"}},
"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}},
"NotModified":{"description":"It is what If-None-Match named.","headers":{"ETag":{"$ref":"#/components/headers/ETag"}}}},
"parameters":{
"IdempotencyKey":{"name":"Idempotency-Key","in":"header","description":"The request id, when neither body nor query has one: 1 to 64 printable characters, best a UUID. The same one takes effect once.",
"schema":{"type":"string","minLength":1,"maxLength":66},"example":"0f4a3c1e-6d0b-4c55-9a51-2f7d1f0c8e21"},
"IfMatch":{"name":"If-Match","in":"header","description":"The etag that was read: refused with 412 when the resource has another one by now.",
"schema":{"type":"string"},"example":"\"e7\""},
"IfNoneMatch":{"name":"If-None-Match","in":"header","description":"The ETag of an earlier answer: 304 when it is still the same.",
"schema":{"type":"string"},"example":"\"e7\""},
"Csrf":{"name":"X-Kepu-Csrf","in":"header","description":"The csrfToken of the session. Calls that are not GET and log in by the cookie are refused with 403 without it; with a token or a key it says nothing.",
"schema":{"type":"string"},"example":"kT0m1zq8c3YfQe2b"},
"Position":{"name":"x-kepu-position","in":"header","description":"The position that an earlier change answered with: this read reflects it, or fails with 503, and is never older.",
"schema":{"type":"string","pattern":"^[0-9]+$"},"example":"4711"}},
"headers":{
"x-request-id":{"description":"The id of this request, for questions about it.","schema":{"type":"string"}},
"ETag":{"description":"The version of what was answered.","schema":{"type":"string"}},
"Link":{"description":"Where the next page is: rel=\"next\" (RFC 8288).","schema":{"type":"string"}},
"x-kepu-position":{"description":"The position in the log that the answer reflects.","schema":{"type":"string"}},
"x-kepu-replayed":{"description":"true when this is the remembered answer to the same request id.","schema":{"type":"string"}},
"Retry-After":{"description":"Seconds until it is worth asking again.","schema":{"type":"integer"}}},
"securitySchemes":{
"bearer":{"type":"http","scheme":"bearer","description":"The token that a login gave, or an API key."},
"cookie":{"type":"apiKey","in":"cookie","name":"__Host-kepu","description":"The session of a browser; calls that are not GET also need the header X-Kepu-Csrf, against forged requests."},
"apiKey":{"type":"apiKey","in":"header","name":"X-API-Key","description":"An API key, for programs."}})json";

const char kLogins[] = R"([{"bearer":[]},{"cookie":[]},{"apiKey":[]}])";
const char kOpenToAll[] = R"([{},{"bearer":[]},{"cookie":[]},{"apiKey":[]}])";

}  // namespace kepu::gateway::transcode
