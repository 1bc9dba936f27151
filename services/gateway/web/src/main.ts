import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { language, setLanguage } from './i18n';
import { router } from './router';
import { reportProblems } from './shell/problems';
import './styles/base.css';

setLanguage(language());
const app = createApp(App).use(createPinia()).use(router);
reportProblems(app, router);
app.mount('#app');
