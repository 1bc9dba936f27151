// How the app is cut into files. A phone on a slow network pays for each request, so what a home needs lies in few of them; and
// index.html says which they are, so that they are fetched at once and not one after the other (src/first.ts).
import type { Plugin, Rollup } from 'vite';

const homes = ['visitor', 'school', 'volunteer', 'staff', 'office'];
// Lists of words that a home needs beside its own (`words` of its index.ts).
const beside: Record<string, string[]> = { staff: ['desk'] };
const homePage = (area: string) => `/src/areas/${area}/HomePage.vue`;

const shared: [string, RegExp][] = [
  ['first', /src\/(first|i18n\/language|shell\/(task|first-home))\.ts|virtual:first-words|vite\/preload-helper/],
  ['charts', /node_modules\/(echarts|zrender)\//],
  // Spoken by those who test alone.
  ['grpcweb', /connect-web\/.*grpc|protocol-grpc/],
  ['rpc', /node_modules\/(@bufbuild|@connectrpc)\//],
  ['vue', /node_modules\/(@vue|vue|vue-router)\/|plugin-vue/],
  ['app', /\/icons\/icon\.svg|src\/(main\.ts|App\.vue|shell\/FirstPage\.vue|router\.ts|shell\/(areas|worker|problems)\.ts|session\/(store|password)\.ts|api\/csrf\.ts|i18n\/(index|lists|compile|shell)\.ts|ui\/(KIcon\.vue|toast\.ts)|areas\/\w+\/index\.ts|areas\/volunteer\/presence\/start\.ts)/],
  ['base', /src\/(api\/(action|refusal|transport|live|each|kept|rest|resource|clock|names|districts)\.ts|i18n\/(time|rules)\.ts|ui\/(KPage|KLoad|KRefusal|KField|KButton|KLater|KState)\.vue|gen\/google\/)/],
];

// What a home page is made of, in its own folder.
function ownModules(area: string, getModuleInfo: Rollup.GetModuleInfo, start: string): Set<string> {
  const own = new Set<string>();
  const walk = (id: string) => {
    if (own.has(id) || !id.includes(`/src/areas/${area}/`)) return;
    own.add(id);
    getModuleInfo(id)?.importedIds.forEach(walk);
  };
  walk(start);
  return own;
}

export function chunkOf(id: string, { getModuleInfo }: { getModuleInfo: Rollup.GetModuleInfo }): string | undefined {
  const found = shared.find(([, of]) => of.test(id));
  if (found) return found[0];
  const [, root, area] = /^(.*)\/src\/areas\/(\w+)\//.exec(id) ?? [];
  if (!area || !homes.includes(area)) return undefined;
  return ownModules(area, getModuleInfo, root + homePage(area)).has(id) ? `home-${area}` : undefined;
}

export const parts = (): Plugin => ({
  name: 'kepu-parts',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle, chunk: entry }) {
      const chunks = Object.values(bundle ?? {}).filter((one) => one.type === 'chunk');
      const having = (module: string) => chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(module)));
      // Each before those that need it.
      const order = (chunk: Rollup.OutputChunk | undefined, seen: Set<Rollup.OutputChunk>): string[] => {
        if (!chunk || seen.has(chunk)) return [];
        seen.add(chunk);
        return [...chunk.imports.flatMap((file) => order(bundle?.[file] as Rollup.OutputChunk, seen)), chunk.fileName];
      };
      const listOf = (module: string, known: (Rollup.OutputChunk | undefined)[]) => {
        const seen = new Set<Rollup.OutputChunk>();
        known.forEach((one) => order(one, seen));
        return order(having(module), seen).map((file) => `/${file}`);
      };
      const app = having('/src/main.ts');
      const found: Record<string, string[]> = { app: listOf('/src/main.ts', [entry]) };
      for (const area of homes) {
        found[area] = listOf(homePage(area), [entry, app]);
        for (const language of ['zh', 'en']) found[`${area} ${language}`] = [area, ...(beside[area] ?? [])].flatMap((list) => listOf(`/src/areas/${list}/words.ts?${language}`, []));
      }
      return [
        { tag: 'meta', attrs: { name: 'parts', content: JSON.stringify(found) }, injectTo: 'head' },
        ...found.app!.map((href) => ({ tag: 'link', attrs: { rel: 'modulepreload', href, fetchpriority: 'low' }, injectTo: 'head' as const })),
      ];
    },
  },
});
