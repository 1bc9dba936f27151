// What goes wrong outside a call: a page that cannot be fetched because a new version was installed meanwhile, or a bug.
import type { App } from 'vue';
import type { Router } from 'vue-router';
import { t as word } from '@/i18n';
import { say } from '@/ui/toast';

const isStale = (cause: unknown) => /dynamically imported module|module script failed|Unable to preload/i.test(String(cause));

export function reportProblems(app: App, router: Router) {
  router.onError((cause, to) => {
    if (!isStale(cause)) return say(word('shell.problem.page'));
    // Once: the files of the version that runs here are gone from the server, the new ones are there.
    const tried = sessionStorage.getItem('reloaded-for');
    if (tried === to.fullPath || !navigator.onLine) return say(word('shell.problem.fetch'));
    sessionStorage.setItem('reloaded-for', to.fullPath);
    location.assign(to.fullPath);
  });
  router.afterEach(() => sessionStorage.removeItem('reloaded-for'));
  app.config.errorHandler = (cause) => {
    console.error(cause);
    say(word('shell.problem.bug'));
  };
}
