// What a call was refused with, as the pages show it: a sentence in the language of the reader, and violations by field.
import { Code, ConnectError } from '@connectrpc/connect';
import { BadRequestSchema, ErrorInfoSchema, LocalizedMessageSchema, RetryInfoSchema } from '@/gen/google/rpc/error_details_pb.js';
import type { Language } from '@/i18n';

export interface Violation {
  field: string; // as the service names it: "session.pools[0].capacity"
  rule: string;
}

export interface Refusal {
  code: Code;
  reason: string; // "SESSION_FULL"; empty where the network failed
  params: Record<string, string>;
  sentences: Partial<Record<Language, string>>;
  violations: Violation[];
  retrySeconds: number;
  // Nothing is known of what became of it: asking again with the same request id is safe.
  unknown: boolean;
}

export function refusalOf(cause: unknown): Refusal {
  const error = ConnectError.from(cause);
  const info = error.findDetails(ErrorInfoSchema)[0];
  const retry = error.findDetails(RetryInfoSchema)[0]?.retryDelay;
  const sentences: Refusal['sentences'] = {};
  for (const one of error.findDetails(LocalizedMessageSchema)) sentences[one.locale.startsWith('zh') ? 'zh' : 'en'] = one.message;
  const offline = !info && (error.cause instanceof TypeError || error.cause instanceof DOMException || !navigator.onLine);
  return {
    code: error.code,
    reason: info?.reason ?? (offline ? 'NO_NETWORK' : ''),
    params: info?.metadata ?? {},
    sentences,
    violations: error
      .findDetails(BadRequestSchema)
      .flatMap((one) => one.fieldViolations.map(({ field, description }) => ({ field, rule: description }))),
    retrySeconds: retry ? Number(retry.seconds) + retry.nanos / 1e9 : 0,
    unknown: offline || [Code.Unavailable, Code.DeadlineExceeded, Code.Unknown, Code.Internal, Code.Canceled].includes(error.code),
  };
}

// A wrong password or code is unauthenticated too, and ends nobody's login.
const ends = new Set(['', 'UNAUTHENTICATED', 'LOGIN_UNKNOWN', 'BAD_IDENTITY']);
export const isLoggedOut = (refusal: Refusal) => refusal.code === Code.Unauthenticated && ends.has(refusal.reason);
export const isAbsent = (refusal: Refusal) => refusal.code === Code.NotFound;
// A password has to be entered again before this is done.
export const wantsPassword = (refusal: Refusal) => refusal.reason === 'STEP_UP_NEEDED';
