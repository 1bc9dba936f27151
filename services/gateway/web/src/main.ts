import { createApp } from 'vue';
import App from './App.vue';
import { language, speak } from './i18n';
import { router } from './router';
import { reportProblems } from './shell/problems';

export function start() {
  speak(language());
  const app = createApp(App).use(router);
  reportProblems(app, router);
  app.mount('#app');
}
