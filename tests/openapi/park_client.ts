// A program against the generated clients, as somebody outside would write it. Compiled under strict: what the
// document says and what the gateway answers must fit.
import { createClient } from './client/client';
import { parkServiceClosePark, parkServiceCreatePark, parkServiceGetPark, parkServiceListParks, parkServiceUpdatePark } from './client/sdk.gen';
import type { Status } from './client/types.gen';
import type { paths } from './types';

declare const process: { argv: string[] };

const server = `http://127.0.0.1:${process.argv[2]}`;
const nobody = createClient({ baseUrl: server });
const lan = createClient({ baseUrl: server, auth: ({ scheme }) => (scheme === 'bearer' ? 'token-of-lan' : undefined) });

const check = (holds: boolean, what: string) => {
  if (!holds) throw new Error(`does not hold: ${what}`);
};

const make = async (id: string, displayName: string) => {
  const made = await parkServiceCreatePark({
    client: lan,
    headers: { 'Idempotency-Key': `make-${id}` },
    query: { parkId: id },
    body: { displayName, visitors: '12', benches: [{ number: 1, colour: 'red' }] },
  });
  check(made.response.status === 200 && made.data?.name === `parks/${id}`, 'a park is made');
  check(made.response.headers.get('location') === `/v1/parks/${id}`, 'and its place told');
};

const run = async () => {
  await make('a', '科普公园');
  await make('b', 'Park b');
  const park = await parkServiceGetPark({ client: nobody, path: { park: 'a' } });
  check(park.data?.displayName === '科普公园' && park.data.visitors === '12', 'read as written');
  check(park.response.headers.get('x-kepu-position') === '7', 'with its position');
  const tag = park.response.headers.get('etag') ?? '';
  const again = await parkServiceGetPark({ client: nobody, path: { park: 'a' }, headers: { 'If-None-Match': tag } });
  check(again.response.status === 304, 'the same version is not sent twice');

  const names: string[] = [];
  let pageToken = '';
  do {
    const page = await parkServiceListParks({ client: nobody, query: { pageSize: 1, pageToken } });
    for (const one of page.data?.parks ?? []) names.push(one.name ?? '');
    check(page.response.headers.has('link') === Boolean(page.data?.nextPageToken), 'Link where there is a next page');
    pageToken = page.data?.nextPageToken ?? '';
  } while (pageToken);
  check(names.join() === 'parks/a,parks/b', 'all pages');

  const changed = await parkServiceUpdatePark({
    client: lan, path: { park: 'a' }, headers: { 'Idempotency-Key': 'k', 'If-Match': tag }, body: { hectares: 3 },
  });
  check(changed.data?.hectares === 3, 'a PATCH says only what changes');

  const absent = await parkServiceGetPark({ client: nobody, path: { park: 'none' } });
  const status: Status | undefined = absent.error && 'code' in absent.error ? absent.error : undefined;
  check(absent.response.status === 404 && status?.code === 5, 'errors are the typed Status');
  check(status?.details?.some((one) => one['@type'].endsWith('/google.rpc.ErrorInfo')) === true, 'with their reason');
  const login = await parkServiceClosePark({ client: nobody, path: { park: 'a' }, body: { reason: 'ice' } });
  check(login.response.status === 401, 'nobody may not close it');
  const bad = await parkServiceCreatePark({ client: lan, body: { displayName: '' }, headers: { 'Idempotency-Key': 'c' } });
  check(bad.response.status === 400 && bad.error?.code === 3, 'bad input is refused');

  // The other generator gives types alone, for fetch.
  type Listed = paths['/v1/parks']['get']['responses']['200']['content']['application/json'];
  const listed: Listed = await (await fetch(`${server}/v1/parks?pageSize=5`)).json();
  check(listed.parks?.length === 2, 'read by fetch');
  console.log('all calls were answered as typed');
};

await run();
