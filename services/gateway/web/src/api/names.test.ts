import { afterEach, describe, expect, it, vi } from 'vitest';
import { isName, learn, nameOf, nameOr, tell } from './names';
import { bringNames, withNames } from './sentences';
import { setLanguage } from '@/i18n';

// The service, as far as names go: what is not there is refused.
const things: Record<string, unknown> = {
  'districts?pageSize=100': { districts: [{ name: 'districts/yuzhong', displayName: { zh: '渝中区' } }] },
  'venues/a': { displayName: { zh: '科技馆' } },
  'venues/a/spaces/hall': { displayName: { zh: '一号厅' } },
  'venues/a/spaces/hall/allocations/x': { holder: 'events/e/sessions/s', startTime: '2026-12-05T01:00:00Z', endTime: '2026-12-05T03:00:00Z' },
  'events/e': { displayName: { zh: '机器人课' } },
  'users/u': { displayName: '李老师' },
  'caravans/c/tours/t': { title: { zh: '冬季巡展' }, stops: [{ name: 'caravans/c/tours/t/stops/1', place: { zh: '村广场' } }, { name: 'caravans/c/tours/t/stops/2', host: 'venues/a' }] },
};
const asked = vi.fn(async (url: string) => {
  const found = things[url.replace('/v1/', '')];
  return new Response(JSON.stringify(found ?? {}), { status: found ? 200 : 404 });
});
vi.stubGlobal('fetch', asked);
setLanguage('zh');
afterEach(() => asked.mockClear());

describe('names of things', () => {
  it('are those of what they are, or of what they belong to', async () => {
    const names = ['venues/a/spaces/hall', 'events/e/sessions/s/bookings/b', 'users/u', 'districts/yuzhong', 'caravans/c/tours/t/stops/1', 'caravans/c/tours/t/stops/2', 'schools/s/rooms/三楼'];
    await learn(names);
    expect(names.map(nameOf)).toEqual(['一号厅', '机器人课', '李老师', '渝中区', '村广场', '科技馆', '三楼']);
  });
  it('are asked for once', async () => {
    await learn(['events/e', 'events/e/sessions/s']);
    expect(asked).not.toHaveBeenCalled();
  });
  it('of what is gone are not asked for again', async () => {
    await learn(['venues/gone']);
    await learn(['venues/gone']);
    expect([nameOf('venues/gone'), nameOr('venues/gone', '已下架')]).toEqual(['–', '已下架']);
    expect(asked).toHaveBeenCalledOnce();
  });
  it('are what a page told', () => {
    tell('venues/b', { zh: '天文馆' });
    expect(nameOf('venues/b/collections/c')).toBe('天文馆');
  });
  it('are not made of other words', () => {
    expect([nameOf('张工'), nameOf('课/二'), nameOf(''), isName('课/二')]).toEqual(['张工', '课/二', '', false]);
  });
});

it('sentences have names in place of resource names, and uses of halls their time', async () => {
  const sentence = '已被 venues/a/spaces/hall/allocations/x 占用，见 docs/a。';
  await bringNames(sentence);
  expect(withNames(sentence)).toBe('已被 “机器人课” 12月5日周六 09:00–11:00 占用，见 docs/a。');
});
