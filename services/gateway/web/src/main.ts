import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { i18n, language, setLanguage } from './i18n';
import { router } from './router';
import { reportProblems } from './shell/problems';
import './styles/base.css';

setLanguage(language());
const app = createApp(App).use(createPinia()).use(i18n).use(router);
reportProblems(app, router);
app.mount('#app');
