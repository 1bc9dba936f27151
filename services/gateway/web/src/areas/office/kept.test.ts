// @vitest-environment jsdom
import { beforeEach, expect, test } from 'vitest';
import { nextTick } from 'vue';
import { useKeptForm } from './kept';

beforeEach(() => localStorage.clear());
const fresh = () => ({ zh: '', groups: [] as string[] });

test('what was half done of a version comes back, and is forgotten when the thing changed', async () => {
  const one = useKeptForm('campaign', fresh);
  one.begin('v1', { zh: '科普日', groups: [] });
  await nextTick();
  expect(useKeptForm('campaign', fresh).restored.value).toBe(false);
  one.form.value.zh = '全国科普日';
  await nextTick();
  const again = useKeptForm('campaign', fresh);
  again.begin('v1', { zh: '科普日', groups: [] });
  expect([again.restored.value, again.form.value.zh]).toEqual([true, '全国科普日']);
  again.begin('v2', { zh: '科普周', groups: [] });
  expect([again.restored.value, again.form.value.zh]).toEqual([false, '科普周']);
});

test('a new thing is kept until it was sent', async () => {
  const one = useKeptForm('new', fresh);
  one.form.value.zh = '新';
  await nextTick();
  const again = useKeptForm('new', fresh);
  expect([again.restored.value, again.form.value.zh]).toEqual([true, '新']);
  again.drop();
  await nextTick();
  expect(useKeptForm('new', fresh).form.value.zh).toBe('');
});
