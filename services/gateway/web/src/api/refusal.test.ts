import { Code } from '@connectrpc/connect';
import { expect, test } from 'vitest';
import { type Refusal, isLoggedOut } from './refusal';

const refusal = (code: Code, reason: string): Refusal => ({ code, reason, params: {}, sentences: {}, violations: [], retrySeconds: 0, unknown: false });

test('a wrong password or code ends nobody\'s login', () => {
  for (const reason of ['FACTOR_REFUSED', 'FACTOR_NEEDED', 'LOGIN_REFUSED', 'LINK_REFUSED', 'STEP_UP_NEEDED']) expect(isLoggedOut(refusal(Code.Unauthenticated, reason))).toBe(false);
  for (const reason of ['LOGIN_UNKNOWN', 'UNAUTHENTICATED', '']) expect(isLoggedOut(refusal(Code.Unauthenticated, reason))).toBe(true);
  expect(isLoggedOut(refusal(Code.PermissionDenied, ''))).toBe(false);
});
