import { fileURLToPath, URL } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { VitePWA } from 'vite-plugin-pwa';
import { chunkOf, parts } from './scripts/vite-parts';
import { words } from './scripts/vite-words';

// Where `npm run dev` finds the gateway.
const gateway = process.env.KEPU_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [
    words(),
    vue({ features: { optionsAPI: false } }),
    parts(),
    VitePWA({
      registerType: 'prompt',
      injectRegister: false,
      manifest: {
        name: '科普网 kepu',
        short_name: '科普网',
        description: '找活动、订课程、做志愿者：一座城市的科普网络',
        lang: 'zh-CN',
        id: '/',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        theme_color: '#0b5cad',
        background_color: '#ffffff',
        icons: [
          { src: '/icons/192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icons/512.png', sizes: '512x512', type: 'image/png' },
          { src: '/icons/maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      workbox: {
        // The shell and the pages of phones; what only a console needs is fetched when it is opened.
        globPatterns: ['index.html', 'assets/*.{js,css}', 'icons/*'],
        globIgnores: ['**/charts-*'],
        navigateFallback: '/index.html',
        // Answers of the API are never kept: only files of the app.
        navigateFallbackDenylist: [/^\/(v1|kepu\.|docs|openapi\.json|status|livez|readyz|version)/],
        cleanupOutdatedCaches: true,
      },
    }),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    // Inline scripts and styles are refused by the gateway's policy, so nothing may be inlined.
    assetsInlineLimit: 0,
    // src/first.ts brings what the first page needs; later ones need little more than their own file.
    modulePreload: false,
    // All of it is less than what one more request costs.
    cssCodeSplit: false,
    rollupOptions: { output: { manualChunks: chunkOf, onlyExplicitManualChunks: true } },
  },
  server: {
    proxy: Object.fromEntries(
      ['/v1', '^/kepu\\.', '/docs', '/openapi.json', '/version'].map((path) => [path, { target: gateway }]),
    ),
  },
  test: { environment: 'jsdom' },
});
