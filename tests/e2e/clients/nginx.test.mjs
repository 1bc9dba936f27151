// deploy/nginx/kepu.conf in Debian's nginx, with a certificate made here: before the gateway, and before a small server
// that tells what arrives.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { test } from 'node:test';
import { ConnectError, Code } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { EventService, IdentityService, VenueService, bearer, client, url, work, world } from './support.mjs';

const { token, user, session } = world();

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const folder = `${work}/nginx`;
mkdirSync(folder);
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=localhost',
  '-addext', 'subjectAltName=DNS:localhost', '-keyout', `${folder}/key.pem`, '-out', `${folder}/cert.pem`], { stdio: 'pipe' });
const ca = readFileSync(`${folder}/cert.pem`);

// nginx before a gateway; tries another port when somebody was quicker.
const started = [];
const startNginx = async (name, gateway) => {
  for (let tries = 0; tries < 5; ++tries) {
    const port = await freePort();
    const home = `${folder}/${name}`;
    mkdirSync(home, { recursive: true });
    const words = ['--name', 'localhost', '--certificate', `${folder}/cert.pem`, '--key', `${folder}/key.pem`,
      '--gateway', gateway, '--listen', `127.0.0.1:${port}`, '--log', `${home}/access.log`];
    writeFileSync(`${home}/kepu.conf`, execFileSync(`${process.env.KEPU_NGINX}/render`, words));
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${home}/${one};`);
    writeFileSync(`${home}/nginx.conf`, [
      'daemon off;', process.getuid() === 0 ? 'user root;' : '', `pid ${home}/pid;`, 'worker_processes 1;', 'events { worker_connections 512; }',
      `http { ${temporary.join(' ')} include ${home}/kepu.conf; }`].join('\n'));
    const nginx = spawn('/usr/sbin/nginx', ['-e', `${home}/error.log`, '-p', home, '-c', `${home}/nginx.conf`], { stdio: 'inherit' });
    started.push(nginx);
    const ended = new Promise((resolve) => nginx.on('exit', () => resolve(false)));
    const listens = (async () => {
      for (;;) {
        const open = await new Promise((resolve) => {
          const socket = net.connect(port, '127.0.0.1', () => resolve(socket.destroy() && true)).on('error', () => resolve(false));
        });
        if (open) return true;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    if (await Promise.race([ended, listens])) return { port, log: `${home}/access.log` };
  }
  return assert.fail('nginx does not start');
};
test.after(async () => {
  for (const nginx of started) {
    if (nginx.exitCode !== null) continue;
    const ended = new Promise((resolve) => nginx.on('exit', resolve));
    nginx.kill('SIGTERM');
    await ended;
  }
});

// One request by HTTP/2; resolves with the answer's headers, and its body when it is whole.
const open = (port) => http2.connect(`https://localhost:${port}`, { ca, lookup: (_, __, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) });
const ask = (connection, headers, body) =>
  new Promise((resolve, reject) => {
    const stream = connection.request({ ':method': body === undefined ? 'GET' : 'POST', ...headers });
    let answer = {};
    const parts = [];
    stream.on('response', (got) => (answer = got)).on('data', (part) => parts.push(part)).on('error', reject);
    stream.on('end', () => resolve({ status: answer[':status'], headers: answer, body: Buffer.concat(parts).toString() }));
    stream.end(body);
  });

test('kepu through nginx: every protocol over TLS and HTTP/2', async (t) => {
  const { port } = await startNginx('gateway', new URL(url).host);
  const connection = open(port);
  t.after(() => connection.close());
  const version = await ask(connection, { ':path': '/version' });
  assert.equal(connection.alpnProtocol, 'h2');
  assert.equal(version.status, 200);
  assert.match(version.headers['strict-transport-security'], /max-age=31536000/);
  assert.equal(version.headers['x-content-type-options'], 'nosniff');
  assert.equal(version.headers.server, 'nginx', 'no version');
  const common = { baseUrl: `https://localhost:${port}`, nodeOptions: { ca, lookup: (_, __, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) } };
  const transports = {
    'Connect over HTTP/2': createConnectTransport({ ...common, httpVersion: '2', interceptors: [bearer(token)] }),
    'gRPC-Web over HTTP/2': createGrpcWebTransport({ ...common, httpVersion: '2', interceptors: [bearer(token)] }),
    'Connect over HTTP/1.1': createConnectTransport({ ...common, httpVersion: '1.1', interceptors: [bearer(token)] }),
  };
  for (const [name, transport] of Object.entries(transports)) {
    await t.test(name, async () => {
      assert.equal((await client(IdentityService, transport).getMe({})).name, user);
      await assert.rejects(client(VenueService, transport).getVenue({ name: 'venues/none' }), (error) => ConnectError.from(error).code === Code.NotFound);
      // The first message arrives although the stream goes on: nothing is held back.
      const controller = new AbortController();
      const watch = client(EventService, transport).watchSession({ name: session }, { signal: controller.signal });
      await assert.rejects(async () => {
        for await (const message of watch) {
          assert.equal(message.name, session);
          controller.abort();
        }
      }, (error) => ConnectError.from(error).code === Code.Canceled);
    });
  }
});

test('what a gateway behind it sees, and what does not reach it', async (t) => {
  const seen = [];
  let release;
  const backend = http.createServer((request, response) => {
    seen.push(request);
    if (request.url.startsWith('/v1/live')) {
      // As the gateway sends live events: a piece, and nothing more until it has arrived.
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no', 'Cache-Control': 'no-store' });
      response.write('id: 1\ndata: {}\n\n');
      release = () => response.end('id: 2\ndata: {}\n\n');
      return;
    }
    let size = 0;
    request.on('data', (part) => (size += part.length)).on('end', () => response.end(String(size)));
  });
  await new Promise((resolve) => backend.listen(0, '127.0.0.1', resolve));
  const { port, log } = await startNginx('echo', `127.0.0.1:${backend.address().port}`);
  const connection = open(port);
  t.after(() => connection.close());

  await t.test('the address of the client, whatever it says of itself', async () => {
    await ask(connection, { ':path': '/v1/a', 'x-forwarded-for': '6.6.6.6', forwarded: 'for=6.6.6.6', 'x-real-ip': '6.6.6.6', 'x-forwarded-proto': 'http' });
    const { headers } = seen.at(-1);
    assert.equal(headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(headers['x-forwarded-proto'], 'https');
    assert.equal(headers.host, 'localhost');
    assert.equal(headers.forwarded, undefined);
    assert.equal(headers['x-real-ip'], undefined);
    assert.equal(seen.at(-1).httpVersion, '1.1');
  });

  await t.test('events pass one by one', async () => {
    const stream = connection.request({ ':path': '/v1/live:watch', accept: 'text/event-stream' });
    stream.setEncoding('utf8');
    const parts = [];
    await new Promise((resolve) => stream.on('data', (part) => {
      parts.push(part);
      if (parts.length === 1) release();
      if (parts.join('').includes('id: 2')) resolve();
    }));
    assert.equal(parts[0], 'id: 1\ndata: {}\n\n', 'the first one came before the second was sent');
  });

  await t.test('what is too large is refused before the gateway', async () => {
    // On a connection of its own, which nginx may end rather than answer.
    const refused = async (headers, body) => {
      const own = open(port);
      own.on('error', () => {});
      const status = await ask(own, headers, body).then((answer) => answer.status, () => 'ended');
      own.destroy();
      return status;
    };
    const before = seen.length;
    const large = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`x-large-${i}`, 'x'.repeat(3000)]));
    const cases = {
      'a field': [400, { ':path': '/v1/a', 'x-large': 'x'.repeat(5000) }],
      fields: [400, { ':path': '/v1/a', ...large }],
      'an address': [414, { ':path': `/v1/${'a'.repeat(12000)}` }],
      'a body': [413, { ':path': '/v1/a', 'content-length': String(6 << 20) }, Buffer.alloc(6 << 20)],
    };
    for (const [name, [status, headers, body]] of Object.entries(cases))
      assert.ok([status, 'ended'].includes(await refused(headers, body)), name);
    assert.equal(seen.length, before, 'none of these came through');
    assert.equal((await ask(connection, { ':path': '/v1/a' }, 'x'.repeat(4 << 20))).body, String(4 << 20), 'an import does');
    const fits = { ':path': '/v1/a', 'x-large': 'x'.repeat(3000) };
    assert.equal((await ask(connection, fits)).status, 200);
  });

  await t.test('a gateway that is gone', async () => {
    backend.closeAllConnections();
    await new Promise((resolve) => backend.close(resolve));
    const away = await ask(connection, { ':path': '/v1/calendar/secret-of-lan.ics?token=hidden' });
    assert.equal(away.status, 503);
    assert.equal(away.headers['retry-after'], '2');
    assert.match(away.headers['strict-transport-security'], /max-age/);
    assert.equal(JSON.parse(away.body).code, 14);
  });

  await t.test('the log keeps no secrets', () => {
    const lines = readFileSync(log, 'utf8');
    assert.match(lines, /"GET \/v1\/a HTTP\/2.0" 200/);
    assert.match(lines, /"GET \/v1\/calendar\/- HTTP\/2.0" 503/);
    assert.doesNotMatch(lines, /secret-of-lan|hidden/);
  });
});
