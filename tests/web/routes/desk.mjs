// The pages of a venue's desk, with something on them: a request, a school's class, a wait list, a session that is over.
import { account } from '../browser.mjs';
import { book, call, inMinutes } from '../desk_city.mjs';

const place = 'venues/cqstm';
const event = 'events/week-stars-lecture';

// A session of the museum on its next open days, with people in it; once for all pages.
let made;
async function filled() {
  return (made ??= (async () => {
    account('demo-museum');
    for (let ahead = 1; ; ++ahead) {
      const day = new Date(Date.now() + (ahead * 24 + 8) * 3600e3).toISOString().slice(0, 10);
      const [startTime, endTime] = [`${day}T02:00:00Z`, `${day}T04:00:00Z`];
      const answer = await call('demo-museum', 'POST', `${event}/sessions`, { place, startTime, endTime, pools: [{ id: 'all', capacity: 60 }], terms: { approvalKinds: ['GROUP', 'SCHOOL'], papers: ['PAPER_KIND_LETTER'] } }, [200, 400, 409]);
      if (!answer.name) {
        if (ahead > 14) throw new Error(JSON.stringify(answer));
        continue;
      }
      await book('demo-v070', answer, 'FAMILY', { adults: 2, pupils: 1 });
      await book('demo-v071', answer, 'FAMILY', { adults: 1, pupils: 1, wheelchairs: 1 }, { needs: { hardOfHearing: 1, languages: ['en'] } });
      await book('demo-v072', answer, 'GROUP', { adults: 24 });
      await book('demo-teacher-1', answer, 'SCHOOL', { adults: 3, pupils: 25 }, { school: 'schools/liangjiang-boya-k', schoolClass: `大${answer.name.slice(-3)}班`, grade: 'K3', needs: { buses: 1, lunches: 28 } });
      await call('demo-v073', 'POST', `${answer.name}/waitEntries:join`, { waitEntry: { kind: 'FAMILY', party: { adults: 3, pupils: 3 } } }, [200, 400, 409]);
      return answer;
    }
  })());
}
const at = (page) => async () => {
  const [, id, , session] = (await filled()).name.split('/');
  return `/staff/${page}/${id}/${session}`;
};
const user = 'demo-museum';

export default [
  { name: 'desk-inbox', path: async () => (await filled(), '/staff/inbox'), user },
  {
    name: 'desk-booking', path: async () => (await filled(), '/staff/inbox'), user,
    prepare: async (page) => {
      await page.locator('.item').first().click();
      await page.locator('dialog h2').waitFor();
    },
  },
  { name: 'desk-waiting', path: async () => (await filled(), '/staff/inbox?box=waiting'), user },
  { name: 'desk-day', path: '/staff/day', user, prepare: async (page) => page.locator('input[type=date]').fill(((await filled()).startTime ?? inMinutes(0)).slice(0, 10)) },
  { name: 'desk-doors', path: '/staff/door', user },
  { name: 'desk-door', path: at('door'), user },
  { name: 'desk-roster', path: at('roster'), user },
  { name: 'desk-crew', path: '/staff/crew', user },
  {
    name: 'desk-figures', path: '/staff/figures', user,
    prepare: async (page) => {
      await page.locator('.chart canvas').first().waitFor();
      await page.locator('details.numbers').first().locator('summary').click();
    },
  },
  { name: 'desk-hours', path: '/staff/hours', user },
  { name: 'desk-feedback', path: '/staff/feedback', user },
  { name: 'desk-evaluation', path: '/staff/evaluation/week-stars-lecture', user },
];
