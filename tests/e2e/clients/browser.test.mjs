// connect-web in Chromium, on a page of the gateway: what a browser's own fetch makes of the answers.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { test } from 'node:test';
import { build } from 'esbuild';
import puppeteer from 'puppeteer-core';
import { url, work, world } from './support.mjs';

const { token, user, session } = world();
const chromium = process.env.KEPU_CHROMIUM ?? '/usr/bin/chromium';

// The page's side: one function that makes every call by one transport and tells what came.
const page_code = `
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-web';
import { LocalizedMessageSchema } from './gen/google/rpc/error_details_pb.js';
import { IdentityService } from './gen/kepu/identity/v1/identity_pb.js';
import { VenueService } from './gen/kepu/venue/v1/venue_service_pb.js';
import { EventService } from './gen/kepu/event/v1/event_pb.js';

const failure = async (call) => {
  try {
    await call();
    return 'no failure';
  } catch (error) {
    const refused = ConnectError.from(error);
    const chinese = refused.findDetails(LocalizedMessageSchema).find((one) => one.locale === 'zh-CN');
    return { code: Code[refused.code], chinese: chinese?.message ?? '' };
  }
};
globalThis.judge = async ({ kind, useBinaryFormat, useHttpGet, token, session }) => {
  const make = kind === 'connect' ? createConnectTransport : createGrpcWebTransport;
  const bearer = (next) => (request) => {
    request.header.set('Authorization', 'Bearer ' + token);
    return next(request);
  };
  const options = { baseUrl: location.origin, useBinaryFormat, useHttpGet };
  const [open, logged] = [make(options), make({ ...options, interceptors: [bearer] })];
  const venues = createClient(VenueService, open);
  const events = createClient(EventService, open);
  const told = {};
  told.venue = (await venues.getVenue({ name: 'venues/e2e-a' })).displayName.zh;
  told.me = (await createClient(IdentityService, logged).getMe({})).name;
  told.nobody = await failure(() => createClient(IdentityService, open).getMe({}));
  told.none = await failure(() => venues.getVenue({ name: 'venues/none' }));
  let table = '';
  for await (const piece of venues.exportVenues({ format: 1 })) table += new TextDecoder().decode(piece.data);
  told.table = table;
  const controller = new AbortController();
  told.left = await failure(async () => {
    for await (const message of events.watchSession({ name: session }, { signal: controller.signal })) {
      told.watched = message.name;
      controller.abort();
    }
  });
  told.late = await failure(async () => {
    for await (const message of events.watchSession({ name: session }, { timeoutMs: 500 })) told.first = message.name;
  });
  told.absent = await failure(async () => {
    for await (const message of events.watchSession({ name: session + 'x' })) told.never = message.name;
  });
  return told;
};
`;

test('connect-web in Chromium', async (t) => {
  const built = await build({
    stdin: { contents: page_code, resolveDir: process.cwd(), loader: 'js' },
    bundle: true, write: false, format: 'iife', target: 'es2022', logLevel: 'error',
  });
  const browser = await puppeteer.launch({
    executablePath: chromium, headless: true, userDataDir: mkdtempSync(`${work}/chromium-`),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--no-proxy-server'], protocolTimeout: 120_000,
  });
  try {
    const page = await browser.newPage();
    await page.goto(`${url}/`, { timeout: 120_000 });
    await page.evaluate(built.outputFiles[0].text);
    const kinds = {
      'Connect proto': { kind: 'connect', useBinaryFormat: true },
      'Connect JSON': { kind: 'connect', useBinaryFormat: false },
      'gRPC-Web': { kind: 'grpc-web', useBinaryFormat: true },
    };
    for (const [name, options] of Object.entries(kinds)) {
      await t.test(name, async () => {
        const told = await page.evaluate((given) => globalThis.judge(given), { ...options, token, session });
        assert.equal(told.venue, '试馆 e2e-a');
        assert.equal(told.me, user);
        assert.equal(told.nobody.code, 'Unauthenticated');
        assert.equal(told.none.code, 'NotFound');
        assert.match(told.none.chinese, /找不到 venues\/none/);
        assert.match(told.table, /e2e-a[^]*e2e-b/);
        assert.equal(told.watched, session);
        assert.equal(told.left.code, 'Canceled');
        assert.equal(told.first, session);
        assert.equal(told.late.code, 'DeadlineExceeded');
        assert.equal(told.absent.code, 'NotFound');
        assert.match(told.absent.chinese, /找不到/);
        assert.equal(told.never, undefined);
      });
    }
  } finally {
    await browser.close();
  }
});
